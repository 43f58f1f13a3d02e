import type { Format } from '../kafka/format.ts'
import { utf8TextOf } from './encodings.ts'
import { parseExact } from './exactJson.ts'
import { decode } from './formats.ts'

/** The text of bytes that are UTF-8; undefined where they are not. */
export type ReadText = (bytes: Uint8Array) => string | undefined

/**
 * A key or value as an expression computes with it (kafka-file specification, section 4): JSON as
 * its value with exact integers, integers as bigint, `float` and `double` as number, everything
 * else as text, null as null. Undefined where the format leaves the content out; throws where the
 * bytes are not what the format says.
 */
export function recordValue(
  format: Format,
  bytes: Uint8Array | null,
  readText: ReadText = utf8TextOf,
): unknown {
  if (format.name === 'none') return undefined
  if (bytes === null) return null
  const text = MAY_BE_JSON.has(format.name) ? readText(bytes) : undefined
  if (text !== undefined && format.name === 'auto') return jsonOrText(text)
  if (text !== undefined) return json(text)
  const decoded = decode(format, bytes)
  switch (decoded.kind) {
    case 'null':
      return null
    case 'hidden':
      return undefined
    case 'problem':
      throw new Error(decoded.problem.message)
    case 'json':
    case 'text':
    case 'binary':
      return numberOr(format.name, decoded.text)
  }
}

const MAY_BE_JSON: ReadonlySet<string> = new Set(['auto', 'json'])

/**
 * As `recordValue`, but a JSON object or list is its value in the format `string`, too: the fields
 * of a value can be named without saying that it is JSON.
 */
export function fieldsValue(
  format: Format,
  bytes: Uint8Array | null,
  readText: ReadText = utf8TextOf,
): unknown {
  const value = recordValue(format, bytes, readText)
  if (format.name !== 'string' || typeof value !== 'string') return value
  return /^\s*[[{]/.test(value) ? jsonOrText(value) : value
}

function numberOr(format: string, text: string): unknown {
  switch (format) {
    case 'short':
    case 'integer':
    case 'long':
      return BigInt(text)
    case 'float':
    case 'double':
      return Number(text)
    default:
      return text
  }
}

/** What no JSON begins with need not be tried: an error costs more than a value. */
const JSON_BEGINNING = /^[\s]*[[{"\-\dtfn]/

function json(text: string): unknown {
  try {
    return parseExact(text)
  } catch {
    throw new Error('It is not JSON.')
  }
}

function jsonOrText(text: string): unknown {
  if (!JSON_BEGINNING.test(text)) return text
  try {
    return parseExact(text)
  } catch {
    return text
  }
}
