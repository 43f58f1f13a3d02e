import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError } from '../../base/problem.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { clusterFor } from '../clusters/pickCluster.ts'
import { MessagesPanel, type PanelDeps } from './panel.ts'
import { pickTopic } from './pickTopic.ts'
import { savedReading, type Reading } from './reading.ts'
import { createRecordDocuments } from './recordDocument.ts'
import type { ReadingSession } from './session.ts'

export const MESSAGES_VIEW = 'kafkaWorkbench.messages'

export interface MessagesDeps {
  readonly extensionUri: vscode.Uri
  readonly clusters: Clusters
  readonly clock: Clock
  readonly log: Log
}

/** The views of records: one per reading, each of which it owns until it is closed. */
export interface MessagesViews extends Disposable {
  /** Shows a reading and reads it from its start; a view of the same id is used again. */
  open(reading: Reading): void
  stop(id: string): void
  stopAll(): void
  /** The session of an open view. */
  session(id: string): ReadingSession | undefined
  /** Whether a reading goes on, and whether it has begun. */
  state(id: string): 'starting' | 'running' | 'stopped'
  /** A reading began or ended. */
  readonly onDidChange: Event<void>
}

export function registerMessages(deps: MessagesDeps): MessagesViews {
  const store = new DisposableStore()
  const panels = new Map<string, MessagesPanel>()
  const documents = store.add(createRecordDocuments())
  const changed = store.add(new Emitter<void>())
  /** Members of groups that this window runs: a group with only these has no one to disturb. */
  const ourMembers = new Set<string>()

  function adopt(panel: vscode.WebviewPanel, reading: Reading): MessagesPanel {
    const messages = new MessagesPanel(panel, reading, panelDeps(reading))
    panels.set(reading.id, messages)
    let state = stateOf(messages)
    messages.session.onDidChange(() => {
      if (state === (state = stateOf(messages))) return
      changed.fire()
    })
    messages.onDidDispose(() => {
      const { id } = messages.reading
      if (panels.get(id) === messages) panels.delete(id)
      changed.fire()
    })
    return messages
  }

  function panelDeps({ clusterId }: Reading): PanelDeps {
    return {
      extensionUri: deps.extensionUri,
      session: {
        clock: deps.clock,
        connect: signal => deps.clusters.connect(clusterId, signal),
        isOurs: memberId => ourMembers.has(memberId),
        onJoined: memberId => ourMembers.add(memberId),
      },
      clusterName: () => deps.clusters.get(clusterId)?.name ?? clusterId,
      openRecord: (record, text) => documents.open(clusterId, record, text),
      newProducerFile: async topic => {
        await vscode.commands.executeCommand('kafkaWorkbench.newKafkaFile', { clusterId, topic })
      },
    }
  }

  const open = (reading: Reading) => {
    const panel =
      panels.get(reading.id) ?? takeOver(panels, reading) ?? adopt(createPanel(), reading)
    panel.reveal()
    panel.start(reading)
  }

  store.add(
    vscode.window.registerWebviewPanelSerializer(MESSAGES_VIEW, {
      deserializeWebviewPanel: (panel, state) => {
        const reading = savedReading(state)
        if (!reading || panels.has(reading.id)) panel.dispose()
        else restore(adopt(panel, reading), reading, deps.clusters)
        return Promise.resolve()
      },
    }),
  )
  registerCommands(store, deps, panels, open)

  return {
    open,
    stop: id => panels.get(id)?.session.stop(),
    stopAll: () => {
      for (const panel of panels.values()) panel.session.stop()
    },
    session: id => panels.get(id)?.session,
    state: id => {
      const panel = panels.get(id)
      return panel ? stateOf(panel) : 'stopped'
    },
    onDidChange: changed.event,
    dispose: () => {
      for (const panel of [...panels.values()]) panel.dispose()
      store.dispose()
    },
  }
}

/**
 * The view that a reload brought back for the same text of the same file: blocks are named anew
 * then, and a second view of it would be one too many.
 */
