import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import { environment, type About } from './environment.ts'
import { needsOf, type Need } from './needs.ts'
import { notBefore } from './notBefore.ts'
import { plainOf, type PlainValue } from './plain.ts'
import { failureOf, problemIn, type ExpressionProblem } from './problems.ts'
import type { GroupVariables, Variables } from './variables.ts'

/** Why an expression has no result for a record: a field is missing, kinds do not fit, … */
export interface Failure {
  readonly failure: string
}

/** An expression that says yes or no about a record. */
export interface Condition<V = Variables> {
  readonly text: string
  /** What must stand in `value` for it to hold. */
  readonly needs: readonly Need[]
  /** It holds for no record before this time, ms since the epoch. Absent: not known. */
  readonly notBefore?: number
  /** A failure is no match in `filter` and `match`, and fails an `assert`. Never throws. */
  evaluate(variables: V): boolean | Failure
}

/** An expression that gives a part of a record, or computes something from it. */
export interface Selection<V = Variables> {
  readonly text: string
  /** Never throws. */
  evaluate(variables: V): { readonly value: PlainValue } | Failure
}

export type Compiled<T> = T | { readonly problem: ExpressionProblem }

/** Compiles a condition (`filter`, `match`, `assert`). What cannot be true or false is a problem. */
export function compileCondition(text: string): Compiled<Condition> {
  return conditionOf(text, 'record')
}

/** As `compileCondition`, about a group (`assert` of EXPECT GROUP). */
export function compileGroupCondition(text: string): Compiled<Condition<GroupVariables>> {
  return conditionOf(text, 'group')
}

function conditionOf<V extends object>(text: string, about: About): Compiled<Condition<V>> {
  const compiled = compile(text, about)
  if ('problem' in compiled) return compiled
  const { program, type } = compiled
  if (type !== 'bool' && type !== 'dyn') {
    const message = `A condition is true or false, this is ${article(type)} ${type}.`
    return { problem: { message, from: 0, to: text.length } }
  }
  const earliest = notBefore(program.ast)
  return {
    text,
    needs: needsOf(program.ast),
    ...(earliest !== undefined && { notBefore: earliest }),
    evaluate: variables => {
      try {
        const result: unknown = program(variables)
        return typeof result === 'boolean' ? result : NOT_A_TRUTH
      } catch (error) {
        return { failure: failureOf(error, about) }
      }
    },
  }
}

const NOT_A_TRUTH: Failure = { failure: 'The result is neither true nor false.' }

/** Compiles an expression whose value is wanted (`select`, `capture`, `key-from`). */
export function compileSelection(text: string): Compiled<Selection> {
  return selectionOf(text, 'record')
}

/** As `compileSelection`, about a group (`capture` of EXPECT GROUP). */
export function compileGroupSelection(text: string): Compiled<Selection<GroupVariables>> {
  return selectionOf(text, 'group')
}

function selectionOf<V extends object>(text: string, about: About): Compiled<Selection<V>> {
  const compiled = compile(text, about)
  if ('problem' in compiled) return compiled
  const { program } = compiled
  return {
    text,
    evaluate: variables => {
      try {
        return { value: plainOf(program(variables)) }
      } catch (error) {
        return { failure: failureOf(error, about) }
      }
    },
  }
}

interface Program {
  readonly program: ParseResult
  /** CEL's name of the type of the result, as far as it is known. */
  readonly type: string
}

function compile(text: string, about: About = 'record'): Compiled<Program> {
  try {
    const program = environment(about).parse(text)
    const checked = program.check()
    if (!checked.valid) return { problem: problemIn(text, checked.error, about) }
    return { program, type: checked.type ?? 'dyn' }
  } catch (error) {
    return { problem: problemIn(text, error, about) }
  }
}

function article(type: string): string {
  return /^[aeiou]/.test(type) ? 'an' : 'a'
}

/** The tree of an expression; undefined where it cannot be parsed. */
export function parseTree(text: string): ASTNode | undefined {
  try {
    return environment().parse(text).ast
  } catch {
    return undefined
  }
}

/** Whether a text compiles to something that is true or false, whatever the record. */
export function isCondition(text: string): boolean {
  const compiled = compile(text)
  return !('problem' in compiled) && compiled.type === 'bool'
}
