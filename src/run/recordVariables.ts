import type { Variables } from '../expression/variables.ts'
import { textOf, utf8TextOf } from '../formats/encodings.ts'
import { fieldsValue, recordValue } from '../formats/recordValue.ts'
import type { RecordFormats } from '../kafka/format.ts'
import { recordSize, type KafkaRecord } from '../kafka/record.ts'

/** A record that was read, or one that was sent: of that one not all may be known. */
export type SeenRecord = Omit<KafkaRecord, 'offset' | 'partition'> &
  Partial<Pick<KafkaRecord, 'offset' | 'partition'>>

/** A record as an expression sees it; key and value are decoded when they are named. */
export function recordVariables(
  record: SeenRecord,
  formats: RecordFormats,
  latency?: number,
): Variables {
  let value: { readonly content: unknown } | undefined
  return {
    topic: record.topic,
    ...(record.partition !== undefined && { partition: BigInt(record.partition) }),
    ...(record.offset !== undefined && { offset: record.offset }),
    timestamp: record.timestamp < 0 ? undefined : BigInt(record.timestamp),
    get size() {
      return BigInt(recordSize(record))
    },
    get key() {
      return recordValue(formats.key, record.key)
    },
    get value() {
      value ??= { content: fieldsValue(formats.value, record.value) }
      return value.content
    },
    get headers() {
      return new Map(
        record.headers.map(([name, bytes]) => [
          name,
          bytes && (utf8TextOf(bytes) ?? textOf(bytes, 'base64')),
        ]),
      )
    },
    ...(latency !== undefined && { latency }),
  }
}
