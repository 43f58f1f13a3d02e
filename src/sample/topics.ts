import type { Admin, ITopicConfig, Producer } from 'kafkajs'
import { pause } from './keep.ts'
import type { ShopRecord } from './shop.ts'

/** The history has old timestamps, which retention would take for a reason to delete it. */
const FOR_EVER = { name: 'retention.ms', value: '-1' }

const TOPICS: ITopicConfig[] = [
  { topic: 'orders', numPartitions: 6, replicationFactor: 1, configEntries: [FOR_EVER] },
  { topic: 'payments', numPartitions: 3, replicationFactor: 1, configEntries: [FOR_EVER] },
  {
    topic: 'customers',
    numPartitions: 1,
    replicationFactor: 1,
    configEntries: [
      { name: 'cleanup.policy', value: 'compact' },
      { name: 'min.cleanable.dirty.ratio', value: '0.1' },
    ],
  },
  { topic: 'returns', numPartitions: 2, replicationFactor: 1 },
]

/** Creates the topics that are not there. */
export async function createTopics(admin: Admin): Promise<void> {
  const existing = new Set(await admin.listTopics())
  const topics = TOPICS.filter(({ topic }) => !existing.has(topic))
  if (topics.length > 0) await admin.createTopics({ topics, waitForLeaders: true })
}

/** How many records `orders` has ever had. */
export async function countOrders(admin: Admin): Promise<number> {
  const partitions = await admin.fetchTopicOffsets('orders')
  return partitions.reduce((sum, { high }) => sum + Number(high), 0)
}

const BATCH = 500
const TRIES = 10

/** Produces records in their order; a batch that was refused in part is repeated as a whole. */
export async function produceAll(
  producer: Producer,
  records: readonly ShopRecord[],
  signal: AbortSignal,
): Promise<void> {
  for (let from = 0; from < records.length; from += BATCH) {
    await insist(signal, () => produce(producer, records.slice(from, from + BATCH)))
  }
}

/** Brokers do not agree at once on who leads a topic that was just created. */
export async function insist<T>(signal: AbortSignal, action: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    signal.throwIfAborted()
    try {
      return await action()
    } catch (error) {
      if (tries === TRIES) throw error
      await pause(300, signal)
    }
  }
}

export async function produce(producer: Producer, records: readonly ShopRecord[]): Promise<void> {
  const byTopic = Map.groupBy(records, ({ topic }) => topic)
  const topicMessages = [...byTopic].map(([topic, ofTopic]) => ({
    topic,
    messages: ofTopic.map(({ key, value, headers, timestamp }) => ({
      key,
      value: value === null ? null : JSON.stringify(value),
      headers: { ...headers },
      timestamp: String(timestamp),
    })),
  }))
  await producer.sendBatch({ topicMessages })
}
