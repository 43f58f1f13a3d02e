import { bytesProblem } from '../../base/encodings.ts'
import type { RecordHeader } from '../../kafka/record.ts'
import { bytesOf, utf8TextOf } from '../../formats/encodings.ts'
import { parseExact } from '../../formats/exactJson.ts'
import { contentOf } from '../../formats/records/scanJson.ts'
import { whereNotJson } from '../notJson.ts'
import { CsvError, CsvReader, type CsvLine } from './csvRows.ts'
import { jsonMembers } from './jsonMembers.ts'
import { linesOf, type Line } from './lines.ts'
import { TextBytes } from './textBytes.ts'

/** How many records are written down (kafka-file specification, section 3, `records`). */
export type Shape = 'jsonl' | 'csv' | 'lines' | 'envelope'

/** A key or a value that a row gives. */
export type RowPart = null | {
  readonly bytes: Uint8Array
  /** Sent whatever the format: it was written as bytes. Otherwise UTF-8 text. */
  readonly asIs?: true
}

/** What one row says about its record. */
export interface Row {
  /** The line where it begins, from 1. */
  readonly line: number
  readonly value: RowPart
  /** These are of `envelope` alone. */
  readonly key?: RowPart
  readonly headers?: readonly RecordHeader[]
  readonly partition?: number
  /** Ms since the epoch. */
  readonly timestamp?: number
  /** Of `csv`: its fields, and where each column stands among them. */
  readonly table?: {
    readonly columns: ReadonlyMap<string, number>
    readonly texts: readonly string[]
  }
}

/** A row that is none; where the rest cannot be told apart any more, it is the last. */
export interface BadRow {
  readonly line: number
  readonly problem: string
  readonly last?: true
}

export function isBad(row: Row | BadRow): row is BadRow {
  return 'problem' in row
}

/** Puts what a text stands for in its place; rejects are problems of the row. */
export type Evaluate = (
  text: string,
  /** Of the row, from 0. */
  index: number,
) => { readonly text: string } | { readonly problem: string }

/**
 * The rows of data that comes in pieces, in order. Memory holds one piece and one row. `evaluate`:
 * what stands in a row is a template, as in the value of a PRODUCER, but not in a file.
 */
