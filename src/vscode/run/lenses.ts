import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { isViewable } from '../../language/runnable.ts'
import { lensesOf, type BlockLens } from '../../language/services/outline.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'
import type { Clusters, ConnectionState } from '../clusters/clusters.ts'
import { clusterOfBlock, type EnvironmentSources } from '../environments/surroundings.ts'
import { fileOf, KAFKA_LANGUAGE, type BlockCluster } from '../language/kafkaDocument.ts'
import type { MessagesViews } from '../messages/registerMessages.ts'
import { isBusy, type BlockState } from './blockState.ts'
import type { BlockStates } from './blockStates.ts'
import { consumerLens } from './consumerLens.ts'
import { readingId } from './readingId.ts'

/** What a lens hands to its command: the block whose header stands on that line now. */
export interface BlockPlace {
  readonly uri: string
  readonly line: number
}

export interface LensDeps {
  readonly clusters: Clusters
  readonly states: BlockStates
  readonly messages: MessagesViews
  readonly environments: EnvironmentSources
}

interface Action {
  readonly title: string
  readonly command: string
  readonly tooltip?: string
  readonly arguments?: readonly unknown[]
}

/**
 * Ms. VS Code asks for lenses a moment after it was told that they changed, and not at all if its text
 * loses the focus meanwhile, to a hover or another view: a lens of a run that is over would stay
 * until somebody comes back. So it is told once more when that moment is over.
 */
const AGAIN = 1000

/** Lenses on the header lines of blocks. They show what is known and open no connection. */
export function registerLenses(deps: LensDeps): Disposable {
  const store = new DisposableStore()
  const changed = store.add(new vscode.EventEmitter<void>())
  let again: NodeJS.Timeout | undefined
  const refresh = () => {
    changed.fire()
    clearTimeout(again)
    again = setTimeout(() => {
      changed.fire()
    }, AGAIN)
  }
  store.add(toDisposable(() => clearTimeout(again)))
  store.add(deps.clusters.onDidChange(refresh))
  store.add(deps.states.onDidTurn(refresh))
  store.add(deps.messages.onDidChange(refresh))
  store.add(deps.environments.files.onDidChange(refresh))
  store.add(deps.environments.chosen.onDidChange(refresh))
  store.add(
    vscode.languages.registerCodeLensProvider(
      { language: KAFKA_LANGUAGE },
      {
        onDidChangeCodeLenses: changed.event,
        provideCodeLenses: document => provideLenses(document, deps),
      },
    ),
  )
  return store
}

function provideLenses(document: vscode.TextDocument, deps: LensDeps): vscode.CodeLens[] {
  const file = fileOf(document)
  return lensesOf(file).flatMap(lens => {
    const range = document.lineAt(lens.line).range
    const place: BlockPlace = { uri: document.uri.toString(), line: lens.line }
    return actionsOf(document, file, lens, deps).map(
      ({ arguments: args = [place], ...command }) =>
        new vscode.CodeLens(range, { ...command, arguments: [...args] }),
    )
  })
}

function actionsOf(
  document: vscode.TextDocument,
  file: KafkaFile,
  lens: BlockLens,
  deps: LensDeps,
): readonly Action[] {
  const { block, runnable } = lens
  if (!runnable.runs) return [{ title: `$(circle-slash)\u00a0${runnable.reason}`, command: '' }]
  const cluster = clusterOfBlock(document, file, block, deps.clusters, deps.environments)
  if (cluster.kind === 'none')
    return [{ title: 'Select a cluster', command: 'kafkaWorkbench.selectCluster', arguments: [] }]
  const state = deps.states.state(document, block)
  const [whole, rest] = isBusy(state) ? [[], []] : fileActions(file, block)
  return [
    ...whole,
    ...ownActions(document, lens, state, deps),
    ...rest,
    ...groupActions(lens, cluster),
    clusterAction(cluster, deps.clusters),
  ]
}

function ownActions(
  document: vscode.TextDocument,
  lens: BlockLens,
  state: BlockState | undefined,
  deps: LensDeps,
): readonly Action[] {
  switch (lens.kind) {
    case 'PRODUCER':
      return producerActions(lens, state)
    case 'CONSUMER':
      return isViewable(fileOf(document), lens.block)
        ? consumerActions(document, lens.block, deps)
        : [runAction(state)]
    case 'EXPECT':
    case 'TOPIC':
    case 'DEFAULTS':
      return [runAction(state)]
  }
}

function runAction(state: BlockState | undefined): Action {
  if (!isBusy(state)) return action('$(run)', 'Run', 'runBlock')
  if (state?.kind === 'running') return action('$(debug-stop)', 'Stop', 'stopBlock')
  return { ...action('$(sync~spin)', 'Waiting...', 'stopBlock'), tooltip: 'Stop' }
}

