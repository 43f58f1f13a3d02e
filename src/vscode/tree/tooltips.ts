import type { Problem } from '../../base/problem.ts'
import type { ConfigEntry } from '../../kafka/model.ts'
import { bytes, count, plural, UNKNOWN } from '../../lag/format.ts'
import { securityOf } from '../clusters/draft.ts'
import type { NodeOf, TreeNode } from './nodes.ts'
import { groupTypeText, lagText } from './presentGroup.ts'
import { noteProblem } from './presentNote.ts'
import { idList, offsetText, recordCount, recordsText, replication } from './presentTopic.ts'
import type { TreeState } from './treeState.ts'

/** A row of a tooltip: what, and its value; absent rows are left out. */
type Row = readonly [name: string, value: string | undefined]

/** The tooltip of a node in Markdown, from what is known already. */
export function tooltipOf(node: TreeNode, state: TreeState): string | undefined {
  switch (node.kind) {
    case 'settings-problem':
      return problemText(state.problems[node.index])
    case 'cluster':
      return clusterTooltip(node, state)
    case 'broker':
      return brokerTooltip(node, state)
    case 'quorum':
      return quorumTooltip(node, state)
    case 'topic':
      return topicTooltip(node, state)
    case 'partition':
      return partitionTooltip(node, state)
    case 'group':
      return groupTooltip(node, state)
    case 'member':
      return memberTooltip(node, state)
    case 'group-partition':
      return groupPartitionTooltip(node, state)
    case 'note':
      return noteTooltip(node, state)
    case 'brokers':
    case 'topics':
    case 'groups':
    case 'members':
    case 'assignment':
    case 'group-topic':
    case 'more':
      return undefined
  }
}

/** Markdown in which nothing but the text itself is shown. */
export function escapeMarkdown(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-.!|<>~&]/g, '\\$&').replace(/\r?\n/g, ' ')
}

function sheet(title: string, rows: readonly Row[]): string {
  const lines = rows.flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`| ${name} | ${escapeMarkdown(value)} |`],
  )
  return [`| ${escapeMarkdown(title)} | |`, '| :-- | :-- |', ...lines].join('\n')
}

function problemText(problem: Problem | undefined): string | undefined {
  if (!problem) return undefined
  const { message, advice, detail } = problem
  const parts = [message, advice].filter(part => part !== undefined).map(escapeMarkdown)
  if (detail !== undefined && detail !== message) parts.push(`_${escapeMarkdown(detail)}_`)
  return parts.join('\n\n')
}

/** Lists leave out what the user may not see, without a word from the broker. */
function noteTooltip(node: NodeOf<'note'>, state: TreeState): string | undefined {
  if (node.note === 'problem') return problemText(noteProblem(node, state))
  const { kind } = node.parent
  if (node.note === 'loading' || (kind !== 'topics' && kind !== 'groups')) return undefined
  return `The broker leaves out ${kind} that you may not describe\\.`
}

const SECURITY = {
  plaintext: 'none (PLAINTEXT)',
  tls: 'TLS',
  mtls: 'TLS with client certificate',
  'sasl-tls': 'SASL over TLS',
  'sasl-plaintext': 'SASL without TLS',
}

function clusterTooltip(node: NodeOf<'cluster'>, state: TreeState): string | undefined {
  const saved = state.clusters.find(({ id }) => id === node.clusterId)
  if (!saved) return undefined
  const connection = state.connection(node.clusterId)
  const found = state.data(node.clusterId).brokers?.value?.description
  return sheet(saved.name, [
    ['Bootstrap servers', saved.bootstrapServers.join(', ')],
    ['Security', SECURITY[securityOf(saved)]],
    ['User', saved.sasl && `${saved.sasl.username} (${saved.sasl.mechanism})`],
    ['Saved in', `${saved.scope} settings`],
    ['Protected', saved.protected ? 'producing, creating and deleting ask first' : undefined],
    ['Throw-away', saved.disposable ? 'topics may be recreated' : undefined],
    ['Cluster id', found?.clusterId],
    ['Connection', connection.kind === 'failed' ? connection.problem.message : connection.kind],
  ])
}

