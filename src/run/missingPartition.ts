import type { Problem } from '../base/problem.ts'
import type { Positions } from '../kafka/reading.ts'
import { firstBeyond, type PartitionRange } from '../language/values/partitions.ts'

/** What names partitions of a topic. */
export interface NamedPartitions {
  readonly topic: string
  readonly partitions?: readonly PartitionRange[]
  readonly from?: Positions
  readonly to?: Positions
}

/** K204: the first partition that is named and that a topic of so many partitions does not have. */
export function missingPartition(named: NamedPartitions, count: number): Problem | undefined {
  const { topic, partitions = [], from, to } = named
  const inPositions = [from, to].flatMap(at => [...(at?.byPartition?.keys() ?? [])])
  const missing = firstBeyond(partitions, count) ?? inPositions.find(number => number >= count)
  if (missing === undefined) return undefined
  const there = count === 1 ? 'only partition 0' : `partitions 0-${count - 1}`
  const message = `Partition ${missing} does not exist: topic "${topic}" has ${there}.`
  return { code: 'K204', message }
}
