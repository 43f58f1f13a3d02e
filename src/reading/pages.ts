import type { RecordPage } from '../kafka/page.ts'

/** A page is closed once it holds this many bytes; one batch is never split. */
const PAGE_BYTES = 1024 * 1024

/** The columns of a page while they are written; see `RecordPage` for what they mean. */
export interface Columns {
  readonly offsets: BigInt64Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly keyStarts: Int32Array<ArrayBuffer>
  readonly keyLengths: Int32Array<ArrayBuffer>
  readonly valueStarts: Int32Array<ArrayBuffer>
  readonly valueLengths: Int32Array<ArrayBuffer>
  readonly headerStarts: Int32Array<ArrayBuffer>
}

export interface ReadError {
  readonly offset: bigint
  readonly message: string
}

/** The records of one batch, ready to be put into a page. */
export interface Block {
  /** Where they were decompressed to, they stand only until the next batch is. */
  readonly bytes: Uint8Array
  /** How many of the answer's bytes they were. */
  readonly sourceBytes: number
  /** How many records at most. */
  readonly count: number
  /**
   * Writes the records to the columns from `row` on, reading them in the page's bytes from `start`
   * on. Returns how many were written; an error is about the first that could not be read.
   */
  write(columns: Columns, row: number, place: Place): { written: number; error?: ReadError }
}

/** Where a block's bytes stand in a page. */
export interface Place {
  readonly bytes: Uint8Array
  readonly start: number
  readonly end: number
}

const BYTES_PER_ROW = 8 + 8 + 5 * 4

/** All columns in one buffer, so that one transfer takes them to another thread. */
export function newColumns(rows: number): Columns {
  const buffer = new ArrayBuffer(rows * BYTES_PER_ROW)
  const ints = (column: number) => new Int32Array(buffer, rows * (16 + 4 * column), rows)
  return {
    offsets: new BigInt64Array(buffer, 0, rows),
    timestamps: new Float64Array(buffer, rows * 8, rows),
    keyStarts: ints(0),
    keyLengths: ints(1),
    valueStarts: ints(2),
    valueLengths: ints(3),
    headerStarts: ints(4),
  }
}

/** What the pages of one answer have in common. */
export interface PageOrigin {
  readonly topic: string
  readonly partition: number
  /** All blocks lie in the answer, one after another: pages point into it instead of copying. */
  readonly inPlace?: boolean
  /** How much the answer holds; less is allocated where little is to come. */
  readonly sourceBytes?: number
}

/**
 * Packs blocks into pages of about a mebibyte, in the order in which they come. A page is ready
 * before the next block is asked for, so that no more is decompressed than is taken.
 */
export function* packPages(
  origin: PageOrigin,
  results: Iterable<Block | ReadError>,
): Generator<RecordPage> {
  let page = newDraft()
  let sourceBytes = origin.sourceBytes ?? 0
  for (const result of results) {
    if ('message' in result) {
      page.errors.push(result)
      continue
    }
    if (!origin.inPlace && page.blocks.length > 0 && !fits(page, result)) {
      yield finish(origin, page)
      page = newDraft()
    }
    if (origin.inPlace) point(page, result)
    else copy(page, result, sourceBytes)
    sourceBytes -= result.sourceBytes
    if (page.used < PAGE_BYTES) continue
    yield finish(origin, page)
    page = newDraft()
  }
  if (page.blocks.length + page.errors.length > 0) yield finish(origin, page)
}

/** A page that is being put together. */
interface Draft {
  readonly blocks: { readonly block: Block; readonly start: number }[]
  readonly errors: ReadError[]
  bytes: Uint8Array
  used: number
}

function newDraft(): Draft {
  return { blocks: [], errors: [], bytes: new Uint8Array(), used: 0 }
}

function fits(page: Draft, { bytes }: Block): boolean {
  return page.used + bytes.length <= page.bytes.length
}

/** The page's bytes are those of the answer; heads of batches lie between the blocks. */
function point(page: Draft, block: Block): void {
  const { buffer, byteOffset, length } = block.bytes
  const first = page.blocks.length === 0 ? byteOffset : page.bytes.byteOffset
  page.used = byteOffset + length - first
  page.bytes = new Uint8Array(buffer, first, page.used)
  page.blocks.push({ block, start: byteOffset - first })
}

/** Room for as many blocks like the first as are still to come, but for no more than a page. */
function copy(page: Draft, block: Block, sourceBytes: number): void {
  const { bytes } = block
  if (page.blocks.length === 0) {
    const ahead = (bytes.length * sourceBytes) / block.sourceBytes
    const size = Math.max(bytes.length, Math.min(PAGE_BYTES, Math.ceil(ahead * 1.1)))
    // Not out of Node's pool, which could not move to another thread.
    page.bytes = Buffer.allocUnsafeSlow(size)
  }
  page.bytes.set(bytes, page.used)
  page.blocks.push({ block, start: page.used })
  page.used += bytes.length
}

function finish({ topic, partition }: PageOrigin, { blocks, errors, ...page }: Draft): RecordPage {
  const columns = newColumns(blocks.reduce((sum, { block }) => sum + block.count, 0))
  const bytes = new Uint8Array(page.bytes.buffer, page.bytes.byteOffset, page.used)
  let row = 0
  for (const { block, start } of blocks) {
    const place = { bytes, start, end: start + block.bytes.length }
    const { written, error } = block.write(columns, row, place)
    row += written
    if (error) errors.push(error)
  }
  const count = columns.offsets.length
  return withCount({ topic, partition, count, bytes, errors, ...columns }, row)
}

/** The page with its first `count` records. */
export function withCount(page: RecordPage, count: number): RecordPage {
  if (count >= page.count) return page
  return {
    ...page,
    count,
    offsets: page.offsets.subarray(0, count),
    timestamps: page.timestamps.subarray(0, count),
    keyStarts: page.keyStarts.subarray(0, count),
    keyLengths: page.keyLengths.subarray(0, count),
    valueStarts: page.valueStarts.subarray(0, count),
    valueLengths: page.valueLengths.subarray(0, count),
    headerStarts: page.headerStarts.subarray(0, count),
  }
}

/** What a page takes in memory. */
export function pageBytes(page: RecordPage): number {
  return page.bytes.byteLength + page.count * BYTES_PER_ROW
}
