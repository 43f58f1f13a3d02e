import { Emitter } from '../../base/events.ts'
import { ProblemError, type Problem } from '../../base/problem.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import {
  NOTHING_HELD,
  type HexBytes,
  type HexRequest,
  type RecordDetail,
  type RecordName,
  type RecordView,
  type Rows,
  type RowsRequest,
  type Shown,
  type Timeline,
  type ViewState,
} from '../../kafka/recordView.ts'
import type { Answer, ViewAction, ViewAnswer, ViewAnswers, ViewAsk } from '../messages.ts'
import { packRecords } from './packRecords.ts'

/** The way to the view in the worker. */
export interface ViewLine {
  act(action: ViewAction): void
  ask(call: number, ask: ViewAsk, answer: Promise<unknown>): void
  forget(call: number): void
  /** The view is let go of. */
  close(): void
}

const AT_FIRST: ViewState = {
  phase: 'connecting',
  ...NOTHING_HELD,
}

interface Pending {
  readonly answer: PromiseWithResolvers<ViewAnswer>
  readonly release: () => void
}

/** Stands on the main thread for a view in the worker: relays, and holds no record. */
export class ViewProxy implements RecordView {
  readonly #line: ViewLine
  readonly #changed = new Emitter<ViewState>()
  readonly onDidChange = this.#changed.event
  readonly #pending = new Map<number, Pending>()
  #state = AT_FIRST
  #lastCall = 0
  /** Why nothing can be asked any more. */
  #over: Problem | undefined

  constructor(line: ViewLine) {
    this.#line = line
  }

  get state(): ViewState {
    return this.#state
  }

  pause(): void {
    this.#act({ kind: 'pause' })
  }

  resume(): void {
    this.#act({ kind: 'resume' })
  }

  stop(): void {
    this.#act({ kind: 'stop' })
  }

  feed(records: readonly KafkaRecord[]): void {
    if (records.length > 0) this.#act({ kind: 'feed', pages: packRecords(records) })
  }

  settle(): void {
    this.#act({ kind: 'settle' })
  }

  show(shown: Shown): void {
    this.#act({ kind: 'show', shown })
  }

  decodeAs(formats: RecordFormats): void {
    this.#act({ kind: 'decodeAs', formats })
  }

  rows(request: RowsRequest): Promise<Rows> {
    return this.#ask('rows', request)
  }

  locate(place: RecordName | { readonly timestamp: number }): Promise<number | undefined> {
    return this.#ask('locate', place)
  }

  timeline(bins: number): Promise<Timeline> {
    return this.#ask('timeline', bins)
  }

  detail(name: RecordName, formats: Partial<RecordFormats> = {}): Promise<RecordDetail> {
    return this.#ask('detail', { name, formats })
  }

  hex(request: HexRequest): Promise<HexBytes> {
    return this.#ask('hex', request)
  }

  record(name: RecordName, ask?: { readonly signal?: AbortSignal }): Promise<KafkaRecord> {
    return this.#ask('record', name, ask?.signal)
  }

  records(
    request: RowsRequest,
    ask?: { readonly signal?: AbortSignal },
  ): Promise<readonly KafkaRecord[]> {
    return this.#ask('records', request, ask?.signal)
  }

  /** Told by the worker. */
  setState(state: ViewState): void {
    if (this.#over) return
    this.#state = state
    this.#changed.fire(state)
  }

  /** Told by the worker. */
  settleCall(call: number, answer: Answer): void {
    const pending = this.#pending.get(call)
    if (!pending) return
    this.#pending.delete(call)
    pending.release()
    if ('problem' in answer) pending.answer.reject(new ProblemError(answer.problem))
    else pending.answer.resolve(answer.value)
  }

  /** The worker is gone, and what it held with it. */
  fail(problem: Problem): void {
    if (this.#over) return
    this.#over = problem
    const { revision } = this.#state
    const { rows, recordsShown, recordsHeld, memoryBytes } = AT_FIRST
    this.#state = {
      ...this.#state,
      ...{ rows, recordsShown, recordsHeld, memoryBytes },
      revision: revision + 1,
      phase: 'failed',
      problem,
    }
    this.#rejectAll(problem)
    this.#changed.fire(this.#state)
  }

  dispose(): void {
    if (this.#over === DISPOSED) return
    if (!this.#over) this.#act({ kind: 'dispose' })
    this.#over = DISPOSED
    this.#rejectAll(DISPOSED)
    this.#changed.dispose()
    this.#line.close()
  }

  #act(action: ViewAction): void {
    if (!this.#over) this.#line.act(action)
  }

  async #ask<Name extends keyof ViewAnswers>(
    kind: Name,
    asked: ViewAnswers[Name]['asked'],
    signal?: AbortSignal,
  ): Promise<ViewAnswers[Name]['answer']> {
    signal?.throwIfAborted()
    if (this.#over) throw new ProblemError(this.#over)
    const call = ++this.#lastCall
    const answer = Promise.withResolvers<ViewAnswer>()
    const onAbort = () => {
      this.#pending.delete(call)
      this.#line.forget(call)
      answer.reject(signal?.reason instanceof Error ? signal.reason : new Error('Cancelled.'))
    }
    signal?.addEventListener('abort', onAbort, { once: true })
    this.#pending.set(call, {
      answer,
      release: () => signal?.removeEventListener('abort', onAbort),
    })
    this.#line.ask(call, { kind, asked } as ViewAsk, answer.promise)
    return answer.promise
  }

  #rejectAll(problem: Problem): void {
    for (const { answer, release } of this.#pending.values()) {
      release()
      answer.reject(new ProblemError(problem))
    }
    this.#pending.clear()
  }
}

const DISPOSED: Problem = { code: 'closed', message: 'The view of records was closed.' }
