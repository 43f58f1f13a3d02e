import * as vscode from 'vscode'
import type { Cluster } from '../../kafka/cluster.ts'
import { plural } from '../../lag/format.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { clusterFor, textOf } from '../clusters/pickCluster.ts'
import { replication } from '../tree/presentTopic.ts'

export interface ClusterTopic {
  readonly saved: SavedCluster
  readonly cluster: Cluster
  readonly topic: string
}

/** The topic that a command was called on, else one that the user picks. */
export async function topicFor(
  clusters: Clusters,
  argument: unknown,
  placeHolder: string,
): Promise<ClusterTopic | undefined> {
  const saved = await clusterFor(clusters, argument, `${placeHolder} First, of which cluster?`)
  if (!saved) return undefined
  const cluster = await clusters.connect(saved.id)
  const named = textOf(argument, 'topic')
  const topic = named ?? (await pickTopic(saved, cluster, placeHolder))
  return topic === undefined ? undefined : { saved, cluster, topic }
}

/** Lets the user choose a topic; internal ones come last. */
export async function pickTopic(
  saved: SavedCluster,
  cluster: Cluster,
  placeHolder: string,
): Promise<string | undefined> {
  const items = cluster.listTopics().then(topics =>
    topics
      .toSorted((a, b) => Number(a.internal) - Number(b.internal) || (a.name < b.name ? -1 : 1))
      .map(topic => ({
        label: topic.name,
        description: [
          plural(topic.partitions.length, 'partition'),
          `replication ${replication(topic)}`,
          ...(topic.internal ? ['internal'] : []),
        ].join(' · '),
      })),
  )
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Topics of ${saved.name}`,
    placeHolder,
    matchOnDescription: false,
  })
  return chosen?.label
}

export interface ClusterGroup {
  readonly saved: SavedCluster
  readonly groupId: string
}

/** The consumer group that a command was called on, else one that the user picks. */
export async function groupFor(
  clusters: Clusters,
  argument: unknown,
  placeHolder: string,
): Promise<ClusterGroup | undefined> {
  const saved = await clusterFor(clusters, argument, `${placeHolder} First, of which cluster?`)
  if (!saved) return undefined
  const named = textOf(argument, 'groupId')
  if (named !== undefined) return { saved, groupId: named }
  const cluster = await clusters.connect(saved.id)
  const groupId = await pickGroup(saved, cluster, placeHolder)
  return groupId === undefined ? undefined : { saved, groupId }
}

/** Lets the user choose a consumer group. */
export async function pickGroup(
  saved: SavedCluster,
  cluster: Cluster,
  placeHolder: string,
): Promise<string | undefined> {
  const items = cluster.listGroups().then(({ groups }) =>
    groups
      .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
      .map(({ groupId, type, state }) => ({
        label: groupId,
        description: [type, state].filter(part => part !== undefined).join(' · '),
      })),
  )
  const chosen = await vscode.window.showQuickPick(items, {
    title: `Consumer groups of ${saved.name}`,
    placeHolder,
  })
  return chosen?.label
}
