import type { KafkaRecord, RecordHeader } from './record.ts'

/**
 * Many records of one partition in columns over one block of bytes: nothing is allocated per
 * record until it is shown. All arrays have `count` entries and can be transferred to another
 * thread with `bytes`, which pages of the same update may share: what keeps few records for long
 * copies them.
 */
export interface RecordPage {
  readonly topic: string
  readonly partition: number
  readonly count: number
  readonly offsets: BigInt64Array
  /** Ms since the epoch. */
  readonly timestamps: Float64Array
  /**
   * Of the record that stands before each in the partition, where a filter may have left that one
   * out; -1: none, or not known. Absent: it is the one before it here, or on the page before.
   */
  readonly timesBefore?: Float64Array
  /** Starts in `bytes`, and lengths; a length of -1 is null. */
  readonly keyStarts: Int32Array
  readonly keyLengths: Int32Array
  readonly valueStarts: Int32Array
  readonly valueLengths: Int32Array
  /** Where the record's headers start: Kafka's own encoding, a varint count and then pairs. */
  readonly headerStarts: Int32Array
  readonly bytes: Uint8Array
  readonly errors: readonly PageError[]
  /** What the log holds besides records, where it was asked for (`ReadRequest.notes`). */
  readonly notes?: readonly PageNote[]
}

/** What could not be read: the offset it stands at, and why. */
export interface PageError {
  readonly offset: bigint
  readonly message: string
  /** There is no record that cannot be read: reading goes on elsewhere than where it was to. */
  readonly moved?: true
}

/** Offsets from `offset` up to `nextOffset` that bring no record, and why. */
export type PageNote =
  /** `missing` offsets of the span are not in the log any more: compacted, or never written. */
  | {
      readonly kind: 'gap'
      readonly offset: bigint
      readonly nextOffset: bigint
      readonly missing: number
    }
  /** Records of an aborted transaction, left out in read_committed. */
  | {
      readonly kind: 'aborted'
      readonly offset: bigint
      readonly nextOffset: bigint
      readonly records: number
      readonly producerId: bigint
    }
  /** A marker that ends a transaction. */
  | {
      readonly kind: 'marker'
      readonly offset: bigint
      readonly nextOffset: bigint
      readonly committed: boolean
      readonly producerId: bigint
    }

/** Record `index` of a page; its bytes are views into the page, not copies. */
export function recordAt(page: RecordPage, index: number): KafkaRecord {
  return {
    topic: page.topic,
    partition: page.partition,
    offset: page.offsets[index] ?? -1n,
    timestamp: page.timestamps[index] ?? -1,
    key: slice(page.bytes, page.keyStarts[index], page.keyLengths[index]),
    value: slice(page.bytes, page.valueStarts[index], page.valueLengths[index]),
    headers: readHeaders(page.bytes, page.headerStarts[index] ?? -1),
  }
}

function slice(bytes: Uint8Array, start = 0, length = -1): Uint8Array | null {
  return length < 0 ? null : bytes.subarray(start, start + length)
}

const text = new TextDecoder()

function readHeaders(bytes: Uint8Array, start: number): RecordHeader[] {
  if (start < 0) return []
  const cursor = { position: start }
  const count = readVarint(bytes, cursor)
  const headers: RecordHeader[] = []
  for (let i = 0; i < count && cursor.position < bytes.length; i++) {
    const name = text.decode(readBytes(bytes, cursor) ?? new Uint8Array())
    headers.push([name, readBytes(bytes, cursor)])
  }
  return headers
}

function readBytes(bytes: Uint8Array, cursor: { position: number }): Uint8Array | null {
  const length = readVarint(bytes, cursor)
  if (length < 0) return null
  const start = cursor.position
  cursor.position += length
  return bytes.subarray(start, start + length)
}

/** A zigzag varint of at most 32 bits, as Kafka's record format writes lengths. */
function readVarint(bytes: Uint8Array, cursor: { position: number }): number {
  let result = 0
  let shift = 0
  let byte = 0
  do {
    byte = bytes[cursor.position++] ?? 0
    result |= (byte & 127) << shift
    shift += 7
  } while (byte > 127 && shift < 35)
  return (result >>> 1) ^ -(result & 1)
}
