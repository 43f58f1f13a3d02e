import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { Condition } from '../expression/compile.ts'
import { AUTO, type RecordFormats } from '../kafka/format.ts'
import { recordAt, type RecordPage } from '../kafka/page.ts'
import type { PartitionProgress } from '../kafka/reading.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import { parseDuration } from '../language/values/durations.ts'
import { parseFile } from '../language/values/files.ts'
import { unreadable } from '../formats/records/recordWriter.ts'
import { notAgreed, refused, templateContext, type BlockRun, type Outcome } from './blockRun.ts'
import { wholeConsumerPlan, type ConsumerPlan } from './blocks.ts'
import { capture, recordCaptures, type Capture } from './capturing.ts'
import { conditionsOf } from './conditions.ts'
import {
  columnsOf,
  consumerOutput,
  type ConsumerOutput,
  type OutputFormat,
} from './consumerOutput.ts'
import { decide, type Decision } from './consuming.ts'
import { slept } from './deadline.ts'
import { fillBlock, type FilledBlock } from './filled.ts'
import type { FileSink } from './ports.ts'
import { recordVariables } from './recordVariables.ts'
import { withoutSecrets } from './withoutSecrets.ts'

/** What a CONSUMER with an end does, as plain data. */
interface ReadingPlan {
  readonly plan: ConsumerPlan
  readonly formats: RecordFormats
  readonly filters: readonly Condition[]
  readonly captures: readonly Capture[]
  readonly output: ConsumerOutput
  /** The file that is written. */
  readonly path?: string
  /** Ms without a record after which it ends. */
  readonly idle?: number
}

/** Runs a CONSUMER up to its end. One without an end is skipped: it would never be over. */
export async function runConsumer(run: BlockRun): Promise<Outcome> {
  const filled = fillBlock(run.file, run.block, templateContext(run))
  if ('problem' in filled) return refused(filled.problem)
  const planned = readingPlan(filled, run)
  if ('problem' in planned) return refused(planned.problem)
  const { plan, idle } = planned
  if (!plan.to && plan.limit === undefined && idle === undefined)
    return { status: 'skipped', notice: NO_END }
  const decision = await decide(plan, {
    cluster: run.target.cluster,
    signal: run.signal,
    isOurs: memberId => run.ports.isOurs(memberId),
  })
  // The file is in order: what the cluster has does not fit it.
  if (decision.mode === 'refuse') return { status: 'failed', problem: decision.problem }
  if (decision.mode === 'join') {
    const disagreed = await notAgreed(
      run,
      `read "${plan.topic}" in group "${plan.group ?? ''}", which commits offsets`,
    )
    if (disagreed) return disagreed
  }
  return consume(planned, decision, run)
}

const NO_END = 'It has no end: give it "to:", "limit:" or "idle-timeout:".'

function readingPlan(
  filled: FilledBlock,
  { defaultOffset, ports, session }: BlockRun,
): ReadingPlan | { readonly problem: Problem } {
  const { file, block, one, all } = filled
  const settings = { defaultOffset, now: ports.clock.now(), toLocalEpoch: ports.toLocalEpoch }
  const planned = wholeConsumerPlan(file, block, settings)
  if ('problem' in planned) return planned
  const { plan } = planned
  const formats = { key: plan.keyFormat ?? TEXT, value: plan.valueFormat ?? AUTO }
  const filters = conditionsOf(all('filter'))
  if ('problem' in filters) return filters
  const captures = recordCaptures(all('capture'))
  if ('problem' in captures) return captures
  const columns = columnsOf(one('select'))
  if ('problem' in columns) return columns
  const idle = one('idle-timeout')
  const duration = idle === undefined ? undefined : parseDuration(idle)
  if (duration && !duration.ok) return { problem: { code: 'K206', message: duration.message } }
  const target = one('output-to')
  const path = target === undefined ? undefined : parseFile(target)
  if (target !== undefined && path === undefined)
    return {
      problem: {
        code: 'K202',
        message: `"output-to: ${target}" names no file: write output-to: file(./path).`,
      },
    }
  const format = formatOf(one('output'), path)
  const output = consumerOutput(format, { topic: plan.topic, formats, ...columns })
  return {
    plan,
    formats,
    output: withoutSecrets(output, format, session.redaction),
    filters: filters.conditions,
    captures: captures.captures,
    ...(path !== undefined && { path }),
    ...(duration && { idle: duration.value }),
  }
}

const TEXT = { name: 'string', parameters: [] }

const FORMATS: readonly OutputFormat[] = ['table', 'json', 'jsonl', 'csv', 'raw']

