import * as vscode from 'vscode'
import { stayingOverWebview } from '../pick/staying.ts'
import type { Clusters, SavedCluster } from './clusters.ts'

interface ClusterItem extends vscode.QuickPickItem {
  readonly cluster?: SavedCluster
}

/** Lets the user choose a cluster. Without any it offers to add one. */
export async function pickCluster(
  clusters: Clusters,
  placeHolder: string,
): Promise<SavedCluster | undefined> {
  const items: ClusterItem[] = clusters.all.map(cluster => ({
    cluster,
    label: cluster.name,
    description: describe(clusters, cluster),
    iconPath: new vscode.ThemeIcon(cluster.id === clusters.selected?.id ? 'check' : 'vm'),
  }))
  const add: ClusterItem = { label: 'Add Cluster…', iconPath: new vscode.ThemeIcon('add') }
  const chosen = await vscode.window.showQuickPick([...items, add], {
    title: 'Kafka',
    placeHolder,
    matchOnDescription: true,
    ...stayingOverWebview(),
  })
  if (chosen !== add) return chosen?.cluster
  const added: unknown = await vscode.commands.executeCommand('kafkaWorkbench.addCluster')
  return typeof added === 'string' ? clusters.get(added) : undefined
}

function describe(clusters: Clusters, cluster: SavedCluster): string {
  const { kind } = clusters.state(cluster.id)
  return [
    cluster.bootstrapServers.join(', '),
    kind === 'disconnected' ? undefined : kind,
    cluster.protected ? 'protected' : undefined,
    cluster.scope === 'workspace' ? 'workspace' : undefined,
  ]
    .filter(part => part !== undefined)
    .join(' · ')
}

/** The cluster that a command was called on, else the selected one, else one that the user picks. */
export async function clusterFor(
  clusters: Clusters,
  argument: unknown,
  placeHolder: string,
): Promise<SavedCluster | undefined> {
  return (
    argumentCluster(clusters, argument) ??
    clusters.selected ??
    (await pickCluster(clusters, placeHolder))
  )
}

/** The cluster that a command's argument names: its id, or a tree node. */
export function argumentCluster(clusters: Clusters, argument: unknown): SavedCluster | undefined {
  const id = typeof argument === 'string' ? argument : textOf(argument, 'clusterId')
  return id === undefined ? undefined : clusters.get(id)
}

/** A property of a command's argument, if it is a text. */
export function textOf(argument: unknown, name: string): string | undefined {
  if (typeof argument !== 'object' || argument === null) return undefined
  const value = (argument as Record<string, unknown>)[name]
  return typeof value === 'string' ? value : undefined
}
