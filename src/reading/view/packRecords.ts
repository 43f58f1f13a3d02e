import type { RecordPage } from '../../kafka/page.ts'
import type { KafkaRecord, RecordHeader } from '../../kafka/record.ts'

const utf8 = new TextEncoder()
const NO_HEADERS = Uint8Array.of(0)

/**
 * Records as pages: one for each run of records of the same partition, as they come. Buffers belong
 * to the pages alone and can be transferred. A record with an error is an error of its page.
 */
export function packRecords(records: readonly KafkaRecord[]): RecordPage[] {
  const pages: RecordPage[] = []
  let from = 0
  records.forEach((record, index) => {
    const next = records[index + 1]
    if (next?.partition === record.partition && next.topic === record.topic) return
    pages.push(packPage(record, records.slice(from, index + 1)))
    from = index + 1
  })
  return pages
}

function packPage({ topic, partition }: KafkaRecord, all: readonly KafkaRecord[]): RecordPage {
  const records = all.filter(({ error }) => error === undefined)
  const count = records.length
  const headers = records.map(record => encodeHeaders(record.headers))
  const size = (part: Uint8Array | null) => part?.length ?? 0
  const bytes = new Uint8Array(
    records.reduce((sum, { key, value }) => sum + size(key) + size(value), 0) +
      headers.reduce((sum, each) => sum + each.length, 0),
  )
  const ints = () => new Int32Array(count)
  const page = {
    topic,
    partition,
    count,
    offsets: new BigInt64Array(count),
    timestamps: new Float64Array(count),
    keyStarts: ints(),
    keyLengths: ints(),
    valueStarts: ints(),
    valueLengths: ints(),
    headerStarts: ints(),
    bytes,
    errors: all.flatMap(({ offset, error: message }) =>
      message === undefined ? [] : [{ offset, message }],
    ),
  }
  let at = 0
  const put = (part: Uint8Array | null) => {
    if (part) bytes.set(part, at)
    const start = at
    at += size(part)
    return start
  }
  records.forEach(({ offset, timestamp, key, value }, row) => {
    page.offsets[row] = offset
    page.timestamps[row] = timestamp
    page.keyLengths[row] = key?.length ?? -1
    page.keyStarts[row] = put(key)
    page.valueLengths[row] = value?.length ?? -1
    page.valueStarts[row] = put(value)
    page.headerStarts[row] = put(headers[row] ?? null)
  })
  return page
}

/** As Kafka's record format has them: a varint count, then names and values with their lengths. */
function encodeHeaders(headers: readonly RecordHeader[]): Uint8Array {
  if (headers.length === 0) return NO_HEADERS
  const parts: (readonly number[] | Uint8Array)[] = [varint(headers.length)]
  for (const [name, value] of headers) {
    const nameBytes = utf8.encode(name)
    parts.push(varint(nameBytes.length), nameBytes, varint(value?.length ?? -1))
    if (value) parts.push(value)
  }
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    bytes.set(part, at)
    at += part.length
  }
  return bytes
}

/** Zigzag: -1 is 1, 1 is 2. */
function varint(value: number): readonly number[] {
  const bytes: number[] = []
  let left = ((value << 1) ^ (value >> 31)) >>> 0
  while (left > 127) {
    bytes.push((left & 127) | 128)
    left >>>= 7
  }
  bytes.push(left)
  return bytes
}
