import { problemOf, type Problem } from '../base/problem.ts'
import type { Group, GroupListing, GroupType, Member, TopicPartition } from '../kafka/model.ts'
import type { AskOptions, Client } from './client.ts'
import { decodeAssignment, decodeSubscription } from './consumerProtocol.ts'
import { CODE } from './errorCodes.ts'
import { problem, throwOnError } from './problems.ts'
import {
  ConsumerGroupDescribe,
  DescribeGroups,
  ListGroups,
  ShareGroupDescribe,
  StreamsGroupDescribe,
} from './protocol/groups.ts'
import type { Coordinators } from './routing.ts'
import { append, outcomeOf, spread, type Outcome } from './spread.ts'

export interface GroupContext {
  readonly client: Client
  readonly coordinators: Coordinators
}

export interface GroupList {
  readonly groups: readonly GroupListing[]
  readonly problems: readonly Problem[]
}

/** Every broker lists the groups that it coordinates. */
export async function listGroups(
  { client }: GroupContext,
  ask: AskOptions = {},
): Promise<GroupList> {
  const brokers = await client.brokerIds(ask)
  const problems: Problem[] = []
  const byId = new Map<string, GroupListing>()
  await Promise.all(
    brokers.map(async nodeId => {
      try {
        for (const group of await groupsOf(client, nodeId, ask)) byId.set(group.groupId, group)
      } catch (error) {
        if (ask.signal?.aborted) throw error
        problems.push(problemOf(error))
      }
    }),
  )
  const groups = [...byId.values()].sort((a, b) => (a.groupId < b.groupId ? -1 : 1))
  return { groups, problems }
}

const TYPED_LISTING_VERSION = 5
const GROUP_TYPES = new Set<string>(['classic', 'consumer', 'share', 'streams'])

const isGroupType = (text: string): text is GroupType => GROUP_TYPES.has(text)

async function groupsOf(
  client: Client,
  nodeId: number,
  ask: AskOptions,
): Promise<readonly GroupListing[]> {
  const { ranges } = await client.connection(nodeId, ask)
  const answer = await client.send(nodeId, ListGroups, {}, ask)
  throwOnError(answer.errorCode, `Groups of broker ${nodeId}`)
  // Before there were other types, every group was a classic one.
  const untold: GroupType = ranges.has(ConsumerGroupDescribe.key) ? 'unknown' : 'classic'
  return answer.groups.map(({ groupId, protocolType, groupState, groupType }) => {
    const type = groupType?.toLowerCase() ?? ''
    return {
      groupId,
      type: isGroupType(type) ? type : untold,
      protocolType,
      ...(groupState !== undefined && groupState !== '' && { state: groupState }),
    }
  })
}

type Wanted = Pick<GroupListing, 'groupId' | 'type'>

/** Each group by the request of its own type, all of a coordinator's groups of a type in one. */
export async function describeGroups(
  { client, coordinators }: GroupContext,
  groups: readonly Wanted[],
  ask: AskOptions = {},
): Promise<readonly Group[]> {
  const outcomes = await spread(groups, {
    signal: ask.signal,
    place: (items, refresh) =>
      coordinators.place(
        items.map(({ groupId }) => groupId),
        refresh,
        ask,
      ),
    ask: (nodeId, items) => describeAt(client, nodeId, items, ask),
  })
  return groups.map((group, i) => {
    const outcome = outcomes[i]
    if (outcome && !outcome.problem) return outcome.value
    return unknownGroup(group, outcome?.problem)
  })
}

const DEAD = 'Dead'

function unknownGroup({ groupId, type }: Wanted, found: Problem | undefined): Group {
  return {
    groupId,
    type,
    protocolType: '',
    state: 'Unknown',
    members: [],
    ...(found && { problem: found }),
  }
}

/** A group that was deleted, or never was; Kafka calls that state dead. */
function missingGroup(groupId: string, type: GroupType): Group {
  return {
    groupId,
    type,
    protocolType: '',
    state: DEAD,
    members: [],
    problem: problem('GROUP_ID_NOT_FOUND', `Group ${groupId} does not exist.`, 'Refresh.'),
  }
}

async function describeAt(
  client: Client,
  nodeId: number,
  wanted: readonly Wanted[],
  ask: AskOptions,
): Promise<readonly Outcome<Group>[]> {
  const at = { client, nodeId, ask }
  const byId = await describeTyped(at, wanted)
  // A group may have become one of another type since its type was told.
  const gone = wanted.filter(({ groupId, type }) => type !== 'unknown' && isGone(byId.get(groupId)))
  const untold = gone.map(({ groupId }) => ({ groupId, type: 'unknown' as const }))
  const again = untold.length > 0 ? await describeTyped(at, untold) : new Map<string, never>()
  return wanted.flatMap(({ groupId }) => again.get(groupId) ?? byId.get(groupId) ?? [])
}

