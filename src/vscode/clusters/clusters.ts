import type { Disposable } from '../../base/dispose.ts'
import type { Event } from '../../base/events.ts'
import type { Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { SaslMechanism } from '../../kafka/connection.ts'
import type { ClusterSecret } from './secretKey.ts'

/** A cluster as it stands in `kafkaWorkbench.clusters`. Holds no secret. */
export interface SavedCluster {
  readonly id: string
  readonly name: string
  readonly bootstrapServers: readonly string[]
  readonly tls?: {
    readonly enabled: boolean
    /** Paths of PEM files. */
    readonly caFile?: string
    readonly certificateFile?: string
    readonly keyFile?: string
    /** Checked against the certificate instead of the host in the address. */
    readonly serverName?: string
    readonly verify?: boolean
  }
  readonly sasl?: { readonly mechanism: SaslMechanism; readonly username: string }
  /** Producing, creating and deleting ask first (K402). */
  readonly protected?: boolean
  /** Throw-away: topics may be recreated. */
  readonly disposable?: boolean
  readonly color?: string
  /** Whose settings it stands in: a workspace's cluster never shares an id or secret with a user's. */
  readonly scope: 'user' | 'workspace'
}

export type ConnectionState =
  | { readonly kind: 'disconnected' }
  | { readonly kind: 'connecting' }
  | { readonly kind: 'connected' }
  | { readonly kind: 'failed'; readonly problem: Problem }

/** Every saved cluster, the selected one, and the connections to them. */
export interface Clusters extends Disposable {
  readonly all: readonly SavedCluster[]
  /** What is wrong with the settings as written by hand, one problem per bad entry. */
  readonly problems: readonly Problem[]
  readonly selected: SavedCluster | undefined
  /** The list, the selection, or a connection's state changed. */
  readonly onDidChange: Event<void>
  get(id: string): SavedCluster | undefined
  /** By id, else by name: what `-- @cluster NAME` means. */
  find(nameOrId: string): SavedCluster | undefined
  select(id: string | undefined): Promise<void>
  state(id: string): ConnectionState
  /** The open connection, if there is one. Never opens one. */
  connected(id: string): Cluster | undefined
  /**
   * The connection, opened on first use and shared. May ask for a password, unless `quiet`: then
   * a missing one is the problem `password-needed`. Rejects with `ProblemError`; calls while it is
   * opening wait for the same attempt, which is given up when all of them have aborted.
   */
  connect(id: string, signal?: AbortSignal, asking?: 'may-ask' | 'quiet'): Promise<Cluster>
  disconnect(id: string): Promise<void>
  /**
   * Adds the cluster to the settings of its scope, or replaces the one with its id, and keeps the
   * secret. A connection of the old one is closed. Rejects with `ProblemError` where the settings
   * cannot be written.
   */
  save(cluster: SavedCluster, secret?: ClusterSecret): Promise<void>
  /** Takes it out of the settings and forgets its secrets. */
  remove(id: string): Promise<void>
}
