import * as vscode from 'vscode'
import type { Log } from '../../base/log.ts'
import { problemOf, ProblemError, type Problem } from '../../base/problem.ts'
import { recordProducers } from '../../formats/records/producer.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import { count, plural } from '../../lag/format.ts'
import type { RecordName } from '../../protocol/messages.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { pickCluster } from '../clusters/pickCluster.ts'
import { pickTopic } from '../pick/pick.ts'
import { withPatience, withProgress } from './progress.ts'
import { wholeRecords, type RecordSource } from './recordSource.ts'
import {
  AS_NEW,
  batchesOf,
  failuresText,
  obstacleTo,
  outgoing,
  sendable,
  summaryOf,
  type Resend,
  type Resent,
} from './resend.ts'
import { STAYING } from '../pick/staying.ts'

export interface ReproduceDeps {
  readonly clusters: Clusters
  readonly log: Log
  openAt(clusterId: string, topic: string, place: RecordName): Promise<void>
}

/** What is sent, where and how: as it stands in the choices that are shown before. */
interface Draft {
  readonly records: readonly KafkaRecord[]
  readonly unread: number
  readonly cluster: SavedCluster
  readonly topic: string
  readonly how: Resend
}

/** Sends records again, after the person saw what, where and how, and chose to. */
export async function reproduce(
  source: RecordSource,
  names: readonly RecordName[],
  deps: ReproduceDeps,
): Promise<void> {
  if (!vscode.workspace.isTrusted) throw new ProblemError(UNTRUSTED)
  const cluster = deps.clusters.get(source.reading.clusterId)
  if (!cluster) throw new ProblemError(NO_CLUSTER)
  const found = await withPatience(`Fetching ${plural(names.length, 'record')}`, signal =>
    wholeRecords(source, names, signal),
  )
  const records = sendable(found)
  if (records.length === 0) throw new ProblemError(NOTHING_TO_SEND)
  const unread = found.length - records.length
  const draft = { records, unread, cluster, topic: source.topic, how: AS_NEW }
  const chosen = await review(draft, deps.clusters)
  if (!chosen || !(await confirmed(chosen))) return
  await sendAll(chosen, deps)
}

interface Item extends vscode.QuickPickItem {
  /** Another draft; undefined: what it asked for was not chosen. */
  readonly change?: () => Promise<Draft | undefined>
  readonly preview?: true
}

/** Shows the draft until it is sent or given up; each choice but sending comes back here. */
async function review(start: Draft, clusters: Clusters): Promise<Draft | undefined> {
  let draft = start
  for (;;) {
    const now = draft
    const send: Item = {
      label: `$(send) Send to ${draft.topic} on ${draft.cluster.name}`,
      detail: summaryOf(draft.records, draft.unread),
    }
    const chosen: Item | undefined = await vscode.window.showQuickPick(
      [send, ...choicesFor(draft, clusters)],
      {
        title: `Send ${plural(draft.records.length, 'Record')} Again`,
        placeHolder: 'Send them as shown here, or change how first',
        ...STAYING,
      },
    )
    if (!chosen) return undefined
    if (chosen === send) return draft
    if (chosen.preview) {
      await preview(draft)
      return undefined
    }
    draft = (await chosen.change?.()) ?? now
  }
}

function choicesFor(draft: Draft, clusters: Clusters): readonly Item[] {
  const { how, topic, cluster } = draft
  const toggle = (label: string, part: keyof Resend, yes: string, no: string): Item => ({
    label: `$(${how[part] ? 'check' : 'blank'}) ${label}`,
    description: how[part] ? yes : no,
    change: () => Promise.resolve({ ...draft, how: { ...how, [part]: !how[part] } }),
  })
  return [
    { label: 'How', kind: vscode.QuickPickItemKind.Separator },
    toggle(
      'Keep Partitions',
      'keepPartition',
      'each to the partition it comes from',
      'now: the key chooses, as a Java client does',
    ),
    toggle('Keep Timestamps', 'keepTimestamp', 'as they are', 'now: the time of sending'),
    toggle('Keep Headers', 'keepHeaders', 'all of them, in order', 'now: left out'),
    { label: 'Where', kind: vscode.QuickPickItemKind.Separator },
    {
      label: '$(list-selection) Another Topic…',
      description: `now: ${topic}`,
      change: async () => {
        const chosen = await pickTopic(clusters, cluster, 'Send the records to which topic?')
        return chosen === undefined ? undefined : { ...draft, topic: chosen }
      },
    },
    {
      label: '$(server) Another Cluster…',
      description: `now: ${cluster.name}`,
      change: async () => {
        const chosen = await pickCluster(clusters, 'Send the records to which cluster?')
        return chosen && { ...draft, cluster: chosen }
      },
    },
    { label: '', kind: vscode.QuickPickItemKind.Separator },
    {
      label: '$(open-preview) Open as .kafka File',
      description: 'a PRODUCER for each, to look at, change and send from there',
      preview: true,
    },
  ]
}

