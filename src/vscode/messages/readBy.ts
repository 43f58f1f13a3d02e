import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster, GroupOffsets } from '../../kafka/cluster.ts'
import type { GroupListing, TopicPartition } from '../../kafka/model.ts'
import type { ReadBy } from '../../protocol/messages.ts'

type Offsets = Pick<Cluster, 'listGroups' | 'committedOffsets'>

/**
 * Which groups have committed an offset in the record's partition, and whether it lies beyond the
 * record. Share and streams groups and those of other protocols commit no such offset, or not for
 * themselves, and are left out. A coordinator that does not answer is a problem beside the others'
 * groups.
 */
export async function readBy(
  cluster: Offsets,
  place: TopicPartition & { readonly offset: string },
  signal: AbortSignal,
): Promise<ReadBy> {
  try {
    const { groups, problems } = await cluster.listGroups({ signal })
    const ids = groups.filter(commitsOffsets).map(({ groupId }) => groupId)
    const answers = ids.length === 0 ? [] : await cluster.committedOffsets(ids, { signal })
    const [problem] = problems
    return {
      groups: answers.flatMap(answer => groupOf(answer, place)).sort(byName),
      ...(problem && { problem }),
    }
  } catch (error) {
    return { groups: [], problem: problemOf(error) }
  }
}

/** Consumer groups, with members of either protocol, and groups that only ever committed. */
function commitsOffsets({ type, protocolType }: GroupListing): boolean {
  if (type === 'consumer') return true
  if (type !== 'classic' && type !== 'unknown') return false
  return protocolType === 'consumer' || protocolType === ''
}

type GroupPassed = ReadBy['groups'][number]

function groupOf(
  { groupId, offsets, problem }: GroupOffsets,
  { topic, partition, offset }: TopicPartition & { readonly offset: string },
): GroupPassed[] {
  if (problem) return [{ group: groupId, problem }]
  const found = offsets.find(each => each.topic === topic && each.partition === partition)
  if (found?.problem) return [{ group: groupId, problem: found.problem }]
  if (found?.committedOffset === undefined) return []
  const { committedOffset } = found
  return [
    {
      group: groupId,
      committedOffset: String(committedOffset),
      passed: BigInt(offset) < committedOffset,
    },
  ]
}

function byName(a: GroupPassed, b: GroupPassed): number {
  return a.group < b.group ? -1 : 1
}

/** What the person is told where the coordinators took too long. */
export const READ_BY_TIMEOUT: Problem = {
  code: 'timeout',
  message: 'The coordinators of the groups did not answer in time.',
  advice: 'Look again later.',
}
