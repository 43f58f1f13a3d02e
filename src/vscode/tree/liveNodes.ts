import { childrenOf } from './children.ts'
import { clusterNode, type TreeNode } from './nodes.ts'
import type { TreeState } from './treeState.ts'

/** What of a cluster is open in the tree and has to be kept fresh. */
export interface LiveParts {
  readonly brokers: boolean
  readonly topics: boolean
  readonly groups: boolean
  readonly openTopics: readonly string[]
  readonly openGroups: readonly string[]
}

/**
 * What the expanded nodes of a cluster show. A node counts only if everything above it is
 * expanded too: VS Code keeps what is inside a collapsed branch expanded, though nobody sees it.
 */
export function liveParts(
  clusterId: string,
  state: TreeState,
  isExpanded: (node: TreeNode) => boolean,
): LiveParts {
  const open: TreeNode[] = []
  const visit = (node: TreeNode) => {
    if (!isExpanded(node)) return
    open.push(node)
    childrenOf(node, state).forEach(visit)
  }
  visit(clusterNode(clusterId))
  return {
    brokers: open.some(({ kind }) => kind === 'brokers'),
    topics: open.some(({ kind }) => kind === 'topics'),
    groups: open.some(({ kind }) => kind === 'groups'),
    openTopics: open.flatMap(node => (node.kind === 'topic' ? [node.topic] : [])),
    openGroups: open.flatMap(node => (node.kind === 'group' ? [node.groupId] : [])),
  }
}
