import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import { check } from '../../language/check/check.ts'
import { isViewable, runnableOf } from '../../language/runnable.ts'
import { blockFrom, type Block, type BlockKind, type KafkaFile } from '../../language/tree.ts'
import { readingOf } from '../../run/readingText.ts'
import type { BlockResult } from '../../run/results.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { generatesData } from '../language/generatedData.ts'
import { fileOf, KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { FileSecrets } from '../environments/fileSecrets.ts'
import { clusterOfBlock, type EnvironmentSources } from '../environments/surroundings.ts'
import type { MessagesViews } from '../messages/registerMessages.ts'
import { BlockStates } from './blockStates.ts'
import { createRuns } from './createRuns.ts'
import { registerLenses, type BlockPlace } from './lenses.ts'
import { readingId } from './readingId.ts'
import { registerResults } from './results.ts'
import { registerRunStatus } from './runStatus.ts'
import type { RunRequest, Runs, WantedRun } from './runs.ts'

export interface RunDeps {
  readonly clusters: Clusters
  readonly messages: MessagesViews
  readonly environments: EnvironmentSources
  readonly secrets: FileSecrets
  readonly clock: Clock
  readonly log: Log
  /** As `PortDeps.runsLocally`. */
  runsLocally(servers: readonly string[]): Promise<boolean>
}

interface Target {
  readonly document: vscode.TextDocument
  readonly file: KafkaFile
  readonly block: Block
}

export interface RunParts extends Disposable {
  /** What each block does or did. */
  readonly states: BlockStates
  readonly runs: Runs
}

/** Lenses, commands and results of the blocks of `.kafka` documents. */
export function registerRun(deps: RunDeps): RunParts {
  const store = new DisposableStore()
  const states = store.add(new BlockStates())
  const printer = store.add(createPrinter())
  const runs = store.add(
    createRuns({
      ...deps,
      states,
      print: bytes => {
        printer.print(bytes)
      },
      isOurs: memberId => deps.messages.isOurs(memberId),
    }),
  )
  const parts = { ...deps, states, runs }
  store.add(registerLenses(parts))
  store.add(registerResults(states))
  store.add(registerRunStatus(states, runs))
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(deps.log, run)))
  }
  const producing = (count: () => Promise<number | undefined>) => async (argument: unknown) => {
    const target = await targetOf(argument, 'PRODUCER')
    if (!(await hasCluster(target, parts))) return
    const times = await count()
    if (times) await runTarget(target, 'block', parts, { times })
  }
  const one = () => Promise.resolve(1)
  register('produceRecord', producing(one))
  register(
    'produceRecords10',
    producing(() => Promise.resolve(10)),
  )
  register('produceRecordsN', producing(askCount))
  register('startScheduledProducer', producing(one))
  const stop = async (argument: unknown) => {
    const { document, block } = await targetOf(argument)
    states.stop(states.idOf(document, block))
  }
  register('stopProducer', stop)
  register('stopBlock', stop)
  register('startConsumer', async argument => {
    await startConsumer(await targetOf(argument, 'CONSUMER'), parts)
  })
  register('stopConsumer', async argument => {
    const { document, block } = await targetOf(argument, 'CONSUMER')
    deps.messages.stop(readingId(states.idOf(document, block)))
  })
  register('stopAll', () => {
    runs.stopAll()
    deps.messages.stopAll()
    return Promise.resolve()
  })
  register('stopRuns', () => {
    runs.stopAll()
    return Promise.resolve()
  })
  register('runBlock', async argument => {
    await runBlock(await targetOf(argument), parts)
  })
  register('runFromHere', async argument => {
    await runTarget(await targetOf(argument), 'fromHere', parts)
  })
  register('newSession', async argument => {
    runs.forget((await fileTargetOf(argument)).document)
  })
  register('runFile', async argument => {
    await runTarget(await fileTargetOf(argument), 'file', parts)
  })
  return { states, runs, dispose: () => store.dispose() }
}

type Parts = RunDeps & Omit<RunParts, 'dispose'>

/** Runs the block, or stops it if it runs already. */
async function runBlock(target: Target, parts: Parts): Promise<void> {
  const { document, file, block } = target
  const { states, messages } = parts
  const runnable = runnableOf(file)(block)
  if (!runnable.runs) throw new ProblemError({ code: 'not-there-yet', message: runnable.reason })
  const id = states.idOf(document, block)
  if (isViewable(file, block)) {
    if (messages.state(readingId(id)) === 'stopped') await startConsumer(target, parts)
    else messages.stop(readingId(id))
  } else if (states.isBusy(id)) states.stop(id)
  else await runTarget(target, 'block', parts)
}

/** Runs blocks to their end; what became of them stands beside them. */
async function runTarget(
  target: Target,
  kind: WantedRun['kind'],
  parts: Parts,
  options?: RunRequest,
): Promise<void> {
  if (!(await hasCluster(target, parts))) return
  const { document, file, block } = target
  const ended: BlockResult[] = []
  const events = parts.runs.run(document, { kind, blocks: [block.index] }, options)
  for await (const event of events) if (event.kind === 'block-ended') ended.push(event.result)
  parts.log.info(`Ran ${ended.length} of ${file.blocks.length} blocks of a file.`)
  tell(ended, parts.log)
}

