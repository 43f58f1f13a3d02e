import * as vscode from 'vscode'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { childrenOf, roots } from './children.ts'
import type { Drawing } from './drawing.ts'
import { parentOf, type TreeNode } from './nodes.ts'
import { present } from './present.ts'
import { configsText, tooltipOf } from './tooltips.ts'
import type { TreeData } from './treeData.ts'
import { toTreeItem } from './treeItem.ts'
import type { TreeState } from './treeState.ts'

export interface ProviderDeps {
  readonly clusters: Clusters
  readonly data: TreeData
  readonly state: TreeState
  readonly drawing: Drawing
  readonly log: Log
  readonly onDidChangeTreeData: vscode.Event<TreeNode | TreeNode[] | undefined>
  /** Whether the user wants this cluster to stay disconnected. */
  isHeld(clusterId: string): boolean
  repaint(from: TreeNode): void
}

/** An answer that comes sooner is shown at once; until a later one there is a note. */
const PATIENCE_MS = 300

/** Hands the tree to VS Code, and loads what it asks for. */
export function createProvider(deps: ProviderDeps): vscode.TreeDataProvider<TreeNode> {
  const { clusters, data, state, drawing, log } = deps
  const { intern } = drawing

  /** Waits a moment for the children; if they take longer, they are drawn when they come. */
  async function patience(node: TreeNode, waiting: Promise<unknown>): Promise<void> {
    let late = false
    const arrived = waiting.then(
      () => (late ? deps.repaint(node) : undefined),
      (error: unknown) => log.debug(problemOf(error).message),
    )
    await Promise.race([arrived, sleep(PATIENCE_MS)])
    late = true
  }

  /** Connects without asking anything: drawing the tree must not open an input box. */
  function open(clusterId: string): Promise<unknown> | undefined {
    const { kind } = clusters.state(clusterId)
    if (deps.isHeld(clusterId) || kind !== 'disconnected') return undefined
    return clusters.connect(clusterId, undefined, 'quiet').catch(() => undefined)
  }

  return {
    onDidChangeTreeData: deps.onDidChangeTreeData,
    getTreeItem(node) {
      drawing.drewItem(node)
      return toTreeItem(node, present(node, state))
    },
    async getChildren(node) {
      if (!node) return roots(state).map(intern)
      drawing.expand(node)
      const waiting = node.kind === 'cluster' ? open(node.clusterId) : data.ensure(node)
      if (waiting) await patience(node, waiting)
      const children = childrenOf(node, state).map(intern)
      drawing.drewChildren(node, children)
      // What its children brought may change the node itself: a topic now knows its records.
      if (waiting) setTimeout(() => deps.repaint(node), 0)
      return children
    },
    getParent(node) {
      const parent = parentOf(node)
      return parent && intern(parent)
    },
    async resolveTreeItem(item, node, token) {
      const text = [tooltipOf(node, state), await configsOf(node, clusters, token)].filter(Boolean)
      if (text.length > 0) item.tooltip = new vscode.MarkdownString(text.join('\n\n'))
      return item
    },
  }
}

/** The configs of a topic or broker that differ from their defaults. */
async function configsOf(
  node: TreeNode,
  clusters: Clusters,
  token: vscode.CancellationToken,
): Promise<string | undefined> {
  if (node.kind !== 'topic' && node.kind !== 'broker') return undefined
  const cluster = clusters.connected(node.clusterId)
  if (!cluster) return undefined
  const controller = new AbortController()
  const listening = token.onCancellationRequested(() => controller.abort())
  try {
    const ask = { signal: controller.signal }
    if (node.kind === 'broker') return configsText(await cluster.brokerConfigs(node.brokerId, ask))
    const found = (await cluster.topicConfigs([node.topic], ask)).get(node.topic)
    return found && configsText(found)
  } catch (error) {
    return configsText(problemOf(error))
  } finally {
    listening.dispose()
  }
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}
