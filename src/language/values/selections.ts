import { wordOf } from '../blanks.ts'
import type { Word } from '../tree.ts'
import { celTextOf, type CelToken } from './celText.ts'

/** One column of `select:`. */
export interface WrittenSelection {
  readonly expression: Word
  /** What stands after `as`; absent: the column is called like its expression. */
  readonly name?: Word
}

/** Reads `select:`: expressions between commas, each with an optional `as name`. */
export function parseSelections(text: string, base = 0): readonly WrittenSelection[] {
  const selections: WrittenSelection[] = []
  let depth = 0
  let start = 0
  let tokens: CelToken[] = []
  const finish = (end: number) => {
    selections.push(selectionOf(text, start, end, tokens, base))
    start = end + 1
    tokens = []
  }
  for (const token of celTextOf(text).tokens) {
    const sign = token.kind === 'operator' ? text[token.span.start] : ''
    if (sign === ',' && depth === 0) {
      finish(token.span.start)
      continue
    }
    if (sign === '(' || sign === '[' || sign === '{') depth++
    else if (sign === ')' || sign === ']' || sign === '}') depth = Math.max(0, depth - 1)
    tokens.push(token)
  }
  finish(text.length)
  return selections
}

function selectionOf(
  text: string,
  start: number,
  end: number,
  tokens: readonly CelToken[],
  base: number,
): WrittenSelection {
  const word = (from: number, to: number): Word => {
    const { text: content, span } = wordOf(text, from, to)
    return { text: content, span: { start: base + span.start, end: base + span.end } }
  }
  const [as, name] = tokens.slice(-2)
  const isNamed =
    tokens.length > 2 &&
    as?.kind === 'name' &&
    text.slice(as.span.start, as.span.end) === 'as' &&
    name?.kind === 'name'
  if (!isNamed) return { expression: word(start, end) }
  return {
    expression: word(start, as.span.start),
    name: word(name.span.start, name.span.end),
  }
}
