import { jsonOf, plainOf, type PlainValue } from '../../expression/plain.ts'
import type { Evaluated } from '../templates.ts'
import { rowValue, type Row } from './rows.ts'

/**
 * What `{{name}}` stands for in a record that is made of a row: a column of a table, or a field of
 * JSON by its path, `{{address.city}}`. Undefined: the row has nothing of that name.
 */
export function rowNames(row: Row): (name: string) => Evaluated | undefined {
  let read: { readonly value: unknown } | undefined
  return name => {
    const { table } = row
    if (table) {
      const text = table.texts[table.columns.get(name) ?? -1]
      return text === undefined ? undefined : { text, value: text }
    }
    read ??= { value: rowValue(row) }
    const found = name.split('.').reduce(fieldOf, read.value)
    return found === undefined ? undefined : evaluatedOf(plainOf(found))
  }
}

function fieldOf(from: unknown, name: string): unknown {
  if (typeof from !== 'object' || from === null) return undefined
  if (from instanceof Map) return from.get(name)
  return Object.hasOwn(from, name) ? Reflect.get(from, name) : undefined
}

export function evaluatedOf(value: PlainValue): {
  readonly text: string
  readonly value: PlainValue
} {
  return { text: typeof value === 'string' ? value : jsonOf(value), value }
}
