import type { Clock } from '../base/clock.ts'

/** A time that ends, and a signal that ends it earlier. Whoever made it disposes it. */
export interface Deadline {
  /** Aborts when the time is over, or the outer signal aborts. */
  readonly signal: AbortSignal
  /** The time is over, and it was not the outer signal. */
  readonly passed: boolean
  dispose(): void
}

/** The longest that a timer can wait: 2^31 - 1 ms, above it fires at once. */
const LONGEST_TIMER = 2_147_483_647

export function deadline(clock: Clock, milliseconds: number, outer: AbortSignal): Deadline {
  const controller = new AbortController()
  const over = new AbortController()
  let passed = false
  const end = clock.now() + milliseconds
  void (async () => {
    const waiting = AbortSignal.any([outer, over.signal])
    try {
      for (let left = milliseconds; left > 0; left = end - clock.now())
        await clock.sleep(Math.min(left, LONGEST_TIMER), waiting)
    } catch {
      return
    }
    if (waiting.aborted) return
    passed = true
    controller.abort()
  })()
  return {
    signal: AbortSignal.any([outer, controller.signal]),
    get passed() {
      return passed
    },
    dispose: () => over.abort(),
  }
}

/** Whether the time passed without the signal aborting. */
export async function slept(
  clock: Clock,
  milliseconds: number,
  signal: AbortSignal,
): Promise<boolean> {
  const end = clock.now() + milliseconds
  try {
    for (let left = milliseconds; left > 0; left = end - clock.now())
      await clock.sleep(Math.min(left, LONGEST_TIMER), signal)
  } catch {
    return false
  }
  return !signal.aborted
}
