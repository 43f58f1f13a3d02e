import { jsonOf, type PlainValue } from '../expression/plain.ts'
import { parseExact } from '../formats/exactJson.ts'
import type { Difference } from './results.ts'
import { notJson, type TextProblem } from './jsonPlaces.ts'

/** The pattern of an EXPECT: any JSON value, with what `compile` reads out of its texts. */
export interface Pattern {
  /**
   * Compares a JSON value, as `parseExact` gives it, or the text of a value that is no JSON.
   * `distance` grows with the leaves of the pattern that do not fit; 0: it matches.
   */
  match(value: unknown): PatternMatch
}

export interface PatternMatch {
  readonly matches: boolean
  readonly differences: readonly Difference[]
  readonly distance: number
}

export type ReadPattern = { readonly pattern: Pattern } | { readonly problem: TextProblem }

/**
 * Reads a pattern (kafka-file specification, section 3). An object matches one that has at least
 * its fields; a list matches one of the same length, element by element; anything else matches what
 * equals it, integers exactly. `"#string"` and its like match by kind, `"#regex …"` a text of which
 * the expression matches the whole; `"#present"` and `"#absent"` are about the field itself, and
 * `"#ignore"` takes anything or nothing. `{"#exact": …}` forbids further fields, also in all that
 * stands within. `"##…"` is the text `"#…"`, also as a name.
 */
export function readPattern(text: string): ReadPattern {
  const broken = notJson(text)
  if (broken) return { problem: broken }
  const bad: string[] = []
  const node = nodeOf(parseExact(text), false, bad)
  if (bad[0] !== undefined) return { problem: { line: 1, column: 1, message: bad[0] } }
  return { pattern: { match: value => matchOf(node, value) } }
}

function matchOf(node: Node, value: unknown): PatternMatch {
  const differences: Difference[] = []
  const distance = compare(node, value, '', differences)
  return { matches: distance === 0, differences, distance }
}

type Node =
  | { readonly kind: 'equal'; readonly value: unknown }
  | { readonly kind: 'test'; readonly shown: string; readonly holds: (value: unknown) => boolean }
  | { readonly kind: 'absent' }
  | { readonly kind: 'ignore' }
  | { readonly kind: 'list'; readonly elements: readonly Node[] }
  | {
      readonly kind: 'object'
      readonly fields: readonly (readonly [name: string, node: Node])[]
      readonly exact: boolean
    }

/** A field that is not there, in difference to null. */
const MISSING = Symbol('missing')

const EXACT = '#exact'

/** A field that is there with another value is closer than one that is not there. */
const ABSENT = 2

function nodeOf(pattern: unknown, exact: boolean, bad: string[]): Node {
  if (typeof pattern === 'string') return textNode(pattern, bad)
  if (Array.isArray(pattern))
    return { kind: 'list', elements: pattern.map(element => nodeOf(element, exact, bad)) }
  const fields = fieldsOf(pattern)
  if (!fields) return { kind: 'equal', value: pattern }
  const [only] = fields
  if (fields.size === 1 && only?.[0] === EXACT) return nodeOf(only[1], true, bad)
  return {
    kind: 'object',
    fields: [...fields].map(
      ([name, content]) => [nameOf(name), nodeOf(content, exact, bad)] as const,
    ),
    exact,
  }
}

