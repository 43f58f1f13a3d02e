import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import { check } from '../../language/check/check.ts'
import { runnableOf } from '../../language/runnable.ts'
import { blockAt, type Block, type BlockKind, type KafkaFile } from '../../language/tree.ts'
import { readingOf } from '../../run/readingText.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { generatesData } from '../language/generatedData.ts'
import { clusterOf, fileOf, KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { MessagesViews } from '../messages/registerMessages.ts'
import { BlockStates } from './blockStates.ts'
import { registerLenses, type BlockPlace } from './lenses.ts'
import { produceBlock } from './produceBlock.ts'
import { readingId } from './readingId.ts'
import { registerResults } from './results.ts'
import { registerRunStatus } from './runStatus.ts'

export interface RunDeps {
  readonly clusters: Clusters
  readonly messages: MessagesViews
  readonly clock: Clock
  readonly log: Log
}

interface Target {
  readonly document: vscode.TextDocument
  readonly file: KafkaFile
  readonly block: Block
}

export interface Runs extends Disposable {
  /** What each PRODUCER does or did. */
  readonly states: BlockStates
}

/** Lenses, commands and results of the blocks of `.kafka` documents. */
export function registerRun(deps: RunDeps): Runs {
  const store = new DisposableStore()
  const states = store.add(new BlockStates())
  store.add(registerLenses({ ...deps, states }))
  store.add(registerResults(states))
  store.add(registerRunStatus(states))
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(deps.log, run)))
  }
  const producing = (count: () => Promise<number | undefined>) => async (argument: unknown) => {
    const target = await targetOf(argument, 'PRODUCER')
    const cluster = await clusterFor(target, deps.clusters)
    const records = cluster && (await count())
    if (records) await produceBlock({ ...target, cluster, count: records }, { ...deps, states })
  }
  const one = () => Promise.resolve(1)
  register('produceRecord', producing(one))
  register(
    'produceRecords10',
    producing(() => Promise.resolve(10)),
  )
  register('produceRecordsN', producing(askCount))
  register('startScheduledProducer', producing(one))
  register('stopProducer', async argument => {
    const { document, block } = await targetOf(argument, 'PRODUCER')
    states.stop(states.idOf(document, block))
  })
  register('startConsumer', async argument => {
    await startConsumer(await targetOf(argument, 'CONSUMER'), states, deps)
  })
  register('stopConsumer', async argument => {
    const { document, block } = await targetOf(argument, 'CONSUMER')
    deps.messages.stop(readingId(states.idOf(document, block)))
  })
  register('stopAll', () => {
    states.stopAll()
    deps.messages.stopAll()
    return Promise.resolve()
  })
  register('runBlock', async argument => {
    await runBlock(await targetOf(argument), states, deps, producing(one))
  })
  return { states, dispose: () => store.dispose() }
}

/** Runs the block, or stops it if it runs by a schedule or reads. */
async function runBlock(
  target: Target,
  states: BlockStates,
  deps: RunDeps,
  produceOne: (argument: unknown) => Promise<unknown>,
): Promise<void> {
  const { document, file, block } = target
  const runnable = runnableOf(file)(block)
  if (!runnable.runs) throw new ProblemError({ code: 'not-there-yet', message: runnable.reason })
  const id = states.idOf(document, block)
  if (block.kind === 'PRODUCER') {
    if (states.get(id)?.kind === 'scheduled') states.stop(id)
    else await produceOne(placeOf(target))
  } else if (deps.messages.state(readingId(id)) === 'stopped')
    await startConsumer(target, states, deps)
  else deps.messages.stop(readingId(id))
}

function placeOf({ document, block }: Target): BlockPlace {
  return { uri: document.uri.toString(), line: block.startLine }
}

async function startConsumer(
  target: Target,
  states: BlockStates,
  { clusters, messages }: RunDeps,
): Promise<void> {
  const { document, file, block } = target
  const cluster = await clusterFor(target, clusters)
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

/** The block that a lens names, else the one that the caret stands in. */
async function targetOf(argument: unknown, kind?: BlockKind): Promise<Target> {
  const place = placeIn(argument)
  const target = place ? await targetAt(place) : targetAtCaret()
  if (!target) throw new ProblemError(place ? BLOCK_GONE : NO_BLOCK)
  if (kind && target.block.kind !== kind) throw new ProblemError(otherKind(target.block, kind))
  return target
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
  const block = blockAt(file, document.offsetAt(selection.active))
  return block && { document, file, block }
}

const NO_BLOCK: Problem = {
  code: 'no-block',
  message: 'The caret stands in no block.',
  advice: 'Put it into a PRODUCER or a CONSUMER of a .kafka file.',
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

async function clusterFor(
  { file, block }: Target,
  clusters: Clusters,
): Promise<SavedCluster | undefined> {
  const found = clusterOf(file, block, clusters)
  if (found.kind === 'cluster') return found.cluster
  if (found.kind === 'unknown')
    throw new ProblemError({
      code: 'no-cluster',
      message: `"-- @cluster ${found.name}" names none of the saved clusters.`,
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