/** By the name of the file, where `output:` does not say it. */
function formatOf(text: string | undefined, path: string | undefined): OutputFormat {
  const format = FORMATS.find(each => each === text)
  if (format) return format
  if (path === undefined) return 'table'
  return /\.csv$/i.test(path) ? 'csv' : /\.json$/i.test(path) ? 'json' : 'jsonl'
}

/** What is told while it reads, and where the records go. */
interface Reading {
  read: number
  matched: number
  last: KafkaRecord | undefined
  failures: { readonly count: number; readonly first?: string }
  problem: Problem | undefined
  /** Why it does not start where it was to. */
  readonly moved: string[]
  write(records: readonly KafkaRecord[]): Promise<void>
}

async function consume(
  planned: ReadingPlan,
  decision: Exclude<Decision, { readonly mode: 'refuse' }>,
  run: BlockRun,
): Promise<Outcome> {
  const sink = planned.path === undefined ? undefined : await run.ports.files.write(planned.path)
  const print = printer(planned, sink, run)
  const reading: Reading = {
    read: 0,
    matched: 0,
    last: undefined,
    failures: { count: 0 },
    problem: undefined,
    moved: [],
    write: print,
  }
  const stop = new AbortController()
  const idle = idleTimer(planned.idle, run, stop)
  const signal = AbortSignal.any([run.signal, stop.signal])
  try {
    await writeBytes(planned.output.head, sink, run)
    if (decision.mode === 'browse') await browse(planned, decision, run, reading, idle, signal)
    else await join(planned, decision, run, reading, idle, signal)
  } catch (error) {
    if (!signal.aborted) reading.problem ??= problemOf(error)
  } finally {
    idle.dispose()
  }
  const { reason }: { readonly reason: unknown } = stop.signal
  if (reason instanceof ProblemError) reading.problem ??= reason.problem
  stop.abort()
  return ended(planned, decision, reading, sink, run)
}

async function ended(
  planned: ReadingPlan,
  decision: Decision,
  { read, matched, last, failures, problem, moved }: Reading,
  sink: FileSink | undefined,
  run: BlockRun,
): Promise<Outcome> {
  const unwritten = await finish(planned, sink, run)
  const notices = [
    ...(decision.mode === 'browse' && decision.notice !== undefined ? [decision.notice] : []),
    ...moved,
    ...(failures.count > 0 ? [failuresText(failures)] : []),
  ]
  const captured = last && capture(planned.captures, recordVariables(last, planned.formats))
  const missing = captured && 'problem' in captured ? captured.problem : undefined
  const trouble = problem ?? unwritten ?? missing
  return {
    status: trouble ? 'failed' : run.signal.aborted ? 'stopped' : 'passed',
    ...(trouble && { problem: trouble }),
    details: {
      kind: 'consumed',
      topic: planned.plan.topic,
      read,
      matched,
      ...(planned.path !== undefined && { output: planned.path }),
    },
    ...(notices.length > 0 && { notice: notices.join(' ') }),
    ...(captured && 'values' in captured && { captures: captured.values }),
  }
}

/** What was read counts, also where reading was stopped. The problem: it could not be written. */
async function finish(
  planned: ReadingPlan,
  sink: FileSink | undefined,
  run: BlockRun,
): Promise<Problem | undefined> {
  try {
    await writeBytes(planned.output.end(), sink, run)
    await sink?.close()
    return undefined
  } catch (error) {
    await sink?.discard()
    return problemOf(error)
  }
}

function failuresText({ count, first }: Reading['failures']): string {
  const which = count === 1 ? 'One record' : `${count} records`
  return `${which} could not be filtered and did not match: ${first ?? ''}`
}

function printer(planned: ReadingPlan, sink: FileSink | undefined, run: BlockRun) {
  return async (records: readonly KafkaRecord[]): Promise<void> => {
    if (records.length > 0) await writeBytes(planned.output.chunk(records), sink, run)
  }
}

async function writeBytes(
  bytes: Uint8Array,
  sink: FileSink | undefined,
  { print }: BlockRun,
): Promise<void> {
  if (bytes.length === 0) return
  if (sink) await sink.write(bytes)
  else await print(bytes)
}

