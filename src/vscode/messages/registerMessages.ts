import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import type { RecordName } from '../../protocol/messages.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { actionsOf } from './actions.ts'
import { registerMessageCommands } from './commands.ts'
import { keptReadings } from './keptReadings.ts'
import { messagesMemory } from './memory.ts'
import { MessagesPanel, type PanelDeps } from './panel.ts'
import {
  lookedAtAs,
  mayJoin,
  readingFrom,
  savedReading,
  topicReadingId,
  type Reading,
} from './reading.ts'
import { createRecordDocuments } from './recordDocument.ts'
import type { ReadingSession } from './session.ts'
import { memoryBudget } from './settings.ts'

export const MESSAGES_VIEW = 'kafkaWorkbench.messages'

export interface MessagesDeps {
  readonly extensionUri: vscode.Uri
  /** Where filters and layouts are remembered. */
  readonly globalState: vscode.Memento
  /** Where it is remembered what the open views read. */
  readonly workspaceState: vscode.Memento
  readonly clusters: Clusters
  readonly clock: Clock
  readonly log: Log
}

/** The views of records: one per reading, each of which it owns until it is closed. */
export interface MessagesViews extends Disposable {
  /** Shows a reading and reads it from its start; a view of the same id is used again. */
  open(reading: Reading): void
  /** Shows one record of a topic: in a view that holds it, else it is read from there on. */
  openAt(clusterId: string, topic: string, place: RecordName): Promise<void>
  stop(id: string): void
  stopAll(): void
  /** The session of an open view. */
  session(id: string): ReadingSession | undefined
  /** The view of a reading, where it is open. */
  panel(id: string): MessagesPanel | undefined
  /** Whether a reading goes on, and whether it has begun. */
  state(id: string): 'starting' | 'running' | 'stopped'
  /** Whether a member of a group is one of this window. */
  isOurs(memberId: string): boolean
  /** A reading began or ended. */
  readonly onDidChange: Event<void>
}

export function registerMessages(deps: MessagesDeps): MessagesViews {
  const store = new DisposableStore()
  const panels = new Map<string, MessagesPanel>()
  const documents = store.add(createRecordDocuments())
  const changed = store.add(new Emitter<void>())
  const memory = messagesMemory(deps.globalState)
  const readings = keptReadings(deps.workspaceState)
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
    const { extensionUri, clusters, clock, log } = deps
    return {
      extensionUri,
      clusters,
      memory,
      readings,
      session: {
        clock,
        connect: signal => clusters.connect(clusterId, signal),
        isOurs: memberId => ourMembers.has(memberId),
        onJoined: memberId => ourMembers.add(memberId),
        budgetBytes: memoryBudget,
      },
      actions: panel =>
        actionsOf(panel, {
          clusters,
          documents,
          log,
          open,
          openAt,
          switchTo: reading => switchTo(panels, panel, reading),
        }),
    }
  }

  function open(reading: Reading): void {
    const panel =
      panels.get(reading.id) ?? takeOver(panels, reading) ?? adopt(createPanel(), reading)
    panel.reveal()
    panel.start(reading.adjustable ? reading : lookedAtAs(reading, panel.reading))
  }

  /** Shows a view as it is, or opens one. */
  function show(reading: Reading): void {
    const there = panels.get(reading.id)
    if (!there) {
      open(reading)
      return
    }
    there.reveal()
    if (!there.session.running) there.start()
  }

  async function openAt(clusterId: string, topic: string, place: RecordName): Promise<void> {
    const { partition, offset } = place
    const there = panels.get(topicReadingId(clusterId, topic))
    const row = await there?.session.view?.locate(place)
    if (there && row !== undefined) {
      there.reveal()
      there.revealRow(row, { partition, offset })
      return
    }
    const reading = readingFrom(clusterId, topic, partition, offset)
    open(reading)
    panels.get(reading.id)?.revealRecord(place)
  }

  store.add(
    vscode.window.registerWebviewPanelSerializer(MESSAGES_VIEW, {
      deserializeWebviewPanel: (panel, state) => {
        const saved = savedReading(state)
        const reading = saved && readings.latest(saved)
        if (!reading || panels.has(reading.id)) panel.dispose()
        else restore(adopt(panel, reading), reading, deps.clusters)
        return Promise.resolve()
      },
    }),
  )
  store.add(
    registerMessageCommands({
      clusters: deps.clusters,
      log: deps.log,
      show,
      openAt,
      active: () => [...panels.values()].find(({ active }) => active),
    }),
  )

  return {
    open,
    openAt,
    stop: id => panels.get(id)?.session.stop(),
    stopAll: () => {
      for (const panel of panels.values()) panel.session.stop()
    },
    session: id => panels.get(id)?.session,
    panel: id => panels.get(id),
    isOurs: memberId => ourMembers.has(memberId),
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

/** Shows another reading in a view, unless one shows it already. */
function switchTo(
  panels: Map<string, MessagesPanel>,
  panel: MessagesPanel,
  reading: Reading,
): void {
  const there = panels.get(reading.id)
  if (there && there !== panel) {
    there.reveal()
    return
  }
  panels.delete(panel.reading.id)
  panels.set(reading.id, panel)
  panel.start(reading)
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
    { viewColumn: columnForPanel(), preserveFocus: true },
    { retainContextWhenHidden: true },
  )
}

/** Beside a text, which one goes on writing; else where one looks now. */
function columnForPanel(): vscode.ViewColumn {
  return vscode.window.activeTextEditor ? vscode.ViewColumn.Beside : vscode.ViewColumn.Active
}

/** After a reload: looking goes on by itself; a group is not joined again without being asked. */
function restore(panel: MessagesPanel, reading: Reading, clusters: Clusters): void {
  if (!clusters.get(reading.clusterId))
    panel.session.refuse({
      code: 'no-cluster',
      message: `The cluster "${reading.clusterId}" is not among the saved clusters any more.`,
      advice: 'Close this view and open the topic again from the tree.',
    })
  else if (!mayJoin(reading)) panel.start()
  panel.restored = true
}
