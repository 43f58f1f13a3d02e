import { trimmed } from './blanks.ts'
import type { Span } from './lines.ts'

/**
 * A piece of a text with templates. Places are offsets in the scanned text, plus the base that was
 * given to the scan.
 */
export type TemplatePart =
  { readonly kind: 'text'; readonly text: string; readonly span: Span } | TemplateExpression

/** `{{ … }}`. */
export interface TemplateExpression {
  readonly kind: 'expression'
  /** The trimmed text between the braces. */
  readonly text: string
  /** The place of that text. */
  readonly inner: Span
  /** The place with its braces. */
  readonly span: Span
  /** The text as it stands in the file, to be sent where it names nothing and is not strict. */
  readonly raw: string
  /**
   * The text right after `{{` is a lower-case letter or `$`: naming nothing known is an error.
   * Otherwise such text is sent as it stands, because payloads are templates of other tools too.
   */
  readonly strict: boolean
}

export interface ScannedTemplate {
  /** In order; text between expressions is one part, with `{{"{{"}}` already put as `{{`. */
  readonly parts: readonly TemplatePart[]
  /** Places of each `{{` that starts an expression and is never closed. */
  readonly unclosed: readonly Span[]
}

/** Stands for `{{` as text. */
export const ESCAPE = '{{"{{"}}'
const OPEN = '{{'
const CLOSE = '}}'

/**
 * Finds the templates of a text, in linear time. An expression starts at `{{` and ends at the next
 * `}}`; another `{{` before that means that the first one is not closed. A lone `}}` is text, and
 * so is `{{` before anything that no name starts with.
 */
export function scanTemplates(text: string, base = 0): ScannedTemplate {
  const parts: TemplatePart[] = []
  const unclosed: Span[] = []
  let literal = ''
  let literalStart = 0
  let copied = 0
  const flush = (end: number) => {
    literal += text.slice(copied, end)
    if (literal !== '') {
      parts.push({
        kind: 'text',
        text: literal,
        span: { start: base + literalStart, end: base + end },
      })
    }
    literal = ''
  }

  let open = text.indexOf(OPEN)
  let close = open < 0 ? -1 : text.indexOf(CLOSE, open + 2)
  while (open >= 0) {
    if (close >= 0 && close < open + 2) close = text.indexOf(CLOSE, open + 2)
    if (text.startsWith(ESCAPE, open)) {
      literal += text.slice(copied, open) + OPEN
      copied = open + ESCAPE.length
      open = text.indexOf(OPEN, copied)
      continue
    }
    const first = firstOfName(text, open + 2)
    if (first < 0) {
      open = text.indexOf(OPEN, open + 1)
      continue
    }
    const next = text.indexOf(OPEN, open + 2)
    if (close < 0 || (next >= 0 && next < close)) {
      unclosed.push({ start: base + open, end: base + open + 2 })
      open = next
      continue
    }
    flush(open)
    parts.push(expressionAt(text, base, open, close, first))
    copied = literalStart = close + 2
    open = next
  }
  flush(text.length)
  return { parts, unclosed }
}

/** Where the name of an expression starts, blanks before it skipped; -1: nothing like a name. */
function firstOfName(text: string, start: number): number {
  let at = start
  while (text[at] === ' ' || text[at] === '\t') at++
  const code = text.charCodeAt(at)
  const isLetter = (code >= 65 && code <= 90) || (code >= 97 && code <= 122)
  return isLetter || code === 36 || code === 95 ? at : -1
}

function expressionAt(
  text: string,
  base: number,
  open: number,
  close: number,
  first: number,
): TemplateExpression {
  const inner = trimmed(text, open + 2, close)
  const code = text.charCodeAt(open + 2)
  return {
    kind: 'expression',
    text: text.slice(inner.start, inner.end),
    inner: { start: base + inner.start, end: base + inner.end },
    span: { start: base + open, end: base + close + 2 },
    raw: text.slice(open, close + 2),
    strict: first === open + 2 && ((code >= 97 && code <= 122) || code === 36),
  }
}

/** What an expression says, taken apart. */
export interface TemplateCall {
  /** `{{json x}}`: the value goes in as JSON text. */
  readonly json: boolean
  /** `$uuid`, `number.int`, `order.value.id`, `customer`. */
  readonly name: string
  /** Where the name starts in the expression's text. */
  readonly nameStart: number
  /** The text between the parentheses of `module.method(…)`. */
  readonly callArguments?: string
  /** What follows the name otherwise, trimmed: the arguments of a `$name`. */
  readonly rest: string
}

const JSON_PREFIX = /^json[ \t]+(?=[A-Za-z_$])/
const SYSTEM_NAME = /^\$[A-Za-z_][\w.]*/
const NAME = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*/

/** Takes the text of an expression apart; `undefined` where it does not start with a name. */
export function callOf(text: string): TemplateCall | undefined {
  const prefix = JSON_PREFIX.exec(text)?.[0] ?? ''
  const content = text.slice(prefix.length)
  const name = (content.startsWith('$') ? SYSTEM_NAME : NAME).exec(content)?.[0]
  if (name === undefined) return undefined
  const after = content.slice(name.length)
  const call = { json: prefix !== '', name, nameStart: prefix.length }
  if (after.startsWith('(') && after.endsWith(')')) {
    return { ...call, callArguments: after.slice(1, -1), rest: '' }
  }
  return { ...call, rest: after.trim() }
}

/** Whether a text has an expression, so that what it says is known only when it runs. */
export function hasTemplate(text: string): boolean {
  return text.includes(OPEN) && scanTemplates(text).parts.some(part => part.kind === 'expression')
}
