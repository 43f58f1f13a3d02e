import type { KafkaRecord } from '../../kafka/record.ts'
import { textOf, utf8TextOf } from '../encodings.ts'
import type { RecordWriter } from './recordWriter.ts'
import { contentOf } from './scanJson.ts'

/**
 * The beginning of a `.kafka` file that sends records again: one PRODUCER with `records: envelope`,
 * a line per record below it (see `envelopeLine`).
 */
export function envelopeHead(topic: string): string {
  return `PRODUCER\ntopic: ${topic}\nrecords: envelope\n`
}

export interface EnvelopeOptions {
  /** Whether the line names the record's partition; otherwise its key chooses one. Default: yes. */
  readonly partition?: boolean
  /** Whether the line names the record's time; otherwise it is sent as of now. Default: yes. */
  readonly timestamp?: boolean
}

/** Lines of an envelope. A record that could not be read cannot be sent again and has none. */
export function envelopeWriter(options: EnvelopeOptions = {}): RecordWriter {
  return (writer, record) => {
    if (record.error === undefined) writer.utf8(`${envelopeLine(record, options)}\n`)
  }
}

/**
 * A record as a line of `records: envelope`: key, value, headers in pairs, partition, timestamp
 * (left out where the record carries none). What is sent again is the same byte for byte:
 *
 * - a string stands for its text, JSON text included: `"value":"{\"a\": 1}"`;
 * - `{"$base64":"…"}` for bytes that are no text, null for null;
 * - any other JSON for its own text without blanks. It is used only where that is what was sent, so
 *   it does not matter whether the reader of the line keeps the text or parses and writes it anew.
 *
 * A line holds no `{{`, which a `.kafka` file would take for a template: one brace is `\u007b`.
 */
export function envelopeLine(record: KafkaRecord, options: EnvelopeOptions = {}): string {
  const { key, value, headers, partition, timestamp } = record
  const pairs = headers.map(([name, bytes]) => `[${quoted(name)},${contentText(bytes)}]`)
  const fields = [
    `"key":${contentText(key)}`,
    `"value":${contentText(value)}`,
    `"headers":[${pairs.join(',')}]`,
    ...(options.partition === false ? [] : [`"partition":${partition}`]),
    ...(options.timestamp === false || timestamp < 0 ? [] : [`"timestamp":${timestamp}`]),
  ]
  return `{${fields.join(',')}}`
}

function contentText(bytes: Uint8Array | null): string {
  if (bytes === null) return 'null'
  const text = utf8TextOf(bytes)
  if (text === undefined) return `{"$base64":"${textOf(bytes, 'base64')}"}`
  return contentOf(bytes) === 'json' && standsForItself(text) ? text : quoted(text)
}

/** What a string or an object with `$base64` stands for is something else. */
const MEANS_OTHER = /^(?:"|null$|\{"\$base64")/
/** Line separators: editors ask what to do about them. */
const AWKWARD = /\{\{|[\u2028\u2029]/

function standsForItself(json: string): boolean {
  if (MEANS_OTHER.test(json) || AWKWARD.test(json)) return false
  try {
    return JSON.stringify(JSON.parse(json)) === json
  } catch {
    // Nested deeper than the writer goes.
    return false
  }
}

function quoted(text: string): string {
  return JSON.stringify(text)
    .replaceAll('{{', String.raw`{\u007b`)
    .replaceAll('\u2028', String.raw`\u2028`)
    .replaceAll('\u2029', String.raw`\u2029`)
}
