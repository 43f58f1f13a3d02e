import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type {
  ProduceOutcome,
  ProduceRequest,
  ProduceSettings,
  ProduceValuesRequest,
  Transaction,
  ValuesOutcome,
} from '../kafka/cluster.ts'
import type { TopicPartition } from '../kafka/model.ts'
import type { AskOptions } from './client.ts'
import { CODE } from './errorCodes.ts'
import type { OffsetContext } from './offsets.ts'
import { kafkaProblem, problem } from './problems.ts'
import { Numbering, refuseAcks } from './producerIds.ts'
import { write } from './produce.ts'
import type { ProduceContext, Writing } from './produceBatches.ts'
import { writeAllValues } from './produceValues.ts'
import { AddPartitionsToTxn, EndTxn, InitProducerId } from './protocol/transactions.ts'
import type { Api } from './protocol/schema.ts'
import type { Coordinators } from './routing.ts'
import { spread } from './spread.ts'
import { untilVisible } from './visible.ts'
import { within } from './waiting.ts'

export interface TransactionContext extends ProduceContext, OffsetContext {
  readonly transactionCoordinators: Coordinators
}

/** How long a transaction may be open before its coordinator aborts it, ms. */
const TIMEOUT_MS = 5 * 60_000
/** Brokers that allow less than that allow the Java producer's own default. */
const SHORT_TIMEOUT_MS = 60_000
/** How long aborting waits for what is on its way, ms. */
const SETTLE_MS = 10_000

/**
 * Before each new attempt, ms: on first use the coordinator's own topic has to be made, and an
 * earlier transaction of the id has to be ended.
 */
const PAUSES_MS = [20, 50, 100, 200, 400, 800, 1_600, 2_000, 2_000, 2_000, 2_000]

/** Begins a transaction; rejects with `ProblemError` where its coordinator refuses it. */
export async function beginTransaction(
  context: TransactionContext,
  id: string,
  ask: AskOptions = {},
): Promise<Transaction> {
  const init = (transactionTimeoutMs: number) => {
    const body = { transactionalId: id, transactionTimeoutMs }
    return askCoordinator(context, id, { api: InitProducerId, body, codeOf: ownCode }, ask)
  }
  const { producerId, producerEpoch } = await init(TIMEOUT_MS).catch((error: unknown) => {
    if (problemOf(error).code !== 'INVALID_TRANSACTION_TIMEOUT') throw error
    return init(SHORT_TIMEOUT_MS)
  })
  return new OpenTransaction(context, new Numbering(producerId, producerEpoch, id), id)
}

type State =
  | { readonly kind: 'open' }
  /** Something in it failed: it can only be aborted. */
  | { readonly kind: 'failed'; readonly problem: Problem }
  /** Another producer has it: nothing more can be done with it. */
  | { readonly kind: 'fenced'; readonly problem: Problem }
  | { readonly kind: 'ended' }

interface TransactionCall<R> {
  readonly work: (writing: Writing) => Promise<R>
  readonly outcomesOf: (result: R) => readonly ProduceOutcome[]
  /** Where the transaction takes nothing any more. */
  readonly unwritten: (problem: Problem) => R
}

class OpenTransaction implements Transaction {
  readonly #context: TransactionContext
  readonly #numbering: Numbering
  readonly #id: string
  /** Partitions that the coordinator knows of. */
  readonly #added = new Set<string>()
  /** The last record of each partition. */
  readonly #written = new Map<string, TopicPartition & { readonly offset: bigint }>()
  #state: State = { kind: 'open' }
  /** One call at a time: the numbers of a partition's batches follow one another. */
  #turn: Promise<unknown> = Promise.resolve()

  constructor(context: TransactionContext, numbering: Numbering, id: string) {
    this.#context = context
    this.#numbering = numbering
    this.#id = id
  }

