/** Writes batches byte by byte, so that tests can say exactly what stands in them. */
import { crc32c } from '../../src/reading/checksums.ts'

export interface RecordSpec {
  readonly offsetDelta: number
  readonly timestampDelta?: number
  readonly key?: string | null
  readonly value?: string | null
  readonly headers?: readonly (readonly [string, string | null])[]
}

export interface BatchSpec {
  readonly baseOffset: bigint
  readonly records: readonly RecordSpec[]
  /** Default: that of the last record. */
  readonly lastOffsetDelta?: number
  readonly attributes?: number
  readonly firstTimestamp?: bigint
  readonly maxTimestamp?: bigint
  readonly producerId?: bigint
  /** Default: the number of records. */
  readonly count?: number
  readonly compress?: (records: Buffer) => Uint8Array
  /** Whether it gets a checksum that is right. Default: 0. */
  readonly checksum?: boolean
}

export const TRANSACTIONAL = 16
export const CONTROL = 32
export const LOG_APPEND_TIME = 8

export function varint(value: number): Buffer {
  let zigzag = BigInt.asUintN(64, (BigInt(value) << 1n) ^ (BigInt(value) >> 63n))
  const bytes: number[] = []
  while (zigzag > 127n) {
    bytes.push(Number(zigzag & 127n) | 128)
    zigzag >>= 7n
  }
  return Buffer.from([...bytes, Number(zigzag)])
}

function sized(text: string | null | undefined): Buffer {
  if (text === null || text === undefined) return varint(-1)
  const bytes = Buffer.from(text)
  return Buffer.concat([varint(bytes.length), bytes])
}

export function record(spec: RecordSpec): Buffer {
  const headers = spec.headers ?? []
  const body = Buffer.concat([
    Buffer.from([0]),
    varint(spec.timestampDelta ?? 0),
    varint(spec.offsetDelta),
    sized(spec.key),
    sized(spec.value),
    varint(headers.length),
    ...headers.flatMap(([name, value]) => [sized(name), sized(value)]),
  ])
  return Buffer.concat([varint(body.length), body])
}

export function batch(spec: BatchSpec): Buffer {
  const plain = Buffer.concat(spec.records.map(record))
  const area = spec.compress ? spec.compress(plain) : plain
  const head = Buffer.alloc(61)
  head.writeBigInt64BE(spec.baseOffset, 0)
  head.writeInt32BE(49 + area.length, 8)
  head.writeInt8(2, 16)
  head.writeInt16BE(spec.attributes ?? 0, 21)
  head.writeInt32BE(spec.lastOffsetDelta ?? spec.records.at(-1)?.offsetDelta ?? 0, 23)
  head.writeBigInt64BE(spec.firstTimestamp ?? 0n, 27)
  head.writeBigInt64BE(spec.maxTimestamp ?? 0n, 35)
  head.writeBigInt64BE(spec.producerId ?? -1n, 43)
  head.writeInt32BE(spec.count ?? spec.records.length, 57)
  const bytes = Buffer.concat([head, area])
  if (spec.checksum) bytes.writeUInt32BE(crc32c(bytes.subarray(21)), 17)
  return bytes
}

/** What ends a transaction: type 0 aborts it, 1 commits it. */
export function marker(offset: bigint, producerId: bigint, type: 0 | 1): Buffer {
  return batch({
    baseOffset: offset,
    producerId,
    attributes: TRANSACTIONAL | CONTROL,
    records: [{ offsetDelta: 0, key: `\0\0\0${String.fromCharCode(type)}`, value: '\0\0\0\0\0\0' }],
  })
}

export interface MessageSpec {
  readonly offset: bigint
  readonly format: 0 | 1
  readonly attributes?: number
  readonly timestamp?: bigint
  readonly key?: string | null
  readonly value: string | Uint8Array | null
}

/** An entry of an old message set. */
export function message(spec: MessageSpec): Buffer {
  const timestamp = Buffer.alloc(spec.format === 1 ? 8 : 0)
  if (spec.format === 1) timestamp.writeBigInt64BE(spec.timestamp ?? 0n)
  const body = Buffer.concat([
    Buffer.from([0, 0, 0, 0, spec.format, spec.attributes ?? 0]),
    timestamp,
    sized32(spec.key ?? null),
    sized32(spec.value),
  ])
  const head = Buffer.alloc(12)
  head.writeBigInt64BE(spec.offset)
  head.writeInt32BE(body.length, 8)
  return Buffer.concat([head, body])
}

function sized32(value: string | Uint8Array | null): Buffer {
  const bytes = value === null ? Buffer.alloc(0) : Buffer.from(value as Uint8Array)
  const length = Buffer.alloc(4)
  length.writeInt32BE(value === null ? -1 : bytes.length)
  return Buffer.concat([length, bytes])
}
