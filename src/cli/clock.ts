import { setTimeout } from 'node:timers/promises'
import type { Clock } from '../base/clock.ts'

/** The machine's clock and timers. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await setTimeout(ms, undefined, signal && { signal })
    } catch (error) {
      throw signal?.reason instanceof Error ? signal.reason : error
    }
  },
}
