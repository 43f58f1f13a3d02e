import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { ConnectionState } from '../clusters/clusters.ts'
import { PASSWORD_NEEDED } from '../clusters/connections.ts'
import type { SavedClusters } from '../clusters/createClusters.ts'
import { roots } from './children.ts'
import { createDrawing } from './drawing.ts'
import { createFreshness } from './freshness.ts'
import { clusterNode, type TreeNode } from './nodes.ts'
import { createProvider } from './provider.ts'
import { createTreeData } from './treeData.ts'
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

const VIEW = 'kafkaWorkbench.clusters'
const INTERNAL_TOPICS = 'kafkaWorkbench.internalTopics'
const FILTERED_CONTEXT = 'kafkaWorkbench.topicsFiltered'
const INTERNAL_CONTEXT = 'kafkaWorkbench.internalTopicsShown'

export function createTree({ context, clusters, log }: TreeDeps): Tree {
  const store = new DisposableStore()
  const changed = store.add(new vscode.EventEmitter<TreeNode | TreeNode[] | undefined>())
  const data = store.add(createTreeData({ connected: id => clusters.connected(id), now: Date.now }))
  const choices = {
    filter: '',
    internalTopics: context.workspaceState.get(INTERNAL_TOPICS, false),
    limits: new Map<string, number>(),
  }
  const state = stateOf(clusters, id => data.data(id), choices)
  const drawing = createDrawing(state)
  /** Disconnected by the user: not connected again just because the node is open. */
  const held = new Set<string>()

  function repaint(from: TreeNode): void {
    const stale = drawing.stale(from)
    if (stale.length > 0) changed.fire(stale)
  }

  function repaintAll(): void {
    for (const { id } of clusters.all) repaint(clusterNode(id))
  }

  const provider = createProvider({
    clusters,
    data,
    state,
    drawing,
    log,
    onDidChangeTreeData: changed.event,
    isHeld: id => held.has(id),
    repaint,
  })
  const { isExpanded } = drawing
  const freshness = createFreshness({
    clusters,
    data,
    state,
    log,
    isExpanded,
    repaint,
    now: Date.now,
  })
  const view = store.add(
    vscode.window.createTreeView(VIEW, { treeDataProvider: provider, showCollapseAll: true }),
  )

  /** Somebody opened it, so that asking for a password is no surprise. */
  function onExpand(node: TreeNode): void {
    drawing.expand(node)
    if (node.kind !== 'cluster') {
      void data.renew(node).then(() => repaint(node))
      return
    }
    held.delete(node.clusterId)
    if (wantsConnecting(clusters.state(node.clusterId))) {
      clusters.connect(node.clusterId).catch(() => undefined)
    }
  }

  const kinds = new Map<string, ConnectionState['kind']>()
  let drawnRoots = ''

  function onClustersChanged(): void {
    for (const { id } of clusters.all) followState(id)
    const next = JSON.stringify([roots(state), state.problems])
    if (next === drawnRoots) repaintAll()
    else changed.fire(undefined)
    drawnRoots = next
  }

  function followState(id: string): void {
    const { kind } = clusters.state(id)
    const before = kinds.get(id)
    kinds.set(id, kind)
    if (kind === before) return
    if (kind === 'disconnected') {
      data.forget(id)
      if (before !== undefined && view.visible) held.add(id)
    }
    if (kind === 'connected') {
      held.delete(id)
      if (before === 'failed') void freshness.refresh(id, 'all')
    }
  }

  const tick = () => {
    if (view.visible) freshness.tick()
  }
  store.add(view.onDidExpandElement(({ element }) => onExpand(element)))
  store.add(view.onDidCollapseElement(({ element }) => drawing.collapse(element)))
  store.add(view.onDidChangeVisibility(tick))
  store.add(clusters.onDidChange(onClustersChanged))
  store.add(every(1_000, tick))
  onClustersChanged()
  setContext(INTERNAL_CONTEXT, choices.internalTopics)
  setContext(FILTERED_CONTEXT, false)

  return {
    provider,
    state,
    async refresh(clusterId) {
      const ids = clusterId === undefined ? clusters.all.map(({ id }) => id) : [clusterId]
      await Promise.all(ids.map(id => freshness.refresh(id, 'all')))
    },
    async reveal(node) {
      try {
        await view.reveal(drawing.intern(node), { select: true, focus: false, expand: false })
      } catch (error) {
        log.debug(problemOf(error).message)
      }
    },
    showMore(parent) {
      choices.limits.set(parent.id, state.limit(parent.id) + BRANCH_STEP)
      repaint(parent)
    },
    setFilter(filter) {
      choices.filter = filter.trim()
      showFilter(view, choices.filter)
      setContext(FILTERED_CONTEXT, choices.filter !== '')
      repaintAll()
    },
    async setInternalTopics(shown) {
      choices.internalTopics = shown
      setContext(INTERNAL_CONTEXT, shown)
      repaintAll()
      await context.workspaceState.update(INTERNAL_TOPICS, shown)
    },
    dispose: () => store.dispose(),
  }
}

/** What the user chose about the view; changes while it lives. */
interface Choices {
  readonly filter: string
  readonly internalTopics: boolean
  readonly limits: ReadonlyMap<string, number>
}

function stateOf(clusters: SavedClusters, data: TreeState['data'], choices: Choices): TreeState {
  return {
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
      return choices.filter
    },
    get internalTopics() {
      return choices.internalTopics
    },
    connection: id => clusters.state(id),
    isOpen: id => clusters.connected(id) !== undefined,
    data,
    limit: id => choices.limits.get(id) ?? BRANCH_STEP,
  }
}

function wantsConnecting(connection: ConnectionState): boolean {
  if (connection.kind === 'failed') return connection.problem.code === PASSWORD_NEEDED
  return connection.kind !== 'connected'
}

/** Beside the title, which VS Code leaves out where the view is alone, and above the tree. */
function showFilter(view: vscode.TreeView<TreeNode>, filter: string): void {
  if (filter) {
    view.description = `filter: ${filter}`
    view.message = `Topics filtered by "${filter}"`
  } else {
    delete view.description
    delete view.message
  }
}

function setContext(key: string, value: boolean): void {
  void vscode.commands.executeCommand('setContext', key, value)
}

/** A timer that does not keep the extension host alive. */
function every(ms: number, action: () => void): Disposable {
  const timer = setInterval(action, ms)
  timer.unref()
  return { dispose: () => clearInterval(timer) }
}
