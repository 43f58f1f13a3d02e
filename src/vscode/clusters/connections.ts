import type { Disposable } from '../../base/dispose.ts'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { cancelled, unlessCancelled } from './cancelling.ts'
import type { ConnectionState } from './clusters.ts'
import { watchUse } from './watchUse.ts'

/** Whether the user may be asked for a password; without it `password-needed` is the outcome. */
export type Asking = 'may-ask' | 'quiet'

export interface ConnectionsOptions {
  /** Opens a cluster; rejects with `ProblemError`. What it opens is closed here. */
  open(id: string, asking: Asking, signal: AbortSignal): Promise<Cluster>
  onDidChange(): void
  now(): number
  /** A connection that nobody used for so long is closed. */
  readonly idleMs: number
}

/** The connections to all clusters: opened on first use, shared, closed when idle. */
export interface Connections extends Disposable {
  state(id: string): ConnectionState
  connected(id: string): Cluster | undefined
  connect(id: string, asking: Asking, signal?: AbortSignal): Promise<Cluster>
  disconnect(id: string): Promise<void>
  /** Closes what nobody uses. Called from time to time. */
  closeIdle(): void
  /** Ends everything, and resolves when members have left their groups; none opens after it. */
  close(): Promise<void>
}

interface Attempt {
  readonly controller: AbortController
  readonly asking: Asking
  readonly promise: Promise<Cluster>
  /** Callers that still want the answer: without any the attempt is given up. */
  waiting: number
}

interface Open {
  readonly cluster: Cluster
  readonly watched: Cluster
  calls: number
  lastUse: number
  /** The last call found nobody there. The cluster stays: the next call may find the broker back. */
  lost?: Problem
}

const GIVEN_UP = 'Connecting was cancelled.'

export const PASSWORD_NEEDED = 'password-needed'

/**
 * Whether a problem means that the broker is away, and that it may come back by itself: in
 * difference to one that answered with a refusal, and to what only the user can put right, such as
 * a password.
 */
export function isLoss({ code }: Problem): boolean {
  return LOSSES.has(code)
}

const LOSSES = new Set([
  'refused',
  'unknown-host',
  'unreachable',
  'no-answer',
  'closed-early',
  'connection-failed',
  'connection-lost',
  'broker-gone',
  'login-broken-off',
  'advertised-unreachable',
])

export function createConnections(options: ConnectionsOptions): Connections {
  const attempts = new Map<string, Attempt>()
  const open = new Map<string, Open>()
  const failures = new Map<string, Problem>()
  let disposed = false

  function state(id: string): ConnectionState {
    const connection = open.get(id)
    if (connection?.lost) return { kind: 'failed', problem: connection.lost }
    if (connection) return { kind: 'connected' }
    if (attempts.has(id)) return { kind: 'connecting' }
    const problem = failures.get(id)
    return problem ? { kind: 'failed', problem } : { kind: 'disconnected' }
  }

  async function connect(id: string, asking: Asking, signal?: AbortSignal): Promise<Cluster> {
    signal?.throwIfAborted()
    if (disposed) throw cancelled('The window is closing.')
    const connection = open.get(id)
    if (connection) return connection.watched
    const attempt = attempts.get(id) ?? start(id, asking)
    try {
      return await waitFor(id, attempt, signal)
    } catch (error) {
      const asked = attempt.asking === 'may-ask' || asking === 'quiet'
      if (asked || problemOf(error).code !== PASSWORD_NEEDED) throw error
      return connect(id, asking, signal)
    }
  }

  function start(id: string, asking: Asking): Attempt {
    const controller = new AbortController()
    const promise = run(id, asking, controller)
    // Every caller has a handler of its own; this one is for the case that all gave up.
    promise.catch(() => undefined)
    const attempt: Attempt = { controller, asking, promise, waiting: 0 }
    attempts.set(id, attempt)
    failures.delete(id)
    options.onDidChange()
    return attempt
  }

  async function run(id: string, asking: Asking, controller: AbortController): Promise<Cluster> {
    try {
      const cluster = await options.open(id, asking, controller.signal)
      if (controller.signal.aborted) {
        void cluster.close().catch(() => undefined)
        throw cancelled(GIVEN_UP)
      }
      return keep(id, cluster)
    } catch (error) {
      if (!controller.signal.aborted) failures.set(id, problemOf(error))
      throw controller.signal.aborted ? cancelled(GIVEN_UP) : error
    } finally {
      if (attempts.get(id)?.controller === controller) attempts.delete(id)
      options.onDidChange()
    }
  }

  function keep(id: string, cluster: Cluster): Cluster {
    const watched = watchUse(cluster, {
      started: () => {
        connection.calls++
      },
      ended: problem => {
        connection.calls--
        connection.lastUse = options.now()
        notice(connection, problem)
      },
    })
    const connection: Open = { cluster, watched, calls: 0, lastUse: options.now() }
    open.set(id, connection)
    return watched
  }

  function notice(connection: Open, problem: Problem | undefined): void {
    const before = connection.lost
    if (problem && isLoss(problem)) connection.lost = problem
    else if (!problem) delete connection.lost
    if (before?.message !== connection.lost?.message) options.onDidChange()
  }

  async function waitFor(id: string, attempt: Attempt, signal?: AbortSignal): Promise<Cluster> {
    attempt.waiting++
    try {
      return await (signal ? unlessCancelled(attempt.promise, signal, GIVEN_UP) : attempt.promise)
    } finally {
      attempt.waiting--
      if (attempt.waiting === 0 && attempts.get(id) === attempt) giveUp(id, attempt)
    }
  }

  function giveUp(id: string, attempt: Attempt): void {
    attempts.delete(id)
    attempt.controller.abort()
    options.onDidChange()
  }

  async function disconnect(id: string): Promise<void> {
    const attempt = attempts.get(id)
    attempts.delete(id)
    attempt?.controller.abort()
    failures.delete(id)
    const connection = open.get(id)
    open.delete(id)
    options.onDidChange()
    await connection?.cluster.close()
  }

  function closeIdle(): void {
    for (const [id, connection] of open) {
      const idle = options.now() - connection.lastUse
      if (connection.calls === 0 && idle >= options.idleMs)
        void disconnect(id).catch(() => undefined)
    }
  }

  async function close(): Promise<void> {
    disposed = true
    await Promise.allSettled([...attempts.keys(), ...open.keys()].map(id => disconnect(id)))
  }

  return {
    state,
    connected: id => open.get(id)?.watched,
    connect,
    disconnect,
    closeIdle,
    close,
    dispose() {
      void close()
    },
  }
}
