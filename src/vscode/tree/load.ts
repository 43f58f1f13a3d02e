import { problemOf, type Problem } from '../../base/problem.ts'
import type {
  Cluster,
  GroupOffsets,
  OffsetAnswer,
  OffsetQuery,
  ShareGroupOffset,
} from '../../kafka/cluster.ts'
import type {
  ConfigEntry,
  Group,
  GroupType,
  LogDirectory,
  Topic,
  TopicPartition,
} from '../../kafka/model.ts'
import type { ClusterData, Offsets, Slot, TopicDetails } from './data.ts'
import { claimsOf, measure, type Claim } from './groupPartitions.ts'

/** The answer, or the problem beside the answer of before. */
export async function slotOf<T>(asked: Promise<T>, before?: Slot<T>): Promise<Slot<T>> {
  try {
    return { value: await asked }
  } catch (error) {
    const problem = problemOf(error)
    return before?.value === undefined ? { problem } : { value: before.value, problem }
  }
}

/** Brokers, controller and quorum. The quorum may be refused without hiding the brokers. */
export async function loadBrokers(cluster: Cluster, data: ClusterData, signal: AbortSignal) {
  const quorum = slotOf(cluster.quorum({ signal }))
  const asked = cluster
    .describe({ signal })
    .then(async description => ({ description, quorum: await quorum }))
  data.brokers = await slotOf(asked, data.brokers)
}

/** All topics with their partitions: one Metadata request, however many there are. */
export async function loadTopics(cluster: Cluster, data: ClusterData, signal: AbortSignal) {
  const asked = cluster
    .listTopics({ signal })
    .then(topics => new Map(sortBy(topics, topic => topic.name).map(one => [one.name, one])))
  data.topics = await slotOf(asked, data.topics)
  forgetMissing(data.topicDetails, data.topics.value)
}

export async function loadGroups(cluster: Cluster, data: ClusterData, signal: AbortSignal) {
  const asked = cluster.listGroups({ signal }).then(({ groups, problems }) => ({
    groups: new Map(sortBy(groups, group => group.groupId).map(one => [one.groupId, one])),
    problems,
  }))
  data.groups = await slotOf(asked, data.groups)
  if (data.groups.value?.problems.length === 0) {
    forgetMissing(data.groupDetails, data.groups.value.groups)
  }
}

function sortBy<T>(items: readonly T[], name: (item: T) => string): T[] {
  return items.toSorted((a, b) => (name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : 0))
}

function forgetMissing(details: Map<string, unknown>, known?: ReadonlyMap<string, unknown>): void {
  if (!known) return
  for (const name of details.keys()) if (!known.has(name)) details.delete(name)
}

/** `offsets` is what moves; `all` asks for partitions, sizes and configs, too. */
export type Depth = 'offsets' | 'all'

/**
 * What opened topics show, asked for all of them at once: one ListOffsets per leader and kind,
 * whatever the number of topics. Sizes and configs may be refused and are left out then.
 */
export async function loadTopicDetails(
  cluster: Cluster,
  data: ClusterData,
  names: readonly string[],
  depth: Depth,
  signal: AbortSignal,
): Promise<void> {
  const known = names.flatMap(name => data.topicDetails.get(name)?.value?.topic ?? [])
  const rare = depth === 'all' || known.length < names.length
  const described = await slotOf(
    rare ? cluster.describeTopics(names, { signal }) : Promise.resolve(known),
  )
  const topics = described.value ?? []
  const partitions = topics.flatMap(topicPartitions)
  const [starts, ends, directories, configs] = await Promise.all([
    slotOf(ask(cluster, partitions, 'earliest', signal)),
    slotOf(ask(cluster, partitions, 'latest', signal)),
    rare ? slotOf(cluster.logDirectories(names, { signal })) : undefined,
    rare ? slotOf(cluster.topicConfigs(names, { signal })) : undefined,
  ])
  for (const name of names) {
    const before = data.topicDetails.get(name)
    const topic = topics.find(one => one.name === name)
    const problem = described.problem ?? topic?.problem
    if (!topic || problem) {
      const missing = { code: 'no-topic', message: `"${name}" was not described.` }
      data.topicDetails.set(name, { ...before, problem: problem ?? missing })
      continue
    }
    const details: TopicDetails = {
      topic,
      starts: offsetsOf(name, starts),
      ends: offsetsOf(name, ends),
      sizes: directories ? sizesOf(topic, directories) : (before?.value?.sizes ?? {}),
      configs: configs ? configsOf(name, configs) : (before?.value?.configs ?? {}),
    }
    data.topicDetails.set(name, { value: details })
  }
}

function topicPartitions(topic: Topic) {
  return topic.partitions.map(({ partition }) => ({ topic: topic.name, partition }))
}

/** No question, no request. */
async function ask(
  cluster: Cluster,
  partitions: readonly TopicPartition[],
  at: 'earliest' | 'latest',
  signal: AbortSignal,
): Promise<readonly OffsetAnswer[]> {
  if (partitions.length === 0) return []
  const queries: OffsetQuery[] = partitions.map(one => ({ ...one, at }))
  return cluster.listOffsets(queries, { signal })
}

function offsetsOf(
  topic: string,
  { value, problem }: Slot<readonly OffsetAnswer[]>,
): Slot<Offsets> {
  if (!value) return problem ? { problem } : {}
  const own = value.filter(answer => answer.topic === topic)
  return { value: new Map(own.map(answer => [answer.partition, answer])) }
}

