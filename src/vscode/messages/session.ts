import type { Clock } from '../../base/clock.ts'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster, JoinRequest, JoinUpdate } from '../../kafka/cluster.ts'
import type { RecordFilter } from '../../kafka/filter.ts'
import { AUTO, type RecordFormats } from '../../kafka/format.ts'
import type { ReadRequest } from '../../kafka/reading.ts'
import {
  withoutRange,
  type RecordView,
  type Shown,
  type ViewPhase,
  type ViewRequest,
  type ViewState,
} from '../../kafka/recordView.ts'
import type { ConsumerPlan } from '../../run/blocks.ts'
import { decide } from '../../run/consuming.ts'
import { RateMeter } from './rate.ts'

export interface SessionOptions {
  readonly clock: Clock
  /** Opens the connection on first use. */
  connect(signal: AbortSignal): Promise<Cluster>
  isOurs(memberId: string): boolean
  /** A group was joined under this member id. */
  onJoined(memberId: string): void
  /** Bytes of memory that the records of one reading may take, as the settings say it now. */
  budgetBytes(): number
}

/** How a reading goes, as it can be told at any time. */
export interface SessionState {
  readonly phase: ViewPhase
  /** Why it failed, or what stands in the way while it goes on. */
  readonly problem: Problem | undefined
  /** Why it is not what the plan seems to ask for (K401). */
  readonly notice: string | undefined
  /** Ms since the epoch. */
  readonly startedAt: number | undefined
  readonly endedAt: number | undefined
  /** The group is joined, or was joined last. */
  readonly joined: boolean
  /** Per second, over the last three seconds. */
  readonly rate: { readonly records: number; readonly bytes: number }
  readonly budgetBytes: number
  /** What the view holds and how far it is; undefined while there is none. */
  readonly held: ViewState | undefined
}

/** What is shown before anyone chooses. */
export const EVERYTHING: Shown = { notes: true, backwards: false, duplicates: false }

/**
 * One reading and the records that it brought: starts, pauses, stops, and starts again. The records
 * are held by the cluster's reader, see `view`; each start takes a new view and lets go of the one
 * before.
 */
export class ReadingSession implements Disposable {
  readonly #options: SessionOptions
  readonly #changed = new Emitter<void>()
  /** Something in `state` has changed, or there is another view. */
  readonly onDidChange = this.#changed.event
  readonly #rate: RateMeter
  #store = new DisposableStore()
  #view: RecordView | undefined
  #cluster: Cluster | undefined
  #running: AbortController | undefined
  #phase: ViewPhase = 'stopped'
  #problem: Problem | undefined
  #notice: string | undefined
  #startedAt: number | undefined
  #endedAt: number | undefined
  #joined = false
  #budgetBytes: number
  #shown = EVERYTHING
  #formats: RecordFormats = { key: AUTO, value: AUTO }
  /** What the rate has counted. */
  #counted = { records: 0, bytes: 0 }

  constructor(options: SessionOptions) {
    this.#options = options
    this.#rate = new RateMeter(options.clock)
    this.#budgetBytes = options.budgetBytes()
  }

  get running(): boolean {
    return this.#running !== undefined
  }

  get phase(): ViewPhase {
    return this.#phase
  }

  /** The records; undefined until there is a connection. Stays when reading has ended. */
  get view(): RecordView | undefined {
    return this.#view
  }

  /** What is read from; undefined until there is a connection. */
  get cluster(): Cluster | undefined {
    return this.#cluster
  }

  get shown(): Shown {
    return this.#shown
  }

  get formats(): RecordFormats {
    return this.#formats
  }

  get state(): SessionState {
    return {
      phase: this.#phase,
      problem: this.#problem,
      notice: this.#notice,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      joined: this.#joined,
      rate: this.#rate.now(),
      budgetBytes: this.#budgetBytes,
      held: this.#view?.state,
    }
  }

  /**
   * Forgets what was read and reads anew. What is shown stays as it was chosen, but for the range
   * of time; the formats are those of the plan. Resolves when that reading has ended.
   */
  async start(plan: ConsumerPlan): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#running = controller
    this.#formats = { key: plan.keyFormat ?? AUTO, value: plan.valueFormat ?? AUTO }
    this.#reset()
    try {
      await this.#read(plan, controller.signal)
    } catch (error) {
      if (!controller.signal.aborted) this.#end('failed', problemOf(error))
    }
    if (this.#running === controller) this.#running = undefined
    this.#changed.fire()
  }

  /** It cannot even begin. */
  refuse(problem: Problem): void {
    this.stop()
    this.#reset()
    this.#end('failed', problem)
  }

