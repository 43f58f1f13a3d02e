import { problemOf, type Problem } from '../base/problem.ts'
import type { Cluster, Transaction } from '../kafka/cluster.ts'
import type { Ended, ProduceEvent } from './events.ts'
import type { ProduceContext } from './producing.ts'

/** How long aborting may take; a coordinator that does not answer aborts by itself later, ms. */
const ABORT_MS = 15_000

/** Runs one PRODUCER in a transaction of its own, if it names one. */
export async function* transactional(
  id: string | undefined,
  context: ProduceContext,
  run: (context: ProduceContext) => AsyncGenerator<ProduceEvent>,
): AsyncGenerator<ProduceEvent> {
  if (id === undefined) {
    yield* run(context)
    return
  }
  const shared = new SharedTransaction(context.clock)
  const entered = await shared.enter(id, context.cluster, context.signal)
  if ('problem' in entered) {
    const reason = context.signal.aborted ? 'stopped' : 'failed'
    yield { kind: 'ended', reason, problem: entered.problem }
    return
  }
  let ended: Ended | undefined
  try {
    for await (const event of run({ ...context, transaction: entered.transaction })) {
      if (event.kind === 'ended') ended = event
      else yield event
    }
  } finally {
    if (ended?.reason !== 'done') await shared.abort()
  }
  if (ended?.reason === 'done') {
    const problem = await shared.commit(context.signal)
    if (problem) ended = { ...ended, reason: 'failed', problem }
  }
  if (ended) yield ended
}

interface Shared {
  readonly id: string
  readonly cluster: Cluster
  readonly transaction: Transaction
}

/**
 * The transaction that PRODUCERs share which name the same id and run one after another (kafka-file
 * specification, section 3). Whoever makes one ends it by `commit` or `abort`.
 */
export class SharedTransaction {
  readonly #clock: ProduceContext['clock']
  #open: Shared | undefined

  constructor(clock: ProduceContext['clock']) {
    this.#clock = clock
  }

  /** Whether a block with this id, next in the run, would go on with what is open. */
  goesOn(id: string | undefined, cluster: Cluster | undefined): boolean {
    return this.#open !== undefined && this.#open.id === id && this.#open.cluster === cluster
  }

  /** The transaction for a block: what is open if it goes on, else a new one. */
  async enter(
    id: string,
    cluster: Cluster,
    signal: AbortSignal,
  ): Promise<{ readonly transaction: Transaction } | { readonly problem: Problem }> {
    if (this.#open && this.goesOn(id, cluster)) return this.#open
    const left = await this.commit(signal)
    if (left) return { problem: left }
    try {
      const transaction = await cluster.transaction(id, { signal })
      this.#open = { id, cluster, transaction }
      return { transaction }
    } catch (error) {
      return { problem: problemOf(error) }
    }
  }

  /** Makes what is open visible; the problem is why it could not be. */
  async commit(signal: AbortSignal): Promise<Problem | undefined> {
    const open = this.#open
    this.#open = undefined
    try {
      await open?.transaction.commit({ signal })
      return undefined
    } catch (error) {
      await this.#abort(open)
      return problemOf(error)
    }
  }

  /** Drops what is open, also when the run was stopped. */
  async abort(): Promise<Problem | undefined> {
    const open = this.#open
    this.#open = undefined
    return this.#abort(open)
  }

  async #abort(open: Shared | undefined): Promise<Problem | undefined> {
    if (!open) return undefined
    const deadline = new AbortController()
    const over = new AbortController()
    const waiting = this.#clock.sleep(ABORT_MS, over.signal).then(
      () => deadline.abort(),
      () => undefined,
    )
    try {
      await open.transaction.abort({ signal: deadline.signal })
      return undefined
    } catch (error) {
      return problemOf(error)
    } finally {
      over.abort()
      await waiting
    }
  }
}
