import { crc32 } from 'node:zlib'
import type { Batch } from './heads.ts'

/** Castagnoli's polynomial, its bits in reverse. */
const POLYNOMIAL = 0x82f63b78
const V2_CHECKSUM_AT = 17
const V2_CHECKED_FROM = 21
const LEGACY_CHECKSUM_AT = 12
const LEGACY_CHECKED_FROM = 16

let table: Int32Array | undefined

/**
 * What the checksum of a batch that cannot be read says about it. Format v2 has CRC-32C from its
 * attributes on (KIP-98), the formats before CRC-32 from the format's number on.
 *
 * It is computed for such batches only. The broker checks every batch before it stores it, and TCP
 * what it sends; computing CRC-32C of all that is read would take longer than the reading itself
 * (measured: 0.5 GB/s against more than 1 GB/s).
 */
export function explainDamage(records: Uint8Array, { start, end, format }: Batch): string {
  const view = new DataView(records.buffer, records.byteOffset, records.byteLength)
  const [at, from] =
    format === 2 ? [V2_CHECKSUM_AT, V2_CHECKED_FROM] : [LEGACY_CHECKSUM_AT, LEGACY_CHECKED_FROM]
  const checked = records.subarray(start + from, end)
  const actual = format === 2 ? crc32c(checked) : crc32(checked)
  return view.getUint32(start + at) === actual
    ? 'Its checksum is right: it was written like this.'
    : 'Its checksum is wrong: it was damaged after it was written.'
}

export function crc32c(bytes: Uint8Array): number {
  table ??= newTable()
  let crc = -1
  for (const byte of bytes) crc = (crc >>> 8) ^ (table[(crc ^ byte) & 255] ?? 0)
  return ~crc >>> 0
}

function newTable(): Int32Array {
  return Int32Array.from({ length: 256 }, (_, byte) => {
    let crc = byte
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    return crc
  })
}
