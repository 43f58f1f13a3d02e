import type { RecordFormats, Format } from '../../kafka/format.ts'
import { AUTO } from '../../kafka/format.ts'
import type { KafkaRecord, RecordHeader } from '../../kafka/record.ts'
import { byteWriter, type ByteWriter } from './byteWriter.ts'
import type { RecordWriter } from './recordWriter.ts'
import { partOf } from './part.ts'
import type { Content } from './scanJson.ts'
import { writeBase64, writeCompactJson, writeJsonString } from './jsonBytes.ts'

/** How the parts of a record are decoded; headers without a format of their own are `auto`. */
export interface PartFormats extends RecordFormats {
  readonly header?: Format
}

/**
 * A record as one line of JSON, without its line end: what `kafkafile peek --output jsonl` prints
 * (kafka-file specification, section 7.2). The fields stand in the order topic, partition, offset,
 * timestamp, key, value, headers, error.
 *
 * - `auto` and `json`: JSON **as it was sent**, byte for byte, numbers, blanks and repeated names
 *   included. Only where it holds line ends, which JSON has between tokens alone, all blanks
 *   between its tokens are left out, so that a record stays one line. What is no JSON (RFC 8259)
 *   is a string where it is UTF-8, else `{"$base64":"…"}`.
 * - Strings are escaped as `JSON.stringify` does it: `\"`, `\\`, `\b`, `\f`, `\n`, `\r`, `\t`, and
 *   `\u00xx` for other characters below a blank; everything else is UTF-8.
 * - `short`, `integer`, `long`, `float`, `double` are JSON numbers, exact; NaN and the infinities,
 *   which JSON does not have, are strings.
 * - `none` leaves the field out; null is `null`, and so is a null header.
 * - `error` says what could not be decoded, and the bytes stand there as `auto` would show them. A
 *   batch that could not be read has topic, partition, the first offset it is about, and `error`.
 */
export function recordJson(record: KafkaRecord, formats: PartFormats): string {
  const writer = byteWriter()
  writeRecordJson(writer, record, formats)
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(writer.take())
}

/** `recordJson` into bytes: nothing is decoded to be encoded again. Without the line end. */
export function writeRecordJson(
  writer: ByteWriter,
  record: KafkaRecord,
  formats: PartFormats,
): void {
  writeLine(writer, record, formats, beginningOf(record))
}

/** Lines of records, most of which come from the same partition. */
export function jsonWriter(formats: PartFormats): RecordWriter {
  let topic: string | undefined
  let partition: number | undefined
  let beginning: Uint8Array = new Uint8Array()
  return (writer, record) => {
    if (record.topic !== topic || record.partition !== partition) {
      ;({ topic, partition } = record)
      beginning = beginningOf(record)
    }
    writeLine(writer, record, formats, beginning)
    writer.byte(LINE_FEED)
  }
}

const LINE_FEED = 10
const CLOSE_BRACE = 125
const encoder = new TextEncoder()

function beginningOf({ topic, partition }: KafkaRecord): Uint8Array {
  return encoder.encode(`{"topic":${JSON.stringify(topic)},"partition":${partition},"offset":`)
}

function writeLine(
  writer: ByteWriter,
  record: KafkaRecord,
  formats: PartFormats,
  beginning: Uint8Array,
): void {
  writer.copy(beginning)
  writeInteger(writer, record.offset)
  if (record.error === undefined) writeParts(writer, record, formats)
  else writeError(writer, [record.error])
  writer.byte(CLOSE_BRACE)
}

/** Digits of a number are faster to write than those of a bigint. */
export function writeInteger(writer: ByteWriter, integer: number | bigint): void {
  const number = Number(integer)
  if (number >= 0 && Number.isSafeInteger(number)) writer.digits(number)
  else writer.utf8(`${integer}`)
}

function writeParts(writer: ByteWriter, record: KafkaRecord, formats: PartFormats): void {
  const errors: string[] = []
  writer.utf8(',"timestamp":')
  writeInteger(writer, record.timestamp)
  writePart(writer, 'key', record.key, formats.key, errors)
  writePart(writer, 'value', record.value, formats.value, errors)
  const header = formats.header ?? AUTO
  if (header.name !== 'none') {
    writer.utf8(',"headers":')
    writeHeaders(writer, record.headers, header, errors)
  }
  if (errors.length > 0) writeError(writer, errors)
}

function writeError(writer: ByteWriter, errors: readonly string[]): void {
  writer.utf8(',"error":')
  writer.utf8(JSON.stringify(errors.join(' ')))
}

function writePart(
  writer: ByteWriter,
  name: 'key' | 'value',
  bytes: Uint8Array | null,
  format: Format,
  errors: string[],
): void {
  if (format.name === 'none') return
  writer.utf8(name === 'key' ? ',"key":' : ',"value":')
  const problem = writeContent(writer, bytes, format)
  if (problem !== undefined) errors.push(`The ${name} cannot be decoded. ${problem}`)
}

/** `[["name","value"],…]`: order and duplicates count. */
export function writeHeaders(
  writer: ByteWriter,
  headers: readonly RecordHeader[],
  format: Format,
  errors: string[],
): void {
  writer.utf8('[')
  headers.forEach(([name, value], index) => {
    writer.utf8(index === 0 ? '[' : ',[')
    writer.utf8(JSON.stringify(name))
    writer.utf8(',')
    const problem = writeContent(writer, value, format)
    if (problem !== undefined) errors.push(`The header "${name}" cannot be decoded. ${problem}`)
    writer.utf8(']')
  })
  writer.utf8(']')
}

/** Writes a JSON value; what it returns is why the bytes could not be decoded. */
function writeContent(
  writer: ByteWriter,
  bytes: Uint8Array | null,
  format: Format,
): string | undefined {
  if (bytes === null) {
    writer.utf8('null')
    return undefined
  }
  const part = partOf(bytes, format)
  if ('text' in part) {
    writer.utf8(part.isNumber ? part.text : JSON.stringify(part.text))
    return undefined
  }
  writeBytes(writer, bytes, part.content)
  return part.problem
}

function writeBytes(writer: ByteWriter, bytes: Uint8Array, content: Content): void {
  switch (content) {
    case 'json':
      writer.copy(bytes)
      break
    case 'json-lines':
      writeCompactJson(writer, bytes)
      break
    case 'text':
      writeJsonString(writer, bytes)
      break
    case 'binary':
      writer.utf8('{"$base64":"')
      writeBase64(writer, bytes)
      writer.utf8('"}')
  }
}
