import type { SeenSchemaId } from '../../language/check/knowledge.ts'
import type { JsonField } from '../../language/services/offers.ts'
import type { KafkaRecord } from '../../kafka/record.ts'

/** What recent records of a topic tell about it. */
export interface TopicSample {
  /** The fields of JSON values. */
  readonly fields: readonly JsonField[]
  readonly headers: readonly string[]
  /** Where the values begin with the id of a schema: one of the newest record that does. */
  readonly schemaId?: SeenSchemaId
}

const MOST_FIELDS = 500
const MOST_HEADERS = 100
const DEEPEST = 8
/** Elements of a list that are looked at. */
const MOST_ELEMENTS = 10
/** Bytes of a value that is read as JSON. */
const LARGEST_VALUE = 256 * 1024

/** Looks at records in the order in which they are given: of two, the first says what a field holds. */
export function sampleOf(records: readonly KafkaRecord[]): TopicSample {
  const fields = new Map<string, JsonField>()
  const headers = new Set<string>()
  for (const { value, headers: own } of records) {
    for (const [name] of own) if (headers.size < MOST_HEADERS) headers.add(name)
    const json = jsonOf(value)
    if (json !== undefined) visit(json, [], fields)
  }
  const schemaId = schemaIdIn(records)
  return { fields: [...fields.values()], headers: [...headers], ...(schemaId && { schemaId }) }
}

function jsonOf(value: Uint8Array | null): unknown {
  // Only what is an object or a list has fields.
  const first = value?.find(byte => byte > 32)
  if (!value || value.length > LARGEST_VALUE || (first !== 0x7b && first !== 0x5b)) return undefined
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(value))
  } catch {
    return undefined
  }
}

function visit(json: unknown, path: readonly string[], fields: Map<string, JsonField>): void {
  if (path.length >= DEEPEST || typeof json !== 'object' || json === null) return
  if (Array.isArray(json)) {
    for (const element of json.slice(0, MOST_ELEMENTS)) visit(element, [...path, '[]'], fields)
    return
  }
  for (const [name, value] of Object.entries(json)) {
    if (fields.size >= MOST_FIELDS) return
    const place = [...path, name]
    const key = JSON.stringify(place)
    const holds = wordOf(value)
    if (fields.get(key)?.holds === undefined)
      fields.set(key, { path: place, ...(holds !== undefined && { holds }) })
    visit(value, place, fields)
  }
}

/** Undefined: it is null, which says nothing of what stands there otherwise. */
function wordOf(value: unknown): string | undefined {
  if (value === null) return undefined
  if (Array.isArray(value)) return 'list'
  return typeof value === 'string' ? 'text' : typeof value
}

/** Bytes before the value in the Confluent wire format: a zero, and the id of the schema. */
const FRAME = 5

/** Most values must look so: a number can begin with a zero by chance. */
function schemaIdIn(records: readonly KafkaRecord[]): SeenSchemaId | undefined {
  const withValue = records.filter(({ value }) => value !== null)
  const framed = withValue.filter(({ value }) => value && idOf(value) !== undefined)
  if (framed.length === 0 || framed.length * 2 < withValue.length) return undefined
  const { partition, offset, value } = framed.reduce((newest, each) =>
    each.timestamp > newest.timestamp ? each : newest,
  )
  const id = value ? idOf(value) : undefined
  return id === undefined ? undefined : { id, partition, offset }
}

function idOf(value: Uint8Array): number | undefined {
  if (value.length < FRAME || value[0] !== 0) return undefined
  const id = new DataView(value.buffer, value.byteOffset).getInt32(1)
  return id > 0 ? id : undefined
}