/**
 * In a file that expects something the blocks belong together: what runs all of it stands before
 * the first block's own actions, where a narrow editor shows it; what runs a part, behind a block's.
 */
function fileActions(
  { blocks }: KafkaFile,
  block: Block,
): readonly [before: readonly Action[], behind: readonly Action[]] {
  const all = blocks.filter(({ kind }) => kind !== 'DEFAULTS')
  if (all.length < 2 || !all.some(({ kind }) => kind === 'EXPECT' || kind === 'TOPIC'))
    return [[], []]
  if (block === all[0]) return [[action('$(run-all)', 'Run file', 'runFile')], []]
  if (block === all.at(-1)) return [[], []]
  return [[], [action('$(run-below)', 'Run from here', 'runFromHere')]]
}

function producerActions(lens: BlockLens, state: BlockState | undefined): readonly Action[] {
  switch (state?.kind) {
    case 'connecting':
      return [stopAction('$(sync~spin)', 'Connecting...')]
    case 'sending':
    case 'sendingMany':
    case 'running':
      return [stopAction('$(sync~spin)', 'Sending...')]
    case 'scheduled':
      return [stopAction('$(debug-stop)', `Stop scheduled producer (every ${lens.every ?? '?'})`)]
    case 'produced':
      return [...idleProducer(lens.every), ...showActions(state)]
    case 'producedMany':
    case 'stopped':
    case 'failed':
    case 'ended':
    case undefined:
      return idleProducer(lens.every)
  }
}

/** Where the first record that was written is to be seen. */
function showActions({
  result,
  clusterId,
}: Extract<BlockState, { kind: 'produced' }>): readonly Action[] {
  const written = result.outcomes.find(({ offset, problem }) => !problem && offset !== undefined)
  if (written?.partition === undefined || clusterId === undefined) return []
  const { partition, offset } = written
  return [
    {
      ...action('$(list-selection)', 'Show record', 'showRecord'),
      tooltip: `Show ${result.topic}-${partition} @ ${offset ?? ''} in a view of messages`,
      arguments: [{ clusterId, topic: result.topic, partition, offset: String(offset) }],
    },
  ]
}

function idleProducer(every: string | undefined): readonly Action[] {
  if (every !== undefined)
    return [action('$(run)', `Start scheduled producer (every ${every})`, 'startScheduledProducer')]
  return [
    action('$(run)', 'Produce record', 'produceRecord'),
    { ...action('', 'x 10', 'produceRecords10'), tooltip: 'Produce 10 records' },
    { ...action('', 'x N...', 'produceRecordsN'), tooltip: 'Produce as many records as you say' },
  ]
}

function stopAction(icon: string, title: string): Action {
  return { ...action(icon, title, 'stopProducer'), tooltip: 'Stop' }
}

function consumerActions(
  document: vscode.TextDocument,
  block: Block,
  { states, messages }: LensDeps,
): readonly Action[] {
  const id = states.knownId(document, block)
  const { icon, title, command } = consumerLens(id ? messages.state(readingId(id)) : 'stopped')
  return [
    command === undefined
      ? { title: `${icon}\u00a0${title}`, command: '' }
      : action(icon, title, command),
  ]
}

/** A CONSUMER with a group: the panel with the lag of that group. */
function groupActions({ kind, group }: BlockLens, cluster: BlockCluster): readonly Action[] {
  if (kind !== 'CONSUMER' || group === undefined || cluster.kind !== 'cluster') return []
  return [
    {
      title: `$(graph-line)\u00a0${group} · show lag`,
      command: 'kafkaWorkbench.openLagPanel',
      tooltip: `Open the lag panel of group ${group}`,
      arguments: [{ clusterId: cluster.cluster.id, groupId: group }],
    },
  ]
}

const ICONS: Readonly<Record<ConnectionState['kind'], string>> = {
  connected: '$(vm-active)',
  disconnected: '$(vm)',
  connecting: '$(sync~spin)',
  failed: '$(warning)',
}

function clusterAction(cluster: BlockCluster, clusters: Clusters): Action {
  const command = 'kafkaWorkbench.selectCluster'
  if (cluster.kind === 'cluster') {
    const { id, name } = cluster.cluster
    const state = clusters.state(id)
    const tooltip = state.kind === 'failed' ? state.problem.message : `The cluster: ${state.kind}`
    return { title: `${ICONS[state.kind]}\u00a0${name}`, command, tooltip, arguments: [] }
  }
  const name = cluster.kind === 'unknown' ? cluster.name : 'Select a cluster'
  return {
    title: `$(warning)\u00a0${name}`,
    command,
    tooltip: 'No saved cluster has this name. Correct "-- @cluster", or add the cluster.',
    arguments: [],
  }
}

function action(icon: string, title: string, command: string): Action {
  return {
    title: icon === '' ? title : `${icon}\u00a0${title}`,
    command: `kafkaWorkbench.${command}`,
  }
}
