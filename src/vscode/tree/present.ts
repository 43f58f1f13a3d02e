import type { NodeKind, NodeOf, TreeNode } from './nodes.ts'
import { brokerCount, presentBroker, presentCluster, presentQuorum } from './presentCluster.ts'
import { branch, WARNING, type Presentation } from './presentation.ts'
import {
  groupCount,
  presentGroup,
  presentGroupPartition,
  presentGroupTopic,
  presentMember,
  presentMembers,
} from './presentGroup.ts'
import { presentMore, presentNote } from './presentNote.ts'
import { presentPartition, presentTopic, topicCount } from './presentTopic.ts'
import type { TreeState } from './treeState.ts'

type Present = {
  readonly [Kind in NodeKind]: (node: NodeOf<Kind>, state: TreeState) => Presentation
}

/** How this node looks now. */
export function present(node: TreeNode, state: TreeState): Presentation {
  const draw = PRESENT[node.kind] as (node: TreeNode, state: TreeState) => Presentation
  return draw(node, state)
}

const PRESENT: Present = {
  'settings-problem': (node, state) => ({
    label: state.problems[node.index]?.message ?? 'The settings have a mistake.',
    description: 'Open Settings',
    icon: { id: 'warning', color: WARNING },
    contextValue: 'settings-problem',
    expandable: false,
    command: { id: 'kafkaWorkbench.openClusterSettings', title: 'Open Settings' },
  }),
  cluster: presentCluster,
  brokers: (node, state) => branch('Brokers', 'server', 'brokers', brokerCount(node, state)),
  quorum: presentQuorum,
  broker: presentBroker,
  topics: (node, state) => branch('Topics', 'layers', 'topics', topicCount(node, state)),
  topic: presentTopic,
  partition: presentPartition,
  groups: (node, state) =>
    branch('Consumer Groups', 'organization', 'groups', groupCount(node, state)),
  group: presentGroup,
  members: presentMembers,
  member: presentMember,
  assignment: node => ({
    label: `${node.topic} ${node.partition}`,
    icon: { id: 'symbol-array' },
    contextValue: 'assignment',
    expandable: false,
  }),
  'group-topic': presentGroupTopic,
  'group-partition': presentGroupPartition,
  note: presentNote,
  more: presentMore,
}
