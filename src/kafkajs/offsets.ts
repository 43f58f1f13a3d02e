import { ProblemError } from '../base/problem.ts'
import type {
  GroupOffsets,
  OffsetAnswer,
  OffsetQuery,
  OffsetSpec,
  ShareGroupOffset,
} from '../kafka/cluster.ts'
import type { CommittedOffset } from '../kafka/model.ts'
import type { AskOptions, Client } from './client.ts'
import { kafkaProblem, withProblem } from './problems.ts'
import {
  DescribeShareGroupOffsets,
  EARLIEST_TIMESTAMP,
  LATEST_TIMESTAMP,
  ListOffsets,
  OffsetFetch,
  OffsetFetchOne,
} from './protocol/offsets.ts'
import type { Coordinators, Leaders } from './routing.ts'
import { append, outcomeOf, spread, type Outcome } from './spread.ts'

export interface OffsetContext {
  readonly client: Client
  readonly leaders: Leaders
  readonly coordinators: Coordinators
}

const READ_UNCOMMITTED = 0
const READ_COMMITTED = 1

/** What a query asks for; with `last-stable` the latest offset is that of committed records. */
function timestampOf(at: OffsetSpec): bigint {
  if (typeof at === 'object') return BigInt(Math.trunc(at.timestamp))
  return at === 'earliest' ? EARLIEST_TIMESTAMP : LATEST_TIMESTAMP
}

const kindOf = (at: OffsetSpec) => (typeof at === 'object' ? 'timestamp' : at)

/**
 * One request per leader and per kind of query. A partition may stand in a request once only, so
 * that several times asked of the same partition take several requests.
 */
export async function listOffsets(
  { client, leaders }: OffsetContext,
  queries: readonly OffsetQuery[],
  ask: AskOptions = {},
): Promise<readonly OffsetAnswer[]> {
  const outcomes = await spread(queries, {
    signal: ask.signal,
    place: (items, refresh) => leaders.place(items, refresh, ask),
    ask: async (nodeId, items) => {
      const answers: Outcome<OffsetFound>[] = []
      await Promise.all(
        requestsOf(items).map(async indexes => {
          const found = await askLeader(client, nodeId, pick(items, indexes), ask)
          indexes.forEach((index, i) => {
            const outcome = found[i]
            if (outcome) answers[index] = outcome
          })
        }),
      )
      return answers
    },
  })
  return queries.map(({ topic, partition }, i) => ({
    topic,
    partition,
    ...answerOf(outcomes[i]),
  }))
}

interface OffsetFound {
  readonly offset?: bigint
  readonly timestamp?: number
}

function answerOf(
  outcome: Outcome<OffsetFound> | undefined,
): Omit<OffsetAnswer, 'topic' | 'partition'> {
  if (!outcome) return {}
  return outcome.problem ? { problem: outcome.problem } : outcome.value
}

function pick<T>(items: readonly T[], indexes: readonly number[]): readonly T[] {
  return indexes.flatMap(index => items.slice(index, index + 1))
}

/** The queries of each request, by their place in `items`. */
function requestsOf(items: readonly OffsetQuery[]): readonly (readonly number[])[] {
  const requests = new Map<string, number[]>()
  const seen = new Map<string, number>()
  items.forEach(({ topic, partition, at }, i) => {
    const query = `${kindOf(at)} ${partition} ${topic}`
    const times = seen.get(query) ?? 0
    seen.set(query, times + 1)
    append(requests, `${kindOf(at)} ${times}`, i)
  })
  return [...requests.values()]
}

async function askLeader(
  client: Client,
  nodeId: number,
  items: readonly OffsetQuery[],
  ask: AskOptions,
): Promise<readonly Outcome<OffsetFound>[]> {
  const stable = items[0]?.at === 'last-stable'
  const byTopic = new Map<string, { partitionIndex: number; timestamp: bigint }[]>()
  for (const { topic, partition, at } of items) {
    append(byTopic, topic, { partitionIndex: partition, timestamp: timestampOf(at) })
  }
  const body = {
    isolationLevel: stable ? READ_COMMITTED : READ_UNCOMMITTED,
    topics: [...byTopic].map(([name, partitions]) => ({ name, partitions })),
  }
  const answer = await client.send(nodeId, ListOffsets, body, ask)
  const found = new Map<string, Outcome<OffsetFound>>()
  for (const { name, partitions } of answer.topics) {
    for (const { partitionIndex, errorCode, offset, timestamp } of partitions) {
      const subject = `Partition ${name}-${partitionIndex}`
      const outcome = outcomeOf(errorCode, subject, () => toFound(offset, timestamp))
      found.set(`${partitionIndex} ${name}`, outcome)
    }
  }
  return items.flatMap(({ topic, partition }) => found.get(`${partition} ${topic}`) ?? [])
}

