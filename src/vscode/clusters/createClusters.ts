import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { problemOf, ProblemError } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { ConnectionConfig } from '../../kafka/connection.ts'
import { askSecret } from './askSecret.ts'
import type { Clusters, SavedCluster } from './clusters.ts'
import {
  connectionConfig,
  missingSecrets,
  readTlsFiles,
  type TlsFiles,
} from './connectionConfig.ts'
import { CANCELLED, cancelled } from './cancelling.ts'
import { createConnections, PASSWORD_NEEDED, type Asking } from './connections.ts'
import { pemReader } from './pemFile.ts'
import type { ClusterSecret } from './secretKey.ts'
import { createSecrets, type Secrets } from './secrets.ts'
import {
  newProblems,
  readClusterLists,
  type ReadSettings,
  type SettingsProblem,
} from './settings.ts'
import { clusterLists, SECTION, writeEntry } from './settingsFile.ts'

export interface ClustersDeps {
  readonly context: vscode.ExtensionContext
  readonly log: Log
  /** Opens a connection; rejects with `ProblemError`, also when the signal aborts. */
  open(config: ConnectionConfig, saved: SavedCluster, signal: AbortSignal): Promise<Cluster>
}

/** `Clusters`, with what only the commands around it need. */
export interface SavedClusters extends Clusters {
  readonly problems: readonly SettingsProblem[]
  readonly secrets: Secrets
  /** Closes every connection and waits for it: at deactivation. */
  close(): Promise<void>
}

/** Nobody looks at a cluster for so long: its connections are closed. They open again on use. */
const IDLE_MS = 10 * 60_000
const SELECTED = 'kafkaWorkbench.selectedCluster'
/** How often a wrong password is asked again before connecting fails. */
const ATTEMPTS = 3

