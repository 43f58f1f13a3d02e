import { ProblemError } from '../../base/problem.ts'

/** The code of what the user gave up: nothing is said of it. */
export const CANCELLED = 'cancelled'

export function cancelled(message: string): ProblemError {
  return new ProblemError({ code: CANCELLED, message })
}

/** Waits for `work`, or rejects as cancelled as soon as the signal aborts. Leaves no listener. */
export function unlessCancelled<T>(
  work: Promise<T>,
  signal: AbortSignal,
  message: string,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      reject(cancelled(message))
    }
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort)
    work.then(resolve, reject).finally(() => {
      signal.removeEventListener('abort', onAbort)
    })
  })
}
