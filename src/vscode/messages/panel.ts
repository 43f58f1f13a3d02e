import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import { ProblemError } from '../../base/problem.ts'
import { openChannel, type Channel } from '../../protocol/channel.ts'
import type {
  DecodeAs,
  Layout,
  MessagesHost,
  MessagesState,
  MessagesView,
  RecordName,
  Shown,
} from '../../protocol/messages.ts'
import { withoutRange } from '../../kafka/recordView.ts'
import { planOfReading } from '../../run/readingText.ts'
import type { Clusters } from '../clusters/clusters.ts'
import { fillWebview, webviewPort } from '../webviews.ts'
import type { Actions } from './actions.ts'
import { formatsOf } from './decoding.ts'
import { checkFilter, recordFilter } from './filterText.ts'
import { handlersOf, type PanelSide } from './handlers.ts'
import { withMatched, without, withRun, withSaved, type KeptFilters } from './keptFilters.ts'
import type { KeptReadings } from './keptReadings.ts'
import type { MessagesMemory } from './memory.ts'
import { TransactionWatch } from './openTransactions.ts'
import { completePlan, type FormattedPlan } from './plan.ts'
import { withFilter, withProperties, withStart, type Reading } from './reading.ts'
import type { RecordSource } from './recordSource.ts'
import { Reveal } from './reveal.ts'
import { Revisions } from './revisions.ts'
import { ReadingSession, type SessionOptions } from './session.ts'
import { consumerSettings } from './settings.ts'
import { Soon } from './soon.ts'
import { messagesState } from './state.ts'
import { noticeOf, titleOf } from './words.ts'

export interface PanelDeps {
  readonly extensionUri: vscode.Uri
  readonly session: SessionOptions
  readonly clusters: Clusters
  readonly memory: MessagesMemory
  readonly readings: KeptReadings
  /** What a person can do with the panel's records. */
  actions(panel: MessagesPanel): Actions
}

/** Ms between two reports of the state while records come; the first of them are told at once. */
const PACE = 250
/** Ms after which a state is told again while a reading runs: rates fall when nothing comes. */
const BEAT = 1000

/** One view of one reading: owns the session, the channel to the view, and the pace of telling it. */
export class MessagesPanel implements PanelSide, Disposable {
  readonly session: ReadingSession
  readonly actions: Actions
  reading: Reading
  /** Brought back by a reload, and not started by anyone since. */
  restored = false
  readonly #panel: vscode.WebviewPanel
  readonly #deps: PanelDeps
  readonly #channel: Channel<MessagesView>
  readonly #transactions: TransactionWatch
  readonly #reveal: Reveal
  readonly #revisions = new Revisions()
  readonly #store = new DisposableStore()
  readonly #disposed = new Emitter<void>()
  readonly onDidDispose = this.#disposed.event
  #filters: KeptFilters
  #layout: Layout
  #selected: readonly RecordName[] = []
  #phase: string
  /** How often reading was started. */
  #starts = 0
  readonly #soon = new Soon(() => this.#tell())
  /** When the state was told last, and what of it people wait for. */
  #told = { at: -Infinity, phase: '', empty: true }

