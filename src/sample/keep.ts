import { setTimeout as sleep } from 'node:timers/promises'

export type Say = (line: string) => void

const PAUSE = 3000

/**
 * Does a work until the signal aborts, beginning again whenever it fails. The same failure is said
 * once, however often it returns.
 */
export async function keepDoing(
  name: string,
  say: Say,
  signal: AbortSignal,
  work: () => Promise<void>,
): Promise<void> {
  let said: string | undefined
  const isOver = () => signal.aborted
  while (!isOver()) {
    try {
      await work()
      said = undefined
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error)
      if (text !== said && !isOver()) say(`${name}: ${text}; trying again`)
      said = text
    }
    await pause(PAUSE, signal)
  }
}

/** Waits, but not longer than until the signal aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return
  await sleep(milliseconds, undefined, { signal }).catch(() => undefined)
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}
