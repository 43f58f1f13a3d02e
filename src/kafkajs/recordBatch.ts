import type { OutgoingRecord } from '../kafka/cluster.ts'
import { crc32c } from './crc32c.ts'

/** The records of one partition, ready to be sent. */
export interface BatchOptions {
  /** The codec's number; 0 is none. */
  readonly codec: number
  /** Applied to the records, not to the header in front of them. */
  readonly compress: (records: Uint8Array) => Uint8Array | Promise<Uint8Array>
  /** Who writes it, where the broker is to know it again. */
  readonly producer?: BatchProducer
}

/** What makes a batch that was sent twice be written once. */
export interface BatchProducer {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly transactional: boolean
  /** The number of the first record among those of this producer to the partition. */
  readonly baseSequence: number
}

const MAGIC = 2
const CREATE_TIME = 0
const TRANSACTIONAL = 1 << 4
const NOBODY: BatchProducer = {
  producerId: -1n,
  producerEpoch: -1,
  transactional: false,
  baseSequence: -1,
}

/** What stands before the records of a batch, bytes. */
export const HEADER_BYTES = 61
/** Where the part begins that the checksum covers. */
const CHECKED_FROM = 21

/** A record batch of message format 2 (KIP-98). `now`: the time of records that say none. */
export function writeBatch(
  records: readonly BatchRecord[],
  options: BatchOptions,
  now = 0,
): Promise<Buffer> {
  const times = records.map(({ timestamp = now }) => Math.trunc(timestamp))
  const first = times[0] ?? 0
  const last = times.reduce((max, time) => Math.max(max, time), first)
  const content = { first, last, count: records.length }
  return finishBatch(writeRecords(records, times), content, options)
}

type BatchRecord = Omit<OutgoingRecord, 'partition'>

export interface BatchContent {
  /** Of its records; ms since the epoch. */
  readonly first: number
  readonly last: number
  readonly count: number
}

/** Makes a batch of records that are written behind room for its header. */
export async function finishBatch(
  records: Buffer,
  content: BatchContent,
  { codec, compress, producer }: BatchOptions,
): Promise<Buffer> {
  if (codec === 0) return withHeader(records, content, codec, producer)
  const compressed = await compress(records.subarray(HEADER_BYTES))
  const batch = Buffer.allocUnsafe(HEADER_BYTES + compressed.length)
  batch.set(compressed, HEADER_BYTES)
  return withHeader(batch, content, codec, producer)
}

function withHeader(
  batch: Buffer,
  { first, last, count }: BatchContent,
  codec: number,
  producer = NOBODY,
): Buffer {
  const transactional = producer.transactional ? TRANSACTIONAL : 0
  batch.writeBigInt64BE(0n, 0)
  batch.writeInt32BE(batch.length - 12, 8)
  batch.writeInt32BE(-1, 12)
  batch.writeInt8(MAGIC, 16)
  batch.writeInt16BE(codec | CREATE_TIME | transactional, CHECKED_FROM)
  batch.writeInt32BE(count - 1, 23)
  batch.writeBigInt64BE(BigInt(first), 27)
  batch.writeBigInt64BE(BigInt(last), 35)
  batch.writeBigInt64BE(producer.producerId, 43)
  batch.writeInt16BE(producer.producerEpoch, 51)
  batch.writeInt32BE(producer.baseSequence, 53)
  batch.writeInt32BE(count, 57)
  batch.writeUInt32BE(crc32c(batch.subarray(CHECKED_FROM)), 17)
  return batch
}

/** The names of headers repeat from record to record. */
type Names = Map<string, Buffer>

function bytesOfName(name: string, known: Names): Buffer {
  const found = known.get(name) ?? Buffer.from(name, 'utf8')
  known.set(name, found)
  return found
}

