import { problemOf, type Problem } from '../base/problem.ts'
import type { Cluster, JoinRequest } from '../kafka/cluster.ts'
import { firstBeyond, partitionsIn, type PartitionRange } from '../language/values/partitions.ts'
import type { Group, Topic } from '../kafka/model.ts'
import type { PartitionProgress, Positions, ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { ConsumeEvent, Ended } from './events.ts'
import { chunkOfPage, chunkOfRecords } from './recordStore.ts'

/** What a CONSUMER reads, as plain data. */
export interface ConsumePlan {
  readonly topic: string
  /** Absent: partitions are read directly, no group is joined, nothing is committed. */
  readonly group?: string
  /** As `commit:` says it; absent: joins where that disturbs nobody. */
  readonly commit?: boolean
  readonly partitions?: readonly PartitionRange[]
  /** Absent: where the group stands, else `fallback`. */
  readonly from?: Positions
  readonly fallback: 'earliest' | 'latest'
  readonly to?: Positions
  readonly limit?: number
  readonly isolation?: 'read_committed' | 'read_uncommitted'
}

export interface ConsumeContext {
  readonly cluster: Cluster
  readonly signal: AbortSignal
  /** Whether a member of a group is one that this program runs. */
  isOurs(memberId: string): boolean
}

/**
 * Reads as the plan says until it ends, fails or the signal aborts. Joins the plan's group only
 * where that disturbs nobody (kafka-file specification, section 3): a group with live members of
 * others, or one that is not classic, is read from its committed offsets without joining.
 */
export async function* consume(
  plan: ConsumePlan,
  context: ConsumeContext,
): AsyncGenerator<ConsumeEvent> {
  try {
    const found = await partitionsOf(plan, context)
    if ('problem' in found) {
      yield { kind: 'ended', reason: 'failed', problem: found.problem }
      return
    }
    const way = await wayOf(plan, context)
    if (way.mode === 'refuse') yield refused(way.problem)
    else if (way.mode === 'join') yield* join(plan, found.partitions, way.group, context)
    else yield* browse(plan, found.partitions, way.notice, context)
  } catch (error) {
    yield endedBy(error, context.signal)
  }
}

type Found = { readonly partitions: readonly number[] | undefined } | { readonly problem: Problem }

/** The topic must be there, and each partition that is asked for: nothing is created by looking. */
async function partitionsOf(
  plan: ConsumePlan,
  { cluster, signal }: ConsumeContext,
): Promise<Found> {
  const [topic] = await cluster.describeTopics([plan.topic], { signal })
  if (!topic || topic.problem) return { problem: topic?.problem ?? unknownTopic(plan.topic) }
  if (!plan.partitions) return { partitions: undefined }
  const count = topic.partitions.length
  const missing = firstBeyond(plan.partitions, count)
  return missing === undefined
    ? { partitions: partitionsIn(plan.partitions, count) }
    : { problem: unknownPartition(missing, topic) }
}

function unknownTopic(topic: string): Problem {
  return {
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message: `Topic "${topic}" does not exist on this cluster.`,
    advice: 'Check its name and the cluster, or create it.',
  }
}

function unknownPartition(partition: number, topic: Topic): Problem {
  const last = topic.partitions.length - 1
  const there = last === 0 ? 'only partition 0' : `partitions 0-${last}`
  return {
    code: 'K204',
    message: `Partition ${partition} does not exist: topic "${topic.name}" has ${there}.`,
  }
}

type Way =
  | { readonly mode: 'join'; readonly group: string }
  | { readonly mode: 'browse'; readonly notice?: string }
  | { readonly mode: 'refuse'; readonly problem: Problem }

async function wayOf(plan: ConsumePlan, context: ConsumeContext): Promise<Way> {
  if (plan.group === undefined) return { mode: 'browse' }
  const { cluster, signal } = context
  const [group] = await cluster.describeGroups([{ groupId: plan.group, type: 'unknown' }], {
    signal,
  })
  // A group that is not there yet comes to be by joining it.
  if (group?.problem?.code === 'GROUP_ID_NOT_FOUND')
    return wayForGroup(plan, plan.group, undefined, context)
  if (group?.problem) return { mode: 'refuse', problem: group.problem }
  return wayForGroup(plan, plan.group, group, context)
}

function wayForGroup(
  plan: ConsumePlan,
  name: string,
  group: Group | undefined,
  context: ConsumeContext,
): Way {
  if (group?.type === 'share') return refuse(shareGroup(name))
  const otherKind = group && kindThatCannotBeJoined(group)
  if (otherKind !== undefined)
    return plan.commit === true
      ? refuse(cannotJoin(name, otherKind))
      : browseInstead(plan, `Group "${name}" is a ${otherKind} group.`)
  if (plan.commit === true)
    return plan.to === undefined ? { mode: 'join', group: name } : refuse(joinWithEnd())
  if (plan.commit === false) return { mode: 'browse' }
  const others = (group?.members ?? []).filter(({ memberId }) => !context.isOurs(memberId)).length
  if (others > 0)
    return browseInstead(
      plan,
      `Group "${name}" has ${others} active ${others === 1 ? 'member' : 'members'}.`,
      '; "commit: true" joins',
    )
  if (plan.to !== undefined)
    return browseInstead(plan, `A CONSUMER with "to:" leaves group "${name}" where it is.`)
  return { mode: 'join', group: name }
}

/** In words, where a join as a classic consumer would convert or break the group. */
function kindThatCannotBeJoined(group: Group): string | undefined {
  if (group.type === 'consumer') return 'KIP-848 consumer'
  if (group.type === 'streams') return 'streams'
  const { protocolType } = group
  return protocolType === '' || protocolType === 'consumer' ? undefined : protocolType
}

function refuse(problem: Problem): Way {
  return { mode: 'refuse', problem }
}

/** The words of K401. */
function browseInstead(plan: ConsumePlan, why: string, more = ''): Way {
  const start = plan.from === undefined ? 'its committed offsets' : 'the start given in "from:"'
  return { mode: 'browse', notice: `${why} Reading from ${start} without joining${more}.` }
}

function shareGroup(group: string): Problem {
  return {
    code: 'share-group',
    message: `Group "${group}" is a share group, which has no committed offsets to read from.`,
    advice: 'Leave out the group to browse the topic.',
  }
}

function cannotJoin(group: string, kind: string): Problem {
  return {
    code: 'K401',
    message: `Group "${group}" is a ${kind} group: joining it as a classic member would break it.`,
    advice: 'Leave out "commit: true" to read from its committed offsets without joining.',
  }
}

function joinWithEnd(): Problem {
  return {
    code: 'join-with-end',
    message: '"commit: true" and "to:" cannot be used together so far.',
    advice: 'Leave out one of them.',
  }
}

async function* browse(
  plan: ConsumePlan,
  partitions: readonly number[] | undefined,
  notice: string | undefined,
  { cluster, signal }: ConsumeContext,
): AsyncGenerator<ConsumeEvent> {
  yield { kind: 'started', mode: 'browse', ...(notice !== undefined && { notice }) }
  for await (const update of cluster.read(readRequest(plan, partitions), { signal })) {
    yield* eventsOf(update)
    if (update.done) break
  }
  yield { kind: 'ended', reason: signal.aborted ? 'stopped' : 'done' }
}

function readRequest(plan: ConsumePlan, partitions: readonly number[] | undefined): ReadRequest {
  const { topic, group, fallback, to, limit, isolation } = plan
  const start = group === undefined ? fallbackPosition(fallback) : committedOf(group)
  return {
    topic,
    from: plan.from ?? { all: start },
    fallback,
    ...(partitions !== undefined && { partitions }),
    ...(to !== undefined && { to }),
    ...(limit !== undefined && { limit }),
    ...(isolation !== undefined && { isolation }),
  }
}

function fallbackPosition(fallback: 'earliest' | 'latest') {
  return { kind: fallback } as const
}

function committedOf(group: string) {
  return { kind: 'committed', group } as const
}

function* eventsOf(update: ReadUpdate): Generator<ConsumeEvent> {
  if (update.pages.length > 0) yield { kind: 'records', chunks: update.pages.map(chunkOfPage) }
  yield {
    kind: 'progress',
    partitions: update.progress,
    bytesRead: update.bytesRead,
    recordsRead: update.recordsRead,
    caughtUp: update.progress.length > 0 && update.progress.every(isAtEnd),
  }
}

function isAtEnd(partition: PartitionProgress): boolean {
  if (partition.done || partition.problem) return true
  const end = partition.lastStableOffset ?? partition.highWatermark
  return end !== undefined && partition.position >= end
}

async function* join(
  plan: ConsumePlan,
  partitions: readonly number[] | undefined,
  group: string,
  { cluster, signal }: ConsumeContext,
): AsyncGenerator<ConsumeEvent> {
  yield { kind: 'started', mode: 'join' }
  let obstacle: Problem | undefined
  for await (const update of cluster.join(joinRequest(plan, partitions, group), { signal })) {
    obstacle = update.kind === 'problem' ? update.problem : undefined
    if (update.kind !== 'records') {
      yield update
      continue
    }
    if (update.records.length > 0)
      yield { kind: 'records', chunks: [chunkOfRecords(update.records)] }
  }
  if (signal.aborted) yield { kind: 'ended', reason: 'stopped' }
  // Without a limit nothing but a problem ends a membership.
  else
    yield {
      kind: 'ended',
      ...(obstacle ? { reason: 'failed', problem: obstacle } : { reason: 'done' }),
    }
}

function joinRequest(
  plan: ConsumePlan,
  partitions: readonly number[] | undefined,
  groupId: string,
): JoinRequest {
  const { topic, from, fallback, limit, isolation } = plan
  return {
    groupId,
    topic,
    fallback,
    ...(partitions !== undefined && { partitions }),
    ...(from !== undefined && { from }),
    ...(limit !== undefined && { limit }),
    ...(isolation !== undefined && { isolation }),
  }
}

function refused(problem: Problem): Ended {
  return { kind: 'ended', reason: 'refused', problem }
}

function endedBy(error: unknown, signal: AbortSignal): Ended {
  return signal.aborted
    ? { kind: 'ended', reason: 'stopped' }
    : { kind: 'ended', reason: 'failed', problem: problemOf(error) }
}
