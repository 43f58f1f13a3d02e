import { decode, type Decoded } from '../../formats/formats.ts'
import type { Format } from '../../kafka/format.ts'
import type { Cell } from '../../kafka/recordView.ts'

/** More than this of a text is not seen in a row. */
export const ROW_TEXT = 600
/** Bytes of what could not be decoded that stand beside the reason. */
const FIRST_BYTES = 16

/** A key or a value, of which perhaps only the beginning is at hand. */
export interface Part {
  readonly bytes: Uint8Array | null
  /** Bytes of the whole. */
  readonly length: number
}

/** What a row shows of a key or value: on one line, and no longer than a row is. */
export function rowCell(part: Part, format: Format): Cell {
  const cell = cellOf(part, format, ROW_TEXT)
  switch (cell.kind) {
    case 'json':
      return isComposite(cell.text)
        ? { kind: 'json', text: clipped(compact(cell.text)) }
        : { kind: 'text', text: oneLine(cell.text) }
    case 'text':
      return { kind: 'text', text: oneLine(cell.text) }
    case 'binary':
      return { kind: 'binary', text: clipped(cell.text) }
    case 'null':
    case 'error':
      return cell
  }
}

/**
 * A key or value in a format. Of one that is not all at hand the beginning is shown, and what it
 * is is told by its beginning. `mostBinary`: so many bytes of what is no text are written.
 */
export function cellOf({ bytes, length }: Part, format: Format, mostBinary: number): Cell {
  if (bytes === null || bytes.length === length) {
    return cellOfDecoded(decodeUpTo(format, bytes, mostBinary), bytes)
  }
  const size = SIZES.get(format.name)
  if (size !== undefined) {
    const text = `This is no "${format.name}": it has ${length} bytes instead of ${size}.`
    return { kind: 'error', text, bytes: hexPairs(bytes.subarray(0, FIRST_BYTES)) }
  }
  const beginning = withoutCutCharacter(bytes)
  if (format.name !== 'auto' && format.name !== 'json') {
    return cellOfDecoded(decodeUpTo(format, beginning, mostBinary), bytes)
  }
  const text = textOrNothing(beginning)
  if (text === undefined) return binary(bytes, mostBinary)
  return { kind: isComposite(text) ? 'json' : 'text', text }
}

/** Formats of a fixed size cannot be told by a beginning. */
const SIZES: ReadonlyMap<string, number> = new Map([
  ['short', 2],
  ['integer', 4],
  ['long', 8],
  ['float', 4],
  ['double', 8],
])

/** Whether a key or value of so many bytes (-1: null) is not in a format. */
export type Refusal = (length: number) => boolean

/**
 * What a format cannot decode; undefined: there is nothing. Formats of a fixed size are told by
 * the length, and one that is not known decodes nothing.
 */
export function refusalOf(format: Format): Refusal | undefined {
  const size = SIZES.get(format.name)
  if (size !== undefined) return length => length >= 0 && length !== size
  return decode(format, NO_BYTES).kind === 'problem' ? length => length >= 0 : undefined
}

const NO_BYTES = new Uint8Array()

/** Bytes that are no text need not be written whole: it takes long, and nobody reads it. */
function decodeUpTo(format: Format, bytes: Uint8Array | null, mostBinary: number): Decoded {
  if (bytes !== null && bytes.length > mostBinary) {
    if (format.name === 'bytes') return decode(format, bytes.subarray(0, mostBinary))
    const isAuto = format.name === 'auto' || format.name === 'json'
    if (isAuto && textOrNothing(bytes) === undefined) {
      return decode({ name: 'bytes', parameters: ['base64'] }, bytes.subarray(0, mostBinary))
    }
  }
  return decode(format, bytes)
}

function binary(bytes: Uint8Array, most: number): Cell {
  const decoded = decode({ name: 'bytes', parameters: ['base64'] }, bytes.subarray(0, most))
  return cellOfDecoded(decoded, bytes)
}

const strictText = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function textOrNothing(bytes: Uint8Array): string | undefined {
  try {
    return strictText.decode(bytes)
  } catch {
    return undefined
  }
}

/** Without the bytes at the end that are the beginning of a character in UTF-8. */
export function withoutCutCharacter(bytes: Uint8Array): Uint8Array {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0
    if (byte < 0x80) return bytes
    if (byte < 0xc0) continue
    const length = byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2
    return length > back ? bytes.subarray(0, bytes.length - back) : bytes
  }
  return bytes
}

function cellOfDecoded(decoded: Decoded, bytes: Uint8Array | null): Cell {
  switch (decoded.kind) {
    case 'null':
      return { kind: 'null' }
    case 'hidden':
      return { kind: 'text', text: '' }
    case 'json':
    case 'text':
    case 'binary':
      return { kind: decoded.kind, text: decoded.text }
    case 'problem':
      return {
        kind: 'error',
        text: decoded.problem.message,
        bytes: hexPairs((bytes ?? new Uint8Array()).subarray(0, FIRST_BYTES)),
      }
  }
}

function isComposite(json: string): boolean {
  return /^\s*[[{]/.test(json)
}

/** JSON without the blanks between its tokens; numbers and strings stay as they are written. */
function compact(json: string): string {
  // No more than can be shown, blanks or not: a row is made hundreds of times a second.
  const beginning = json.length > 8 * ROW_TEXT ? json.slice(0, 8 * ROW_TEXT) : json
  return beginning.replace(/("(?:[^"\\]|\\.)*")|\s+/g, (_, string?: string) => string ?? '')
}

function oneLine(text: string): string {
  return clipped(text).replace(/[\r\n\t]+/g, ' ')
}

function clipped(text: string): string {
  return text.length > ROW_TEXT ? `${text.slice(0, ROW_TEXT)}…` : text
}

function hexPairs(bytes: Uint8Array): string {
  return [...bytes].map(byte => byte.toString(16).padStart(2, '0')).join(' ')
}
