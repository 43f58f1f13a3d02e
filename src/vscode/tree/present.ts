import type { Problem } from '../../base/problem.ts'
import {
  isUnderReplicated,
  type GroupType,
  type Member,
  type Partition,
  type Topic,
} from '../../kafka/model.ts'
import { bytes, count, plural, UNKNOWN } from '../../lag/format.ts'
import type { SavedCluster } from '../clusters/clusters.ts'
import { PASSWORD_NEEDED } from '../clusters/connections.ts'
import { shownTopics } from './children.ts'
import type { GroupDetails, GroupPartition, TopicDetails } from './data.ts'
import { totalLag } from './groupPartitions.ts'
import type { NodeKind, NodeOf, TreeNode } from './nodes.ts'
import { BRANCH_STEP, type TreeState } from './treeState.ts'

/** How a node looks, in VS Code's terms but without VS Code. */
export interface Presentation {
  readonly label: string
  readonly description?: string
  /** A codicon, and a theme colour where it says something. */
  readonly icon: { readonly id: string; readonly color?: string }
  /** Parts joined by colons; menus ask for the first, or for a part. */
  readonly contextValue: string
  readonly expandable: boolean
  /** Run by a click, with the node. */
  readonly command?: { readonly id: string; readonly title: string }
}

const ERROR = 'list.errorForeground'
const WARNING = 'list.warningForeground'

type Present = {
  readonly [Kind in NodeKind]: (node: NodeOf<Kind>, state: TreeState) => Presentation
}

/** How this node looks now. */
export function present(node: TreeNode, state: TreeState): Presentation {
  const draw = PRESENT[node.kind] as (node: TreeNode, state: TreeState) => Presentation
  return draw(node, state)
}

const PRESENT: Present = {
  'settings-problem': (node, state) => ({
    label: state.problems[node.index]?.message ?? 'The settings have a mistake.',
    description: 'Open Settings',
    icon: { id: 'warning', color: WARNING },
    contextValue: 'settings-problem',
    expandable: false,
    command: { id: 'kafkaWorkbench.openClusterSettings', title: 'Open Settings' },
  }),
  cluster: presentCluster,
  brokers: (node, state) => branch('Brokers', 'server', 'brokers', brokerCount(node, state)),
  quorum: presentQuorum,
  broker: presentBroker,
  topics: (node, state) => branch('Topics', 'layers', 'topics', topicCount(node, state)),
  topic: presentTopic,
  partition: presentPartition,
  groups: (node, state) =>
    branch('Consumer Groups', 'organization', 'groups', groupCount(node, state)),
  group: presentGroup,
  members: presentMembers,
  member: presentMember,
  assignment: node => ({
    label: `${node.topic} ${node.partition}`,
    icon: { id: 'symbol-array' },
    contextValue: 'assignment',
    expandable: false,
  }),
  'group-topic': presentGroupTopic,
  'group-partition': presentGroupPartition,
  note: presentNote,
  more: presentMore,
}

function join(...parts: readonly (string | undefined | false)[]): string {
  return parts.filter(Boolean).join(' · ')
}

function branch(
  label: string,
  icon: string,
  contextValue: string,
  description: string | undefined,
): Presentation {
  return {
    label,
    icon: { id: icon },
    contextValue,
    expandable: true,
    ...(description !== undefined && { description }),
  }
}

// Clusters

function presentCluster(node: NodeOf<'cluster'>, state: TreeState): Presentation {
  const saved = state.clusters.find(({ id }) => id === node.clusterId)
  const connection = state.connection(node.clusterId)
  const selected = state.selectedId === node.clusterId
  const words = {
    connected: '',
    disconnected: '',
    connecting: 'connecting…',
    failed: 'no connection',
  }
  return {
    label: saved?.name ?? node.clusterId,
    description: join(
      saved && serversText(saved),
      words[connection.kind],
      selected && 'selected',
      saved?.protected && 'protected',
      saved?.scope === 'workspace' && 'workspace',
    ),
    icon: clusterIcon(saved, connection.kind),
    contextValue: [
      'cluster',
      connection.kind,
      state.isOpen(node.clusterId) ? 'open' : 'closed',
      selected ? 'selected' : 'other',
      saved?.scope ?? 'user',
    ].join(':'),
    expandable: true,
  }
}

function serversText({ bootstrapServers }: SavedCluster): string {
  const [first = '', ...others] = bootstrapServers
  return others.length > 0 ? `${first} + ${others.length}` : first
}