  /** Ends reading; what is held stays. */
  stop(): void {
    if (!this.#running) return
    this.#running.abort()
    this.#running = undefined
    this.#view?.stop()
    this.#end('stopped')
  }

  /** Takes nothing more from the brokers until `resume`. A joined group is not paused. */
  pause(): void {
    if (this.#running && !this.#joined && this.#phase !== 'connecting') this.#view?.pause()
  }

  resume(): void {
    if (this.#running && !this.#joined) this.#view?.resume()
  }

  show(shown: Shown): void {
    this.#shown = shown
    this.#view?.show(shown)
    this.#changed.fire()
  }

  decodeAs(formats: RecordFormats): void {
    this.#formats = formats
    this.#view?.decodeAs(formats)
    this.#changed.fire()
  }

  dispose(): void {
    this.stop()
    this.#store.dispose()
    this.#view = undefined
    this.#changed.dispose()
  }

  #reset(): void {
    this.#store.dispose()
    this.#store = new DisposableStore()
    this.#view = undefined
    this.#rate.clear()
    this.#counted = { records: 0, bytes: 0 }
    this.#shown = withoutRange(this.#shown)
    this.#problem = undefined
    this.#notice = undefined
    this.#joined = false
    this.#budgetBytes = this.#options.budgetBytes()
    this.#startedAt = this.#options.clock.now()
    this.#endedAt = undefined
    this.#setPhase('connecting')
  }

  async #read(plan: ConsumerPlan, signal: AbortSignal): Promise<void> {
    const cluster = await this.#options.connect(signal)
    signal.throwIfAborted()
    this.#cluster = cluster
    const isOurs = (memberId: string) => this.#options.isOurs(memberId)
    const decision = await decide(plan, { cluster, signal, isOurs })
    signal.throwIfAborted()
    switch (decision.mode) {
      case 'refuse':
        this.#end('failed', decision.problem)
        return
      case 'browse':
        this.#notice = decision.notice
        await this.#browse(cluster, decision.request, signal)
        return
      case 'join':
        await this.#join(cluster, decision.request, plan.filter, signal)
    }
  }

  async #browse(cluster: Cluster, request: ReadRequest, signal: AbortSignal): Promise<void> {
    const ended = Promise.withResolvers<undefined>()
    signal.addEventListener('abort', () => ended.resolve(undefined))
    const follow = (state: ViewState) => {
      this.#count(state)
      if (signal.aborted) return
      // What is shown can change long after the end, which stays where it was.
      if (state.phase === this.#phase) this.#changed.fire()
      else if (isOver(state.phase)) {
        this.#end(state.phase, state.problem)
        ended.resolve(undefined)
      } else this.#setPhase(state.phase)
    }
    const { topic } = request
    follow(this.#hold(cluster, { topic, source: { kind: 'read', request } }, follow).state)
    await ended.promise
  }

  async #join(
    cluster: Cluster,
    request: JoinRequest,
    filter: RecordFilter | undefined,
    signal: AbortSignal,
  ): Promise<void> {
    this.#joined = true
    const lost = new AbortController()
    const follow = (state: ViewState) => {
      this.#count(state)
      // Nobody would see what the member goes on to commit.
      if (state.phase === 'failed') lost.abort()
      this.#changed.fire()
    }
    const source = { kind: 'fed' as const, ...(filter && { filter }) }
    const view = this.#hold(cluster, { topic: request.topic, source }, follow)
    this.#setPhase('reading')
    const over = AbortSignal.any([signal, lost.signal])
    for await (const update of cluster.join(request, { signal: over })) {
      if (over.aborted) break
      this.#take(update, view)
    }
    view.stop()
    if (signal.aborted) return
    const problem = lost.signal.aborted ? view.state.problem : this.#problem
    // Without a limit nothing but a problem ends a membership.
    this.#end(problem ? 'failed' : 'done', problem)
  }

  #take(update: JoinUpdate, view: RecordView): void {
    this.#problem = undefined
    switch (update.kind) {
      case 'joined':
        this.#options.onJoined(update.memberId)
        this.#setPhase('following')
        return
      case 'rebalancing':
        this.#setPhase('reading')
        return
      case 'records':
        view.feed(update.records)
        return
      case 'problem':
        this.#problem = update.problem
        this.#changed.fire()
    }
  }

  #hold(
    cluster: Cluster,
    what: Pick<ViewRequest, 'topic' | 'source'>,
    follow: (state: ViewState) => void,
  ): RecordView {
    const view = cluster.view({ ...what, formats: this.#formats, budgetBytes: this.#budgetBytes })
    this.#store.add(view)
    this.#store.add(view.onDidChange(follow))
    view.show(this.#shown)
    this.#view = view
    return view
  }

  #count({ recordsRead, bytesRead }: ViewState): void {
    this.#rate.add(recordsRead - this.#counted.records, bytesRead - this.#counted.bytes)
    this.#counted = { records: recordsRead, bytes: bytesRead }
  }

  #end(phase: ViewPhase, problem?: Problem): void {
    this.#endedAt = this.#options.clock.now()
    this.#problem = problem
    this.#setPhase(phase)
  }

  #setPhase(phase: ViewPhase): void {
    this.#phase = phase
    this.#changed.fire()
  }
}

function isOver(phase: ViewPhase): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'failed'
}
