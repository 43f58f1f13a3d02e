import { Environment } from '@marcbachmann/cel-js'
import { GROUP_VARIABLE_TYPES, VARIABLE_TYPES } from './variables.ts'

/** What an expression is about: its variables are those of a record or of a group. */
export type About = 'record' | 'group'

const made = new Map<About, Environment>()

/** The one environment that expressions of a kind are compiled in. It costs a little, so it waits. */
export function environment(about: About = 'record'): Environment {
  const known = made.get(about)
  if (known) return known
  const fresh = newEnvironment(about === 'group' ? GROUP_VARIABLE_TYPES : VARIABLE_TYPES)
  made.set(about, fresh)
  return fresh
}

function newEnvironment(types: Readonly<Record<string, string>>): Environment {
  const made = new Environment({ homogeneousAggregateLiterals: false })
  for (const [name, type] of Object.entries(types)) made.registerVariable(name, type)
  registerMixedNumbers(made)
  registerTimes(made)
  return made
}

type Arithmetic = (left: number, right: number) => number

const ARITHMETIC: readonly (readonly [operator: string, compute: Arithmetic])[] = [
  ['+', (left, right) => left + right],
  ['-', (left, right) => left - right],
  ['*', (left, right) => left * right],
  ['/', (left, right) => left / right],
]

/**
 * CEL computes with two ints or two doubles and refuses a mixture. Numbers of JSON are doubles and
 * literals are ints, so `value.total + 1` has to work: a mixture is computed as double.
 */
function registerMixedNumbers(target: Environment): void {
  for (const [operator, compute] of ARITHMETIC) {
    const handler = (left: bigint | number, right: bigint | number) =>
      compute(Number(left), Number(right))
    target.registerOperator(`int ${operator} double: double`, handler)
    target.registerOperator(`double ${operator} int: double`, handler)
  }
  for (const types of ['int % double', 'double % int', 'double % double']) {
    target.registerOperator(`${types}: double`, remainder)
  }
  // Exact: JavaScript compares the two kinds by their mathematical value.
  target.registerOperator('int == double', (left: bigint, right: number) =>
    Number.isInteger(right) ? left === BigInt(right) : false,
  )
}

const TIME = 'google.protobuf.Timestamp'

/** `timestamp` is a number of milliseconds: it can be compared with `timestamp("2026-01-31T10:00:00Z")`. */
function registerTimes(target: Environment): void {
  for (const [operator, holds] of COMPARISONS) {
    for (const number of ['int', 'double']) {
      target.registerOperator(
        `${number} ${operator} ${TIME}`,
        (left: bigint | number, right: Date) => holds(Number(left), right.getTime()),
      )
      target.registerOperator(
        `${TIME} ${operator} ${number}`,
        (left: Date, right: bigint | number) => holds(left.getTime(), Number(right)),
      )
    }
  }
}

const COMPARISONS: readonly (readonly [
  operator: string,
  holds: (left: number, right: number) => boolean,
])[] = [
  ['<', (left, right) => left < right],
  ['<=', (left, right) => left <= right],
  ['>', (left, right) => left > right],
  ['>=', (left, right) => left >= right],
]

/** JSON knows no ints, so `%` is there for doubles, too, as long as they are whole. */
function remainder(left: bigint | number, right: bigint | number): number {
  const [dividend, divisor] = [Number(left), Number(right)]
  if (!Number.isInteger(dividend) || !Number.isInteger(divisor)) {
    throw new RangeError('"%" needs whole numbers.')
  }
  if (divisor === 0) throw new RangeError('"%" by zero.')
  return dividend % divisor
}
