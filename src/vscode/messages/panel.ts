import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import { openChannel, type Channel, type Handlers } from '../../protocol/channel.ts'
import type {
  MessagesHost,
  MessagesState,
  MessagesView,
  RecordName,
  Rows,
  RowsRequest,
} from '../../protocol/messages.ts'
import type { ConsumerPlan } from '../../run/blocks.ts'
import { planOfReading, startInWords } from '../../run/readingText.ts'
import { fillWebview, webviewPort } from '../webviews.ts'
import { AUTO, rowOf, type Formats } from './cells.ts'
import { chooseFrom, choosePartitions } from './choose.ts'
import type { Reading } from './reading.ts'
import { recordText, valueOnly } from './recordText.ts'
import { ReadingSession, type SessionOptions } from './session.ts'
import { consumerSettings } from './settings.ts'

export interface PanelDeps {
  readonly extensionUri: vscode.Uri
  readonly session: SessionOptions
  clusterName(): string
  /** Shows a record's text as a document beside the view. */
  openRecord(record: KafkaRecord, text: string): Promise<void>
  newProducerFile(topic: string): Promise<void>
}

/** Ms between two reports of the state while records come. */
const PACE = 250
/** Ms after which a state is told again while a reading runs: rates fall when nothing comes. */
const BEAT = 1000
const MOST_ROWS = 1000

/** One view of one reading: owns the session, the channel to the view, and the pace of telling it. */
export class MessagesPanel implements Disposable {
  readonly session: ReadingSession
  reading: Reading
  /** Brought back by a reload, and not started by anyone since. */
  restored = false
  readonly #panel: vscode.WebviewPanel
  readonly #deps: PanelDeps
  readonly #channel: Channel<MessagesView>
  readonly #store = new DisposableStore()
  readonly #disposed = new Emitter<void>()
  readonly onDidDispose = this.#disposed.event
  #formats: Formats = { key: AUTO, value: AUTO }
  #timer: NodeJS.Timeout | undefined

