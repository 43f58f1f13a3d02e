import type { Problem } from '../base/problem.ts'
import { pause } from './waiting.ts'

/** How long a group may be without a coordinator, ms. */
const COORDINATOR_TIMEOUT_MS = 30_000
const COORDINATOR_PAUSE_MS = 300

const NOT_COORDINATED: ReadonlySet<string | undefined> = new Set([
  'COORDINATOR_NOT_AVAILABLE',
  'COORDINATOR_LOAD_IN_PROGRESS',
  'NOT_COORDINATOR',
])

/** Whether an answer about a group says only that nobody coordinates it yet. */
export function isNotCoordinated(problem: Problem | undefined): boolean {
  return NOT_COORDINATED.has(problem?.code)
}

/**
 * Asks about groups until each has a coordinator, or has had none for half a minute: a broker that
 * has just started loads its groups first, and the first group of a cluster has no coordinator
 * until the topic `__consumer_offsets` is made. Rejects as soon as the signal aborts.
 */
export async function whenCoordinated<T extends { readonly problem?: Problem }>(
  ask: () => Promise<readonly T[]>,
  signal: AbortSignal | undefined,
): Promise<readonly T[]> {
  for (const end = Date.now() + COORDINATOR_TIMEOUT_MS; ;) {
    const answers = await ask()
    if (!answers.some(({ problem }) => isNotCoordinated(problem)) || Date.now() >= end)
      return answers
    await pause(COORDINATOR_PAUSE_MS, signal)
  }
}
