import { Worker } from 'node:worker_threads'
import type { Log } from '../base/log.ts'
import { ProblemError, type Problem } from '../base/problem.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { RecordView, ViewRequest } from '../kafka/recordView.ts'
import { buffersOf, weightOf, type FromWorker, type ToWorker } from './messages.ts'
import { ViewProxy } from './view/viewProxy.ts'

export interface ReaderOptions {
  /** The worker's entry: `worker.ts` as it is, or its bundle. */
  readonly workerPath: URL | string
  /** Reaches the worker by a message, secrets included; never logged. */
  readonly config: ConnectionConfig
  readonly log: Log
  /** How much of a topic one read may hold in memory on its way to the consumer. Default 64 MiB. */
  readonly memoryBudgetBytes?: number
  /** How long the thread is kept without a read, ms. Default a minute. */
  readonly idleMs?: number
  /** After so long without a sign of life, ms, the thread is ended like one that crashed. Default 20 s. */
  readonly silenceMs?: number
  /** The worker ended on its own; the reads that were running got the same problem. */
  readonly onCrash?: (problem: Problem) => void
}

/**
 * Reads topics in a thread of its own, which is started on first use, ended when idle, and started
 * anew after a crash.
 */
export interface Reader {
  /**
   * Nothing is sent until it is iterated. Ends after the update that is `done`, or as soon as the
   * signal aborts; throws `ProblemError` where there is nothing to read. A consumer that is slow
   * holds the reader back, and leaving the loop cancels it.
   */
  read(request: ReadRequest, ask: { readonly signal: AbortSignal }): AsyncIterable<ReadUpdate>
  /**
   * Begins at once. The thread is kept as long as there are views: what they hold is in it. Where it
   * ends all the same, its views fail and hold nothing any more.
   */
  view(request: ViewRequest): RecordView
  /**
   * Starts the thread and has it connect to the leaders of these topics, so that a read that comes
   * soon begins at once. What goes wrong the read will tell.
   */
  warmUp(topics: readonly string[]): void
  /** Ends the thread and its connections; reads that are running end without another update. */
  close(): Promise<void>
}

const DEFAULT_BUDGET_BYTES = 64 * 1024 * 1024
const DEFAULT_IDLE_MS = 60_000
const DEFAULT_SILENCE_MS = 20_000
/** A batch that takes more than this of the heap ends the worker instead of the whole process. */
const WORKER_HEAP_MB = 512

export function createReader(options: ReaderOptions): Reader {
  return new WorkerReader(options)
}

type Item = { readonly update: ReadUpdate } | { readonly problem: Problem } | 'end'

/** What one read has got from the worker and not yet handed on. */
class Inbox {
  readonly #items: Item[] = []
  #wake: (() => void) | undefined

  put(item: Item): void {
    this.#items.push(item)
    this.#wake?.()
  }

  /** What comes next does not count any more. */
  end(): void {
    this.#items.length = 0
    this.put('end')
  }

