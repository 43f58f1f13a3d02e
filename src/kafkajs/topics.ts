import { problemOf, type Problem } from '../base/problem.ts'
import type { ClusterDescription, NewTopic } from '../kafka/cluster.ts'
import type { Broker, ConfigEntry, LogDirectory, Partition, Quorum, Topic } from '../kafka/model.ts'
import type { AskOptions, Client } from './client.ts'
import { CODE } from './errorCodes.ts'
import { kafkaProblem, throwOnError, withProblem } from './problems.ts'
import { DescribeCluster, DescribeQuorum } from './protocol/metadata.ts'
import { NO_UUID } from './protocol/schema.ts'
import {
  CreateTopics,
  DeleteTopics,
  DescribeConfigs,
  DescribeLogDirs,
  RESOURCE_BROKER,
  RESOURCE_TOPIC,
} from './protocol/topics.ts'
import type { Leaders, TopicMetadata } from './routing.ts'
import { pause } from './waiting.ts'

/** What the calls about brokers and topics need. */
export interface TopicContext {
  readonly client: Client
  readonly leaders: Leaders
}

const known = (value: number | undefined) => (value === undefined || value < 0 ? undefined : value)

interface AdvertisedBroker {
  readonly host: string
  readonly port: number
  readonly rack: string | null
}

function toBroker(id: number, { host, port, rack }: AdvertisedBroker): Broker {
  return { id, host, port, ...(rack !== null && { rack }) }
}

/** Brokers that are down are told too where the cluster knows them (DescribeCluster v2, Kafka 4.0). */
export async function describeCluster(
  context: TopicContext,
  ask: AskOptions = {},
): Promise<ClusterDescription> {
  const { client } = context
  const metadata = await client.metadata([], ask)
  const [fenced, autoCreateTopics] = await Promise.all([
    fencedBrokers(client, ask),
    autoCreate(context, metadata.brokers[0]?.nodeId, ask),
  ])
  const live = new Set(metadata.brokers.map(({ nodeId }) => nodeId))
  const brokers = [
    ...metadata.brokers.map(broker => toBroker(broker.nodeId, broker)),
    ...fenced.filter(({ id }) => !live.has(id)),
  ]
  const controllerId = known(metadata.controllerId)
  return {
    ...(metadata.clusterId !== null && { clusterId: metadata.clusterId }),
    ...(controllerId !== undefined && { controllerId }),
    brokers: brokers.sort((a, b) => a.id - b.id),
    ...(autoCreateTopics !== undefined && { autoCreateTopics }),
  }
}

/** What the broker does not know or does not tell is left out. */
async function fencedBrokers(client: Client, ask: AskOptions): Promise<readonly Broker[]> {
  const { ranges } = await client.connection('any', ask)
  if (DescribeCluster.pick(ranges) === undefined) return []
  const body = { includeClusterAuthorizedOperations: false, includeFencedBrokers: true }
  const answer = await client.send('any', DescribeCluster, body, ask)
  if (answer.errorCode !== CODE.none) return []
  return answer.brokers
    .filter(({ isFenced }) => isFenced === true)
    .map(broker => ({ ...toBroker(broker.brokerId, broker), fenced: true }))
}

async function autoCreate(
  context: TopicContext,
  brokerId: number | undefined,
  ask: AskOptions,
): Promise<boolean | undefined> {
  if (brokerId === undefined) return undefined
  const configs = await brokerConfigs(context, brokerId, ask, ['auto.create.topics.enable'])
  if (!Array.isArray(configs)) return undefined
  const [entry] = configs as readonly ConfigEntry[]
  return entry?.value === undefined ? undefined : entry.value === 'true'
}

const QUORUM_TOPIC = '__cluster_metadata'

