import type { OutgoingRecord } from '../kafka/cluster.ts'
import { crc32c } from './crc32c.ts'
import { Writer } from './protocol/wire.ts'

/** A record whose time is decided. */
export type TimedRecord = Omit<OutgoingRecord, 'partition'> & { readonly timestamp: number }

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

/** A record batch of message format 2 (KIP-98). */
export async function writeBatch(
  records: readonly TimedRecord[],
  { codec, compress, producer = NOBODY }: BatchOptions,
): Promise<Buffer> {
  const first = Math.trunc(records[0]?.timestamp ?? 0)
  const body = new Writer()
  body.int16(codec | CREATE_TIME | (producer.transactional ? TRANSACTIONAL : 0))
  body.int32(records.length - 1)
  body.int64(BigInt(first))
  body.int64(
    BigInt(records.reduce((max, { timestamp }) => Math.max(max, Math.trunc(timestamp)), first)),
  )
  body.int64(producer.producerId)
  body.int16(producer.producerEpoch)
  body.int32(producer.baseSequence)
  body.int32(records.length)
  const plain = writeRecords(records, first)
  body.raw(codec === 0 ? plain : await compress(plain))
  return inEnvelope(body.bytes())
}

/** What stands before the part that the checksum covers. */
function inEnvelope(body: Buffer): Buffer {
  const batch = new Writer()
  batch.int64(0n)
  batch.int32(4 + 1 + 4 + body.length)
  batch.int32(-1)
  batch.int8(MAGIC)
  batch.uint32(crc32c(body))
  batch.raw(body)
  return batch.bytes()
}

/** The names of headers repeat from record to record. */
type Names = Map<string, Buffer>

function bytesOfName(name: string, known: Names): Buffer {
  const found = known.get(name) ?? Buffer.from(name, 'utf8')
  known.set(name, found)
  return found
}

/** Written into one buffer whose length is known before: most of the time of producing goes here. */
function writeRecords(records: readonly TimedRecord[], firstTimestamp: number): Buffer {
  const names: Names = new Map()
  const deltas = records.map(({ timestamp }) => Math.trunc(timestamp - firstTimestamp))
  const lengths = records.map((record, i) => lengthOf(record, i, deltas[i] ?? 0, names))
  const total = lengths.reduce((sum, length) => sum + varintLength(length) + length, 0)
  const to = new RecordWriter(total)
  records.forEach((record, i) => {
    to.varint(lengths[i] ?? 0)
    to.byte(0)
    to.varint(deltas[i] ?? 0)
    to.varint(i)
    to.bytes(record.key)
    to.bytes(record.value)
    to.varint(record.headers.length)
    for (const [name, value] of record.headers) {
      to.bytes(bytesOfName(name, names))
      to.bytes(value)
    }
  })
  return to.buffer
}

/** Of a record, without the varint in front that says it. */
function lengthOf(record: TimedRecord, index: number, delta: number, names: Names): number {
  let length = 1 + varintLength(delta) + varintLength(index)
  length += bytesLength(record.key) + bytesLength(record.value)
  length += varintLength(record.headers.length)
  for (const [name, value] of record.headers)
    length += bytesLength(bytesOfName(name, names)) + bytesLength(value)
  return length
}

function bytesLength(bytes: Uint8Array | null): number {
  return bytes ? varintLength(bytes.length) + bytes.length : 1
}

const INT32 = 2 ** 31

/** Of a whole number in the zigzag form of record batches. */
function varintLength(value: number): number {
  if (value >= -64 && value < 64) return 1
  let rest = value < 0 ? -2 * value - 1 : 2 * value
  let length = 1
  for (; rest > 127; rest = Math.floor(rest / 128)) length++
  return length
}

/** Writes what records hold into a buffer of the right length. */
class RecordWriter {
  readonly buffer: Buffer
  #at = 0

  constructor(length: number) {
    this.buffer = Buffer.allocUnsafe(length)
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
