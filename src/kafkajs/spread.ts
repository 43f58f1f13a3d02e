import { problemOf, type Problem } from '../base/problem.ts'
import { CODE } from './errorCodes.ts'
import { kafkaProblem } from './problems.ts'
import { pause } from './waiting.ts'

/** What became of one item: its answer, or why there is none. */
export type Outcome<T> =
  | { readonly value: T; readonly problem?: undefined }
  /** `moved`: asking again, after looking up who is responsible now, may help. */
  | { readonly problem: Problem; readonly moved: boolean }

/** Which broker is responsible for an item, or why none is. */
export type Place =
  { readonly nodeId: number } | { readonly problem: Problem; readonly moved: boolean }

export interface Spread<I, T> {
  readonly signal?: AbortSignal | undefined
  /** One place per item. `refresh`: what is cached has proved wrong. */
  place(items: readonly I[], refresh: boolean): Promise<readonly Place[]>
  /** Asks one broker about its items: one outcome per item. */
  ask(nodeId: number, items: readonly I[]): Promise<readonly Outcome<T>[]>
  /** How long to wait before each time of asking again, ms. */
  readonly pauses?: readonly number[]
}

/** Long enough for a broker to hear of a new leader, short enough not to be noticed. */
const PAUSES_MS = [100, 500]

/**
 * Asks the broker that is responsible for each item, all brokers at once, and puts the answers back
 * into the items' order. What has moved is looked up and asked again. One broker's failure is a
 * problem of its own items only. Rejects when the signal aborts, and when nothing can be placed.
 */
export async function spread<I, T>(
  items: readonly I[],
  work: Spread<I, T>,
): Promise<readonly Outcome<T>[]> {
  const outcomes = [...(await attempt(items, work, false))]
  for (const ms of work.pauses ?? PAUSES_MS) {
    const again = outcomes.flatMap((outcome, i) => (outcome.problem && outcome.moved ? [i] : []))
    if (again.length === 0) break
    await pause(ms, work.signal)
    const retried = await attempt(pick(items, again), work, true)
    again.forEach((index, i) => {
      const outcome = retried[i]
      if (outcome) outcomes[index] = outcome
    })
  }
  return outcomes
}

async function attempt<I, T>(
  items: readonly I[],
  work: Spread<I, T>,
  refresh: boolean,
): Promise<readonly Outcome<T>[]> {
  if (items.length === 0) return []
  const places = await work.place(items, refresh)
  const outcomes: Outcome<T>[] = []
  const byNode = new Map<number, number[]>()
  places.forEach((place, i) => {
    if ('problem' in place) outcomes[i] = place
    else append(byNode, place.nodeId, i)
  })
  await Promise.all(
    [...byNode].map(async ([nodeId, indexes]) => {
      const answers = await askNode(nodeId, pick(items, indexes), work)
      indexes.forEach((index, i) => {
        outcomes[index] = answers[i] ?? { problem: NOT_ANSWERED, moved: false }
      })
    }),
  )
  return outcomes
}

const NOT_ANSWERED: Problem = {
  code: 'not-answered',
  message: 'The broker left this out of its answer.',
  advice: 'Refresh.',
}

async function askNode<I, T>(
  nodeId: number,
  items: readonly I[],
  work: Spread<I, T>,
): Promise<readonly Outcome<T>[]> {
  try {
    return await work.ask(nodeId, items)
  } catch (error) {
    if (work.signal?.aborted) throw error
    const problem = problemOf(error)
    const moved = NOT_ASKED.has(problem.code) || problem.code === 'connection-lost'
    return items.map(() => ({ problem, moved }))
  }
}

/** The broker could not be asked at all: another one may be responsible by now. */
export const NOT_ASKED: ReadonlySet<string> = new Set([
  'refused',
  'advertised-unreachable',
  'broker-gone',
])

function pick<I>(items: readonly I[], indexes: readonly number[]): readonly I[] {
  return indexes.flatMap(index => items.slice(index, index + 1))
}

const MOVED: ReadonlySet<number> = new Set([
  CODE.leaderNotAvailable,
  CODE.notLeaderOrFollower,
  CODE.coordinatorLoadInProgress,
  CODE.coordinatorNotAvailable,
  CODE.notCoordinator,
  CODE.notController,
  CODE.kafkaStorageError,
  CODE.fencedLeaderEpoch,
  CODE.unknownLeaderEpoch,
])

/** The outcome of an item by its error code. `value` is read only where there is no error. */
export function outcomeOf<T>(
  code: number,
  subject: string,
  value: () => T,
  said?: string | null,
): Outcome<T> {
  const problem = kafkaProblem(code, subject, said)
  return problem ? { problem, moved: MOVED.has(code) } : { value: value() }
}

/** Adds to the list that a map holds under a key. */
export function append<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key)
  if (list) list.push(value)
  else map.set(key, [value])
}
