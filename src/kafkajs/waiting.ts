/** How long a wait may take and who may end it earlier. */
export interface Limit {
  readonly ms: number
  readonly signal?: AbortSignal | undefined
  /** Made when the time is over; the wait rejects with it. */
  readonly onTimeout: () => Error
}

/**
 * Waits for `work`, but no longer than the limit allows: rejects with the limit's error, or with the
 * signal's reason as soon as it aborts. The work itself is left to end as it likes. The timer keeps
 * the process alive while somebody waits, which the sockets do not.
 */
export function within<T>(work: Promise<T>, { ms, signal, onTimeout }: Limit): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(() => reject(onTimeout())), ms)
    const onAbort = () => end(() => reject(reasonOf(signal)))
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', onAbort)
      settle()
    }
    if (signal?.aborted) {
      onAbort()
    } else {
      signal?.addEventListener('abort', onAbort)
    }
    work.then(
      value => end(() => resolve(value)),
      (error: unknown) => end(() => reject(toError(error))),
    )
  })
}

/** Resolves after `ms`; rejects with the signal's reason as soon as it aborts. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const elapsed = new Promise<void>(resolve => {
    timer = setTimeout(resolve, ms)
  })
  return within(elapsed, {
    ms: ms + 1_000,
    signal,
    onTimeout: () => new Error('A timer did not fire.'),
  }).finally(() => clearTimeout(timer))
}

/** Why a signal aborted, as an error. */
export function reasonOf(signal: AbortSignal | undefined): Error {
  return toError(signal?.reason ?? new Error('Cancelled.'))
}

export function toError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown))
}
