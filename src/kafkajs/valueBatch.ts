import type { OutgoingRecord, PackedValues } from '../kafka/cluster.ts'
import {
  finishBatch,
  HEADER_BYTES,
  keyBytes,
  headerBytes,
  varintLength,
  type BatchOptions,
} from './recordBatch.ts'

/** What is the same in each of many records: all but the value. */
export interface ValueFrame {
  readonly key: Uint8Array
  readonly headers: Uint8Array
  /** Ms since the epoch. */
  readonly timestamp: number
  /** Bytes that a record takes beside its value, at most. */
  readonly most: number
}

/** Attributes and time, both 0. */
const HEAD_BYTES = 2
/** The lengths of a record and of its value, and its number in the batch. */
const MOST_OF_VARINTS = 3 * 5

export function frameOf(
  { key, headers }: Pick<OutgoingRecord, 'key' | 'headers'>,
  timestamp: number,
): ValueFrame {
  const parts = { key: keyBytes(key), headers: headerBytes(headers) }
  const most = MOST_OF_VARINTS + HEAD_BYTES + parts.key.length + parts.headers.length
  return { ...parts, timestamp: Math.trunc(timestamp), most }
}

/** A record batch of the values from one to before another. */
export function writeValues(
  values: PackedValues,
  run: { readonly from: number; readonly to: number },
  frame: ValueFrame,
  options: BatchOptions,
): Promise<Buffer> {
  const { timestamp } = frame
  const content = { first: timestamp, last: timestamp, count: run.to - run.from }
  return finishBatch(writeAll(values, run, frame), content, options)
}

/**
 * In one loop without an object for each value: a million of them are a usual file. All values are
 * copied behind the end of the records first, where each is moved to its place from: within one
 * buffer that takes no view of a piece, which would cost more than the copy.
 */
function writeAll(
  { bytes, bounds }: PackedValues,
  { from, to }: { readonly from: number; readonly to: number },
  { key, headers, most }: ValueFrame,
): Buffer {
  const first = bounds[2 * from] ?? 0
  const values = bytes.subarray(first, bounds[2 * to - 1])
  const room = HEADER_BYTES + (to - from) * most
  const buffer = Buffer.allocUnsafe(room + values.length)
  buffer.set(values, room)
  const around = HEAD_BYTES + key.length + headers.length
  let at = HEADER_BYTES
  for (let i = from; i < to; i++) {
    const start = room + (bounds[2 * i] ?? 0) - first
    const end = room + (bounds[2 * i + 1] ?? 0) - first
    const length = end - start
    const index = i - from
    const rest = around + varintLength(index) + varintLength(length) + length
    at = putVarint(buffer, at, rest)
    buffer[at++] = 0
    buffer[at++] = 0
    at = putVarint(buffer, at, index)
    at = put(buffer, at, key)
    at = putVarint(buffer, at, length)
    buffer.copyWithin(at, start, end)
    at = put(buffer, at + length, headers)
  }
  return buffer.subarray(0, at)
}

/** Of a count, which is not negative, in the zigzag form of record batches. */
function putVarint(buffer: Buffer, start: number, count: number): number {
  let at = start
  let rest = (count << 1) >>> 0
  for (; rest > 127; rest >>>= 7) buffer[at++] = (rest & 127) | 128
  buffer[at++] = rest
  return at
}

/** Mostly a single byte. */
function put(buffer: Buffer, at: number, bytes: Uint8Array): number {
  if (bytes.length === 1) buffer[at] = bytes[0] ?? 0
  else buffer.set(bytes, at)
  return at + bytes.length
}
