import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { isLoss } from '../clusters/connections.ts'
import { liveParts } from './liveNodes.ts'
import type { Depth } from './load.ts'
import { clusterNode, type TreeNode } from './nodes.ts'
import { retryDelay } from './retry.ts'
import type { TreeData } from './treeData.ts'
import type { TreeState } from './treeState.ts'

export interface FreshnessDeps {
  readonly clusters: Pick<Clusters, 'all' | 'state' | 'connected' | 'connect'>
  readonly data: TreeData
  readonly state: TreeState
  readonly log: Log
  isExpanded(node: TreeNode): boolean
  repaint(from: TreeNode): void
  now(): number
}

/** Keeps what is open in the tree fresh, and tries again where a broker is away. */
export interface Freshness {
  /** Looks at once; where the broker was away, at whether it is back. */
  refresh(clusterId: string, depth: Depth): Promise<void>
  /** To be called every second or so while the tree is in sight, and only then. */
  tick(): void
}

/** Offsets of open nodes are asked for so often. */
export const OFFSETS_MS = 5_000
/** Every so many looks, lists, members, sizes and configs are asked for, too. */
const FULL_LOOK = 3

export function createFreshness(deps: FreshnessDeps): Freshness {
  const { clusters, data, state, log } = deps
  const retries = new Map<string, { readonly failures: number; readonly at: number }>()
  let looks = 0
  let lastLook = -OFFSETS_MS

  async function refresh(clusterId: string, depth: Depth): Promise<void> {
    if (clusters.state(clusterId).kind === 'failed') await reach(clusterId)
    const parts = liveParts(clusterId, state, node => deps.isExpanded(node))
    try {
      await data.refresh(clusterId, parts, depth)
    } catch (error) {
      log.debug(problemOf(error).message)
    }
    deps.repaint(clusterNode(clusterId))
  }

  function tick(): void {
    const now = deps.now()
    const due = now - lastLook >= OFFSETS_MS
    if (due) {
      lastLook = now
      looks++
    }
    const depth = looks % FULL_LOOK === 0 ? 'all' : 'offsets'
    for (const { id } of clusters.all) {
      if (!deps.isExpanded(clusterNode(id))) continue
      const connection = clusters.state(id)
      if (connection.kind === 'connected') {
        retries.delete(id)
        if (due) void refresh(id, depth)
      } else if (connection.kind === 'failed' && isLoss(connection.problem)) retry(id, now)
    }
  }

  /** Less and less often, until the broker is back. */
  function retry(id: string, now: number): void {
    const next = retries.get(id)
    if (!next) {
      retries.set(id, { failures: 0, at: now + retryDelay(0) })
    } else if (now >= next.at) {
      const failures = next.failures + 1
      retries.set(id, { failures, at: now + retryDelay(failures) })
      void reach(id)
    }
  }

  /** One small question is enough: with its answer the cluster is connected again. */
  async function reach(id: string): Promise<void> {
    try {
      const cluster = clusters.connected(id)
      await (cluster ? cluster.describe() : clusters.connect(id, undefined, 'quiet'))
    } catch (error) {
      log.debug(problemOf(error).message)
    }
  }

  return { refresh, tick }
}
