import { unlessCancelled } from './cancelling.ts'

/**
 * Lets one run at a time, in the order in which they came: an editor shows one prompt, and a second
 * one would close the first. Who aborts while waiting is rejected as cancelled and skipped.
 */
export type Turns = <T>(signal: AbortSignal, run: () => PromiseLike<T>) => Promise<T>

export function createTurns(): Turns {
  let last: Promise<unknown> = Promise.resolve()
  return async (signal, run) => {
    const before = last
    const turn = unlessCancelled(before, signal, 'Waiting was cancelled.').then(run)
    // The next one waits for this run, and for those before it where this one was skipped.
    last = Promise.allSettled([before, turn])
    return turn
  }
}