export function createClusters(deps: ClustersDeps): SavedClusters {
  const { context, log } = deps
  const store = new DisposableStore()
  const changed = store.add(new Emitter<undefined>(error => log.error(problemOf(error).message)))
  const secrets = createSecrets(context.secrets, context.globalState, workspaceKey)
  let settings = readClusterLists(clusterLists())
  logProblems()
  const get = (id: string) => settings.clusters.find(cluster => cluster.id === id)
  const connections = store.add(
    createConnections({
      open: (id, asking, signal) => openSaved(id, asking, signal),
      onDidChange: () => changed.fire(undefined),
      now: Date.now,
      idleMs: IDLE_MS,
    }),
  )
  store.add(every(60_000, () => connections.closeIdle()))
  store.add(
    vscode.workspace.onDidChangeConfiguration(event => {
      if (event.affectsConfiguration(`${SECTION}.clusters`)) reload()
    }),
  )
  store.add(vscode.workspace.onDidGrantWorkspaceTrust(() => reload()))
  store.add(vscode.workspace.onDidChangeWorkspaceFolders(() => reload()))

  function reload(): void {
    const before = settings
    settings = readClusterLists(clusterLists())
    for (const old of before.clusters) {
      if (!sameConnection(old, get(old.id))) drop(old.id)
    }
    logProblems(before)
    changed.fire(undefined)
  }

  /** Each once, until it is gone and comes back. */
  function logProblems(before?: ReadSettings): void {
    for (const { message } of newProblems(before, settings)) log.warn(message)
  }

  function drop(id: string): void {
    connections.disconnect(id).catch((error: unknown) => log.debug(problemOf(error).message))
  }

  async function openSaved(id: string, asking: Asking, signal: AbortSignal): Promise<Cluster> {
    const saved = get(id)
    if (!saved) {
      throw new ProblemError({
        code: 'no-such-cluster',
        message: `There is no cluster "${id}" in the settings.`,
        advice: 'Select another cluster.',
      })
    }
    log.info(`Connecting to ${saved.name} (${saved.bootstrapServers.join(', ')}).`)
    try {
      const files = await readTlsFiles(saved, pemReader(saved))
      return await openWithSecret(saved, files, asking, signal)
    } catch (error) {
      const problem = problemOf(error)
      if (problem.code !== CANCELLED) log.warn(`${saved.name}: ${problem.message}`)
      throw error
    }
  }

  /** Asks for what is missing, and again where the broker refuses the password. */
  async function openWithSecret(
    saved: SavedCluster,
    files: TlsFiles,
    asking: Asking,
    signal: AbortSignal,
  ): Promise<Cluster> {
    let secret = await secrets.get(saved)
    let refused: ProblemError | undefined
    for (let attempt = 1; ; attempt++) {
      const missing = refused ? (['password'] as const) : missingSecrets(saved, files, secret)
      const asked = missing.length > 0
      if (asked) secret = await ask(saved, secret, missing, asking, refused, signal)
      try {
        const cluster = await deps.open(connectionConfig(saved, files, secret), saved, signal)
        if (asked) await secrets.set(saved, secret)
        return cluster
      } catch (error) {
        const problem = problemOf(error)
        const again = problem.code === 'wrong-password' && asking === 'may-ask'
        if (!again || attempt === ATTEMPTS || signal.aborted) throw error
        refused = new ProblemError(problem)
      }
    }
  }

  return {
    get all() {
      return settings.clusters
    },
    get problems() {
      return settings.problems
    },
    get selected() {
      const chosen = get(context.workspaceState.get<string>(SELECTED, ''))
      return chosen ?? (settings.clusters.length === 1 ? settings.clusters[0] : undefined)
    },
    onDidChange: listener => changed.event(() => listener()),
    secrets,
    get,
    find: nameOrId => get(nameOrId) ?? settings.clusters.find(({ name }) => name === nameOrId),
    async select(id) {
      await context.workspaceState.update(SELECTED, id)
      changed.fire(undefined)
    },
    state: id => connections.state(id),
    connected: id => connections.connected(id),
    connect: (id, signal, asking = 'may-ask') => connections.connect(id, asking, signal),
    disconnect: id => connections.disconnect(id),
    async save(cluster, secret) {
      const before = get(cluster.id)
      if (secret) await secrets.set(cluster, secret)
      await writeEntry(cluster, false)
      // A changed password alone does not change the settings, so no event closes the connection.
      if (before) await connections.disconnect(cluster.id)
      reload()
    },
    async remove(id) {
      const cluster = get(id)
      if (!cluster) return
      await writeEntry(cluster, true)
      await secrets.forget(cluster)
      reload()
    },
    close: () => connections.close(),
    dispose: () => store.dispose(),
  }
}

async function ask(
  saved: SavedCluster,
  secret: ClusterSecret,
  missing: readonly (keyof ClusterSecret)[],
  asking: Asking,
  refused: ProblemError | undefined,
  signal: AbortSignal,
): Promise<ClusterSecret> {
  if (asking === 'quiet') {
    throw new ProblemError({
      code: PASSWORD_NEEDED,
      message: `${saved.name} needs a ${missing.join(' and a ')}.`,
      advice: 'Connect to enter it.',
    })
  }
  let complete = secret
  for (const part of missing) {
    const value = await askSecret(saved, part, refused?.problem.message, signal)
    if (value === undefined) throw refused ?? cancelled(`No ${part} was entered.`)
    complete = { ...complete, [part]: value }
  }
  return complete
}

/** Whether a connection to the one would be a connection to the other. */
function sameConnection(one: SavedCluster, other: SavedCluster | undefined): boolean {
  if (!other) return false
  const what = ({ bootstrapServers, tls, sasl }: SavedCluster) =>
    JSON.stringify([bootstrapServers, tls, sasl])
  return what(one) === what(other)
}

/** Tells workspaces apart, so that equal clusters of two repositories share no secret. */
function workspaceKey(): string {
  const { workspaceFile, workspaceFolders } = vscode.workspace
  return String(workspaceFile ?? workspaceFolders?.[0]?.uri ?? '')
}

/** A timer that does not keep the extension host alive. */
function every(ms: number, action: () => void): Disposable {
  const timer = setInterval(action, ms)
  timer.unref()
  return { dispose: () => clearInterval(timer) }
}
