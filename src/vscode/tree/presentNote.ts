import type { Problem } from '../../base/problem.ts'
import { count } from '../../lag/format.ts'
import { PASSWORD_NEEDED } from '../clusters/connections.ts'
import { shownTopics } from './children.ts'
import type { NodeOf } from './nodes.ts'
import { ERROR, type Presentation } from './presentation.ts'
import { BRANCH_STEP, type TreeState } from './treeState.ts'

/** The problem that a note stands for. */
export function noteProblem(node: NodeOf<'note'>, state: TreeState): Problem | undefined {
  const { parent, clusterId } = node
  const data = state.data(clusterId)
  switch (parent.kind) {
    case 'cluster': {
      const connection = state.connection(clusterId)
      return connection.kind === 'failed' ? connection.problem : undefined
    }
    case 'brokers':
      return data.brokers?.problem
    case 'topics':
      return data.topics?.problem
    case 'groups':
      return data.groups?.problem ?? data.groups?.value?.problems[0]
    case 'topic':
      return data.topicDetails.get(parent.topic)?.problem
    case 'group': {
      const slot = data.groupDetails.get(parent.groupId)
      return slot?.problem ?? slot?.value?.problem
    }
    case 'members':
      return data.groupDetails.get(parent.groupId)?.value?.group.problem
    case 'settings-problem':
    case 'quorum':
    case 'broker':
    case 'partition':
    case 'member':
    case 'assignment':
    case 'group-topic':
    case 'group-partition':
    case 'note':
    case 'more':
      return undefined
  }
}

export function presentNote(node: NodeOf<'note'>, state: TreeState): Presentation {
  switch (node.note) {
    case 'loading':
      return presentLoading(node, state)
    case 'problem':
      return presentProblem(node, state)
    case 'empty':
      return presentEmpty(node, state)
  }
}

function presentLoading(node: NodeOf<'note'>, state: TreeState): Presentation {
  const saved = state.clusters.find(({ id }) => id === node.clusterId)
  return {
    label: `Asking ${saved?.bootstrapServers[0] ?? 'the cluster'}…`,
    icon: { id: 'loading~spin' },
    contextValue: `note:loading:${node.parent.kind}`,
    expandable: false,
  }
}

function presentProblem(node: NodeOf<'note'>, state: TreeState): Presentation {
  const problem = noteProblem(node, state)
  const needsPassword = problem?.code === PASSWORD_NEEDED
  return {
    label: problem?.message ?? 'Something went wrong.',
    description: needsPassword ? 'Enter Password' : 'Try Again',
    icon: needsPassword ? { id: 'key' } : { id: 'error', color: ERROR },
    contextValue: `note:problem:${node.parent.kind}`,
    expandable: false,
    command: { id: 'kafkaWorkbench.tryAgain', title: 'Try Again' },
  }
}

function presentEmpty(node: NodeOf<'note'>, state: TreeState): Presentation {
  const text = emptyText(node, state)
  return {
    label: text.label,
    icon: { id: 'info' },
    contextValue: `note:empty:${node.parent.kind}`,
    expandable: false,
    ...(text.command && { description: text.command.title, command: text.command }),
  }
}

function emptyText(
  { parent }: NodeOf<'note'>,
  state: TreeState,
): { readonly label: string; readonly command?: NonNullable<Presentation['command']> } {
  switch (parent.kind) {
    case 'cluster':
      return {
        label: 'Not connected',
        command: { id: 'kafkaWorkbench.connect', title: 'Connect' },
      }
    case 'topics':
      return state.filter
        ? {
            label: `No topic matches "${state.filter}"`,
            command: { id: 'kafkaWorkbench.clearTopicFilter', title: 'Clear Filter' },
          }
        : {
            label: 'No topics',
            command: { id: 'kafkaWorkbench.createTopic', title: 'Create Topic' },
          }
    case 'groups':
      return { label: 'No consumer groups' }
    case 'members':
      return { label: 'No active members' }
    case 'member':
      return { label: 'No partitions assigned' }
    case 'settings-problem':
    case 'brokers':
    case 'quorum':
    case 'broker':
    case 'topic':
    case 'partition':
    case 'group':
    case 'assignment':
    case 'group-topic':
    case 'group-partition':
    case 'note':
    case 'more':
      return { label: 'Nothing to show' }
  }
}

export function presentMore(node: NodeOf<'more'>, state: TreeState): Presentation {
  const hidden = hiddenCount(node, state)
  const step = hidden === undefined ? BRANCH_STEP : Math.min(hidden, BRANCH_STEP)
  return {
    label: `Show ${count(step)} more`,
    ...(hidden !== undefined && { description: `${count(hidden)} not shown` }),
    icon: { id: 'ellipsis' },
    contextValue: 'more',
    expandable: false,
    command: { id: 'kafkaWorkbench.showMore', title: 'Show More' },
  }
}

function hiddenCount({ parent, clusterId }: NodeOf<'more'>, state: TreeState): number | undefined {
  const data = state.data(clusterId)
  const shown = state.limit(parent.id)
  if (parent.kind === 'topics') return shownTopics(clusterId, state).length - shown
  if (parent.kind === 'groups') return (data.groups?.value?.groups.size ?? shown) - shown
  if (parent.kind !== 'topic') return undefined
  const partitions = data.topicDetails.get(parent.topic)?.value?.topic.partitions
  return partitions && partitions.length - shown
}