function isGone(outcome: Outcome<Group> | undefined): boolean {
  return outcome !== undefined && !outcome.problem && outcome.value.state === DEAD
}

async function describeTyped(
  at: At,
  wanted: readonly Wanted[],
): Promise<ReadonlyMap<string, Outcome<Group>>> {
  const types = await typesAt(at.client, at.nodeId, wanted, at.ask)
  const byType = new Map<GroupType, string[]>()
  for (const { groupId } of wanted) append(byType, types.get(groupId) ?? 'unknown', groupId)
  const described = await Promise.all([...byType].map(([type, ids]) => describeType(at, type, ids)))
  return new Map(described.flat())
}

/** The types as the caller knows them; unknown ones as the coordinator lists them. */
async function typesAt(
  client: Client,
  nodeId: number,
  wanted: readonly Wanted[],
  ask: AskOptions,
): Promise<ReadonlyMap<string, GroupType>> {
  const types = new Map(wanted.map(({ groupId, type }) => [groupId, type]))
  if (wanted.every(({ type }) => type !== 'unknown')) return types
  const { ranges } = await client.connection(nodeId, ask)
  if ((ListGroups.pick(ranges) ?? 0) < TYPED_LISTING_VERSION) return types
  for (const { groupId, type } of await groupsOf(client, nodeId, ask)) {
    if (types.get(groupId) === 'unknown') types.set(groupId, type)
  }
  return types
}

interface At {
  readonly client: Client
  readonly nodeId: number
  readonly ask: AskOptions
}

type Described = readonly (readonly [groupId: string, outcome: Outcome<Group>])[]

async function describeType(at: At, type: GroupType, ids: readonly string[]): Promise<Described> {
  switch (type) {
    case 'consumer':
      return describeConsumer(at, ids)
    case 'share':
      return describeShare(at, ids)
    case 'streams':
      return describeStreams(at, ids)
    case 'classic':
      return describeClassic(at, ids)
    case 'unknown':
      return describeUntold(at, ids)
  }
}

/** A group whose type nobody tells is a consumer group, else a classic one. */
async function describeUntold(at: At, ids: readonly string[]): Promise<Described> {
  const { ranges } = await at.client.connection(at.nodeId, at.ask)
  if (ConsumerGroupDescribe.pick(ranges) === undefined) return describeClassic(at, ids)
  const consumers = await describeConsumer(at, ids)
  const others = consumers.flatMap(([id, outcome]) => (isGone(outcome) ? [id] : []))
  if (others.length === 0) return consumers
  const classic = new Map(await describeClassic(at, others))
  return consumers.map(([id, outcome]) => [id, classic.get(id) ?? outcome])
}

/** A group of another type, or none: both are the same error, and only newer brokers say which. */
function outcome(
  answer: { readonly errorCode: number; readonly errorMessage?: string | null | undefined },
  groupId: string,
  type: GroupType,
  value: () => Group,
): readonly [string, Outcome<Group>] {
  if (answer.errorCode === CODE.groupIdNotFound) {
    return [groupId, { value: missingGroup(groupId, type) }]
  }
  return [groupId, outcomeOf(answer.errorCode, `Group ${groupId}`, value, answer.errorMessage)]
}

