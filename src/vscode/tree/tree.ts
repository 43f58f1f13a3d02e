import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { ConnectionState } from '../clusters/clusters.ts'
import type { SavedClusters } from '../clusters/createClusters.ts'
import { isLoss, PASSWORD_NEEDED } from '../clusters/connections.ts'
import { childrenOf, roots } from './children.ts'
import { liveParts } from './liveNodes.ts'
import type { Depth } from './load.ts'
import { clusterNode, parentOf, type TreeNode } from './nodes.ts'
import { present } from './present.ts'
import { retryDelay } from './retry.ts'
import { configsText, tooltipOf } from './tooltips.ts'
import { createTreeData } from './treeData.ts'
import { toTreeItem } from './treeItem.ts'
import { BRANCH_STEP, type TreeState } from './treeState.ts'

export interface TreeDeps {
  readonly context: vscode.ExtensionContext
  readonly clusters: SavedClusters
  readonly log: Log
}

/** The view *Clusters*. */
export interface Tree extends Disposable {
  readonly provider: vscode.TreeDataProvider<TreeNode>
  readonly state: TreeState
  /** Asks again for everything that is open, of one cluster or of all. */
  refresh(clusterId?: string): Promise<void>
  /** Shows and selects a node, if it is in the tree. */
  reveal(node: TreeNode): Promise<void>
  showMore(parent: TreeNode): void
  setFilter(filter: string): void
  setInternalTopics(shown: boolean): Promise<void>
}

export const VIEW = 'kafkaWorkbench.clusters'
const INTERNAL_TOPICS = 'kafkaWorkbench.internalTopics'
const FILTERED_CONTEXT = 'kafkaWorkbench.topicsFiltered'
const INTERNAL_CONTEXT = 'kafkaWorkbench.internalTopicsShown'

/** Offsets of open nodes are asked for so often, while the view is visible. */
const OFFSETS_MS = 5_000
/** Every so many looks, lists, members, sizes and configs are asked for, too. */
const FULL_LOOK = 3
/** An answer that comes sooner is shown at once; until a later one there is a note. */
const PATIENCE_MS = 300

