import type { Disposable } from '../base/dispose.ts'
import type { Event } from '../base/events.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'

/**
 * What one end of a channel offers to the other: requests that it answers and events that it
 * hears. A view's contract is two of these, one for the host and one for the view.
 */
export interface Side {
  /** Name → the request's shape as a function: its parameter and its result. */
  readonly requests: object
  /** Name → what the event carries. */
  readonly events: object
}

/** Data that survives the way to a webview: JSON and bytes, with offsets as decimal strings. */
export type Wire<T> = T extends string | number | boolean | null | undefined | ArrayBufferView
  ? T
  : T extends bigint | symbol | ((...params: never) => unknown)
    ? never
    : { [K in keyof T]: Wire<T[K]> }

type Params<F> = F extends (params: infer P) => unknown ? P : undefined
type Result<F> = F extends (...params: never) => infer R ? Awaited<R> : never

/** Whether all that a side sends or hears can cross; a contract that fails here holds a bigint. */
export interface Crossing<S extends Side> {
  readonly requests: {
    [K in keyof S['requests']]: (params: Wire<Params<S['requests'][K]>>) => unknown
  }
  readonly events: { [K in keyof S['events']]: Wire<S['events'][K]> }
}

/** How an end answers the requests and hears the events of its side. All are required. */
export interface Handlers<S extends Side> {
  readonly requests: {
    readonly [K in keyof S['requests']]: (
      params: Params<S['requests'][K]>,
      /** Aborts when the asker gave up or the channel ended. */
      signal: AbortSignal,
    ) =>
      | (Result<S['requests'][K]> & Wire<Result<S['requests'][K]>>)
      | Promise<Result<S['requests'][K]> & Wire<Result<S['requests'][K]>>>
  }
  readonly events: { readonly [K in keyof S['events']]: (value: S['events'][K]) => void }
}

type MaybeParams<P> = undefined extends P ? [params?: P] : [params: P]

/** This end's view of the other one. */
export interface Channel<Far extends Side> extends Disposable {
  /**
   * Asks the other end. Rejects with `ProblemError`: the other end's own problem, `cancelled` when
   * `signal` aborts, `closed` when the channel ends first. Has no deadline of its own: an answer
   * may take as long as a person takes to choose.
   */
  request<K extends keyof Far['requests'] & string>(
    name: K,
    ...rest: [...MaybeParams<Params<Far['requests'][K]>>, options?: { signal?: AbortSignal }]
  ): Promise<Result<Far['requests'][K]>>
  /** Tells the other end; nothing comes back, and nobody may be there. */
  send<K extends keyof Far['events'] & string>(
    name: K,
    ...rest: MaybeParams<Far['events'][K]>
  ): void
}

/** One end of whatever carries messages: a webview's `postMessage`, or the other end in a test. */
export interface Port {
  post(message: unknown): void
  readonly onMessage: Event<unknown>
}

type Message =
  | {
      readonly kind: 'request'
      readonly id: number
      readonly name: string
      readonly params?: unknown
    }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'result'; readonly id: number; readonly result?: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'event'; readonly name: string; readonly value?: unknown }

interface Pending {
  resolve(result: unknown): void
  reject(error: Error): void
  readonly release: () => void
}

/**
 * Opens this end of a channel. `Near` is what this end offers, `Far` what the other does. A handler
 * that throws answers with its problem; a message that is not ours is ignored. Disposing rejects
 * what waits here and aborts what is being answered. Requests are numbered from `firstId` on: an end
 * that is loaded anew starts elsewhere, so that an answer for its predecessor is not taken for its own.
 */
