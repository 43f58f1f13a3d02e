import type { OpenTransactions } from '../kafka/cluster.ts'
import type { TopicPartition } from '../kafka/model.ts'
import type { AskOptions, Client } from './client.ts'
import { DescribeProducers } from './protocol/transactions.ts'
import type { Leaders } from './routing.ts'
import { append, outcomeOf, spread, type Outcome } from './spread.ts'

interface TransactionContext {
  readonly client: Client
  readonly leaders: Leaders
}

type Producers = OpenTransactions['producers']

/** One request per leader. A partition that cannot be asked has a problem, and no producers. */
export async function openTransactions(
  { client, leaders }: TransactionContext,
  partitions: readonly TopicPartition[],
  ask: AskOptions = {},
): Promise<readonly OpenTransactions[]> {
  const outcomes = await spread(partitions, {
    signal: ask.signal,
    place: (items, refresh) => leaders.place(items, refresh, ask),
    ask: (nodeId, items) => askLeader(client, nodeId, items, ask),
  })
  return partitions.map(({ topic, partition }, i) => {
    const outcome = outcomes[i]
    return outcome?.problem
      ? { topic, partition, producers: [], problem: outcome.problem }
      : { topic, partition, producers: outcome?.value ?? [] }
  })
}

async function askLeader(
  client: Client,
  nodeId: number,
  items: readonly TopicPartition[],
  ask: AskOptions,
): Promise<readonly Outcome<Producers>[]> {
  const byTopic = new Map<string, number[]>()
  for (const { topic, partition } of items) append(byTopic, topic, partition)
  const topics = [...byTopic].map(([name, partitionIndexes]) => ({ name, partitionIndexes }))
  const answer = await client.send(nodeId, DescribeProducers, { topics }, ask)
  const found = new Map<string, Outcome<Producers>>()
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, errorMessage, activeProducers } of partitions) {
      const subject = `Partition ${name}-${partitionIndex}`
      const producers = () => activeProducers.filter(isOpen).map(openProducer)
      found.set(`${partitionIndex} ${name}`, outcomeOf(errorCode, subject, producers, errorMessage))
    }
  }
  return items.flatMap(({ topic, partition }) => found.get(`${partition} ${topic}`) ?? [])
}

type Answer = ReturnType<typeof DescribeProducers.decode>
type ActiveProducer = Answer['topics'][number]['partitions'][number]['activeProducers'][number]

function isOpen({ currentTxnStartOffset }: ActiveProducer): boolean {
  return currentTxnStartOffset >= 0n
}

function openProducer(producer: ActiveProducer): Producers[number] {
  const { producerId, producerEpoch, currentTxnStartOffset, lastTimestamp } = producer
  return {
    producerId,
    producerEpoch,
    startOffset: currentTxnStartOffset,
    ...(lastTimestamp >= 0n && { lastTimestamp: Number(lastTimestamp) }),
  }
}
