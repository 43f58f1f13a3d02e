import type { Problem } from '../base/problem.ts'
import { jsonOf, type PlainValue } from '../expression/plain.ts'
import { evaluateParts, type Evaluated, type TemplateContext } from './templates.ts'

/**
 * An expression with its templates put in (kafka-file specification, section 4): inside quotes a
 * value is escaped, outside it becomes a literal of CEL in brackets. Whatever the value is, the
 * expression keeps the shape in which it is written.
 *
 * A number, `true`, `false` and `null` are what they say, unless what is put in is known to be a
 * text; anything else is a text.
 */
export function putIntoExpression(text: string, context: TemplateContext): Evaluated {
  const parts = evaluateParts(text, context)
  if ('problem' in parts) return parts
  let result = ''
  let place: Place = { kind: 'outside' }
  for (const part of parts) {
    if (part.kind === 'text') {
      result += part.text
      place = placeAfter(part.text, place)
      continue
    }
    const put = written(part.text, part.json ? undefined : part.value, place)
    if (put === undefined) return cannotBePut()
    result += put
  }
  return { text: result }
}

/** What stands at a place of an expression. */
type Place = { readonly kind: 'outside' } | { readonly kind: 'comment' } | Quoted

/** `quote` ends it; in a raw text nothing is an escape. */
interface Quoted {
  readonly kind: 'quoted'
  readonly quote: string
  readonly raw: boolean
}

const OUTSIDE: Place = { kind: 'outside' }
/** A quote with the letters before it, or a comment. */
const OPENING = /\/\/|(?<prefix>\b[rRbB]{1,2})?(?<quote>"""|'''|"|')/y

function placeAfter(text: string, before: Place): Place {
  let place = before
  let at = 0
  while (at < text.length) {
    if (place.kind === 'comment') {
      const end = text.indexOf('\n', at)
      if (end < 0) return place
      at = end + 1
      place = OUTSIDE
    } else if (place.kind === 'quoted') {
      at = endOfQuoted(text, at, place)
      if (at < 0) return place
      place = OUTSIDE
    } else {
      OPENING.lastIndex = at
      const match = OPENING.exec(text)
      if (match) place = placeOf(match)
      at += match?.[0].length ?? 1
    }
  }
  return place
}

function placeOf({ groups = {} }: RegExpExecArray): Place {
  const { quote, prefix = '' } = groups
  if (quote === undefined) return { kind: 'comment' }
  return { kind: 'quoted', quote, raw: /r/i.test(prefix) }
}

/** Where a quoted text has ended; -1: it goes on. */
function endOfQuoted(text: string, start: number, { quote, raw }: Quoted): number {
  for (let at = start; at < text.length; at++) {
    if (text[at] === '\\' && !raw) at++
    else if (text.startsWith(quote, at)) return at + quote.length
  }
  return -1
}

/** Undefined: there is no way to write it there. */
function written(text: string, value: PlainValue | undefined, place: Place): string | undefined {
  if (place.kind === 'comment') return ''
  if (place.kind === 'outside') return `(${value === undefined ? wordOf(text) : literalOf(value)})`
  if (!place.raw) return celEscaped(text)
  return /["'\\\r\n]/.test(text) ? undefined : text
}

const ESCAPES: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A text as it stands in CEL between quotes of any kind. */
export function celEscaped(text: string): string {
  return text
    .replaceAll(/["'\\]/g, '\\$&')
    .replaceAll(
      /[\u0000-\u001f\u007f\u2028\u2029]/g,
      char => ESCAPES[char] ?? `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
    )
}

const INTEGER = /^-?(?:0|[1-9]\d*)$/
const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/
const LARGEST_INT = 9_223_372_036_854_775_807n

function wordOf(text: string): string {
  if (text === 'true' || text === 'false' || text === 'null') return text
  if (INTEGER.test(text) && text.length < 30) return literalOf(BigInt(text))
  return NUMBER.test(text) && Number.isFinite(Number(text)) ? doubleOf(Number(text)) : textOf(text)
}

function literalOf(value: PlainValue): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'bigint') return integerOf(value)
  if (typeof value === 'number') return doubleOf(value)
  if (typeof value === 'string') return textOf(value)
  if (isList(value)) return `[${value.map(literalOf).join(', ')}]`
  const fields = Object.entries(value)
  return `{${fields.map(([name, content]) => `${textOf(name)}: ${literalOf(content)}`).join(', ')}}`
}

function isList(value: object): value is readonly PlainValue[] {
  return Array.isArray(value)
}

/** CEL has 64 bits for an int; what is larger is as near as a double can be. */
function integerOf(value: bigint): string {
  return value >= -LARGEST_INT && value <= LARGEST_INT ? value.toString() : doubleOf(Number(value))
}

function doubleOf(value: number): string {
  if (!Number.isFinite(value)) return `double("${value}")`
  const text = String(value)
  return /[.e]/.test(text) ? text : `${text}.0`
}

function textOf(text: string): string {
  return `"${celEscaped(text)}"`
}

function cannotBePut(): { readonly problem: Problem } {
  return {
    problem: {
      code: 'K320',
      message: 'A value with a quote, a backslash or a line end cannot be put into a raw text.',
      advice: 'Leave out the "r" before the quotes.',
    },
  }
}

/**
 * The pattern of an EXPECT with its templates put in: inside quotes a value is escaped as JSON has
 * it, and stands for itself also where it looks like `#string`; outside it is written as JSON. A
 * value can never make another pattern of it.
 */
export function putIntoPattern(text: string, context: TemplateContext): Evaluated {
  const parts = evaluateParts(text, context)
  if ('problem' in parts) return parts
  let result = ''
  let inText = false
  for (const part of parts) {
    if (part.kind === 'text') {
      result += part.text
      inText = isInText(part.text, inText)
    } else if (!inText) result += part.json ? part.text : jsonWord(part.text, part.value)
    else {
      const begins = result.endsWith('"')
      result += JSON.stringify(begins ? textAsItIs(part.text) : part.text).slice(1, -1)
    }
  }
  return { text: result }
}

function isInText(text: string, before: boolean): boolean {
  let inText = before
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '"') inText = !inText
    else if (text[at] === '\\' && inText) at++
  }
  return inText
}

function jsonWord(text: string, value: PlainValue | undefined): string {
  if (value !== undefined) return jsonOf(asItIs(value))
  const isWord = NUMBER.test(text) || /^(?:true|false|null)$/.test(text)
  return isWord ? text : JSON.stringify(textAsItIs(text))
}

/** A value as a pattern that matches it and nothing else. */
function asItIs(value: PlainValue): PlainValue {
  if (typeof value === 'string') return textAsItIs(value)
  if (typeof value !== 'object' || value === null) return value
  if (isList(value)) return value.map(asItIs)
  const fields = Object.entries(value)
  return Object.fromEntries(fields.map(([name, content]) => [textAsItIs(name), asItIs(content)]))
}

/** What begins with "##" stands for what begins with "#". */
function textAsItIs(text: string): string {
  return text.startsWith('#') ? `#${text}` : text
}
