import type { Clock } from '../base/clock.ts'
import { toDisposable, type Disposable } from '../base/dispose.ts'
import { Emitter, type Event } from '../base/events.ts'
import { silentLog, type Log } from '../base/log.ts'
import { problemOf, type Problem } from '../base/problem.ts'
import type { Cluster } from '../kafka/cluster.ts'
import { addReading, LagHistory } from './history.ts'
import {
  look,
  newMemory,
  NO_SUCH_GROUP,
  tooLate,
  type Found,
  type GroupMemory,
  type TopicMemory,
} from './look.ts'
import type { GroupReading } from './reading.ts'
import { GroupTrack } from './track.ts'

export const DEFAULT_INTERVAL = 2000
/** However long a broker does not answer, it is asked again so often. */
export const LONGEST_BACKOFF = 30_000
/** A look without an answer ends after this. */
export const LOOK_DEADLINE = 15_000

/**
 * What is known of a group's lag now. A problem stands beside the last reading, it does not
 * replace it: the reading is then of `reading.at`.
 */
export interface LagState {
  readonly groupId: string
  /** `asking` until the first answer; `unknown-group` when the cluster has no such group. */
  readonly status: 'asking' | 'measured' | 'no-offsets' | 'unknown-group'
  readonly reading?: GroupReading
  /** Why the last look failed. */
  readonly problem?: Problem
  /** Ms since the epoch. */
  readonly nextTryAt?: number
  /** When the look began that has no answer yet. */
  readonly askingSince?: number
}

/** One onlooker's hold on a group. The group is polled while at least one of them is active. */
export interface GroupWatch extends Disposable {
  readonly groupId: string
  readonly state: LagState
  readonly history: LagHistory
  /** After every look and every failure, while active; and once after `lookNow`. */
  readonly onDidUpdate: Event<LagState>
  /** Ms between looks, as this onlooker wants it; the shortest of all wins. */
  readonly interval: number
  setInterval(ms: number): void
  /** An onlooker that does not look costs nothing: paused, hidden. */
  readonly active: boolean
  setActive(active: boolean): void
  /** Looks at once, also when not active or when waiting after a failure. */
  lookNow(): void
}

export interface WatchOptions {
  readonly interval?: number
  readonly active?: boolean
}

interface Onlooker {
  interval: number
  active: boolean
  /** Wants the next update although it is not active. */
  once: boolean
  readonly updates: Emitter<LagState>
}

interface Watched {
  readonly memory: GroupMemory
  readonly history: LagHistory
  readonly onlookers: Set<Onlooker>
  track: GroupTrack
  state: LagState
  failures: number
  dueAt: number
}

/**
 * Polls the lag of the watched groups of one cluster, those that are due together: so many requests
 * as there are coordinators and leaders, not as there are groups. Polls nothing while nobody looks.
 * `open` gives the connection, and may open it.
 */
export class LagPoller implements Disposable {
  readonly #open: (signal: AbortSignal) => Promise<Cluster>
  readonly #clock: Clock
  readonly #log: Log
  readonly #groups = new Map<string, Watched>()
  readonly #topics: TopicMemory = { looks: 0, partitions: new Map() }
  readonly #ended = new AbortController()
  #running = false
  #wake = new AbortController()

  constructor(open: (signal: AbortSignal) => Promise<Cluster>, clock: Clock, log: Log = silentLog) {
    this.#open = open
    this.#clock = clock
    this.#log = log
  }

  watch(groupId: string, options: WatchOptions = {}): GroupWatch {
    const watched = this.#groups.get(groupId) ?? this.#begin(groupId)
    const onlooker: Onlooker = {
      interval: options.interval ?? DEFAULT_INTERVAL,
      active: options.active ?? true,
      once: false,
      updates: new Emitter(error => this.#log.error(problemOf(error).message)),
    }
    watched.onlookers.add(onlooker)
    this.#plan(watched)
    const end = toDisposable(() => {
      onlooker.updates.dispose()
      watched.onlookers.delete(onlooker)
      if (watched.onlookers.size === 0) this.#groups.delete(groupId)
      this.#stir()
    })
    return this.#handle(watched, onlooker, end)
  }

  dispose(): void {
    this.#ended.abort(new Error('The poller has ended.'))
    for (const { onlookers } of this.#groups.values())
      for (const { updates } of onlookers) updates.dispose()
    this.#groups.clear()
    this.#stir()
  }

  #begin(groupId: string): Watched {
    const watched: Watched = {
      memory: newMemory(groupId),
      history: new LagHistory(),
      onlookers: new Set(),
      track: new GroupTrack(),
      state: { groupId, status: 'asking' },
      failures: 0,
      dueAt: this.#clock.now(),
    }
    this.#groups.set(groupId, watched)
    return watched
  }

  #handle(watched: Watched, onlooker: Onlooker, end: Disposable): GroupWatch {
    return {
      groupId: watched.state.groupId,
      history: watched.history,
      onDidUpdate: onlooker.updates.event,
      get state() {
        return watched.state
      },
      get interval() {
        return onlooker.interval
      },
      get active() {
        return onlooker.active
      },
      setInterval: ms => {
        onlooker.interval = ms
        this.#plan(watched)
      },
      setActive: active => {
        if (onlooker.active === active) return
        onlooker.active = active
        this.#plan(watched)
      },
      lookNow: () => {
        onlooker.once = true
        watched.dueAt = this.#clock.now()
        this.#stir()
      },
      dispose: () => {
        end.dispose()
      },
    }
  }

