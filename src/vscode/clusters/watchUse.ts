import { problemOf, type Problem } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'

/** Told about every call that somebody makes to a cluster. */
export interface UseObserver {
  started(): void
  /** Once per `started`; with the problem of a call that rejected. */
  ended(problem?: Problem): void
}

/** The same cluster, with each of its calls but `close` reported to the observer. */
export function watchUse(cluster: Cluster, observer: UseObserver): Cluster {
  const around: Partial<Cluster> = {}
  return new Proxy(around as Cluster, {
    get(_target, name) {
      const member: unknown = Reflect.get(cluster, name)
      if (typeof member !== 'function' || name === 'close') return bound(cluster, member)
      return (...args: unknown[]) => {
        const result: unknown = Reflect.apply(member, cluster, args)
        if (result instanceof Promise) return watchPromise(result, observer)
        return isAsyncIterable(result) ? watchIterable(result, observer) : result
      }
    },
  })
}

function bound(target: Cluster, member: unknown): unknown {
  return typeof member === 'function' ? (member.bind(target) as unknown) : member
}

async function watchPromise(promise: Promise<unknown>, observer: UseObserver): Promise<unknown> {
  observer.started()
  try {
    const value = await promise
    observer.ended()
    return value
  } catch (error) {
    observer.ended(problemOf(error))
    throw error
  }
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value
}

async function* watchIterable(
  source: AsyncIterable<unknown>,
  observer: UseObserver,
): AsyncGenerator<unknown, void, void> {
  observer.started()
  let problem: Problem | undefined
  try {
    for await (const item of source) yield item
  } catch (error) {
    problem = problemOf(error)
    throw error
  } finally {
    observer.ended(problem)
  }
}