/** The size of a partition is its leader's; without a leader the largest known replica's. */
function sizesOf(
  topic: Topic,
  { value = [], problem }: Slot<readonly LogDirectory[]>,
): Slot<ReadonlyMap<number, bigint>> {
  const refused = problem ?? value.find(directory => directory.problem)?.problem
  const leaders = new Map(topic.partitions.map(({ partition, leader }) => [partition, leader]))
  const sizes = new Map<number, bigint>()
  const known = new Set<number>()
  for (const { brokerId, replicas } of value) {
    for (const { topic: name, partition, sizeBytes, future } of replicas) {
      if (name !== topic.name || future || known.has(partition)) continue
      if (brokerId === leaders.get(partition)) known.add(partition)
      const larger = (sizes.get(partition) ?? -1n) < sizeBytes
      if (larger || known.has(partition)) sizes.set(partition, sizeBytes)
    }
  }
  return { value: sizes, ...(refused && { problem: refused }) }
}

function configsOf(
  name: string,
  { value, problem }: Slot<ReadonlyMap<string, readonly ConfigEntry[] | Problem>>,
): Slot<readonly ConfigEntry[]> {
  const found = value?.get(name)
  if (found === undefined) return problem ? { problem } : {}
  return 'code' in found ? { problem: found } : { value: found }
}

/**
 * What opened groups show, for all of them at once. Commits are read before log ends: then lag can
 * be a little too high, never negative. `offsets` keeps members as they were.
 */
export async function loadGroupDetails(
  cluster: Cluster,
  data: ClusterData,
  groupIds: readonly string[],
  depth: Depth,
  signal: AbortSignal,
): Promise<void> {
  const described = await describe(cluster, data, groupIds, depth, signal)
  const progress = await readProgress(cluster, data, groupIds, described, signal)
  const partitions = distinct(progress.flatMap(({ claims }) => claims))
  const [starts, ends] = await Promise.all([
    slotOf(ask(cluster, partitions, 'earliest', signal)),
    slotOf(ask(cluster, partitions, 'latest', signal)),
  ])
  const startOf = indexAnswers(starts)
  const endOf = indexAnswers(ends)
  for (const { groupId, group, claims, problem } of progress) {
    const measured = claims.map(claim => measure(claim, startOf(claim), endOf(claim)))
    const topics = Map.groupBy(measured, ({ topic }) => topic)
    data.groupDetails.set(groupId, { value: { group, topics, ...(problem && { problem }) } })
  }
}

interface Progress {
  readonly groupId: string
  readonly group: Slot<Group>
  readonly claims: readonly Claim[]
  /** Why commits could not be read. */
  readonly problem?: Problem
}

async function describe(
  cluster: Cluster,
  data: ClusterData,
  groupIds: readonly string[],
  depth: Depth,
  signal: AbortSignal,
): Promise<Slot<readonly Group[]>> {
  const known = groupIds.flatMap(id => data.groupDetails.get(id)?.value?.group.value ?? [])
  if (depth === 'offsets' && known.length === groupIds.length) return { value: known }
  const listings = groupIds.map(groupId => ({ groupId, type: listedType(data, groupId) }))
  return slotOf(cluster.describeGroups(listings, { signal }))
}

function listedType(data: ClusterData, groupId: string): GroupType {
  return data.groups?.value?.groups.get(groupId)?.type ?? 'unknown'
}

/** Committed offsets, one OffsetFetch per coordinator; share groups each by their own request. */
async function readProgress(
  cluster: Cluster,
  data: ClusterData,
  groupIds: readonly string[],
  described: Slot<readonly Group[]>,
  signal: AbortSignal,
): Promise<readonly Progress[]> {
  const groups = new Map(described.value?.map(group => [group.groupId, group]))
  const isShare = (id: string) => (groups.get(id)?.type ?? listedType(data, id)) === 'share'
  const committing = groupIds.filter(id => !isShare(id))
  const none: readonly GroupOffsets[] = []
  const [commits, shares] = await Promise.all([
    slotOf(committing.length > 0 ? cluster.committedOffsets(committing, { signal }) : later(none)),
    Promise.all(
      groupIds.map(id =>
        isShare(id) ? slotOf(cluster.shareGroupOffsets(id, { signal })) : later(NOTHING),
      ),
    ),
  ])
  return groupIds.map((groupId, index) => {
    const group = groups.get(groupId)
    const share: Slot<readonly ShareGroupOffset[]> = shares[index] ?? {}
    const own = commits.value?.find(one => one.groupId === groupId)
    const problem = isShare(groupId) ? share.problem : (commits.problem ?? own?.problem)
    const groupProblem = described.problem ?? group?.problem
    return {
      groupId,
      group: { ...(group && { value: group }), ...(groupProblem && { problem: groupProblem }) },
      claims: claimsOf(group, own?.offsets ?? [], share.value ?? []),
      ...(problem && { problem }),
    }
  })
}

const NOTHING: Slot<never> = {}
const later = <T>(value: T): Promise<T> => Promise.resolve(value)

function distinct(partitions: readonly TopicPartition[]): readonly TopicPartition[] {
  const byName = partitions.map(
    ({ topic, partition }) => [`${topic}/${partition}`, { topic, partition }] as const,
  )
  return [...new Map(byName).values()]
}

/** Finds the answer for a partition; the problem of the whole request counts for each. */
function indexAnswers({ value, problem }: Slot<readonly OffsetAnswer[]>) {
  const answers = new Map(value?.map(answer => [`${answer.topic}/${answer.partition}`, answer]))
  return ({ topic, partition }: TopicPartition): Pick<OffsetAnswer, 'offset' | 'problem'> =>
    answers.get(`${topic}/${partition}`) ?? (problem ? { problem } : {})
}
