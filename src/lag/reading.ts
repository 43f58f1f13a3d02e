import type { Problem } from '../base/problem.ts'
import type { Group, GroupType, TopicPartition } from '../kafka/model.ts'
import type { BurrowGroupStatus, BurrowStatus } from './burrow.ts'

/** Who reads a partition. */
export interface Owner {
  readonly memberId: string
  readonly clientId: string
  readonly host: string
}

/**
 * Whether somebody reads a partition: `none` is known, `unknown` is not (no describing allowed, or
 * a manual assignment, which no broker tells), `kept` is the last known owner while the group
 * rebalances, when brokers tell no assignment.
 */
export type Ownership = 'owned' | 'kept' | 'none' | 'unknown'

/** What is wrong, or right, with one partition; from the worst to the best. */
export type Verdict =
  /** The commit is below the log start: so many records went unread. */
  | { readonly kind: 'lost'; readonly records: bigint; readonly logStartOffset: bigint }
  /** Unread records, and nobody reads. `since` is when the last owner was seen, if one was. */
  | { readonly kind: 'stopped'; readonly since?: number }
  /** An owner is there, its offset does not move. `observed`: the last move was seen, else `since` is when looking began. */
  | {
      readonly kind: 'stalled'
      readonly since: number
      readonly observed: boolean
      readonly ownership: Ownership
    }
  /** No end to be had now; the numbers are of `since`. */
  | { readonly kind: 'no-leader'; readonly since?: number; readonly problem: Problem }
  /** The commit is beyond the end: truncated or re-created. */
  | { readonly kind: 'ahead'; readonly by: bigint }
  /** The commit went back and has not been made good. */
  | {
      readonly kind: 'rewound'
      readonly back: bigint
      readonly at: number
      readonly now: Movement
    }
  | { readonly kind: 'behind'; readonly consumeRate: number; readonly produceRate: number }
  /** `gone`: there was a commit, until `at`. */
  | {
      readonly kind: 'no-commit'
      readonly ownership: Ownership
      readonly gone?: { readonly offset: bigint; readonly at: number }
    }
  /** The end may not or cannot be read. */
  | { readonly kind: 'unreadable'; readonly problem: Problem }
  | { readonly kind: 'closing' }
  /** Too few looks to tell how it moves. */
  | { readonly kind: 'measuring' }
  /** A share group on a broker that does not tell its lag. */
  | { readonly kind: 'not-reported' }
  | { readonly kind: 'topic-deleted' }
  /** Nothing unread, and nobody reads. */
  | { readonly kind: 'idle' }
  | { readonly kind: 'fine' }

export type VerdictKind = Verdict['kind']
export type Movement = 'behind' | 'closing' | 'fine' | 'measuring'

export interface PartitionReading extends TopicPartition {
  readonly owner?: Owner
  readonly ownership: Ownership
  /** The next record to be read. Absent: no commit. */
  readonly committedOffset?: bigint
  readonly logStartOffset?: bigint
  readonly logEndOffset?: bigint
  /** Offsets, not records: control and compacted ones count. Absent: not known. */
  readonly lag?: bigint
  /** `lag` is the most it can be, for there is no commit. */
  readonly lagIsBound: boolean
  /** Records per second, over some seconds. Absent: too few looks. */
  readonly produceRate?: number
  readonly consumeRate?: number
  /** When the commit was last seen to change. Absent: it never was. */
  readonly lastChange?: number
  /** When looking began. */
  readonly watchedSince: number
  readonly verdict: Verdict
  readonly burrow: BurrowStatus
}

export type Direction = 'rising' | 'falling' | 'flat'

/** Everything that one look told about a group. */
export interface GroupReading {
  readonly groupId: string
  readonly type: GroupType
  /** Kafka's own word; absent: not known. */
  readonly state?: string
  readonly groupEpoch?: number
  /** Commits without ever joining. */
  readonly manual: boolean
  /** Absent: not known. */
  readonly members?: number
  /** Ms since the epoch: when the commits were read. */
  readonly at: number
  readonly partitions: readonly PartitionReading[]
  /** Of the partitions whose lag is known. Absent: of none. */
  readonly totalLag?: bigint
  /** Some partition's lag is missing in the total. */
  readonly totalIsPartial: boolean
  readonly maximum?: TopicPartition & { readonly lag: bigint }
  readonly produceRate?: number
  readonly consumeRate?: number
  /** Where the total goes, and since when. Absent: too few looks. */
  readonly trend?: { readonly direction: Direction; readonly since: number }
  readonly burrow: BurrowGroupStatus
  /** Why the members are not known. */
  readonly problem?: Problem
}

/** What one look saw of a partition, before it is compared with earlier looks. */
export interface PartitionSample extends TopicPartition {
  readonly committedOffset?: bigint
  readonly commitProblem?: Problem
  readonly logStartOffset?: bigint
  readonly logEndOffset?: bigint
  readonly endProblem?: Problem
  /** Share groups: the broker's own count. */
  readonly reportedLag?: bigint
}

/** What one look saw of a group. */
export interface GroupSample {
  /** Ms since the epoch: when the commits had been read. */
  readonly at: number
  /** Ms between looks, as planned: a much longer one is a gap, over which nothing is concluded. */
  readonly interval: number
  /** The newest description, possibly of an earlier look. */
  readonly group: Group
  readonly partitions: readonly PartitionSample[]
}

/** A name for a partition that is also a key: `orders-3`. Topic names may hold dashes, numbers last. */
export function partitionName({ topic, partition }: TopicPartition): string {
  return `${topic}-${partition}`
}

/** By topic, then by number. */
export function byPartition(a: TopicPartition, b: TopicPartition): number {
  if (a.topic === b.topic) return a.partition - b.partition
  return a.topic < b.topic ? -1 : 1
}
