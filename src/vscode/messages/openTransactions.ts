import type { Disposable } from '../../base/dispose.ts'
import type { OpenTransactions } from '../../kafka/cluster.ts'
import type { TopicPartition } from '../../kafka/model.ts'
import type { PartitionProgress } from '../../kafka/reading.ts'
import { heldBackAt, type OpenProducers } from './state.ts'

export interface TransactionWatchOptions {
  topic(): string
  now(): number
  ask(
    partitions: readonly TopicPartition[],
    signal: AbortSignal,
  ): Promise<readonly OpenTransactions[]>
  /** Another answer is there. */
  onChange(): void
}

/** Ms for which a partition must be held back: most transactions end sooner. */
const PATIENCE = 3_000
/** Ms between two questions. */
const PACE = 5_000
/** Ms that an answer may take. */
const DEADLINE = 10_000

/**
 * Finds out which producers hold back the last stable offset of partitions, where that lasts. Asks
 * one question at a time and not too often; what is not held back any more is forgotten.
 */
export class TransactionWatch implements Disposable {
  readonly #options: TransactionWatchOptions
  /** Since when a partition has been held back. */
  readonly #since = new Map<number, number>()
  readonly #producers = new Map<number, OpenTransactions['producers']>()
  readonly #disposed = new AbortController()
  #asking = false
  #askedAt = -Infinity

  constructor(options: TransactionWatchOptions) {
    this.#options = options
  }

  get producers(): OpenProducers {
    return this.#producers
  }

  /** Looks at how far partitions are; call it as often as that is known. */
  look(progress: readonly PartitionProgress[]): void {
    const now = this.#options.now()
    for (const one of progress) {
      if (heldBackAt(one) === undefined) this.#forget(one.partition)
      else if (!this.#since.has(one.partition)) this.#since.set(one.partition, now)
    }
    const waiting = [...this.#since].flatMap(([partition, since]) =>
      now - since >= PATIENCE ? [partition] : [],
    )
    if (waiting.length > 0 && !this.#asking && now - this.#askedAt >= PACE) void this.#ask(waiting)
  }

  /** Another reading begins. */
  clear(): void {
    this.#since.clear()
    this.#producers.clear()
  }

  dispose(): void {
    this.#disposed.abort()
    this.clear()
  }

  async #ask(partitions: readonly number[]): Promise<void> {
    const options = this.#options
    const topic = options.topic()
    this.#asking = true
    this.#askedAt = options.now()
    try {
      const signal = AbortSignal.any([this.#disposed.signal, AbortSignal.timeout(DEADLINE)])
      const questions = partitions.map(partition => ({ topic, partition }))
      for (const answer of await options.ask(questions, signal)) this.#take(answer)
      options.onChange()
    } catch {
      // Whoever looks on sees that it is held back, and not by whom: that is asked again.
    } finally {
      this.#asking = false
    }
  }

  #take({ topic, partition, producers, problem }: OpenTransactions): void {
    if (topic !== this.#options.topic() || !this.#since.has(partition)) return
    if (problem) this.#producers.delete(partition)
    else this.#producers.set(partition, producers)
  }

  #forget(partition: number): void {
    this.#since.delete(partition)
    this.#producers.delete(partition)
  }
}
