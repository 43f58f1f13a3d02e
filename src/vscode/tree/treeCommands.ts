import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { argumentCluster, textOf } from '../clusters/pickCluster.ts'
import { groupFor, topicFor } from '../pick/pick.ts'
import type { TreeNode } from './nodes.ts'
import { present } from './present.ts'
import type { Tree } from './tree.ts'

export interface TreeCommandDeps {
  readonly clusters: Clusters
  readonly tree: Tree
  readonly log: Log
}

/** Commands of the view itself. */
export function registerTreeCommands({ clusters, tree, log }: TreeCommandDeps): Disposable {
  const store = new DisposableStore()
  const register = (name: string, run: (argument: unknown) => Promise<unknown>) => {
    const command = `kafkaWorkbench.${name}`
    store.add(vscode.commands.registerCommand(command, guarded(log, run)))
  }
  register('refresh', argument => tree.refresh(argumentCluster(clusters, argument)?.id))
  register('filterTopics', async argument => {
    const filter = typeof argument === 'string' ? argument : await askFilter(tree.state.filter)
    if (filter !== undefined) tree.setFilter(filter)
  })
  register('clearTopicFilter', () => {
    tree.setFilter('')
    return Promise.resolve()
  })
  register('showInternalTopics', () => tree.setInternalTopics(true))
  register('hideInternalTopics', () => tree.setInternalTopics(false))
  register('showMore', argument => {
    if (isMore(argument)) tree.showMore(argument.parent)
    return Promise.resolve()
  })
  register('tryAgain', async argument => {
    const cluster = argumentCluster(clusters, argument)
    if (!cluster) return
    if (!clusters.connected(cluster.id)) await clusters.connect(cluster.id)
    await tree.refresh(cluster.id)
  })
  register('copyName', async argument => {
    const name = isNode(argument) ? nameOf(argument, tree) : await pickName(clusters)
    if (name !== undefined) await vscode.env.clipboard.writeText(name)
  })
  return store
}

function askFilter(value: string): Thenable<string | undefined> {
  return vscode.window.showInputBox({
    title: 'Filter Topics',
    value,
    placeHolder: 'orders',
    prompt:
      'Part of the name; several parts separated by blanks; * stands for anything. Empty: all.',
  })
}

function isNode(argument: unknown): argument is TreeNode {
  return textOf(argument, 'kind') !== undefined && textOf(argument, 'id') !== undefined
}

function isMore(argument: unknown): argument is Extract<TreeNode, { kind: 'more' }> {
  return isNode(argument) && argument.kind === 'more'
}

/** The Kafka name of what a node stands for. */
function nameOf(node: TreeNode, tree: Tree): string {
  switch (node.kind) {
    case 'topic':
    case 'group-topic':
      return node.topic
    case 'partition':
    case 'group-partition':
    case 'assignment':
      return `${node.topic}-${node.partition}`
    case 'group':
      return node.groupId
    case 'broker':
      return addressOf(node, tree)
    case 'member':
      return node.memberId
    case 'settings-problem':
    case 'cluster':
    case 'brokers':
    case 'quorum':
    case 'topics':
    case 'groups':
    case 'members':
    case 'note':
    case 'more':
      return present(node, tree.state).label
  }
}

function addressOf(node: Extract<TreeNode, { kind: 'broker' }>, tree: Tree): string {
  const found = tree.state.data(node.clusterId).brokers?.value?.description.brokers
  const broker = found?.find(({ id }) => id === node.brokerId)
  return broker ? `${broker.host}:${broker.port}` : String(node.brokerId)
}

async function pickName(clusters: Clusters): Promise<string | undefined> {
  const what = await vscode.window.showQuickPick(['Topic', 'Consumer Group'], {
    placeHolder: 'Copy the name of what?',
  })
  if (what === 'Topic') return (await topicFor(clusters, undefined, 'Copy which name?'))?.topic
  if (what === undefined) return undefined
  return (await groupFor(clusters, undefined, 'Copy which name?'))?.groupId
}