  async next(): Promise<Item> {
    for (;;) {
      const item = this.#items.shift()
      if (item) return item
      await new Promise<void>(resolve => (this.#wake = resolve))
    }
  }
}

class WorkerReader implements Reader {
  readonly #options: ReaderOptions
  readonly #inboxes = new Map<number, Inbox>()
  readonly #views = new Map<number, ViewProxy>()
  #worker: Worker | undefined
  #idle: NodeJS.Timeout | undefined
  /** Set while a sign of life is waited for. */
  #silence: NodeJS.Timeout | undefined
  #waiting = 0
  #lastId = 0
  #closed = false

  constructor(options: ReaderOptions) {
    this.#options = options
  }

  async *read(
    request: ReadRequest,
    { signal }: { readonly signal: AbortSignal },
  ): AsyncGenerator<ReadUpdate, void, undefined> {
    if (signal.aborted) return
    if (this.#closed) throw new ProblemError(CLOSED)
    const id = ++this.#lastId
    const inbox = new Inbox()
    this.#inboxes.set(id, inbox)
    const onAbort = () => inbox.end()
    signal.addEventListener('abort', onAbort)
    let over = false
    try {
      clearTimeout(this.#idle)
      this.#worker ??= this.#start()
      this.#tell({ kind: 'read', id, request })
      for (;;) {
        const item = await this.#awake(inbox.next())
        if (item === 'end') return
        over = 'problem' in item || item.update.done
        if ('problem' in item) throw new ProblemError(item.problem)
        yield item.update
        if (over) return
        this.#tell({ kind: 'taken', id, weight: weightOf(item.update) })
      }
    } finally {
      signal.removeEventListener('abort', onAbort)
      this.#inboxes.delete(id)
      if (!over) this.#tell({ kind: 'cancel', id })
      this.#endWhenIdle()
    }
  }

  view(request: ViewRequest): RecordView {
    const id = ++this.#lastId
    const view: ViewProxy = new ViewProxy({
      act: action =>
        this.#tell(
          { kind: 'viewDo', id, action },
          action.kind === 'feed' ? buffersOf(action.pages) : [],
        ),
      ask: (call, ask, answer) => {
        this.#tell({ kind: 'ask', id, call, ask })
        // An answer that fails is the caller's affair.
        this.#awake(answer).catch(() => undefined)
      },
      forget: call => this.#tell({ kind: 'forget', id, call }),
      close: () => {
        this.#views.delete(id)
        this.#endWhenIdle()
      },
    })
    if (this.#closed) {
      view.fail(CLOSED)
      return view
    }
    clearTimeout(this.#idle)
    this.#views.set(id, view)
    this.#worker ??= this.#start()
    this.#tell({ kind: 'view', id, request })
    return view
  }

  warmUp(topics: readonly string[]): void {
    if (this.#closed) return
    this.#worker ??= this.#start()
    this.#tell({ kind: 'warmUp', topics })
    this.#endWhenIdle()
  }

  /** The worker keeps the process alive only while somebody waits for it. */
  async #awake<T>(wait: Promise<T>): Promise<T> {
    if (this.#waiting++ === 0) this.#worker?.ref()
    try {
      return await wait
    } finally {
      if (--this.#waiting === 0) this.#worker?.unref()
    }
  }

  /** A worker that is gone needs to know nothing. */
  #tell(message: ToWorker, buffers: ArrayBuffer[] = []): void {
    this.#worker?.postMessage(message, buffers)
    if (message.kind !== 'taken') this.#askForSign()
  }

  /**
   * A filter can hold the thread for ever: the regular expressions of CEL's `matches` are those of
   * JavaScript. It is asked in two halves, so that a machine that slept does not count as silence.
   */
  #askForSign(): void {
    const worker = this.#worker
    if (!worker || this.#silence) return
    const half = (this.#options.silenceMs ?? DEFAULT_SILENCE_MS) / 2
    const end = () => {
      this.#crashed(worker, new Error('It gave no sign of life: a filter may take too long.'))
      void worker.terminate()
    }
    this.#silence = setTimeout(() => {
      this.#silence = setTimeout(end, half).unref()
    }, half).unref()
    worker.postMessage({ kind: 'ping' } satisfies ToWorker)
  }

  #hearSign(): void {
    clearTimeout(this.#silence)
    this.#silence = undefined
  }

  #start(): Worker {
    const { workerPath, config, memoryBudgetBytes = DEFAULT_BUDGET_BYTES } = this.#options
    const worker = new Worker(workerPath, {
      name: 'kafka-reader',
      // Options of the process, such as those of a debugger or of --eval, are not the worker's.
      execArgv: [],
      resourceLimits: { maxOldGenerationSizeMb: WORKER_HEAP_MB },
    })
    worker.on('message', (message: FromWorker) => this.#receive(message))
    worker.on('error', error => this.#crashed(worker, error))
    worker.on('exit', code => this.#crashed(worker, new Error(`It exited with code ${code}.`)))
    if (this.#waiting === 0) worker.unref()
    worker.postMessage({ kind: 'open', config, memoryBudgetBytes } satisfies ToWorker)
    return worker
  }

  #receive(message: FromWorker): void {
    if (message.kind === 'log') {
      this.#options.log[message.level](message.message)
      return
    }
    switch (message.kind) {
      case 'pong':
        this.#hearSign()
        return
      case 'update':
        this.#inboxes.get(message.id)?.put({ update: message.update })
        return
      case 'failed':
        this.#inboxes.get(message.id)?.put({ problem: message.problem })
        this.#views.get(message.id)?.fail(message.problem)
        return
      case 'state':
        this.#views.get(message.id)?.setState(message.state)
        return
      case 'answer':
        this.#views.get(message.id)?.settleCall(message.call, message.answer)
    }
  }

  #crashed(worker: Worker, error: unknown): void {
    if (this.#worker !== worker) return
    this.#worker = undefined
    this.#hearSign()
    const detail = error instanceof Error ? error.message : String(error)
    const problem: Problem = {
      code: 'reader-stopped',
      message: 'The reader of records stopped unexpectedly.',
      advice: 'Read again: it is started anew.',
      detail,
    }
    this.#options.log.error(`${problem.message} ${detail}`)
    for (const inbox of this.#inboxes.values()) inbox.put({ problem })
    const views = [...this.#views.values()]
    this.#views.clear()
    for (const view of views) view.fail(problem)
    this.#options.onCrash?.(problem)
  }

  #endWhenIdle(): void {
    if (this.#inboxes.size + this.#views.size > 0 || !this.#worker) return
    clearTimeout(this.#idle)
    const { idleMs = DEFAULT_IDLE_MS } = this.#options
    this.#idle = setTimeout(() => void this.#terminate(), idleMs)
    this.#idle.unref()
  }

  async #terminate(): Promise<void> {
    const worker = this.#worker
    this.#worker = undefined
    this.#hearSign()
    await worker?.terminate()
  }

  async close(): Promise<void> {
    this.#closed = true
    clearTimeout(this.#idle)
    for (const inbox of this.#inboxes.values()) inbox.end()
    for (const view of this.#views.values()) view.fail(CLOSED)
    await this.#terminate()
  }
}

const CLOSED: Problem = { code: 'closed', message: 'The connection to the cluster was closed.' }
