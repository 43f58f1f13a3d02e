import type { Clock } from '../base/clock.ts'
import type { Disposable } from '../base/dispose.ts'
import { problemOf, type Problem } from '../base/problem.ts'
import type {
  Ask,
  Cluster,
  OutgoingRecord,
  PackedValues,
  ProduceOutcome,
  ProduceRequest,
  ProduceSettings,
  ProduceValuesRequest,
  Transaction,
  ValuesOutcome,
} from '../kafka/cluster.ts'
import type { Ended, ProduceEvent, ProduceResult } from './events.ts'
import type { ProducerPlan } from './producerPlan.ts'
import { Supply, type MadeRecord, type PackedRecords, type RecordSource } from './records/source.ts'
import { newTally, type Tally } from './tally.ts'

export interface ProduceContext {
  readonly cluster: Cluster
  /** Absent: each record counts as soon as it is written. */
  readonly transaction?: Transaction
  readonly clock: Clock
  readonly signal: AbortSignal
}

/** How a plan's records are sent. */
export type ProduceOptions = Pick<
  ProducerPlan,
  'topic' | 'every' | 'rate' | 'stopAfter' | 'acks' | 'compression' | 'idempotent'
>

/**
 * Sends what a source gives: few records in one request, many piece by piece, with `rate` so many a
 * second, with `every` the first at once and then one per interval. Ends with the source, after
 * `stopAfter`, or when the signal aborts; what is on its way then is waited for, so that what was
 * acknowledged is known.
 */
export async function* produce(
  options: ProduceOptions,
  source: RecordSource,
  context: ProduceContext,
): AsyncGenerator<ProduceEvent> {
  const { clock, signal } = context
  const startedAt = clock.now()
  const supply = new Supply(source, signal)
  const grace = newGrace(signal, clock)
  const run: Run = {
    options,
    supply,
    context: { ...context, signal: grace.signal },
    stop: signal,
    tally: newTally(options.topic, startedAt, () => clock.now()),
    until: options.stopAfter === undefined ? Infinity : startedAt + options.stopAfter,
  }
  const packedSend = packedSendOf(source, context)
  try {
    if (options.every !== undefined) yield* produceEvery(options.every, run)
    else if (options.rate !== undefined) yield* produceAtRate(options.rate, run)
    else if (source.whole) yield* produceOnce(run)
    else if (packedSend) yield* producePacked(packedSend, run)
    else yield* produceMany(run)
  } finally {
    grace.dispose()
    await supply.close()
  }
}

interface Run {
  readonly options: ProduceOptions
  readonly supply: Supply
  /** Its signal aborts a while after the run is stopped. */
  readonly context: ProduceContext
  readonly stop: AbortSignal
  readonly tally: Tally
  /** Ms since the epoch: no record is sent at that time or later. */
  readonly until: number
}

/** How long a stopped run waits for what is on its way, ms. */
const GRACE_MS = 3_000

