import type { Problem } from '../base/problem.ts'
import { parseDuration } from '../language/values/durations.ts'
import { formatDefinitionOf, parseFormat, type WrittenFormat } from '../language/values/formats.ts'
import { parseHeader, parseHeaders, type WrittenHeader } from '../language/values/headers.ts'
import { parsePartitions } from '../language/values/partitions.ts'
import { parsePositions, resolvePositions, type TimeContext } from '../language/values/positions.ts'
import type { Outcome } from '../language/values/outcome.ts'
import { propertyOf, type Block } from '../language/tree.ts'
import { definitionOf } from '../language/vocabulary.ts'
import type { Positions } from '../kafka/reading.ts'
import type { ConsumePlan } from './consuming.ts'

/** What a PRODUCER says, as plain data; texts are templates. */
export interface ProducerPlan {
  readonly topic: string
  readonly key?: string
  /** Null: a tombstone. */
  readonly value: string | null
  readonly headers: readonly (readonly [name: string, value: string | null])[]
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
  /** As it is written: `file(path)` or the schema itself. */
  readonly valueSchema?: string
  readonly partition?: number
  /** Ms between records of a scheduled PRODUCER. */
  readonly every?: number
}

/** What a CONSUMER says: what to read, and how to show it. */
export interface ConsumerPlan extends ConsumePlan {
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
}

export type Planned<T> = { readonly plan: T } | { readonly problem: Problem }

/** Why a block cannot run in this version, whatever it says; undefined: it can. */
export function notThereYet(block: Block): Problem | undefined {
  if (block.kind !== 'PRODUCER' && block.kind !== 'CONSUMER')
    return notYet(`${block.kind} blocks cannot be run so far`)
  for (const { name, value } of block.properties) {
    const definition = definitionOf(block.kind, name)
    if (definition && !definition.runs) return notYet(`"${name}:" cannot be used so far`)
    if (definition?.kind !== 'format' || value === undefined) continue
    const format = parseFormat(value, block.kind === 'PRODUCER' ? 'sending' : 'reading')
    if (format.ok && !formatDefinitionOf(format.value.name)?.runs)
      return notYet(`The format "${format.value.name}" is not there yet`)
  }
  return undefined
}

function notYet(what: string): Problem {
  return { code: 'not-there-yet', message: `${what}.`, advice: 'Nothing was sent or read.' }
}

/** What a PRODUCER sends. The checks of the language have found no error in it. */
export function producerPlan(block: Block): Planned<ProducerPlan> {
  const obstacle = notThereYet(block)
  if (obstacle) return { problem: obstacle }
  const text = (name: string) => propertyOf(block, name)?.value
  const keyFormat = formatOf(block, 'key-format', 'sending')
  const valueFormat = formatOf(block, 'value-format', 'sending')
  const every = optional(text('every'), parseDuration)
  const topic = text('topic')
  if (!topic) return { problem: invalid('The producer needs a "topic:".') }
  for (const read of [keyFormat, valueFormat, every])
    if (!read.ok) return { problem: invalid(read.message) }
  const value = valueOf(block, valued(valueFormat))
  if (value === undefined) return { problem: invalid('The producer has no value.') }
  return {
    plan: {
      topic,
      value,
      headers: headersOf(block),
      ...some('key', text('key') === '' ? undefined : text('key')),
      ...some('keyFormat', valued(keyFormat)),
      ...some('valueFormat', valued(valueFormat)),
      ...some('valueSchema', text('value-schema')),
      ...some('partition', integerOf(text('record-partition'))),
      ...some('every', valued(every)),
    },
  }
}

function valueOf(block: Block, format: WrittenFormat | undefined): string | null | undefined {
  return format?.name === 'null' ? null : block.body?.text
}

/** `headers:` and `header:` in the order of the file. */
function headersOf(block: Block): [string, string | null][] {
  const last = propertyOf(block, 'headers')
  const written = block.properties.flatMap((property): readonly WrittenHeader[] => {
    if (property === last) return parseHeaders(property.value ?? '')
    if (property.name !== 'header') return []
    const header = parseHeader(property.value ?? '')
    return header ? [header] : []
  })
  return written.map(({ name, value }) => [name.text, value === null ? null : value.text])
}

export interface ConsumerSettings extends TimeContext {
  /** Where a CONSUMER without `from` starts if no group says it. */
  readonly defaultOffset: 'earliest' | 'latest'
}

/** What a CONSUMER reads. The checks of the language have found no error in it. */
export function consumerPlan(block: Block, settings: ConsumerSettings): Planned<ConsumerPlan> {
  const obstacle = notThereYet(block)
  if (obstacle) return { problem: obstacle }
  const text = (name: string) => propertyOf(block, name)?.value
  const keyFormat = formatOf(block, 'key-format', 'reading')
  const valueFormat = formatOf(block, 'value-format', 'reading')
  const partitions = optional(text('partitions'), parsePartitions)
  const from = positionsOf(block, 'from', settings)
  const to = positionsOf(block, 'to', settings)
  const topic = text('topic')
  if (!topic) return { problem: invalid('The consumer needs a "topic:".') }
  for (const read of [keyFormat, valueFormat, partitions, from, to])
    if (!read.ok) return { problem: invalid(read.message) }
  return {
    plan: {
      topic,
      fallback: settings.defaultOffset,
      ...some('group', block.group?.text),
      ...some('commit', booleanOf(text('commit'))),
      ...some('isolation', isolationOf(text('isolation'))),
      ...some('limit', integerOf(text('limit'))),
      ...some('partitions', valued(partitions)),
      ...some('from', valued(from)),
      ...some('to', valued(to)),
      ...some('keyFormat', valued(keyFormat)),
      ...some('valueFormat', valued(valueFormat)),
    },
  }
}

function positionsOf(
  block: Block,
  property: 'from' | 'to',
  settings: ConsumerSettings,
): Outcome<Positions | undefined> {
  const text = propertyOf(block, property)?.value
  const written = optional(text, value => parsePositions(value, property))
  if (!written.ok || !written.value) return written as Outcome<undefined>
  const group = block.group?.text
  const start: Positions['all'] =
    group === undefined ? { kind: settings.defaultOffset } : { kind: 'committed', group }
  const otherwise: Positions['all'] = property === 'to' ? { kind: 'latest' } : start
  return { ok: true, value: resolvePositions(written.value, settings, otherwise, group) }
}

function formatOf(
  block: Block,
  property: 'key-format' | 'value-format',
  use: 'sending' | 'reading',
): Outcome<WrittenFormat | undefined> {
  return optional(propertyOf(block, property)?.value, text => parseFormat(text, use))
}

/** An absent or empty property says nothing. */
function optional<T>(
  text: string | undefined,
  parse: (text: string) => Outcome<T>,
): Outcome<T | undefined> {
  return text === undefined || text === '' ? { ok: true, value: undefined } : parse(text)
}

function valued<T>(outcome: Outcome<T>): T | undefined {
  return outcome.ok ? outcome.value : undefined
}

function some<K extends string, T>(name: K, value: T | undefined): Partial<Record<K, T>> {
  return value === undefined ? {} : ({ [name]: value } as Record<K, T>)
}

function integerOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === 'true' ? true : text === 'false' ? false : undefined
}

function isolationOf(text: string | undefined): ConsumePlan['isolation'] {
  return text === 'read_committed' || text === 'read_uncommitted' ? text : undefined
}

function invalid(message: string): Problem {
  return { code: 'invalid', message }
}
