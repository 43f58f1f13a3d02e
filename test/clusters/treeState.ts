import type { Problem } from '../../src/base/problem.ts'
import type { ConnectionState, SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import { childrenOf } from '../../src/vscode/tree/children.ts'
import { emptyData, type ClusterData } from '../../src/vscode/tree/data.ts'
import type { TreeNode } from '../../src/vscode/tree/nodes.ts'
import { present } from '../../src/vscode/tree/present.ts'
import { BRANCH_STEP, type TreeState } from '../../src/vscode/tree/treeState.ts'

export const LOCAL: SavedCluster = {
  id: 'local',
  name: 'Local',
  bootstrapServers: ['localhost:9092'],
  scope: 'user',
}

export interface StateOptions {
  readonly clusters?: readonly SavedCluster[]
  readonly problems?: readonly Problem[]
  readonly selectedId?: string
  readonly filter?: string
  readonly internalTopics?: boolean
  readonly connection?: ConnectionState
  readonly isOpen?: boolean
  readonly data?: ClusterData
  readonly limits?: ReadonlyMap<string, number>
}

/** A tree of one connected cluster, unless said otherwise. */
export function treeState(options: StateOptions = {}): TreeState {
  const connection = options.connection ?? { kind: 'connected' }
  const data = options.data ?? emptyData()
  return {
    clusters: options.clusters ?? [LOCAL],
    problems: options.problems ?? [],
    selectedId: options.selectedId,
    filter: options.filter ?? '',
    internalTopics: options.internalTopics ?? false,
    connection: () => connection,
    isOpen: () => options.isOpen ?? connection.kind === 'connected',
    data: () => data,
    limit: id => options.limits?.get(id) ?? BRANCH_STEP,
  }
}

/** A node as a person reads it: label, and description after a dash. */
export function line(node: TreeNode, state: TreeState): string {
  const { label, description } = present(node, state)
  return description ? `${label} — ${description}` : label
}

export function childLines(node: TreeNode, state: TreeState): string[] {
  return childrenOf(node, state).map(child => line(child, state))
}
