import type { RecordPage } from '../../kafka/page.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import type { ByteWriter } from './byteWriter.ts'

/** Writes a record, its line end included. */
export type RecordWriter = (writer: ByteWriter, record: KafkaRecord) => void

/** What stands for records that could not be read. */
export function unreadable(page: RecordPage, error: RecordPage['errors'][number]): KafkaRecord {
  const { topic, partition } = page
  const { offset, message } = error
  return {
    topic,
    partition,
    offset,
    timestamp: -1,
    key: null,
    value: null,
    headers: [],
    error: message,
  }
}
