import type { Token } from './tokens.ts'

/** A program's tokens with what is needed to read literals and constants in them. */
export interface Program {
  readonly tokens: readonly Token[]
  /** By the index of an opening bracket the index of its closing one. */
  readonly closing: ReadonlyMap<number, number>
  /** By the index of a closing bracket the index of its opening one. */
  readonly opening: ReadonlyMap<number, number>
  /**
   * By name the index of what a `const` is set to. A name declared twice, in two functions
   * perhaps, is not here: which one is meant takes more than a glance.
   */
  readonly constants: ReadonlyMap<string, number>
}

const BRACKETS: Readonly<Record<string, string>> = { '(': ')', '[': ']', '{': '}' }

export function readProgram(tokens: readonly Token[]): Program {
  const closing = matchBrackets(tokens)
  const opening = new Map(Array.from(closing, ([open, close]) => [close, open]))
  return { tokens, closing, opening, constants: findConstants(tokens) }
}

export function isMark(token: Token | undefined, text: string): boolean {
  return token?.kind === 'mark' && token.text === text
}

export function isWord(token: Token | undefined, text: string): boolean {
  return token?.kind === 'word' && token.text === text
}

function matchBrackets(tokens: readonly Token[]): Map<number, number> {
  const closing = new Map<number, number>()
  const open: number[] = []
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'mark') continue
    if (token.text in BRACKETS) open.push(index)
    else if (token.text === ')' || token.text === ']' || token.text === '}') {
      // One that is missing must not shift all the others: go back to where this one fits.
      const from = open.findLastIndex(at => BRACKETS[tokens[at]?.text ?? ''] === token.text)
      const opener = open[from]
      if (opener === undefined) continue
      closing.set(opener, index)
      open.length = from
    }
  }
  return closing
}

function findConstants(tokens: readonly Token[]): Map<string, number> {
  const constants = new Map<string, number>()
  const twice = new Set<string>()
  for (const [index, token] of tokens.entries()) {
    if (!isWord(token, 'const')) continue
    const name = tokens[index + 1]
    const value = afterEquals(tokens, index + 2)
    if (name?.kind !== 'word' || value === undefined) continue
    if (constants.has(name.text)) twice.add(name.text)
    constants.set(name.text, value)
  }
  for (const name of twice) constants.delete(name)
  return constants
}

/** Behind `=`, perhaps with a type before it: `: string =`. */
function afterEquals(tokens: readonly Token[], from: number): number | undefined {
  if (isMark(tokens[from], '=')) return from + 1
  if (!isMark(tokens[from], ':')) return undefined
  for (let index = from + 1; index < Math.min(from + 40, tokens.length); index++) {
    const token = tokens[index]
    if (isMark(token, '=')) return index + 1
    if (isMark(token, ';')) return undefined
  }
  return undefined
}

/** Whether a value that ends before this index is the whole value: nothing is added to it. */
function endsHere(program: Program, index: number): boolean {
  const token = program.tokens[index]
  if (token === undefined) return true
  // `as const`, `satisfies T`, and what follows a statement without a semicolon.
  if (token.kind === 'word') return true
  return token.kind === 'mark' && /^[,;)\]}]$/.test(token.text)
}

/** The string that stands at this index, by itself or as a constant one step away. */
export function stringAt(program: Program, index: number, steps = 1): string | undefined {
  const token = program.tokens[index]
  if (token === undefined || !endsHere(program, index + 1)) return undefined
  if (token.kind === 'string') return token.text
  if (token.kind === 'template') return token.computed ? undefined : token.text
  const constant = token.kind === 'word' ? program.constants.get(token.text) : undefined
  return constant === undefined || steps === 0 ? undefined : stringAt(program, constant, steps - 1)
}

/** The number that stands at this index, by itself or as a constant one step away. */
export function numberAt(program: Program, index: number, steps = 1): number | undefined {
  const token = program.tokens[index]
  if (token === undefined || !endsHere(program, index + 1)) return undefined
  if (token.kind === 'number') {
    const value = Number(token.text.replaceAll('_', ''))
    return Number.isNaN(value) ? undefined : value
  }
  const constant = token.kind === 'word' ? program.constants.get(token.text) : undefined
  return constant === undefined || steps === 0 ? undefined : numberAt(program, constant, steps - 1)
}

/** The strings of the list at this index; entries that are not literal are left out. */
export function stringsAt(program: Program, index: number, steps = 1): readonly string[] {
  const token = program.tokens[index]
  if (token?.kind === 'word') {
    const constant = program.constants.get(token.text)
    return constant === undefined || steps === 0 ? [] : stringsAt(program, constant, steps - 1)
  }
  const end = program.closing.get(index)
  if (!isMark(token, '[') || end === undefined) return []
  const found: string[] = []
  for (const entry of entriesOf(program, index, end)) {
    const text = stringAt(program, entry)
    if (text !== undefined) found.push(text)
  }
  return found
}

/** Where each entry between two brackets begins. */
function entriesOf(program: Program, open: number, close: number): readonly number[] {
  const entries: number[] = []
  let index = open + 1
  let begins = true
  while (index < close) {
    const token = program.tokens[index]
    if (isMark(token, ',')) begins = true
    else if (begins) {
      entries.push(index)
      begins = false
    }
    index = (program.closing.get(index) ?? index) + 1
  }
  return entries
}

/** What an object literal has under a name. */
export interface Property {
  /** Index of the name. */
  readonly name: number
  /** Index of the value; the name's own for `{ groupId }` and for a method. */
  readonly value: number
  /** Index of the last token of the value. */
  readonly last: number
}

/** A property of the object literal at this index, by itself or as a constant one step away. */
export function propertyAt(
  program: Program,
  index: number,
  name: string,
  steps = 1,
): Property | undefined {
  const token = program.tokens[index]
  if (token?.kind === 'word') {
    const constant = program.constants.get(token.text)
    return constant === undefined || steps === 0
      ? undefined
      : propertyAt(program, constant, name, steps - 1)
  }
  const end = program.closing.get(index)
  if (!isMark(token, '{') || end === undefined) return undefined
  const entries = entriesOf(program, index, end)
  for (const [position, entry] of entries.entries()) {
    const at = isWord(program.tokens[entry], 'async') ? methodName(program, entry) : entry
    const key = program.tokens[at]
    if ((key?.kind !== 'word' && key?.kind !== 'string') || key.text !== name) continue
    const value = isMark(program.tokens[at + 1], ':') ? at + 2 : at
    const next = entries[position + 1]
    return { name: at, value, last: commaBefore(program, next ?? end) - 1 }
  }
  return undefined
}

/** Whether the object literal at this index, by itself or one step away, takes over another's. */
export function hasSpread(program: Program, index: number): boolean {
  const token = program.tokens[index]
  const at = token?.kind === 'word' ? program.constants.get(token.text) : index
  const end = at === undefined ? undefined : program.closing.get(at)
  if (at === undefined || end === undefined) return true
  return entriesOf(program, at, end).some(entry => isMark(program.tokens[entry], '.'))
}

/** In `async eachMessage(…) {…}` the name is the second word; `async: true` is a name itself. */
function methodName(program: Program, entry: number): number {
  return program.tokens[entry + 1]?.kind === 'word' ? entry + 1 : entry
}

function commaBefore(program: Program, entry: number): number {
  return isMark(program.tokens[entry - 1], ',') ? entry - 1 : entry
}
