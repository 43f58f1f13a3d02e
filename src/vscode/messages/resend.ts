import type { Problem } from '../../base/problem.ts'
import type { OutgoingRecord, ProduceOutcome } from '../../kafka/cluster.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import { bytes as bytesInWords, count, plural } from '../../lag/format.ts'

/** How records are sent again. */
export interface Resend {
  /** Each to the partition that it comes from; otherwise its key chooses one. */
  readonly keepPartition: boolean
  readonly keepTimestamp: boolean
  readonly keepHeaders: boolean
}

export const AS_NEW: Resend = { keepPartition: false, keepTimestamp: false, keepHeaders: true }

/** Records that can be sent: what could not be read has nothing to send. */
export function sendable(records: readonly KafkaRecord[]): readonly KafkaRecord[] {
  return records.filter(({ error }) => error === undefined)
}

export function outgoing(record: KafkaRecord, how: Resend): OutgoingRecord {
  const { partition, timestamp, key, value, headers } = record
  return {
    key,
    value,
    headers: how.keepHeaders ? headers : [],
    ...(how.keepPartition && { partition }),
    ...(how.keepTimestamp && timestamp >= 0 && { timestamp }),
  }
}

/** Why they cannot be sent to a topic with so many partitions; undefined: they can. */
export function obstacleTo(
  records: readonly KafkaRecord[],
  how: Resend,
  topic: string,
  partitions: number,
): Problem | undefined {
  if (!how.keepPartition) return undefined
  const beyond = records.find(({ partition }) => partition >= partitions)
  return (
    beyond && {
      code: 'no-partition',
      message: `Partition ${beyond.partition} does not exist: ${topic} has ${plural(partitions, 'partition')}.`,
      advice: 'Let the keys choose the partitions.',
    }
  )
}

/** What is about to be sent: `12 records · 3 keys · 1 without a value · 14.2 KiB`. */
export function summaryOf(records: readonly KafkaRecord[], unread: number): string {
  const keys = new Set<string>()
  let keyless = 0
  let tombstones = 0
  let size = 0
  for (const record of records) {
    if (record.key === null) keyless++
    else keys.add(latin1(record.key))
    if (record.value === null) tombstones++
    size += recordSize(record)
  }
  return [
    plural(records.length, 'record'),
    ...(keys.size > 0 ? [plural(keys.size, 'key')] : []),
    ...(keyless > 0 ? [`${count(keyless)} without a key`] : []),
    ...(tombstones > 0 ? [`${count(tombstones)} without a value`] : []),
    bytesInWords(size),
    ...(unread > 0 ? [`${count(unread)} that could not be read left out`] : []),
  ].join(' · ')
}

/** Equal for equal bytes. */
function latin1(bytes: Uint8Array): string {
  let text = ''
  for (const byte of bytes) text += String.fromCharCode(byte)
  return text
}

/** Requests stay below the 1 MiB that a broker takes by default, with room for framing. */
const BATCH_BYTES = 512 * 1024
const BATCH_RECORDS = 1000

/** Records in the portions in which they are sent; one that is larger goes alone. */
export function* batchesOf(records: readonly KafkaRecord[]): Generator<readonly KafkaRecord[]> {
  let batch: KafkaRecord[] = []
  let bytes = 0
  for (const record of records) {
    const size = recordSize(record)
    if (batch.length > 0 && (bytes + size > BATCH_BYTES || batch.length === BATCH_RECORDS)) {
      yield batch
      batch = []
      bytes = 0
    }
    batch.push(record)
    bytes += size
  }
  if (batch.length > 0) yield batch
}

/** A record that was sent again and what became of it. */
export interface Resent {
  readonly record: KafkaRecord
  readonly outcome: ProduceOutcome
}

/** The failures as a text to read: where each record came from, and why it was not written. */
export function failuresText(topic: string, resent: readonly Resent[], notSent: number): string {
  const failed = resent.filter(({ outcome }) => outcome.problem)
  const lines = failed.map(({ record, outcome }) => {
    const { message, advice, detail } = outcome.problem ?? { message: '' }
    const why = [message, advice, detail].filter(text => text !== undefined).join(' ')
    return `${record.topic}-${record.partition} @ ${record.offset}\t${why.replace(/\s+/g, ' ')}`
  })
  const head = `${count(failed.length)} of ${plural(resent.length + notSent, 'record')} not written to ${topic}`
  const rest =
    notSent === 0 ? [] : ['', `${plural(notSent, 'record')} not sent any more: cancelled.`]
  return [head, '', ...lines, ...rest, ''].join('\n')
}
