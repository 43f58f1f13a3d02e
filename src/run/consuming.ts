import type { Problem } from '../base/problem.ts'
import type { Cluster, JoinRequest } from '../kafka/cluster.ts'
import type { RecordFilter } from '../kafka/filter.ts'
import type { Group } from '../kafka/model.ts'
import type { Positions, ReadRequest } from '../kafka/reading.ts'
import { partitionsIn, type PartitionRange } from '../language/values/partitions.ts'
import { missingPartition } from './missingPartition.ts'

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
  /** Where a group is joined, records for which it does not hold are committed all the same. */
  readonly filter?: RecordFilter
  readonly limit?: number
  readonly isolation?: 'read_committed' | 'read_uncommitted'
}

export interface ConsumeContext {
  readonly cluster: Pick<Cluster, 'describeTopics' | 'describeGroups'>
  readonly signal: AbortSignal
  /** Whether a member of a group is one that this program runs. */
  isOurs(memberId: string): boolean
}

/** How a plan is to be carried out. */
export type Decision =
  /** Reads partitions directly; the notice says why it is not what the plan seems to ask (K401). */
  | { readonly mode: 'browse'; readonly request: ReadRequest; readonly notice?: string }
  | { readonly mode: 'join'; readonly request: JoinRequest }
  /** It cannot be carried out as it stands. */
  | { readonly mode: 'refuse'; readonly problem: Problem }

/**
 * Whether a plan joins its group: only where that disturbs nobody (kafka-file specification,
 * section 3). A group with live members of others, or one that is not classic, is read from its
 * committed offsets without joining. Only looks. Rejects where the cluster does not answer, or the
 * signal aborts.
 */
export async function decide(plan: ConsumePlan, context: ConsumeContext): Promise<Decision> {
  const found = await partitionsOf(plan, context)
  if ('problem' in found) return refuse(found.problem)
  const way = await wayOf(plan, context)
  if (way.mode === 'refuse') return way
  if (way.mode === 'join')
    return { mode: 'join', request: joinRequest(plan, found.partitions, way.group) }
  const { notice } = way
  return {
    mode: 'browse',
    request: readRequest(plan, found.partitions),
    ...(notice !== undefined && { notice }),
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
  const count = topic.partitions.length
  const problem = missingPartition(plan, count)
  if (problem) return { problem }
  return { partitions: plan.partitions && partitionsIn(plan.partitions, count) }
}

function unknownTopic(topic: string): Problem {
  return {
    code: 'UNKNOWN_TOPIC_OR_PARTITION',
    message: `Topic "${topic}" does not exist on this cluster.`,
    advice: 'Check its name and the cluster, or create it.',
  }
}

type Way =
  | { readonly mode: 'join'; readonly group: string }
  | { readonly mode: 'browse'; readonly notice?: string }
  | { readonly mode: 'refuse'; readonly problem: Problem }

async function wayOf(plan: ConsumePlan, context: ConsumeContext): Promise<Way> {
  if (plan.group === undefined) return { mode: 'browse' }
  const { cluster, signal } = context
  const wanted = [{ groupId: plan.group, type: 'unknown' }] as const
  const [group] = await cluster.describeGroups(wanted, { signal, whenCoordinated: true })
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
  if (plan.commit === true) return { mode: 'join', group: name }
  if (plan.commit === false) return { mode: 'browse' }
  const others = (group?.members ?? []).filter(({ memberId }) => !context.isOurs(memberId)).length
  if (others > 0)
    return browseInstead(
      plan,
      `Group "${name}" has ${others} active ${others === 1 ? 'member' : 'members'}.`,
      '; "commit: true" joins',
    )
  return { mode: 'join', group: name }
}

/** In words, where a join as a classic consumer would convert or break the group. */
function kindThatCannotBeJoined(group: Group): string | undefined {
  if (group.type === 'consumer') return 'KIP-848 consumer'
  if (group.type === 'streams') return 'streams'
  const { protocolType } = group
  return protocolType === '' || protocolType === 'consumer' ? undefined : protocolType
}

function refuse(problem: Problem): Way & { readonly mode: 'refuse' } {
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

function readRequest(plan: ConsumePlan, partitions: readonly number[] | undefined): ReadRequest {
  const { topic, group, fallback, to, filter, limit, isolation } = plan
  const start = group === undefined ? fallbackPosition(fallback) : committedOf(group)
  return {
    topic,
    from: plan.from ?? { all: start },
    fallback,
    ...(partitions !== undefined && { partitions }),
    ...(to !== undefined && { to }),
    ...(filter !== undefined && { filter }),
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

function joinRequest(
  plan: ConsumePlan,
  partitions: readonly number[] | undefined,
  groupId: string,
): JoinRequest {
  const { topic, from, fallback, to, limit, isolation } = plan
  return {
    groupId,
    topic,
    fallback,
    ...(partitions !== undefined && { partitions }),
    ...(from !== undefined && { from }),
    ...(to !== undefined && { to }),
    ...(limit !== undefined && { limit }),
    ...(isolation !== undefined && { isolation }),
  }
}