function clusterIcon(
  saved: SavedCluster | undefined,
  connection: 'connected' | 'disconnected' | 'connecting' | 'failed',
): Presentation['icon'] {
  const color = saved?.color === undefined ? {} : { color: `charts.${saved.color}` }
  switch (connection) {
    case 'connected':
      return { id: 'vm-active', ...color }
    case 'disconnected':
      return { id: 'vm', ...color }
    case 'connecting':
      return { id: 'loading~spin' }
    case 'failed':
      return { id: 'error', color: ERROR }
  }
}

// Brokers

function brokerCount(node: NodeOf<'brokers'>, state: TreeState): string | undefined {
  const found = state.data(node.clusterId).brokers?.value
  return found && count(found.description.brokers.length)
}

function presentQuorum(node: NodeOf<'quorum'>, state: TreeState): Presentation {
  const slot = state.data(node.clusterId).brokers?.value?.quorum
  const quorum = slot?.value
  const voters = quorum?.voters.map(({ replicaId }) => replicaId).sort((a, b) => a - b)
  return {
    label: 'KRaft Quorum',
    description: quorum
      ? join(`leader ${quorum.leaderId ?? UNKNOWN}`, `voters ${voters?.join(', ') ?? UNKNOWN}`)
      : UNKNOWN,
    icon: { id: 'law' },
    contextValue: 'quorum',
    expandable: false,
  }
}

function presentBroker(node: NodeOf<'broker'>, state: TreeState): Presentation {
  const found = state.data(node.clusterId).brokers?.value
  const broker = found?.description.brokers.find(({ id }) => id === node.brokerId)
  const quorum = found?.quorum.value
  const isVoter = quorum?.voters.some(({ replicaId }) => replicaId === node.brokerId)
  // In KRaft mode the controller that clients are told is any live broker; the leader is the quorum's.
  const isController = !quorum && found?.description.controllerId === node.brokerId
  return {
    label: `Broker ${node.brokerId}`,
    description: join(
      broker ? `${broker.host}:${broker.port}` : UNKNOWN,
      broker?.rack !== undefined && `rack ${broker.rack}`,
      isController && 'controller',
      quorum?.leaderId === node.brokerId ? 'quorum leader' : isVoter && 'voter',
      broker?.fenced && 'fenced',
    ),
    icon: broker?.fenced ? { id: 'warning', color: WARNING } : { id: 'server' },
    contextValue: 'broker',
    expandable: false,
  }
}

// Topics

function topicCount(node: NodeOf<'topics'>, state: TreeState): string | undefined {
  const topics = state.data(node.clusterId).topics?.value
  if (!topics) return undefined
  const shown = shownTopics(node.clusterId, state).length
  return state.filter ? `${count(shown)} of ${count(topics.size)}` : count(shown)
}

function presentTopic(node: NodeOf<'topic'>, state: TreeState): Presentation {
  const data = state.data(node.clusterId)
  const details = data.topicDetails.get(node.topic)?.value
  const topic = details?.topic ?? data.topics?.value?.get(node.topic)
  return {
    label: node.topic,
    description: topic ? topicText(topic, details) : UNKNOWN,
    icon: topicIcon(topic),
    contextValue: topic?.internal ? 'topic:internal' : 'topic',
    expandable: true,
  }
}

function topicText(topic: Topic, details: TopicDetails | undefined): string {
  if (topic.problem) return topic.problem.message
  const offline = topic.partitions.filter(isOffline).length
  const behind = topic.partitions.filter(isUnderReplicated).length
  return join(
    plural(topic.partitions.length, 'partition'),
    `replication ${replication(topic)}`,
    offline > 0 && `${count(offline)} without leader`,
    behind > 0 && `${count(behind)} under-replicated`,
    details && topicRecords(details),
    details && topicSize(details),
  )
}

export function isOffline({ leader }: Partition): boolean {
  return leader === undefined
}

/** `3`, or `2–3` where partitions differ. */
export function replication({ partitions }: Topic): string {
  const factors = partitions.map(({ replicas }) => replicas.length)
  if (factors.length === 0) return UNKNOWN
  const least = factors.reduce((a, b) => Math.min(a, b))
  const most = factors.reduce((a, b) => Math.max(a, b))
  return least === most ? String(most) : `${least}–${most}`
}

function topicIcon(topic: Topic | undefined): Presentation['icon'] {
  if (topic?.problem ?? topic?.partitions.some(isOffline)) return { id: 'error', color: ERROR }
  if (topic?.partitions.some(isUnderReplicated)) return { id: 'warning', color: WARNING }
  return { id: topic?.internal ? 'gear' : 'list-flat' }
}