export function createTree({ context, clusters, log }: TreeDeps): Tree {
  const store = new DisposableStore()
  const changed = store.add(new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>())
  const data = store.add(createTreeData({ connected: id => clusters.connected(id), now: Date.now }))
  /** VS Code knows a node by its object: the same id is always the same object. */
  const interned = new Map<string, TreeNode>()
  const expanded = new Map<string, TreeNode>()
  /** What was drawn last, by node: a refresh touches only what looks different. */
  const drawnItems = new Map<string, string>()
  const drawnChildren = new Map<string, string>()
  const limits = new Map<string, number>()
  /** Disconnected by the user: not connected again just because the node is open. */
  const held = new Set<string>()
  const retries = new Map<string, { failures: number; at: number }>()
  let filter = ''
  let internalTopics = context.workspaceState.get(INTERNAL_TOPICS, false)
  let looks = 0
  let lastLook = 0

  const state: TreeState = {
    get clusters() {
      return clusters.all
    },
    get problems() {
      return clusters.problems
    },
    get selectedId() {
      return clusters.selected?.id
    },
    get filter() {
      return filter
    },
    get internalTopics() {
      return internalTopics
    },
    connection: id => clusters.state(id),
    isOpen: id => clusters.connected(id) !== undefined,
    data: id => data.data(id),
    limit: id => limits.get(id) ?? BRANCH_STEP,
  }

  function intern(node: TreeNode): TreeNode {
    const found = interned.get(node.id)
    if (found) return found
    interned.set(node.id, node)
    return node
  }

  const isExpanded = (node: TreeNode) => expanded.has(node.id)

  const provider: vscode.TreeDataProvider<TreeNode> = {
    onDidChangeTreeData: changed.event,
    getTreeItem(node) {
      const presentation = present(node, state)
      drawnItems.set(node.id, itemLook(node))
      return toTreeItem(node, presentation)
    },
    async getChildren(node) {
      if (!node) return roots(state).map(intern)
      expanded.set(node.id, node)
      const waiting = node.kind === 'cluster' ? open(node.clusterId) : data.ensure(node)
      if (waiting) await patience(node, waiting)
      const children = childrenOf(node, state).map(intern)
      drawnChildren.set(node.id, childrenLook(children))
      // What its children brought may change the node itself: a topic now knows its records.
      if (drawnItems.get(node.id) !== itemLook(node)) soon(() => repaint(node))
      return children
    },
    getParent(node) {
      const parent = parentOf(node)
      return parent && intern(parent)
    },
    async resolveTreeItem(item, node, token) {
      const text = [tooltipOf(node, state), await configs(node, token)].filter(Boolean)
      if (text.length > 0) item.tooltip = new vscode.MarkdownString(text.join('\n\n'))
      return item
    },
  }

  /** Waits a moment for the children; if they take longer, they are drawn when they come. */
  async function patience(node: TreeNode, waiting: Promise<unknown>): Promise<void> {
    let late = false
    const arrived = waiting.then(
      () => (late ? repaint(node) : undefined),
      (error: unknown) => log.debug(problemOf(error).message),
    )
    await Promise.race([arrived, sleep(PATIENCE_MS)])
    late = true
  }

  /** Connects without asking anything: drawing the tree must not open an input box. */
  function open(clusterId: string): Promise<unknown> | undefined {
    const { kind } = clusters.state(clusterId)
    if (held.has(clusterId) || kind !== 'disconnected') return undefined
    return clusters.connect(clusterId, undefined, 'quiet').catch(() => undefined)
  }

  async function configs(
    node: TreeNode,
    token: vscode.CancellationToken,
  ): Promise<string | undefined> {
    if (node.kind !== 'topic' && node.kind !== 'broker') return undefined
    const cluster = clusters.connected(node.clusterId)
    if (!cluster) return undefined
    const controller = new AbortController()
    const listening = token.onCancellationRequested(() => controller.abort())
    try {
      const ask = { signal: controller.signal }
      if (node.kind === 'broker')
        return configsText(await cluster.brokerConfigs(node.brokerId, ask))
      const found = (await cluster.topicConfigs([node.topic], ask)).get(node.topic)
      return found && configsText(found)
    } catch (error) {
      return configsText(problemOf(error))
    } finally {
      listening.dispose()
    }
  }

  function itemLook(node: TreeNode): string {
    return JSON.stringify([present(node, state), tooltipOf(node, state)])
  }

  function childrenLook(children: readonly TreeNode[]): string {
    return JSON.stringify(children.map(({ id }) => id))
  }

  /** Draws again what looks different, from a node downwards. */
  function repaint(from: TreeNode): void {
    const stale: TreeNode[] = []
    const visit = (node: TreeNode) => {
      const children = expanded.has(node.id) ? childrenOf(node, state).map(intern) : undefined
      const same =
        drawnItems.get(node.id) === itemLook(node) &&
        (!children || drawnChildren.get(node.id) === childrenLook(children))
      // Drawing a node again draws all that is open below it.
      if (same) children?.forEach(visit)
      else stale.push(node)
    }
    visit(intern(from))
    if (stale.length > 0) changed.fire(stale)
  }

  async function refreshCluster(clusterId: string, depth: Depth): Promise<void> {
    try {
      await data.refresh(clusterId, liveParts(clusterId, state, isExpanded), depth)
    } catch (error) {
      log.debug(problemOf(error).message)
    }
    repaint(clusterNode(clusterId))
  }

  function tick(): void {
    if (!view.visible) return
    const now = Date.now()
    const due = now - lastLook >= OFFSETS_MS
    if (due) {
      lastLook = now
      looks++
    }
    for (const { id } of clusters.all) {
      if (!expanded.has(clusterNode(id).id)) continue
      const connection = clusters.state(id)
      if (connection.kind === 'failed') {
        if (isLoss(connection.problem)) retry(id, now)
      } else {
        if (connection.kind === 'connected') retries.delete(id)
        if (due) void refreshCluster(id, looks % FULL_LOOK === 0 ? 'all' : 'offsets')
      }
    }
  }

  /** Tries again by itself, less and less often, until the broker is back. */
  function retry(id: string, now: number): void {
    const last = retries.get(id) ?? { failures: 0, at: now + retryDelay(0) }
    retries.set(id, last)
    if (now < last.at) return
    retries.set(id, { failures: last.failures + 1, at: now + retryDelay(last.failures + 1) })
    if (clusters.connected(id)) void reach(id)
    else clusters.connect(id, undefined, 'quiet').catch(() => undefined)
  }

  /** One small question to a broker that was lost: its answer brings the cluster back. */
  async function reach(id: string): Promise<void> {
    try {
      await clusters.connected(id)?.describe()
      await refreshCluster(id, 'all')
    } catch (error) {
      log.debug(problemOf(error).message)
    }
  }

  const states = new Map<string, string>()
  let rootIds = ''

  function onClustersChanged(): void {
    for (const { id } of clusters.all) followState(id)
    const ids = JSON.stringify(roots(state).map(node => [node.id, state.problems]))
    if (ids !== rootIds) {
      rootIds = ids
      changed.fire(undefined)
    } else for (const { id } of clusters.all) repaint(clusterNode(id))
  }

  function followState(id: string): void {
    const { kind } = clusters.state(id)
    const before = states.get(id)
    states.set(id, kind)
    if (kind === before) return
    if (kind === 'disconnected') {
      data.forget(id)
      if (before !== undefined && view.visible) held.add(id)
    }
    if (kind === 'connected') {
      held.delete(id)
      if (before === 'failed') void refreshCluster(id, 'all')
    }
  }

  /** Somebody opened it, so that asking for a password is no surprise. */
  function onExpand(node: TreeNode): void {
    expanded.set(node.id, node)
    if (node.kind === 'cluster') {
      held.delete(node.clusterId)
      if (wantsConnecting(clusters.state(node.clusterId))) {
        clusters.connect(node.clusterId).catch(() => undefined)
      }
    } else {
      void data.renew(node).then(() => repaint(node))
    }
  }

  const view = store.add(
    vscode.window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true }),
  )
  store.add(view.onDidExpandElement(({ element }) => onExpand(element)))
  store.add(view.onDidCollapseElement(({ element }) => expanded.delete(element.id)))
  store.add(view.onDidChangeVisibility(tick))
  store.add(clusters.onDidChange(onClustersChanged))
  store.add(every(1_000, tick))
  onClustersChanged()
  setContext(INTERNAL_CONTEXT, internalTopics)
  setContext(FILTERED_CONTEXT, false)

  function repaintAll(): void {
    for (const { id } of clusters.all) repaint(clusterNode(id))
  }

  return {
    provider,
    state,
    async refresh(clusterId) {
      const ids = clusterId === undefined ? clusters.all.map(({ id }) => id) : [clusterId]
      await Promise.all(ids.map(id => refreshCluster(id, 'all')))
    },
    async reveal(node) {
      try {
        await view.reveal(intern(node), { select: true, focus: false, expand: false })
      } catch (error) {
        log.debug(problemOf(error).message)
      }
    },
    showMore(parent) {
      limits.set(parent.id, state.limit(parent.id) + BRANCH_STEP)
      repaint(parent)
    },
    setFilter(next) {
      filter = next.trim()
      if (filter) view.description = `filter: ${filter}`
      else delete view.description
      setContext(FILTERED_CONTEXT, filter !== '')
      repaintAll()
    },
    async setInternalTopics(shown) {
      internalTopics = shown
      setContext(INTERNAL_CONTEXT, shown)
      repaintAll()
      await context.workspaceState.update(INTERNAL_TOPICS, shown)
    },
    dispose: () => store.dispose(),
  }
}

function wantsConnecting(connection: ConnectionState): boolean {
  if (connection.kind === 'failed') return connection.problem.code === PASSWORD_NEEDED
  return connection.kind !== 'connected'
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value)
}

function soon(action: () => void): void {
  setTimeout(action, 0)
}

function sleep(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms).unref())
}

/** A timer that does not keep the extension host alive. */
function every(ms: number, action: () => void): Disposable {
  const timer = setInterval(action, ms)
  timer.unref()
  return { dispose: () => clearInterval(timer) }
}
