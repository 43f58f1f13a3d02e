import type { TextFilter } from '../kafka/filter.ts'
import { compileCondition, isCondition } from './compile.ts'
import { fieldPaths, type FieldPath } from './fieldPaths.ts'
import type { ExpressionProblem } from './problems.ts'
import { isVariable } from './variables.ts'

/** What a text in a filter field means. */
export type FieldFilter =
  | { readonly kind: 'none' }
  | { readonly kind: 'text'; readonly filter: TextFilter }
  | {
      readonly kind: 'expression'
      readonly expression: string
      readonly paths: readonly FieldPath[]
    }
  | ({ readonly kind: 'error' } & ExpressionProblem)

/**
 * One field takes both texts and expressions. A text in double quotes is searched exactly. What
 * uses a variable as an expression does (`value.status == …`, `size > 100`, `has(value.x)`) is one,
 * with its error where it does not compile. Everything else is searched, whatever the case of its
 * ASCII letters.
 */
export function filterOf(text: string): FieldFilter {
  const content = text.trim()
  if (content === '') return { kind: 'none' }
  const exact = /^"([^"]+)"$/.exec(content)?.[1]
  if (exact !== undefined) return { kind: 'text', filter: { text: exact, ignoreCase: false } }
  const tokens = tokensOf(text)
  const names = tokens.some(token => token.kind === 'name' && isVariable(token.text))
  if (!names || !(usesVariable(tokens) || isCondition(text))) {
    return { kind: 'text', filter: { text: content, ignoreCase: true } }
  }
  const compiled = compileCondition(text)
  return 'problem' in compiled
    ? { kind: 'error', ...compiled.problem }
    : { kind: 'expression', expression: text, paths: fieldPaths(text) }
}

interface Token {
  readonly kind: 'name' | 'text' | 'number' | 'sign'
  readonly text: string
  readonly from: number
  readonly to: number
}

const TOKEN =
  /(?<text>"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')|(?<name>[A-Za-z_]\w*)|(?<number>\d[\w.]*)|(?<sign>[=!<>]=|&&|\|\||\S)/gs

function tokensOf(text: string): readonly Token[] {
  return Array.from(text.matchAll(TOKEN), match => {
    const { groups = {}, index } = match
    const kind =
      groups['text'] !== undefined
        ? 'text'
        : groups['name'] !== undefined
          ? 'name'
          : groups['number'] !== undefined
            ? 'number'
            : 'sign'
    return { kind, text: match[0], from: index, to: index + match[0].length }
  })
}

/** Operators that need something on both sides and give true or false. */
const COMPARING: ReadonlySet<string> = new Set(['==', '!=', '<', '<=', '>', '>=', '&&', '||'])
/** Signs after which something may begin at the start of an expression. */
const OPENING: ReadonlySet<string> = new Set(['(', '!', '-'])
const FUNCTIONS: ReadonlySet<string> = new Set([
  'has',
  'size',
  'string',
  'int',
  'double',
  'bool',
  'type',
  'dyn',
])

/** Whether a variable stands where only an expression would have it. */
function usesVariable(tokens: readonly Token[]): boolean {
  return tokens.some(
    (token, index) =>
      token.kind === 'name' &&
      isVariable(token.text) &&
      canBegin(tokens, index) &&
      (goesOn(tokens, index) || isCompared(tokens, index)),
  )
}

/** Whether what stands before lets something begin here: not a word, as it does in a sentence. */
function canBegin(tokens: readonly Token[], index: number): boolean {
  const before = tokens[index - 1]
  if (!before) return true
  if (before.text === '(') {
    const name = tokens[index - 2]
    return name?.kind === 'name' ? FUNCTIONS.has(name.text) : canBegin(tokens, index - 1)
  }
  if (OPENING.has(before.text)) return canBegin(tokens, index - 1)
  return isCompared(tokens, index)
}

/** Whether a field, a comparison or a list follows; an operator may still wait for its right side. */
function goesOn(tokens: readonly Token[], index: number): boolean {
  const [at, next, second] = tokens.slice(index, index + 3)
  if (!at || !next) return false
  if (next.text === '.' && next.from === at.to) {
    return !second || (second.kind === 'name' && second.from === next.to)
  }
  if (next.text === '[') return next.from === at.to
  if (next.text === 'in') return second?.text === '[' || second?.text === '{'
  if (next.text === ')') return tokens[index - 2]?.kind === 'name'
  return COMPARING.has(next.text)
}

/** Whether an operator with something on its left stands before. */
function isCompared(tokens: readonly Token[], index: number): boolean {
  const [left, operator] = [tokens[index - 2], tokens[index - 1]]
  if (!left || !operator) return false
  if (operator.text === 'in') return left.kind === 'text' || left.kind === 'number'
  return COMPARING.has(operator.text) && !COMPARING.has(left.text)
}
