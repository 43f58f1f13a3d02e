import type { PageError } from '../kafka/page.ts'
import { writeOffset, type Block, type Columns, type Place } from './pages.ts'

/**
 * The records of one batch of format v2 (KIP-98), decompressed: varint length, attributes, varint
 * timestamp delta, varint offset delta, key, value, headers.
 */
export interface RecordArea {
  readonly bytes: Uint8Array
  readonly count: number
  readonly baseOffset: number
  /** The batch's first timestamp, ms since the epoch. */
  readonly baseTimestamp: number
  /** Set for LogAppendTime: the time of every record of the batch. */
  readonly appendTimestamp: number | undefined
}

/** No record is shorter: seven fields of at least a byte each. */
export const MIN_RECORD_BYTES = 7

interface Cursor {
  readonly bytes: Uint8Array
  position: number
}

const MALFORMED = -0x80000000

/** A zigzag varint of 32 bits. Reads zeros past the end, so that it always ends. */
function varint(cursor: Cursor): number {
  const { bytes } = cursor
  let byte = bytes[cursor.position++] ?? 0
  let result = byte & 127
  for (let shift = 7; byte > 127; shift += 7) {
    if (shift > 28) return MALFORMED
    byte = bytes[cursor.position++] ?? 0
    result |= (byte & 127) << shift
  }
  return (result >>> 1) ^ -(result & 1)
}

/** A zigzag varint of 64 bits as a double: exact up to 2^53, which no timestamp reaches. */
function varlong(cursor: Cursor): number {
  const { bytes } = cursor
  let byte = bytes[cursor.position++] ?? 0
  let result = byte & 127
  let scale = 128
  for (let more = 0; byte > 127 && more < 9; more++) {
    byte = bytes[cursor.position++] ?? 0
    result += (byte & 127) * scale
    scale *= 128
  }
  return result % 2 === 0 ? result / 2 : -(result + 1) / 2
}

export function recordBlock(area: RecordArea, sourceBytes: number, nextOffset: bigint): Block {
  return {
    nextOffset,
    bytes: area.bytes,
    sourceBytes,
    count: area.count,
    write: (columns, row, place) => writeRecords(area, columns, row, place),
  }
}

/** The part of the area that holds the offsets in [from, to): records stand in offset order. */
export function cutRecords(area: RecordArea, from: number, to: number): RecordArea {
  const cursor: Cursor = { bytes: area.bytes, position: 0 }
  let start = 0
  let skipped = 0
  let index = 0
  for (; index < area.count; index++) {
    const recordStart = cursor.position
    const { end, offsetDelta } = readSpan(cursor)
    if (end === undefined) return rest(area, start, area.bytes.length, area.count - skipped)
    const offset = area.baseOffset + offsetDelta
    if (offset >= to) return rest(area, start, recordStart, index - skipped)
    if (offset < from) {
      skipped = index + 1
      start = end
    }
    cursor.position = end
  }
  return rest(area, start, cursor.position, index - skipped)
}

function rest(area: RecordArea, start: number, end: number, count: number): RecordArea {
  return { ...area, bytes: area.bytes.subarray(start, end), count }
}

function readSpan(cursor: Cursor): { end: number | undefined; offsetDelta: number } {
  const length = varint(cursor)
  const end = cursor.position + length
  cursor.position++
  varlong(cursor)
  const offsetDelta = varint(cursor)
  const fits = length >= MIN_RECORD_BYTES - 1 && end <= cursor.bytes.length
  return { end: fits ? end : undefined, offsetDelta }
}

/** The key of the first record; undefined where it is null or cannot be read. */
export function firstKey(bytes: Uint8Array): Uint8Array | undefined {
  const cursor: Cursor = { bytes, position: 0 }
  varint(cursor)
  cursor.position++
  varlong(cursor)
  varint(cursor)
  const length = varint(cursor)
  const end = cursor.position + length
  return length < 0 || end > bytes.length ? undefined : bytes.subarray(cursor.position, end)
}

/** The offsets of all records of the area, as far as they can be read. */
export function offsetsOf(area: RecordArea): number[] {
  const cursor: Cursor = { bytes: area.bytes, position: 0 }
  const offsets: number[] = []
  for (let index = 0; index < area.count; index++) {
    const { end, offsetDelta } = readSpan(cursor)
    if (end === undefined) break
    offsets.push(area.baseOffset + offsetDelta)
    cursor.position = end
  }
  return offsets
}

function writeRecords(
  area: RecordArea,
  columns: Columns,
  row: number,
  { bytes, start, end: areaEnd }: Place,
): { written: number; error?: PageError } {
  const { count, baseOffset, baseTimestamp, appendTimestamp } = area
  const { timestamps, keyStarts, keyLengths, valueStarts, valueLengths, headerStarts } = columns
  const cursor: Cursor = { bytes, position: start }
  let previous = -1
  for (let index = 0; index < count; index++) {
    const length = varint(cursor)
    const end = cursor.position + length
    if (length < MIN_RECORD_BYTES - 1 || end > areaEnd) return broken(area, index, previous)
    cursor.position++
    const timestampDelta = varlong(cursor)
    const offsetDelta = varint(cursor)
    const keyLength = varint(cursor)
    const keyStart = cursor.position
    if (keyLength > 0) cursor.position += keyLength
    if (keyLength < -1 || cursor.position > end) return broken(area, index, previous)
    const valueLength = varint(cursor)
    const valueStart = cursor.position
    if (valueLength > 0) cursor.position += valueLength
    if (valueLength < -1 || cursor.position > end) return broken(area, index, previous)
    const headerStart = cursor.position
    const headerless = headerStart + 1 === end && bytes[headerStart] === 0
    if (headerless) cursor.position = end
    else if (!skipHeaders(cursor, end)) return broken(area, index, previous)
    if (offsetDelta <= previous) return broken(area, index, previous)
    previous = offsetDelta
    const target = row + index
    writeOffset(columns, target, baseOffset + offsetDelta)
    timestamps[target] = appendTimestamp ?? baseTimestamp + timestampDelta
    keyStarts[target] = keyStart
    keyLengths[target] = keyLength
    valueStarts[target] = valueStart
    valueLengths[target] = valueLength
    headerStarts[target] = headerStart
  }
  return { written: count }
}

/** Whether the headers are whole and end where the record ends. */
function skipHeaders(cursor: Cursor, end: number): boolean {
  const count = varint(cursor)
  for (let index = 0; index < count; index++) {
    if (cursor.position >= end) return false
    const nameLength = varint(cursor)
    cursor.position += Math.max(0, nameLength)
    const valueLength = varint(cursor)
    cursor.position += Math.max(0, valueLength)
    if (nameLength < 0 || valueLength < -1) return false
  }
  return count >= 0 && cursor.position === end
}

function broken(
  area: RecordArea,
  index: number,
  previousDelta: number,
): { written: number; error: PageError } {
  const unreadable = area.count - index
  const which = unreadable === 1 ? 'One record' : `${unreadable} records`
  return {
    written: index,
    error: {
      offset: BigInt(area.baseOffset + previousDelta + 1),
      message: `${which} of this batch cannot be read: the batch is corrupt.`,
    },
  }
}
