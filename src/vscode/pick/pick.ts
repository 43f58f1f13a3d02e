import * as vscode from 'vscode'
import { problemOf, ProblemError } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { connectVisibly } from '../clusters/connectVisibly.ts'
import { clusterFor, textOf } from '../clusters/pickCluster.ts'
import { groupItems, topicItems, type PickItem } from './items.ts'
import { stayingOverWebview } from './staying.ts'

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
  const saved = await clusterOf(clusters, argument, placeHolder)
  if (!saved) return undefined
  const topic = textOf(argument, 'topic') ?? (await pickTopic(clusters, saved, placeHolder))
  if (topic === undefined) return undefined
  return { saved, cluster: await connectVisibly(clusters, saved), topic }
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
  const saved = await clusterOf(clusters, argument, placeHolder)
  if (!saved) return undefined
  const groupId = textOf(argument, 'groupId') ?? (await pickGroup(clusters, saved, placeHolder))
  return groupId === undefined ? undefined : { saved, groupId }
}

function clusterOf(
  clusters: Clusters,
  argument: unknown,
  placeHolder: string,
): Promise<SavedCluster | undefined> {
  return clusterFor(clusters, argument, `${placeHolder} First, of which cluster?`)
}

/** Lets the user choose a topic of a cluster, connecting if need be; internal ones come last. */
export async function pickTopic(
  clusters: Clusters,
  saved: SavedCluster,
  placeHolder: string,
): Promise<string | undefined> {
  const cluster = await connectVisibly(clusters, saved)
  const load = async (signal: AbortSignal) =>
    topicItems(await cluster.listTopics({ signal }), saved.name)
  return pick(load, `Topics of ${saved.name}`, placeHolder)
}

/** Lets the user choose a consumer group of a cluster, connecting if need be. */
export async function pickGroup(
  clusters: Clusters,
  saved: SavedCluster,
  placeHolder: string,
): Promise<string | undefined> {
  const cluster = await connectVisibly(clusters, saved)
  const load = async (signal: AbortSignal) =>
    groupItems(await cluster.listGroups({ signal }), saved.name)
  return pick(load, `Consumer groups of ${saved.name}`, placeHolder)
}

/** The list opens at once; when loading fails it closes, and when it closes loading ends. */
async function pick(
  load: (signal: AbortSignal) => Promise<readonly PickItem[]>,
  title: string,
  placeHolder: string,
): Promise<string | undefined> {
  const source = new vscode.CancellationTokenSource()
  const controller = new AbortController()
  let failure: unknown
  const items = load(controller.signal).catch((error: unknown) => {
    failure = error
    source.cancel()
    return []
  })
  const chosen = await vscode.window.showQuickPick(
    items,
    { title, placeHolder, ...stayingOverWebview() },
    source.token,
  )
  source.dispose()
  if (failure !== undefined) throw new ProblemError(problemOf(failure))
  controller.abort()
  return chosen?.label
}
