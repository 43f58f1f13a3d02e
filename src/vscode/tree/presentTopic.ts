import { isUnderReplicated, type Partition, type Topic } from '../../kafka/model.ts'
import { bytes, count, plural, UNKNOWN } from '../../lag/format.ts'
import { shownTopics } from './children.ts'
import type { TopicDetails } from './data.ts'
import type { NodeOf } from './nodes.ts'
import { ERROR, join, WARNING, type Presentation } from './presentation.ts'
import type { TreeState } from './treeState.ts'

export function topicCount(node: NodeOf<'topics'>, state: TreeState): string | undefined {
  const topics = state.data(node.clusterId).topics?.value
  if (!topics) return undefined
  const shown = shownTopics(node.clusterId, state).length
  return state.filter ? `${count(shown)} of ${count(topics.size)}` : count(shown)
}

export function presentTopic(node: NodeOf<'topic'>, state: TreeState): Presentation {
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

export function presentPartition(node: NodeOf<'partition'>, state: TreeState): Presentation {
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