  constructor(panel: vscode.WebviewPanel, reading: Reading, deps: PanelDeps) {
    this.#panel = panel
    this.#deps = deps
    this.reading = reading
    this.session = new ReadingSession(deps.session)
    this.actions = deps.actions(this)
    this.#phase = this.session.phase
    this.#filters = deps.memory.filters(reading.clusterId, this.topic)
    this.#layout = deps.memory.layout()
    this.#channel = openChannel<MessagesHost, MessagesView>(
      webviewPort(panel.webview),
      handlersOf(this, this.actions),
    )
    this.#transactions = this.#watchTransactions()
    this.#reveal = new Reveal(
      this.session,
      (row, record) => {
        this.#tell()
        this.#channel.send('reveal', { row, ...(record && { record }) })
      },
      tellMissing,
    )
    this.#listen(panel)
    this.#show(reading)
    if (reading.shown) this.session.show(reading.shown)
  }

  get active(): boolean {
    return this.#panel.active
  }

  get topic(): string {
    return this.reading.text.properties['topic'] ?? ''
  }

  get source(): RecordSource {
    const { session, reading, topic } = this
    return {
      reading,
      topic,
      view: session.view,
      formats: session.formats,
      connect: signal => this.#deps.clusters.connect(reading.clusterId, signal),
    }
  }

  /** The records that are selected in the view. */
  get selection(): readonly RecordName[] {
    return this.#selected
  }

  reveal(): void {
    this.#panel.reveal(undefined, true)
  }

  /** Reads what `reading` says from its start. */
  start(reading = this.reading): void {
    this.#show(reading)
    this.#starts++
    this.restored = false
    this.#selected = []
    this.#transactions.clear()
    const planned = planOfReading(reading.text, consumerSettings())
    if ('problem' in planned) {
      this.session.refuse(planned.problem)
      return
    }
    if (reading.shown) this.session.show(reading.shown)
    const plan = completePlan(planned.plan, reading, vscode.workspace.isTrusted)
    if (reading.filter === undefined) void this.session.start(plan)
    else void this.#startFiltered(plan, reading)
  }

  async #startFiltered(plan: FormattedPlan, { filter: text }: Reading): Promise<void> {
    this.session.stop()
    const start = this.#starts
    const { keyFormat: key, valueFormat: value } = plan
    const filter = await recordFilter(text, { key, value })
    // Something else was started meanwhile.
    if (this.#starts !== start || this.#store.disposed) return
    if (filter && 'wrong' in filter) this.session.refuse(badFilter(filter.wrong))
    else void this.session.start({ ...plan, ...(filter && { filter }) })
  }

  /** Shows a record as soon as it is held; says so where it never will be. */
  revealRecord(name: RecordName): void {
    this.#reveal.want(name)
  }

  revealRow(row: number, record?: RecordName): void {
    this.#reveal.show(row, record)
  }

  command(command: MessagesView['events']['command']): void {
    this.#channel.send('command', command)
  }

  ready(): void {
    this.#tell()
    this.#reveal.ready()
  }

  async filter(text: string): Promise<void> {
    const check = await checkFilter(text)
    if (check.kind === 'error') throw new ProblemError(badFilter(check.message))
    const filter = check.kind === 'none' ? '' : text.trim()
    this.#changeFilters(kept => withRun(kept, filter))
    this.start(withFilter(this.reading, filter))
  }

  saveFilter(text: string, name: string): void {
    this.#changeFilters(kept => withSaved(kept, text.trim(), name.trim()))
    this.#tell()
  }

  forgetFilter(text: string, saved: boolean): void {
    this.#changeFilters(kept => without(kept, text, saved ? 'saved' : 'history'))
    this.#tell()
  }

  read(changes: Readonly<Record<string, string | undefined>>): void {
    if (!this.reading.adjustable) return
    const { from } = changes
    const before = from === undefined ? this.reading : withStart(this.reading, from)
    const reading = withProperties(before, changes)
    if (JSON.stringify(reading.text) === JSON.stringify(this.reading.text)) return
    this.start(reading)
  }

  show(shown: Shown): void {
    this.#keep({ ...this.reading, shown: withoutRange(shown) })
    this.session.show(shown)
  }

  decodeAs(decodeAs: DecodeAs): void {
    this.#keep({ ...this.reading, decodeAs })
    this.session.decodeAs(formatsOf(decodeAs))
  }

  layout(layout: Layout): void {
    this.#layout = layout
    this.#deps.memory.keepLayout(layout)
  }

  selected(records: readonly RecordName[]): void {
    this.#selected = records
  }

  revisionOf(view: object | undefined, revision: number): number {
    return this.#revisions.of(view, revision)
  }

  /** Lets go of everything but the panel, which VS Code keeps over a reload. */
  dispose(): void {
    if (this.#store.disposed) return
    this.#store.dispose()
    this.#disposed.fire()
    this.#disposed.dispose()
  }

  #listen(panel: vscode.WebviewPanel): void {
    this.#store.add(this.session)
    this.#store.add(this.#channel)
    this.#store.add(this.#transactions)
    this.#store.add(this.#soon)
    this.#store.add(
      this.session.onDidChange(() => {
        this.#follow()
      }),
    )
    panel.onDidChangeViewState(() => {
      if (!panel.visible) return
      this.#filters = this.#deps.memory.filters(this.reading.clusterId, this.topic)
      this.#tell()
    })
    panel.onDidDispose(() => {
      this.#deps.readings.forget(this.reading.id)
      this.dispose()
    })
  }

  #watchTransactions(): TransactionWatch {
    return new TransactionWatch({
      topic: () => this.topic,
      now: () => Date.now(),
      ask: async (partitions, signal) => {
        const { cluster } = this.session
        return cluster ? cluster.openTransactions(partitions, { signal }) : []
      },
      onChange: () => {
        this.#soon.in(PACE)
      },
    })
  }

  #follow(): void {
    const { phase, state } = this.session
    this.#transactions.look(state.held?.progress ?? [])
    this.#reveal.look()
    if (phase !== this.#phase && isSettled(phase)) this.#noteMatched()
    this.#phase = phase
    this.#tellInTime(phase, (state.held?.rows ?? 0) === 0)
  }

  /**
   * At once where people wait for it, else at its pace. Those who follow wait for each record; the
   * reader tells them together ten times a second.
   */
  #tellInTime(phase: string, empty: boolean): void {
    const told = this.#told
    const urgent = phase !== told.phase || (told.empty && !empty) || phase === 'following'
    const wait = urgent ? 0 : told.at + PACE - performance.now()
    if (wait <= 0) this.#tell()
    else this.#soon.in(wait)
  }

  #noteMatched(): void {
    const { filter } = this.reading
    const { held } = this.session.state
    if (filter === undefined || !held) return
    this.#changeFilters(kept => withMatched(kept, filter, held.recordsMatched))
  }

  #changeFilters(change: (kept: KeptFilters) => KeptFilters): void {
    const { clusterId } = this.reading
    this.#filters = this.#deps.memory.changeFilters(clusterId, this.topic, change)
  }

  #show(reading: Reading): void {
    const sameTopic = reading.text.properties['topic'] === this.topic
    this.#keep(reading)
    if (!sameTopic) this.#filters = this.#deps.memory.filters(reading.clusterId, this.topic)
    const { extensionUri } = this.#deps
    this.#panel.title = titleOf(reading)
    this.#panel.iconPath = {
      light: vscode.Uri.joinPath(extensionUri, 'media', 'messages-light.svg'),
      dark: vscode.Uri.joinPath(extensionUri, 'media', 'messages-dark.svg'),
    }
    if (this.#panel.webview.html === '')
      fillWebview(this.#panel.webview, extensionUri, 'messages', this.#panel.title)
  }

  #keep(reading: Reading): void {
    this.#deps.readings.keep(reading, this.reading.id)
    this.reading = reading
  }

  #tell(): void {
    this.#soon.cancel()
    if (!this.#panel.visible) return
    const state = this.#state()
    this.#channel.send('state', state)
    this.#told = { at: performance.now(), phase: state.phase, empty: state.count === 0 }
    if (this.session.running) {
      this.#transactions.look(this.session.state.held?.progress ?? [])
      this.#soon.in(BEAT)
    }
  }

  #state(): MessagesState {
    const { session, reading } = this
    const { state } = session
    return messagesState({
      reading,
      cluster: this.#deps.clusters.get(reading.clusterId)?.name ?? reading.clusterId,
      session: state,
      shown: session.shown,
      formats: session.formats,
      revision: this.#revisions.of(session.view, state.held?.revision ?? 0),
      filters: this.#filters,
      layout: this.#layout,
      canProduce: vscode.workspace.isTrusted,
      notice: noticeOf(reading, { restored: this.restored, trusted: vscode.workspace.isTrusted }),
      defaultOffset: consumerSettings().defaultOffset,
      openTransactions: this.#transactions.producers,
    })
  }
}

function badFilter(message: string) {
  return { code: 'bad-filter', message }
}

/** The reading has brought what it will bring for now. */
function isSettled(phase: string): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'following'
}

function tellMissing({ partition, offset }: RecordName): void {
  void vscode.window.showInformationMessage(
    `Offset ${offset} of partition ${partition} holds no record that can be read: it is not in the log any more, or its transaction is open or was aborted.`,
  )
}