const withoutSlash = (host: string) => host.replace(/^\//, '')
const given = (text: string | null | undefined) =>
  text !== null && text !== undefined && text !== ''

async function describeClassic(
  { client, nodeId, ask }: At,
  groups: readonly string[],
): Promise<Described> {
  const answer = await client.send(nodeId, DescribeGroups, { groups }, ask)
  return answer.groups.map(found =>
    outcome(found, found.groupId, 'classic', () =>
      found.groupState === DEAD
        ? missingGroup(found.groupId, 'classic')
        : {
            groupId: found.groupId,
            type: 'classic',
            protocolType: found.protocolType,
            state: found.groupState,
            ...(found.protocolData !== '' && { assignor: found.protocolData }),
            coordinatorId: nodeId,
            members: found.members.map(toClassicMember),
          },
    ),
  )
}

type ClassicMember = ReturnType<
  (typeof DescribeGroups)['decode']
>['groups'][number]['members'][number]

function toClassicMember(member: ClassicMember): Member {
  return {
    memberId: member.memberId,
    clientId: member.clientId,
    host: withoutSlash(member.clientHost),
    ...(given(member.groupInstanceId) && { instanceId: member.groupInstanceId ?? '' }),
    assignment: decodeAssignment(member.memberAssignment) ?? [],
    subscribedTopics: decodeSubscription(member.memberMetadata) ?? [],
  }
}

interface Assigned {
  readonly topicPartitions: readonly {
    readonly topicName: string
    readonly partitions: readonly number[]
  }[]
}

function toPartitions({ topicPartitions }: Assigned): readonly TopicPartition[] {
  return topicPartitions.flatMap(({ topicName, partitions }) =>
    partitions.map(partition => ({ topic: topicName, partition })),
  )
}

async function describeConsumer(
  { client, nodeId, ask }: At,
  groupIds: readonly string[],
): Promise<Described> {
  const body = { groupIds, includeAuthorizedOperations: false }
  const answer = await client.send(nodeId, ConsumerGroupDescribe, body, ask)
  return answer.groups.map(found =>
    outcome(found, found.groupId, 'consumer', () => ({
      groupId: found.groupId,
      type: 'consumer',
      protocolType: 'consumer',
      state: found.groupState,
      assignor: found.assignorName,
      groupEpoch: found.groupEpoch,
      coordinatorId: nodeId,
      members: found.members.map(member => ({
        ...toMember(member),
        ...(given(member.instanceId) && { instanceId: member.instanceId ?? '' }),
        assignment: toPartitions(member.assignment),
        targetAssignment: toPartitions(member.targetAssignment),
        subscribedTopics: member.subscribedTopicNames,
      })),
    })),
  )
}

interface EpochMember {
  readonly memberId: string
  readonly clientId: string
  readonly clientHost: string
  readonly rackId: string | null
  readonly memberEpoch: number
}

function toMember(member: EpochMember) {
  return {
    memberId: member.memberId,
    clientId: member.clientId,
    host: withoutSlash(member.clientHost),
    ...(given(member.rackId) && { rack: member.rackId ?? '' }),
    memberEpoch: member.memberEpoch,
  }
}

async function describeShare(
  { client, nodeId, ask }: At,
  groupIds: readonly string[],
): Promise<Described> {
  const body = { groupIds, includeAuthorizedOperations: false }
  const answer = await client.send(nodeId, ShareGroupDescribe, body, ask)
  return answer.groups.map(found =>
    outcome(found, found.groupId, 'share', () => ({
      groupId: found.groupId,
      type: 'share',
      protocolType: 'share',
      state: found.groupState,
      assignor: found.assignorName,
      groupEpoch: found.groupEpoch,
      coordinatorId: nodeId,
      members: found.members.map(member => ({
        ...toMember(member),
        assignment: toPartitions(member.assignment),
        subscribedTopics: member.subscribedTopicNames,
      })),
    })),
  )
}

async function describeStreams(
  { client, nodeId, ask }: At,
  groupIds: readonly string[],
): Promise<Described> {
  const body = { groupIds, includeAuthorizedOperations: false }
  const answer = await client.send(nodeId, StreamsGroupDescribe, body, ask)
  return answer.groups.map(found =>
    outcome(found, found.groupId, 'streams', () => {
      const sources = sourcesOf(found)
      return {
        groupId: found.groupId,
        type: 'streams',
        protocolType: 'streams',
        state: found.groupState,
        groupEpoch: found.groupEpoch,
        coordinatorId: nodeId,
        members: found.members.map(member => ({
          ...toMember(member),
          ...(given(member.instanceId) && { instanceId: member.instanceId ?? '' }),
          assignment: partitionsOfTasks(member.assignment.activeTasks, sources),
          targetAssignment: partitionsOfTasks(member.targetAssignment.activeTasks, sources),
          subscribedTopics: [...new Set([...sources.values()].flat())],
        })),
      }
    }),
  )
}

type StreamsGroup = ReturnType<(typeof StreamsGroupDescribe)['decode']>['groups'][number]

/** The topics that each subtopology reads. */
function sourcesOf({ topology }: StreamsGroup): ReadonlyMap<string, readonly string[]> {
  return new Map(
    (topology?.subtopologies ?? []).map(part => [
      part.subtopologyId,
      [...part.sourceTopics, ...part.repartitionSourceTopics.map(({ name }) => name)],
    ]),
  )
}

/** Task n of a subtopology reads partition n of each of its source topics. */
function partitionsOfTasks(
  tasks: readonly { readonly subtopologyId: string; readonly partitions: readonly number[] }[],
  sources: ReadonlyMap<string, readonly string[]>,
): readonly TopicPartition[] {
  return tasks.flatMap(({ subtopologyId, partitions }) =>
    (sources.get(subtopologyId) ?? []).flatMap(topic =>
      partitions.map(partition => ({ topic, partition })),
    ),
  )
}
