import type { Span } from '../lines.ts'
import { ESCAPE, scanTemplates, type TemplateExpression } from '../template.ts'

export type CelTokenKind =
  'string' | 'number' | 'name' | 'keyword' | 'operator' | 'comment' | 'template'

/** A piece of an expression. Places are offsets in the text that was scanned. */
export interface CelToken {
  readonly kind: CelTokenKind
  readonly span: Span
}

/** A template in an expression; inside a text literal it is text, outside it is a literal. */
export interface CelTemplate {
  /** Absent: `{{"{{"}}`, which stands for `{{`. */
  readonly expression?: TemplateExpression
  readonly span: Span
  readonly inString: boolean
}

export interface CelText {
  /** In order, without overlaps; a text literal is one token with the templates in it. */
  readonly tokens: readonly CelToken[]
  readonly templates: readonly CelTemplate[]
}

const KEYWORDS = new Set(['true', 'false', 'null', 'in'])
const NAME = /[A-Za-z_]\w*/y
const NUMBER = /(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)[uU]?/y
const OPERATOR = /&&|\|\||[=!<>]=|[^]/y
const QUOTE = /[rRbB]{0,2}("""|'''|"|')/y

/**
 * Takes the text of an expression (CEL, https://github.com/google/cel-spec, "Syntax") apart, in
 * linear time and whatever the text is. Quotes inside of a template end no text literal.
 */
export function celTextOf(text: string): CelText {
  const marks = templatesIn(text)
  const tokens: CelToken[] = []
  const templates: CelTemplate[] = []
  let at = 0
  let next = 0
  const add = (kind: CelTokenKind, end: number) => {
    tokens.push({ kind, span: { start: at, end } })
    at = end
  }
  while (at < text.length) {
    const mark = marks[next]
    if (mark?.span.start === at) {
      templates.push({ ...mark, inString: false })
      next++
      add('template', mark.span.end)
      continue
    }
    const quote = matchAt(QUOTE, text, at)
    if (quote !== undefined) {
      const string = stringAt(text, at, quote, marks, next)
      for (; next < string.next; next++) {
        const inside = marks[next]
        if (inside) templates.push({ ...inside, inString: true })
      }
      add('string', string.end)
      continue
    }
    const code = text.charCodeAt(at)
    if (code === 32 || (code >= 9 && code <= 13)) {
      at++
    } else if (text.startsWith('//', at)) {
      add('comment', lineEnd(text, at))
    } else {
      addWord(text, at, add)
    }
  }
  return { tokens, templates }
}

function addWord(text: string, at: number, add: (kind: CelTokenKind, end: number) => void): void {
  const name = matchAt(NAME, text, at)
  if (name !== undefined) {
    add(KEYWORDS.has(name) ? 'keyword' : 'name', at + name.length)
    return
  }
  const number = matchAt(NUMBER, text, at)
  if (number !== undefined) add('number', at + number.length)
  else add('operator', at + (matchAt(OPERATOR, text, at) ?? ' ').length)
}

function matchAt(pattern: RegExp, text: string, at: number): string | undefined {
  pattern.lastIndex = at
  return pattern.exec(text)?.[0]
}

function lineEnd(text: string, at: number): number {
  const end = text.slice(at).search(/[\r\n]/)
  return end < 0 ? text.length : at + end
}

type Mark = Omit<CelTemplate, 'inString'>

function templatesIn(text: string): readonly Mark[] {
  if (!text.includes('{{')) return []
  const marks: Mark[] = []
  let escape = text.indexOf(ESCAPE)
  for (const part of scanTemplates(text).parts) {
    if (part.kind === 'expression') {
      marks.push({ expression: part, span: part.span })
      continue
    }
    while (escape >= 0 && escape < part.span.end) {
      const end = escape + ESCAPE.length
      if (escape >= part.span.start) marks.push({ span: { start: escape, end } })
      escape = text.indexOf(ESCAPE, end)
    }
  }
  return marks
}

/** The end of a text literal, and the first template after it. */
function stringAt(
  text: string,
  start: number,
  opening: string,
  marks: readonly Mark[],
  first: number,
): { readonly end: number; readonly next: number } {
  const quote = opening.replace(/^[rRbB]+/, '')
  const isRaw = /^[bB]?[rR]/.test(opening)
  let next = first
  let at = start + opening.length
  while (at < text.length) {
    const mark = marks[next]
    if (mark?.span.start === at) {
      at = mark.span.end
      next++
    } else if (text.startsWith(quote, at)) {
      return { end: at + quote.length, next }
    } else if (text[at] === '\\' && !isRaw) {
      at += 2
    } else {
      at++
    }
  }
  return { end: text.length, next }
}

/** A name of five letters that can be anything, as a template without blanks is five units long. */
const ANY = 'value'

/**
 * The expression with its templates replaced by what CEL takes for anything, at equal length: places
 * in the result are places in `text`. `counts` says which templates are put in when it runs.
 */
export function withoutTemplates(
  text: string,
  counts: (expression: TemplateExpression) => boolean,
): string {
  if (!text.includes('{{')) return text
  let result = ''
  let copied = 0
  for (const { expression, span, inString } of celTextOf(text).templates) {
    if (expression && !counts(expression)) continue
    const length = span.end - span.start
    result += text.slice(copied, span.start)
    result += inString ? 'x'.repeat(length) : ANY.padEnd(length)
    copied = span.end
  }
  return result + text.slice(copied)
}
