import * as vscode from 'vscode'
import type { Cluster } from '../../kafka/cluster.ts'
import type { Clusters, SavedCluster } from './clusters.ts'

/**
 * The connection of a cluster. One that has to be opened first shows so in a notification, which
 * can be cancelled: a broker that does not answer takes its time. Rejects with `ProblemError`.
 */
export async function connectVisibly(
  clusters: Pick<Clusters, 'connected' | 'connect'>,
  { id, name }: SavedCluster,
): Promise<Cluster> {
  const open = clusters.connected(id)
  if (open) return open
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Connecting to ${name}`,
    cancellable: true,
  }
  return vscode.window.withProgress(options, (_progress, token) => {
    const controller = new AbortController()
    token.onCancellationRequested(() => {
      controller.abort()
    })
    return clusters.connect(id, controller.signal)
  })
}
