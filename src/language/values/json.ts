import type { Span } from '../lines.ts'
import { ESCAPE, scanTemplates } from '../template.ts'

/** Why a text is no JSON, by the first place where it is none. */
export interface JsonProblem {
  readonly span: Span
  /** What should stand there, as the end of a sentence. */
  readonly expected: string
}

/** Stands for each character of a template. No text has it: it is a code point of private use. */
const ANY = '\u{e000}'

/**
 * What keeps a text from being JSON (RFC 8259), where a template counts as any value, any name or
 * any part of one, unless they are said to be put in already. `JSON.parse` does not say where in a
 * way that holds on every engine, and knows no templates. Takes time and room in proportion to the
 * text, however deep it is.
 */
export function jsonProblem(
  text: string,
  options: { readonly templates: boolean } = { templates: true },
): JsonProblem | undefined {
  return readJson(text, options)
}

/** Reads a text as `jsonProblem` does, and tells its pieces in order. */
export function readJson(
  text: string,
  options: { readonly templates: boolean },
  tell?: (kind: TokenKind, start: number, end: number) => void,
): JsonProblem | undefined {
  const json = options.templates ? withoutTemplates(text) : text
  const open: ('{' | '[')[] = []
  let state: State = 'value'
  let at = 0
  for (;;) {
    at = skipBlanks(json, at)
    if (at >= json.length) break
    const token = tokenAt(json, at)
    if ('expected' in token) return token
    const next = step(state, token.kind, open)
    if (next === undefined)
      return { span: { start: at, end: token.end }, expected: wanted(state, open) }
    tell?.(token.kind, at, token.end)
    state = next
    at = token.end
  }
  if (state === 'end') return undefined
  const span = { start: Math.max(0, json.length - 1), end: json.length }
  return { span, expected: wanted(state, open) }
}

/**
 * The place in a JSON text that a way of names and indexes leads to: the name of a field, the first
 * piece of an element. Where the way ends too early, the place that was reached; the text is JSON.
 */
export function placeInJson(text: string, path: readonly string[]): Span {
  const open: { readonly isObject: boolean; step: string }[] = []
  let place: Span | undefined
  let reached = -1
  let last: TokenKind | undefined
  readJson(text, { templates: false }, (kind, start, end) => {
    const top = open.at(-1)
    const isName = top?.isObject === true && kind === 'string' && (last === '{' || last === ',')
    if (isName) top.step = String(JSON.parse(text.slice(start, end)))
    const isValue = !isName && kind !== '}' && kind !== ']' && kind !== ':' && kind !== ','
    if (top && !top.isObject && kind === ',') top.step = String(Number(top.step) + 1)
    const isPlace = isName || (isValue && !top?.isObject)
    if (isPlace && open.length > reached && open.every(({ step }, at) => step === path[at])) {
      reached = open.length
      place = { start, end }
    }
    if (kind === '{' || kind === '[') open.push({ isObject: kind === '{', step: '0' })
    else if (kind === '}' || kind === ']') open.pop()
    last = kind
  })
  return place ?? { start: 0, end: text.length }
}

function withoutTemplates(text: string): string {
  if (!text.includes('{{')) return text
  return scanTemplates(text)
    .parts.map(({ kind, span: { start, end } }) =>
      kind === 'expression'
        ? ANY.repeat(end - start)
        : text.slice(start, end).replaceAll(ESCAPE, '{{'.padEnd(ESCAPE.length, ANY)),
    )
    .join('')
}

/** What may come next. */
type State = 'value' | 'valueOrEnd' | 'name' | 'nameOrEnd' | 'colon' | 'more' | 'end'

export type TokenKind = '{' | '}' | '[' | ']' | ':' | ',' | 'string' | 'literal' | 'any'

interface Token {
  readonly kind: TokenKind
  readonly end: number
}

/** The state after a token; `undefined` where it may not stand. */
function step(state: State, token: TokenKind, open: ('{' | '[')[]): State | undefined {
  switch (state) {
    case 'valueOrEnd':
      return token === ']' ? close(open) : value(token, open)
    case 'value':
      return value(token, open)
    case 'nameOrEnd':
      if (token === '}') return close(open)
      return token === 'string' || token === 'any' ? 'colon' : undefined
    case 'name':
      return token === 'string' || token === 'any' ? 'colon' : undefined
    case 'colon':
      return token === ':' ? 'value' : undefined
    case 'more': {
      const inObject = open.at(-1) === '{'
      if (token === (inObject ? '}' : ']')) return close(open)
      if (token !== ',') return undefined
      return inObject ? 'name' : 'value'
    }
    case 'end':
      return undefined
  }
}

function value(token: TokenKind, open: ('{' | '[')[]): State | undefined {
  switch (token) {
    case '{':
    case '[':
      open.push(token)
      return token === '{' ? 'nameOrEnd' : 'valueOrEnd'
    case 'string':
    case 'literal':
    case 'any':
      return open.length === 0 ? 'end' : 'more'
    case '}':
    case ']':
    case ':':
    case ',':
      return undefined
  }
}

function close(open: ('{' | '[')[]): State {
  open.pop()
  return open.length === 0 ? 'end' : 'more'
}

function wanted(state: State, open: readonly ('{' | '[')[]): string {
  switch (state) {
    case 'value':
    case 'valueOrEnd':
      return 'a value'
    case 'name':
    case 'nameOrEnd':
      return 'a name in double quotes'
    case 'colon':
      return '":"'
    case 'more':
      return open.at(-1) === '{' ? '"," or "}"' : '"," or "]"'
    case 'end':
      return 'nothing more'
  }
}

const WORD = /[^ \t\r\n{}[\]:,"]+/y
const LITERAL = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/

function skipBlanks(text: string, at: number): number {
  let next = at
  for (;;) {
    const code = text.charCodeAt(next)
    if (code !== 32 && code !== 9 && code !== 10 && code !== 13) return next
    next++
  }
}

function tokenAt(text: string, at: number): Token | JsonProblem {
  const char = text.charAt(at)
  if (char === '"') return stringAt(text, at)
  if (isMark(char)) return { kind: char, end: at + 1 }
  WORD.lastIndex = at
  const word = WORD.exec(text)?.[0] ?? char
  const end = at + word.length
  if (word.includes(ANY)) return { kind: 'any', end }
  if (LITERAL.test(word)) return { kind: 'literal', end }
  return {
    span: { start: at, end },
    expected: 'a number, a text in double quotes, true, false or null',
  }
}

function isMark(char: string): char is '{' | '}' | '[' | ']' | ':' | ',' {
  return '{}[]:,'.includes(char)
}

const QUOTE = 34
const BACKSLASH = 92
const ESCAPED = /\\(?:["\\/bfnrt]|u[\da-fA-F]{4})/y

function stringAt(text: string, start: number): Token | JsonProblem {
  let at = start + 1
  for (;;) {
    let code = text.charCodeAt(at)
    while (code !== QUOTE && code !== BACKSLASH && code >= 32) code = text.charCodeAt(++at)
    if (code === QUOTE) return { kind: 'string', end: at + 1 }
    if (at >= text.length || code === 10 || code === 13)
      return { span: { start, end: Math.min(at, text.length) }, expected: 'a closing quote' }
    ESCAPED.lastIndex = at
    const escaped = ESCAPED.exec(text)?.[0]
    if (escaped === undefined)
      return { span: { start: at, end: at + 1 }, expected: 'an escape such as \\n, \\t or \\u0041' }
    at += escaped.length
  }
}
