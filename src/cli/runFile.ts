import { randomUUID } from 'node:crypto'
import path from 'node:path'
import { problemOf } from '../base/problem.ts'
import { directiveOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { newCollector } from '../report/collect.ts'
import type { BlockOutcome, FileOutcome, Refusal } from '../report/outcome.ts'
import type { RunEvent } from '../run/events.ts'
import { loadFaker } from '../run/fakerLocales.ts'
import { sendsForever } from '../run/leftOut.ts'
import type { RunPorts } from '../run/ports.ts'
import { readsPartitions } from '../run/reads.ts'
import { systemClock } from './clock.ts'
import { toLocalEpoch } from './localTime.ts'
import {
  checkPrepared,
  prepareFile,
  type Engine,
  type PreparedFile,
  type RunSetting,
} from './preparedFile.ts'
import { runClusters, type RunClusters } from './runClusters.ts'
import { runFiles } from './runFiles.ts'
import type { RunningFile } from './runProgress.ts'
import type { RunSurroundings } from './runSurroundings.ts'
import { leftOut } from './selection.ts'
import { EXIT } from './terminal.ts'

/** Where the run of a file tells what happens. */
export interface FileListener {
  /** A block ended. */
  block(block: BlockOutcome): void
  /** All that happens, with the file that it is about. */
  event(event: RunEvent, of: RunningFile): void
  /** What a CONSUMER prints; resolves when more can be taken. */
  output(bytes: Uint8Array): Promise<void>
}

/** Runs a file from its text to its last block. What goes wrong is in the outcome. */
export async function runFile(
  name: string,
  setting: RunSetting,
  listener: FileListener,
): Promise<FileOutcome> {
  const startedAt = systemClock.now()
  const file = shownName(name)
  const prepared = await prepareFile(name, setting)
  // An input that does not end was being read.
  if ('refusal' in prepared && setting.signal.aborted) return notRun(name, setting.signal)
  const rest = await ('refusal' in prepared
    ? prepared
    : runChecked({ ...prepared, name: file, startedAt }, setting, listener))
  const milliseconds = systemClock.now() - startedAt
  return { file, startedAt, problems: [], blocks: [], ...rest, milliseconds }
}

/** A file whose turn did not come. */
export function notRun(name: string, signal: AbortSignal): FileOutcome {
  const { code, message } = problemOf(signal.reason)
  const problem = { code, message: `It was not run. ${message}` }
  return {
    file: shownName(name),
    startedAt: systemClock.now(),
    milliseconds: 0,
    problems: [],
    blocks: [],
    refusal: { exit: code === BAIL ? EXIT.passed : EXIT.runtime, problem },
  }
}

/** The same on every system. */
export function shownName(name: string): string {
  return name.split(path.sep).join('/')
}

interface NamedFile extends PreparedFile {
  readonly name: string
  readonly startedAt: number
}

type Rest = Partial<FileOutcome>

async function runChecked(
  file: NamedFile,
  setting: RunSetting,
  listener: FileListener,
): Promise<Rest> {
  const clusters = clustersOf(file, setting)
  try {
    if (readsSoon(file, setting)) clusters.readSoon()
    const engine = await setting.engine()
    const checked = checkPrepared(file, engine)
    if ('refusal' in checked) return checked
    const { problems } = checked
    if (problems.some(({ severity }) => severity === 'error')) return { problems }
    const refusal = withoutCluster(file, clusters, setting) ?? (await badOptions(clusters))
    if (refusal) return { problems, refusal }
    tellEndless(file, setting)
    return await runWith({ clusters, engine, problems }, file, setting, listener)
  } finally {
    await clusters.close()
  }
}

/** A pipeline would wait for nothing. */
function tellEndless({ name, file }: NamedFile, { options, around }: RunSetting): void {
  if (options.detail === 'quiet') return
  const [why, isEndless] = [leftOut(file, options), sendsForever(file)]
  for (const block of file.blocks)
    if (isEndless(block) && !why(block))
      around.complain(
        `${name}:${block.startLine + 1} sends until it is stopped: give it "record-count:" or "stop-after:".\n`,
      )
}

/** A mistake costs the start of a thread, or the time that it takes. */
function readsSoon({ file }: NamedFile, { options }: RunSetting): boolean {
  const why = leftOut(file, options)
  return file.blocks.some(block => readsPartitions(block) && !why(block))
}

function clustersOf({ surroundings }: NamedFile, setting: RunSetting): RunClusters {
  const { options, around, secrets, signal } = setting
  return runClusters({
    wanted: options.clusters,
    connection: options.connection,
    defined: surroundings.clusters,
    named: surroundings.cluster,
    environment: { ...around.environment, ...Object.fromEntries(secrets) },
    folder: around.folder,
    readerWorker: around.readerWorker,
    signal,
  })
}

/** Nobody should wait for the first of many blocks to learn that an option is missing. */
function withoutCluster(
  { file, surroundings }: NamedFile,
  { ownProblem }: RunClusters,
  { options }: RunSetting,
): Refusal | undefined {
  if (!ownProblem) return undefined
  const why = leftOut(file, options)
  const needed = file.blocks.some(
    block => !isDefaults(block) && !why(block) && !namesCluster(file, block, surroundings),
  )
  return needed ? { exit: 1, problem: ownProblem } : undefined
}

/** By itself, or by its environment. */
function namesCluster(file: KafkaFile, block: Block, surroundings: RunSurroundings): boolean {
  if (directiveOf(file, block, 'cluster')) return true
  const name = directiveOf(file, block, 'env')
  try {
    return name !== undefined && name !== '' && surroundings.environment(name).cluster !== undefined
  } catch {
    // That there is no such environment is told of the block.
    return true
  }
}

async function badOptions(clusters: RunClusters): Promise<Refusal | undefined> {
  const problem = await clusters.optionsProblem()
  return problem && { exit: 1, problem }
}

function isDefaults({ kind }: Block): boolean {
  return kind === 'DEFAULTS'
}

interface Running {
  readonly clusters: RunClusters
  readonly engine: Engine
  readonly problems: FileOutcome['problems']
}

async function runWith(
  { clusters, engine, problems }: Running,
  file: NamedFile,
  setting: RunSetting,
  listener: FileListener,
): Promise<Rest> {
  const { runBlocks, newSession } = engine
  const session = newSession(randomUUID())
  for (const secret of knownSecrets(file, setting)) session.redaction.add(secret)
  const collector = newCollector({
    ...file,
    problems,
    redact: text => session.redaction.text(text),
  })
  const { signal, options } = setting
  const events = runBlocks(file.file, file.file.blocks, session, portsOf(clusters, file, setting), {
    signal,
    bail: options.bail,
    leftOut: leftOut(file.file, options),
  })
  const running = {
    name: file.name,
    file: file.file,
    redact: (text: string) => session.redaction.text(text),
  }
  for await (const event of events) {
    listener.event(event, running)
    if (event.kind === 'block-progress' && event.progress.kind === 'output')
      await listener.output(event.progress.bytes)
    const block = collector.take(withOptions(event, signal))
    if (block) listener.block(block)
  }
  return { ...collector.outcome(), ...endedEarly(signal) }
}

/** `--bail` ended the run: what it stopped did not go wrong. */
export const BAIL = 'bail'

function bailed({ aborted, reason }: AbortSignal): boolean {
  return aborted && problemOf(reason).code === BAIL
}

/** What the options have to do with it. */
function withOptions(event: RunEvent, signal: AbortSignal): RunEvent {
  if (event.kind !== 'block-ended') return event
  const { result } = event
  if (result.status === 'stopped' && bailed(signal))
    return { ...event, result: { ...result, status: 'skipped', problem: problemOf(signal.reason) } }
  if (result.problem?.code !== 'K402') return event
  const problem = { ...result.problem, advice: 'The option --yes confirms it.' }
  return { ...event, result: { ...result, problem } }
}

function endedEarly(signal: AbortSignal): Pick<FileOutcome, 'endedEarly'> | undefined {
  return signal.aborted && !bailed(signal) ? { endedEarly: problemOf(signal.reason) } : undefined
}

function portsOf(clusters: RunClusters, file: NamedFile, { options }: RunSetting): RunPorts {
  const { workspace, surroundings } = file
  return {
    clock: systemClock,
    random: Math.random,
    uuid: randomUUID,
    toLocalEpoch,
    cluster: name => clusters.open(name),
    files: runFiles(workspace),
    values: surroundings.values,
    loadFaker,
    fakerLocale: 'en',
    // Files share nothing, and one file joins a group once.
    isOurs: () => false,
    ...(options.clusters.agreed && { agree: () => Promise.resolve(true) }),
    environment(name) {
      const { values, cluster } = surroundings.environment(name)
      return Promise.resolve({
        given: values,
        ...(cluster !== undefined && !clusters.ownIsGiven && { cluster }),
      })
    },
  }
}

/** Those that are secrets before a block uses them. */
function knownSecrets({ surroundings }: NamedFile, { secrets, around }: RunSetting): string[] {
  const given = [...surroundings.values.given.values()]
  return [
    ...given.filter(({ secret, templates }) => secret && !templates).map(({ text }) => text),
    ...[...Object.entries(around.environment), ...secrets]
      .filter(([name]) => /^KAFKA_(?:KEY_PASSPHRASE|PASSWORD(?:_.*)?)$/.test(name))
      .map(([, text = '']) => text),
  ]
}
