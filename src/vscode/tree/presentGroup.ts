import type { GroupType, Member } from '../../kafka/model.ts'
import { count, plural, UNKNOWN } from '../../lag/format.ts'
import type { GroupDetails, GroupPartition } from './data.ts'
import { totalLag } from './groupPartitions.ts'
import type { NodeOf } from './nodes.ts'
import { branch, ERROR, join, type Presentation } from './presentation.ts'
import { offsetText } from './presentTopic.ts'
import type { TreeState } from './treeState.ts'

export function groupCount(node: NodeOf<'groups'>, state: TreeState): string | undefined {
  const groups = state.data(node.clusterId).groups?.value?.groups
  return groups && count(groups.size)
}

export function presentGroup(node: NodeOf<'group'>, state: TreeState): Presentation {
  const data = state.data(node.clusterId)
  const details = data.groupDetails.get(node.groupId)?.value
  const group = details?.group.value
  const listing = data.groups?.value?.groups.get(node.groupId)
  const type = group?.type ?? listing?.type ?? 'unknown'
  const protocol = group?.protocolType ?? listing?.protocolType ?? ''
  return {
    label: node.groupId,
    description: join(
      groupTypeText(type, protocol),
      group?.state ?? listing?.state ?? UNKNOWN,
      details && groupLagText(details, type),
    ),
    icon: { id: type === 'streams' ? 'git-merge' : 'organization' },
    contextValue: `group:${type}`,
    expandable: true,
  }
}

/** `consumer` is a group of the KIP-848 protocol; a classic one may belong to Connect and others. */
export function groupTypeText(type: GroupType, protocolType: string): string {
  if (type === 'unknown') return UNKNOWN
  if (type !== 'classic') return type
  return protocolType === '' || protocolType === 'consumer' ? 'classic' : `classic ${protocolType}`
}

function groupLagText(details: GroupDetails, type: GroupType): string | undefined {
  const partitions = [...details.topics.values()].flat()
  if (partitions.length > 0) return lagText(partitions, type)
  return details.problem ? `lag ${UNKNOWN}` : undefined
}

/** `lag 1,204`; `≥` where some partition is unknown, `up to` where one has no commit. */
export function lagText(partitions: readonly GroupPartition[], type: GroupType): string {
  const { lag, partial, bound } = totalLag(partitions)
  if (lag === undefined) return type === 'share' ? 'lag not reported' : `lag ${UNKNOWN}`
  if (partial && bound) return `lag about ${count(lag)}`
  return `lag ${partial ? '≥ ' : bound ? 'up to ' : ''}${count(lag)}`
}

export function presentMembers(node: NodeOf<'members'>, state: TreeState): Presentation {
  const group = state.data(node.clusterId).groupDetails.get(node.groupId)?.value?.group.value
  return branch('Members', 'person', 'members', group ? count(group.members.length) : UNKNOWN)
}

export function presentMember(node: NodeOf<'member'>, state: TreeState): Presentation {
  const group = state.data(node.clusterId).groupDetails.get(node.groupId)?.value?.group.value
  const member = group?.members.find(({ memberId }) => memberId === node.memberId)
  return {
    label: nameOf(member) ?? node.memberId,
    description: member
      ? join(member.host, plural(member.assignment.length, 'partition'))
      : UNKNOWN,
    icon: { id: 'person' },
    contextValue: 'member',
    expandable: true,
  }
}

/** Some clients give no id of their own. */
function nameOf(member: Member | undefined): string | undefined {
  return member?.clientId === '' ? undefined : member?.clientId
}

export function presentGroupTopic(node: NodeOf<'group-topic'>, state: TreeState): Presentation {
  const details = state.data(node.clusterId).groupDetails.get(node.groupId)?.value
  const partitions = details?.topics.get(node.topic) ?? []
  const lost = partitions.some(isDataLost)
  return {
    label: node.topic,
    description: join(
      lagText(partitions, details?.group.value?.type ?? 'unknown'),
      plural(partitions.length, 'partition'),
      lost && 'records lost',
    ),
    icon: lost ? { id: 'error', color: ERROR } : { id: 'list-flat' },
    contextValue: 'group-topic',
    expandable: true,
  }
}

/** The commit is below the log start: retention took records that were not read. */
export function isDataLost({ committed, logStartOffset }: GroupPartition): boolean {
  const at = committed?.committedOffset
  return at !== undefined && logStartOffset !== undefined && at < logStartOffset
}

export function presentGroupPartition(
  node: NodeOf<'group-partition'>,
  state: TreeState,
): Presentation {
  const details = state.data(node.clusterId).groupDetails.get(node.groupId)?.value
  const partition = details?.topics.get(node.topic)?.find(one => one.partition === node.partition)
  const share = details?.group.value?.type === 'share'
  const ownersKnown = details?.group.value !== undefined && !share
  const trouble = partition && (isDataLost(partition) || partition.problem !== undefined)
  return {
    label: `Partition ${node.partition}`,
    description: partition
      ? join(
          share ? shareText(partition) : progressText(partition),
          partition.owner ?? (ownersKnown && 'no owner'),
        )
      : UNKNOWN,
    icon: trouble ? { id: 'error', color: ERROR } : { id: 'symbol-array' },
    contextValue: 'group-partition',
    expandable: false,
  }
}

function shareText({ lag, problem }: GroupPartition): string {
  if (problem) return problem.message
  return lag === undefined ? 'lag not reported' : `lag ${count(lag)}`
}

function progressText(partition: GroupPartition): string {
  const { committed, logStartOffset, logEndOffset, lag, problem } = partition
  const at = committed?.committedOffset
  if (problem) return join(problem.message, at !== undefined && `committed ${count(at)}`)
  const end = `end ${offsetText(logEndOffset)}`
  if (at === undefined) return join('no commit', `lag up to ${offsetText(lag)}`, end)
  const lost = isDataLost(partition) && logStartOffset !== undefined ? logStartOffset - at : 0n
  const ahead = logEndOffset !== undefined && at > logEndOffset ? at - logEndOffset : 0n
  return join(
    `lag ${offsetText(lag)}`,
    lost > 0n && `${count(lost)} records lost`,
    ahead > 0n && `${count(ahead)} ahead of the log`,
    `committed ${count(at)}`,
    end,
  )
}
