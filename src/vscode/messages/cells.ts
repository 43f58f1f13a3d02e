import { decode, type Decoded, type Format } from '../../formats/formats.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import type { Cell, MessageRow } from '../../protocol/messages.ts'
import { recordSize } from '../../run/recordStore.ts'

export interface Formats {
  readonly key: Format
  readonly value: Format
}

/** What a reading without formats of its own uses. */
export const AUTO: Format = { name: 'auto', parameters: [] }

/** More than this of a text is not seen in a row. */
const LONGEST_TEXT = 600
/** Bytes of what could not be decoded that stand beside the reason. */
const FIRST_BYTES = 16
/** Above so many bytes only the beginning is decoded for a row: the whole is for the document. */
const MOST_DECODED = 16 * 1024

export function rowOf(record: KafkaRecord, formats: Formats): MessageRow {
  return {
    partition: record.partition,
    offset: String(record.offset),
    ...(record.timestamp >= 0 && { timestamp: record.timestamp }),
    key: record.error === undefined ? cellOf(record.key, formats.key) : { kind: 'null' },
    value: record.error === undefined ? cellOf(record.value, formats.value) : failed(record.error),
    headers: record.headers.length,
    size: recordSize(record),
  }
}

function failed(error: string): Cell {
  return { kind: 'error', text: error, bytes: '' }
}

function cellOf(bytes: Uint8Array | null, format: Format): Cell {
  const large = bytes !== null && bytes.length > MOST_DECODED && format.name === 'auto'
  return cellOfDecoded(large ? beginning(bytes) : decode(format, bytes), bytes)
}

/** A cut text is no JSON any more, and its last character may be cut too. */
function beginning(bytes: Uint8Array): Decoded {
  return { kind: 'text', text: new TextDecoder().decode(bytes.subarray(0, LONGEST_TEXT)) }
}

function cellOfDecoded(decoded: Decoded, bytes: Uint8Array | null): Cell {
  switch (decoded.kind) {
    case 'null':
      return { kind: 'null' }
    case 'hidden':
      return { kind: 'text', text: '' }
    case 'json':
      return isComposite(decoded.text)
        ? { kind: 'json', text: clipped(compact(decoded.text)) }
        : { kind: 'text', text: clipped(decoded.text) }
    case 'text':
      return { kind: 'text', text: oneLine(decoded.text) }
    case 'binary':
      return { kind: 'binary', text: clipped(decoded.text) }
    case 'problem':
      return {
        kind: 'error',
        text: decoded.problem.message,
        bytes: hex((bytes ?? new Uint8Array()).subarray(0, FIRST_BYTES)),
      }
  }
}

function isComposite(json: string): boolean {
  return /^\s*[[{]/.test(json)
}

/** JSON without the blanks between its tokens; numbers and strings stay as they are written. */
function compact(json: string): string {
  return json.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => string ?? '')
}

function oneLine(text: string): string {
  return clipped(text).replace(/[\r\n\t]+/g, ' ')
}

function clipped(text: string): string {
  return text.length > LONGEST_TEXT ? `${text.slice(0, LONGEST_TEXT)}…` : text
}

function hex(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
}
