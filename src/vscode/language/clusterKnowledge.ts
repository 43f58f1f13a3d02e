import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { Clusters } from '../clusters/clusters.ts'

export interface KnownTopic {
  readonly name: string
  readonly partitions: number
  readonly replicationFactor?: number
}

/** What the language services may tell of a cluster. */
export interface ClusterFacts {
  readonly topics: ReadonlyMap<string, KnownTopic>
  /** Absent: not known. */
  readonly autoCreate?: boolean
  readonly groups: readonly string[]
}

export interface ClusterKnowledge extends Disposable {
  /**
   * What was learnt of a cluster, while it is connected; undefined: nothing. Never opens a
   * connection: what is missing or old is asked for on one that is open.
   */
  of(clusterId: string): ClusterFacts | undefined
  /** Something that was learnt is not true any more. */
  forget(clusterId: string): void
  readonly onDidChange: Event<void>
}

/** Ms for which what was learnt is good enough for hints. */
const FRESH = 30_000

interface Entry {
  readonly connection: Cluster
  facts?: ClusterFacts
  /** Ms since the epoch of the last asking, whether or not it brought something. */
  askedAt: number
}

export function createClusterKnowledge(clusters: Clusters, log: Log): ClusterKnowledge {
  const entries = new Map<string, Entry>()
  const store = new DisposableStore()
  const changed = store.add(new Emitter<void>())
  store.add(
    clusters.onDidChange(() => {
      for (const [id, { connection }] of entries)
        if (clusters.connected(id) !== connection) entries.delete(id)
      changed.fire()
    }),
  )

  async function ask(id: string, entry: Entry): Promise<void> {
    entry.askedAt = Date.now()
    try {
      const facts = await factsOf(entry.connection)
      if (entries.get(id) !== entry) return
      const isNews = !same(entry.facts, facts)
      entry.facts = facts
      if (isNews) changed.fire()
    } catch (error) {
      log.debug(`The topics of a cluster cannot be listed: ${problemOf(error).message}`)
    }
  }

  return {
    of(clusterId) {
      const connection = clusters.connected(clusterId)
      if (!connection) return undefined
      const entry = entries.get(clusterId) ?? { connection, askedAt: -Infinity }
      entries.set(clusterId, entry)
      if (Date.now() - entry.askedAt > FRESH) void ask(clusterId, entry)
      return entry.facts
    },
    forget(clusterId) {
      const entry = entries.get(clusterId)
      if (entry) void ask(clusterId, entry)
    },
    onDidChange: changed.event,
    dispose: () => {
      store.dispose()
      entries.clear()
    },
  }
}

async function factsOf(cluster: Cluster): Promise<ClusterFacts> {
  const [topics, description, groups] = await Promise.all([
    cluster.listTopics(),
    cluster.describe().catch(() => undefined),
    cluster.listGroups().catch(() => undefined),
  ])
  const known = topics.map(({ name, partitions }): KnownTopic => {
    const replicationFactor = partitions[0]?.replicas.length
    return {
      name,
      partitions: partitions.length,
      ...(replicationFactor !== undefined && { replicationFactor }),
    }
  })
  return {
    topics: new Map(known.map(topic => [topic.name, topic])),
    groups: groups?.groups.map(({ groupId }) => groupId) ?? [],
    ...(description?.autoCreateTopics !== undefined && {
      autoCreate: description.autoCreateTopics,
    }),
  }
}

function same(a: ClusterFacts | undefined, b: ClusterFacts): boolean {
  const text = ({ topics, autoCreate, groups }: ClusterFacts) =>
    JSON.stringify([[...topics.values()], autoCreate, groups])
  return a !== undefined && text(a) === text(b)
}
