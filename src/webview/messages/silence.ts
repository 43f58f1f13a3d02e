import type { MessagesState, PartitionState } from '../../protocol/messages.ts'
import { isRunning } from './toolbar.ts'

/** Since when nothing that is read for has answered, ms since the epoch; undefined: something does. */
export function silentSince({ phase, progress }: MessagesState): number | undefined {
  if (!isRunning(phase)) return undefined
  // What has reached its end, or was given up, is asked for nothing.
  const asked = progress.filter(
    ({ percent, problem, failingSince }) =>
      failingSince !== undefined || (!problem && (phase !== 'reading' || percent !== 100)),
  )
  const since = asked.map(({ failingSince }) => failingSince).filter(time => time !== undefined)
  return since.length > 0 && since.length === asked.length ? Math.max(...since) : undefined
}

/** When the first of them is tried again; undefined: none will be. */
export function nextTry(sick: readonly PartitionState[]): number | undefined {
  const times = sick.map(({ nextTryAt }) => nextTryAt).filter(time => time !== undefined)
  return times.length === 0 ? undefined : Math.min(...times)
}
