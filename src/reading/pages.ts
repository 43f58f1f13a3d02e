import type { PageError, PageNote, RecordPage } from '../kafka/page.ts'
import type { NoteTaker, Passed } from './notes.ts'

/** A page is closed once it holds this many bytes; one batch is never split. */
const PAGE_BYTES = 1024 * 1024

/** The columns of a page while they are written; see `RecordPage` for what they mean. */
export interface Columns {
  readonly offsets: BigInt64Array<ArrayBuffer>
  /** The same in halves: a number written here, see `writeOffset`, makes no bigint. */
  readonly offsetHalves: Int32Array<ArrayBuffer>
  readonly timestamps: Float64Array<ArrayBuffer>
  readonly keyStarts: Int32Array<ArrayBuffer>
  readonly keyLengths: Int32Array<ArrayBuffer>
  readonly valueStarts: Int32Array<ArrayBuffer>
  readonly valueLengths: Int32Array<ArrayBuffer>
  readonly headerStarts: Int32Array<ArrayBuffer>
}

/** The records of one batch, ready to be put into a page. */
export interface Block {
  /** Where they were decompressed to, they stand only until the next batch is. */
  readonly bytes: Uint8Array
  /** How many of the answer's bytes they were. */
  readonly sourceBytes: number
  /** How many records at most. */
  readonly count: number
  /** Where the batch ends; not known in the old formats. */
  readonly nextOffset: bigint | undefined
  /**
   * Writes the records to the columns from `row` on, reading them in the page's bytes from `start`
   * on. Returns how many were written; an error is about the first that could not be read.
   */
  write(columns: Columns, row: number, place: Place): { written: number; error?: PageError }
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
    offsetHalves: new Int32Array(buffer, 0, rows * 2),
    timestamps: new Float64Array(buffer, rows * 8, rows),
    keyStarts: ints(0),
    keyLengths: ints(1),
    valueStarts: ints(2),
    valueLengths: ints(3),
    headerStarts: ints(4),
  }
}

const LOW_HALF = new Uint8Array(Int32Array.of(1).buffer)[0] ?? 0

/** Offset of a row, as a number below 2^53. */
export function writeOffset({ offsetHalves }: Columns, row: number, offset: number): void {
  offsetHalves[row * 2 + 1 - LOW_HALF] = offset
  offsetHalves[row * 2 + LOW_HALF] = Math.floor(offset / 2 ** 32)
}

/** What the pages of one answer have in common. */
export interface PageOrigin {
  readonly topic: string
  readonly partition: number
  /** All blocks lie in the answer, one after another: pages point into it instead of copying. */
  readonly inPlace?: boolean
  /** How much the answer holds; less is allocated where little is to come. */
  readonly sourceBytes?: number
  /** Where pages are to tell what the log holds besides records. */
  readonly taker?: NoteTaker
}

/** A page with so many notes of transactions is closed, too. */
const MAX_NOTES = 1000

/**
 * Packs blocks into pages of about a mebibyte, in the order in which they come. A page is ready
 * before the next block is asked for, so that no more is decompressed than is taken.
 */
export function* packPages(
  origin: PageOrigin,
  results: Iterable<Block | PageError | Passed>,
): Generator<RecordPage> {
  let page = newDraft()
  let sourceBytes = origin.sourceBytes ?? 0
  for (const result of results) {
    if ('message' in result) {
      page.errors.push(result)
      continue
    }
    if (!('write' in result)) {
      page.pieces.push(result)
      if (++page.notes < MAX_NOTES) continue
      yield finish(origin, page)
      page = newDraft()
      continue
    }
    const full = !origin.inPlace && page.bytes.length > 0 && !fits(page, result) ? page : undefined
    if (full) page = newDraft()
    if (origin.inPlace) point(page, result)
    else copy(page, result, sourceBytes)
    sourceBytes -= result.sourceBytes
    // Only now: whoever takes the page may decompress something else into the block's memory.
    if (full) yield finish(origin, full)
    if (page.used < PAGE_BYTES) continue
    yield finish(origin, page)
    page = newDraft()
  }
  if (page.pieces.length + page.errors.length === 0) return
  const last = finish(origin, page)
  if (hasContent(last)) yield last
}

