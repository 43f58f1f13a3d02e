import type { Block, KafkaFile } from '../../language/tree.ts'
import { newCollector, type Collector } from '../../report/collect.ts'
import { failureText } from '../../report/failure.ts'
import { nameOf, type BlockOutcome } from '../../report/outcome.ts'
import { counted, numbersOf } from '../../report/words.ts'
import type { BlockProgress, ProduceResult, RunEvent } from '../../run/events.ts'
import { CANCELLED, type BlockResult, type ProducedSummary } from '../../run/results.ts'
import type { BlockState, ManyTotals } from './blockState.ts'

/** Turns what a run tells into what is shown beside its blocks. */
export interface Follower {
  /** The state that the event brings a block to. */
  take(event: RunEvent): { readonly block: number; readonly state: BlockState } | undefined
}

export interface FollowedRun {
  /** As the file is named to people. */
  readonly name: string
  readonly file: KafkaFile
  readonly startedAt: number
  /** The id of the cluster that a block goes to. */
  clusterOf(block: Block): string | undefined
}

export function newFollower(run: FollowedRun): Follower {
  // What the engine tells went through its redaction; labels are the file's own text.
  const collector = newCollector({ ...run, problems: [], redact: text => text })
  const producers = new Map<number, Producing>()
  return {
    take(event) {
      const told = collector.take(event)
      if (event.kind === 'run-started' || event.kind === 'run-ended') return undefined
      const block = run.file.blocks[event.block]
      if (!block) return undefined
      const state =
        block.kind === 'PRODUCER'
          ? producerState(event, producing(producers, event.block), run.clusterOf(block))
          : undefined
      const general = state ?? stateOf(event, told, run)
      return general && { block: event.block, state: general }
    },
  }
}

interface Producing {
  sent: number
  isPaced: boolean
  last?: ProduceResult
  next?: number
  totals?: ManyTotals
}

function producing(all: Map<number, Producing>, block: number): Producing {
  const known = all.get(block) ?? { sent: 0, isPaced: false }
  all.set(block, known)
  return known
}

type BlockEvent = Extract<RunEvent, { readonly block: number }>

/** Undefined: it is shown as that of any block. */
function producerState(
  event: BlockEvent,
  own: Producing,
  clusterId: string | undefined,
): BlockState | undefined {
  switch (event.kind) {
    case 'block-started':
      return { kind: 'sending' }
    case 'block-progress':
      return producerProgress(event.progress, own)
    case 'block-ended':
      return producerEnd(event.result, own, clusterId)
  }
}

function producerProgress(progress: BlockProgress, own: Producing): BlockState | undefined {
  switch (progress.kind) {
    case 'waiting':
      own.isPaced = true
      own.next = progress.until
      return scheduled(own)
    case 'sent':
      own.last = progress.result
      own.sent += progress.result.outcomes.filter(({ problem }) => !problem).length
      return own.isPaced ? scheduled(own) : { kind: 'sending' }
    case 'producing':
      own.totals = progress.totals
      return { kind: 'sendingMany', totals: progress.totals }
    case 'sending':
    case 'reading':
    case 'looking':
    case 'output':
      return own.isPaced ? scheduled(own) : { kind: 'sending' }
  }
}

function scheduled({ sent, last, next }: Producing): BlockState {
  return {
    kind: 'scheduled',
    sent,
    ...(last && { last }),
    ...(next !== undefined && { next }),
  }
}

function producerEnd(
  result: BlockResult,
  own: Producing,
  clusterId: string | undefined,
): BlockState | undefined {
  const { details, status, problem } = result
  if (problem?.code === CANCELLED) return undefined
  const where = clusterId === undefined ? {} : { clusterId }
  if (own.isPaced && own.last && !own.totals && status !== 'failed')
    return { kind: 'stopped', sent: own.sent, last: own.last }
  if (details.kind === 'produced') {
    if (details.result) return { kind: 'produced', result: details.result, ...where }
    const totals = totalsOf(details, result.milliseconds)
    if (totals.sent + totals.failed > 0)
      return { kind: 'producedMany', totals, stopped: status === 'stopped', ...where }
  }
  if (status === 'stopped')
    return { kind: 'stopped', sent: own.sent, ...(own.last && { last: own.last }) }
  return problem && { kind: 'failed', problem }
}

function totalsOf(produced: ProducedSummary, milliseconds: number): ManyTotals {
  const { topic, sent, acknowledged, failed = 0, failures = [], last } = produced
  return {
    topic,
    sent,
    acknowledged,
    failed,
    failures,
    milliseconds,
    ...(last && { last: { outcome: last } }),
  }
}

function stateOf(
  event: BlockEvent,
  told: ReturnType<Collector['take']>,
  { name }: FollowedRun,
): BlockState | undefined {
  switch (event.kind) {
    case 'block-started':
      return { kind: 'running' }
    case 'block-progress':
      return progressState(event.progress)
    case 'block-ended':
      return told && { kind: 'ended', result: event.result, told: wholeText(name, told) }
  }
}

function progressState(progress: BlockProgress): BlockState | undefined {
  switch (progress.kind) {
    case 'reading':
      return { kind: 'running', text: `${counted(progress.read, 'record')} read…` }
    case 'looking':
      return { kind: 'running', text: `${progress.text}…` }
    case 'waiting':
    case 'sending':
    case 'sent':
    case 'producing':
    case 'output':
      return undefined
  }
}

/** All that there is to tell of a block, as it reads in a terminal, and what it captured. */
function wholeText(name: string, told: BlockOutcome): string {
  const { result } = told
  const isGood = result.status === 'passed' || result.status === 'skipped'
  const head = isGood
    ? [
        `${nameOf(told)}  ${numbersOf(result)}`,
        ...(result.notice === undefined ? [] : [`  note: ${result.notice}`]),
      ]
    : [failureText(name, told)]
  const captures = result.captures.map(([key, value]) => `  ${key} = ${value}`)
  return [...head, ...captures].join('\n')
}
