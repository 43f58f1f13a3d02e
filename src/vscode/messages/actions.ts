import * as vscode from 'vscode'
import type { Log } from '../../base/log.ts'
import { problemOf, ProblemError } from '../../base/problem.ts'
import { count } from '../../lag/format.ts'
import type { CopyWhat, ReadBy, RecordName } from '../../protocol/messages.ts'
import { pickTopic } from '../pick/pick.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { chooseFrom, chooseTo } from './choose.ts'
import { choosePartitions } from './choosePartitions.ts'
import { copyRecords } from './copy.ts'
import { exportRecords, type ExportWhat } from './exportRecords.ts'
import { jump } from './jump.ts'
import { withPatience } from './progress.ts'
import { readBy, READ_BY_TIMEOUT } from './readBy.ts'
import { readingOfTopic, withStart, type Reading } from './reading.ts'
import type { RecordDocuments } from './recordDocument.ts'
import { heldView, type RecordSource } from './recordSource.ts'
import { recordText } from './recordText.ts'
import { reproduce } from './reproduce.ts'
import type { ReadingSession } from './session.ts'
import { STAYING } from '../pick/staying.ts'

/** What a person can do with the records of a view. Failures are told in a message. */
export interface Actions {
  /** Rejects never: what fails is in the answer. */
  readBy(name: RecordName, signal: AbortSignal): Promise<ReadBy>
  open(name: RecordName): Promise<undefined>
  /** Opens two records in a diff editor. */
  compare(left: RecordName, right: RecordName): Promise<undefined>
  /** Resolves with how many are in the clipboard. */
  copy(records: readonly RecordName[], what: CopyWhat): Promise<number>
  reproduce(records: readonly RecordName[]): Promise<undefined>
  exportRecords(what: ExportWhat): Promise<undefined>
  openLag(group: string, name: RecordName): Promise<undefined>
  /** Lets the person choose one of the groups that read here, and opens its lag panel. */
  chooseLag(name: RecordName): Promise<undefined>
  jump(): Promise<undefined>
  choose(what: 'topic' | 'from' | 'to' | 'partitions'): Promise<undefined>
  newProducerFile(): Promise<undefined>
  showLog(): Promise<undefined>
}

/** What the actions work on. */
export interface ActingPanel {
  readonly reading: Reading
  readonly topic: string
  readonly source: RecordSource
  readonly session: ReadingSession
  start(reading: Reading): void
  read(changes: Readonly<Record<string, string | undefined>>): void
  revealRow(row: number, record?: RecordName): void
  revealRecord(name: RecordName): void
}

export interface ActionDeps {
  readonly clusters: Clusters
  readonly documents: RecordDocuments
  readonly log: Log
  /** Shows another topic where this one was shown. */
  switchTo(reading: Reading): void
  /** Shows a reading in a view of its own. */
  open(reading: Reading): void
  openAt(clusterId: string, topic: string, place: RecordName): Promise<void>
}

/** Ms that the coordinators of all groups have to answer. */
const READ_BY_DEADLINE = 15_000

export function actionsOf(panel: ActingPanel, deps: ActionDeps): Actions {
  const act = (run: () => Promise<unknown>) => async (): Promise<undefined> => {
    await guarded(deps.log, run)(undefined)
    return undefined
  }
  const { clusters } = deps
  return {
    readBy: (name, signal) => answerReadBy(panel, name, signal),
    open: name => act(() => openRecord(panel, deps, name))(),
    compare: (left, right) => act(() => compareRecords(panel, deps, left, right))(),
    copy: async (records, what) => {
      let copied = 0
      await act(async () => {
        copied = await copyRecords(panel.source, records, what, brokersOf(panel, clusters))
      })()
      return copied
    },
    reproduce: records =>
      act(() =>
        reproduce(panel.source, records, {
          clusters,
          log: deps.log,
          openAt: (clusterId, topic, place) => deps.openAt(clusterId, topic, place),
        }),
      )(),
    exportRecords: what => act(() => exportRecords(panel.source, what))(),
    openLag: group => act(() => openLag(panel, group))(),
    chooseLag: name => act(() => chooseLag(panel, name))(),
    jump: act(() => jump(panel, reading => deps.open(reading))),
    choose: what => act(() => choose(panel, deps, what))(),
    newProducerFile: act(async () => {
      const argument = { clusterId: panel.reading.clusterId, topic: panel.topic }
      await vscode.commands.executeCommand('kafkaWorkbench.newKafkaFile', argument)
    }),
    showLog: act(async () => {
      await vscode.commands.executeCommand('kafkaWorkbench.showLog')
    }),
  }
}

