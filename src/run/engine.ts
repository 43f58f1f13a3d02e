import type { Faker } from '@faker-js/faker'
import { problemOf, type Problem } from '../base/problem.ts'
import { check } from '../language/check/check.ts'
import { directiveOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { parseDuration } from '../language/values/durations.ts'
import { cancelled, keepCaptures, refused, type BlockRun, type Outcome } from './blockRun.ts'
import { runConsumer } from './consumingBlock.ts'
import { slept } from './deadline.ts'
import type { BlockProgress, RunEvent, RunSummary } from './events.ts'
import { runExpect, runTopic } from './expectingBlock.ts'
import { newExpressionCheck } from './expressionCheck.ts'
import { takeMarks } from './marks.ts'
import { namedFiles } from './namedFiles.ts'
import { capturedBy, fetchOutside, notBrought, usedBy } from './names.ts'
import { notThereYet } from './planned.ts'
import type { GivenValue, RunCluster, RunPorts } from './ports.ts'
import { runProducer } from './producingBlock.ts'
import { CANCELLED, type BlockResult } from './results.ts'
import { runTransactions, type RunTransactions } from './runTransactions.ts'
import { namesOf, type Session } from './session.ts'
import { withProgress, type Telling } from './withProgress.ts'
import { warmUpFor } from './warmUp.ts'
import { latencyWatches, type LatencyWatches } from './latencyWatches.ts'
import type { Arrivals } from './arrivals.ts'

export interface RunOptions {
  /** Stops the run: what is on its way is waited for, and told. */
  readonly signal: AbortSignal
  /** Ends the run with the first block that did not pass. */
  readonly bail?: boolean
  /** Why a block is left out, in a sentence; undefined: it runs. */
  readonly leftOut?: (block: Block) => string | undefined
  /** Where a CONSUMER without `from` starts if no group says it. Default: `earliest`. */
  readonly defaultOffset?: 'earliest' | 'latest'
  /** How many times a PRODUCER is to run. Default: once. */
  readonly times?: number
}

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

/** A block with all that is known of it before the run begins. */
interface Prepared {
  readonly block: Block
  readonly given: ReadonlyMap<string, GivenValue>
  /** Absent: it does not run. */
  readonly target?: RunCluster
  /** Why it does not run, in a sentence. */
  readonly skipped?: string
  /** Keeps it from running, and with it all the others. */
  readonly refused?: Problem
  /** Keeps it from running alone: its cluster cannot be reached. */
  readonly failed?: Problem
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

interface Run {
  readonly file: KafkaFile
  readonly session: Session
  readonly ports: RunPorts
  readonly options: RunOptions
  faker: Faker | undefined
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

async function prepareSafely(blocks: readonly Block[], run: Run): Promise<readonly Prepared[]> {
  try {
    return await prepare(blocks, run)
  } catch (error) {
    const problem = problemOf(error)
    return blocks.map(block => ({ block, given: new Map(), failed: problem }))
  }
}

/** All that can be known before the first block: nothing has been written when this is over. */
async function prepare(blocks: readonly Block[], run: Run): Promise<readonly Prepared[]> {
  const { options, ports } = run
  let prepared: Prepared[] = []
  for (const block of blocks) {
    const skipped = options.leftOut?.(block)
    prepared.push(
      skipped === undefined
        ? await surrounded(block, run)
        : { block, given: ports.values.given, skipped },
    )
  }
  prepared = withErrors(prepared, run)
  hideSecrets(prepared, run)
  prepared = checkNames(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  prepared = await fetchAll(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  prepared = await withFiles(prepared, run)
  if (prepared.some(({ refused }) => refused)) return prepared
  ;[prepared, run.faker] = await Promise.all([connectAll(prepared, run), fakerOf(prepared, run)])
  const namesFor = (given: Prepared['given']) => namesOf(run.file, run.session, given, run.faker)
  warmUpFor(prepared, run, namesFor)
  await takeMarks(run.file, prepared, run, namesFor)
  return prepared
}

/**
 * With the first error that the checks of the language find in a block, or in what it builds on, and
 * with what does not run in this version: half of what stands there is not done.
 */
function withErrors(prepared: readonly Prepared[], run: Run): Prepared[] {
  const inFile = errorsOf(prepared, run)
  return prepared.map(each => {
    const { block, skipped } = each
    const error =
      skipped === undefined ? (inFile(block) ?? notThereYet(run.file, block)) : undefined
    return error && !each.refused ? { ...each, refused: error } : each
  })
}

function errorsOf(
  prepared: readonly Prepared[],
  { file, ports }: Run,
): (block: Block) => Problem | undefined {
  const given = new Map(prepared.map(each => [each.block.index, each.given]))
  const problems = check(file, {
    given: new Map([...given.values()].flatMap(own => [...own])),
    givenOf: ({ index }) => given.get(index),
    checkExpression: newExpressionCheck(),
    generatedData: ports.fakerLocale !== undefined,
  }).filter(({ severity }) => severity === 'error')
  return block => {
    const found = problems.find(
      problem =>
        problem.block === undefined ||
        problem.block === block.index ||
        (file.blocks[problem.block]?.kind === 'DEFAULTS' && problem.block < block.index),
    )
    if (!found) return undefined
    const { code, message, span } = found
    return { code, message, detail: `Line ${file.lines.placeOf(span.start).line + 1}` }
  }
}

/** The values that are given to a block: those of the run, or of its own environment. */
async function surrounded(block: Block, { file, ports }: Run): Promise<Prepared> {
  const name = directiveOf(file, block, 'env')
  const own = ports.values.given
  if (!name || !ports.environment) return { block, given: own }
  try {
    return { block, given: (await ports.environment(name)).given }
  } catch (error) {
    return { block, given: own, refused: problemOf(error) }
  }
}

function hideSecrets(prepared: readonly Prepared[], { session }: Run): void {
  for (const { given } of prepared)
    for (const { text, secret, templates } of given.values())
      // One with templates is known when it is evaluated.
      if (secret && !(templates && text.includes('{{'))) session.redaction.add(text)
}

function checkNames(prepared: readonly Prepared[], { file, session }: Run): Prepared[] {
  const brought = { captures: new Set<string>(), blocks: new Set<string>() }
  const variables = file.variables.map(({ name }) => name)
  return prepared.map(each => {
    const { block, given, skipped } = each
    if (skipped !== undefined) return each
    const { scope } = namesOf(file, session, given)
    const used = usedBy(file, block, scope, given)
    const otherwise = new Set([...variables, ...given.keys()])
    const problem = each.refused ?? notBrought(used, brought, session, otherwise)
    for (const name of capturedBy(file, block)) brought.captures.add(name)
    if (block.name !== undefined) brought.blocks.add(block.name)
    return problem ? { ...each, refused: problem } : each
  })
}

async function fetchAll(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const { file, session, ports, options } = run
  const result: Prepared[] = []
  for (const each of prepared) {
    const { block, given, skipped } = each
    const { scope } = namesOf(file, session, given)
    const calls = skipped === undefined ? usedBy(file, block, scope, given).outside : []
    const problem = await fetchOutside(calls, session, ports, options.signal)
    result.push(problem ? { ...each, refused: problem } : each)
    if (problem) return [...result, ...prepared.slice(result.length)]
  }
  return result
}

/** With the first problem of a file that a block names. */
async function withFiles(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const { file, ports, options } = run
  const problemIn = namedFiles(file, ports.files, options.signal)
  const result: Prepared[] = []
  for (const each of prepared) {
    const problem = each.skipped === undefined ? await problemIn(each.block) : undefined
    result.push(problem ? { ...each, refused: problem } : each)
    if (problem) return [...result, ...prepared.slice(result.length)]
  }
  return result
}

/** Level 1 draws a seed from so many. */
const SEEDS = 1_000_000

/** For what is evaluated once: variables, and properties that hold for a whole block. */
async function fakerOf(
  prepared: readonly Prepared[],
  { file, session, ports }: Run,
): Promise<Faker | undefined> {
  if (ports.fakerLocale === undefined) return undefined
  const asks = prepared.some(
    ({ block, given, skipped }) =>
      skipped === undefined &&
      usedBy(file, block, namesOf(file, session, given).scope, given).faker,
  )
  if (!asks) return undefined
  const faker = await ports.loadFaker(ports.fakerLocale)
  faker?.seed(Math.floor(ports.random() * SEEDS))
  return faker
}

async function connectAll(prepared: readonly Prepared[], run: Run): Promise<Prepared[]> {
  const opened = new Map<string | undefined, Promise<RunCluster>>()
  return Promise.all(
    prepared.map(async (each): Promise<Prepared> => {
      if (each.skipped !== undefined) return each
      try {
        const name = await clusterName(each.block, run)
        const opening = opened.get(name) ?? run.ports.cluster(name, run.options)
        opened.set(name, opening)
        return { ...each, target: await opening }
      } catch (error) {
        return { ...each, failed: problemOf(error) }
      }
    }),
  )
}

/** Undefined: the run's own. */
async function clusterName(block: Block, { file, ports }: Run): Promise<string | undefined> {
  const named = directiveOf(file, block, 'cluster')
  if (named) return named
  const environment = directiveOf(file, block, 'env')
  if (!environment || !ports.environment) return undefined
  return (await ports.environment(environment)).cluster
}
