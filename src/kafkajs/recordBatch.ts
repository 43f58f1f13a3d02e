import type { OutgoingRecord } from '../kafka/cluster.ts'
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
  const plain = new Writer()
  records.forEach((record, i) => writeRecord(plain, record, i, record.timestamp - first))
  body.raw(codec === 0 ? plain.bytes() : await compress(plain.bytes()))
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

function writeRecord(
  into: Writer,
  record: TimedRecord,
  offsetDelta: number,
  timestampDelta: number,
): void {
  const body = new Writer()
  body.int8(0)
  body.varlong(BigInt(Math.trunc(timestampDelta)))
  body.varint(offsetDelta)
  writeBytes(body, record.key)
  writeBytes(body, record.value)
  body.varint(record.headers.length)
  for (const [name, value] of record.headers) {
    writeBytes(body, Buffer.from(name, 'utf8'))
    writeBytes(body, value)
  }
  into.varint(body.length)
  into.raw(body.bytes())
}

function writeBytes(writer: Writer, bytes: Uint8Array | null): void {
  writer.varint(bytes?.length ?? -1)
  if (bytes) writer.raw(bytes)
}

/** What a record takes in a batch before compression, a few bytes more at most. */
export function sizeOf({ key, value, headers }: Omit<OutgoingRecord, 'partition'>): number {
  const overhead = 32
  return headers.reduce(
    (size, [name, bytes]) => size + Buffer.byteLength(name) + (bytes?.length ?? 0) + 10,
    overhead + (key?.length ?? 0) + (value?.length ?? 0),
  )
}

const CASTAGNOLI = 0x82f63b78

const table = Uint32Array.from({ length: 256 }, (_, byte) => {
  let rest = byte
  for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ CASTAGNOLI : rest >>> 1
  return rest >>> 0
})

/** CRC-32C, the checksum of record batches. */
export function crc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0)
  return (crc ^ 0xffffffff) >>> 0
}
