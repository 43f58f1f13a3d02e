import type { JsonField } from './services/offers.ts'

/** More fields help nobody who writes. */
const MOST = 500
const DEEPEST = 8

interface Walk {
  readonly fields: JsonField[]
  /** Avro's named types; a schema refers to them, also to the one that it stands in. */
  readonly named: Map<string, unknown>
}

/** The fields that a JSON Schema or an Avro schema gives to a value; none of what is neither. */
export function schemaFieldsOf(text: string): readonly JsonField[] {
  let schema: unknown
  try {
    schema = JSON.parse(text)
  } catch {
    return []
  }
  const walk: Walk = { fields: [], named: new Map() }
  visit(schema, [], walk)
  return walk.fields
}

function visit(schema: unknown, path: readonly string[], walk: Walk): void {
  if (path.length > DEEPEST || walk.fields.length >= MOST) return
  if (Array.isArray(schema)) {
    for (const each of schema) visit(each, path, walk)
  } else if (typeof schema === 'string') {
    if (path.length < DEEPEST && walk.named.has(schema)) visit(walk.named.get(schema), path, walk)
  } else if (isObject(schema)) {
    visitObject(schema, path, walk)
  }
}

type Json = Readonly<Record<string, unknown>>

function visitObject(schema: Json, path: readonly string[], walk: Walk): void {
  const { name, type, fields, properties, items } = schema
  if (typeof name === 'string' && Array.isArray(fields)) walk.named.set(name, schema)
  if (Array.isArray(fields))
    for (const field of fields) if (isObject(field)) add(field['name'], field['type'], path, walk)
  if (isObject(properties))
    for (const [key, value] of Object.entries(properties)) add(key, value, path, walk)
  if (items !== undefined) visit(items, [...path, '[]'], walk)
  for (const key of ['allOf', 'anyOf', 'oneOf']) visit(schema[key], path, walk)
  if (isObject(type) || Array.isArray(type)) visit(type, path, walk)
}

function add(name: unknown, schema: unknown, path: readonly string[], walk: Walk): void {
  if (typeof name !== 'string' || walk.fields.length >= MOST) return
  const place = [...path, name]
  const holds = wordOf(schema)
  walk.fields.push({ path: place, ...(holds !== undefined && { holds }) })
  visit(schema, place, walk)
}

/** What a schema says of a value, in a word. */
function wordOf(schema: unknown): string | undefined {
  if (typeof schema === 'string') return WORDS.get(schema) ?? undefined
  if (Array.isArray(schema)) return schema.map(wordOf).find(word => word !== undefined)
  if (!isObject(schema)) return undefined
  return wordOf(schema['type'])
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['string', 'text'],
  ['enum', 'text'],
  ['bytes', 'text'],
  ['fixed', 'text'],
  ...['number', 'integer', 'int', 'long', 'float', 'double'].map((name): [string, string] => [
    name,
    'number',
  ]),
  ['boolean', 'boolean'],
  ['array', 'list'],
  ['object', 'object'],
  ['record', 'object'],
  ['map', 'object'],
])

function isObject(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
