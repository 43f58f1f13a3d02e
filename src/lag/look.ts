import { ProblemError, type Problem } from '../base/problem.ts'
import type { Cluster, OffsetAnswer, OffsetSpec } from '../kafka/cluster.ts'
import type { CommittedOffset, Group, TopicPartition } from '../kafka/model.ts'
import { isManual } from './owners.ts'
import { partitionName, type PartitionSample } from './reading.ts'

/** Groups are described at every third look, log starts and topics asked at longer distances. */
const DESCRIBE_EVERY = 3
const LOG_STARTS_EVERY = 10
const TOPICS_EVERY = 30

/** What earlier looks at a group are needed for in the next one. */
export interface GroupMemory {
  readonly groupId: string
  looks: number
  group?: Group
  logStarts: ReadonlyMap<string, bigint | undefined>
  commits: ReadonlyMap<string, bigint>
}

export function newMemory(groupId: string): GroupMemory {
  return { groupId, looks: 0, logStarts: new Map(), commits: new Map() }
}

/** Partition numbers by topic, shared by all groups of a cluster. */
export interface TopicMemory {
  looks: number
  readonly partitions: Map<string, readonly number[]>
}

/** What a look found for one group: it, or why not. */
export type Found =
  | { readonly at: number; readonly group: Group; readonly partitions: readonly PartitionSample[] }
  | { readonly problem: Problem }

/**
 * One look at these groups together: members, then one OffsetFetch per coordinator, and only then
 * one ListOffsets per leader, so that a lag can be a little too high but never below 0. Rejects
 * when there is no answer at all; a group of its own trouble has a problem of its own.
 */
