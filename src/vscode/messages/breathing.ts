import { setImmediate } from 'node:timers/promises'

/** Ms of work at a stretch: the extension host serves everyone else in between. */
const STRETCH = 8

/** Call what it returns between small pieces of work: it waits a turn where that took long enough. */
export function breathing(): () => Promise<void> {
  let since = performance.now()
  return async () => {
    if (performance.now() - since < STRETCH) return
    await setImmediate()
    since = performance.now()
  }
}
