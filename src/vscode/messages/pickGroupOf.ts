import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import type { Cluster, GroupOffsets } from '../../kafka/cluster.ts'
import { count } from '../../lag/format.ts'
import type { RecordSource } from './recordSource.ts'
import { STAYING } from '../pick/staying.ts'

interface CommittedPlace {
  readonly partition: number
  readonly offset: bigint
}

/** Ms that the coordinators have to answer. */
const DEADLINE = 15_000

/**
 * Lets the user choose one of the groups that have committed offsets for the topic. Undefined:
 * none was chosen.
 */
export async function pickGroupOf(source: RecordSource): Promise<string | undefined> {
  const signal = AbortSignal.timeout(DEADLINE)
  const cluster = await source.connect(signal)
  const groups = await groupsWithOffsets(cluster, source.topic, signal)
  if (groups.length === 0)
    throw new ProblemError({
      code: 'no-groups',
      message: `No group has committed offsets for ${source.topic}, or none that may be seen.`,
    })
  const chosen = await vscode.window.showQuickPick(
    groups.map(({ groupId, places }) => ({
      label: groupId,
      description: places
        .slice(0, 6)
        .map(({ partition, offset }) => `${partition}: ${count(offset)}`)
        .join(' · '),
    })),
    { ...STAYING, title: 'Read From', placeHolder: 'From the committed offsets of which group?' },
  )
  return chosen?.label
}

async function groupsWithOffsets(
  cluster: Pick<Cluster, 'listGroups' | 'committedOffsets'>,
  topic: string,
  signal: AbortSignal,
): Promise<{ readonly groupId: string; readonly places: readonly CommittedPlace[] }[]> {
  const { groups } = await cluster.listGroups({ signal })
  const ids = groups.filter(({ type }) => type !== 'share').map(({ groupId }) => groupId)
  const answers = ids.length === 0 ? [] : await cluster.committedOffsets(ids, { signal })
  return answers
    .map(({ groupId, offsets }) => ({ groupId, places: placesIn(offsets, topic) }))
    .filter(({ places }) => places.length > 0)
    .sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
}

function placesIn(offsets: GroupOffsets['offsets'], topic: string): CommittedPlace[] {
  return offsets
    .flatMap(({ topic: name, partition, committedOffset }) =>
      name === topic && committedOffset !== undefined
        ? [{ partition, offset: committedOffset }]
        : [],
    )
    .sort((a, b) => a.partition - b.partition)
}