/** Behind room for the header, into one buffer whose length is known before. */
function writeRecords(records: readonly BatchRecord[], times: readonly number[]): Buffer {
  const names: Names = new Map()
  const [first = 0] = times
  const deltas = times.map(time => time - first)
  const lengths = records.map((record, i) => lengthOf(record, i, deltas[i] ?? 0, names))
  const total = lengths.reduce((sum, length) => sum + varintLength(length) + length, 0)
  const to = new RecordWriter(HEADER_BYTES + total, HEADER_BYTES)
  records.forEach((record, i) => {
    to.varint(lengths[i] ?? 0)
    to.byte(0)
    to.varint(deltas[i] ?? 0)
    to.varint(i)
    to.bytes(record.key)
    to.bytes(record.value)
    to.headers(record.headers, names)
  })
  return to.buffer
}

/** A key as it stands in a record. */
export function keyBytes(key: Uint8Array | null): Buffer {
  const to = new RecordWriter(bytesLength(key), 0)
  to.bytes(key)
  return to.buffer
}

/** Headers as they stand in a record. */
export function headerBytes(headers: OutgoingRecord['headers']): Buffer {
  const names: Names = new Map()
  const to = new RecordWriter(headersLength(headers, names), 0)
  to.headers(headers, names)
  return to.buffer
}

/** Of a record, without the varint in front that says it. */
function lengthOf(record: BatchRecord, index: number, delta: number, names: Names): number {
  let length = 1 + varintLength(delta) + varintLength(index)
  length += bytesLength(record.key) + bytesLength(record.value)
  return length + headersLength(record.headers, names)
}

function headersLength(headers: OutgoingRecord['headers'], names: Names): number {
  let length = varintLength(headers.length)
  for (const [name, value] of headers)
    length += bytesLength(bytesOfName(name, names)) + bytesLength(value)
  return length
}

function bytesLength(bytes: Uint8Array | null): number {
  return bytes ? varintLength(bytes.length) + bytes.length : 1
}

const INT32 = 2 ** 31

/** Of a whole number in the zigzag form of record batches. */
export function varintLength(value: number): number {
  if (value >= -64 && value < 64) return 1
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let length = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

/** Writes what records hold into a buffer of the right length. */
class RecordWriter {
  readonly buffer: Buffer
  #at: number

  constructor(length: number, from: number) {
    this.buffer = Buffer.allocUnsafe(length)
    this.#at = from
  }

  headers(headers: OutgoingRecord['headers'], names: Names): void {
    this.varint(headers.length)
    for (const [name, value] of headers) {
      this.bytes(bytesOfName(name, names))
      this.bytes(value)
    }
  }

  byte(value: number): void {
    this.buffer[this.#at++] = value
  }

  varint(value: number): void {
    if (value < -INT32 || value >= INT32) {
      this.#wide(value)
      return
    }
    let rest = ((value << 1) ^ (value >> 31)) >>> 0
    for (; rest > 127; rest >>>= 7) this.byte((rest & 127) | 128)
    this.byte(rest)
  }

  /** Times can be further apart than 32 bits say. */
  #wide(value: number): void {
    let rest = value < 0 ? -2 * value - 1 : 2 * value
    for (; rest > 127; rest = Math.floor(rest / 128)) this.byte((rest % 128) | 128)
    this.byte(rest)
  }

  /** Null has the length -1. */
  bytes(bytes: Uint8Array | null): void {
    this.varint(bytes ? bytes.length : -1)
    if (!bytes) return
    this.buffer.set(bytes, this.#at)
    this.#at += bytes.length
  }
}

/** What a record takes in a batch before compression, a few bytes more at most. */
export function sizeOf({ key, value, headers }: Omit<OutgoingRecord, 'partition'>): number {
  const overhead = 32
  return headers.reduce(
    (size, [name, bytes]) => size + Buffer.byteLength(name) + (bytes?.length ?? 0) + 10,
    overhead + (key?.length ?? 0) + (value?.length ?? 0),
  )
}