  produce(
    request: ProduceRequest,
    { signal }: AskOptions = {},
  ): Promise<readonly ProduceOutcome[]> {
    return this.#write(request, signal, {
      work: writing => write(this.#context, request, {}, writing),
      outcomesOf: outcomes => outcomes,
      unwritten: stopped => request.records.map(() => ({ problem: stopped })),
    })
  }

  produceValues(
    request: ProduceValuesRequest,
    { signal }: AskOptions = {},
  ): Promise<readonly ValuesOutcome[]> {
    return this.#write(request, signal, {
      work: writing => writeAllValues(this.#context, request, {}, writing),
      outcomesOf: outcomes => outcomes.map(({ outcome }) => outcome),
      unwritten: stopped => [{ count: request.values.count, outcome: { problem: stopped } }],
    })
  }

  async #write<R>(
    { topic, acks }: ProduceSettings & { readonly topic: string },
    signal: AbortSignal | undefined,
    call: TransactionCall<R>,
  ): Promise<R> {
    refuseAcks(acks, 'A transaction')
    const work = this.#turn.then(() => this.#writeNow(topic, call))
    this.#turn = work.catch(() => undefined)
    // What is on its way must have arrived before the transaction is ended: only the wait is given up.
    return signal ? untilAborted(work, signal) : work
  }

  async #writeNow<R>(
    topic: string,
    { work, outcomesOf, unwritten }: TransactionCall<R>,
  ): Promise<R> {
    if (this.#state.kind !== 'open') return unwritten(this.#notOpen())
    const prepare = (topic: string, partitions: readonly number[]) => this.#add(topic, partitions)
    try {
      const result = await work({ numbering: this.#numbering, prepare })
      for (const outcome of outcomesOf(result)) this.#keep(topic, outcome)
      return result
    } catch (error) {
      this.#fail(problemOf(error))
      throw error
    }
  }

  #keep(topic: string, { partition, offset, problem: found }: ProduceOutcome): void {
    if (found) this.#fail(found)
    if (partition === undefined || offset === undefined) return
    this.#written.set(`${partition} ${topic}`, { topic, partition, offset })
  }

  async #add(topic: string, partitions: readonly number[]): Promise<Problem | undefined> {
    const fresh = partitions.filter(partition => !this.#added.has(`${partition} ${topic}`))
    if (fresh.length === 0) return undefined
    const body = { ...this.#who(), topics: [{ name: topic, partitions: fresh }] }
    try {
      const question = { api: AddPartitionsToTxn, body, codeOf: codeOfAdding }
      await askCoordinator(this.#context, this.#id, question, {})
    } catch (error) {
      return problemOf(error)
    }
    for (const partition of fresh) this.#added.add(`${partition} ${topic}`)
    return undefined
  }

  async commit(ask: AskOptions = {}): Promise<void> {
    await this.#turn
    const state = this.#state
    if (state.kind === 'failed') {
      await this.abort(ask)
      throw new ProblemError(
        problem(
          'transaction-aborted',
          `Transaction ${this.#id} was aborted, so none of its records counts: ${state.problem.message}`,
          state.problem.advice,
          state.problem.detail,
        ),
      )
    }
    if (state.kind !== 'open') throw new ProblemError(this.#notOpen())
    await this.#end(true, ask)
    // It is committed, whatever comes of this.
    await untilVisible(this.#context, this.#written, ask).catch(() => undefined)
  }

  async abort(ask: AskOptions = {}): Promise<void> {
    if (this.#state.kind === 'ended' || this.#state.kind === 'fenced') return
    const settled = within(this.#turn, {
      ms: SETTLE_MS,
      onTimeout: () => new Error('Not settled.'),
    })
    await settled.catch(() => undefined)
    // Fenced or not is known by now.
    if (this.#isOver()) return
    await this.#end(false, ask)
  }

  #isOver(): boolean {
    return this.#state.kind === 'ended' || this.#state.kind === 'fenced'
  }

  async #end(committed: boolean, ask: AskOptions): Promise<void> {
    if (this.#added.size > 0) {
      const body = { ...this.#who(), committed }
      try {
        await askCoordinator(this.#context, this.#id, { api: EndTxn, body, codeOf: ownCode }, ask)
      } catch (error) {
        ask.signal?.throwIfAborted()
        this.#fail(problemOf(error))
        throw error
      }
    }
    this.#state = { kind: 'ended' }
  }

  #who(): { transactionalId: string; producerId: bigint; producerEpoch: number } {
    const { producerId, producerEpoch } = this.#numbering
    return { transactionalId: this.#id, producerId, producerEpoch }
  }

  #fail(found: Problem): void {
    if (this.#isOver()) return
    this.#state = { kind: FENCED.has(found.code) ? 'fenced' : 'failed', problem: found }
  }

  #notOpen(): Problem {
    const state = this.#state
    if (state.kind === 'fenced') return state.problem
    const why = state.kind === 'failed' ? `: ${state.problem.message}` : '.'
    const what = state.kind === 'failed' ? 'can only be aborted' : 'has ended'
    return problem('not-sent', `Transaction ${this.#id} ${what}${why}`)
  }
}

const FENCED: ReadonlySet<string> = new Set(['PRODUCER_FENCED', 'INVALID_PRODUCER_EPOCH'])

/** Of several partitions; where one is refused the others are only "not attempted". */
function codeOfAdding({ results }: ReturnType<typeof AddPartitionsToTxn.decode>): number {
  const codes = results
    .flatMap(({ partitions }) => partitions.map(({ errorCode }) => errorCode))
    .filter(code => code !== CODE.none)
  return codes.find(code => code !== CODE.operationNotAttempted) ?? codes[0] ?? CODE.none
}

/**
 * Asks the coordinator of a transactional id; again while it moves, loads, or ends what was before.
 * Rejects with `ProblemError` where its answer is an error.
 */
async function askCoordinator<Q, S>(
  { client, transactionCoordinators }: TransactionContext,
  id: string,
  question: {
    readonly api: Api<Q, S>
    readonly body: Q
    readonly codeOf: (answer: NoInfer<S>) => number
  },
  ask: AskOptions,
): Promise<S> {
  const { api, body, codeOf } = question
  const [outcome] = await spread([id], {
    signal: ask.signal,
    pauses: PAUSES_MS,
    place: (ids, refresh) => transactionCoordinators.place(ids, refresh, ask),
    ask: async nodeId => {
      const answer = await client.send(nodeId, api, body, ask)
      const found = kafkaProblem(codeOf(answer), `Transaction ${id}`)
      return [found ? { problem: found, moved: MAY_PASS.has(codeOf(answer)) } : { value: answer }]
    },
  })
  if (outcome && !outcome.problem) return outcome.value
  throw new ProblemError(outcome?.problem ?? problem('no-answer', `Transaction ${id}: no answer.`))
}

const ownCode = ({ errorCode }: { readonly errorCode: number }) => errorCode

const MAY_PASS: ReadonlySet<number> = new Set([
  CODE.coordinatorLoadInProgress,
  CODE.coordinatorNotAvailable,
  CODE.notCoordinator,
  CODE.concurrentTransactions,
  // A topic that was made just now.
  CODE.unknownTopicOrPartition,
])

function untilAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return within(work, { ms: FOREVER_MS, signal, onTimeout: () => new Error('No end in sight.') })
}

/** Every request below has a deadline of its own. */
const FOREVER_MS = 2 ** 31 - 1
