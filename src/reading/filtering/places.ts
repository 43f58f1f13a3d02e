import type { RecordPage } from '../../kafka/page.ts'

/**
 * Whether bytes from `start` up to `end` belong to a part of the record in this row that is asked
 * for. Records stand in a page's bytes in the order of their rows.
 */
export type Inside = (page: RecordPage, row: number, start: number, end: number) => boolean

/**
 * The last row that begins at or before a place, which is not before row `first`. Hits come in
 * order and often close together, so it looks at the next rows first.
 */
export function rowAt({ keyStarts, count }: RecordPage, place: number, first: number): number {
  let low = first
  let step = 1
  while (low + step < count && (keyStarts[low + step] ?? 0) <= place) {
    low += step
    step *= 2
  }
  let high = Math.min(count, low + step)
  while (low + 1 < high) {
    const middle = (low + high) >>> 1
    if ((keyStarts[middle] ?? 0) <= place) low = middle
    else high = middle
  }
  return low
}

export const insideValue: Inside = ({ valueStarts, valueLengths }, row, start, end) =>
  isWithin(valueStarts[row], valueLengths[row], start, end)

/** Key, value, or the name or value of a header; never two of them together. */
export const insideContent: Inside = (page, row, start, end) =>
  isWithin(page.keyStarts[row], page.keyLengths[row], start, end) ||
  insideValue(page, row, start, end) ||
  headerParts(page, row).some(part => isWithin(part.start, part.length, start, end))

function isWithin(from = 0, length = -1, start: number, end: number): boolean {
  return start >= from && end <= from + length
}

/** A name or value of a header; `length` is -1 for null. */
export interface HeaderPart {
  readonly start: number
  readonly length: number
}

/** Names and values of a record's headers in turn, without decoding them. */
export function headerParts({ bytes, headerStarts }: RecordPage, row: number): HeaderPart[] {
  const cursor = { position: headerStarts[row] ?? -1 }
  if (cursor.position < 0) return []
  const parts: HeaderPart[] = []
  for (let left = 2 * varint(bytes, cursor); left > 0 && cursor.position < bytes.length; left--) {
    const length = varint(bytes, cursor)
    parts.push({ start: cursor.position, length })
    cursor.position += Math.max(0, length)
  }
  return parts
}

/** Where a record ends, its headers included. */
export function recordEnd(page: RecordPage, row: number): number {
  const { valueStarts, valueLengths, headerStarts } = page
  const headers = headerStarts[row] ?? -1
  if (headers < 0) return (valueStarts[row] ?? 0) + Math.max(0, valueLengths[row] ?? 0)
  const last = headerParts(page, row).at(-1)
  if (last) return last.start + Math.max(0, last.length)
  const cursor = { position: headers }
  varint(page.bytes, cursor)
  return cursor.position
}

/** Bytes of key, value, and names and values of headers. */
export function recordSize(page: RecordPage, row: number): number {
  const { keyLengths, valueLengths } = page
  let size = Math.max(0, keyLengths[row] ?? 0) + Math.max(0, valueLengths[row] ?? 0)
  for (const { length } of headerParts(page, row)) size += Math.max(0, length)
  return size
}

/** A zigzag varint of at most 32 bits (Kafka's record format). */
function varint(bytes: Uint8Array, cursor: { position: number }): number {
  let byte = bytes[cursor.position++] ?? 0
  let result = byte & 127
  for (let shift = 7; byte > 127 && shift < 35; shift += 7) {
    byte = bytes[cursor.position++] ?? 0
    result |= (byte & 127) << shift
  }
  return (result >>> 1) ^ -(result & 1)
}
