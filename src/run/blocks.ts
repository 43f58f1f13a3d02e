import type { Problem } from '../base/problem.ts'
import { isViewable } from '../language/runnable.ts'
import { parseFormat, type WrittenFormat } from '../language/values/formats.ts'
import { parsePartitions } from '../language/values/partitions.ts'
import { parsePositions, resolvePositions, type TimeContext } from '../language/values/positions.ts'
import type { Outcome } from '../language/values/outcome.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import type { Position, Positions } from '../kafka/reading.ts'
import type { ConsumePlan } from './consuming.ts'
import {
  booleanOf,
  integerOf,
  invalid,
  notThereYet,
  optional,
  readerOf,
  some,
  valued,
  type Planned,
} from './planned.ts'

/** What a CONSUMER says: what to read, and how to show it. */
export interface ConsumerPlan extends ConsumePlan {
  readonly keyFormat?: WrittenFormat
  readonly valueFormat?: WrittenFormat
}

export interface ConsumerSettings extends TimeContext {
  /** Where a CONSUMER without `from` starts if no group says it. */
  readonly defaultOffset: 'earliest' | 'latest'
}

/** What a CONSUMER reads whose records are shown in a view. The checks of the language have found no error in it. */
export function consumerPlan(
  file: KafkaFile,
  block: Block,
  settings: ConsumerSettings,
): Planned<ConsumerPlan> {
  const later = notThereYet(file, block)
  if (later) return { problem: later }
  return isViewable(file, block)
    ? wholeConsumerPlan(file, block, settings)
    : { problem: NOT_VIEWABLE }
}

const NOT_VIEWABLE: Problem = {
  code: 'not-viewable',
  message: 'What this CONSUMER says cannot be shown in a view of records.',
  advice: 'Run it as a block of its file.',
}

/** The same of one that is run and prints its records; its templates are put in already. */
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

function isolationOf(text: string | undefined): ConsumePlan['isolation'] {
  return text === 'read_committed' || text === 'read_uncommitted' ? text : undefined
}