function brokersOf({ reading }: ActingPanel, clusters: Clusters): string {
  return clusters.get(reading.clusterId)?.bootstrapServers.join(',') ?? 'localhost:9092'
}

async function answerReadBy(
  { source, topic }: ActingPanel,
  { partition, offset }: RecordName,
  asked: AbortSignal,
): Promise<ReadBy> {
  const deadline = AbortSignal.timeout(READ_BY_DEADLINE)
  const signal = AbortSignal.any([asked, deadline])
  try {
    const cluster = await source.connect(signal)
    const answer = await readBy(cluster, { topic, partition, offset }, signal)
    return answer.problem && deadline.aborted ? { ...answer, problem: READ_BY_TIMEOUT } : answer
  } catch (error) {
    return { groups: [], problem: deadline.aborted ? READ_BY_TIMEOUT : problemOf(error) }
  }
}

async function openLag({ reading }: ActingPanel, groupId: string): Promise<void> {
  const argument = { clusterId: reading.clusterId, groupId }
  await vscode.commands.executeCommand('kafkaWorkbench.openLagPanel', argument)
}

async function chooseLag(panel: ActingPanel, name: RecordName): Promise<void> {
  const items = withPatience('Asking which groups read here', async signal => {
    const { groups, problem } = await answerReadBy(panel, name, signal)
    const known = groups.filter(({ committedOffset }) => committedOffset !== undefined)
    if (known.length === 0) throw new ProblemError(problem ?? NO_GROUPS)
    return known
  })
  const chosen = await vscode.window.showQuickPick(
    (await items).map(({ group, passed, committedOffset = '' }) => ({
      label: group,
      description: `${passed ? 'has passed it' : 'has not passed it'}, stands at ${count(BigInt(committedOffset))}`,
    })),
    {
      title: `${panel.topic}-${name.partition} @ ${count(BigInt(name.offset))}`,
      placeHolder: 'Open the lag panel of which group?',
      ...STAYING,
    },
  )
  if (chosen) await openLag(panel, chosen.label)
}

async function openRecord(
  { source, reading }: ActingPanel,
  { documents }: ActionDeps,
  name: RecordName,
): Promise<void> {
  const record = await heldView(source).record(name)
  await documents.open(reading.clusterId, record, recordText(record, source.formats))
}

async function compareRecords(
  { source, reading }: ActingPanel,
  { documents }: ActionDeps,
  left: RecordName,
  right: RecordName,
): Promise<void> {
  const view = heldView(source)
  const records = await Promise.all([view.record(left), view.record(right)])
  const [a, b] = records.map(record => ({ record, text: recordText(record, source.formats) }))
  if (a && b) await documents.compare(reading.clusterId, a, b)
}

async function choose(
  panel: ActingPanel,
  deps: ActionDeps,
  what: 'topic' | 'from' | 'to' | 'partitions',
): Promise<void> {
  const { reading } = panel
  if (!reading.adjustable) throw new ProblemError(NOT_ADJUSTABLE)
  const { properties } = reading.text
  switch (what) {
    case 'topic': {
      const cluster = deps.clusters.get(reading.clusterId)
      const topic = cluster && (await pickTopic(deps.clusters, cluster, SHOW_WHICH))
      if (topic !== undefined && topic !== panel.topic)
        deps.switchTo(readingOfTopic(reading, topic))
      return
    }
    case 'from': {
      const start = await chooseFrom(panel.source)
      if (start) panel.start(withStart(panel.reading, start.from, start.group))
      return
    }
    case 'to':
      panel.read({ ...(await chooseTo(panel.source)) })
      return
    case 'partitions':
      panel.read({ partitions: await choosePartitions(properties['partitions'], panel.source) })
  }
}

const SHOW_WHICH = 'Show messages of which topic?'

const NO_GROUPS = {
  code: 'no-groups',
  message: 'No group has committed an offset for this partition, or none that may be seen.',
}

const NOT_ADJUSTABLE = {
  code: 'not-adjustable',
  message: 'The block in the .kafka file says what is read here.',
  advice: 'Change it there and start it again.',
}
