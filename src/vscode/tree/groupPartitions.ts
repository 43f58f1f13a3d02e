import type { OffsetAnswer, ShareGroupOffset } from '../../kafka/cluster.ts'
import type { CommittedOffset, Group, TopicPartition } from '../../kafka/model.ts'
import type { GroupPartition } from './data.ts'

/** A partition that belongs to a group, by a commit or by a member, before its log is looked at. */
export interface Claim extends TopicPartition {
  /** Client id of the member that reads it. */
  readonly owner?: string
  readonly committed?: CommittedOffset
  /** Share groups: progress as the broker counts it. */
  readonly share?: ShareGroupOffset
}

type Answer = Pick<OffsetAnswer, 'offset' | 'problem'>

/** All partitions with a commit, an owner or a share group's progress, sorted. */
export function claimsOf(
  group: Group | undefined,
  commits: readonly CommittedOffset[],
  share: readonly ShareGroupOffset[],
): readonly Claim[] {
  const claims = new Map<string, Claim>()
  const add = ({ topic, partition }: TopicPartition, more: Partial<Claim>) => {
    const key = `${topic}/${partition}`
    claims.set(key, { ...claims.get(key), topic, partition, ...more })
  }
  for (const committed of commits) {
    if (committed.committedOffset !== undefined || committed.problem) add(committed, { committed })
  }
  for (const offset of share) add(offset, { share: offset })
  for (const member of group?.members ?? []) {
    for (const assigned of member.assignment) {
      add(assigned, { owner: member.clientId || member.memberId })
    }
  }
  return [...claims.values()].sort(byTopicAndPartition)
}

/** By topic, then by number. */
export function byTopicAndPartition(a: TopicPartition, b: TopicPartition): number {
  if (a.topic === b.topic) return a.partition - b.partition
  return a.topic < b.topic ? -1 : 1
}

/**
 * The lag of one partition. Without a commit it is at most what the log holds; a commit below the
 * log start leaves what the log still holds; a share group's lag is only what its broker reports.
 */
export function measure(claim: Claim, start: Answer, end: Answer): GroupPartition {
  const { topic, partition, owner, committed, share } = claim
  const problem = committed?.problem ?? share?.problem ?? end.problem ?? start.problem
  const lag = share ? share.lag : lagOf(committed?.committedOffset, start.offset, end.offset)
  return {
    topic,
    partition,
    committed,
    bound: !share && committed?.committedOffset === undefined,
    ...(owner !== undefined && { owner }),
    ...(start.offset !== undefined && { logStartOffset: start.offset }),
    ...(end.offset !== undefined && { logEndOffset: end.offset }),
    ...(lag !== undefined && { lag }),
    ...(problem && { problem }),
  }
}

function lagOf(
  committed: bigint | undefined,
  start: bigint | undefined,
  end: bigint | undefined,
): bigint | undefined {
  if (end === undefined) return undefined
  const from =
    committed === undefined || (start !== undefined && committed < start) ? start : committed
  if (from === undefined) return undefined
  return end > from ? end - from : 0n
}

/** A sum that says whether something is missing in it, or only a bound. */
export interface TotalLag {
  /** Absent: no partition's lag is known. */
  readonly lag?: bigint
  readonly partial: boolean
  readonly bound: boolean
}

export function totalLag(partitions: readonly GroupPartition[]): TotalLag {
  const known = partitions.flatMap(({ lag }) => (lag === undefined ? [] : [lag]))
  return {
    partial: known.length < partitions.length,
    bound: partitions.some(({ bound, lag }) => bound && lag !== undefined && lag > 0n),
    ...(known.length > 0 && { lag: known.reduce((sum, lag) => sum + lag, 0n) }),
  }
}
