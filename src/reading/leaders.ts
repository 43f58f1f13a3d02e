import { throwOnError, kafkaProblem } from '../kafkajs/problems.ts'
import type { Leaders } from '../kafkajs/routing.ts'
import { CODE } from '../kafkajs/errorCodes.ts'
import type { Problem } from '../base/problem.ts'

/** Who leads a partition, or why nobody does. */
export type Leader =
  | { readonly nodeId: number; readonly problem?: undefined }
  | { readonly nodeId?: undefined; readonly problem: Problem }

/**
 * The leaders of a topic's partitions as they are now, by partition number. Rejects with
 * `ProblemError` where the topic is not there or must not be seen. Never creates it.
 */
export async function findLeaders(
  leaders: Leaders,
  topic: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<number, Leader>> {
  const topics = await leaders.topics(new Set([topic]), true, { signal })
  const found = topics.get(topic)
  throwOnError(found?.errorCode ?? CODE.unknownTopicOrPartition, `Topic ${topic}`)
  const partitions = [...(found?.partitions ?? [])].sort(
    (a, b) => a.partitionIndex - b.partitionIndex,
  )
  return new Map(
    partitions.map(({ partitionIndex, leaderId }) => [
      partitionIndex,
      leaderOf(topic, partitionIndex, leaderId),
    ]),
  )
}

function leaderOf(topic: string, partition: number, nodeId: number): Leader {
  if (nodeId >= 0) return { nodeId }
  const problem = kafkaProblem(CODE.leaderNotAvailable, `Partition ${topic}-${partition}`)
  return problem ? { problem } : { nodeId }
}