function takeOver(panels: Map<string, MessagesPanel>, reading: Reading): MessagesPanel | undefined {
  if (reading.adjustable) return undefined
  const file = reading.id.slice(0, reading.id.lastIndexOf('/') + 1)
  const text = JSON.stringify(reading.text)
  for (const [id, panel] of panels) {
    if (!panel.restored || !id.startsWith(file)) continue
    if (JSON.stringify(panel.reading.text) !== text) continue
    panels.delete(id)
    panels.set(reading.id, panel)
    panel.restored = false
    return panel
  }
  return undefined
}

function stateOf({ session }: MessagesPanel): 'starting' | 'running' | 'stopped' {
  if (!session.running) return 'stopped'
  return session.phase === 'connecting' ? 'starting' : 'running'
}

function createPanel(): vscode.WebviewPanel {
  return vscode.window.createWebviewPanel(
    MESSAGES_VIEW,
    'Messages',
    { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    { retainContextWhenHidden: true },
  )
}

/** After a reload: looking goes on by itself; a group is not joined again without being asked. */
function restore(panel: MessagesPanel, reading: Reading, clusters: Clusters): void {
  panel.restored = true
  if (!clusters.get(reading.clusterId))
    panel.session.refuse({
      code: 'no-cluster',
      message: `The cluster "${reading.clusterId}" is not among the saved clusters any more.`,
      advice: 'Close this view and open the topic again from the tree.',
    })
  else if (reading.text.group === undefined) panel.start()
}

function registerCommands(
  store: DisposableStore,
  deps: MessagesDeps,
  panels: ReadonlyMap<string, MessagesPanel>,
  open: (reading: Reading) => void,
): void {
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(deps.log, run)))
  }
  register('showMessages', async argument => {
    const reading = await topicReading(deps.clusters, argument)
    if (reading) open(reading)
  })
  const onRecord = (run: (panel: MessagesPanel, row: RowContext) => Promise<unknown>) => {
    return async (argument: unknown) => {
      const panel = [...panels.values()].find(({ active }) => active)
      const row = rowContext(argument)
      if (!panel || !row) throw new ProblemError(NO_RECORD)
      await run(panel, row)
    }
  }
  register(
    'openRecord',
    onRecord((panel, row) => panel.open(row)),
  )
  register(
    'copyRecordValue',
    onRecord((panel, row) => panel.copy(row, 'value')),
  )
  register(
    'copyRecord',
    onRecord((panel, row) => panel.copy(row, 'record')),
  )
}

const NO_RECORD = {
  code: 'no-record',
  message: 'No record is chosen.',
  advice: 'Use this from the menu of a row in a view of messages.',
}

interface RowContext {
  readonly partition: number
  readonly offset: string
}

/** What the view put into `data-vscode-context` of a row. */
function rowContext(argument: unknown): RowContext | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined
  const { partition, offset } = argument as Record<string, unknown>
  return typeof partition === 'number' && typeof offset === 'string'
    ? { partition, offset }
    : undefined
}

/** The newest records of a topic, and what comes: no group, nothing committed. */
async function topicReading(clusters: Clusters, argument: unknown): Promise<Reading | undefined> {
  const cluster = await clusterFor(clusters, argument, 'Show messages of which cluster?')
  if (!cluster) return undefined
  const { topic = await pickTopic(clusters, cluster), partition } = topicOf(argument)
  if (topic === undefined) return undefined
  const partitions = partition === undefined ? {} : { partitions: String(partition) }
  return {
    id: ['topic', cluster.id, topic, ...Object.values(partitions)].join('/'),
    clusterId: cluster.id,
    text: { properties: { topic, from: 'tail(100)', ...partitions } },
    adjustable: true,
  }
}

function topicOf(argument: unknown): { readonly topic?: string; readonly partition?: number } {
  if (typeof argument !== 'object' || argument === null) return {}
  const { topic, partition } = argument as Record<string, unknown>
  return {
    ...(typeof topic === 'string' && { topic }),
    ...(typeof partition === 'number' && { partition }),
  }
}
