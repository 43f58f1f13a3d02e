import type { EachMessagePayload, Kafka } from 'kafkajs'
import { aborted, pause } from './keep.ts'
import { RECENT } from './history.ts'

interface Member {
  readonly kafka: Kafka
  readonly groupId: string
  readonly topics: string[]
  /** How many partitions are worked on at the same time. */
  readonly concurrency: number
  /** Milliseconds between commits. */
  readonly commitEvery: number
  readonly onMessage: (payload: EachMessagePayload) => Promise<void>
  readonly signal: AbortSignal
}

/** Takes part in a group until the signal aborts; rejects when kafkajs gives up. */
async function consume(member: Member): Promise<void> {
  const consumer = member.kafka.consumer({
    groupId: member.groupId,
    allowAutoTopicCreation: false,
    // Leaving waits for the fetch that is under way.
    maxWaitTimeInMs: 1000,
    retry: { restartOnFailure: () => Promise.resolve(true) },
  })
  const crashed = new Promise<never>((_, reject) => {
    consumer.on(consumer.events.CRASH, ({ payload }) => {
      if (!payload.restart) reject(payload.error)
    })
  })
  try {
    await consumer.connect()
    await consumer.subscribe({ topics: member.topics, fromBeginning: true })
    await consumer.run({
      partitionsConsumedConcurrently: member.concurrency,
      autoCommitInterval: member.commitEvery,
      eachMessage: member.onMessage,
    })
    await Promise.race([crashed, aborted(member.signal)])
  } finally {
    await consumer.disconnect()
  }
}

/** Reads orders and payments as fast as they come. */
export function runBilling(kafka: Kafka, signal: AbortSignal): Promise<void> {
  return consume({
    kafka,
    groupId: 'billing',
    topics: ['orders', 'payments'],
    concurrency: 3,
    commitEvery: 1000,
    onMessage: () => Promise.resolve(),
    signal,
  })
}

/**
 * Milliseconds that `shipping` takes for an order, by partition. A record comes to each partition
 * about every 1,200 ms: the first and the third keep up, the last falls behind fastest.
 */
const SHIPPING_TIMES = [900, 1500, 1000, 2500, 1400, 4000]

/**
 * Reads orders more slowly than they come. What was long over when it started is passed over
 * quickly, so that it begins with a backlog, but not with all of history.
 */
export function runShipping(kafka: Kafka, signal: AbortSignal): Promise<void> {
  const slowFrom = Date.now() - RECENT / 2
  return consume({
    kafka,
    groupId: 'shipping',
    topics: ['orders'],
    concurrency: 6,
    commitEvery: 500,
    onMessage: async payload => {
      if (Number(payload.message.timestamp) < slowFrom) return
      await pause(SHIPPING_TIMES[payload.partition] ?? 1500, signal)
      await payload.heartbeat()
    },
    signal,
  })
}