export async function* rowsOf(
  shape: Shape,
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  evaluate?: Evaluate,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  if (shape === 'csv') {
    yield* csvRows(chunks, evaluate)
    return
  }
  let last = 0
  let index = 0
  try {
    for await (const lines of linesOf(chunks)) {
      last = lines.at(-1)?.number ?? last
      const rows: (Row | BadRow)[] = []
      for (const line of lines) {
        const row = rowOfLine(shape, line, evaluate && (text => evaluate(text, index)))
        if (!row) continue
        rows.push(row)
        index++
      }
      yield rows
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    yield [{ line: last + 1, problem: LINE_TOO_LONG, last: true }]
  }
}

export const LINE_TOO_LONG = 'the line is too long for a record'

function rowOfLine(
  shape: Exclude<Shape, 'csv'>,
  line: Line,
  evaluate: EvaluateRow | undefined,
): Row | BadRow | undefined {
  const { number } = line
  // An empty line is an empty text, but no JSON.
  if (shape !== 'lines' && line.bytes.every(isBlank)) return undefined
  const bytes = evaluate ? evaluated(line.bytes, evaluate) : line.bytes
  if ('problem' in bytes) return { line: number, problem: bytes.problem }
  switch (shape) {
    case 'lines':
      return { line: number, value: { bytes } }
    case 'jsonl': {
      const content = contentOf(bytes)
      return content === 'json' || content === 'json-lines'
        ? { line: number, value: { bytes: trimmed(bytes) } }
        : { line: number, problem: notJson(bytes) }
    }
    case 'envelope':
      return envelopeRow(number, bytes)
  }
}

type EvaluateRow = (text: string) => ReturnType<Evaluate>

function evaluated(
  bytes: Uint8Array,
  evaluate: EvaluateRow,
): Uint8Array | { readonly problem: string } {
  const text = utf8TextOf(bytes)
  if (!text?.includes('{{')) return bytes
  const found = evaluate(text)
  return 'problem' in found ? found : bytesOf(found.text, 'utf8')
}

export function isBlank(byte: number): boolean {
  return byte === 32 || byte === 9 || byte === 13
}

function trimmed(bytes: Uint8Array): Uint8Array {
  let end = bytes.length
  while (end > 0 && isBlank(bytes[end - 1] ?? 0)) end--
  let start = 0
  while (start < end && isBlank(bytes[start] ?? 0)) start++
  return bytes.subarray(start, end)
}

/** Why a line is no JSON text. */
export function notJson(bytes: Uint8Array): string {
  const text = utf8TextOf(bytes)
  if (text === undefined) return 'this is not UTF-8'
  try {
    JSON.parse(text)
  } catch (error) {
    return `this is not JSON${whereNotJson(error instanceof Error ? error.message : '')}`
  }
  return 'this is not JSON'
}

const ENVELOPE = ['key', 'value', 'headers', 'partition', 'timestamp']
/** In the lines that are printed of records that were read, too; where they go is said elsewhere. */
const IGNORED = new Set(['topic', 'offset'])

function envelopeRow(line: number, bytes: Uint8Array): Row | BadRow {
  const bad = (problem: string) => ({ line, problem })
  const text = utf8TextOf(bytes)
  if (text === undefined || contentOf(bytes) === 'text') return bad(notJson(bytes))
  const members = jsonMembers(text)
  if (!members) return bad('this is no JSON object')
  for (const name of members.keys()) {
    if (!ENVELOPE.includes(name) && !IGNORED.has(name))
      return bad(`"${name}" is not one of ${ENVELOPE.join(', ')}`)
  }
  const value = members.get('value')
  if (value === undefined) return bad('it has no "value"')
  const [partition, timestamp] = [members.get('partition'), members.get('timestamp')]
  if (partition !== undefined && !isCount(partition)) return bad('"partition" is no partition')
  if (timestamp !== undefined && !isCount(timestamp))
    return bad('"timestamp" is no number of milliseconds')
  const key = members.get('key')
  const parts = { value: partOf(value), ...(key !== undefined && { key: partOf(key) }) }
  if (typeof parts.value === 'string') return bad(`the value ${parts.value}`)
  if (typeof parts.key === 'string') return bad(`the key ${parts.key}`)
  const headers = headersOf(members.get('headers'))
  if (headers === undefined) return bad('"headers" is no list of pairs [name, value]')
  return {
    line,
    value: parts.value,
    ...(parts.key !== undefined && { key: parts.key }),
    ...(headers.length > 0 && { headers }),
    ...(partition !== undefined && { partition: Number(partition) }),
    ...(timestamp !== undefined && { timestamp: Number(timestamp) }),
  }
}

function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text)
}

/** What a JSON text of an envelope stands for; a text: why it stands for nothing. */
function partOf(json: string): RowPart | string {
  if (json === 'null') return null
  if (json.startsWith('"')) return { bytes: bytesOf(String(JSON.parse(json)), 'utf8') }
  const base64 = json.startsWith('{') ? base64Of(json) : undefined
  if (base64 === undefined) return { bytes: bytesOf(json, 'utf8') }
  return bytesProblem('base64', base64) === undefined
    ? { bytes: bytesOf(base64, 'base64'), asIs: true }
    : 'is not base64'
}

function base64Of(json: string): string | undefined {
  const value: unknown = JSON.parse(json)
  if (typeof value !== 'object' || value === null || !('$base64' in value)) return undefined
  return typeof value.$base64 === 'string' ? value.$base64 : undefined
}

