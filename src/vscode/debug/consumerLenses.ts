import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { LagState } from '../../lag/watch.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { consumersOf, LANGUAGES } from './documents.ts'
import type { LagWatch, LagWatches } from '../lag/watches.ts'
import { lensText } from './lensText.ts'

/** Text is drawn again at most this often, ms. */
const REDRAW = 500
/** What is being typed is looked at when so many ms have passed without a key. */
const TYPING = 500

/**
 * A lens above each consumer with a literal group id: its lag on the selected cluster, kept fresh
 * while its editor is visible. It never opens a connection: until the cluster is connected it
 * offers to. It is there from the start and only its text changes, for a lens that comes and goes
 * moves the code.
 */
export class ConsumerLenses implements vscode.CodeLensProvider, Disposable {
  readonly #clusters: Clusters
  readonly #lag: LagWatches
  readonly #store = new DisposableStore()
  readonly #changed = this.#store.add(new vscode.EventEmitter<void>())
  /** By group id, all of one cluster. */
  readonly #watches = new Map<string, LagWatch>()
  #clusterId: string | undefined
  #redraw: NodeJS.Timeout | undefined
  #typing: NodeJS.Timeout | undefined

  readonly onDidChangeCodeLenses = this.#changed.event

  constructor(clusters: Clusters, lag: LagWatches) {
    this.#clusters = clusters
    this.#lag = lag
    const { window, workspace } = vscode
    this.#store.add(window.onDidChangeVisibleTextEditors(() => this.#follow()))
    this.#store.add(
      workspace.onDidChangeTextDocument(({ document }) => {
        if (LANGUAGES.includes(document.languageId)) this.#followSoon()
      }),
    )
    this.#store.add(
      clusters.onDidChange(() => {
        this.#follow()
        this.#draw()
      }),
    )
    const selector = LANGUAGES.map(language => ({ language }))
    this.#store.add(vscode.languages.registerCodeLensProvider(selector, this))
    this.#follow()
  }

  dispose(): void {
    clearTimeout(this.#redraw)
    clearTimeout(this.#typing)
    this.#unwatch()
    this.#store.dispose()
  }

  provideCodeLenses(document: vscode.TextDocument): vscode.CodeLens[] {
    const { selected } = this.#clusters
    return consumersOf(document).map(({ groupId, call }) => {
      const range = new vscode.Range(document.positionAt(call.start), document.positionAt(call.end))
      const { title, tooltip } = lensText(groupId, selected?.name, this.#stateOf(groupId))
      return new vscode.CodeLens(range, {
        title,
        tooltip,
        command: 'kafkaWorkbench.openLagPanel',
        arguments: [{ clusterId: selected?.id, groupId }],
      })
    })
  }

  #stateOf(groupId: string): LagState | undefined {
    return this.#watches.get(groupId)?.latest
  }

  #followSoon(): void {
    clearTimeout(this.#typing)
    this.#typing = setTimeout(() => {
      this.#follow()
    }, TYPING)
  }

  /** Watches the groups of the visible editors, and no others. */
  #follow(): void {
    const id = this.#clusters.selected?.id
    const connected = id !== undefined && this.#clusters.connected(id) !== undefined
    if (!connected || id !== this.#clusterId) this.#unwatch()
    this.#clusterId = connected ? id : undefined
    if (this.#clusterId === undefined) return
    const wanted = visibleGroups()
    for (const [groupId, watch] of this.#watches)
      if (!wanted.has(groupId)) {
        watch.dispose()
        this.#watches.delete(groupId)
      }
    for (const groupId of wanted)
      if (!this.#watches.has(groupId)) this.#watch(this.#clusterId, groupId)
  }

  #watch(clusterId: string, groupId: string): void {
    const watch = this.#lag.watch(clusterId, groupId)
    this.#watches.set(groupId, watch)
    watch.onDidUpdate(() => {
      this.#draw()
    })
  }

  #unwatch(): void {
    for (const watch of this.#watches.values()) watch.dispose()
    this.#watches.clear()
  }

  #draw(): void {
    this.#redraw ??= setTimeout(() => {
      this.#redraw = undefined
      this.#changed.fire()
    }, REDRAW)
  }
}

function visibleGroups(): ReadonlySet<string> {
  const documents = vscode.window.visibleTextEditors.map(({ document }) => document)
  return new Set(documents.flatMap(consumersOf).map(({ groupId }) => groupId))
}
