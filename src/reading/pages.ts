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

/** The decompressed records of one batch, ready to be written into a page. */
export interface Block {
  readonly bytes: Uint8Array
  /** How many records at most. */
  readonly count: number
  /**
   * Writes the records to the columns from `row` on, their positions moved by `shift`. Returns how
   * many were written; an error is about the first record that could not be read.
   */
  write(columns: Columns, row: number, shift: number): { written: number; error?: ReadError }
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
}

/**
 * Packs blocks into pages of about a mebibyte, in the order in which they come. A page is ready
 * before the next block is asked for, so that no more is decompressed than is taken.
 */
export function* packPages(
  origin: PageOrigin,
  results: Iterable<Block | ReadError>,
): Generator<RecordPage> {
  let blocks: Block[] = []
  let errors: ReadError[] = []
  let size = 0
  const close = () => {
    const page = buildPage(origin, { blocks, errors, size })
    blocks = []
    errors = []
    size = 0
    return page
  }
  for (const result of results) {
    if ('message' in result) errors.push(result)
    else {
      blocks.push(result)
      size += result.bytes.length
    }
    if (size >= PAGE_BYTES) yield close()
  }
  if (blocks.length + errors.length > 0) yield close()
}

interface Content {
  readonly blocks: readonly Block[]
  readonly errors: readonly ReadError[]
  readonly size: number
}

function buildPage({ topic, partition, inPlace }: PageOrigin, content: Content): RecordPage {
  const { blocks } = content
  const columns = newColumns(blocks.reduce((sum, block) => sum + block.count, 0))
  const bytes = inPlace ? spanOf(blocks) : joined(content)
  const errors = [...content.errors]
  let row = 0
  let start = 0
  for (const block of blocks) {
    const shift = inPlace ? block.bytes.byteOffset - bytes.byteOffset : start
    const { written, error } = block.write(columns, row, shift)
    row += written
    start += block.bytes.length
    if (error) errors.push(error)
  }
  const count = columns.offsets.length
  return withCount({ topic, partition, count, bytes, errors, ...columns }, row)
}

/** The part of an answer from the first to the last block; heads of batches lie between them. */
function spanOf(blocks: readonly Block[]): Uint8Array {
  const first = blocks[0]?.bytes
  const last = blocks.at(-1)?.bytes
  if (!first || !last) return new Uint8Array()
  const start = first.byteOffset
  return new Uint8Array(first.buffer, start, last.byteOffset + last.length - start)
}

function joined({ blocks, size }: Content): Uint8Array {
  // Not out of Node's pool, which could not move to another thread.
  const bytes = Buffer.allocUnsafeSlow(size)
  let start = 0
  for (const block of blocks) {
    bytes.set(block.bytes, start)
    start += block.bytes.length
  }
  return new Uint8Array(bytes.buffer, 0, size)
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
