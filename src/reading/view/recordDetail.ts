import { AUTO, type Format, type RecordFormats } from '../../kafka/format.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import type { DetailPart, HexBytes, RecordDetail } from '../../kafka/recordView.ts'
import { cellOf, withoutCutCharacter } from './cells.ts'

/** More bytes than these of a key or value are not shown as text. */
const MOST_TEXT = 1024 * 1024
const MOST_HEADER_BYTES = 16 * 1024
/** Lines of a hex view are asked for a few at a time. */
const MOST_HEX = 64 * 1024

/** A whole record, with its parts as they are shown. */
export function detailOf(record: KafkaRecord, formats: RecordFormats): RecordDetail {
  const { topic, partition, offset, timestamp, key, value, headers, error } = record
  return {
    topic,
    partition,
    offset: String(offset),
    ...(timestamp >= 0 && { timestamp }),
    key: detailPart(key, formats.key),
    value: detailPart(value, formats.value),
    headers: headers.map(([name, bytes]) => ({
      name,
      value: cellOf({ bytes, length: bytes?.length ?? 0 }, AUTO, MOST_HEADER_BYTES),
    })),
    size: recordSize(record),
    ...(error !== undefined && { error }),
  }
}

function detailPart(bytes: Uint8Array | null, format: Format): DetailPart {
  if (bytes === null) return { format: 'null', cell: { kind: 'null' }, bytes: -1, cut: false }
  const cut = bytes.length > MOST_TEXT
  const seen = cut ? withoutCutCharacter(bytes.subarray(0, MOST_TEXT)) : bytes
  const cell = cellOf({ bytes: seen, length: bytes.length }, format, MOST_TEXT)
  return { format: formatName(format, cell.kind), cell, bytes: bytes.length, cut }
}

/** As a `.kafka` file writes it; of `auto`, what it turned out to be. */
function formatName({ name, parameters }: Format, kind: DetailPart['cell']['kind']): string {
  if (name === 'auto') {
    if (kind === 'json') return 'json'
    return kind === 'binary' ? 'bytes(base64)' : 'string'
  }
  return parameters.length === 0 ? name : `${name}(${parameters.join(', ')})`
}

export function hexOf(bytes: Uint8Array | null, from: number, count: number): HexBytes {
  const total = bytes?.length ?? 0
  const start = Math.max(0, Math.min(from, total))
  const part = bytes?.subarray(start, start + Math.min(count, MOST_HEX))
  return { from: start, hex: part ? Buffer.from(part).toString('hex') : '', total }
}
