import { reasonOf, toError } from '../kafkajs/waiting.ts'

/** Waits for `work`, or rejects with the signal's reason as soon as it aborts. Leaves no listener. */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(reasonOf(signal))
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
    work
      .then(resolve, (error: unknown) => reject(toError(error)))
      .finally(() => signal.removeEventListener('abort', onAbort))
  })
}
