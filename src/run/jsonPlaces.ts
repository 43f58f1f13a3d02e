import { jsonProblem } from '../language/values/json.ts'
import { linesOf, type Span } from '../language/lines.ts'

/** A field of a JSON object, and where it stands in the text. */
export interface JsonMember {
  readonly name: string
  readonly nameSpan: Span
  /** The JSON text of the value. */
  readonly json: string
  readonly span: Span
}

/** Line and column count from 1. */
export interface TextProblem {
  readonly line: number
  readonly column: number
  readonly message: string
}

/** Why a text is no JSON; undefined: it is. */
export function notJson(text: string): TextProblem | undefined {
  const problem = jsonProblem(text, { templates: false })
  if (!problem) return undefined
  return problemAt(
    text,
    problem.span.start,
    `This is not JSON: here should be ${problem.expected}.`,
  )
}

export function problemAt(text: string, offset: number, message: string): TextProblem {
  const { line, column } = linesOf(text).placeOf(offset)
  return { line: line + 1, column: column + 1, message }
}

const BLANKS = /[ \t\r\n\ufeff]*/y
const STRING = /"(?:[^"\\]|\\.)*"/y

/**
 * The fields of the object that stands in `span`, in order; undefined where it is no object. The
 * text is JSON.
 */
export function membersOf(
  text: string,
  span: Span = { start: 0, end: text.length },
): readonly JsonMember[] | undefined {
  let at = skip(BLANKS, text, span.start)
  if (text[at] !== '{') return undefined
  const members: JsonMember[] = []
  at = skip(BLANKS, text, at + 1)
  while (at < span.end && text[at] === '"') {
    const nameSpan = { start: at, end: skip(STRING, text, at) }
    const start = skip(BLANKS, text, skip(BLANKS, text, nameSpan.end) + 1)
    const end = endOfValue(text, start)
    members.push({
      name: JSON.parse(text.slice(nameSpan.start, nameSpan.end)) as string,
      nameSpan,
      json: text.slice(start, end),
      span: { start, end },
    })
    at = skip(BLANKS, text, end)
    if (text[at] === ',') at = skip(BLANKS, text, at + 1)
  }
  return members
}

function skip(expression: RegExp, text: string, at: number): number {
  expression.lastIndex = at
  return at + (expression.exec(text)?.[0].length ?? 0)
}

const SCALAR = /[^\s,\]}]*/y

function endOfValue(text: string, start: number): number {
  let depth = 0
  for (let at = start; at < text.length; at++) {
    const char = text[at] ?? ''
    if (char === '"') at = skip(STRING, text, at) - 1
    else if (char === '{' || char === '[') depth++
    else if (char === '}' || char === ']') depth--
    else if (depth === 0) return skip(SCALAR, text, at)
    if (depth === 0) return at + 1
  }
  return text.length
}