/** A signal that aborts a while after another one; disposed, it waits no longer. */
function newGrace(
  signal: AbortSignal,
  clock: Clock,
): Disposable & { readonly signal: AbortSignal } {
  const late = new AbortController()
  const over = new AbortController()
  const begin = () => {
    void clock.sleep(GRACE_MS, over.signal).then(
      () => late.abort(signal.reason),
      () => undefined,
    )
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  return {
    signal: late.signal,
    dispose() {
      signal.removeEventListener('abort', begin)
      over.abort(new Error('The run has ended.'))
    },
  }
}

async function* produceOnce(run: Run): AsyncGenerator<ProduceEvent> {
  const made: Sendable[] = []
  for (;;) {
    const piece = await run.supply.take(PIECE_RECORDS)
    if (piece.length === 0) break
    for (const each of piece) {
      if ('problem' in each) {
        yield { kind: 'ended', reason: 'refused', problem: each.problem }
        return
      }
      made.push(each)
    }
  }
  if (run.stop.aborted) {
    yield { kind: 'ended', reason: 'stopped' }
    return
  }
  yield { kind: 'sending', count: made.length }
  yield { kind: 'produced', result: await send(made, run) }
  yield endOf(run)
}

async function* produceEvery(interval: number, run: Run): AsyncGenerator<ProduceEvent> {
  const { supply, stop, until } = run
  const { clock } = run.context
  let next = clock.now()
  for (let isFirst = true; !stop.aborted && (await supply.hasMore()); isFirst = false) {
    if (!isFirst) {
      next = Math.max(next + interval, clock.now())
      if (next >= until) break
      yield { kind: 'waiting', until: next }
      if (!(await sleepUntil(next, clock, stop))) break
    }
    const [made] = await supply.take(1)
    if (!made) break
    if ('problem' in made && isFirst) {
      yield { kind: 'ended', reason: 'refused', problem: made.problem }
      return
    }
    yield* sendScheduled(made, run)
  }
  yield endOf(run)
}

async function* sendScheduled(made: MadeRecord, run: Run): AsyncGenerator<ProduceEvent> {
  const { topic } = run.options
  if ('problem' in made) {
    run.tally.notMade(made.problem)
    yield { kind: 'produced', result: { topic, outcomes: [made], milliseconds: 0 } }
    return
  }
  yield { kind: 'sending', count: 1 }
  yield { kind: 'produced', result: await send([made], run) }
}

/** A run that falls behind so far does not make it good: it would be a flood. */
const MOST_BEHIND_MS = 1_000

/** The record number i is due i/rate seconds after the first: what is late does not add up. */
async function* produceAtRate(rate: number, run: Run): AsyncGenerator<ProduceEvent> {
  const { supply, stop, until, tally } = run
  const { clock } = run.context
  const told = teller(run)
  let origin = clock.now()
  let taken = 0
  while (!stop.aborted && (await supply.hasMore())) {
    const due = origin + (taken * 1000) / rate
    if (due >= until || !(await sleepUntil(due, clock, stop))) break
    const behind = clock.now() - due
    if (behind > MOST_BEHIND_MS) origin += behind - MOST_BEHIND_MS
    const most = Math.floor((Math.min(clock.now(), until) - origin) * (rate / 1000)) + 1 - taken
    const piece = await supply.take(Math.min(Math.max(most, 1), PIECE_RECORDS))
    if (piece.length === 0) break
    const problem = taken === 0 ? undefinedAtFirst(piece) : undefined
    if (problem) {
      yield { kind: 'ended', reason: 'refused', problem }
      return
    }
    taken += piece.length
    const result = await send(sendable(piece, tally), run)
    yield* told()
    if (mustEnd(result, run)) break
  }
  yield endOf(run)
}

/** Sent in one piece: large enough for whole batches, small enough to be held twice. */
const PIECE_RECORDS = 10_000
const PIECE_BYTES = 2 * 1024 * 1024

/** While one piece is on its way, the next one is made. */
async function* produceMany(run: Run): AsyncGenerator<ProduceEvent> {
  const { stop, until, tally } = run
  const { clock } = run.context
  const told = teller(run)
  let pending: Promise<ProduceResult> | undefined
  for (let isFirst = true; !stop.aborted && clock.now() < until; isFirst = false) {
    const piece = await takePiece(run.supply)
    const result = await pending
    if (piece.length === 0 || (result && mustEnd(result, run))) break
    const problem = isFirst ? undefinedAtFirst(piece) : undefined
    if (problem) {
      yield { kind: 'ended', reason: 'refused', problem }
      return
    }
    pending = send(sendable(piece, tally), run)
    yield* told()
  }
  await pending
  yield endOf(run)
}

interface PackedSend {
  readonly records: PackedRecords
  readonly send: (request: ProduceValuesRequest, ask: Ask) => Promise<readonly ValuesOutcome[]>
}

function packedSendOf(
  { packed }: RecordSource,
  { cluster, transaction }: ProduceContext,
): PackedSend | undefined {
  const to: Pick<Cluster, 'produceValues'> = transaction ?? cluster
  const send = to.produceValues?.bind(to)
  return packed && send && { records: packed, send }
}

/**
 * As `produceMany`, where a record is no more than a place in the bytes of a file. While one piece is
 * on its way the next one is ready to go, and the one after it is read.
 */
async function* producePacked(
  { records, send }: PackedSend,
  run: Run,
): AsyncGenerator<ProduceEvent> {
  const { stop, until, tally } = run
  const { clock } = run.context
  const told = teller(run)
  const pieces = records.pieces(stop)
  const mayGoOn = (outcomes: ProduceResult['outcomes']) =>
    !stop.aborted && clock.now() < until && !mustEnd({ outcomes }, run)
  let first: Promise<ProduceResult['outcomes']> | undefined
  let second: typeof first
  try {
    for (let isFirst = true; !stop.aborted && clock.now() < until; isFirst = false) {
      const next = await pieces.next()
      const outcomes = await first
      if (next.done || (outcomes && mustEnd({ outcomes }, run))) break
      const { values, problems } = next.value
      const [problem] = problems
      if (isFirst && values.count === 0 && problem && problem.code !== 'bad-row') {
        yield { kind: 'ended', reason: 'refused', problem }
        return
      }
      for (const each of problems) tally.notMade(each)
      first = second
      second = sendPacked(records, send, values, run, first?.then(mayGoOn))
      yield* told()
    }
  } finally {
    await first
    await second
    await pieces.return(undefined)
  }
  yield endOf(run)
}

async function takePiece(supply: Supply): Promise<readonly MadeRecord[]> {
  const piece: MadeRecord[] = []
  let bytes = 0
  while (piece.length < PIECE_RECORDS && bytes < PIECE_BYTES) {
    const more = await supply.take(PIECE_RECORDS - piece.length)
    if (more.length === 0) break
    for (const each of more) {
      piece.push(each)
      if ('record' in each)
        bytes += (each.record.value?.length ?? 0) + (each.record.key?.length ?? 0)
    }
  }
  return piece
}

/** What holds for the first record holds for all of them, unless it is the row that is wrong. */
function undefinedAtFirst(piece: readonly MadeRecord[]): Problem | undefined {
  const [first] = piece
  return first && 'problem' in first && first.problem.code !== 'bad-row' ? first.problem : undefined
}

/**
 * Of a transaction nothing counts any more; and where nothing of a piece is written, for other
 * reasons than what its records are, the rest would not be either.
 */
function mustEnd({ outcomes }: Pick<ProduceResult, 'outcomes'>, { context, tally }: Run): boolean {
  if (context.transaction && tally.totals().failed > 0) return true
  return (
    outcomes.length > 0 &&
    outcomes.every(({ problem }) => problem) &&
    outcomes.some(({ problem }) => problem && !OF_THE_RECORD.has(problem.code))
  )
}

const OF_THE_RECORD: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
  'CORRUPT_MESSAGE',
  'no-such-partition',
  'not-sent',
])