function topicRecords(details: TopicDetails): string {
  const counts = details.topic.partitions.map(({ partition }) => recordCount(details, partition))
  const known = counts.flatMap(one => (one === undefined ? [] : [one]))
  if (known.length === 0) return `${UNKNOWN} records`
  const sum = known.reduce((total, one) => total + one, 0n)
  const atLeast = known.length < counts.length ? '≥ ' : ''
  return `${atLeast}${recordsText(sum, details)}`
}

function topicSize({ sizes }: TopicDetails): string | undefined {
  if (!sizes.value || sizes.value.size === 0) return undefined
  return bytes([...sizes.value.values()].reduce((total, one) => total + one, 0n))
}

/** Records between log start and log end: the most there can be, for offsets have gaps. */
export function recordCount(details: TopicDetails, partition: number): bigint | undefined {
  const start = details.starts.value?.get(partition)?.offset
  const end = details.ends.value?.get(partition)?.offset
  return start === undefined || end === undefined ? undefined : end - start
}

/** A compacted log has gaps, so that its offsets say only how many records there are at most. */
export function recordsText(records: bigint | undefined, details: TopicDetails): string {
  if (records === undefined) return `${UNKNOWN} records`
  const text = `${count(records)} ${records === 1n ? 'record' : 'records'}`
  return isCompacted(details) && records > 0n ? `up to ${text}` : text
}

function isCompacted({ configs }: TopicDetails): boolean {
  const policy = configs.value?.find(({ name }) => name === 'cleanup.policy')?.value
  return policy?.includes('compact') ?? false
}

function presentPartition(node: NodeOf<'partition'>, state: TreeState): Presentation {
  const details = state.data(node.clusterId).topicDetails.get(node.topic)?.value
  const partition = details?.topic.partitions.find(one => one.partition === node.partition)
  return {
    label: `Partition ${node.partition}`,
    description: details && partition ? partitionText(details, partition) : UNKNOWN,
    icon: partitionIcon(partition),
    contextValue: 'partition',
    expandable: false,
  }
}

function partitionText(details: TopicDetails, partition: Partition): string {
  const number = partition.partition
  const size = details.sizes.value?.get(number)
  return join(
    isOffline(partition) && 'no leader',
    isUnderReplicated(partition) && 'under-replicated',
    recordsText(recordCount(details, number), details),
    offsetRange(details, number),
    size === undefined ? `${UNKNOWN} on disk` : bytes(size),
    partition.leader !== undefined && `leader ${partition.leader}`,
    `replicas ${idList(partition.replicas)}`,
    `in sync ${idList(partition.inSyncReplicas)}`,
  )
}

/** `0–1,204`: log start and log end offset. */
function offsetRange({ starts, ends }: TopicDetails, partition: number): string {
  const start = starts.value?.get(partition)?.offset
  const end = ends.value?.get(partition)?.offset
  return `${offsetText(start)}–${offsetText(end)}`
}

export function offsetText(offset: bigint | undefined): string {
  return offset === undefined ? UNKNOWN : count(offset)
}

export function idList(ids: readonly number[]): string {
  return ids.length > 0 ? ids.join(', ') : 'none'
}

function partitionIcon(partition: Partition | undefined): Presentation['icon'] {
  if (partition && isOffline(partition)) return { id: 'error', color: ERROR }
  if (partition && isUnderReplicated(partition)) return { id: 'warning', color: WARNING }
  return { id: 'symbol-array' }
}

// Groups

function groupCount(node: NodeOf<'groups'>, state: TreeState): string | undefined {
  const groups = state.data(node.clusterId).groups?.value?.groups
  return groups && count(groups.size)
}

