import type { GroupReading } from '../../lag/reading.ts'
import type { Membership } from './inlineText.ts'

export interface PausedMember {
  /** Absent: its join was not seen. */
  readonly memberId?: string
  /** Ms. Absent: not known. */
  readonly sessionTimeout?: number
  /** When it stopped, ms since the epoch. */
  readonly stoppedAt: number
}

/**
 * kafkajs sends heartbeats from its run loop, which waits up to this long for records (its
 * `maxWaitTimeInMs`): the last heartbeat may be so much older than the stop. Measured: with a
 * session of 10 s members were dropped 5.3 to 9.9 s after the stop.
 */
export const OLDEST_HEARTBEAT = 5000

/** From this part of its session on a member is warned of. */
const WARN_FROM = 0.5

/**
 * Whether a member that stands at a breakpoint is still in its group, and for how long. A member
 * that owned partitions and now owns none, while the owners are known, is out; before that only
 * the session's clock can tell.
 */
export function membershipOf(
  member: PausedMember,
  reading: GroupReading | undefined,
  now: number,
): Membership {
  const { memberId, sessionTimeout, stoppedAt } = member
  if (memberId !== undefined && reading && reading.at > stoppedAt && isGone(memberId, reading))
    return { kind: 'evicted' }
  if (sessionTimeout === undefined || memberId === undefined) return { kind: 'fine' }
  const paused = now - stoppedAt
  if (paused < sessionTimeout * WARN_FROM) return { kind: 'fine' }
  return { kind: 'leaving', inMs: Math.max(0, sessionTimeout - paused) }
}

function isGone(memberId: string, { partitions, state }: GroupReading): boolean {
  if (state === 'Empty' || state === 'Dead') return true
  // While a group rebalances nobody is told who owns what.
  const known = partitions.filter(({ ownership }) => ownership === 'owned' || ownership === 'none')
  if (known.length === 0 || known.length < partitions.length) return false
  return known.every(({ owner }) => owner?.memberId !== memberId)
}