export function openChannel<Near extends Side & Crossing<Near>, Far extends Side & Crossing<Far>>(
  port: Port,
  handlers: Handlers<Near>,
  firstId = 0,
): Channel<Far> {
  const pending = new Map<number, Pending>()
  const answering = new Map<number, AbortController>()
  let lastId = firstId
  let closed = false

  const subscription = port.onMessage(message => {
    if (!closed && isMessage(message)) receive(message)
  })

  function receive(message: Message): void {
    switch (message.kind) {
      case 'request':
        void answer(message.id, message.name, message.params)
        return
      case 'cancel':
        answering.get(message.id)?.abort(new ProblemError(CANCELLED))
        return
      case 'result':
        settle(message.id, waiting => waiting.resolve(message.result))
        return
      case 'failure':
        settle(message.id, waiting => waiting.reject(new ProblemError(message.problem)))
        return
      case 'event':
        handlerOf(handlers.events, message.name)?.(message.value, undefined)
    }
  }

  async function answer(id: number, name: string, params: unknown): Promise<void> {
    const controller = new AbortController()
    answering.set(id, controller)
    const reply = await replyTo(handlers.requests, id, name, params, controller.signal)
    answering.delete(id)
    if (closed) return
    try {
      port.post(reply)
    } catch (error) {
      port.post({ kind: 'failure', id, problem: problemOf(error) } satisfies Message)
    }
  }

  function settle(id: number, how: (waiting: Pending) => void): void {
    const waiting = pending.get(id)
    if (!waiting) return
    pending.delete(id)
    waiting.release()
    how(waiting)
  }

  function ask(name: string, params: unknown, signal: AbortSignal | undefined): Promise<unknown> {
    if (closed) return Promise.reject(new ProblemError(CLOSED))
    if (signal?.aborted) return Promise.reject(new ProblemError(CANCELLED))
    return new Promise((resolve, reject) => {
      const id = ++lastId
      const cancel = () => {
        settle(id, waiting => waiting.reject(new ProblemError(CANCELLED)))
        port.post({ kind: 'cancel', id } satisfies Message)
      }
      signal?.addEventListener('abort', cancel, { once: true })
      pending.set(id, {
        resolve,
        reject,
        release: () => signal?.removeEventListener('abort', cancel),
      })
      post({ kind: 'request', id, name, params }, id)
    })
  }

  function post(message: Message, id: number): void {
    try {
      port.post(message)
    } catch (error) {
      settle(id, waiting => waiting.reject(new ProblemError(problemOf(error))))
    }
  }

  return {
    request: (name: string, ...rest: readonly unknown[]) =>
      ask(name, rest[0], (rest[1] as { signal?: AbortSignal } | undefined)?.signal) as never,
    send: (name: string, ...rest: readonly unknown[]) => {
      if (!closed) port.post({ kind: 'event', name, value: rest[0] } satisfies Message)
    },
    dispose: () => {
      if (closed) return
      closed = true
      subscription.dispose()
      for (const id of [...pending.keys()])
        settle(id, waiting => waiting.reject(new ProblemError(CLOSED)))
      for (const controller of answering.values()) controller.abort(new ProblemError(CLOSED))
    },
  }
}

const CLOSED: Problem = { code: 'closed', message: 'The view was closed.' }
const CANCELLED: Problem = { code: 'cancelled', message: 'The request was cancelled.' }

async function replyTo(
  requests: object,
  id: number,
  name: string,
  params: unknown,
  signal: AbortSignal,
): Promise<Message> {
  const handler = handlerOf(requests, name)
  if (!handler) {
    const message = `This view does not answer "${name}".`
    return { kind: 'failure', id, problem: { code: 'unknown-request', message } }
  }
  try {
    return { kind: 'result', id, result: await handler(params, signal) }
  } catch (error) {
    return { kind: 'failure', id, problem: problemOf(error) }
  }
}

type AnyHandler = (value: unknown, signal: AbortSignal | undefined) => unknown

function handlerOf(handlers: object, name: string): AnyHandler | undefined {
  return Object.hasOwn(handlers, name) ? (handlers as Record<string, AnyHandler>)[name] : undefined
}

/** Other senders post into a webview too; what does not have our shape is not for us. */
function isMessage(message: unknown): message is Message {
  if (typeof message !== 'object' || message === null || !('kind' in message)) return false
  const { kind, id, name, problem } = message as Partial<Record<string, unknown>>
  switch (kind) {
    case 'event':
      return typeof name === 'string'
    case 'request':
      return typeof name === 'string' && typeof id === 'number'
    case 'cancel':
    case 'result':
      return typeof id === 'number'
    case 'failure':
      return typeof id === 'number' && typeof problem === 'object' && problem !== null
    default:
      return false
  }
}
