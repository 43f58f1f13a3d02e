import type { Clock } from '../../base/clock.ts'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf, ProblemError, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { LagPoller, type GroupWatch, type LagState, type WatchOptions } from '../../lag/watch.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { isLoss } from '../clusters/connections.ts'

/**
 * One onlooker's hold on the lag of a group. All onlookers of a cluster share their requests; a
 * group is polled while somebody looks at it, at the shortest interval that somebody wants.
 */
export interface LagWatch extends Omit<GroupWatch, 'state'> {
  readonly clusterId: string
  readonly latest: LagState
}

export interface LagWatchOptions extends WatchOptions {
  /** Opens the cluster's connection if need be. Default false: waits until somebody else does. */
  readonly connect?: boolean
}

/** The lag of any group on any cluster, for all parts that show it. */
export interface LagWatches extends Disposable {
  watch(clusterId: string, groupId: string, options?: LagWatchOptions): LagWatch
}

export function createLagWatches(clusters: Clusters, clock: Clock, log: Log): LagWatches {
  const store = new DisposableStore()
  const lines = new Map<string, Line>()
  const lineTo = (clusterId: string) => {
    const line = lines.get(clusterId) ?? new Line(clusterId, clusters, clock, log)
    lines.set(clusterId, line)
    return line
  }
  store.add(
    clusters.onDidChange(() => {
      for (const line of lines.values()) line.clustersChanged()
    }),
  )
  return {
    watch: (clusterId, groupId, options = {}) => lineTo(clusterId).watch(groupId, options),
    dispose: () => {
      store.dispose()
      for (const line of lines.values()) line.dispose()
      lines.clear()
    },
  }
}

interface Handle {
  readonly watch: GroupWatch
  readonly connect: boolean
  active: boolean
}

/** All onlookers of one cluster. */
class Line implements Disposable {
  readonly #clusterId: string
  readonly #clusters: Clusters
  readonly #poller: LagPoller
  readonly #handles = new Set<Handle>()
  /** Why the connection cannot be opened without the user: trying again would only annoy. */
  #refused: Problem | undefined
  /** The user asked for this look, so a password may be asked for. */
  #byUser = false

  constructor(clusterId: string, clusters: Clusters, clock: Clock, log: Log) {
    this.#clusterId = clusterId
    this.#clusters = clusters
    this.#poller = new LagPoller(signal => this.#open(signal), clock, log)
  }

  watch(groupId: string, options: LagWatchOptions): LagWatch {
    const { connect = false, active = true, interval } = options
    const watch = this.#poller.watch(groupId, {
      active: false,
      ...(interval === undefined ? {} : { interval }),
    })
    const handle: Handle = { watch, connect, active }
    this.#handles.add(handle)
    if (connect) this.#ask()
    this.#apply(handle)
    const end = toDisposable(() => {
      this.#handles.delete(handle)
      watch.dispose()
    })
    return this.#lagWatch(handle, end)
  }

  /** A connection came or went: those that wait for one begin, or wait again. */
  clustersChanged(): void {
    if (this.#isConnected()) this.#refused = undefined
    for (const handle of this.#handles) this.#apply(handle)
  }

  dispose(): void {
    this.#handles.clear()
    this.#poller.dispose()
  }

  #lagWatch(handle: Handle, end: Disposable): LagWatch {
    const { watch } = handle
    return {
      clusterId: this.#clusterId,
      groupId: watch.groupId,
      history: watch.history,
      onDidUpdate: watch.onDidUpdate,
      get latest() {
        return watch.state
      },
      get interval() {
        return watch.interval
      },
      get active() {
        return handle.active
      },
      setInterval: ms => {
        watch.setInterval(ms)
      },
      setActive: active => {
        handle.active = active
        this.#apply(handle)
      },
      lookNow: () => {
        if (handle.connect) this.#ask()
        if (handle.connect || this.#isConnected()) watch.lookNow()
      },
      dispose: () => {
        end.dispose()
      },
    }
  }

  #apply({ watch, connect, active }: Handle): void {
    watch.setActive(active && (connect || this.#isConnected()))
  }

  #isConnected(): boolean {
    return this.#clusters.connected(this.#clusterId) !== undefined
  }

  #ask(): void {
    this.#refused = undefined
    this.#byUser = true
  }

  async #open(signal: AbortSignal): Promise<Cluster> {
    const open = this.#clusters.connected(this.#clusterId)
    if (open) return open
    if (this.#refused) throw new ProblemError(this.#refused)
    if (![...this.#handles].some(({ connect }) => connect)) throw new ProblemError(NOT_CONNECTED)
    const asking = this.#byUser ? 'may-ask' : 'quiet'
    this.#byUser = false
    try {
      return await this.#clusters.connect(this.#clusterId, signal, asking)
    } catch (error) {
      const problem = problemOf(error)
      if (!signal.aborted && needsUser(problem)) this.#refused = problem
      throw error
    }
  }
}

/** Whether only the user can help: then nothing is tried again by itself. */
export function needsUser(problem: Problem): boolean {
  const ours = /^[a-z]/.test(problem.code)
  return ours && !isLoss(problem) && !PASSING.has(problem.code)
}

const PASSING = new Set(['timeout', 'unexpected', 'not-connected'])

const NOT_CONNECTED: Problem = {
  code: 'not-connected',
  message: 'The cluster is not connected.',
}
