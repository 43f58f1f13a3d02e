import { isLoss } from '../clusters/connections.ts'
import type { Slot } from './data.ts'
import { byTopicAndPartition } from './groupPartitions.ts'
import {
  assignmentNode,
  brokerNode,
  brokersNode,
  clusterNode,
  groupNode,
  groupPartitionNode,
  groupsNode,
  groupTopicNode,
  memberNode,
  membersNode,
  moreNode,
  noteNode,
  partitionNode,
  quorumNode,
  settingsProblemNode,
  topicNode,
  topicsNode,
  type NodeOf,
  type TreeNode,
} from './nodes.ts'
import { topicFilter } from './topicFilter.ts'
import type { TreeState } from './treeState.ts'

/** The roots of the tree. */
export function roots(state: TreeState): readonly TreeNode[] {
  return [
    ...state.problems.map((_problem, index) => settingsProblemNode(index)),
    ...state.clusters.map(({ id }) => clusterNode(id)),
  ]
}

/** What hangs below a node, as far as it is known; what is not loaded yet shows as such. */
export function childrenOf(node: TreeNode, state: TreeState): readonly TreeNode[] {
  switch (node.kind) {
    case 'cluster':
      return clusterChildren(node, state)
    case 'brokers':
      return brokersChildren(node, state)
    case 'topics':
      return topicsChildren(node, state)
    case 'topic':
      return topicChildren(node, state)
    case 'groups':
      return groupsChildren(node, state)
    case 'group':
      return groupChildren(node, state)
    case 'members':
      return membersChildren(node, state)
    case 'member':
      return memberChildren(node, state)
    case 'group-topic':
      return groupTopicChildren(node, state)
    case 'settings-problem':
    case 'quorum':
    case 'broker':
    case 'partition':
    case 'assignment':
    case 'group-partition':
    case 'note':
    case 'more':
      return []
  }
}

function clusterChildren(node: NodeOf<'cluster'>, state: TreeState): readonly TreeNode[] {
  const { clusterId } = node
  const branches = [brokersNode(clusterId), topicsNode(clusterId), groupsNode(clusterId)]
  const connection = state.connection(clusterId)
  switch (connection.kind) {
    case 'connected':
      return branches
    case 'connecting':
      return [noteNode(node, 'loading')]
    case 'disconnected':
      return [noteNode(node, 'empty')]
    case 'failed':
      // What was seen before the broker went away stays in sight.
      return [noteNode(node, 'problem'), ...(state.isOpen(clusterId) ? branches : [])]
  }
}

type Branch = Exclude<TreeNode, NodeOf<'settings-problem'>>

/** The children that an answer gives, with a note for what is missing. */
function fromSlot<T>(
  node: Branch,
  slot: Slot<T> | undefined,
  children: (value: T) => readonly TreeNode[],
): readonly TreeNode[] {
  if (!slot) return [noteNode(node, 'loading')]
  if (slot.value === undefined) return [noteNode(node, slot.problem ? 'problem' : 'empty')]
  const nodes = children(slot.value)
  // A broker that is away is told once, on its cluster; a refusal is told where it happened.
  if (slot.problem && !isLoss(slot.problem)) return [noteNode(node, 'problem'), ...nodes]
  return nodes.length > 0 ? nodes : [noteNode(node, 'empty')]
}

function shortened<T>(
  node: Branch,
  state: TreeState,
  items: readonly T[],
  toNode: (item: T) => TreeNode,
): readonly TreeNode[] {
  const limit = state.limit(node.id)
  if (items.length <= limit) return items.map(toNode)
  return [...items.slice(0, limit).map(toNode), moreNode(node)]
}

function brokersChildren(node: NodeOf<'brokers'>, state: TreeState): readonly TreeNode[] {
  const { clusterId } = node
  return fromSlot(node, state.data(clusterId).brokers, ({ description }) => [
    quorumNode(clusterId),
    ...description.brokers
      .toSorted((a, b) => a.id - b.id)
      .map(broker => brokerNode(clusterId, broker.id)),
  ])
}

/** The names of the topics that the branch may show, in order. */
export function shownTopics(clusterId: string, state: TreeState): readonly string[] {
  const topics = state.data(clusterId).topics?.value
  if (!topics) return []
  const passes = topicFilter(state.filter)
  const names: string[] = []
  for (const { name, internal } of topics.values()) {
    if ((state.internalTopics || !internal) && passes(name)) names.push(name)
  }
  return names
}

function topicsChildren(node: NodeOf<'topics'>, state: TreeState): readonly TreeNode[] {
  const { clusterId } = node
  return fromSlot(node, state.data(clusterId).topics, () =>
    shortened(node, state, shownTopics(clusterId, state), name => topicNode(clusterId, name)),
  )
}

function topicChildren(node: NodeOf<'topic'>, state: TreeState): readonly TreeNode[] {
  const { clusterId, topic } = node
  return fromSlot(node, state.data(clusterId).topicDetails.get(topic), details =>
    shortened(
      node,
      state,
      details.topic.partitions.toSorted((a, b) => a.partition - b.partition),
      ({ partition }) => partitionNode(clusterId, topic, partition),
    ),
  )
}

function groupsChildren(node: NodeOf<'groups'>, state: TreeState): readonly TreeNode[] {
  const { clusterId } = node
  return fromSlot(node, state.data(clusterId).groups, ({ groups, problems }) => {
    const nodes = shortened(node, state, [...groups.keys()], id => groupNode(clusterId, id))
    return problems.length > 0 ? [noteNode(node, 'problem'), ...nodes] : nodes
  })
}

function groupChildren(node: NodeOf<'group'>, state: TreeState): readonly TreeNode[] {
  const { clusterId, groupId } = node
  return fromSlot(node, state.data(clusterId).groupDetails.get(groupId), details => [
    ...(details.problem ? [noteNode(node, 'problem')] : []),
    membersNode(clusterId, groupId),
    ...shortened(node, state, [...details.topics.keys()], topic =>
      groupTopicNode(clusterId, groupId, topic),
    ),
  ])
}

function membersChildren(node: NodeOf<'members'>, state: TreeState): readonly TreeNode[] {
  const { clusterId, groupId } = node
  const details = state.data(clusterId).groupDetails.get(groupId)?.value
  return fromSlot(node, details?.group, ({ members }) =>
    shortened(node, state, members, ({ memberId }) => memberNode(clusterId, groupId, memberId)),
  )
}

function memberChildren(node: NodeOf<'member'>, state: TreeState): readonly TreeNode[] {
  const details = state.data(node.clusterId).groupDetails.get(node.groupId)?.value
  const member = details?.group.value?.members.find(one => one.memberId === node.memberId)
  if (!member || member.assignment.length === 0) return [noteNode(node, 'empty')]
  return shortened(
    node,
    state,
    member.assignment.toSorted(byTopicAndPartition),
    ({ topic, partition }) => assignmentNode(node, topic, partition),
  )
}

function groupTopicChildren(node: NodeOf<'group-topic'>, state: TreeState): readonly TreeNode[] {
  const details = state.data(node.clusterId).groupDetails.get(node.groupId)?.value
  const partitions = details?.topics.get(node.topic) ?? []
  return shortened(node, state, partitions, ({ partition }) => groupPartitionNode(node, partition))
}