/** Undefined in ZooKeeper mode and on brokers before 3.3. Rejects where it is not allowed. */
export async function describeQuorum(
  { client }: TopicContext,
  ask: AskOptions = {},
): Promise<Quorum | undefined> {
  const { ranges } = await client.connection('any', ask)
  if (DescribeQuorum.pick(ranges) === undefined) return undefined
  const body = { topics: [{ topicName: QUORUM_TOPIC, partitions: [{ partitionIndex: 0 }] }] }
  const answer = await client.send('any', DescribeQuorum, body, ask)
  const quorum = answer.topics[0]?.partitions[0]
  const code = answer.errorCode === CODE.none ? quorum?.errorCode : answer.errorCode
  if (code !== undefined) throwOnError(code, 'Metadata quorum')
  if (!quorum) return undefined
  const leaderId = known(quorum.leaderId)
  return {
    ...(leaderId !== undefined && { leaderId }),
    leaderEpoch: quorum.leaderEpoch,
    highWatermark: quorum.highWatermark,
    voters: quorum.currentVoters.map(toReplica),
    observers: quorum.observers.map(toReplica),
  }
}

function toReplica(replica: {
  readonly replicaId: number
  readonly logEndOffset: bigint
  readonly lastCaughtUpTimestamp?: bigint | undefined
}) {
  const caughtUp = Number(replica.lastCaughtUpTimestamp ?? -1n)
  return {
    replicaId: replica.replicaId,
    logEndOffset: replica.logEndOffset,
    ...(caughtUp > 0 && { lastCaughtUpTimestamp: caughtUp }),
  }
}

