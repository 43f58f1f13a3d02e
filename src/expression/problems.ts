import { EvaluationError, ParseError, TypeError as CelTypeError } from '@marcbachmann/cel-js'
import type { About } from './environment.ts'
import { GROUP_VARIABLE_TYPES, VARIABLE_NAMES } from './variables.ts'

/** What is wrong with an expression (K320), and where: UTF-16 units from 0, `to` exclusive. */
export interface ExpressionProblem {
  readonly message: string
  readonly from: number
  readonly to: number
}

type CelError = ParseError | CelTypeError | EvaluationError

function isCelError(error: unknown): error is CelError {
  return (
    error instanceof ParseError || error instanceof CelTypeError || error instanceof EvaluationError
  )
}

/** Why a text is no expression. */
export function problemIn(
  text: string,
  error: unknown,
  about: About = 'record',
): ExpressionProblem {
  if (!isCelError(error)) return { message: plainReason(error), from: 0, to: text.length }
  const range = error.range ?? { start: 0, end: text.length }
  const from = Math.min(Math.max(0, range.start), text.length)
  const to = Math.min(Math.max(from, range.end), text.length)
  return { message: compileMessage(text, error, from, to, about), from, to }
}

function compileMessage(
  text: string,
  error: CelError,
  from: number,
  to: number,
  about: About,
): string {
  const { code, summary } = error
  const piece = text.slice(from, to)
  switch (code) {
    case 'unknown_variable':
      return unknownName(text, piece, from, about)
    case 'unexpected_token':
    case 'expected_token':
      if (from >= text.trimEnd().length) return 'The expression is not finished.'
      return `${quoted(piece)} does not belong here.`
    case 'unexpected_character':
      return unexpectedCharacter(text, from)
    case 'reserved_identifier':
      return `${quoted(piece)} is a reserved word and names nothing.`
    case 'unterminated_string':
    case 'unterminated_triple_quoted_string':
      return 'The text has no closing quote.'
    case 'cannot_index_type':
      return `${typeWords(summary)} has no fields.`
    case 'no_such_overload':
      return overloadMessage(summary)
    case 'no_matching_overload':
      return functionMessage(summary)
    default:
      return sentence(summary)
  }
}

/** A name with "-" reads as a subtraction; a text without quotes reads as a name. */
function unknownName(text: string, name: string, from: number, about: About): string {
  const before = /([\w.]*[\w\]])\s*-\s*$/.exec(text.slice(0, from))?.[1]
  const names = about === 'group' ? Object.keys(GROUP_VARIABLE_TYPES) : VARIABLE_NAMES
  const known = `Known are ${names.join(', ')}.`
  if (before?.includes('.')) {
    const [path, last] = [
      before.slice(0, before.lastIndexOf('.')),
      before.slice(before.lastIndexOf('.') + 1),
    ]
    return `${quoted(name)} is not known. A field with "-" is written ${path}["${last}-${name}"].`
  }
  if (/(?:[=<>!]=|[<>]|\bin)\s*$/.test(text.slice(0, from))) {
    return `${quoted(name)} is not known. Write a text in quotes: "${name}".`
  }
  return `${quoted(name)} is not known. ${known}`
}

function unexpectedCharacter(text: string, at: number): string {
  const character = String.fromCodePoint(text.codePointAt(at) ?? 0)
  if (character === '=') return 'Compare with "==".'
  if (character === '&' || character === '|') return `Write "${character}${character}".`
  if ('“”„‘’'.includes(character)) return 'Texts stand in straight quotes: "text".'
  const word = /^\w+/.exec(text.slice(at))?.[0]
  if (word === 'and' || word === 'or') return `Write "${word === 'and' ? '&&' : '||'}".`
  return `${quoted(word ?? character)} does not belong here.`
}

const TYPE_WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['int', 'int'],
  ['double', 'number'],
  ['bool', 'bool'],
  ['null', 'null'],
  ['dyn', 'value'],
  ['google.protobuf.Timestamp', 'timestamp'],
  ['google.protobuf.Duration', 'duration'],
])

/** `dyn<double>` is `number`, `map<string, dyn>` is `map`. */
function typeWord(type: string): string {
  const inner = /^dyn<(.*)>$/.exec(type)?.[1] ?? type
  const name = inner.replace(/<.*$/, '')
  return TYPE_WORDS.get(name) ?? name
}

function typeWords(summary: string): string {
  const type = /'([^']*)'/.exec(summary)?.[1] ?? 'value'
  const word = typeWord(type)
  return `${/^[aeio]/.test(word) ? 'An' : 'A'} ${word}`
}

/** `no such overload: dyn<double> + string` */
function overloadMessage(summary: string): string {
  const content = summary.replace(/^no such overload: /, '')
  const binary = /^(.*\S) (==|!=|<=|>=|<|>|in|[-+*/%]) (\S.*)$/.exec(content)
  if (binary) {
    const [, left = '', operator = '', right = ''] = binary
    return `"${operator}" does not work on ${typeWord(left)} and ${typeWord(right)}.`
  }
  return `"${content.slice(0, 1)}" does not work on ${typeWord(content.slice(1))}.`
}

/** `found no matching overload for 'dyn.foo(string, int)'` */
function functionMessage(summary: string): string {
  const match = /'(?:(.*)\.)?(\w+)\((.*)\)'/.exec(summary)
  const [, receiver, name = '', list = ''] = match ?? []
  const types = list === '' ? [] : list.split(/, (?![^<]*>)/).map(typeWord)
  const on = receiver === undefined ? [] : [typeWord(receiver)]
  const all = [...on, ...types]
  if (all.length === 0 || all.every(word => word === 'value')) {
    return `There is no function "${name}" with ${count(types.length)}.`
  }
  return `"${name}" does not work on ${all.join(' and ')}.`
}

function count(parameters: number): string {
  if (parameters === 0) return 'no arguments'
  return parameters === 1 ? 'one argument' : `${parameters} arguments`
}

/** Why an expression could not be evaluated for a record. */
export function failureOf(error: unknown, about: About = 'record'): string {
  if (!isCelError(error)) return plainReason(error)
  const { code, summary } = error
  switch (code) {
    case 'no_such_key':
      return `There is no ${quoted(summary.replace(/^No such key: /, ''))}.`
    case 'index_out_of_bounds':
      return sentence(summary.replace(/^No such key: /, ''))
    case 'unknown_variable':
      return unknownVariable(summary.replace(/^Unknown variable: /, ''), about)
    case 'no_such_overload':
      return overloadMessage(summary)
    case 'no_matching_overload':
      return functionMessage(summary)
    default:
      return sentence(summary)
  }
}

function unknownVariable(name: string, about: About): string {
  return about === 'group' ? `"${name}" is not known.` : `The record has no ${name}.`
}

function plainReason(error: unknown): string {
  if (error instanceof RangeError && error.message.includes('call stack')) {
    return 'The value is nested too deeply.'
  }
  return sentence(error instanceof Error ? error.message : String(error))
}

function quoted(text: string): string {
  return `"${text.length > 40 ? `${text.slice(0, 40)}…` : text}"`
}

function sentence(text: string): string {
  const [first = ''] = text.split('\n')
  const upper = first.slice(0, 1).toUpperCase() + first.slice(1)
  return /[.!?]$/.test(upper) ? upper : `${upper}.`
}