/** A time that no record reaches is answered with -1. */
function toFound(offset: bigint, timestamp: bigint): OffsetFound {
  return {
    ...(offset >= 0n && { offset }),
    ...(timestamp >= 0n && { timestamp: Number(timestamp) }),
  }
}

/** All commits of these groups: one request per coordinator, or per group before Kafka 3.0. */
export async function committedOffsets(
  { client, coordinators }: OffsetContext,
  groupIds: readonly string[],
  ask: AskOptions = {},
): Promise<readonly GroupOffsets[]> {
  const outcomes = await spread(groupIds, {
    signal: ask.signal,
    place: (ids, refresh) => coordinators.place(ids, refresh, ask),
    ask: (nodeId, ids) => fetchCommits(client, nodeId, ids, ask),
  })
  return groupIds.map((groupId, i) => {
    const outcome = outcomes[i]
    if (!outcome) return { groupId, offsets: [] }
    if (outcome.problem) return { groupId, offsets: [], problem: outcome.problem }
    return { groupId, offsets: outcome.value }
  })
}

type Commits = readonly CommittedOffset[]

async function fetchCommits(
  client: Client,
  nodeId: number,
  groupIds: readonly string[],
  ask: AskOptions,
): Promise<readonly Outcome<Commits>[]> {
  const { ranges } = await client.connection(nodeId, ask)
  if (OffsetFetch.pick(ranges) === undefined) {
    return Promise.all(groupIds.map(groupId => fetchGroup(client, nodeId, groupId, ask)))
  }
  const body = {
    groups: [...new Set(groupIds)].map(groupId => ({ groupId, memberId: null, topics: null })),
    requireStable: false,
  }
  const { groups } = await client.send(nodeId, OffsetFetch, body, ask)
  const found = new Map(
    groups.map(group => [
      group.groupId,
      outcomeOf(group.errorCode, `Group ${group.groupId}`, () => toCommits(group.topics)),
    ]),
  )
  return groupIds.flatMap(groupId => found.get(groupId) ?? [])
}

async function fetchGroup(
  client: Client,
  nodeId: number,
  groupId: string,
  ask: AskOptions,
): Promise<Outcome<Commits>> {
  const answer = await client.send(nodeId, OffsetFetchOne, { groupId, topics: null }, ask)
  return outcomeOf(answer.errorCode, `Group ${groupId}`, () => toCommits(answer.topics))
}

type CommittedTopics = ReturnType<(typeof OffsetFetchOne)['decode']>['topics']

/** A negative number is no commit: -1 says so, and others, which a client may write, count as none. */
function toCommits(topics: CommittedTopics): Commits {
  return topics.flatMap(({ name, partitions }) =>
    partitions.map(({ partitionIndex, committedOffset, metadata, errorCode }) => ({
      topic: name,
      partition: partitionIndex,
      ...(committedOffset >= 0n && { committedOffset }),
      ...(metadata !== null && metadata !== '' && { metadata }),
      ...withProblem(kafkaProblem(errorCode, `Partition ${name}-${partitionIndex}`)),
    })),
  )
}

/** Nothing for a group that is no share group: the broker does not tell these apart. */
export async function shareGroupOffsets(
  { client, coordinators }: OffsetContext,
  groupId: string,
  ask: AskOptions = {},
): Promise<readonly ShareGroupOffset[]> {
  const [outcome] = await spread([groupId], {
    signal: ask.signal,
    place: (ids, refresh) => coordinators.place(ids, refresh, ask),
    ask: async nodeId => {
      const body = { groups: [{ groupId, topics: null }] }
      const { groups } = await client.send(nodeId, DescribeShareGroupOffsets, body, ask)
      return groups.map(group =>
        outcomeOf(
          group.errorCode,
          `Group ${groupId}`,
          () => toShareOffsets(group.topics),
          group.errorMessage,
        ),
      )
    },
  })
  if (!outcome) return []
  if (outcome.problem) throw new ProblemError(outcome.problem)
  return outcome.value
}

type ShareTopics = ReturnType<
  (typeof DescribeShareGroupOffsets)['decode']
>['groups'][number]['topics']

function toShareOffsets(topics: ShareTopics): readonly ShareGroupOffset[] {
  return topics.flatMap(({ topicName, partitions }) =>
    partitions.map(({ partitionIndex, startOffset, lag, errorCode, errorMessage }) => ({
      topic: topicName,
      partition: partitionIndex,
      ...(startOffset >= 0n && { startOffset }),
      ...(lag !== undefined && lag >= 0n && { lag }),
      ...withProblem(
        kafkaProblem(errorCode, `Partition ${topicName}-${partitionIndex}`, errorMessage),
      ),
    })),
  )
}