/** More blocks than one would look through. */
const MOST_PREVIEWED = 200

async function preview({ records, topic, how, cluster }: Draft): Promise<void> {
  const blocks = recordProducers(records.slice(0, MOST_PREVIEWED), {
    topic,
    keepPartition: how.keepPartition,
    keepTimestamp: how.keepTimestamp,
  })
  const rest = records.length - MOST_PREVIEWED
  const more = rest > 0 ? `\n-- and ${plural(rest, 'more record')}\n` : ''
  const document = await vscode.workspace.openTextDocument({
    language: 'kafka',
    content: `-- @cluster ${cluster.name}\n\n${blocks}${more}`,
  })
  await vscode.window.showTextDocument(document)
}

/** A protected cluster asks each time (K402). */
async function confirmed({ cluster, records, topic }: Draft): Promise<boolean> {
  if (!cluster.protected) return true
  const chosen = await vscode.window.showWarningMessage(
    `"${cluster.name}" is protected. Confirm to send ${plural(records.length, 'record')} to "${topic}".`,
    { modal: true },
    'Send',
  )
  return chosen === 'Send'
}

async function sendAll(draft: Draft, deps: ReproduceDeps): Promise<void> {
  const { records, topic, cluster } = draft
  const title = `Sending to ${topic}`
  const resent: Resent[] = []
  const send = async (signal: AbortSignal, report: (done: number) => void) => {
    const connection = await deps.clusters.connect(cluster.id, signal)
    await checkTarget(draft, connection, signal)
    for (const batch of batchesOf(records)) {
      if (signal.aborted) break
      resent.push(...(await sendBatch(draft, batch, connection, signal)))
      report(resent.length)
    }
  }
  await withProgress(title, (signal, report) =>
    send(signal, done => {
      report(`${count(done)} of ${plural(records.length, 'record')}`, (100 * done) / records.length)
    }),
  )
  const failed = resent.filter(({ outcome }) => outcome.problem).length
  deps.log.info(`Sent ${resent.length - failed} of ${records.length} record(s) again to ${topic}`)
  void tellSent(draft, resent, deps)
}

async function checkTarget(
  { records, topic, how }: Draft,
  cluster: Pick<Cluster, 'describeTopics'>,
  signal: AbortSignal,
): Promise<void> {
  const [described] = await cluster.describeTopics([topic], { signal })
  if (described?.problem) throw new ProblemError(described.problem)
  const obstacle = obstacleTo(records, how, topic, described?.partitions.length ?? 0)
  if (obstacle) throw new ProblemError(obstacle)
}

async function sendBatch(
  { topic, how }: Draft,
  batch: readonly KafkaRecord[],
  cluster: Pick<Cluster, 'produce'>,
  signal: AbortSignal,
): Promise<readonly Resent[]> {
  const records = batch.map(record => outgoing(record, how))
  try {
    const outcomes = await cluster.produce({ topic, records }, { signal })
    return batch.map((record, index) => ({ record, outcome: outcomes[index] ?? {} }))
  } catch (error) {
    const problem = problemOf(error)
    return batch.map(record => ({ record, outcome: { problem } }))
  }
}

async function tellSent(
  { topic, cluster, records }: Draft,
  resent: readonly Resent[],
  deps: ReproduceDeps,
): Promise<void> {
  const written = resent.filter(({ outcome }) => !outcome.problem)
  const first = written.find(({ outcome }) => outcome.offset !== undefined)?.outcome
  const show = first ? ['Show in Messages'] : []
  const notSent = records.length - resent.length
  const complete = written.length === records.length
  const problem = resent.find(({ outcome }) => outcome.problem)?.outcome.problem
  const chosen = complete
    ? await vscode.window.showInformationMessage(
        `Sent ${plural(records.length, 'record')} to ${topic}.`,
        ...show,
      )
    : await vscode.window.showWarningMessage(
        `${count(written.length)} of ${plural(records.length, 'record')} written to ${topic}. ${problem?.message ?? 'It was cancelled.'}`,
        ...show,
        'Show Failures',
      )
  if (chosen === 'Show Failures') await showFailures(failuresText(topic, resent, notSent))
  const { partition, offset } = first ?? {}
  if (chosen === 'Show in Messages' && partition !== undefined && offset !== undefined)
    await deps.openAt(cluster.id, topic, { partition, offset: String(offset) })
}

async function showFailures(content: string): Promise<void> {
  const document = await vscode.workspace.openTextDocument({ language: 'plaintext', content })
  await vscode.window.showTextDocument(document)
}

const UNTRUSTED: Problem = {
  code: 'untrusted',
  message: 'Nothing is sent from an untrusted workspace.',
  advice: 'Trust this workspace to send records from it.',
}

const NO_CLUSTER: Problem = {
  code: 'no-cluster',
  message: 'The cluster of these records is not among the saved ones any more.',
}

const NOTHING_TO_SEND: Problem = {
  code: 'nothing-to-send',
  message: 'None of these records could be read, so there is nothing to send.',
}
