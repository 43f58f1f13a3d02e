import { problemOf, type Problem } from '../base/problem.ts'
import { directiveOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { parseDuration } from '../language/values/durations.ts'
import { cancelled, keepCaptures, refused, type BlockRun, type Outcome } from './blockRun.ts'
import { runConsumer } from './consumingBlock.ts'
import { slept } from './deadline.ts'
import type { BlockProgress, RunEvent, RunSummary } from './events.ts'
import { runExpect, runTopic } from './expectingBlock.ts'
import type { RunCluster, RunPorts } from './ports.ts'
import { runProducer } from './producingBlock.ts'
import { CANCELLED, type BlockResult } from './results.ts'
import { runTransactions, type RunTransactions } from './runTransactions.ts'
import { namesOf, type Session } from './session.ts'
import { withProgress, type Telling } from './withProgress.ts'
import { latencyWatches, type LatencyWatches } from './latencyWatches.ts'
import type { Arrivals } from './arrivals.ts'
import { prepareSafely, type Prepared, type Run, type RunOptions } from './preparing.ts'

/**
 * Runs blocks of a file in the order of the file (kafka-file specification, sections 3 and 5): an
 * editor, the Test Explorer and the command line run the same. Before the first of them all is
 * fetched and checked that they need, and the ends of the logs are marked: nothing is sent where
 * anything is undefined. Throws for nothing: what goes wrong is told.
 */
export async function* runBlocks(
  file: KafkaFile,
  blocks: readonly Block[],
  session: Session,
  ports: RunPorts,
  options: RunOptions,
): AsyncGenerator<RunEvent> {
  const startedAt = ports.clock.now()
  const wanted = blocks
    .filter(({ kind }) => kind !== 'DEFAULTS')
    .toSorted((a, b) => a.index - b.index)
  yield {
    kind: 'run-started',
    run: session.run,
    startedAt,
    blocks: wanted.map(({ index }) => index),
  }
  const counts = { passed: 0, failed: 0, skipped: 0, stopped: 0, refused: 0 }
  for await (const event of runInOrder(file, wanted, session, ports, options)) {
    if (event.kind === 'block-ended') counts[event.result.status]++
    yield session.redaction.all(event)
  }
  const summary: RunSummary = {
    startedAt,
    milliseconds: ports.clock.now() - startedAt,
    ...counts,
    interrupted: options.signal.aborted,
  }
  yield { kind: 'run-ended', summary }
}

async function* runInOrder(
  file: KafkaFile,
  blocks: readonly Block[],
  session: Session,
  ports: RunPorts,
  options: RunOptions,
): AsyncGenerator<RunEvent> {
  const run: Run = { file, session, ports, options, faker: undefined }
  const prepared = await prepareSafely(blocks, run)
  const transactions = runTransactions(ports.clock)
  const watches = latencyWatches(run)
  try {
    yield* runPrepared(prepared, run, transactions, watches)
  } finally {
    watches.stop()
    // Only what was stopped in the middle is open still.
    await transactions.abandon()
  }
}

async function* runPrepared(
  prepared: readonly Prepared[],
  run: Run,
  transactions: RunTransactions,
  watches: LatencyWatches,
): AsyncGenerator<RunEvent> {
  const { session, ports, options } = run
  const reason = prepared.find(({ refused }) => refused)
  let end: string | undefined
  for (const [at, each] of prepared.entries()) {
    const { block } = each
    const startedAt = ports.clock.now()
    const ended = (outcome: Outcome): RunEvent => {
      const { captures, details = { kind: 'none' }, ...rest } = outcome
      const milliseconds = ports.clock.now() - startedAt
      const result: BlockResult = {
        ...rest,
        block: block.index,
        startedAt,
        milliseconds,
        details,
        captures: keepCaptures(session, captures),
      }
      return { kind: 'block-ended', block: block.index, result }
    }
    const early = withoutRunning(each, reason, end, options.signal)
    const { target } = each
    if (early || !target) {
      yield ended(early ?? { status: 'skipped' })
      continue
    }
    yield { kind: 'block-started', block: block.index, startedAt }
    if (block.kind === 'PRODUCER') watches.begin(prepared.slice(at + 1))
    const later = prepared.slice(at + 1).find(({ skipped, failed }) => !skipped && !failed)
    const arrivals = watches.of(block)
    const outcome = yield* progressOf(block, telling =>
      runOne({ each, later, target, telling, arrivals }, run, transactions),
    )
    arrivals?.stop()
    yield ended(outcome)
    if (options.bail && outcome.status !== 'passed' && outcome.status !== 'skipped')
      end = 'An earlier block did not pass.'
  }
}

/** What becomes of a block that does not begin. */
function withoutRunning(
  { block, skipped, refused: own, failed }: Prepared,
  reason: Prepared | undefined,
  end: string | undefined,
  signal: AbortSignal,
): Outcome | undefined {
  if (skipped !== undefined) return { status: 'skipped', notice: skipped }
  if (own) return own.code === CANCELLED ? cancelled(block) : refused(own)
  if (reason?.refused?.code === CANCELLED) return { status: 'stopped', problem: STOPPED }
  if (reason?.refused) {
    const notice = `Nothing was run, as line ${reason.block.startLine + 1} cannot run: ${reason.refused.message}`
    return { status: 'skipped', notice }
  }
  if (signal.aborted) return { status: 'stopped', problem: STOPPED }
  if (end !== undefined) return { status: 'skipped', notice: end }
  return failed && { status: 'failed', problem: failed }
}

const STOPPED: Problem = { code: 'stopped', message: 'The run was stopped before this block.' }

async function* progressOf(
  block: Block,
  run: (telling: Telling<BlockProgress>) => Promise<Outcome>,
): AsyncGenerator<RunEvent, Outcome> {
  const running = withProgress(run, isLaterState)
  for (;;) {
    const next = await running.next()
    if (next.done) return next.value
    yield { kind: 'block-progress', block: block.index, progress: next.value }
  }
}

/** Of these the last one says all. */
const STATES: ReadonlySet<BlockProgress['kind']> = new Set([
  'waiting',
  'producing',
  'reading',
  'looking',
])

function isLaterState(later: BlockProgress, earlier: BlockProgress): boolean {
  return later.kind === earlier.kind && STATES.has(later.kind)
}

interface Step {
  readonly each: Prepared
  readonly later: Prepared | undefined
  readonly target: RunCluster
  readonly telling: Telling<BlockProgress>
  readonly arrivals: Arrivals | undefined
}

async function runOne(
  { each, later, target, telling, arrivals }: Step,
  { file, session, ports, options, faker }: Run,
  transactions: RunTransactions,
): Promise<Outcome> {
  const { block, given } = each
  const { signal, defaultOffset = 'earliest', times = 1 } = options
  const names = namesOf(file, session, given, faker)
  const run: BlockRun = {
    file,
    block,
    session,
    ports,
    target,
    names,
    signal,
    tell: progress => telling.tell(progress),
    print: bytes => telling.handOver({ kind: 'output', bytes }),
    defaultOffset,
    times,
    arrivals,
  }
  try {
    if (!(await delayed(run))) return { status: 'stopped', problem: STOPPED }
    const outcome = await runKind(run, transactions)
    const next = later?.target && {
      ...run,
      block: later.block,
      target: later.target,
      names: namesOf(file, session, later.given, faker),
    }
    return await transactions.after(outcome, run, next)
  } catch (error) {
    if (signal.aborted) return { status: 'stopped', problem: problemOf(error) }
    return { status: 'failed', problem: problemOf(error) }
  }
}

/** False: the run was stopped meanwhile. */
async function delayed({ file, block, ports, signal, tell }: BlockRun): Promise<boolean> {
  const delay = parseDuration(directiveOf(file, block, 'delay') ?? '')
  if (!delay.ok) return !signal.aborted
  tell({ kind: 'waiting', until: ports.clock.now() + delay.value })
  return slept(ports.clock, delay.value, signal)
}

function runKind(run: BlockRun, transactions: RunTransactions): Promise<Outcome> {
  switch (run.block.kind) {
    case 'PRODUCER':
      return runProducer(run, transactions)
    case 'CONSUMER':
      return runConsumer(run)
    case 'EXPECT':
      return runExpect(run)
    case 'TOPIC':
      return runTopic(run)
    case 'DEFAULTS':
      return Promise.resolve({ status: 'skipped' })
  }
}