export async function listTopics(
  { leaders }: TopicContext,
  ask: AskOptions = {},
): Promise<readonly Topic[]> {
  const { topics } = await leaders.fetch(undefined, ask)
  return topics.map(toTopic).sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** One topic for each name, in their order. */
export async function describeTopics(
  { leaders }: TopicContext,
  names: readonly string[],
  ask: AskOptions = {},
): Promise<readonly Topic[]> {
  if (names.length === 0) return []
  const { topics } = await leaders.fetch([...new Set(names)], ask)
  const byName = new Map(topics.map(topic => [topic.name, toTopic(topic)]))
  return names.map(name => byName.get(name) ?? missingTopic(name))
}

function missingTopic(name: string): Topic {
  const problem = kafkaProblem(CODE.unknownTopicOrPartition, `Topic ${name}`)
  return { name, internal: false, partitions: [], ...withProblem(problem) }
}

function toTopic(topic: TopicMetadata): Topic {
  const name = topic.name ?? ''
  return {
    name,
    ...(topic.topicId !== undefined && topic.topicId !== NO_UUID && { topicId: topic.topicId }),
    internal: topic.isInternal,
    partitions: topic.partitions
      .map(partition => toPartition(name, partition))
      .sort((a, b) => a.partition - b.partition),
    ...withProblem(kafkaProblem(topic.errorCode, `Topic ${name}`)),
  }
}

const REPLICA_NOT_AVAILABLE = 9

/** Error 9 is about a follower that is down and says nothing about reading or writing (KIP-841). */
function toPartition(topic: string, found: TopicMetadata['partitions'][number]): Partition {
  const leader = known(found.leaderId)
  const leaderEpoch = known(found.leaderEpoch)
  const code = found.errorCode === REPLICA_NOT_AVAILABLE ? CODE.none : found.errorCode
  return {
    partition: found.partitionIndex,
    ...(leader !== undefined && { leader }),
    ...(leaderEpoch !== undefined && { leaderEpoch }),
    replicas: found.replicaNodes,
    inSyncReplicas: found.isrNodes,
    offlineReplicas: found.offlineReplicas ?? [],
    ...withProblem(kafkaProblem(code, `Partition ${topic}-${found.partitionIndex}`)),
  }
}

/** ConfigSource of DescribeConfigs (KIP-226). */
const CONFIG_SOURCES: Readonly<Record<number, ConfigEntry['source']>> = {
  1: 'topic',
  2: 'broker',
  3: 'broker-default',
  4: 'static',
  5: 'default',
}

type ConfigAnswer = ReturnType<(typeof DescribeConfigs)['decode']>['results'][number]

function toConfigs(
  result: ConfigAnswer | undefined,
  subject: string,
): readonly ConfigEntry[] | Problem {
  const missing = { code: 'not-answered', message: `${subject}: the broker told no configs.` }
  if (!result) return missing
  const problem = kafkaProblem(result.errorCode, subject, result.errorMessage)
  if (problem) return problem
  return result.configs.map(config => ({
    name: config.name,
    ...(config.value !== null && { value: config.value }),
    source: CONFIG_SOURCES[config.configSource] ?? 'unknown',
    readOnly: config.readOnly,
    sensitive: config.isSensitive,
  }))
}

export async function topicConfigs(
  { client }: TopicContext,
  names: readonly string[],
  ask: AskOptions = {},
): Promise<ReadonlyMap<string, readonly ConfigEntry[] | Problem>> {
  if (names.length === 0) return new Map()
  const resources = [...new Set(names)].map(resourceName => ({
    resourceType: RESOURCE_TOPIC,
    resourceName,
    configurationKeys: null,
  }))
  const { results } = await client.send(
    'any',
    DescribeConfigs,
    { resources, includeSynonyms: false },
    ask,
  )
  const byName = new Map(results.map(result => [result.resourceName, result]))
  return new Map(names.map(name => [name, toConfigs(byName.get(name), `Topic ${name}`)]))
}

/** Asked of the broker itself. `keys` absent: all of them. */
export async function brokerConfigs(
  { client }: TopicContext,
  brokerId: number,
  ask: AskOptions = {},
  keys: readonly string[] | null = null,
): Promise<readonly ConfigEntry[] | Problem> {
  const resource = {
    resourceType: RESOURCE_BROKER,
    resourceName: String(brokerId),
    configurationKeys: keys,
  }
  try {
    const body = { resources: [resource], includeSynonyms: false }
    const { results } = await client.send(brokerId, DescribeConfigs, body, ask)
    return toConfigs(results[0], `Broker ${brokerId}`)
  } catch (error) {
    if (ask.signal?.aborted) throw error
    return problemOf(error)
  }
}

/** Each broker tells of its own disks; one that does not answer is a directory with a problem. */
export async function logDirectories(
  { client }: TopicContext,
  topics: readonly string[] | undefined,
  ask: AskOptions = {},
): Promise<readonly LogDirectory[]> {
  const wanted = topics && (await partitionsOf(client, topics, ask))
  const brokers = await client.brokerIds(ask)
  const each = await Promise.all(brokers.map(id => directoriesOf(client, id, wanted, ask)))
  return each.flat()
}

interface WantedTopic {
  readonly topic: string
  readonly partitions: readonly number[]
}

async function partitionsOf(
  client: Client,
  names: readonly string[],
  ask: AskOptions,
): Promise<readonly WantedTopic[]> {
  const { topics } = await client.metadata(names, ask)
  return topics.map(topic => ({
    topic: topic.name ?? '',
    partitions: topic.partitions.map(({ partitionIndex }) => partitionIndex),
  }))
}

async function directoriesOf(
  client: Client,
  brokerId: number,
  wanted: readonly WantedTopic[] | undefined,
  ask: AskOptions,
): Promise<readonly LogDirectory[]> {
  try {
    const answer = await client.send(brokerId, DescribeLogDirs, { topics: wanted ?? null }, ask)
    throwOnError(answer.errorCode ?? CODE.none, `Disks of broker ${brokerId}`)
    return answer.results.map(result => toDirectory(brokerId, result))
  } catch (error) {
    if (ask.signal?.aborted) throw error
    return [{ brokerId, path: '', replicas: [], problem: problemOf(error) }]
  }
}

type DirectoryAnswer = ReturnType<(typeof DescribeLogDirs)['decode']>['results'][number]

function toDirectory(brokerId: number, result: DirectoryAnswer): LogDirectory {
  const bytes = (value: bigint | undefined) =>
    value === undefined || value < 0n ? undefined : value
  const totalBytes = bytes(result.totalBytes)
  const usableBytes = bytes(result.usableBytes)
  return {
    brokerId,
    path: result.logDir,
    ...(totalBytes !== undefined && { totalBytes }),
    ...(usableBytes !== undefined && { usableBytes }),
    replicas: result.topics.flatMap(({ name, partitions }) =>
      partitions.map(partition => ({
        topic: name,
        partition: partition.partitionIndex,
        sizeBytes: partition.partitionSize,
        future: partition.isFutureKey,
      })),
    ),
    ...withProblem(
      kafkaProblem(result.errorCode, `Directory ${result.logDir} of broker ${brokerId}`),
    ),
  }
}

interface TopicOutcome {
  readonly name: string
  readonly problem?: Problem
}

/** How long the broker may take to make or delete topics, ms. */
const TOPIC_TIMEOUT_MS = 15_000
/** How long to wait until new topics can be used, ms. */
const LEADERS_TIMEOUT_MS = 5_000
const LEADERS_PAUSE_MS = 50
/** Stands for the broker's default (KIP-464). */
const BROKER_DEFAULT = -1

/** Resolves when the new topics have leaders, so that they can be used at once. */
export async function createTopics(
  context: TopicContext,
  topics: readonly NewTopic[],
  ask: AskOptions = {},
): Promise<readonly TopicOutcome[]> {
  if (topics.length === 0) return []
  const body = {
    topics: topics.map(topic => ({
      name: topic.name,
      numPartitions: topic.partitions ?? BROKER_DEFAULT,
      replicationFactor: topic.replicationFactor ?? BROKER_DEFAULT,
      assignments: [],
      configs: Object.entries(topic.configs ?? {}).map(([name, value]) => ({ name, value })),
    })),
    timeoutMs: TOPIC_TIMEOUT_MS,
    validateOnly: false,
  }
  const controller = await findController(context.client, ask)
  const answer = await context.client.send(controller, CreateTopics, body, ask)
  const outcomes = topics.map(({ name }) =>
    topicOutcome(
      name,
      answer.topics.find(topic => topic.name === name),
    ),
  )
  await waitForLeaders(
    context,
    outcomes.filter(({ problem }) => !problem).map(({ name }) => name),
    ask,
  )
  return outcomes
}

function topicOutcome(
  name: string,
  found:
    { readonly errorCode: number; readonly errorMessage?: string | null | undefined } | undefined,
): TopicOutcome {
  if (!found) {
    return {
      name,
      problem: { code: 'not-answered', message: `Topic ${name}: the broker left it out.` },
    }
  }
  return {
    name,
    ...withProblem(kafkaProblem(found.errorCode, `Topic ${name}`, found.errorMessage)),
  }
}

/** In KRaft mode any live broker, which forwards; in ZooKeeper mode the controller itself. */
async function findController(client: Client, ask: AskOptions): Promise<number | 'any'> {
  const { controllerId } = await client.metadata([], ask)
  return controllerId < 0 ? 'any' : controllerId
}

async function waitForLeaders(
  context: TopicContext,
  names: readonly string[],
  ask: AskOptions,
): Promise<void> {
  for (const end = Date.now() + LEADERS_TIMEOUT_MS; names.length > 0 && Date.now() < end;) {
    const topics = await describeTopics(context, names, ask)
    const ready = topics.every(
      topic => !topic.problem && topic.partitions.every(({ leader }) => leader !== undefined),
    )
    if (ready) return
    await pause(LEADERS_PAUSE_MS, ask.signal)
  }
}

export async function deleteTopics(
  { client, leaders }: TopicContext,
  names: readonly string[],
  ask: AskOptions = {},
): Promise<readonly TopicOutcome[]> {
  if (names.length === 0) return []
  const body = { topicNames: names, timeoutMs: TOPIC_TIMEOUT_MS }
  const controller = await findController(client, ask)
  const { responses } = await client.send(controller, DeleteTopics, body, ask)
  leaders.forget(names)
  return names.map(name =>
    topicOutcome(
      name,
      responses.find(response => response.name === name),
    ),
  )
}
