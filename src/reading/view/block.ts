import type { PageNote, RecordPage } from '../../kafka/page.ts'
import { columnBytes, columnOf, valueAt, type Column } from './columns.ts'
import { headersEnd } from './headers.ts'

/** A key, a value, or headers that take more than this are held as their beginning. */
export const LARGE_BYTES = 16 * 1024
/** How much of what is large is held. */
export const PREVIEW_BYTES = 4 * 1024

/** Rows are named in 16 bits. */
export const MOST_ROWS = 0x10000
/** Objects and buffers of a block beside what they hold. */
export const BLOCK_BYTES = 2000
/** An object with a text or two bigints. */
const EXTRA_BYTES = 240

/** A row that is no record. */
export type Extra = { readonly partition: number } & (
  PageNote | { readonly kind: 'error'; readonly offset: bigint; readonly message: string }
)

/**
 * Records in columns over bytes of their own. Extras are numbered down from the last number of a
 * row, so that both kinds of rows can be added without knowing how many of the other there are.
 */
export interface Block {
  readonly rows: number
  readonly bytes: Uint8Array
  readonly partitions: Column
  /** Offset less the row's number: the same for all where no offset is missing. */
  readonly offsets: Column
  /** Ms since the epoch; -1: none. */
  readonly timestamps: Column
  /** Where the first byte of a record's key, value and headers is. */
  readonly starts: Column
  /** -1: null. */
  readonly keyLengths: Column
  /** Bytes between the end of the key, as far as it is held, and the value. */
  readonly valueGaps: Column
  readonly valueLengths: Column
  /** Bytes between the end of the value, as far as it is held, and the headers; -1: no headers. */
  readonly headerGaps: Column
  /** Bytes of headers of which only the beginning is held, by row. */
  readonly largeHeaders: ReadonlyMap<number, number>
  /** A bit per row. */
  readonly backwards: Uint8Array | undefined
  readonly extras: readonly Extra[]
  /** What it takes in memory. */
  readonly size: number
}

/** Where a record lies, filled anew for each: no object per record. */
export interface Place {
  bytes: Uint8Array
  partition: number
  offset: number
  timestamp: number
  keyStart: number
  /** Of the whole; -1: null. */
  keyLength: number
  valueStart: number
  valueLength: number
  /** -1: no headers. */
  headerStart: number
  /** Where the headers end, as far as they are there. */
  headerEnd: number
  /** Bytes of all headers. */
  headerLength: number
  backwards: boolean
}

export function newPlace(): Place {
  return {
    bytes: new Uint8Array(),
    partition: 0,
    offset: 0,
    timestamp: -1,
    keyStart: 0,
    keyLength: -1,
    valueStart: 0,
    valueLength: -1,
    headerStart: -1,
    headerEnd: -1,
    headerLength: 0,
    backwards: false,
  }
}

/** How many bytes of a part are held. */
export function heldLength(length: number): number {
  if (length < 0) return 0
  return length > LARGE_BYTES ? PREVIEW_BYTES : length
}

export function isWhole(place: Place): boolean {
  return (
    place.keyLength <= LARGE_BYTES &&
    place.valueLength <= LARGE_BYTES &&
    place.headerLength <= LARGE_BYTES
  )
}

export function isBackwards({ backwards }: Block, row: number): boolean {
  return backwards !== undefined && ((backwards[row >>> 3] ?? 0) & (1 << (row & 7))) !== 0
}

export function offsetIn(block: Block, row: number): number {
  return valueAt(block.offsets, row) + row
}

/** The extra of a row that is no record. */
export function extraIn(block: Block, row: number): Extra | undefined {
  return row < block.rows ? undefined : block.extras[MOST_ROWS - 1 - row]
}

export function rowOfExtra(index: number): number {
  return MOST_ROWS - 1 - index
}

