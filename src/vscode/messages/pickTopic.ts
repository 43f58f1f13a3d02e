import * as vscode from 'vscode'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'

/** Lets the user choose one of a cluster's topics; connects if needed. */
export async function pickTopic(
  clusters: Clusters,
  cluster: SavedCluster,
  placeHolder = 'Show messages of which topic?',
): Promise<string | undefined> {
  const names = async () => {
    const connection = await clusters.connect(cluster.id)
    const topics = await connection.listTopics()
    return topics
      .map(({ name, internal }) => ({ name, internal }))
      .sort((a, b) => Number(a.internal) - Number(b.internal) || a.name.localeCompare(b.name))
      .map(({ name }) => name)
  }
  return vscode.window.showQuickPick(names(), {
    title: `Topics of ${cluster.name}`,
    placeHolder,
  })
}
