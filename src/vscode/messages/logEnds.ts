import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'

/** The log of one partition, as far as it could be asked. */
export interface PartitionLog {
  readonly partition: number
  readonly logStartOffset?: bigint
  /** The offset that the next record gets. */
  readonly logEndOffset?: bigint
  readonly problem?: Problem
}

/** Every partition of a topic with where its log starts and ends. */
export async function logEnds(
  cluster: Pick<Cluster, 'describeTopics' | 'listOffsets'>,
  topic: string,
  signal: AbortSignal,
): Promise<readonly PartitionLog[]> {
  const [described] = await cluster.describeTopics([topic], { signal })
  const partitions = (described?.partitions ?? []).map(({ partition }) => partition)
  const ask = async (at: 'earliest' | 'latest') => {
    try {
      const queries = partitions.map(partition => ({ topic, partition, at }))
      return await cluster.listOffsets(queries, { signal })
    } catch (error) {
      return partitions.map(() => ({ problem: problemOf(error) }))
    }
  }
  const starts = await ask('earliest')
  const ends = await ask('latest')
  return partitions
    .map((partition, index) => {
      const start: { readonly offset?: bigint; readonly problem?: Problem } = starts[index] ?? {}
      const end: { readonly offset?: bigint; readonly problem?: Problem } = ends[index] ?? {}
      const problem = end.problem ?? start.problem
      return {
        partition,
        ...(start.offset !== undefined && { logStartOffset: start.offset }),
        ...(end.offset !== undefined && { logEndOffset: end.offset }),
        ...(problem && { problem }),
      }
    })
    .sort((a, b) => a.partition - b.partition)
}