/** Where a held record lies. */
export function placeInBlock(block: Block, row: number, place: Place): void {
  place.bytes = block.bytes
  place.partition = valueAt(block.partitions, row)
  place.offset = offsetIn(block, row)
  place.timestamp = valueAt(block.timestamps, row)
  place.keyStart = valueAt(block.starts, row)
  place.keyLength = valueAt(block.keyLengths, row)
  const keyEnd = place.keyStart + heldLength(place.keyLength)
  place.valueStart = keyEnd + valueAt(block.valueGaps, row)
  place.valueLength = valueAt(block.valueLengths, row)
  const valueEnd = place.valueStart + heldLength(place.valueLength)
  const gap = valueAt(block.headerGaps, row)
  place.headerStart = gap < 0 ? -1 : valueEnd + gap
  const large = block.largeHeaders.get(row)
  place.headerEnd =
    large === undefined
      ? headersEnd(block.bytes, place.headerStart)
      : place.headerStart + PREVIEW_BYTES
  place.headerLength = large ?? place.headerEnd - place.headerStart
  place.backwards = isBackwards(block, row)
}

/** Where a record of a page lies. */
export function placeInPage(page: RecordPage, row: number, place: Place): void {
  place.bytes = page.bytes
  place.partition = page.partition
  place.offset = Number(page.offsets[row] ?? 0n)
  place.timestamp = page.timestamps[row] ?? -1
  place.keyStart = page.keyStarts[row] ?? 0
  place.keyLength = page.keyLengths[row] ?? -1
  place.valueStart = page.valueStarts[row] ?? 0
  place.valueLength = page.valueLengths[row] ?? -1
  place.headerStart = page.headerStarts[row] ?? -1
  place.headerEnd = headersEnd(page.bytes, place.headerStart)
  place.headerLength = place.headerEnd - place.headerStart
  place.backwards = false
}

const NO_HEADERS: ReadonlyMap<number, number> = new Map()

/**
 * A page as a block of its bytes as they are, copied only where they share memory; undefined where
 * that would hold on to more than the records take, or where the page is not laid out as records
 * are.
 */
export function adoptedBlock(
  page: RecordPage,
  backwards: Uint8Array | undefined,
  extras: readonly Extra[],
  mostBytes: number,
): Block | undefined {
  const { count, bytes } = page
  if (count + extras.length > MOST_ROWS || bytes.length > mostBytes) return undefined
  if (!measure(page)) return undefined
  return sized({
    rows: count,
    bytes: bytes.byteLength === bytes.buffer.byteLength ? bytes : new Uint8Array(bytes),
    partitions: { base: page.partition, deltas: undefined },
    offsets: columnOf(measured.offsets, count),
    timestamps: columnOf(page.timestamps, count),
    starts: columnOf(measured.starts, count),
    keyLengths: columnOf(measured.keyLengths, count),
    valueGaps: columnOf(measured.valueGaps, count),
    valueLengths: columnOf(measured.valueLengths, count),
    headerGaps: columnOf(measured.headerGaps, count),
    largeHeaders: NO_HEADERS,
    backwards,
    extras,
  })
}

/** At least so much of the bytes must be the records' own, with what frames them. */
const COMPACT_SHARE = 0.75
/** Lengths, attributes and deltas of a small record. */
const FRAMING_BYTES = 7

/** Columns of the page that is measured now: filled anew for each. */
const measured = {
  offsets: new Float64Array(MOST_ROWS),
  starts: new Float64Array(MOST_ROWS),
  keyLengths: new Float64Array(MOST_ROWS),
  valueGaps: new Float64Array(MOST_ROWS),
  valueLengths: new Float64Array(MOST_ROWS),
  headerGaps: new Float64Array(MOST_ROWS),
}

/**
 * Fills `measured`. False where the records do not fill the page's bytes, where a part of one is
 * large, or where the parts do not stand in the order of key, value and headers. One loop, and
 * nothing called in it where there are no headers: this runs for every record that is read.
 */
