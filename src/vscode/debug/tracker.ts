import { Emitter, type Event } from '../../base/events.ts'
import { JoinReader, type Join } from './joinLine.ts'

/** A thread of the debugged program stands still. */
export interface Stop {
  readonly threadId: number
  /** Ms since the epoch: when it stopped, or when it was asked to. */
  readonly at: number
}

/**
 * What the messages of one debug session tell: who joined which group, and when the program
 * stands still. Sessions that only hold others together tell nothing here.
 */
export class SessionTracker {
  readonly #now: () => number
  readonly #changed = new Emitter<void>()
  readonly #joins = new Map<string, Join>()
  readonly #readers = new Map<string, JoinReader>()
  #stop: Stop | undefined
  #pauseAskedAt: number | undefined
  #ended = false

  constructor(now: () => number) {
    this.#now = now
  }

  /** A stop, its end, a join, or the session's end. */
  readonly onDidChange: Event<void> = listener => this.#changed.event(listener)

  get stop(): Stop | undefined {
    return this.#stop
  }

  get ended(): boolean {
    return this.#ended
  }

  /** By group id; the last join of a group counts, for a member that rejoins is a new one. */
  get joins(): ReadonlyMap<string, Join> {
    return this.#joins
  }

  /** From the editor to the debug adapter. */
  sent(message: unknown): void {
    // The program may stand still long before the adapter says so.
    if (fieldOf(message, 'command') === 'pause') this.#pauseAskedAt = this.#now()
  }

  /** From the debug adapter to the editor. */
  received(message: unknown): void {
    if (fieldOf(message, 'type') !== 'event') return
    const body = fieldOf(message, 'body')
    const event = fieldOf(message, 'event')
    if (event === 'output') this.#hear(body)
    else if (event === 'stopped') this.#stopped(body)
    else if (event === 'continued') this.#continued()
    else if (event === 'terminated') this.end()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#stop = undefined
    this.#changed.fire()
    this.#changed.dispose()
  }

  #hear(body: unknown): void {
    const category = fieldOf(body, 'category')
    const output = fieldOf(body, 'output')
    if (typeof output !== 'string' || category === 'telemetry') return
    const name = typeof category === 'string' ? category : 'console'
    const reader = this.#readers.get(name) ?? new JoinReader()
    this.#readers.set(name, reader)
    const joins = reader.read(output)
    for (const join of joins) this.#joins.set(join.groupId, join)
    if (joins.length > 0) this.#changed.fire()
  }

  #stopped(body: unknown): void {
    const threadId = fieldOf(body, 'threadId')
    if (typeof threadId !== 'number') return
    const at = this.#pauseAskedAt ?? this.#now()
    this.#pauseAskedAt = undefined
    this.#stop = { threadId, at }
    this.#changed.fire()
  }

  #continued(): void {
    if (this.#stop === undefined) return
    this.#stop = undefined
    this.#changed.fire()
  }
}

function fieldOf(value: unknown, name: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined
  return (value as Record<string, unknown>)[name]
}
