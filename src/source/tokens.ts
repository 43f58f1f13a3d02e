/**
 * Splits JavaScript or TypeScript into just enough tokens to find calls and literals in it. Never
 * throws: text that is being typed, JSX and syntax of tomorrow give odd tokens, not errors.
 */

export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'template' | 'regex' | 'mark'
  readonly start: number
  /** Behind its last character. */
  readonly end: number
  /**
   * Of a word or mark its characters, of a string what it means. Empty for a template that
   * contains expressions: what it means is known only when it runs.
   */
  readonly text: string
  /** A template with `${…}`. */
  readonly computed?: boolean
}

const WORD = /[\p{L}\p{Nl}$_#][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}$\u200c\u200d]*/uy
const NUMBER = /\d[\p{L}\p{Nd}_]*/uy
const FLAGS = /[a-z]*/y
const SPACES = /\s+/y
/** Characters of a string or template that mean themselves. */
const PLAIN = { "'": /[^'\\\n]+/y, '"': /[^"\\\n]+/y, '`': /[^`\\$]+/y }

/** Behind what the pattern matches at this place; the place itself if it does not. */
function behind(pattern: RegExp, text: string, at: number): number {
  pattern.lastIndex = at
  return pattern.test(text) ? pattern.lastIndex : at
}

/** Words after which a slash begins a regular expression: an operand follows them. */
const BEFORE_OPERAND = new Set([
  'return',
  'typeof',
  'instanceof',
  'in',
  'of',
  'new',
  'delete',
  'void',
  'throw',
  'case',
  'do',
  'else',
  'await',
  'yield',
])

export function tokenize(text: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < text.length) {
    const blank = skipBlank(text, at)
    if (blank > at) {
      at = blank
      continue
    }
    const token = readToken(text, at, tokens.at(-1))
    tokens.push(token)
    at = token.end
  }
  return tokens
}

/** Behind white space or one comment; `at` itself when there is neither. */
function skipBlank(text: string, at: number): number {
  const first = text.charAt(at)
  if (first === '/') {
    const second = text.charAt(at + 1)
    if (second === '/') return endOfLine(text, at)
    return second === '*' ? endOf(text, '*/', at + 2) : at
  }
  // A first line such as `#!/usr/bin/env node` is a comment too.
  if (at === 0 && text.startsWith('#!')) return endOfLine(text, at)
  return behind(SPACES, text, at)
}

function endOfLine(text: string, at: number): number {
  const end = text.indexOf('\n', at)
  return end === -1 ? text.length : end
}

function endOf(text: string, closing: string, from: number): number {
  const end = text.indexOf(closing, from)
  return end === -1 ? text.length : end + closing.length
}

function readToken(text: string, at: number, before: Token | undefined): Token {
  const character = text.charAt(at)
  if (character === '"' || character === "'") return readString(text, at)
  if (character === '`') return readTemplate(text, at)
  const word = behind(WORD, text, at)
  if (word > at) return { kind: 'word', start: at, end: word, text: text.slice(at, word) }
  const number = behind(NUMBER, text, at)
  if (number > at) return { kind: 'number', start: at, end: number, text: text.slice(at, number) }
  if (character === '/' && operandMayFollow(before)) {
    const end = endOfRegex(text, at)
    if (end !== undefined) return { kind: 'regex', start: at, end, text: '' }
  }
  const arrow = text.startsWith('=>', at) || text.startsWith('?.', at)
  const end = at + (arrow ? 2 : 1)
  return { kind: 'mark', start: at, end, text: text.slice(at, end) }
}

function operandMayFollow(before: Token | undefined): boolean {
  if (before === undefined) return true
  if (before.kind === 'word') return BEFORE_OPERAND.has(before.text)
  return before.kind === 'mark' && before.text !== ')' && before.text !== ']'
}

/** A regular expression ends on its own line; what does not was a division. */
function endOfRegex(text: string, start: number): number | undefined {
  let inClass = false
  for (let at = start + 1; at < text.length; at++) {
    const character = text.charAt(at)
    if (character === '\n') return undefined
    if (character === '\\') at++
    else if (character === '[') inClass = true
    else if (character === ']') inClass = false
    else if (character === '/' && !inClass) {
      return behind(FLAGS, text, at + 1)
    }
  }
  return undefined
}

function readString(text: string, start: number): Token {
  const quote = text.charAt(start) as "'" | '"'
  let meaning = ''
  let at = start + 1
  while (at < text.length) {
    const character = text.charAt(at)
    // Without its closing quote a string ends with its line, so that the rest is still read.
    if (character === quote || character === '\n') break
    const piece = character === '\\' ? readEscape(text, at) : readPlain(text, at, quote)
    meaning += piece.text
    at = piece.end
  }
  const closed = text.charAt(at) === quote
  return { kind: 'string', start, end: closed ? at + 1 : at, text: meaning }
}

function readTemplate(text: string, start: number): Token {
  let meaning = ''
  let computed = false
  let at = start + 1
  while (at < text.length && text.charAt(at) !== '`') {
    if (text.startsWith('${', at)) {
      computed = true
      at = endOfExpression(text, at + 2)
      continue
    }
    const piece = text.charAt(at) === '\\' ? readEscape(text, at) : readPlain(text, at, '`')
    meaning += piece.text
    at = piece.end
  }
  const end = Math.min(at + 1, text.length)
  return { kind: 'template', start, end, text: computed ? '' : meaning, computed }
}

/** Behind the brace that closes an expression in a template. */
function endOfExpression(text: string, from: number): number {
  let depth = 0
  let at = from
  let before: Token | undefined
  while (at < text.length) {
    const blank = skipBlank(text, at)
    if (blank > at) {
      at = blank
      continue
    }
    const token = readToken(text, at, before)
    at = token.end
    before = token
    if (token.text === '{' && token.kind === 'mark') depth++
    if (token.text === '}' && token.kind === 'mark' && depth-- === 0) return at
  }
  return at
}

const SIMPLE_ESCAPES: Readonly<Record<string, string>> = {
  n: '\n',
  r: '\r',
  t: '\t',
  b: '\b',
  f: '\f',
  v: '\v',
  '0': '\0',
  '\n': '',
}

interface Piece {
  readonly text: string
  readonly end: number
}

/** At least one character: a `$` that opens no expression means itself. */
function readPlain(text: string, at: number, quote: keyof typeof PLAIN): Piece {
  const end = Math.max(behind(PLAIN[quote], text, at), at + 1)
  return { text: text.slice(at, end), end }
}

function readEscape(text: string, at: number): Piece {
  const code = /^\\(?:x([\da-f]{2})|u([\da-f]{4})|u\{([\da-f]{1,6})\})/i.exec(
    text.slice(at, at + 10),
  )
  const digits = code?.[1] ?? code?.[2] ?? code?.[3]
  const point = digits === undefined ? undefined : Number.parseInt(digits, 16)
  if (code && point !== undefined && point <= 0x10ffff)
    return { text: String.fromCodePoint(point), end: at + code[0].length }
  const next = text.charAt(at + 1)
  return { text: SIMPLE_ESCAPES[next] ?? next, end: at + 1 + next.length }
}