/** `"##…"` is the name `"#…"`. */
function nameOf(name: string): string {
  return name.startsWith('##') ? name.slice(1) : name
}

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i
const DATETIME =
  /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])T(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?$/i

const KINDS: ReadonlyMap<string, (value: unknown) => boolean> = new Map([
  ['#string', value => typeof value === 'string'],
  ['#number', isNumber],
  ['#boolean', value => typeof value === 'boolean'],
  ['#array', value => Array.isArray(value)],
  ['#object', value => fieldsOf(value) !== undefined],
  ['#uuid', value => typeof value === 'string' && UUID.test(value)],
  ['#datetime', value => typeof value === 'string' && isDateTime(value)],
])

function textNode(text: string, bad: string[]): Node {
  if (text.startsWith('##')) return { kind: 'equal', value: text.slice(1) }
  if (text === '#absent') return { kind: 'absent' }
  if (text === '#ignore') return { kind: 'ignore' }
  if (text === '#present')
    return { kind: 'test', shown: 'present', holds: value => value !== MISSING }
  const holds = KINDS.get(text)
  if (holds) return { kind: 'test', shown: text, holds }
  const expression = /^#regex\s+(.*)$/s.exec(text)?.[1]
  return expression === undefined
    ? { kind: 'equal', value: text }
    : regexNode(text, expression, bad)
}

function regexNode(text: string, expression: string, bad: string[]): Node {
  try {
    // By itself first: a bracket that closes the one around it is an error.
    const { source } = new RegExp(expression, 'u')
    const whole = new RegExp(`^(?:${source})$`, 'u')
    return {
      kind: 'test',
      shown: text,
      holds: value => typeof value === 'string' && whole.test(value),
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    bad.push(`"${text}" is not a regular expression: ${why.replace(/[.\s]+$/, '')}.`)
    return { kind: 'ignore' }
  }
}

/** ISO 8601 with a date and a time, of a day that the calendar has. */
function isDateTime(text: string): boolean {
  if (!DATETIME.test(text)) return false
  const day = Number(text.slice(8, 10))
  const end = new Date(Date.UTC(Number(text.slice(0, 4)), Number(text.slice(5, 7)), 0))
  return day <= end.getUTCDate()
}

function isNumber(value: unknown): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint'
}

/** The fields of an object; one with a field named `constructor` is a Map (`parseExact`). */
function fieldsOf(value: unknown): ReadonlyMap<string, unknown> | undefined {
  if (value instanceof Map) return value as ReadonlyMap<string, unknown>
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

function compare(node: Node, value: unknown, path: string, into: Difference[]): number {
  switch (node.kind) {
    case 'ignore':
      return 0
    case 'absent':
      return value === MISSING ? 0 : differ(path, 'absent', value, into)
    case 'test':
      return node.holds(value) ? 0 : differ(path, node.shown, value, into)
    case 'equal':
      return isEqual(node.value, value) ? 0 : differ(path, shown(node.value), value, into)
    case 'list':
      return compareList(node, value, path, into)
    case 'object':
      return compareObject(node, value, path, into)
  }
}

function differ(path: string, expected: string, value: unknown, into: Difference[]): number {
  into.push({ path, expected, actual: value === MISSING ? 'absent' : shown(value) })
  return value === MISSING ? ABSENT : 1
}

function compareList(
  node: Node & { kind: 'list' },
  value: unknown,
  path: string,
  into: Difference[],
): number {
  const { elements } = node
  if (!Array.isArray(value)) return differWhole(node, 'a list', value, path, into)
  if (value.length !== elements.length) {
    const counted = (count: number) => `${count} ${count === 1 ? 'element' : 'elements'}`
    into.push({ path, expected: counted(elements.length), actual: counted(value.length) })
    return Math.abs(elements.length - value.length) + compareElements(elements, value, path, [])
  }
  return compareElements(elements, value, path, into)
}

function compareElements(
  elements: readonly Node[],
  value: readonly unknown[],
  path: string,
  into: Difference[],
): number {
  let distance = 0
  elements.forEach((element, index) => {
    if (index < value.length) distance += compare(element, value[index], `${path}[${index}]`, into)
  })
  return distance
}

function compareObject(
  node: Node & { kind: 'object' },
  value: unknown,
  path: string,
  into: Difference[],
): number {
  const there = fieldsOf(value)
  if (!there) return differWhole(node, 'an object', value, path, into)
  let distance = 0
  for (const [name, field] of node.fields) {
    const content = there.has(name) ? there.get(name) : MISSING
    distance += compare(field, content, below(path, name), into)
  }
  if (!node.exact) return distance
  const named = new Set(node.fields.map(([name]) => name))
  for (const [name, content] of there)
    if (!named.has(name)) distance += differ(below(path, name), 'absent', content, into)
  return distance
}

/** What stands in the place of an object or a list is none: as far off as all that it should hold. */
function differWhole(
  node: Node,
  kind: string,
  value: unknown,
  path: string,
  into: Difference[],
): number {
  if (value === MISSING) into.push({ path, expected: 'present', actual: 'absent' })
  else into.push({ path, expected: kind, actual: shown(value) })
  return ABSENT * Math.max(1, leavesOf(node)) + (value === MISSING ? 0 : 1)
}

function leavesOf(node: Node): number {
  if (node.kind === 'list') return sum(node.elements.map(leavesOf))
  if (node.kind === 'object') return sum(node.fields.map(([, field]) => leavesOf(field)))
  return node.kind === 'ignore' || node.kind === 'absent' ? 0 : 1
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** Exact, also between a bigint and a double. */
function isEqual(left: unknown, right: unknown): boolean {
  if (typeof left === 'bigint' && typeof right === 'number')
    return Number.isInteger(right) && BigInt(right) === left
  if (typeof left === 'number' && typeof right === 'bigint') return isEqual(right, left)
  return left === right
}

function below(path: string, name: string): string {
  const written = /^[A-Za-z_][\w-]*$/.test(name) ? name : undefined
  if (written === undefined) return `${path}[${JSON.stringify(name)}]`
  return path === '' ? written : `${path}.${written}`
}

/** What is longer says no more in a line. */
const LONGEST = 80

function shown(value: unknown): string {
  const text = jsonOf(plain(value))
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text
}

function plain(value: unknown): PlainValue {
  const fields = fieldsOf(value)
  if (fields)
    return Object.fromEntries([...fields].map(([name, content]) => [name, plain(content)] as const))
  if (Array.isArray(value)) return value.map(plain)
  return value as PlainValue
}
