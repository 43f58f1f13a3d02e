import type { Clock } from '../../base/clock.ts'
import type { Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import type { PartitionProgress } from '../../kafka/reading.ts'
import type { MessagesPhase, PartitionState } from '../../protocol/messages.ts'
import { consume, type ConsumePlan } from '../../run/consuming.ts'
import type { ConsumeEvent, Ended } from '../../run/events.ts'
import { RecordStore } from '../../run/recordStore.ts'
import { RateMeter } from './rate.ts'

/** Memory that the rows of one view may take. */
const BUDGET = 64 * 1024 * 1024

export interface SessionOptions {
  readonly clock: Clock
  /** Opens the connection on first use. */
  connect(signal: AbortSignal): Promise<Cluster>
  isOurs(memberId: string): boolean
  /** A group was joined under this member id. */
  onJoined(memberId: string): void
  readonly budget?: number
}

/** One reading and the records that it brought: starts, pauses, stops, and starts again. */
export class ReadingSession implements Disposable {
  readonly store: RecordStore
  phase: MessagesPhase = 'stopped'
  problem: Problem | undefined
  notice: string | undefined
  startedAt: number | undefined
  endedAt: number | undefined
  recordsRead = 0
  bytesRead = 0
  /** Set while the group is joined, or was joined last. */
  joined = false
  readonly rate: RateMeter
  readonly #options: SessionOptions
  readonly #changed = new Emitter<void>()
  readonly onDidChange = this.#changed.event
  #running: AbortController | undefined
  #gate: Gate | undefined
  #progress = new Map<number, PartitionProgress>()
  #ends = false
  /** Where each partition stood when reading began, to say how far it is. */
  #starts = new Map<number, bigint>()

  constructor(options: SessionOptions) {
    this.#options = options
    this.store = new RecordStore(options.budget ?? BUDGET)
    this.rate = new RateMeter(options.clock)
  }

  get running(): boolean {
    return this.#running !== undefined
  }

  get partitions(): PartitionState[] {
    return [...this.#progress.values()]
      .sort((a, b) => a.partition - b.partition)
      .map(progress => partitionState(progress, this.#starts.get(progress.partition)))
  }

  /** Forgets what was read and reads anew. Resolves when that reading has ended. */
  async start(plan: ConsumePlan): Promise<void> {
    this.stop()
    const controller = new AbortController()
    this.#running = controller
    this.#ends = plan.to !== undefined
    this.#reset()
    await this.#read(plan, controller.signal)
    if (this.#running === controller) this.#running = undefined
    this.#changed.fire()
  }

  /** It cannot even begin. */
  refuse(problem: Problem): void {
    this.stop()
    this.#reset()
    this.#end({ kind: 'ended', reason: 'refused', problem })
  }

  stop(): void {
    if (!this.#running) return
    this.#running.abort()
    this.#running = undefined
    this.#gate?.open()
    this.#end({ kind: 'ended', reason: 'stopped' })
  }

  /** Takes no more from the reader, which stops asking the brokers as its buffer fills. */
  pause(): void {
    if (!this.#running || this.phase === 'connecting' || this.#gate || this.joined) return
    this.#gate = new Gate(this.phase)
    this.#setPhase('paused')
  }

  resume(): void {
    if (!this.#gate) return
    const { phase } = this.#gate
    this.#gate.open()
    this.#gate = undefined
    if (this.#running) this.#setPhase(phase)
  }

  dispose(): void {
    this.stop()
    this.#changed.dispose()
  }

  #reset(): void {
    this.store.clear()
    this.rate.clear()
    this.#progress.clear()
    this.#starts.clear()
    this.#gate = undefined
    this.problem = undefined
    this.notice = undefined
    this.joined = false
    this.recordsRead = 0
    this.bytesRead = 0
    this.startedAt = this.#options.clock.now()
    this.endedAt = undefined
    this.#setPhase('connecting')
  }

  async #read(plan: ConsumePlan, signal: AbortSignal): Promise<void> {
    try {
      const cluster = await this.#options.connect(signal)
      const isOurs = (memberId: string) => this.#options.isOurs(memberId)
      for await (const event of consume(plan, { cluster, signal, isOurs })) {
        await this.#gate?.opened
        if (signal.aborted) return
        this.#take(event)
      }
    } catch (error) {
      if (!signal.aborted) this.#end({ kind: 'ended', reason: 'failed', problem: problemOf(error) })
    }
  }

  #take(event: ConsumeEvent): void {
    switch (event.kind) {
      case 'started':
        this.notice = event.notice
        this.joined = event.mode === 'join'
        this.#setPhase('reading')
        return
      case 'joined':
        this.#options.onJoined(event.memberId)
        this.problem = undefined
        this.#setPhase('following')
        return
      case 'rebalancing':
        this.#setPhase('reading')
        return
      case 'records':
        this.#addRecords(event)
        return
      case 'progress':
        this.#advance(event)
        return
      case 'problem':
        this.problem = event.problem
        this.#changed.fire()
        return
      case 'ended':
        this.#end(event)
    }
  }

  #addRecords({ chunks }: ConsumeEvent & { kind: 'records' }): void {
    this.store.add(chunks)
    const count = chunks.reduce((sum, chunk) => sum + chunk.count, 0)
    const bytes = chunks.reduce((sum, chunk) => sum + chunk.bytes, 0)
    this.rate.add(count, bytes)
    if (this.joined) {
      this.recordsRead += count
      this.bytesRead += bytes
      this.store.settle()
    }
    this.#changed.fire()
  }

  #advance(event: ConsumeEvent & { kind: 'progress' }): void {
    for (const progress of event.partitions) {
      this.#progress.set(progress.partition, progress)
      if (!this.#starts.has(progress.partition))
        this.#starts.set(progress.partition, progress.startOffset)
    }
    this.recordsRead = event.recordsRead
    this.bytesRead = event.bytesRead
    if (event.caughtUp && !this.#ends && this.phase === 'reading') {
      this.store.settle()
      this.phase = 'following'
    }
    this.#changed.fire()
  }

  #end({ reason, problem }: Ended): void {
    this.endedAt = this.#options.clock.now()
    this.problem = problem
    this.#setPhase(reason === 'refused' ? 'failed' : reason)
  }

  #setPhase(phase: MessagesPhase): void {
    this.phase = phase
    this.#changed.fire()
  }
}

/** Holds back whoever waits for `opened`, and knows what was going on. */
class Gate {
  readonly phase: MessagesPhase
  readonly #waiting = Promise.withResolvers<undefined>()

  constructor(phase: MessagesPhase) {
    this.phase = phase
  }

  get opened(): Promise<undefined> {
    return this.#waiting.promise
  }

  open(): void {
    this.#waiting.resolve(undefined)
  }
}

function partitionState(progress: PartitionProgress, start: bigint | undefined): PartitionState {
  const { partition, problem } = progress
  const percent = percentOf(progress, start ?? progress.startOffset)
  return {
    partition,
    ...(percent !== undefined && { percent }),
    ...(problem && { problem }),
  }
}

function percentOf(progress: PartitionProgress, start: bigint): number | undefined {
  if (progress.done) return 100
  const end = progress.endOffset ?? progress.lastStableOffset ?? progress.highWatermark
  if (end === undefined) return undefined
  if (progress.position >= end || end <= start) return 100
  return Number((100n * (progress.position - start)) / (end - start))
}
