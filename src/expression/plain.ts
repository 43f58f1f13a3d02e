/** A value of an expression as plain data. Ints are bigint, doubles are number: both are exact. */
export type PlainValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | readonly PlainValue[]
  | { readonly [name: string]: PlainValue }

/** Takes over what CEL gives. Throws where it is nothing that could be written down as JSON. */
export function plainOf(value: unknown): PlainValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value
  if (typeof value === 'bigint' || typeof value === 'number') return value
  if (typeof value !== 'object') throw new Error(UNWRITABLE)
  if (Array.isArray(value)) return value.map(plainOf)
  if (value instanceof Map) return objectOf(value)
  if (value instanceof Date) return value.toISOString()
  if (isPlainObject(value)) return objectOf(Object.entries(value))
  // CEL's own `uint` is an object around a bigint.
  const inner: unknown = value.valueOf()
  if (typeof inner === 'bigint') return inner
  throw new Error(UNWRITABLE)
}

const UNWRITABLE = 'The result is no value that can be written down: use string(…).'

function isPlainObject(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === Object.prototype || prototype === null
}

function objectOf(entries: Iterable<readonly [unknown, unknown]>): PlainValue {
  return Object.fromEntries(
    [...entries].map(([name, content]) => [String(name), plainOf(content)] as const),
  )
}

/** JSON text of a value, ints with all their digits. What JSON has no number for is null. */
export function jsonOf(value: PlainValue): string {
  if (typeof value === 'bigint') return value.toString()
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (isList(value)) return `[${value.map(jsonOf).join(',')}]`
  const fields = Object.entries(value)
  return `{${fields.map(([name, content]) => `${JSON.stringify(name)}:${jsonOf(content)}`).join(',')}}`
}

function isList(value: object): value is readonly PlainValue[] {
  return Array.isArray(value)
}
