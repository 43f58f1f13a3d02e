import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import type { CopyWhat, MessagesView, RecordName } from '../../protocol/messages.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { clusterFor } from '../clusters/pickCluster.ts'
import { pickTopic } from '../pick/pick.ts'
import type { Actions } from './actions.ts'
import { chosenRecords, recordPlace, topicIn } from './arguments.ts'
import { topicReading, type Reading } from './reading.ts'
import type { ReadingSession } from './session.ts'

/** The view of messages that a command is about. */
export interface CommandedPanel {
  readonly actions: Actions
  readonly selection: readonly RecordName[]
  readonly session: ReadingSession
  start(): void
  command(command: MessagesView['events']['command']): void
}

export interface MessageCommandDeps {
  readonly clusters: Clusters
  readonly log: Log
  /** Shows the view of a reading, and opens it where there is none. */
  show(reading: Reading): void
  openAt(clusterId: string, topic: string, place: RecordName): Promise<void>
  /** The view that has the focus, or had it last among those in sight. */
  active(): CommandedPanel | undefined
}

type Run = (argument: unknown) => Promise<unknown>

/** The commands on topics and on the active view of messages. */
export function registerMessageCommands(deps: MessageCommandDeps): Disposable {
  const store = new DisposableStore()
  const all = { ...openingCommands(deps), ...viewCommands(deps), ...recordCommands(deps) }
  for (const [name, run] of Object.entries(all))
    store.add(vscode.commands.registerCommand(`kafkaWorkbench.${name}`, guarded(deps.log, run)))
  return store
}

function openingCommands(deps: MessageCommandDeps): Record<string, Run> {
  return {
    showMessages: async argument => {
      const { clusters } = deps
      const cluster = await clusterFor(clusters, argument, 'Show messages of which cluster?')
      if (!cluster) return
      const { topic = await pickTopic(clusters, cluster, SHOW_WHICH), partition } =
        topicIn(argument)
      if (topic !== undefined) deps.show(topicReading(cluster.id, topic, partition))
    },
    showRecord: async argument => {
      const place = recordPlace(argument)
      if (!place) throw new ProblemError(NO_PLACE)
      await deps.openAt(place.clusterId, place.topic, place)
    },
  }
}

/** What is about the view as a whole. */
function viewCommands(deps: MessageCommandDeps): Record<string, Run> {
  const onView = (run: (panel: CommandedPanel) => unknown) => async () => {
    const panel = deps.active()
    if (!panel) throw new ProblemError(NO_VIEW)
    await run(panel)
  }
  return {
    'messages.readAgain': onView(panel => panel.start()),
    'messages.stop': onView(panel => panel.session.stop()),
    'messages.togglePause': onView(({ session }) => {
      if (session.phase === 'paused') session.resume()
      else session.pause()
    }),
    'messages.chooseTopic': onView(({ actions }) => actions.choose('topic')),
    'messages.chooseFrom': onView(({ actions }) => actions.choose('from')),
    'messages.chooseTo': onView(({ actions }) => actions.choose('to')),
    'messages.choosePartitions': onView(({ actions }) => actions.choose('partitions')),
    'messages.jump': onView(({ actions }) => actions.jump()),
    'messages.focusFilter': onView(panel => panel.command('focusFilter')),
    'messages.showDetail': onView(panel => panel.command('showDetail')),
    'messages.toggleNotes': onView(panel => panel.command('toggleNotes')),
    'messages.exportShown': onView(({ actions }) => actions.exportRecords('shown')),
    'messages.exportTopic': onView(({ actions }) => actions.exportRecords('topic')),
  }
}

/** What is about the row of a menu, or the rows that are selected. */
function recordCommands(deps: MessageCommandDeps): Record<string, Run> {
  const onRecords =
    (run: (panel: CommandedPanel, records: readonly RecordName[]) => unknown) =>
    async (argument: unknown) => {
      const panel = deps.active()
      const records = panel && chosenRecords(argument, panel.selection)
      if (!panel || !records || records.length === 0) throw new ProblemError(NO_RECORD)
      await run(panel, records)
    }
  const onRecord = (run: (panel: CommandedPanel, record: RecordName) => unknown) =>
    onRecords((panel, [record]) => record && run(panel, record))
  const copying = (what: CopyWhat) =>
    onRecords(({ actions }, records) => actions.copy(records, what))
  return {
    openRecord: onRecord(({ actions }, record) => actions.open(record)),
    copyRecordValue: copying('value'),
    copyRecordKey: copying('key'),
    copyRecord: copying('record'),
    copyRecordRow: copying('row'),
    copyRecordAsProducer: copying('producer'),
    copyRecordAsKcat: copying('kcat'),
    'messages.compare': onRecord(panel => panel.command('compare')),
    compareRecords: async argument => {
      const panel = deps.active()
      const [left, right] = panel ? twoOf(argument, panel.selection) : []
      if (!panel || !left || !right) throw new ProblemError(NO_TWO)
      await panel.actions.compare(left, right)
    },
    sendRecordsAgain: onRecords(({ actions }, records) => actions.reproduce(records)),
    exportRecords: onRecords(({ actions }, records) => actions.exportRecords({ records })),
    openLagOfRecord: onRecord(({ actions }, record) => actions.chooseLag(record)),
  }
}

/** The two that are selected, else the selected one and the one whose menu was opened. */
function twoOf(argument: unknown, selection: readonly RecordName[]): readonly RecordName[] {
  if (selection.length === 2) return selection
  const [clicked] = chosenRecords(argument, [])
  const [selected] = selection
  if (selection.length !== 1 || !selected || !clicked) return []
  const same = clicked.partition === selected.partition && clicked.offset === selected.offset
  return same ? [] : [selected, clicked]
}

const SHOW_WHICH = 'Show messages of which topic?'

const NO_VIEW: Problem = {
  code: 'no-view',
  message: 'No view of messages is open here.',
  advice: 'Open one from a topic first.',
}

const NO_RECORD: Problem = {
  code: 'no-record',
  message: 'No record is chosen.',
  advice: 'Select one or more in a view of messages.',
}

const NO_TWO: Problem = {
  code: 'no-two-records',
  message: 'Two records are needed to compare them.',
  advice: 'Select two, or one and use the menu of another.',
}

const NO_PLACE: Problem = {
  code: 'no-record',
  message: 'No record is named.',
  advice: 'Use this on the result of a PRODUCER.',
}
