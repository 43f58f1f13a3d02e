/**
 * What the tree shows, as references: a node says what it stands for and carries no data, so that
 * the same thing has the same id before and after a refresh, and VS Code keeps it expanded and
 * selected. A command gets the node that it was called on: `clusterId`, `topic`, `groupId` say all
 * it needs.
 */
export type TreeNode =
  | { readonly kind: 'settings-problem'; readonly id: string; readonly index: number }
  | InCluster<'cluster'>
  | InCluster<'brokers'>
  | InCluster<'quorum'>
  | InCluster<'topics'>
  | InCluster<'groups'>
  | InCluster<'broker', { readonly brokerId: number }>
  | InCluster<'topic', { readonly topic: string }>
  | InCluster<'partition', { readonly topic: string; readonly partition: number }>
  | InCluster<'group', InGroup>
  | InCluster<'members', InGroup>
  | InCluster<'member', InGroup & { readonly memberId: string }>
  | InCluster<
      'assignment',
      InGroup & { readonly memberId: string; readonly topic: string; readonly partition: number }
    >
  | InCluster<'group-topic', InGroup & { readonly topic: string }>
  | InCluster<'group-partition', InGroup & { readonly topic: string; readonly partition: number }>
  /** Stands in a branch for what is not there: loading, empty, or a problem. */
  | InCluster<'note', { readonly parent: TreeNode; readonly note: NoteKind }>
  /** The rest of a long branch. */
  | InCluster<'more', { readonly parent: TreeNode }>

type InCluster<Kind extends string, Rest = object> = {
  readonly kind: Kind
  readonly id: string
  readonly clusterId: string
} & Rest

interface InGroup {
  readonly groupId: string
}

export type NodeKind = TreeNode['kind']
export type NodeOf<Kind extends NodeKind> = Extract<TreeNode, { readonly kind: Kind }>
export type NoteKind = 'loading' | 'problem' | 'empty'

/** Ids are paths; each part is encoded so that no name can look like another path. */
function path(...parts: readonly (string | number)[]): string {
  return parts.map(part => encodeURIComponent(part)).join('/')
}

export const settingsProblemNode = (index: number): TreeNode => ({
  kind: 'settings-problem',
  id: path('settings', index),
  index,
})

export const clusterNode = (clusterId: string): NodeOf<'cluster'> => ({
  kind: 'cluster',
  id: path('c', clusterId),
  clusterId,
})

export const brokersNode = (clusterId: string): NodeOf<'brokers'> => ({
  kind: 'brokers',
  id: path('c', clusterId, 'brokers'),
  clusterId,
})

export const quorumNode = (clusterId: string): NodeOf<'quorum'> => ({
  kind: 'quorum',
  id: path('c', clusterId, 'brokers', 'quorum'),
  clusterId,
})

export const brokerNode = (clusterId: string, brokerId: number): NodeOf<'broker'> => ({
  kind: 'broker',
  id: path('c', clusterId, 'brokers', brokerId),
  clusterId,
  brokerId,
})

export const topicsNode = (clusterId: string): NodeOf<'topics'> => ({
  kind: 'topics',
  id: path('c', clusterId, 'topics'),
  clusterId,
})

export const topicNode = (clusterId: string, topic: string): NodeOf<'topic'> => ({
  kind: 'topic',
  id: path('c', clusterId, 'topics', topic),
  clusterId,
  topic,
})

export const partitionNode = (
  clusterId: string,
  topic: string,
  partition: number,
): NodeOf<'partition'> => ({
  kind: 'partition',
  id: path('c', clusterId, 'topics', topic, partition),
  clusterId,
  topic,
  partition,
})

export const groupsNode = (clusterId: string): NodeOf<'groups'> => ({
  kind: 'groups',
  id: path('c', clusterId, 'groups'),
  clusterId,
})

export const groupNode = (clusterId: string, groupId: string): NodeOf<'group'> => ({
  kind: 'group',
  id: path('c', clusterId, 'groups', groupId),
  clusterId,
  groupId,
})

export const membersNode = (clusterId: string, groupId: string): NodeOf<'members'> => ({
  kind: 'members',
  id: path('c', clusterId, 'groups', groupId, 'members'),
  clusterId,
  groupId,
})

export const memberNode = (
  clusterId: string,
  groupId: string,
  memberId: string,
): NodeOf<'member'> => ({
  kind: 'member',
  id: path('c', clusterId, 'groups', groupId, 'members', memberId),
  clusterId,
  groupId,
  memberId,
})

export const assignmentNode = (
  { clusterId, groupId, memberId }: NodeOf<'member'>,
  topic: string,
  partition: number,
): NodeOf<'assignment'> => ({
  kind: 'assignment',
  id: path('c', clusterId, 'groups', groupId, 'members', memberId, topic, partition),
  clusterId,
  groupId,
  memberId,
  topic,
  partition,
})

export const groupTopicNode = (
  clusterId: string,
  groupId: string,
  topic: string,
): NodeOf<'group-topic'> => ({
  kind: 'group-topic',
  id: path('c', clusterId, 'groups', groupId, 'topics', topic),
  clusterId,
  groupId,
  topic,
})

export const groupPartitionNode = (
  { clusterId, groupId, topic }: NodeOf<'group-topic'>,
  partition: number,
): NodeOf<'group-partition'> => ({
  kind: 'group-partition',
  id: path('c', clusterId, 'groups', groupId, 'topics', topic, partition),
  clusterId,
  groupId,
  topic,
  partition,
})

export const noteNode = (
  parent: Exclude<TreeNode, NodeOf<'settings-problem'>>,
  note: NoteKind,
): NodeOf<'note'> => ({
  kind: 'note',
  id: `${parent.id}/?${note}`,
  clusterId: parent.clusterId,
  parent,
  note,
})

export const moreNode = (
  parent: Exclude<TreeNode, NodeOf<'settings-problem'>>,
): NodeOf<'more'> => ({
  kind: 'more',
  id: `${parent.id}/?more`,
  clusterId: parent.clusterId,
  parent,
})

/** Where a node hangs; undefined for the roots. */
export function parentOf(node: TreeNode): TreeNode | undefined {
  switch (node.kind) {
    case 'settings-problem':
    case 'cluster':
      return undefined
    case 'brokers':
    case 'topics':
    case 'groups':
      return clusterNode(node.clusterId)
    case 'quorum':
    case 'broker':
      return brokersNode(node.clusterId)
    case 'topic':
      return topicsNode(node.clusterId)
    case 'partition':
      return topicNode(node.clusterId, node.topic)
    case 'group':
      return groupsNode(node.clusterId)
    case 'members':
    case 'group-topic':
      return groupNode(node.clusterId, node.groupId)
    case 'member':
      return membersNode(node.clusterId, node.groupId)
    case 'assignment':
      return memberNode(node.clusterId, node.groupId, node.memberId)
    case 'group-partition':
      return groupTopicNode(node.clusterId, node.groupId, node.topic)
    case 'note':
    case 'more':
      return node.parent
  }
}
