import type { KafkaRecord, RecordHeader } from '../../kafka/record.ts'
import { textOf, utf8TextOf } from '../encodings.ts'
import { envelopeLine } from './envelope.ts'
import { isoTime } from './isoTime.ts'

export interface ProducerOptions {
  /** Where the record goes; absent: the topic it comes from. */
  readonly topic?: string
  /** Sent to the partition it comes from; otherwise its key chooses one. Default: no. */
  readonly keepPartition?: boolean
  /** Sent with the time it has; otherwise as of now. Default: no. */
  readonly keepTimestamp?: boolean
}

/**
 * A PRODUCER block of the `.kafka` language that sends the record again, with the same bytes in
 * key, value and headers. It ends with a line end; `###` goes between two of them.
 *
 * Texts stand there as they are, with `{{` escaped. What the language would read in another way
 * (text with blanks at its ends, with lines that look like a property, a block or a separator, with
 * control characters) is written in base64, and so are bytes that are no text. Headers are text in
 * the language: a record with a header that is none is one line of `records: envelope`.
 *
 * @throws RangeError for a record that could not be read: there is nothing to send.
 */
export function recordProducer(record: KafkaRecord, options: ProducerOptions = {}): string {
  if (record.error !== undefined) throw new RangeError('a record that could not be read')
  const lines = [
    'PRODUCER',
    originOf(record),
    `topic: ${options.topic ?? record.topic}`,
    ...(record.headers.every(isPlainHeader)
      ? plainLines(record, options)
      : ['records: envelope', envelopeOf(record, options)]),
  ]
  return `${lines.join('\n')}\n`
}

/** Blocks of several records, one after the other. Records that could not be read are left out. */
export function recordProducers(
  records: readonly KafkaRecord[],
  options: ProducerOptions = {},
): string {
  return records
    .filter(({ error }) => error === undefined)
    .map(record => recordProducer(record, options))
    .join('\n###\n')
}

function originOf({ topic, partition, offset, timestamp }: KafkaRecord): string {
  const parts = [topic, `partition ${partition}`, `offset ${offset}`, isoTime(timestamp)]
  return `-- ${parts.filter(part => part !== undefined).join(', ')}`
}

function envelopeOf(
  record: KafkaRecord,
  { keepPartition, keepTimestamp }: ProducerOptions,
): string {
  return envelopeLine(record, {
    partition: keepPartition === true,
    timestamp: keepTimestamp === true,
  })
}

function plainLines(record: KafkaRecord, options: ProducerOptions): string[] {
  const { partition, timestamp } = record
  const key = record.key && keyOf(record.key)
  const value = record.value && valueOf(record.value)
  return [
    ...(key ? [`key: ${key.text}`] : []),
    ...(key?.encoded ? [`key-format: ${BASE64}`] : []),
    ...(value ? (value.encoded ? [`value-format: ${BASE64}`] : []) : ['value-format: null']),
    ...record.headers.map(headerLine),
    ...(options.keepPartition ? [`record-partition: ${partition}`] : []),
    ...(options.keepTimestamp && timestamp >= 0 ? [`record-timestamp: epoch(${timestamp})`] : []),
    ...(value ? [value.text] : []),
  ]
}

const BASE64 = 'bytes(base64)'

interface Written {
  readonly text: string
  /** In base64, which the block has to say. */
  readonly encoded: boolean
}

function keyOf(bytes: Uint8Array): Written {
  return written(bytes, text => !text.includes('\n'))
}

function valueOf(bytes: Uint8Array): Written {
  return written(bytes, text => !startsOtherwise(text) && !BLOCK_LINE.test(text))
}

function written(bytes: Uint8Array, isReadBack: (text: string) => boolean): Written {
  const text = utf8TextOf(bytes)
  return text !== undefined && isPlainText(text) && isReadBack(text)
    ? { text: escaped(text), encoded: false }
    : { text: base64(bytes), encoded: true }
}

/** No text at all would be null; padding alone is base64 of nothing. */
function base64(bytes: Uint8Array): string {
  return bytes.length === 0 ? '==' : textOf(bytes, 'base64')
}

/** Control characters but tab and line feed, and what editors change or ask about. */
function isUnusual(text: string): boolean {
  return /[\p{Cc}\u2028\u2029\ufeff]/u.test(text.replaceAll(/[\t\n]/g, ''))
}

/** Comes back as it is: the language takes the blanks at both ends away. */
function isPlainText(text: string): boolean {
  return text !== '' && text.trim() === text && !isUnusual(text)
}

/** Lines that separate or open blocks. */
const BLOCK_LINE = /^(?:###|PRODUCER|CONSUMER|(?:EXPECT|TOPIC|DEFAULTS)(?:[ \t]|$))/m

/** A comment, a variable, or something like a property. */
function startsOtherwise(text: string): boolean {
  if (/^(?:--|#|\/\/|@[A-Za-z_])/.test(text)) return true
  const name = /^([A-Za-z][\w-]*)\s*:/.exec(text)?.[1]?.toLowerCase()
  return name !== undefined && PROPERTIES.has(name)
}

/** The properties of a PRODUCER, and what is taken for one. */
const PROPERTIES: ReadonlySet<string> = new Set(
  [
    'topic key header headers key-format value-format key-schema value-schema schema-registry config',
    'every record-partition record-timestamp value-from records records-from key-from record-count',
    'rate stop-after acks compression idempotent transactional-id faker-seed faker-locale capture',
    'timestamp partition partitions count format schema interval value',
  ].flatMap(words => words.split(' ')),
)

function isPlainHeader([name, value]: RecordHeader): boolean {
  if (/[\s=]|\{\{/.test(name) || isUnusual(name) || name === '') return false
  if (value === null || value.length === 0) return true
  const text = utf8TextOf(value)
  return text !== undefined && isPlainText(text) && text !== 'null' && !text.includes('\n')
}

function headerLine([name, value]: RecordHeader): string {
  const text = value === null ? 'null' : escaped(textOf(value, 'utf8'))
  return `header: ${name} = ${text}`.trimEnd()
}

function escaped(text: string): string {
  return text.replaceAll('{{', '{{"{{"}}')
}