function presentGroup(node: NodeOf<'group'>, state: TreeState): Presentation {
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

function presentMembers(node: NodeOf<'members'>, state: TreeState): Presentation {
  const group = state.data(node.clusterId).groupDetails.get(node.groupId)?.value?.group.value
  return branch('Members', 'person', 'members', group ? count(group.members.length) : UNKNOWN)
}

function presentMember(node: NodeOf<'member'>, state: TreeState): Presentation {
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

function presentGroupTopic(node: NodeOf<'group-topic'>, state: TreeState): Presentation {
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

function presentGroupPartition(node: NodeOf<'group-partition'>, state: TreeState): Presentation {
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

// Notes

/** The problem that a note stands for. */
export function noteProblem(node: NodeOf<'note'>, state: TreeState): Problem | undefined {
  const { parent, clusterId } = node
  const data = state.data(clusterId)
  switch (parent.kind) {
    case 'cluster': {
      const connection = state.connection(clusterId)
      return connection.kind === 'failed' ? connection.problem : undefined
    }
    case 'brokers':
      return data.brokers?.problem
    case 'topics':
      return data.topics?.problem
    case 'groups':
      return data.groups?.problem ?? data.groups?.value?.problems[0]
    case 'topic':
      return data.topicDetails.get(parent.topic)?.problem
    case 'group': {
      const slot = data.groupDetails.get(parent.groupId)
      return slot?.problem ?? slot?.value?.problem
    }
    case 'members':
      return data.groupDetails.get(parent.groupId)?.value?.group.problem
    case 'settings-problem':
    case 'quorum':
    case 'broker':
    case 'partition':
    case 'member':
    case 'assignment':
    case 'group-topic':
    case 'group-partition':
    case 'note':
    case 'more':
      return undefined
  }
}

function presentNote(node: NodeOf<'note'>, state: TreeState): Presentation {
  switch (node.note) {
    case 'loading':
      return presentLoading(node, state)
    case 'problem':
      return presentProblem(node, state)
    case 'empty':
      return presentEmpty(node, state)
  }
}

function presentLoading(node: NodeOf<'note'>, state: TreeState): Presentation {
  const saved = state.clusters.find(({ id }) => id === node.clusterId)
  return {
    label: `Asking ${saved?.bootstrapServers[0] ?? 'the cluster'}…`,
    icon: { id: 'loading~spin' },
    contextValue: `note:loading:${node.parent.kind}`,
    expandable: false,
  }
}

function presentProblem(node: NodeOf<'note'>, state: TreeState): Presentation {
  const problem = noteProblem(node, state)
  const needsPassword = problem?.code === PASSWORD_NEEDED
  return {
    label: problem?.message ?? 'Something went wrong.',
    description: needsPassword ? 'Enter Password' : 'Try Again',
    icon: needsPassword ? { id: 'key' } : { id: 'error', color: ERROR },
    contextValue: `note:problem:${node.parent.kind}`,
    expandable: false,
    command: { id: 'kafkaWorkbench.tryAgain', title: 'Try Again' },
  }
}

function presentEmpty(node: NodeOf<'note'>, state: TreeState): Presentation {
  const text = emptyText(node, state)
  return {
    label: text.label,
    icon: { id: 'info' },
    contextValue: `note:empty:${node.parent.kind}`,
    expandable: false,
    ...(text.command && { description: text.command.title, command: text.command }),
  }
}

function emptyText(
  { parent }: NodeOf<'note'>,
  state: TreeState,
): { readonly label: string; readonly command?: NonNullable<Presentation['command']> } {
  switch (parent.kind) {
    case 'cluster':
      return {
        label: 'Not connected',
        command: { id: 'kafkaWorkbench.connect', title: 'Connect' },
      }
    case 'topics':
      return state.filter
        ? {
            label: `No topic matches "${state.filter}"`,
            command: { id: 'kafkaWorkbench.clearTopicFilter', title: 'Clear Filter' },
          }
        : {
            label: 'No topics',
            command: { id: 'kafkaWorkbench.createTopic', title: 'Create Topic' },
          }
    case 'groups':
      return { label: 'No consumer groups' }
    case 'members':
      return { label: 'No active members' }
    case 'member':
      return { label: 'No partitions assigned' }
    case 'settings-problem':
    case 'brokers':
    case 'quorum':
    case 'broker':
    case 'topic':
    case 'partition':
    case 'group':
    case 'assignment':
    case 'group-topic':
    case 'group-partition':
    case 'note':
    case 'more':
      return { label: 'Nothing to show' }
  }
}

function presentMore(node: NodeOf<'more'>, state: TreeState): Presentation {
  const hidden = hiddenCount(node, state)
  const step = hidden === undefined ? BRANCH_STEP : Math.min(hidden, BRANCH_STEP)
  return {
    label: `Show ${count(step)} more`,
    ...(hidden !== undefined && { description: `${count(hidden)} not shown` }),
    icon: { id: 'ellipsis' },
    contextValue: 'more',
    expandable: false,
    command: { id: 'kafkaWorkbench.showMore', title: 'Show More' },
  }
}

function hiddenCount({ parent, clusterId }: NodeOf<'more'>, state: TreeState): number | undefined {
  const data = state.data(clusterId)
  const shown = state.limit(parent.id)
  if (parent.kind === 'topics') return shownTopics(clusterId, state).length - shown
  if (parent.kind === 'groups') return (data.groups?.value?.groups.size ?? shown) - shown
  if (parent.kind !== 'topic') return undefined
  const partitions = data.topicDetails.get(parent.topic)?.value?.topic.partitions
  return partitions && partitions.length - shown
}