export async function look(
  cluster: Cluster,
  memories: readonly GroupMemory[],
  topics: TopicMemory,
  now: () => number,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Found>> {
  await describe(cluster, memories, signal)
  const commits = await commitsOf(cluster, memories, signal)
  const at = now()
  await learnTopics(cluster, memories, commits, topics, signal)
  const wanted = memories.map(memory => wantedOf(memory, commits.get(memory.groupId), topics))
  const [ends, starts] = await Promise.all([
    offsetsAt(cluster, 'latest', wanted.flat(), signal),
    offsetsAt(cluster, 'earliest', startsWanted(memories, wanted, commits), signal),
  ])
  signal.throwIfAborted()
  const found = new Map<string, Found>()
  for (const [index, memory] of memories.entries()) {
    const answer = commits.get(memory.groupId)
    const partitions = wanted[index] ?? []
    found.set(memory.groupId, remember(memory, answer, partitions, { at, ends, starts }))
  }
  return found
}

/** The commits of one group by partition name, or what kept them from being read. */
interface Commits {
  readonly byName: ReadonlyMap<string, CommittedOffset & { readonly reportedLag?: bigint }>
  readonly problem?: Problem
}

async function describe(
  cluster: Cluster,
  memories: readonly GroupMemory[],
  signal: AbortSignal,
): Promise<void> {
  const due = memories.filter(({ looks, group }) => !group || looks % DESCRIBE_EVERY === 0)
  if (due.length === 0) return
  const asked = due.map(({ groupId, group }) => ({ groupId, type: group?.type ?? 'unknown' }))
  const groups = await cluster.describeGroups(asked, { signal })
  for (const memory of due) {
    const group = groups.find(({ groupId }) => groupId === memory.groupId)
    if (group && isNews(group, memory.group)) memory.group = group
  }
}

/** A description that failed does not take away what the last one told. */
function isNews(group: Group, before: Group | undefined): boolean {
  return !before || !group.problem || group.problem.code === NO_SUCH_GROUP
}

/** Kafka's name for a group that was deleted or never was. */
export const NO_SUCH_GROUP = 'GROUP_ID_NOT_FOUND'

async function commitsOf(
  cluster: Cluster,
  memories: readonly GroupMemory[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Commits>> {
  const isShare = ({ group }: GroupMemory) => group?.type === 'share'
  const usual = memories.filter(memory => !isShare(memory)).map(({ groupId }) => groupId)
  const [answers, ...shares] = await Promise.all([
    usual.length > 0 ? cluster.committedOffsets(usual, { signal }) : [],
    ...memories.filter(isShare).map(({ groupId }) => shareCommits(cluster, groupId, signal)),
  ])
  const commits = new Map(shares)
  for (const { groupId, offsets, problem } of answers) {
    const byName = new Map(offsets.map(offset => [partitionName(offset), offset]))
    commits.set(groupId, { byName, ...(problem ? { problem } : {}) })
  }
  return commits
}

async function shareCommits(
  cluster: Cluster,
  groupId: string,
  signal: AbortSignal,
): Promise<readonly [string, Commits]> {
  const offsets = await cluster.shareGroupOffsets(groupId, { signal })
  const byName = new Map(
    offsets.map(({ topic, partition, lag, problem }) => [
      partitionName({ topic, partition }),
      {
        topic,
        partition,
        ...(lag === undefined ? {} : { reportedLag: lag }),
        ...(problem ? { problem } : {}),
      },
    ]),
  )
  return [groupId, { byName }]
}

/** A member's topics, whose partitions may be neither committed nor assigned. */
function topicsOf({ group }: GroupMemory, commits: Commits | undefined): readonly string[] {
  if (!group || group.type === 'share' || isManual(group)) return []
  return [
    ...group.members.flatMap(({ subscribedTopics }) => subscribedTopics),
    ...group.members.flatMap(({ assignment }) => assignment.map(({ topic }) => topic)),
    ...[...(commits?.byName.values() ?? [])].map(({ topic }) => topic),
  ]
}

async function learnTopics(
  cluster: Cluster,
  memories: readonly GroupMemory[],
  commits: ReadonlyMap<string, Commits>,
  topics: TopicMemory,
  signal: AbortSignal,
): Promise<void> {
  const all = new Set(memories.flatMap(memory => topicsOf(memory, commits.get(memory.groupId))))
  const refresh = topics.looks++ % TOPICS_EVERY === 0
  const asked = [...all].filter(name => refresh || !topics.partitions.has(name))
  if (asked.length === 0) return
  for (const { name, partitions, problem } of await cluster.describeTopics(asked, { signal }))
    topics.partitions.set(name, problem ? [] : partitions.map(({ partition }) => partition))
}

function wantedOf(
  memory: GroupMemory,
  commits: Commits | undefined,
  topics: TopicMemory,
): readonly TopicPartition[] {
  const wanted = new Map<string, TopicPartition>()
  const add = ({ topic, partition }: TopicPartition) =>
    wanted.set(partitionName({ topic, partition }), { topic, partition })
  for (const commit of commits?.byName.values() ?? []) add(commit)
  for (const { assignment } of memory.group?.members ?? []) assignment.forEach(add)
  for (const topic of new Set(topicsOf(memory, commits)))
    for (const partition of topics.partitions.get(topic) ?? []) add({ topic, partition })
  return [...wanted.values()]
}

/** All at every tenth look; at the others those that are new and those whose commit is gone or went back. */
function startsWanted(
  memories: readonly GroupMemory[],
  wanted: readonly (readonly TopicPartition[])[],
  commits: ReadonlyMap<string, Commits>,
): readonly TopicPartition[] {
  return memories.flatMap((memory, index) => {
    const all = memory.looks % LOG_STARTS_EVERY === 0
    const now = commits.get(memory.groupId)
    return (wanted[index] ?? []).filter(place => {
      const name = partitionName(place)
      return all || !memory.logStarts.has(name) || wentBack(memory, name, now)
    })
  })
}

function wentBack(memory: GroupMemory, name: string, now: Commits | undefined): boolean {
  const before = memory.commits.get(name)
  if (before === undefined || now?.problem) return false
  const commit = now?.byName.get(name)
  if (commit?.problem) return false
  return commit?.committedOffset === undefined || commit.committedOffset < before
}

/** A partition of several groups is asked once: the same one twice in a request is refused. */
async function offsetsAt(
  cluster: Cluster,
  at: OffsetSpec,
  places: readonly TopicPartition[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, OffsetAnswer>> {
  const queries = new Map(
    places.map(({ topic, partition }) => [
      partitionName({ topic, partition }),
      { topic, partition, at },
    ]),
  )
  if (queries.size === 0) return new Map()
  const answers = await cluster.listOffsets([...queries.values()], { signal })
  return new Map(answers.map(answer => [partitionName(answer), answer]))
}

interface Answers {
  readonly at: number
  readonly ends: ReadonlyMap<string, OffsetAnswer>
  readonly starts: ReadonlyMap<string, OffsetAnswer>
}

function remember(
  memory: GroupMemory,
  commits: Commits | undefined,
  wanted: readonly TopicPartition[],
  answers: Answers,
): Found {
  const { group } = memory
  if (!group || !commits) return { problem: NO_ANSWER }
  const problem = commits.problem ?? sharedTrouble(wanted, answers.ends)
  if (problem) return { problem }
  memory.looks++
  memory.logStarts = startsAfter(memory, wanted, answers.starts)
  memory.commits = commitsAfter(commits)
  const partitions = wanted.map(place => sampleOf(place, memory, commits, answers.ends))
  return { at: answers.at, group, partitions }
}

/**
 * When no end at all could be had, and no broker said why, the brokers are gone: the whole reading
 * is old then, not each partition by itself. Kafka's own errors are in capitals.
 */
function sharedTrouble(
  wanted: readonly TopicPartition[],
  ends: ReadonlyMap<string, OffsetAnswer>,
): Problem | undefined {
  const problems = wanted.map(place => ends.get(partitionName(place))?.problem)
  const [first] = problems
  const gone = problems.every(problem => problem && problem.code === problem.code.toLowerCase())
  return gone && first?.code !== 'no-leader' ? first : undefined
}

function startsAfter(
  memory: GroupMemory,
  wanted: readonly TopicPartition[],
  starts: ReadonlyMap<string, OffsetAnswer>,
): ReadonlyMap<string, bigint | undefined> {
  return new Map(
    wanted.map(place => {
      const name = partitionName(place)
      return [name, starts.get(name)?.offset ?? memory.logStarts.get(name)]
    }),
  )
}

function commitsAfter(commits: Commits): ReadonlyMap<string, bigint> {
  const known = new Map<string, bigint>()
  for (const [name, { committedOffset }] of commits.byName)
    if (committedOffset !== undefined) known.set(name, committedOffset)
  return known
}

function sampleOf(
  { topic, partition }: TopicPartition,
  memory: GroupMemory,
  commits: Commits,
  ends: ReadonlyMap<string, OffsetAnswer>,
): PartitionSample {
  const name = partitionName({ topic, partition })
  const commit = commits.byName.get(name)
  const end = ends.get(name)
  const logStartOffset = memory.logStarts.get(name)
  const endProblem = end?.problem ?? (end?.offset === undefined ? NO_END : undefined)
  return {
    topic,
    partition,
    ...(commit?.committedOffset === undefined ? {} : { committedOffset: commit.committedOffset }),
    ...(commit?.problem ? { commitProblem: commit.problem } : {}),
    ...(commit?.reportedLag === undefined ? {} : { reportedLag: commit.reportedLag }),
    ...(logStartOffset === undefined ? {} : { logStartOffset }),
    ...(end?.offset === undefined ? {} : { logEndOffset: end.offset }),
    ...(endProblem ? { endProblem } : {}),
  }
}

const NO_END: Problem = { code: 'no-answer', message: 'The broker tells no log end offset.' }
const NO_ANSWER: Problem = {
  code: 'no-answer',
  message: 'The group coordinator did not answer.',
}

/** The problem of a look that had no answer within `seconds`. */
export function tooLate(seconds: number): ProblemError {
  return new ProblemError({
    code: 'timeout',
    message: `The cluster did not answer within ${seconds} s.`,
  })
}
