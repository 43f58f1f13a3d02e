import type { Clock } from '../base/clock.ts'
import { problemOf, type Problem } from '../base/problem.ts'
import type { Cluster, OutgoingRecord, ProduceOutcome } from '../kafka/cluster.ts'
import type { Ended, ProduceEvent, ProduceResult } from './events.ts'

/** Makes the record number `index` of a run, or says why it cannot be made. */
export type MakeRecord = (
  index: number,
) => { readonly record: OutgoingRecord } | { readonly problem: Problem }

export interface ProduceContext {
  readonly cluster: Cluster
  readonly clock: Clock
  readonly signal: AbortSignal
}

export interface ProduceOptions {
  readonly topic: string
  /** Records to send at once. */
  readonly count: number
  /** Ms from one record to the next; absent: sends once and ends. */
  readonly every?: number
}

/**
 * Sends `count` records in one request, or with `every` one record per interval until the signal
 * aborts, the first after the first interval. If one of the records cannot be made none is sent.
 */
export async function* produce(
  options: ProduceOptions,
  make: MakeRecord,
  context: ProduceContext,
): AsyncGenerator<ProduceEvent> {
  if (options.every !== undefined) yield* produceEvery(options.every, options, make, context)
  else yield* produceOnce(options, make, context)
}

async function* produceOnce(
  { topic, count }: ProduceOptions,
  make: MakeRecord,
  context: ProduceContext,
): AsyncGenerator<ProduceEvent> {
  const made = makeAll(make, 0, count)
  if ('problem' in made) {
    yield { kind: 'ended', reason: 'refused', problem: made.problem }
    return
  }
  yield { kind: 'sending', count }
  const result = await send(topic, made.records, context)
  yield { kind: 'produced', result }
  yield endOf(result, context.signal)
}

async function* produceEvery(
  interval: number,
  { topic }: ProduceOptions,
  make: MakeRecord,
  context: ProduceContext,
): AsyncGenerator<ProduceEvent> {
  const { clock, signal } = context
  let next = clock.now()
  for (let index = 0; ; index++) {
    next = Math.max(next + interval, clock.now())
    yield { kind: 'waiting', until: next }
    if (!(await sleepUntil(next, clock, signal))) break
    const made = makeAll(make, index, 1)
    if ('problem' in made) {
      yield { kind: 'ended', reason: 'refused', problem: made.problem }
      return
    }
    yield { kind: 'sending', count: 1 }
    yield { kind: 'produced', result: await send(topic, made.records, context) }
    if (signal.aborted) break
  }
  yield { kind: 'ended', reason: 'stopped' }
}

/** The longest that a timer can wait: 2^31 - 1 ms, above it fires at once. */
const LONGEST_TIMER = 2_147_483_647

/** Whether the time came before the signal aborted. */
async function sleepUntil(time: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  try {
    for (let left = time - clock.now(); left > 0; left = time - clock.now())
      await clock.sleep(Math.min(left, LONGEST_TIMER), signal)
  } catch {
    return false
  }
  return !signal.aborted
}

function makeAll(
  make: MakeRecord,
  first: number,
  count: number,
): { readonly records: OutgoingRecord[] } | { readonly problem: Problem } {
  const records: OutgoingRecord[] = []
  for (let index = first; index < first + count; index++) {
    const made = make(index)
    if ('problem' in made) return made
    records.push(made.record)
  }
  return { records }
}

async function send(
  topic: string,
  records: readonly OutgoingRecord[],
  { cluster, clock, signal }: ProduceContext,
): Promise<ProduceResult> {
  const started = clock.now()
  const outcomes = await outcomesOf(cluster, topic, records, signal)
  return { topic, outcomes, milliseconds: clock.now() - started }
}

async function outcomesOf(
  cluster: Cluster,
  topic: string,
  records: readonly OutgoingRecord[],
  signal: AbortSignal,
): Promise<readonly ProduceOutcome[]> {
  try {
    return await cluster.produce({ topic, records }, { signal })
  } catch (error) {
    const problem = signal.aborted ? stopped() : problemOf(error)
    return records.map(() => ({ problem }))
  }
}

function stopped(): Problem {
  return {
    code: 'stopped',
    message: 'Stopped while the records were on their way.',
    advice: 'They may have been written: look at the end of the topic before sending them again.',
  }
}

function endOf(result: ProduceResult, signal: AbortSignal): Ended {
  const failed = result.outcomes.filter(({ problem }) => problem)
  const problem = failed[0]?.problem
  if (!problem) return { kind: 'ended', reason: 'done' }
  return { kind: 'ended', reason: signal.aborted ? 'stopped' : 'failed', problem }
}
