import { AUTO, type Format } from '../../kafka/format.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import { byteWriter, type ByteWriter } from './byteWriter.ts'
import { isoTime } from './isoTime.ts'
import { writeBase64 } from './jsonBytes.ts'
import { writeHeaders, writeInteger, type PartFormats } from './json.ts'
import { partOf } from './part.ts'
import type { RecordWriter } from './recordWriter.ts'

const COLUMNS = 'topic,partition,offset,timestamp,key,value,headers,error\r\n'

/**
 * Comma-separated values (RFC 4180): a line of names, then a line per record, lines ending in CRLF.
 *
 * - Null is an empty field, an empty text is `""`.
 * - `timestamp` is ISO 8601 in UTC; empty where the record carries none.
 * - Key and value are the text as it was sent, JSON too; bytes that are no text are
 *   `{"$base64":"…"}`. `headers` is JSON, as in the JSON lines.
 * - Data stays what it is: a text that a spreadsheet would take for a formula is not changed.
 */
export function csvWriter(formats: PartFormats): { head: string; write: RecordWriter } {
  const scratch = byteWriter()
  return { head: COLUMNS, write: (writer, record) => writeRow(writer, record, formats, scratch) }
}

const COMMA = 44
const QUOTE = 34

function writeRow(
  writer: ByteWriter,
  record: KafkaRecord,
  formats: PartFormats,
  scratch: ByteWriter,
): void {
  const errors: string[] = []
  writeText(writer, record.topic)
  writer.byte(COMMA)
  writeInteger(writer, record.partition)
  writer.byte(COMMA)
  writeInteger(writer, record.offset)
  writer.utf8(`,${isoTime(record.timestamp) ?? ''},`)
  if (record.error === undefined) writeParts(writer, record, formats, scratch, errors)
  else writer.utf8(',,')
  writer.byte(COMMA)
  const error = record.error ?? errors.join(' ')
  if (error !== '') writeText(writer, error)
  writer.utf8('\r\n')
}

function writeParts(
  writer: ByteWriter,
  record: KafkaRecord,
  formats: PartFormats,
  scratch: ByteWriter,
  errors: string[],
): void {
  const key = writeContent(writer, record.key, formats.key)
  if (key !== undefined) errors.push(`The key cannot be decoded. ${key}`)
  writer.byte(COMMA)
  const value = writeContent(writer, record.value, formats.value)
  if (value !== undefined) errors.push(`The value cannot be decoded. ${value}`)
  writer.byte(COMMA)
  const header = formats.header ?? AUTO
  if (header.name === 'none') return
  writeHeaders(scratch, record.headers, header, errors)
  writeField(writer, scratch.written())
  scratch.clear()
}

/** What it returns is why the bytes could not be decoded. */
function writeContent(
  writer: ByteWriter,
  bytes: Uint8Array | null,
  format: Format,
): string | undefined {
  if (bytes === null || format.name === 'none') return undefined
  const part = partOf(bytes, format)
  if ('text' in part) {
    writeText(writer, part.text)
    return undefined
  }
  if (part.content === 'binary') {
    writer.utf8('"{""$base64"":""')
    writeBase64(writer, bytes)
    writer.utf8('""}"')
  } else {
    writeField(writer, bytes)
  }
  return part.problem
}

const encoder = new TextEncoder()

function writeText(writer: ByteWriter, text: string): void {
  writeField(writer, encoder.encode(text))
}

/** In quotes where it is empty or holds a comma, a quote or a line end. */
function writeField(writer: ByteWriter, text: Uint8Array): void {
  if (text.length > 0 && !needsQuotes(text)) {
    writer.copy(text)
    return
  }
  writer.byte(QUOTE)
  for (let from = 0; from < text.length; from += PIECE) {
    doubleQuotes(writer, text, from, Math.min(from + PIECE, text.length))
  }
  writer.byte(QUOTE)
}

/** So much room is asked for at once: long texts hardly hold quotes alone. */
const PIECE = 4096

function doubleQuotes(writer: ByteWriter, text: Uint8Array, from: number, end: number): void {
  const target = writer.room((end - from) * 2)
  let to = writer.position
  for (let at = from; at < end; at++) {
    const code = text[at] ?? 0
    if (code === QUOTE) target[to++] = QUOTE
    target[to++] = code
  }
  writer.advance(to - writer.position)
}

function needsQuotes(text: Uint8Array): boolean {
  for (const code of text) {
    if (code === QUOTE || code === COMMA || code === 10 || code === 13) return true
  }
  return false
}