function brokerTooltip(node: NodeOf<'broker'>, state: TreeState): string | undefined {
  const found = state.data(node.clusterId).brokers?.value
  const broker = found?.description.brokers.find(({ id }) => id === node.brokerId)
  if (!found || !broker) return undefined
  const quorum = found.quorum.value
  const voter = quorum?.voters.some(({ replicaId }) => replicaId === broker.id)
  return sheet(`Broker ${broker.id}`, [
    ['Address', `${broker.host}:${broker.port}`],
    ['Rack', broker.rack ?? 'none'],
    ['Controller', quorum ? undefined : controllerText(found.description.controllerId, broker.id)],
    ['Quorum leader', quorum && yesNo(quorum.leaderId === broker.id)],
    ['Quorum voter', quorum && yesNo(voter ?? false)],
    ['Fenced', broker.fenced ? 'registered, but not alive' : undefined],
  ])
}

function controllerText(controllerId: number | undefined, brokerId: number): string {
  return controllerId === undefined ? UNKNOWN : yesNo(controllerId === brokerId)
}

function yesNo(value: boolean): string {
  return value ? 'yes' : 'no'
}

function quorumTooltip(node: NodeOf<'quorum'>, state: TreeState): string {
  const slot = state.data(node.clusterId).brokers?.value?.quorum
  const quorum = slot?.value
  if (!quorum) {
    const problem = problemText(slot?.problem)
    return (
      problem ??
      'The cluster does not tell its quorum: it is too old, or the user may not see it\\.'
    )
  }
  const replicas = (name: string, list: typeof quorum.voters): readonly Row[] =>
    list.map(({ replicaId, logEndOffset }) => [
      `${name} ${replicaId}`,
      `at ${count(logEndOffset)}, ${behindText(quorum.highWatermark, logEndOffset)}`,
    ])
  return sheet('KRaft Quorum', [
    ['Leader', quorum.leaderId === undefined ? UNKNOWN : String(quorum.leaderId)],
    ['Epoch', count(quorum.leaderEpoch)],
    ['High watermark', count(quorum.highWatermark)],
    ...replicas('Voter', quorum.voters),
    ...replicas('Observer', quorum.observers),
  ])
}

function behindText(highWatermark: bigint, logEndOffset: bigint): string {
  return logEndOffset < highWatermark
    ? `${count(highWatermark - logEndOffset)} behind`
    : 'up to date'
}

function topicTooltip(node: NodeOf<'topic'>, state: TreeState): string | undefined {
  const data = state.data(node.clusterId)
  const details = data.topicDetails.get(node.topic)?.value
  const topic = details?.topic ?? data.topics?.value?.get(node.topic)
  if (!topic) return undefined
  return sheet(topic.name, [
    ['Partitions', count(topic.partitions.length)],
    ['Replication', replication(topic)],
    ['Internal', topic.internal ? 'yes' : undefined],
    ['Topic id', topic.topicId],
    ['Problem', topic.problem?.message],
    ['Sizes', details?.sizes.problem && `some unknown: ${details.sizes.problem.message}`],
  ])
}

function partitionTooltip(node: NodeOf<'partition'>, state: TreeState): string | undefined {
  const details = state.data(node.clusterId).topicDetails.get(node.topic)?.value
  const partition = details?.topic.partitions.find(one => one.partition === node.partition)
  if (!details || !partition) return undefined
  const number = partition.partition
  const size = details.sizes.value?.get(number)
  const end = details.ends.value?.get(number)
  return sheet(`${node.topic}, partition ${number}`, [
    ['Leader', partition.leader === undefined ? 'none' : String(partition.leader)],
    ['Replicas', idList(partition.replicas)],
    ['In sync', idList(partition.inSyncReplicas)],
    [
      'Offline',
      partition.offlineReplicas.length > 0 ? idList(partition.offlineReplicas) : undefined,
    ],
    ['Log start offset', offsetText(details.starts.value?.get(number)?.offset)],
    ['Log end offset', offsetText(end?.offset)],
    ['Records', recordsText(recordCount(details, number), details).replace(/ records?$/, '')],
    ['Size on disk', size === undefined ? UNKNOWN : bytes(size)],
    ['Problem', (partition.problem ?? end?.problem ?? details.ends.problem)?.message],
  ])
}