function measure(page: RecordPage): boolean {
  const { count, bytes, keyStarts, keyLengths, valueStarts, valueLengths, headerStarts } = page
  const { offsets, starts, valueGaps, headerGaps } = measured
  // The halves of integers of 64 bits, low one first: no bigint per record.
  const halves = new Uint32Array(page.offsets.buffer, page.offsets.byteOffset, 2 * count)
  let used = count * FRAMING_BYTES
  for (let row = 0; row < count; row++) {
    const keyLength = keyLengths[row] ?? -1
    const valueLength = valueLengths[row] ?? -1
    const headerStart = headerStarts[row] ?? -1
    const valueStart = valueLength < 0 ? headerStart : (valueStarts[row] ?? 0)
    const start = keyLength < 0 ? valueStart : (keyStarts[row] ?? 0)
    const keyEnd = start + (keyLength < 0 ? 0 : keyLength)
    const valueGap = valueLength < 0 ? 0 : valueStart - keyEnd
    const valueEnd = keyEnd + valueGap + (valueLength < 0 ? 0 : valueLength)
    const headerGap = headerStart < 0 ? -1 : headerStart - valueEnd
    if (valueGap < 0 || headerGap < -1 || (headerGap < 0 && headerStart >= 0)) return false
    if (keyLength > LARGE_BYTES || valueLength > LARGE_BYTES) return false
    used += valueEnd - start - valueGap
    if (headerStart >= 0 && bytes[headerStart] !== 0) {
      const headers = headersEnd(bytes, headerStart) - headerStart
      if (headers > LARGE_BYTES) return false
      used += headers
    }
    offsets[row] = (halves[2 * row + 1] ?? 0) * 0x1_0000_0000 + (halves[2 * row] ?? 0) - row
    starts[row] = start
    measured.keyLengths[row] = keyLength
    valueGaps[row] = valueGap
    measured.valueLengths[row] = valueLength
    headerGaps[row] = headerGap
  }
  return used >= bytes.length * COMPACT_SHARE
}

function sized(block: Omit<Block, 'size'>): Block {
  const columns = [
    block.partitions,
    block.offsets,
    block.timestamps,
    block.starts,
    block.keyLengths,
    block.valueGaps,
    block.valueLengths,
    block.headerGaps,
  ]
  const size =
    BLOCK_BYTES +
    block.bytes.byteLength +
    columns.reduce((sum, each) => sum + columnBytes(each), 0) +
    (block.backwards?.byteLength ?? 0) +
    block.extras.length * EXTRA_BYTES
  return { ...block, size }
}

const COLUMNS = [
  'partitions',
  'offsets',
  'timestamps',
  'starts',
  'keyLengths',
  'valueGaps',
  'valueLengths',
  'headerGaps',
] as const

type Columns = Record<(typeof COLUMNS)[number], Float64Array<ArrayBuffer>>

function newColumns(rows: number, before?: Columns): Columns {
  const columns = COLUMNS.map(name => {
    const column = new Float64Array(rows)
    if (before) column.set(before[name])
    return [name, column] as const
  })
  return Object.fromEntries(columns) as Columns
}

const FIRST_ROWS = 64
const FIRST_BYTES = 4 * 1024
/** Gaps between parts that are copied along: less work than three copies instead of one. */
const MOST_GAP = 8

/** Copies records into a block, one after another; of what is large, only the beginning. */
export class BlockBuilder {
  readonly #mostBytes: number
  #columns = newColumns(FIRST_ROWS)
  #rows = 0
  readonly #largeHeaders = new Map<number, number>()
  readonly #backwards: number[] = []
  readonly #extras: Extra[] = []
  #bytes = new Uint8Array(FIRST_BYTES)
  #length = 0

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** Nothing more should be added. */
  get full(): boolean {
    return (
      this.#rows + this.#extras.length >= MOST_ROWS ||
      this.#length + this.#extras.length * EXTRA_BYTES >= this.#mostBytes
    )
  }