/** `[["name","value"],…]` or `{"name":"value",…}`. */
function headersOf(json: string | undefined): readonly RecordHeader[] | undefined {
  if (json === undefined || json === 'null') return []
  const given: unknown = JSON.parse(json)
  if (typeof given !== 'object' || given === null) return undefined
  const pairs: readonly unknown[] = Array.isArray(given) ? given : Object.entries(given)
  const headers: RecordHeader[] = []
  for (const pair of pairs) {
    if (!Array.isArray(pair) || pair.length !== 2) return undefined
    const [name, value] = pair as readonly unknown[]
    const part = partOf(JSON.stringify(value))
    if (typeof name !== 'string' || typeof part === 'string') return undefined
    headers.push([name, part?.bytes ?? null])
  }
  return headers
}

/** Rows of a table are JSON objects of texts, named by the first line. */
async function* csvRows(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  evaluate: Evaluate | undefined,
): AsyncGenerator<readonly (Row | BadRow)[]> {
  const reader = new CsvReader()
  const utf8 = new TextBytes()
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let table: Table | undefined
  let line = 0
  let index = 0
  const toRows = (found: readonly CsvLine[]): (Row | BadRow)[] => {
    line = found.at(-1)?.line ?? line
    const first = table ? undefined : found[0]
    if (first) table = tableOf(first)
    const known = table
    if (!known) return []
    return found.slice(first ? 1 : 0).map(each => {
      const own = index++
      return tableRow(each, known, utf8, evaluate && (text => evaluate(text, own)))
    })
  }
  try {
    for await (const chunk of chunks) {
      const rows = toRows(reader.push(decoder.decode(chunk, { stream: true })))
      if (rows.length > 0) yield rows
    }
    decoder.decode()
    const rows = toRows(reader.end())
    if (rows.length > 0) yield rows
  } catch (error) {
    if (error instanceof CsvError) yield [{ line: error.line, problem: error.message, last: true }]
    else if (error instanceof TypeError)
      yield [{ line: line + 1, problem: 'this is not UTF-8', last: true }]
    else throw error
  }
}

interface Table {
  /** How a JSON object names each. */
  readonly columns: readonly { readonly json: string }[]
  /** Where each name stands. */
  readonly indexes: ReadonlyMap<string, number>
}

function tableOf({ line, fields }: CsvLine): Table {
  const twice = fields.find((name, i) => fields.indexOf(name) !== i)
  if (twice !== undefined) throw new CsvError(line, `the column "${twice}" is there twice`)
  return {
    columns: fields.map(name => ({ json: `${JSON.stringify(name)}:` })),
    indexes: new Map(fields.map((name, i) => [name, i])),
  }
}

/** With the templates put in that stand in them. */
function evaluatedFields(
  fields: readonly string[],
  evaluate: EvaluateRow,
): readonly string[] | { readonly problem: string } {
  const texts: string[] = []
  for (const field of fields) {
    const found = field.includes('{{') ? evaluate(field) : { text: field }
    if ('problem' in found) return found
    texts.push(found.text)
  }
  return texts
}

function tableRow(
  { line, fields }: CsvLine,
  { columns, indexes }: Table,
  utf8: TextBytes,
  evaluate: EvaluateRow | undefined,
): Row | BadRow {
  if (fields.length !== columns.length) {
    const has = fields.length === 1 ? '1 field' : `${fields.length} fields`
    return { line, problem: `${has}, but there are ${columns.length} columns` }
  }
  const texts = evaluate ? evaluatedFields(fields, evaluate) : fields
  if ('problem' in texts) return { line, problem: texts.problem }
  let json = ''
  let index = 0
  for (const { json: name } of columns) {
    const field = texts[index] ?? ''
    json += `${index === 0 ? '{' : ','}${name}${JSON.stringify(field)}`
    index++
  }
  return { line, value: { bytes: utf8.of(`${json}}`) }, table: { columns: indexes, texts } }
}

/**
 * The value of a row as expressions and `{{name}}` see it: the fields of a table, JSON with exact
 * integers, else the text.
 */
export function rowValue({ value, table }: Row): unknown {
  if (table) {
    const { columns, texts } = table
    return new Map(Array.from(columns, ([name, index]) => [name, texts[index] ?? '']))
  }
  if (value === null) return null
  const text = utf8TextOf(value.bytes)
  if (text === undefined) return undefined
  try {
    return parseExact(text)
  } catch {
    return text
  }
}