function groupTooltip(node: NodeOf<'group'>, state: TreeState): string | undefined {
  const data = state.data(node.clusterId)
  const details = data.groupDetails.get(node.groupId)?.value
  const group = details?.group.value
  const listing = data.groups?.value?.groups.get(node.groupId)
  const type = group?.type ?? listing?.type ?? 'unknown'
  const partitions = details ? [...details.topics.values()].flat() : []
  return sheet(node.groupId, [
    ['Type', TYPES[type] ?? groupTypeText(type, listing?.protocolType ?? '')],
    ['State', group?.state ?? listing?.state ?? UNKNOWN],
    ['Members', group && count(group.members.length)],
    ['Assignor', group?.assignor],
    ['Epoch', group?.groupEpoch === undefined ? undefined : count(group.groupEpoch)],
    [
      'Coordinator',
      group?.coordinatorId === undefined ? undefined : `broker ${group.coordinatorId}`,
    ],
    ['Lag', partitions.length > 0 ? lagText(partitions, type).replace(/^lag /, '') : undefined],
    ['Problem', (details?.group.problem ?? details?.problem)?.message],
  ])
}

const TYPES: Readonly<Record<string, string>> = {
  consumer: 'consumer (the protocol of KIP-848)',
  share: 'share (KIP-932)',
  streams: 'streams (KIP-1071)',
}

function memberTooltip(node: NodeOf<'member'>, state: TreeState): string | undefined {
  const group = state.data(node.clusterId).groupDetails.get(node.groupId)?.value?.group.value
  const member = group?.members.find(({ memberId }) => memberId === node.memberId)
  return (
    member &&
    sheet(member.clientId || member.memberId, [
      ['Member id', member.memberId],
      ['Host', member.host],
      ['Static id', member.instanceId],
      ['Rack', member.rack],
      ['Subscribed to', member.subscribedTopics.join(', ')],
      ['Partitions', count(member.assignment.length)],
      [
        'Should have',
        member.targetAssignment && plural(member.targetAssignment.length, 'partition'),
      ],
      ['Epoch', member.memberEpoch === undefined ? undefined : count(member.memberEpoch)],
    ])
  )
}

function groupPartitionTooltip(
  node: NodeOf<'group-partition'>,
  state: TreeState,
): string | undefined {
  const details = state.data(node.clusterId).groupDetails.get(node.groupId)?.value
  const partition = details?.topics.get(node.topic)?.find(one => one.partition === node.partition)
  if (!details || !partition) return undefined
  const at = partition.committed?.committedOffset
  const type = details.group.value?.type ?? 'unknown'
  return sheet(`${node.topic}, partition ${node.partition}`, [
    ['Owner', partition.owner ?? (details.group.value ? 'none' : UNKNOWN)],
    ['Committed offset', type === 'share' ? undefined : at === undefined ? 'none' : count(at)],
    ['Log start offset', offsetText(partition.logStartOffset)],
    ['Log end offset', offsetText(partition.logEndOffset)],
    ['Lag', lagText([partition], type).replace(/^lag /, '')],
    ['Metadata', partition.committed?.metadata],
    ['Problem', partition.problem?.message],
  ])
}

/** The configs that differ from Kafka's defaults, as Markdown under a tooltip. */
export function configsText(configs: readonly ConfigEntry[] | Problem): string {
  if (!Array.isArray(configs)) {
    const { message } = configs as Problem
    return `Configs: ${UNKNOWN} ${escapeMarkdown(message)}`
  }
  const own = (configs as readonly ConfigEntry[])
    .filter(isOverride)
    .sort((a, b) => (a.name < b.name ? -1 : 1))
  if (own.length === 0) return 'All configs have their default\\.'
  const rows = own.map(({ name, value, sensitive }) => {
    const shown = sensitive || value === undefined ? 'hidden' : value === '' ? 'empty' : value
    return `| ${escapeMarkdown(name)} | ${escapeMarkdown(shown)} |`
  })
  return ['| Config | Value |', '| :-- | :-- |', ...rows].join('\n')
}

function isOverride({ source }: ConfigEntry): boolean {
  return source !== 'default' && source !== 'unknown'
}
