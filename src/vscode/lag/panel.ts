import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { LagState } from '../../lag/watch.ts'
import { openChannel, type Channel } from '../../protocol/channel.ts'
import type { GroupReading } from '../../lag/reading.ts'
import { toWire, updateOf, type LagFacts, type LagHost, type LagView } from '../../protocol/lag.ts'
import { fillWebview, webviewPort } from '../webviews.ts'
import { copyReading, openReading } from './output.ts'
import { needsUser, type LagWatch } from './watches.ts'

export interface LagPanelOptions {
  readonly extensionUri: vscode.Uri
  /** The cluster's name and one of its addresses, as the settings have them now. */
  cluster(): { readonly name: string; readonly address: string }
  /** Begins to watch the group; the panel ends it. */
  watch(): LagWatch
  showLog(): void
  newConsumerFile(): void
}

/** The page's deadline for a slow look is the look's own; only a person's choice has none. */
export class LagPanel implements Disposable {
  readonly #panel: vscode.WebviewPanel
  readonly #options: LagPanelOptions
  readonly #watch: LagWatch
  readonly #channel: Channel<LagView>
  readonly #store = new DisposableStore()
  #shown: LagState
  /** The reading that the page was told last: updates tell what is different. */
  #sent: GroupReading | undefined
  #paused = false
  #away = false
  #intervalChosen = false

  constructor(panel: vscode.WebviewPanel, options: LagPanelOptions) {
    this.#panel = panel
    this.#options = options
    this.#watch = options.watch()
    this.#shown = this.#watch.latest
    const { extensionUri } = options
    const title = `${this.#watch.groupId} · lag`
    panel.title = title
    panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'lag-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'lag-dark.svg'),
    }
    this.#channel = this.#openChannel()
    this.#store.add(this.#channel)
    this.#store.add(this.#watch)
    this.#store.add(this.#watch.onDidUpdate(state => this.#show(state)))
    this.#store.add(panel.onDidChangeViewState(() => this.#look()))
    this.#store.add(panel.onDidDispose(() => this.dispose()))
    fillWebview(panel.webview, extensionUri, 'lag', title)
    this.#look()
  }

  get active(): boolean {
    return this.#panel.active
  }

  onDidDispose(listener: () => void): Disposable {
    return this.#panel.onDidDispose(listener)
  }

  reveal(): void {
    this.#panel.reveal()
  }

  dispose(): void {
    this.#store.dispose()
    this.#panel.dispose()
  }

  /** The person left the window for long: nobody looks. */
  setAway(away: boolean): void {
    this.#away = away
    this.#look()
  }

  /** The setting changed; what was chosen in the panel stays. */
  setDefaultInterval(ms: number): void {
    if (this.#intervalChosen) return
    this.#watch.setInterval(ms)
    this.#send()
  }

  togglePause(): void {
    this.#setPaused(!this.#paused)
  }

  lookNow(): void {
    this.#watch.lookNow()
  }

  async copy(partition?: string): Promise<void> {
    const { reading } = this.#shown
    if (reading) await copyReading(reading, this.#options.cluster().name, partition)
  }

  async openInEditor(): Promise<void> {
    const { reading } = this.#shown
    if (reading) await openReading(reading, this.#options.cluster().name)
  }

  #openChannel(): Channel<LagView> {
    return openChannel<LagHost, LagView>(webviewPort(this.#panel.webview), {
      requests: {
        open: () => {
          this.#shown = this.#paused ? this.#shown : this.#watch.latest
          const { reading } = this.#shown
          this.#sent = reading
          const state = { ...this.#facts(), ...(reading && { reading: toWire(reading) }) }
          return { state, history: this.#watch.history.series() }
        },
        copy: async partition => {
          await this.copy(partition)
          return undefined
        },
        openInEditor: async () => {
          await this.openInEditor()
          return undefined
        },
      },
      events: {
        pause: paused => this.#setPaused(paused),
        interval: ms => {
          this.#intervalChosen = true
          this.#watch.setInterval(ms)
          this.#send()
        },
        lookNow: () => this.lookNow(),
        showLog: () => this.#options.showLog(),
        newConsumerFile: () => this.#options.newConsumerFile(),
      },
    })
  }

  #setPaused(paused: boolean): void {
    this.#paused = paused
    this.#look()
    this.#send()
  }

  /** Hidden, paused and left panels do not poll. */
  #look(): void {
    this.#watch.setActive(this.#panel.visible && !this.#paused && !this.#away)
  }

  #show(state: LagState): void {
    this.#shown = state
    this.#send()
  }

  #send(): void {
    if (!this.#panel.visible) return
    const { reading } = this.#shown
    const update = reading && { reading: updateOf(this.#sent, reading) }
    this.#sent = reading
    this.#channel.send('state', { ...this.#facts(), ...update })
  }

  #facts(): LagFacts {
    const facts: { -readonly [Name in keyof LagState]: LagState[Name] } = { ...this.#shown }
    delete facts.reading
    const { problem } = facts
    if (!problem || needsUser(problem)) delete facts.nextTryAt
    const { name, address } = this.#options.cluster()
    return {
      ...facts,
      clusterId: this.#watch.clusterId,
      cluster: name,
      address,
      interval: this.#watch.interval,
      paused: this.#paused,
    }
  }
}
