import type { Disposable } from '../../base/dispose.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { emptyData, type ClusterData } from './data.ts'
import type { LiveParts } from './liveNodes.ts'
import {
  loadBrokers,
  loadGroupDetails,
  loadGroups,
  loadTopicDetails,
  loadTopics,
  type Depth,
} from './load.ts'
import type { TreeNode } from './nodes.ts'

export interface TreeDataOptions {
  connected(clusterId: string): Cluster | undefined
  now(): number
}

/** What the tree knows, by cluster, and how it learns it. */
export interface TreeData extends Disposable {
  readonly data: (clusterId: string) => ClusterData
  /** Loads what a node's children need. Undefined: it is there, or there is nothing to load. */
  ensure(node: TreeNode): Promise<void> | undefined
  /** Loads it again, unless it was loaded a moment ago. */
  renew(node: TreeNode): Promise<void>
  /**
   * Asks again for what is open. `offsets` is the cheap look at what moves; `all` asks for lists,
   * members, sizes and configs, too, and forgets what is not open. A look waits for the one before.
   */
  refresh(clusterId: string, parts: LiveParts, depth: Depth): Promise<void>
  /** Forgets a cluster, and gives up what is being asked of it. */
  forget(clusterId: string): void
}

interface Entry {
  readonly data: ClusterData
  readonly controller: AbortController
  readonly loading: Map<string, Promise<void>>
  readonly loadedAt: Map<string, number>
  refreshing?: Promise<void>
}

/** Younger than this, an answer is not asked for again when its node is opened. */
const FRESH_MS = 3_000

export function createTreeData(options: TreeDataOptions): TreeData {
  const entries = new Map<string, Entry>()

  function entryOf(clusterId: string): Entry {
    const found = entries.get(clusterId)
    if (found) return found
    const entry: Entry = {
      data: emptyData(),
      controller: new AbortController(),
      loading: new Map(),
      loadedAt: new Map(),
    }
    entries.set(clusterId, entry)
    return entry
  }

  function load(node: TreeNode): Promise<void> | undefined {
    if (node.kind === 'settings-problem') return undefined
    const cluster = options.connected(node.clusterId)
    if (!cluster) return undefined
    const entry = entryOf(node.clusterId)
    const pending = entry.loading.get(node.id)
    if (pending) return pending
    const asked = ask(node, cluster, entry.data, entry.controller.signal)
    if (!asked) return undefined
    const done = asked.finally(() => {
      entry.loading.delete(node.id)
      entry.loadedAt.set(node.id, options.now())
    })
    entry.loading.set(node.id, done)
    return done
  }

  async function look(
    cluster: Cluster,
    { data, controller: { signal } }: Entry,
    parts: LiveParts,
    depth: Depth,
  ): Promise<void> {
    const { openTopics, openGroups } = parts
    if (depth === 'all') forgetClosed(data, parts)
    await Promise.all([
      depth === 'all' && parts.brokers && loadBrokers(cluster, data, signal),
      depth === 'all' && parts.topics && loadTopics(cluster, data, signal),
      depth === 'all' && parts.groups && loadGroups(cluster, data, signal),
    ])
    await Promise.all([
      openTopics.length > 0 && loadTopicDetails(cluster, data, openTopics, depth, signal),
      openGroups.length > 0 && loadGroupDetails(cluster, data, openGroups, depth, signal),
    ])
  }

  function forget(clusterId: string): void {
    entries.get(clusterId)?.controller.abort()
    entries.delete(clusterId)
  }

  return {
    data: clusterId => entryOf(clusterId).data,
    ensure(node) {
      return isKnown(node, entryOf) ? undefined : load(node)
    },
    async renew(node) {
      if (node.kind === 'settings-problem') return
      const at = entryOf(node.clusterId).loadedAt.get(node.id)
      if (at === undefined || options.now() - at >= FRESH_MS) await load(node)
    },
    async refresh(clusterId, parts, depth) {
      const cluster = options.connected(clusterId)
      if (!cluster) return
      const entry = entryOf(clusterId)
      if (entry.refreshing) {
        await entry.refreshing
        if (depth === 'offsets') return
      }
      const looking = look(cluster, entry, parts, depth).finally(() => {
        if (entry.refreshing === looking) delete entry.refreshing
      })
      entry.refreshing = looking
      await looking
    },
    forget,
    dispose() {
      for (const clusterId of [...entries.keys()]) forget(clusterId)
    },
  }
}

function ask(
  node: TreeNode,
  cluster: Cluster,
  data: ClusterData,
  signal: AbortSignal,
): Promise<void> | undefined {
  switch (node.kind) {
    case 'brokers':
      return loadBrokers(cluster, data, signal)
    case 'topics':
      return loadTopics(cluster, data, signal)
    case 'groups':
      return loadGroups(cluster, data, signal)
    case 'topic':
      return loadTopicDetails(cluster, data, [node.topic], 'all', signal)
    case 'group':
      return loadGroupDetails(cluster, data, [node.groupId], 'all', signal)
    case 'settings-problem':
    case 'cluster':
    case 'quorum':
    case 'broker':
    case 'partition':
    case 'members':
    case 'member':
    case 'assignment':
    case 'group-topic':
    case 'group-partition':
    case 'note':
    case 'more':
      return undefined
  }
}

function isKnown(node: TreeNode, entryOf: (clusterId: string) => Entry): boolean {
  if (node.kind === 'settings-problem') return true
  const { data } = entryOf(node.clusterId)
  if (node.kind === 'brokers' || node.kind === 'topics' || node.kind === 'groups') {
    return data[node.kind] !== undefined
  }
  if (node.kind === 'topic') return data.topicDetails.has(node.topic)
  return node.kind !== 'group' || data.groupDetails.has(node.groupId)
}

/** Numbers that nobody keeps fresh must not stay in sight: they are asked again on opening. */
function forgetClosed(data: ClusterData, parts: LiveParts): void {
  for (const name of [...data.topicDetails.keys()]) {
    if (!parts.openTopics.includes(name)) data.topicDetails.delete(name)
  }
  for (const id of [...data.groupDetails.keys()]) {
    if (!parts.openGroups.includes(id)) data.groupDetails.delete(id)
  }
}