  /** After a change of who looks: the next look may be due sooner. */
  #plan(watched: Watched): void {
    const interval = intervalOf(watched)
    const last = watched.state.reading?.at
    if (interval !== undefined && watched.failures === 0 && last !== undefined)
      watched.dueAt = last + interval
    this.#stir()
  }

  /** Starts the loop, or has it think again. */
  #stir(): void {
    this.#wake.abort(new Error('Something changed.'))
    if (this.#running) return
    this.#running = true
    void this.#run()
  }

  async #run(): Promise<void> {
    while (!this.#ended.signal.aborted) {
      this.#wake = new AbortController()
      const wanted = [...this.#groups.values()].filter(isWanted)
      if (wanted.length === 0) break
      const now = this.#clock.now()
      const first = Math.min(...wanted.map(({ dueAt }) => dueAt))
      if (first > now) await this.#sleep(first - now)
      else await this.#lookAt(wanted.filter(watched => isDueWith(watched, now)))
    }
    this.#running = false
  }

  #sleep(ms: number): Promise<void> {
    return this.#clock.sleep(ms, this.#wake.signal).catch(() => undefined)
  }

  async #lookAt(groups: readonly Watched[]): Promise<void> {
    const began = this.#clock.now()
    for (const watched of groups) watched.state = { ...watched.state, askingSince: began }
    try {
      const found = await this.#within(LOOK_DEADLINE, async signal => {
        const cluster = await this.#open(signal)
        const memories = groups.map(({ memory }) => memory)
        return look(cluster, memories, this.#topics, () => this.#clock.now(), signal)
      })
      for (const watched of groups) this.#take(watched, found.get(watched.memory.groupId), began)
    } catch (error) {
      if (this.#ended.signal.aborted) return
      const problem = problemOf(error)
      this.#log.debug(`Lag: ${problem.message}${problem.detail ? ` ${problem.detail}` : ''}`)
      for (const watched of groups) this.#fail(watched, problem)
    }
  }

  #take(watched: Watched, found: Found | undefined, began: number): void {
    if (!found) return
    if ('problem' in found) {
      this.#fail(watched, found.problem)
      return
    }
    const { groupId } = watched.memory
    const interval = intervalOf(watched) ?? DEFAULT_INTERVAL
    watched.failures = 0
    watched.dueAt = began + interval
    const { group, partitions, at } = found
    if (partitions.length === 0) {
      const unknown = group.state === 'Dead' || group.problem?.code === NO_SUCH_GROUP
      watched.track = new GroupTrack()
      this.#tell(watched, { groupId, status: unknown ? 'unknown-group' : 'no-offsets' })
      return
    }
    const reading = watched.track.add({ at, interval, group, partitions })
    addReading(watched.history, reading)
    this.#tell(watched, { groupId, status: 'measured', reading })
  }

  #fail(watched: Watched, problem: Problem): void {
    const { groupId, status, reading } = watched.state
    const interval = intervalOf(watched) ?? DEFAULT_INTERVAL
    watched.failures++
    const pause = Math.max(interval, Math.min(interval * 2 ** watched.failures, LONGEST_BACKOFF))
    watched.dueAt = this.#clock.now() + pause
    this.#tell(watched, {
      groupId,
      status,
      problem,
      nextTryAt: watched.dueAt,
      ...(reading ? { reading } : {}),
    })
  }

  #tell(watched: Watched, state: LagState): void {
    watched.state = state
    for (const onlooker of [...watched.onlookers]) {
      const wants = onlooker.active || onlooker.once
      onlooker.once = false
      if (wants) onlooker.updates.fire(state)
    }
  }

  /** Ends at the deadline, and with the poller, whether or not what it waits for listens. */
  async #within<T>(ms: number, task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const done = new AbortController()
    const stop = new AbortController()
    const ended = this.#ended.signal
    const either = AbortSignal.any([stop.signal, ended])
    const late = this.#clock.sleep(ms, AbortSignal.any([done.signal, ended])).then(() => {
      const error = tooLate(ms / 1000)
      stop.abort(error)
      throw error
    })
    try {
      return await Promise.race([task(either), late])
    } finally {
      done.abort()
      late.catch(() => undefined)
    }
  }
}

function isWanted({ onlookers }: Watched): boolean {
  return [...onlookers].some(({ active, once }) => active || once)
}

function intervalOf({ onlookers }: Watched): number | undefined {
  const intervals = [...onlookers].filter(({ active }) => active).map(({ interval }) => interval)
  return intervals.length > 0 ? Math.min(...intervals) : undefined
}

/** What is due very soon is looked at together with what is due now. */
function isDueWith(watched: Watched, now: number): boolean {
  return watched.dueAt <= now + (intervalOf(watched) ?? DEFAULT_INTERVAL) / 5
}
