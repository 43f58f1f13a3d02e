import { ProblemError } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { Topic } from '../../kafka/model.ts'
import { plural } from '../../lag/format.ts'
import { typeWords } from '../../lag/words.ts'
import { replication } from '../tree/presentTopic.ts'

/** One line to choose from. */
export interface PickItem {
  readonly label: string
  readonly description: string
}

/** Topics by name, internal ones last. Throws `ProblemError` where there are none. */
export function topicItems(topics: readonly Topic[], cluster: string): readonly PickItem[] {
  if (topics.length === 0) throw nothing(`${cluster} has no topics yet.`, 'Create one first.')
  return topics
    .toSorted((a, b) => Number(a.internal) - Number(b.internal) || (a.name < b.name ? -1 : 1))
    .map(topic => ({
      label: topic.name,
      description: [
        plural(topic.partitions.length, 'partition'),
        `replication ${replication(topic)}`,
        ...(topic.internal ? ['internal'] : []),
      ].join(' · '),
    }))
}

/** Groups by name. Throws `ProblemError` where there are none, with the reason if one is known. */
export function groupItems(
  { groups, problems }: Awaited<ReturnType<Cluster['listGroups']>>,
  cluster: string,
): readonly PickItem[] {
  const [problem] = problems
  if (groups.length === 0)
    throw problem
      ? new ProblemError(problem)
      : nothing(`${cluster} has no consumer groups yet.`, 'Start a consumer first.')
  return groups
    .toSorted((a, b) => (a.groupId < b.groupId ? -1 : 1))
    .map(({ groupId, type, protocolType, state }) => {
      const manual = type === 'classic' && protocolType === ''
      return {
        label: groupId,
        description: [typeWords({ type, manual }), ...(state ? [state] : [])].join(' · '),
      }
    })
}

function nothing(message: string, advice: string): ProblemError {
  return new ProblemError({ code: 'not-found', message, advice })
}