async function browse(
  { plan, filters, formats }: ReadingPlan,
  { request }: Extract<Decision, { readonly mode: 'browse' }>,
  { target, tell }: BlockRun,
  reading: Reading,
  idle: IdleTimer,
  signal: AbortSignal,
): Promise<void> {
  const expressions = filters.map(({ text }) => text)
  const filter = expressions.length > 0 ? { filter: { expressions, formats } } : {}
  const problems = new Map<number, Problem>()
  for await (const update of target.cluster.read({ ...request, ...filter }, { signal })) {
    const records = update.pages.flatMap(recordsOf)
    for (const { errors } of update.pages)
      reading.moved.push(...errors.flatMap(({ moved, message }) => (moved ? message : [])))
    idle.hear(records.length > 0)
    await reading.write(records)
    reading.last = records.findLast(({ error }) => error === undefined) ?? reading.last
    reading.read = update.recordsRead
    reading.matched = update.recordsMatched ?? update.recordsRead
    if (update.filterFailures) reading.failures = update.filterFailures
    noteProblems(update.progress, problems)
    tell({ kind: 'reading', read: reading.read, matched: reading.matched })
    if (plan.limit !== undefined && reading.matched >= plan.limit) break
  }
  const [first] = problems
  if (first)
    reading.problem = { ...first[1], message: `Partition ${first[0]}: ${first[1].message}` }
}

function noteProblems(
  progress: readonly PartitionProgress[],
  problems: Map<number, Problem>,
): void {
  for (const { partition, problem } of progress) {
    if (problem) problems.set(partition, problem)
    else problems.delete(partition)
  }
}

/** With what could not be read, in the order of the offsets. */
function recordsOf(page: RecordPage): readonly KafkaRecord[] {
  const records = Array.from({ length: page.count }, (_, index) => recordAt(page, index))
  const errors = page.errors.flatMap(error => (error.moved ? [] : unreadable(page, error)))
  if (errors.length === 0) return records
  return [...records, ...errors].sort((a, b) => (a.offset < b.offset ? -1 : 1))
}

async function join(
  { filters, formats }: ReadingPlan,
  { request }: Extract<Decision, { readonly mode: 'join' }>,
  { target, tell }: BlockRun,
  reading: Reading,
  idle: IdleTimer,
  signal: AbortSignal,
): Promise<void> {
  const fitting = new WeakMap<KafkaRecord, boolean>()
  const fits = (record: KafkaRecord) => {
    const found =
      fitting.get(record) ?? filters.every(filter => holds(filter, record, formats, reading))
    fitting.set(record, found)
    return found
  }
  for await (const update of target.cluster.join({ ...request, counts: fits }, { signal })) {
    if (update.kind === 'problem') {
      reading.problem = update.problem
      continue
    }
    idle.hear(update.kind === 'records')
    if (update.kind !== 'records') continue
    reading.problem = undefined
    const matching = update.records.filter(fits)
    await reading.write(matching)
    reading.last = matching.at(-1) ?? reading.last
    reading.read += update.records.length
    reading.matched += matching.length
    tell({ kind: 'reading', read: reading.read, matched: reading.matched })
    // At the limit it ends by itself. Who breaks off was not done with the records: no commit.
  }
}

function holds(
  filter: Condition,
  record: KafkaRecord,
  formats: RecordFormats,
  reading: Reading,
): boolean {
  const result = filter.evaluate(recordVariables(record, formats))
  if (typeof result === 'boolean') return result
  reading.failures = {
    count: reading.failures.count + 1,
    first: reading.failures.first ?? result.failure,
  }
  return false
}

interface IdleTimer {
  /** It reads; `news`: a record came. */
  hear(news: boolean): void
  dispose(): void
}

/** How long connecting, or being let into a group, may take: nobody can be idle before, ms. */
const TO_BEGIN_MS = 60_000

const NOT_BEGUN: Problem = {
  code: 'not-read',
  message: 'Reading did not begin within a minute.',
  advice: 'Look whether the brokers are well.',
}

/** Ends reading when no record came for so long, counted from when it began. */
function idleTimer(
  idle: number | undefined,
  { ports, signal }: BlockRun,
  stop: AbortController,
): IdleTimer {
  if (idle === undefined) return { hear: () => undefined, dispose: () => undefined }
  const over = new AbortController()
  const begun = new AbortController()
  const waiting = AbortSignal.any([signal, over.signal])
  let last = ports.clock.now()
  const left = () => Math.min(last + idle - ports.clock.now(), LONGEST_TIMER)
  void (async () => {
    await slept(ports.clock, TO_BEGIN_MS, AbortSignal.any([waiting, begun.signal]))
    if (waiting.aborted) return
    if (!begun.signal.aborted) {
      stop.abort(new ProblemError(NOT_BEGUN))
      return
    }
    try {
      while (left() > 0) await ports.clock.sleep(left(), waiting)
      stop.abort()
    } catch {
      // Stopped, or over before.
    }
  })()
  return {
    hear(news) {
      if (news || !begun.signal.aborted) last = ports.clock.now()
      begun.abort()
    },
    dispose: () => over.abort(),
  }
}

const LONGEST_TIMER = 2_147_483_647
