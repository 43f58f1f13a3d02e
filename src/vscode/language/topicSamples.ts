import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { recordAt } from '../../kafka/page.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { sampleOf, type TopicSample } from './topicSample.ts'

/** What recent records of topics tell, for the services of the language. */
export interface TopicSamples extends Disposable {
  /**
   * What was learnt of a topic, while its cluster is connected; undefined: nothing yet. Never opens
   * a connection: what is missing or old is read on one that is open.
   */
  of(clusterId: string, topic: string): TopicSample | undefined
  /** Resolves when the topic was looked at, or when `ms` are over. */
  load(clusterId: string, topic: string, ms: number): Promise<void>
  /** Something was learnt. */
  readonly onDidChange: Event<void>
}

/** Ms for which what was learnt is good enough for hints. */
const FRESH = 60_000
/** Ms after which a look is given up. */
const LONGEST_LOOK = 5_000
const MOST_TOPICS = 200
const MOST_PARTITIONS = 50
/** Records in all, shared out over the partitions. */
const RECORDS = 100
/** Of the records that are kept for one look. */
const MOST_BYTES = 4 * 1024 * 1024

interface Entry {
  readonly connection: Cluster
  sample?: TopicSample
  /** Ms since the epoch. */
  lookedAt: number
  looking?: Promise<void>
}

export function createTopicSamples(clusters: Clusters, log: Log): TopicSamples {
  const entries = new Map<string, Entry>()
  const store = new DisposableStore()
  const changed = store.add(new Emitter<void>())
  const ending = new AbortController()
  store.add(
    clusters.onDidChange(() => {
      for (const [key, { connection }] of entries)
        if (clusters.connected(clusterOf(key)) !== connection) entries.delete(key)
    }),
  )

  async function look(entry: Entry, topic: string): Promise<void> {
    const signal = AbortSignal.any([ending.signal, AbortSignal.timeout(LONGEST_LOOK)])
    try {
      const records = await latestRecords(entry.connection, topic, signal)
      const sample = sampleOf(records)
      const isNews = textOf(sample) !== textOf(entry.sample)
      entry.sample = sample
      if (isNews && !ending.signal.aborted) changed.fire()
    } catch (error) {
      log.debug(`Recent records of "${topic}" cannot be read: ${problemOf(error).message}`)
    }
  }

  function entryOf(clusterId: string, topic: string): Entry | undefined {
    const connection = clusters.connected(clusterId)
    if (!connection || topic === '') return undefined
    const key = `${clusterId} ${topic}`
    const entry = entries.get(key) ?? { connection, lookedAt: -Infinity }
    if (!entries.has(key) && entries.size >= MOST_TOPICS) entries.clear()
    entries.set(key, entry)
    if (!entry.looking && Date.now() - entry.lookedAt > FRESH) {
      entry.lookedAt = Date.now()
      entry.looking = look(entry, topic).finally(() => {
        delete entry.looking
      })
    }
    return entry
  }

  return {
    of: (clusterId, topic) => entryOf(clusterId, topic)?.sample,
    async load(clusterId, topic, ms) {
      const entry = entryOf(clusterId, topic)
      if (!entry?.looking || entry.sample) return
      await withinMs(entry.looking, ms)
    },
    onDidChange: changed.event,
    dispose: () => {
      ending.abort()
      store.dispose()
      entries.clear()
    },
  }
}

function clusterOf(key: string): string {
  return key.slice(0, key.indexOf(' '))
}

function textOf(sample: TopicSample | undefined): string {
  return JSON.stringify(sample, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  )
}

async function withinMs(looking: Promise<void>, ms: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const timer = setTimeout(resolve, ms, undefined)
  await Promise.race([looking, promise])
  clearTimeout(timer)
}

/** The last records of each partition, the newest first; of a wide topic those of some partitions. */
async function latestRecords(
  cluster: Cluster,
  topic: string,
  signal: AbortSignal,
): Promise<readonly KafkaRecord[]> {
  const [described] = await cluster.describeTopics([topic], { signal })
  if (!described || described.problem) return []
  const partitions = described.partitions
    .slice(0, MOST_PARTITIONS)
    .map(({ partition }) => partition)
  const count = Math.ceil(RECORDS / Math.max(1, partitions.length))
  const reading = cluster.read(
    {
      topic,
      partitions,
      from: { all: { kind: 'tail', count } },
      to: { all: { kind: 'latest' } },
      isolation: 'read_uncommitted',
    },
    { signal },
  )
  const records: KafkaRecord[] = []
  let bytes = 0
  for await (const { pages } of reading) {
    for (const page of pages)
      for (let index = 0; index < page.count; index++) {
        const record = recordAt(page, index)
        records.push(record)
        bytes += recordSize(record)
      }
    if (bytes > MOST_BYTES) break
  }
  return records.sort((a, b) => b.timestamp - a.timestamp)
}
