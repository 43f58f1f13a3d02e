/** Record headers as they stand in a page: Kafka's own encoding, varints and bytes (KIP-98). */
interface Cursor {
  readonly bytes: Uint8Array
  /** Nothing behind it belongs to the headers. */
  readonly end: number
  position: number
}

/** A header as places in the bytes; `valueLength` -1 is null. */
export interface HeaderPlace {
  readonly nameStart: number
  readonly nameLength: number
  readonly valueStart: number
  readonly valueLength: number
}

function varint(cursor: Cursor): number {
  let result = 0
  let shift = 0
  let byte = 0
  do {
    byte = cursor.position < cursor.end ? (cursor.bytes[cursor.position] ?? 0) : 0
    cursor.position++
    result |= (byte & 127) << shift
    shift += 7
  } while (byte > 127 && shift < 35)
  return (result >>> 1) ^ -(result & 1)
}

function skipPart(cursor: Cursor): void {
  const length = varint(cursor)
  if (length > 0) cursor.position += length
}

/** How many headers it says there are; `start` -1: none. */
export function headerCount(bytes: Uint8Array, start: number): number {
  if (start < 0) return 0
  return Math.max(0, varint({ bytes, end: bytes.length, position: start }))
}

/** The headers that lie whole before `end`. */
export function* headersAt(
  bytes: Uint8Array,
  start: number,
  end = bytes.length,
): Generator<HeaderPlace> {
  if (start < 0) return
  const cursor: Cursor = { bytes, end, position: start }
  const count = varint(cursor)
  for (let header = 0; header < count; header++) {
    const nameLength = varint(cursor)
    const nameStart = cursor.position
    cursor.position += Math.max(0, nameLength)
    const valueLength = varint(cursor)
    const valueStart = cursor.position
    cursor.position += Math.max(0, valueLength)
    if (cursor.position > end || nameLength < 0) return
    yield { nameStart, nameLength, valueStart, valueLength }
  }
}

/** Where the headers end; for `start` -1, and for what makes no sense, as far as it does. */
export function headersEnd(bytes: Uint8Array, start: number): number {
  if (start < 0) return start
  if (bytes[start] === 0) return start + 1
  const cursor: Cursor = { bytes, end: bytes.length, position: start }
  let end = start
  for (let left = varint(cursor); left > 0; left--) {
    skipPart(cursor)
    skipPart(cursor)
    if (cursor.position > bytes.length) return Math.max(end, start + 1)
    end = cursor.position
  }
  return Math.max(end, start + 1)
}
