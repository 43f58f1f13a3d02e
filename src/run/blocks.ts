import type { Problem } from '../base/problem.ts'
import { parseDuration } from '../language/values/durations.ts'
import { runnableOf } from '../language/runnable.ts'
import { settingsOf, type Settings } from '../language/settings.ts'
import { parseFormat, type WrittenFormat } from '../language/values/formats.ts'
import { parseHeader, parseHeaders, type WrittenHeader } from '../language/values/headers.ts'
import { parsePartitions } from '../language/values/partitions.ts'
import { parsePositions, resolvePositions, type TimeContext } from '../language/values/positions.ts'
import type { Outcome } from '../language/values/outcome.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import type { Position, Positions } from '../kafka/reading.ts'
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

/** What a PRODUCER sends. The checks of the language have found no error in it. */
export function producerPlan(file: KafkaFile, block: Block): Planned<ProducerPlan> {
  const later = notThereYet(file, block)
  return later ? { problem: later } : wholeProducerPlan(file, block)
}

/** The same of what runs in a run of a whole file, and not yet in an editor. */
export function wholeProducerPlan(file: KafkaFile, block: Block): Planned<ProducerPlan> {
  const read = readerOf(file, block)
  const keyFormat = optional(read('key-format'), text => parseFormat(text, 'sending'))
  const valueFormat = optional(read('value-format'), text => parseFormat(text, 'sending'))
  const every = optional(read('every'), parseDuration)
  const topic = read('topic')
  if (!topic) return invalid('The producer needs a "topic:".')
  for (const outcome of [keyFormat, valueFormat, every])
    if (!outcome.ok) return invalid(outcome.message)
  const value = valued(valueFormat)?.name === 'null' ? null : block.body?.text
  if (value === undefined) return invalid('The producer has no value.')
  return {
    plan: {
      topic,
      value,
      headers: headersOf(settingsOf(file), block),
      ...some('key', read('key')),
      ...some('keyFormat', valued(keyFormat)),
      ...some('valueFormat', valued(valueFormat)),
      ...some('valueSchema', read('value-schema')),
      ...some('partition', integerOf(read('record-partition'))),
      ...some('every', valued(every)),
    },
  }
}

/** Why a block does not run in this version, whatever it says; undefined: it does. */
function notThereYet(file: KafkaFile, block: Block): Problem | undefined {
  const runnable = runnableOf(file)(block)
  return runnable.runs ? undefined : { code: 'not-there-yet', message: runnable.reason }
}

/** The value of a property that counts; an empty one says nothing. */
function readerOf(file: KafkaFile, block: Block): (name: string) => string | undefined {
  const settings = settingsOf(file)
  return name => {
    const value = settings.one(block, name)?.value
    return value === '' ? undefined : value
  }
}

/** `headers:` and `header:` in the order of the file. */
function headersOf(settings: Settings, block: Block): [string, string | null][] {
  const line = settings.one(block, 'headers')
  const lines = [...settings.all(block, 'header'), ...(line ? [line] : [])]
  return lines
    .sort((a, b) => a.line - b.line)
    .flatMap((property): readonly WrittenHeader[] => {
      if (property === line) return parseHeaders(property.value ?? '')
      const header = parseHeader(property.value ?? '')
      return header ? [header] : []
    })
    .map(({ name, value }) => [name.text, value === null ? null : value.text])
}

export interface ConsumerSettings extends TimeContext {
  /** Where a CONSUMER without `from` starts if no group says it. */
  readonly defaultOffset: 'earliest' | 'latest'
}

/** What a CONSUMER reads. The checks of the language have found no error in it. */
export function consumerPlan(
  file: KafkaFile,
  block: Block,
  settings: ConsumerSettings,
): Planned<ConsumerPlan> {
  const later = notThereYet(file, block)
  return later ? { problem: later } : wholeConsumerPlan(file, block, settings)
}

/** The same of what runs in a run of a whole file, and not yet in an editor. */
export function wholeConsumerPlan(
  file: KafkaFile,
  block: Block,
  settings: ConsumerSettings,
): Planned<ConsumerPlan> {
  const read = readerOf(file, block)
  const keyFormat = optional(read('key-format'), text => parseFormat(text, 'reading'))
  const valueFormat = optional(read('value-format'), text => parseFormat(text, 'reading'))
  const partitions = optional(read('partitions'), parsePartitions)
  const group = block.group?.text
  const from = positionsOf(read('from'), 'from', group, settings)
  const to = positionsOf(read('to'), 'to', group, settings)
  const topic = read('topic')
  if (!topic) return invalid('The consumer needs a "topic:".')
  for (const outcome of [keyFormat, valueFormat, partitions, from, to])
    if (!outcome.ok) return invalid(outcome.message)
  for (const [name, understood] of [
    ['commit', booleanOf(read('commit'))],
    ['isolation', isolationOf(read('isolation'))],
  ] as const) {
    const text = read(name)
    // A word that is dropped could do the opposite of what stands there.
    if (text && understood === undefined) return invalid(`"${text}" is not a value of "${name}:".`)
  }
  return {
    plan: {
      topic,
      fallback: settings.defaultOffset,
      ...some('group', group),
      ...some('commit', booleanOf(read('commit'))),
      ...some('isolation', isolationOf(read('isolation'))),
      ...some('limit', integerOf(read('limit'))),
      ...some('partitions', valued(partitions)),
      ...some('from', valued(from)),
      ...some('to', valued(to)),
      ...some('keyFormat', valued(keyFormat)),
      ...some('valueFormat', valued(valueFormat)),
    },
  }
}

function positionsOf(
  text: string | undefined,
  property: 'from' | 'to',
  group: string | undefined,
  settings: ConsumerSettings,
): Outcome<Positions | undefined> {
  const written = optional(text, value => parsePositions(value, property))
  if (!written.ok) return written
  if (!written.value) return { ok: true, value: undefined }
  const start: Position =
    group === undefined ? { kind: settings.defaultOffset } : { kind: 'committed', group }
  const otherwise: Position = property === 'to' ? { kind: 'latest' } : start
  return { ok: true, value: resolvePositions(written.value, settings, otherwise, group) }
}

function optional<T>(
  text: string | undefined,
  parse: (text: string) => Outcome<T>,
): Outcome<T | undefined> {
  return text === undefined ? { ok: true, value: undefined } : parse(text)
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

function invalid(message: string): { readonly problem: Problem } {
  return { problem: { code: 'invalid', message } }
}