/** The blocks may be out of sight: what went wrong is said in a message too. */
function tell(ended: readonly BlockResult[], log: Log): void {
  const wrong = ended.find(
    ({ status, failure }) => status === 'refused' || (status === 'failed' && !failure),
  )
  const reason = wrong?.problem
  if (reason) {
    // The message can quote a key or a value, which have no place in a log.
    log.warn(`A block did not run, or not to its end (${reason.code}).`)
    showProblem(reason)
  } else if (ended.every(({ status }) => status === 'skipped')) {
    const why = ended[0]?.notice ?? ''
    void vscode.window.showInformationMessage(why === '' ? 'Nothing ran.' : `Nothing ran: ${why}`)
  }
}

function showProblem({ message, advice }: Problem): void {
  void vscode.window.showErrorMessage(advice === undefined ? message : `${message} ${advice}`)
}

interface Printer extends Disposable {
  print(bytes: Uint8Array): void
}

/** Shows what CONSUMERs among other blocks print. */
function createPrinter(): Printer {
  let channel: vscode.OutputChannel | undefined
  const decoder = new TextDecoder()
  return {
    print(bytes) {
      channel ??= vscode.window.createOutputChannel('Kafka Records')
      channel.append(decoder.decode(bytes, { stream: true }))
      channel.show(true)
    },
    dispose: () => channel?.dispose(),
  }
}

async function startConsumer(target: Target, parts: Parts): Promise<void> {
  const { states, messages } = parts
  const { document, file, block } = target
  const cluster = await clusterFor(target, parts)
  if (!cluster) return
  const error = check(file, { generatedData: generatesData(document.uri) }).find(
    problem => problem.severity === 'error' && problem.block === block.index,
  )
  if (error) {
    const line = document.positionAt(error.span.start).line + 1
    throw new ProblemError({ code: error.code, message: `Line ${line}: ${error.message}` })
  }
  messages.open({
    id: readingId(states.idOf(document, block)),
    clusterId: cluster.id,
    text: readingOf(file, block),
    adjustable: false,
  })
}

/** The block that a lens names, else the one at the caret or the next below it. */
async function targetOf(argument: unknown, kind?: BlockKind): Promise<Target> {
  const place = placeIn(argument)
  const target = place ? await targetAt(place) : targetAtCaret()
  if (!target) throw new ProblemError(place ? BLOCK_GONE : NO_BLOCK)
  if (kind && target.block.kind !== kind) throw new ProblemError(otherKind(target.block, kind))
  return target
}

/** The first block of the file of a lens, else of the one that is looked at. */
async function fileTargetOf(argument: unknown): Promise<Target> {
  const uri = placeIn(argument)?.uri
  const document =
    uri === undefined
      ? vscode.window.activeTextEditor?.document
      : await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))
  const file = document?.languageId === KAFKA_LANGUAGE ? fileOf(document) : undefined
  const block = file?.blocks.find(({ kind }) => kind !== 'DEFAULTS')
  if (!document || !file || !block) throw new ProblemError(NO_FILE)
  return { document, file, block }
}

const NO_FILE: Problem = {
  code: 'no-file',
  message: 'There is no block to run.',
  advice: 'Open a .kafka file that has one.',
}

function placeIn(argument: unknown): BlockPlace | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined
  const { uri, line } = argument as Record<string, unknown>
  return typeof uri === 'string' && typeof line === 'number' ? { uri, line } : undefined
}

async function targetAt({ uri, line }: BlockPlace): Promise<Target | undefined> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.parse(uri))
  const file = fileOf(document)
  const block = file.blocks.find(({ startLine }) => startLine === line)
  return block && { document, file, block }
}

function targetAtCaret(): Target | undefined {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== KAFKA_LANGUAGE) return undefined
  const { document, selection } = editor
  const file = fileOf(document)
  const block = blockFrom(file, document.offsetAt(selection.active))
  return block && { document, file, block }
}

const NO_BLOCK: Problem = {
  code: 'no-block',
  message: 'There is no block at the caret or below it.',
  advice: 'Put the caret into a block of a .kafka file.',
}

const BLOCK_GONE: Problem = {
  code: 'no-block',
  message: 'The block is not on that line any more.',
  advice: 'Try again.',
}

function otherKind(block: Block, kind: BlockKind): Problem {
  return {
    code: 'other-kind',
    message: `This block is a ${block.kind}, not a ${kind}.`,
    advice: `Put the caret into a ${kind}.`,
  }
}

/** Asks for a cluster where nothing says one. */
async function hasCluster(target: Target, parts: Parts): Promise<boolean> {
  return (await clusterFor(target, parts)) !== undefined
}

async function clusterFor(
  { document, file, block }: Target,
  { clusters, environments }: Parts,
): Promise<SavedCluster | undefined> {
  await environments.files.load(document.uri)
  const found = clusterOfBlock(document, file, block, clusters, environments)
  if (found.kind === 'cluster') return found.cluster
  if (found.kind === 'unknown')
    throw new ProblemError({
      code: 'no-cluster',
      message: `None of the saved clusters is named "${found.name}".`,
      advice: 'Correct the name, or add the cluster.',
    })
  await vscode.commands.executeCommand('kafkaWorkbench.selectCluster')
  return clusters.selected
}

/** More at once would be one request that no broker takes. */
const MOST_RECORDS = 100_000

async function askCount(): Promise<number | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'Produce Records',
    prompt: 'How many records?',
    value: '100',
    validateInput: value => {
      const number = Number(value)
      return /^\d+$/.test(value.trim()) && number >= 1 && number <= MOST_RECORDS
        ? undefined
        : `Write a number from 1 to ${MOST_RECORDS.toLocaleString('en-US')}.`
    },
  })
  return text === undefined ? undefined : Number(text)
}
