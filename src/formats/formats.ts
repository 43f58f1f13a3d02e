import { bytesProblem, encodingOf } from '../base/encodings.ts'
import { integerOfType, numberOf } from '../base/numerals.ts'
import type { Problem } from '../base/problem.ts'
import type { Format } from '../kafka/format.ts'
import { bytesOf, textOf, utf8TextOf } from './encodings.ts'

export type { Format }

export type Encoded =
  /** Null: the record's key or value is null. */
  { readonly bytes: Uint8Array | null } | { readonly problem: Problem }

export type Decoded =
  | { readonly kind: 'null' }
  /** `text` is the JSON text as it was sent. */
  | { readonly kind: 'json'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** Bytes that are no text, in base64 or as the format says. */
  | { readonly kind: 'binary'; readonly text: string }
  /** The format leaves the content out. */
  | { readonly kind: 'hidden' }
  | { readonly kind: 'problem'; readonly problem: Problem }

/**
 * The bytes of a text in a format; without one, UTF-8. Formats of schemas (`avro`, `protobuf`,
 * `json-schema`) are refused. The schema of `json` is checked by `compileJsonSchema`.
 */
export function encode(format: Format | undefined, text: string): Encoded {
  if (!format) return { bytes: bytesOf(text, 'utf8') }
  switch (format.name) {
    case 'string':
      return encodeString(format, text)
    case 'json':
      return encodeJson(text)
    case 'short':
    case 'integer':
    case 'long':
      return encodeInteger(format.name, text)
    case 'float':
    case 'double':
      return encodeNumber(format.name, text)
    case 'bytes':
      return encodeBytes(format, text)
    case 'null':
      return { bytes: null }
    case 'none':
    case 'auto':
      return refused('K201', `The format "${format.name}" is for reading only.`)
    default:
      return unknown(format.name)
  }
}

/** What the bytes of a key or value say in a format; without one, UTF-8 text. Never throws. */
export function decode(format: Format | undefined, bytes: Uint8Array | null): Decoded {
  if (format?.name === 'none') return { kind: 'hidden' }
  if (bytes === null) return { kind: 'null' }
  if (!format) return { kind: 'text', text: textOf(bytes, 'utf8') }
  switch (format.name) {
    case 'string':
      return decodeString(format, bytes)
    case 'json':
    case 'auto':
      return decodeAuto(bytes)
    case 'short':
    case 'integer':
    case 'long':
    case 'float':
    case 'double':
      return decodeNumber(format.name, bytes)
    case 'bytes':
      return {
        kind: 'binary',
        text: textOf(bytes, format.parameters[0] === 'hex' ? 'hex' : 'base64'),
      }
    default:
      return { kind: 'problem', ...unknown(format.name) }
  }
}

/** What a decoded key or value looks like where there is only room for text. */
export function shown(decoded: Decoded): string {
  switch (decoded.kind) {
    case 'null':
      return 'null'
    case 'hidden':
      return ''
    case 'problem':
      return decoded.problem.message
    case 'json':
    case 'text':
    case 'binary':
      return decoded.text
  }
}

function refused(code: string, message: string): { readonly problem: Problem } {
  return { problem: { code, message } }
}

function unknown(name: string): { readonly problem: Problem } {
  return name === 'avro' || name === 'protobuf' || name === 'json-schema'
    ? refused('not-there-yet', `The format "${name}" comes in a later version of Kafka Workbench.`)
    : refused('K201', `Unknown format "${name}".`)
}

function unknownEncoding(name: string): { readonly problem: Problem } {
  return refused('K202', `Unknown encoding "${name}".`)
}

function encodeString(format: Format, text: string): Encoded {
  const [name = 'utf8'] = format.parameters
  const encoding = encodingOf(name)
  return encoding ? { bytes: bytesOf(text, encoding) } : unknownEncoding(name)
}

function decodeString(format: Format, bytes: Uint8Array): Decoded {
  const [name = 'utf8'] = format.parameters
  const encoding = encodingOf(name)
  return encoding
    ? { kind: 'text', text: textOf(bytes, encoding) }
    : { kind: 'problem', ...unknownEncoding(name) }
}

/** Sent as it is written: only whether it is JSON matters here. */
function encodeJson(text: string): Encoded {
  try {
    JSON.parse(text)
    return { bytes: bytesOf(text, 'utf8') }
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error)
    return { problem: { code: 'K210', message: 'Invalid JSON value.', detail } }
  }
}

function decodeAuto(bytes: Uint8Array): Decoded {
  const text = utf8TextOf(bytes)
  if (text === undefined) return { kind: 'binary', text: textOf(bytes, 'base64') }
  return { kind: isJson(text) ? 'json' : 'text', text }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

const SIZES = { short: 2, integer: 4, long: 8, float: 4, double: 8 } as const

function encodeInteger(type: 'short' | 'integer' | 'long', text: string): Encoded {
  const numeral = integerOfType(text, type)
  if ('problem' in numeral) return refused('K205', numeral.problem)
  const bytes = new Uint8Array(SIZES[type])
  const view = new DataView(bytes.buffer)
  if (type === 'short') view.setInt16(0, Number(numeral.value))
  else if (type === 'integer') view.setInt32(0, Number(numeral.value))
  else view.setBigInt64(0, numeral.value)
  return { bytes }
}

function encodeNumber(type: 'float' | 'double', text: string): Encoded {
  const number = numberOf(text)
  if ('problem' in number) return refused('K205', number.problem)
  const bytes = new Uint8Array(SIZES[type])
  const view = new DataView(bytes.buffer)
  if (type === 'float') view.setFloat32(0, number.value)
  else view.setFloat64(0, number.value)
  return { bytes }
}

function decodeNumber(type: keyof typeof SIZES, bytes: Uint8Array): Decoded {
  const size = SIZES[type]
  if (bytes.length !== size) {
    const has = bytes.length === 1 ? '1 byte' : `${bytes.length} bytes`
    return {
      kind: 'problem',
      ...refused('undecodable', `This is no "${type}": it has ${has} instead of ${size}.`),
    }
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, size)
  return { kind: 'text', text: numberText(type, view) }
}

function numberText(type: keyof typeof SIZES, view: DataView): string {
  switch (type) {
    case 'short':
      return String(view.getInt16(0))
    case 'integer':
      return String(view.getInt32(0))
    case 'long':
      return String(view.getBigInt64(0))
    case 'float':
      return String(view.getFloat32(0))
    case 'double':
      return String(view.getFloat64(0))
  }
}

function encodeBytes(format: Format, text: string): Encoded {
  const notation = format.parameters[0]
  if (notation !== 'hex' && notation !== 'base64')
    return refused('K202', 'The format "bytes" needs its notation: bytes(base64) or bytes(hex).')
  const problem = bytesProblem(notation, text)
  return problem === undefined
    ? { bytes: bytesOf(text.replaceAll(/\s+/g, ''), notation) }
    : refused('K205', problem)
}