/** Whether a page says anything. */
export function hasContent({ count, errors, notes = [] }: RecordPage): boolean {
  return count + errors.length + notes.length > 0
}

/** A page that is being put together. */
interface Draft {
  readonly pieces: (PlacedBlock | Passed)[]
  readonly errors: PageError[]
  bytes: Uint8Array
  used: number
  notes: number
}

interface PlacedBlock {
  readonly block: Block
  readonly start: number
  readonly end: number
}

function newDraft(): Draft {
  return { pieces: [], errors: [], bytes: new Uint8Array(), used: 0, notes: 0 }
}

function fits(page: Draft, { bytes }: Block): boolean {
  return page.used + bytes.length <= page.bytes.length
}

/** The page's bytes are those of the answer; heads of batches lie between the blocks. */
function point(page: Draft, block: Block): void {
  const { buffer, byteOffset, length } = block.bytes
  const first = page.used === 0 ? byteOffset : page.bytes.byteOffset
  page.used = byteOffset + length - first
  page.bytes = new Uint8Array(buffer, first, page.used)
  page.pieces.push({ block, start: byteOffset - first, end: page.used })
}

/** Room for as many blocks like the first as are still to come, but for no more than a page. */
function copy(page: Draft, block: Block, sourceBytes: number): void {
  const { bytes } = block
  if (page.used === 0) {
    const ahead = (bytes.length * sourceBytes) / block.sourceBytes
    const size = Math.max(bytes.length, Math.min(PAGE_BYTES, Math.ceil(ahead * 1.1)))
    // Not out of Node's pool, which could not move to another thread.
    page.bytes = Buffer.allocUnsafeSlow(size)
  }
  page.bytes.set(bytes, page.used)
  // The block's own bytes may be gone before the page is finished: see `decompress`.
  const start = page.used
  page.used += bytes.length
  page.pieces.push({ block, start, end: page.used })
}

function finish({ topic, partition, taker }: PageOrigin, draft: Draft): RecordPage {
  const { pieces, errors } = draft
  const most = pieces.reduce((sum, piece) => sum + ('block' in piece ? piece.block.count : 0), 0)
  const { offsetHalves, ...columns } = newColumns(most)
  const bytes = new Uint8Array(draft.bytes.buffer, draft.bytes.byteOffset, draft.used)
  let row = 0
  for (const piece of pieces) {
    if (!('block' in piece)) {
      taker?.pass(piece)
      continue
    }
    const { block, start, end } = piece
    const { written, error } = block.write({ offsetHalves, ...columns }, row, { bytes, start, end })
    const { nextOffset } = block
    taker?.records(columns.offsets.subarray(row, row + written), error ? undefined : nextOffset)
    row += written
    if (!error) continue
    errors.push(error)
    // What cannot be read is not gone.
    if (nextOffset !== undefined) taker?.pass({ offset: error.offset, nextOffset })
  }
  const page = withCount({ topic, partition, count: most, bytes, errors, ...columns }, row)
  return taker ? { ...page, notes: taker.take() } : page
}

/** The page with its first `count` records. */
export function withCount(page: RecordPage, count: number): RecordPage {
  if (count >= page.count) return page
  return {
    ...page,
    ...(page.notes && { notes: notesUpTo(page.notes, page.offsets[count]) }),
    count,
    offsets: page.offsets.subarray(0, count),
    timestamps: page.timestamps.subarray(0, count),
    ...(page.timesBefore && { timesBefore: page.timesBefore.subarray(0, count) }),
    keyStarts: page.keyStarts.subarray(0, count),
    keyLengths: page.keyLengths.subarray(0, count),
    valueStarts: page.valueStarts.subarray(0, count),
    valueLengths: page.valueLengths.subarray(0, count),
    headerStarts: page.headerStarts.subarray(0, count),
  }
}

/** The notes before an offset. */
function notesUpTo(notes: readonly PageNote[], offset: bigint | undefined): readonly PageNote[] {
  return offset === undefined ? notes : notes.filter(note => note.offset < offset)
}

/** What a page takes in memory. */
export function pageBytes(page: RecordPage): number {
  return page.bytes.byteLength + page.count * BYTES_PER_ROW
}
