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
function newColumns(rows: number): Columns {
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

/** Packs blocks into pages of about a mebibyte, in the order in which they are added. */
export function packPages(
  topic: string,
  partition: number,
  blocks: readonly Block[],
  errors: readonly ReadError[],
): RecordPage[] {
  const pages: RecordPage[] = []
  let pending: Block[] = []
  let size = 0
  const close = () => {
    if (pending.length > 0) pages.push(buildPage(topic, partition, pending, size))
    pending = []
    size = 0
  }
  for (const block of blocks) {
    if (size + block.bytes.length > PAGE_BYTES) close()
    pending.push(block)
    size += block.bytes.length
  }
  close()
  if (errors.length > 0) pages.push({ ...buildPage(topic, partition, [], 0), errors })
  return pages.filter(page => page.count > 0 || page.errors.length > 0)
}

function buildPage(
  topic: string,
  partition: number,
  blocks: readonly Block[],
  size: number,
): RecordPage {
  const columns = newColumns(blocks.reduce((sum, block) => sum + block.count, 0))
  const bytes = new Uint8Array(size)
  const errors: ReadError[] = []
  let row = 0
  let start = 0
  for (const block of blocks) {
    bytes.set(block.bytes, start)
    const { written, error } = block.write(columns, row, start)
    row += written
    start += block.bytes.length
    if (error) errors.push(error)
  }
  return withCount(
    { topic, partition, count: columns.offsets.length, bytes, errors, ...columns },
    row,
  )
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
