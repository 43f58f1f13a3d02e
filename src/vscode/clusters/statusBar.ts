import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Clusters } from './clusters.ts'

/** Shows the selected cluster and how it is; a click selects another. */
export function showSelectedCluster(clusters: Clusters): Disposable {
  const store = new DisposableStore()
  const item = store.add(
    vscode.window.createStatusBarItem('kafkaWorkbench.cluster', vscode.StatusBarAlignment.Left, 40),
  )
  item.name = 'Kafka Cluster'
  item.command = 'kafkaWorkbench.selectCluster'
  const update = () => {
    if (clusters.all.length === 0) item.hide()
    else {
      draw(item, clusters)
      item.show()
    }
  }
  store.add(clusters.onDidChange(update))
  update()
  return store
}

const ICONS = {
  connected: 'vm-active',
  connecting: 'loading~spin',
  disconnected: 'vm',
  failed: 'warning',
}

function draw(item: vscode.StatusBarItem, clusters: Clusters): void {
  const cluster = clusters.selected
  if (!cluster) {
    item.text = '$(vm) Select Kafka Cluster'
    item.tooltip = 'No Kafka cluster is selected in this workspace.'
    item.color = undefined
    return
  }
  const state = clusters.state(cluster.id)
  const lock = cluster.protected ? ' $(shield)' : ''
  item.text = `$(${ICONS[state.kind]}) ${cluster.name}${lock}`
  item.color =
    cluster.color === undefined ? undefined : new vscode.ThemeColor(`charts.${cluster.color}`)
  item.tooltip = [
    `Kafka: ${cluster.name}, ${cluster.bootstrapServers.join(', ')}`,
    state.kind === 'failed' ? state.problem.message : state.kind,
    cluster.protected ? 'protected: producing, creating and deleting ask first' : undefined,
  ]
    .filter(line => line !== undefined)
    .join('\n')
}
