import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { SavedCluster } from './clusters.ts'
import { CANCELLED } from './cancelling.ts'
import { connectVisibly } from './connectVisibly.ts'
import type { SavedClusters } from './createClusters.ts'
import { draftOf, NEW_DRAFT } from './draft.ts'
import { editCluster, type TestConnection } from './editCluster.ts'
import { argumentCluster, pickCluster, textOf } from './pickCluster.ts'
import { bareId, copyId, copyName } from './settings.ts'
import { openSettings } from './settingsFile.ts'

export interface ClusterCommandDeps {
  readonly clusters: SavedClusters
  readonly log: Log
  readonly test: TestConnection
}

/** Everything one can do to a cluster as a whole. Each takes a tree node, an id, or nothing. */
export function registerClusterCommands({ clusters, log, test }: ClusterCommandDeps): Disposable {
  const store = new DisposableStore()
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(log, run)))
  }
  const picked = (placeHolder: string, run: (cluster: SavedCluster) => Promise<unknown>) => {
    return async (argument: unknown) => {
      const cluster =
        argumentCluster(clusters, argument) ?? (await pickCluster(clusters, placeHolder))
      return cluster && run(cluster)
    }
  }
  register('addCluster', () => add(clusters, test))
  register(
    'editCluster',
    picked('Edit which cluster?', cluster => edit(clusters, test, cluster)),
  )
  register(
    'copyCluster',
    picked('Copy which cluster?', cluster => copy(clusters, cluster)),
  )
  register(
    'removeCluster',
    picked('Remove which cluster?', cluster => remove(clusters, cluster)),
  )
  register(
    'selectCluster',
    picked('Select the cluster for files, lenses and new panels', async cluster => {
      await clusters.select(cluster.id)
      return cluster.id
    }),
  )
  register(
    'connect',
    picked('Connect to which cluster?', async cluster => {
      await connectVisibly(clusters, cluster)
    }),
  )
  register(
    'disconnect',
    picked('Disconnect from which cluster?', ({ id }) => clusters.disconnect(id)),
  )
  register('bootstrapServers', argument => bootstrapServers(clusters, argument))
  register('openClusterSettings', async argument => {
    const index = typeof argument === 'object' && argument !== null && 'index' in argument
    const problem = index ? clusters.problems[Number(argument.index)] : clusters.problems[0]
    await openSettings(argumentCluster(clusters, argument) ?? { scope: problem?.scope ?? 'user' })
  })
  return store
}

async function add(clusters: SavedClusters, test: TestConnection): Promise<string | undefined> {
  const cluster = await editCluster(clusters, test, NEW_DRAFT, 'Add Kafka Cluster')
  if (cluster && !clusters.selected) await clusters.select(cluster.id)
  return cluster?.id
}

async function edit(clusters: SavedClusters, test: TestConnection, cluster: SavedCluster) {
  await editCluster(clusters, test, draftOf(cluster), `Edit ${cluster.name}`)
}

/** The copy stands beside the original. It has an id of its own, so it gets a secret of its own. */
async function copy(clusters: SavedClusters, cluster: SavedCluster): Promise<string> {
  const name = copyName(
    cluster.name,
    clusters.all.map(other => other.name),
  )
  const id = copyId(cluster, name, clusters.all.map(bareId))
  await clusters.save({ ...cluster, id, name }, await clusters.secrets.get(cluster))
  return id
}

async function remove(clusters: SavedClusters, cluster: SavedCluster): Promise<void> {
  const chosen = await vscode.window.showWarningMessage(
    `Remove "${cluster.name}" from the ${cluster.scope} settings?`,
    {
      modal: true,
      detail: 'Its stored password is forgotten. Nothing changes in the cluster itself.',
    },
    'Remove',
  )
  if (chosen === 'Remove') await clusters.remove(cluster.id)
}

/** For `${command:kafkaWorkbench.bootstrapServers}` in launch configurations and tasks. */
async function bootstrapServers(
  clusters: SavedClusters,
  argument: unknown,
): Promise<string | undefined> {
  const name = textOf(argument, 'cluster')
  const named = name === undefined ? argumentCluster(clusters, argument) : clusters.find(name)
  const cluster =
    named ??
    clusters.selected ??
    (await pickCluster(clusters, 'Which cluster should the program use?'))
  return cluster?.bootstrapServers.join(',')
}

/** A command that fails says so in a message, and keeps what else is running. */
export function guarded(
  log: Log,
  run: (argument: unknown) => Promise<unknown>,
): (argument: unknown) => Promise<unknown> {
  return async argument => {
    try {
      return await run(argument)
    } catch (error) {
      const problem = problemOf(error)
      log.warn(problem.message)
      if (problem.code !== CANCELLED) void showProblem(problem)
      return undefined
    }
  }
}

async function showProblem({ message, advice }: Problem): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(
    advice === undefined ? message : `${message} ${advice}`,
    'Show Log',
  )
  if (chosen) await vscode.commands.executeCommand('kafkaWorkbench.showLog')
}