  constructor(panel: vscode.WebviewPanel, reading: Reading, deps: PanelDeps) {
    this.#panel = panel
    this.#deps = deps
    this.reading = reading
    this.session = new ReadingSession(deps.session)
    this.#channel = openChannel<MessagesHost, MessagesView>(
      webviewPort(panel.webview),
      this.#handlers(),
    )
    this.#store.add(this.session)
    this.#store.add(this.#channel)
    this.#store.add(toDisposable(() => clearTimeout(this.#timer)))
    this.#store.add(
      this.session.onDidChange(() => {
        this.#tellSoon(PACE)
      }),
    )
    panel.onDidChangeViewState(() => {
      if (panel.visible) this.#tell()
    })
    panel.onDidDispose(() => {
      this.dispose()
    })
    this.#show(reading)
  }

  get active(): boolean {
    return this.#panel.active
  }

  reveal(): void {
    this.#panel.reveal(undefined, true)
  }

  /** Reads what `reading` says from its start. */
  start(reading = this.reading): void {
    this.#show(reading)
    const planned = planOfReading(reading.text, consumerSettings())
    if ('problem' in planned) {
      this.session.refuse(planned.problem)
      return
    }
    this.#formats = formatsOf(planned.plan)
    void this.session.start(trustedPlan(planned.plan))
  }

  record({ partition, offset }: RecordName): KafkaRecord {
    const record = this.session.store.find(partition, BigInt(offset))
    if (!record) throw new ProblemError(gone(partition, offset))
    return record
  }

  async open(row: RecordName): Promise<undefined> {
    const record = this.record(row)
    await this.#deps.openRecord(record, recordText(record, this.#formats))
    return undefined
  }

  async copy(row: RecordName, what: 'value' | 'record'): Promise<undefined> {
    const text = what === 'value' ? valueOnly : recordText
    await vscode.env.clipboard.writeText(text(this.record(row), this.#formats))
    return undefined
  }

  /** Lets go of everything but the panel, which VS Code keeps over a reload. */
  dispose(): void {
    if (this.#store.disposed) return
    this.#store.dispose()
    this.#disposed.fire()
    this.#disposed.dispose()
  }

  #show(reading: Reading): void {
    this.reading = reading
    this.#panel.title = reading.text.properties['topic'] ?? 'Messages'
    this.#panel.iconPath = {
      light: vscode.Uri.joinPath(this.#deps.extensionUri, 'media', 'messages-light.svg'),
      dark: vscode.Uri.joinPath(this.#deps.extensionUri, 'media', 'messages-dark.svg'),
    }
    if (this.#panel.webview.html === '')
      fillWebview(this.#panel.webview, this.#deps.extensionUri, 'messages', this.#panel.title)
  }

  #handlers(): Handlers<MessagesHost> {
    return {
      requests: {
        rows: request => this.#rows(request),
        open: row => this.open(row),
        copy: ({ what, ...row }) => this.copy(row, what),
        choose: what => this.#choose(what),
        newProducerFile: async () => {
          await this.#deps.newProducerFile(this.#topic)
          return undefined
        },
      },
      events: {
        ready: () => {
          this.#tell()
        },
        start: () => {
          this.start()
        },
        stop: () => {
          this.session.stop()
        },
        pause: () => {
          this.session.pause()
        },
        resume: () => {
          this.session.resume()
        },
      },
    }
  }

  get #topic(): string {
    return this.reading.text.properties['topic'] ?? ''
  }

  #rows({ from, count }: RowsRequest): Rows {
    const { store } = this.session
    const { from: first, records } = store.rows(from, Math.min(count, MOST_ROWS))
    const rows = records.map(record => rowOf(record, this.#formats))
    return { from: first, revision: store.revision, rows }
  }

  async #choose(what: 'from' | 'partitions'): Promise<undefined> {
    if (!this.reading.adjustable) return undefined
    const ask = what === 'from' ? chooseFrom : choosePartitions
    const chosen = await ask(this.reading.text.properties[what])
    if (chosen === undefined) return undefined
    const { [what]: before, ...others } = this.reading.text.properties
    if (chosen === before) return undefined
    const properties = chosen === '' ? others : { ...others, [what]: chosen }
    this.start({ ...this.reading, text: { ...this.reading.text, properties } })
    return undefined
  }

  #tellSoon(after: number): void {
    this.#timer ??= setTimeout(() => {
      this.#tell()
    }, after)
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#panel.visible) return
    this.#channel.send('state', this.#state())
    if (this.session.running) {
      this.#tellSoon(BEAT)
    }
  }

  #state(): MessagesState {
    const { session, reading } = this
    const { store, problem, startedAt, endedAt } = session
    const notice = session.notice ?? untrustedNotice(reading)
    const { to, partitions } = reading.text.properties
    const rate = session.rate.now()
    return {
      saved: reading,
      topic: this.#topic,
      cluster: this.#deps.clusterName(),
      from: startInWords(reading.text, consumerSettings().defaultOffset),
      partitions: partitions ?? allPartitions(session.partitions.length),
      adjustable: reading.adjustable,
      phase: session.phase,
      count: store.count,
      dropped: store.dropped,
      revision: store.revision,
      recordsRead: session.recordsRead,
      bytesRead: session.bytesRead,
      recordsPerSecond: rate.records,
      bytesPerSecond: rate.bytes,
      memory: store.bytes,
      budget: store.budget,
      progress: session.partitions,
      ...(to !== undefined && { to }),
      ...(session.joined && reading.text.group !== undefined && { group: reading.text.group }),
      ...(problem && { problem }),
      ...(notice !== undefined && { notice }),
      ...(startedAt !== undefined && { startedAt }),
      ...(endedAt !== undefined && { endedAt }),
    }
  }
}

function allPartitions(count: number): string {
  return count === 0 ? 'all' : `all ${count}`
}

function formatsOf({ keyFormat, valueFormat }: ConsumerPlan): Formats {
  return { key: keyFormat ?? AUTO, value: valueFormat ?? AUTO }
}

/** Joining commits, which is sending: in an untrusted workspace a group is only looked at. */
function trustedPlan(plan: ConsumerPlan): ConsumerPlan {
  return vscode.workspace.isTrusted ? plan : { ...plan, commit: false }
}

function untrustedNotice({ text }: Reading): string | undefined {
  return vscode.workspace.isTrusted || text.group === undefined
    ? undefined
    : `This workspace is not trusted: group "${text.group}" is not joined. Reading from its committed offsets.`
}

function gone(partition: number, offset: string): Problem {
  return {
    code: 'gone',
    message: `Offset ${offset} of partition ${partition} is no longer in the table.`,
    advice: 'The oldest rows make room for new ones: read from that offset to see it again.',
  }
}