const TELL_MS = 250

/** Tells how far a run has come, not more often than it can be read. */
function teller({ tally, context }: Run): () => Generator<ProduceEvent> {
  let last = -Infinity
  return function* () {
    const now = context.clock.now()
    if (now - last < TELL_MS) return
    last = now
    yield { kind: 'progress', totals: tally.totals() }
  }
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

interface Sendable {
  readonly record: OutgoingRecord
  readonly topic: string
}

/** Those that were made; the others are counted. */
function sendable(piece: readonly MadeRecord[], tally: Tally): readonly Sendable[] {
  const made: Sendable[] = []
  for (const each of piece) {
    if ('record' in each) made.push(each)
    else tally.notMade(each.problem)
  }
  return made
}

/** Sends to each topic what goes to it, and counts what becomes of it. */
async function send(records: readonly Sendable[], run: Run): Promise<ProduceResult> {
  const { clock } = run.context
  const started = clock.now()
  const first = records[0]?.topic
  if (first !== undefined && records.every(({ topic }) => topic === first)) {
    const some = records.map(({ record }) => record)
    run.tally.sent(first, some.length)
    const outcomes = await outcomesOf(first, some, run)
    some.forEach((record, i) => run.tally.outcome(first, record, outcomes[i] ?? {}))
    return { topic: first, outcomes, milliseconds: clock.now() - started }
  }
  const outcomes: ProduceOutcome[] = []
  const byTopic = new Map<string, number[]>()
  records.forEach(({ topic }, i) => {
    const list = byTopic.get(topic)
    if (list) list.push(i)
    else byTopic.set(topic, [i])
  })
  await Promise.all(
    [...byTopic].map(async ([topic, indexes]) => {
      const some = indexes.flatMap(index => records[index]?.record ?? [])
      run.tally.sent(topic, some.length)
      const found = await outcomesOf(topic, some, run)
      indexes.forEach((index, i) => (outcomes[index] = found[i] ?? {}))
    }),
  )
  records.forEach(({ record, topic }, i) => run.tally.outcome(topic, record, outcomes[i] ?? {}))
  return { topic: run.options.topic, outcomes, milliseconds: clock.now() - started }
}

function settingsOf({ options, context: { transaction } }: Run): ProduceSettings {
  const { acks, compression, idempotent } = options
  return {
    ...(acks && { acks }),
    ...(compression && { compression }),
    ...(idempotent && !transaction && { idempotent }),
  }
}

async function outcomesOf(
  topic: string,
  records: readonly OutgoingRecord[],
  run: Run,
): Promise<readonly ProduceOutcome[]> {
  const { cluster, transaction, signal } = run.context
  const request: ProduceRequest = { topic, records, ...settingsOf(run) }
  try {
    return await (transaction ?? cluster).produce(request, { signal })
  } catch (error) {
    const problem = signal.aborted ? stopped() : problemOf(error)
    return records.map(() => ({ problem }))
  }
}

/**
 * Sends values in one call, and counts what becomes of them: one outcome for each batch. None: they
 * were not sent, because of what was before them.
 */
async function sendPacked(
  { topic, common }: PackedRecords,
  send: PackedSend['send'],
  values: PackedValues,
  run: Run,
  after: Promise<boolean> | undefined,
): Promise<readonly ProduceOutcome[]> {
  const { tally, context } = run
  const { signal } = context
  if (values.count === 0) {
    await after
    return []
  }
  const begin = () => {
    tally.sent(topic, values.count)
    return true
  }
  const before = after ? { after: after.then(isOn => isOn && begin()) } : (begin(), {})
  let outcomes: readonly ValuesOutcome[]
  try {
    outcomes = await send({ topic, values, common, ...settingsOf(run), ...before }, { signal })
  } catch (error) {
    const problem = signal.aborted ? stopped() : problemOf(error)
    outcomes = [{ count: values.count, outcome: { problem } }]
  }
  let end = 0
  for (const { count, outcome } of outcomes) {
    end += count
    const [from = 0, to = 0] = values.bounds.subarray(2 * end - 2, 2 * end)
    // The bytes are used again for what comes later.
    tally.outcomes(topic, count, { ...common, value: values.bytes.slice(from, to) }, outcome)
  }
  return outcomes.map(({ outcome }) => outcome)
}

function stopped(): Problem {
  return {
    code: 'stopped',
    message: 'Stopped while the records were on their way.',
    advice: 'They may have been written: look at the end of the topic before sending them again.',
  }
}

function endOf({ tally, stop }: Run): Ended {
  const totals = tally.totals()
  const [problem] = totals.failures
  if (stop.aborted) return { kind: 'ended', reason: 'stopped', ...(problem && { problem }), totals }
  return problem
    ? { kind: 'ended', reason: 'failed', problem, totals }
    : { kind: 'ended', reason: 'done', totals }
}
