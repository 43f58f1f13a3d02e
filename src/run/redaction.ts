import { textOf } from '../formats/encodings.ts'
import { celEscaped } from './expressionTemplates.ts'

/** Takes the secrets of a run out of what it tells. */
export interface Redaction {
  /** From now on this text is a secret. An empty one is none. */
  add(secret: string): void
  /** There is no secret so far. */
  readonly empty: boolean
  /** The text with `***` in the place of each secret, also where it is escaped or encoded. */
  text(text: string): string
  /** Plain data of a run with all its texts redacted; names of fields and kinds stay. */
  all<T>(data: T): T
}

const STARS = '***'
/** What is shorter stands in many words by chance: it is taken out only where it stands alone. */
const SHORT = 3
/** The encoding of fewer characters is too likely to stand somewhere by chance. */
const LEAST_ENCODED = 8

export function newRedaction(): Redaction {
  const forms = new Map<string, string>()
  let expression: RegExp | undefined
  const text = (text: string) => {
    if (forms.size === 0) return text
    // The longest first: a secret may be a part of another one.
    const sorted = [...forms].sort(([a], [b]) => b.length - a.length)
    expression ??= new RegExp(sorted.map(([, source]) => source).join('|'), 'g')
    return withoutBeginnings(text.replace(expression, STARS), forms.keys())
  }
  return {
    add(secret) {
      if (secret === '') return
      for (const form of formsOf(secret)) forms.set(form, sourceOf(form))
      expression = undefined
    },
    get empty() {
      return forms.size === 0
    },
    text,
    all: data => (forms.size === 0 ? data : redacted(data, text)),
  }
}

/** What shortens a text for people ends it with this. */
const CUT = '…'

/** A secret at the end of a text that was shortened: what is left of it goes, too. */
function withoutBeginnings(text: string, forms: Iterable<string>): string {
  if (!text.includes(CUT)) return text
  const known = [...forms]
  const pieces = text.split(CUT)
  const last = pieces.pop() ?? ''
  return [...pieces.map(piece => withoutBeginning(piece, known)), last].join(CUT)
}

function withoutBeginning(text: string, forms: readonly string[]): string {
  const longest = Math.max(0, ...forms.map(form => lengthOfBeginning(text, form)))
  return longest < SHORT ? text : text.slice(0, -longest) + STARS
}

/** How much of the beginning of a form the text ends with. */
function lengthOfBeginning(text: string, form: string): number {
  for (let length = Math.min(text.length, form.length - 1); length >= SHORT; length--)
    if (text.endsWith(form.slice(0, length))) return length
  return 0
}

/** How a secret may stand in a text: as it is, in JSON, in CEL, in a URL, in base64 and in hex. */
function formsOf(secret: string): ReadonlySet<string> {
  const json = JSON.stringify(secret).slice(1, -1)
  const forms = new Set([secret, json, JSON.stringify(json).slice(1, -1)])
  // As other programs write JSON, and as a value stands in a condition.
  const others = [inAscii(json), json.replaceAll('/', '\\/'), celEscaped(secret), celEscaped(json)]
  for (const text of others) forms.add(text)
  if (secret.isWellFormed()) {
    const encoded = encodeURIComponent(secret)
    const form = encoded.replaceAll('%20', '+')
    const lower = (text: string) => text.replaceAll(/%[\dA-F]{2}/g, code => code.toLowerCase())
    for (const url of [encoded, lower(encoded), form, lower(form)]) forms.add(url)
  }
  for (const text of encodedForms(secret)) if (text.length >= LEAST_ENCODED) forms.add(text)
  return forms
}

function inAscii(json: string): string {
  return json.replaceAll(
    /[\u007f-\uffff]/g,
    unit => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** base64 of three bytes is four characters: where it begins among them makes three texts of it. */
function encodedForms(secret: string): readonly string[] {
  const bytes = new TextEncoder().encode(secret)
  const base64 = [0, 1, 2].flatMap(before => {
    const shifted = new Uint8Array(before + bytes.length)
    shifted.set(bytes, before)
    const text = textOf(shifted, 'base64').replace(/=+$/, '')
    // Characters that also hold bits of what stands before or behind.
    const inner = text.slice(
      before === 0 ? 0 : before + 1,
      shifted.length % 3 === 0 ? undefined : -1,
    )
    return [inner, inner.replaceAll('+', '-').replaceAll('/', '_')]
  })
  const hex = textOf(bytes, 'hex')
  return [...base64, hex, hex.toUpperCase()]
}

function sourceOf(form: string): string {
  const literal = form.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&')
  return form.length >= SHORT ? literal : `(?<![A-Za-z0-9_])${literal}(?![A-Za-z0-9_])`
}

/** Fields of a run's events that hold no text of a file: a secret may be the word `passed`. */
const WORDS_OF_OURS: ReadonlySet<string> = new Set(['kind', 'status', 'code', 'did'])

function redacted<T>(data: T, text: (text: string) => string): T
function redacted(data: unknown, text: (text: string) => string): unknown {
  if (typeof data === 'string') return text(data)
  if (Array.isArray(data)) return data.map(item => redacted<unknown>(item, text))
  if (typeof data !== 'object' || data === null || data instanceof Uint8Array) return data
  const fields = Object.entries(data)
  return Object.fromEntries(
    fields.map(([name, content]) => [
      name,
      WORDS_OF_OURS.has(name) ? content : redacted<unknown>(content, text),
    ]),
  )
}
