import { unlessAborted } from './aborting.ts'

/** Bounded room between a fast side that fills it and a slow side that empties it. */
export interface Room {
  /** Takes up room, even where there is none; resolves once there is some left for the next. */
  fill(weight: number, signal: AbortSignal): Promise<void>
  /** Gives room back. */
  empty(weight: number): void
}

/** `size` and weights are in the same unit, such as bytes. */
export function newRoom(size: number): Room {
  let used = 0
  let freed = Promise.withResolvers<undefined>()
  return {
    async fill(weight, signal) {
      signal.throwIfAborted()
      used += weight
      while (used > size) await unlessAborted(freed.promise, signal)
    },
    empty(weight) {
      used -= weight
      freed.resolve(undefined)
      freed = Promise.withResolvers<undefined>()
    },
  }
}
