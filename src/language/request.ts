import { integerOf } from '../base/numerals.ts'
import type { Settings } from './settings.ts'
import type { Block } from './tree.ts'
import { parseDuration } from './values/durations.ts'
import { parseFormat, type WrittenFormat } from './values/formats.ts'
import { parseHeader, parseHeaders, type WrittenHeader } from './values/headers.ts'
import type { Outcome } from './values/outcome.ts'
import { parsePartitions, type PartitionRange } from './values/partitions.ts'
import { parsePositions, type WrittenPositions } from './values/positions.ts'

/** What a PRODUCER says, before templates. Values that the checks refuse are left out. */
export interface ProducerRequest {
  readonly topic: string
  /** Template. Absent or empty: no key. */
  readonly key?: string
  /** Template; `null` for a tombstone. Absent: the block has none, and cannot run. */
  readonly value?: string | null
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
  /** `file(path)` or the schema's own text. */
  readonly valueSchema?: SchemaReference
  /** In order, those of `headers:` first; values are templates. */
  readonly headers: readonly { readonly name: string; readonly value: string | null }[]
  /** Templates are allowed here too, so this is text: an integer once they are put in. */
  readonly partition?: string
  readonly everyMs?: number
}

/** What a CONSUMER says. Values that the checks refuse are left out. */
export interface ConsumerRequest {
  readonly topic: string
  /** Absent: browses. */
  readonly group?: string
  readonly from?: WrittenPositions
  readonly to?: WrittenPositions
  /** Absent: all. */
  readonly partitions?: readonly PartitionRange[]
  readonly limit?: number
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
  readonly valueSchema?: SchemaReference
}

export type SchemaReference =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'text'; readonly text: string }

/** Reads a `value-schema:`; the path may stand in quotes. */
export function parseSchema(text: string): SchemaReference {
  if (!text.startsWith('file(') || !text.endsWith(')')) return { kind: 'text', text }
  const path = text.slice(5, -1).trim()
  const unquoted = /^(["'])(.*)\1$/.exec(path)?.[2] ?? path
  return { kind: 'file', path: unquoted }
}

export function producerRequest(block: Block, settings: Settings): ProducerRequest {
  const text = (name: string) => settings.one(block, name)?.value
  const valueFormat = formatOf(text('value-format'), 'sending')
  const value = valueFormat?.name === 'null' ? null : block.body?.text
  const every = text('every')
  const partition = text('record-partition')
  const key = text('key')
  const headers: WrittenHeader[] = [...parseHeaders(text('headers') ?? '')]
  for (const { value: line = '' } of settings.all(block, 'header')) {
    const header = parseHeader(line)
    if (header) headers.push(header)
  }
  return {
    topic: text('topic') ?? '',
    headers: headers.map(header => ({
      name: header.name.text,
      value: header.value === null ? null : header.value.text,
    })),
    ...(key && { key }),
    ...(value !== undefined && { value }),
    ...formatsOf(block, settings, 'sending'),
    ...(every && given('everyMs', parseDuration(every))),
    ...(partition && { partition }),
  }
}

export function consumerRequest(block: Block, settings: Settings): ConsumerRequest {
  const text = (name: string) => settings.one(block, name)?.value
  const from = text('from')
  const to = text('to')
  const partitions = text('partitions')
  const limit = integerOf(text('limit') ?? '')
  return {
    topic: text('topic') ?? '',
    ...(block.group && { group: block.group.text }),
    ...(from && given('from', parsePositions(from))),
    ...(to && given('to', parsePositions(to, 'to'))),
    ...(partitions && given('partitions', parsePartitions(partitions))),
    ...(limit !== undefined && limit > 0n && { limit: Number(limit) }),
    ...formatsOf(block, settings, 'reading'),
  }
}

function formatsOf(
  block: Block,
  settings: Settings,
  use: 'sending' | 'reading',
): Pick<ConsumerRequest, 'keyFormat' | 'valueFormat' | 'valueSchema'> {
  const keyFormat = formatOf(settings.one(block, 'key-format')?.value, use)
  const valueFormat = formatOf(settings.one(block, 'value-format')?.value, use)
  const schema = settings.one(block, 'value-schema')?.value
  return {
    ...(keyFormat && { keyFormat }),
    ...(valueFormat && { valueFormat }),
    ...(schema && { valueSchema: parseSchema(schema) }),
  }
}

function formatOf(text: string | undefined, use: 'sending' | 'reading'): WrittenFormat | undefined {
  const format = text ? parseFormat(text, use) : undefined
  return format?.ok ? format.value : undefined
}

/** `{ name: value }` of a value that could be read, else nothing. */
function given<Name extends string, T>(name: Name, outcome: Outcome<T>): Partial<Record<Name, T>> {
  return outcome.ok ? ({ [name]: outcome.value } as Record<Name, T>) : {}
}
