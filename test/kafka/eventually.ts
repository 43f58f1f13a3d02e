import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Looks again and again until `look` gives something other than false or undefined, and fails with
 * `what` when it does not within `patience` milliseconds. What `look` throws counts as not yet.
 */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | false | undefined>,
  patience = 30_000,
): Promise<T> {
  const deadline = Date.now() + patience
  let last: unknown
  while (Date.now() < deadline) {
    try {
      const seen = await look()
      if (seen !== false && seen !== undefined) return seen
    } catch (error) {
      last = error
    }
    await sleep(50)
  }
  throw new Error(`not within ${patience} ms: ${what}`, { cause: last })
}
