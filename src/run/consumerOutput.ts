import type { Problem } from '../base/problem.ts'
import { compileSelection, type Selection } from '../expression/compile.ts'
import { jsonOf, type PlainValue } from '../expression/plain.ts'
import { textOf, utf8TextOf } from '../formats/encodings.ts'
import { decode, shown } from '../formats/formats.ts'
import { exporter } from '../formats/records/exporter.ts'
import { recordJson } from '../formats/records/json.ts'
import type { RecordFormats } from '../kafka/format.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import { parseSelections } from '../language/values/selections.ts'
import { notAnExpression } from './capturing.ts'
import { recordVariables } from './recordVariables.ts'

export type OutputFormat = 'table' | 'json' | 'jsonl' | 'csv' | 'raw'

/** Writes the records of a CONSUMER: head, then chunks, then the end. */
export interface ConsumerOutput {
  readonly head: Uint8Array
  chunk(records: readonly KafkaRecord[]): Uint8Array
  end(): Uint8Array
}

/** One column of `select`. */
export interface Column {
  readonly name: string
  readonly selection: Selection
}

export function columnsOf(
  text: string | undefined,
): { readonly columns: readonly Column[] } | { readonly problem: Problem } {
  if (text === undefined) return { columns: [] }
  const columns: Column[] = []
  for (const { expression, name } of parseSelections(text)) {
    const selection = compileSelection(expression.text)
    if ('problem' in selection)
      return notAnExpression(expression.text, selection.problem.message, selection.problem)
    columns.push({ name: name?.text ?? expression.text, selection })
  }
  return { columns }
}

export interface OutputOptions {
  readonly topic: string
  readonly formats: RecordFormats
  /** None: records as a whole. */
  readonly columns: readonly Column[]
}

export function consumerOutput(format: OutputFormat, options: OutputOptions): ConsumerOutput {
  const { columns, formats, topic } = options
  if (format === 'json') return listOutput(options)
  if (format === 'table') return tableOutput(options)
  if (columns.length > 0) return columnOutput(format, options)
  const writer = exporter(format, { topic, formats })
  return { head: writer.head, chunk: records => writer.chunkOf(records), end: () => NOTHING }
}

const utf8 = new TextEncoder()
const NOTHING = new Uint8Array()

/** One JSON list of all records. */
function listOutput({ columns, formats }: OutputOptions): ConsumerOutput {
  let isFirst = true
  const jsonOfRecord = (record: KafkaRecord) =>
    columns.length > 0 ? rowJson(record, columns, formats) : recordJson(record, formats)
  return {
    head: utf8.encode('['),
    chunk(records) {
      const lines = records.map(record => {
        const line = `${isFirst ? '\n' : ',\n'}${jsonOfRecord(record)}`
        isFirst = false
        return line
      })
      return utf8.encode(lines.join(''))
    },
    end: () => utf8.encode('\n]\n'),
  }
}

interface Cell {
  readonly name: string
  readonly value: PlainValue | undefined
}

/** What cannot be computed for a record is left out. */
function cellsOf(
  record: KafkaRecord,
  columns: readonly Column[],
  formats: RecordFormats,
): readonly Cell[] {
  const variables = recordVariables(record, formats)
  return columns.map(({ name, selection }) => {
    const result = selection.evaluate(variables)
    return { name, value: 'failure' in result ? undefined : result.value }
  })
}

function rowJson(record: KafkaRecord, columns: readonly Column[], formats: RecordFormats): string {
  const cells = cellsOf(record, columns, formats)
  const fields = cells.flatMap(({ name, value }) =>
    value === undefined ? [] : [`${JSON.stringify(name)}:${jsonOf(value)}`],
  )
  return `{${fields.join(',')}}`
}

function columnOutput(
  format: 'jsonl' | 'csv' | 'raw',
  { columns, formats }: OutputOptions,
): ConsumerOutput {
  const line = (record: KafkaRecord) => {
    if (format === 'jsonl') return `${rowJson(record, columns, formats)}\n`
    const texts = cellsOf(record, columns, formats).map(({ value }) => cellText(value))
    return format === 'csv'
      ? `${texts.map(csvField).join(',')}\r\n`
      : `${texts.map(text => text ?? '').join('\t')}\n`
  }
  const head = format === 'csv' ? `${columns.map(({ name }) => csvField(name)).join(',')}\r\n` : ''
  return {
    head: utf8.encode(head),
    chunk: records => utf8.encode(records.map(line).join('')),
    end: () => NOTHING,
  }
}

/** Undefined: null, or nothing to be shown. */
function cellText(value: PlainValue | undefined): string | undefined {
  if (value === undefined || value === null) return undefined
  return typeof value === 'string' ? value : jsonOf(value)
}

/** RFC 4180: in quotes where it is empty or holds a comma, a quote or a line end; null is nothing. */
function csvField(text: string | undefined): string {
  if (text === undefined) return ''
  return text === '' || /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

const WIDTHS = [9, 12, 24, 20]
/** Wide enough for most values of a column that is chosen. */
const COLUMN = 20

/** Lines for people: as wide as they need to be, one per record. */
function tableOutput({ columns, formats }: OutputOptions): ConsumerOutput {
  const names =
    columns.length > 0
      ? columns.map(({ name }) => name)
      : ['partition', 'offset', 'time', 'key', 'value']
  const widths =
    columns.length > 0 ? columns.map(({ name }) => Math.max(name.length, COLUMN)) : WIDTHS
  const line = (cells: readonly string[]) =>
    `${cells
      .map((cell, at) => oneLine(cell).padEnd(widths[at] ?? 0))
      .join(' ')
      .trimEnd()}\n`
  const cells = (record: KafkaRecord) =>
    columns.length > 0
      ? cellsOf(record, columns, formats).map(({ value }) =>
          value === undefined ? '' : (cellText(value) ?? 'null'),
        )
      : [
          `${record.partition}`,
          `${record.offset}`,
          timeText(record.timestamp),
          contentText(record.key, formats.key),
          record.error ?? contentText(record.value, formats.value),
        ]
  return {
    head: utf8.encode(line(names)),
    chunk: records => utf8.encode(records.map(record => line(cells(record))).join('')),
    end: () => NOTHING,
  }
}

/** The last time that a date can hold; a client may have sent any number. */
const LAST_TIME = 8.64e15

function timeText(timestamp: number): string {
  if (timestamp < 0) return ''
  return timestamp > LAST_TIME ? `${timestamp}` : new Date(timestamp).toISOString()
}

function contentText(bytes: Uint8Array | null, format: RecordFormats['key']): string {
  if (bytes === null) return format.name === 'none' ? '' : 'null'
  if (format.name !== 'auto') return shown(decode(format, bytes))
  return utf8TextOf(bytes) ?? textOf(bytes, 'base64')
}

/** They move the cursor, change the colour, or turn the direction of what follows. */
const CONTROLS =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g

function oneLine(text: string): string {
  return text
    .replaceAll(/\s*[\r\n]\s*/g, ' ')
    .replaceAll(CONTROLS, control => `\\u${control.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
