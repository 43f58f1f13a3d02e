import type { LegacyFaker } from './legacyFaker.ts'

type LegacyMethod = Extract<LegacyFaker, { readonly method: string }>

/** faker 5's largest number where a file gives none. */
const LARGEST = 99_999

/** The call of today's faker that does what an old name with these arguments did. */
export function legacyCall(legacy: LegacyMethod, args: string): string {
  const { method } = legacy
  const defaults = JSON.stringify(legacy.defaults ?? []).slice(1, -1)
  if (args === '' || legacy.arguments === 'ignored') return `${method}(${defaults})`
  const given = parsed(args)
  // What is no JSON is for faker to refuse, in its own words.
  if (!given || legacy.arguments === undefined) return `${method}(${args})`
  switch (legacy.arguments) {
    case 'precision':
      return `${method}(${JSON.stringify(withMultipleOf(given[0], defaults))})`
    case 'integer':
      return integerCall(method, given[0])
    case 'length':
      return `${method}(${typeof given[0] === 'number' ? `{"length":${given[0]}}` : args})`
    case 'below':
      return `${method}(${JSON.stringify(below(given))})`
  }
}

function parsed(args: string): readonly unknown[] | undefined {
  try {
    return JSON.parse(`[${args}]`) as readonly unknown[]
  } catch {
    return undefined
  }
}

/** faker 5 took a precision, alone or among other options; today's faker calls it `multipleOf`. */
function withMultipleOf(options: unknown, defaults: string): Record<string, unknown> {
  if (typeof options === 'number')
    return { ...asObject(parsed(defaults)?.[0]), ...multipleOf(options) }
  const { precision, ...rest } = asObject(options)
  const all = { max: LARGEST, ...rest }
  return typeof precision === 'number'
    ? { ...all, ...multipleOf(precision) }
    : { fractionDigits: 2, ...all }
}

/** `multipleOf` and `fractionDigits` exclude each other. */
function multipleOf(precision: number) {
  return { fractionDigits: undefined, multipleOf: precision }
}

/** A number alone is the largest; with a precision below 1 the number has a fraction. */
function integerCall(method: string, options: unknown): string {
  if (typeof options === 'number') return `${method}(${options})`
  const { precision, ...rest } = asObject(options)
  const range = { min: 0, max: LARGEST, ...rest }
  return typeof precision === 'number'
    ? `number.float(${JSON.stringify({ ...range, multipleOf: precision })})`
    : `${method}(${JSON.stringify(range)})`
}

/** `(max, min)`, the largest left out. */
function below([max = 32_768, min = 0]: readonly unknown[]): Record<string, unknown> {
  return { min, max: Number(max) - 1 }
}

function asObject(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
