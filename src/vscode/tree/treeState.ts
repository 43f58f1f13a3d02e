import type { Problem } from '../../base/problem.ts'
import type { ConnectionState, SavedCluster } from '../clusters/clusters.ts'
import type { ClusterData } from './data.ts'

/** Everything that decides what the tree shows. Read, never changed, by what draws it. */
export interface TreeState {
  readonly clusters: readonly SavedCluster[]
  /** Of the settings, one per bad entry. */
  readonly problems: readonly Problem[]
  readonly selectedId: string | undefined
  readonly filter: string
  readonly internalTopics: boolean
  connection(clusterId: string): ConnectionState
  /** A connection is there, even if its broker does not answer now. */
  isOpen(clusterId: string): boolean
  data(clusterId: string): ClusterData
  /** How many children of a long branch are shown. */
  limit(nodeId: string): number
}

/** A branch shows so many nodes, and *Show more* adds as many again. */
export const BRANCH_STEP = 500