  /** What it takes in memory while it is built. */
  get bytes(): number {
    const columns = COLUMNS.length * this.#columns.starts.byteLength
    return BLOCK_BYTES + this.#bytes.length + columns + this.#extras.length * EXTRA_BYTES
  }

  get empty(): boolean {
    return this.#rows + this.#extras.length === 0
  }

  /** Returns the number of the row. */
  add(place: Place): number {
    const row = this.#rows++
    if (row === this.#columns.starts.length) this.#columns = newColumns(row * 2, this.#columns)
    const columns = this.#columns
    columns.partitions[row] = place.partition
    columns.offsets[row] = place.offset - row
    columns.timestamps[row] = place.timestamp
    columns.starts[row] = this.#length
    columns.keyLengths[row] = place.keyLength
    columns.valueLengths[row] = place.valueLength
    if (place.backwards) this.#backwards.push(row)
    if (!this.#copyAtOnce(place, row)) this.#copyParts(place, row)
    return row
  }

  addExtra(extra: Extra): number {
    this.#extras.push(extra)
    return rowOfExtra(this.#extras.length - 1)
  }

  finish(): Block {
    const rows = this.#rows
    const columns = Object.fromEntries(
      COLUMNS.map(name => [name, columnOf(this.#columns[name], rows)]),
    ) as Record<(typeof COLUMNS)[number], Column>
    return sized({
      rows,
      bytes: this.#bytes.slice(0, this.#length),
      ...columns,
      largeHeaders: this.#largeHeaders,
      backwards: this.#backwards.length > 0 ? bitsOf(this.#backwards, rows) : undefined,
      extras: this.#extras,
    })
  }

  /** Where a record's parts stand next to each other, and all of them are held. */
  #copyAtOnce(place: Place, row: number): boolean {
    const { keyStart, keyLength, valueStart, valueLength, headerStart, headerEnd } = place
    if (keyLength < 0 || valueLength < 0 || !isWhole(place)) return false
    const keyEnd = keyStart + keyLength
    const valueEnd = valueStart + valueLength
    const valueGap = valueStart - keyEnd
    const headerGap = headerStart < 0 ? 0 : headerStart - valueEnd
    if (valueGap < 0 || valueGap > MOST_GAP || headerGap < 0 || headerGap > MOST_GAP) return false
    this.#columns.valueGaps[row] = valueGap
    this.#columns.headerGaps[row] = headerStart < 0 ? -1 : headerGap
    this.#copy(place.bytes, keyStart, (headerStart < 0 ? valueEnd : headerEnd) - keyStart)
    return true
  }

  #copyParts(place: Place, row: number): void {
    const { bytes, headerStart, headerLength } = place
    this.#columns.valueGaps[row] = 0
    this.#columns.headerGaps[row] = headerStart < 0 ? -1 : 0
    this.#copy(bytes, place.keyStart, heldLength(place.keyLength))
    this.#copy(bytes, place.valueStart, heldLength(place.valueLength))
    if (headerStart < 0) return
    if (headerLength > LARGE_BYTES) this.#largeHeaders.set(row, headerLength)
    this.#copy(bytes, headerStart, heldLength(headerLength))
  }

  #copy(from: Uint8Array, start: number, length: number): void {
    if (length === 0) return
    const end = this.#length + length
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, this.#bytes.length * 2))
      grown.set(this.#bytes)
      this.#bytes = grown
    }
    const to = this.#bytes
    // Few bytes are copied faster one by one than by way of a view of them.
    if (length > 128) to.set(from.subarray(start, start + length), this.#length)
    else for (let at = 0; at < length; at++) to[this.#length + at] = from[start + at] ?? 0
    this.#length = end
  }
}

function bitsOf(rows: readonly number[], count: number): Uint8Array {
  const bits = new Uint8Array((count + 7) >>> 3)
  for (const row of rows) bits[row >>> 3] = (bits[row >>> 3] ?? 0) | (1 << (row & 7))
  return bits
}
