import { ProblemError } from '../base/problem.ts'
import type { AskOptions, Client } from './client.ts'
import { kafkaError } from './errorCodes.ts'
import { throwOnError } from './problems.ts'
import { InitProducerId } from './protocol/transactions.ts'
import type { BatchProducer } from './recordBatch.ts'
import { pause } from './waiting.ts'

/** Sequence numbers go on with 0 after 2^31 - 1 (`DefaultRecordBatch.incrementSequence`). */
const SEQUENCES = 2 ** 31

/**
 * What one producer has written to each partition. Only one batch of a partition may be on its way
 * at a time, and after a failure the numbers are not known any more: it is used no further.
 */
export class Numbering {
  readonly producerId: bigint
  readonly producerEpoch: number
  readonly transactionalId: string | null
  readonly #sequences = new Map<string, number>()

  constructor(producerId: bigint, producerEpoch: number, transactionalId: string | null = null) {
    this.producerId = producerId
    this.producerEpoch = producerEpoch
    this.transactionalId = transactionalId
  }

  /** What the next batch of a partition says about who writes it; the same until it `wrote` one. */
  next(topic: string, partition: number): BatchProducer {
    return {
      producerId: this.producerId,
      producerEpoch: this.producerEpoch,
      transactional: this.transactionalId !== null,
      baseSequence: this.#sequences.get(keyOf(topic, partition)) ?? 0,
    }
  }

  wrote(topic: string, partition: number, count: number): void {
    const key = keyOf(topic, partition)
    this.#sequences.set(key, ((this.#sequences.get(key) ?? 0) + count) % SEQUENCES)
  }
}

function keyOf(topic: string, partition: number): string {
  return `${partition} ${topic}`
}

/** Brokers forget producers that write nothing for a while (`producer.id.expiration.ms`, one day). */
const IDLE_MS = 10 * 60_000
/** Before each new attempt, ms: a broker gets the ids that it gives away from the controller. */
const PAUSES_MS = [20, 50, 100, 200, 400, 800, 1_600]

/**
 * The ids of producers without a transaction, to be used by one call at a time: calls side by side
 * have an id each, and calls one after another share one.
 */
export class ProducerIds {
  readonly #client: Client
  readonly #idle: { readonly numbering: Numbering; readonly since: number }[] = []

  constructor(client: Client) {
    this.#client = client
  }

  async take(ask: AskOptions): Promise<Numbering> {
    const kept = this.#idle.pop()
    if (kept && Date.now() - kept.since < IDLE_MS) return kept.numbering
    let answer = await this.#ask(ask)
    for (const ms of PAUSES_MS) {
      if (!kafkaError(answer.errorCode).retriable) break
      await pause(ms, ask.signal)
      answer = await this.#ask(ask)
    }
    throwOnError(answer.errorCode, 'An id for an idempotent producer')
    return new Numbering(answer.producerId, answer.producerEpoch)
  }

  #ask(ask: AskOptions) {
    const body = { transactionalId: null, transactionTimeoutMs: 0 }
    return this.#client.send('any', InitProducerId, body, ask)
  }

  /** Only of a call that failed nowhere. */
  giveBack(numbering: Numbering): void {
    this.#idle.push({ numbering, since: Date.now() })
  }
}

/** Only where all replicas confirm it is known that nothing is missing before a batch (K207, K208). */
export function refuseAcks(acks: string | undefined, what: string): void {
  if (acks === undefined || acks === 'all') return
  throw new ProblemError({
    code: 'wrong-acks',
    message: `${what} needs the confirmation of all replicas, not acks ${acks}.`,
    advice: 'Use acks all.',
  })
}
