import type { Log } from '../base/log.ts'
import type { Ask, Cluster, JoinRequest, JoinUpdate } from '../kafka/cluster.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { RecordView, ViewRequest } from '../kafka/recordView.ts'
import { openClient } from './client.ts'
import { throwExplained } from './diagnose.ts'
import { committedOffsets, listOffsets, shareGroupOffsets } from './offsets.ts'
import { whenCoordinated } from './coordinated.ts'
import { describeGroups, listGroups } from './groups.ts'
import type { JoinContext } from './join.ts'
import { produce } from './produce.ts'
import { produceValues } from './produceValues.ts'
import { ProducerIds } from './producerIds.ts'
import { Coordinators, Leaders } from './routing.ts'
import {
  brokerConfigs,
  createTopics,
  deleteTopics,
  describeCluster,
  describeQuorum,
  describeTopics,
  listTopics,
  logDirectories,
  topicConfigs,
} from './topics.ts'
import { beginTransaction } from './transaction.ts'
import { openTransactions } from './transactions.ts'

/** What a cluster needs from outside. */
export interface ClusterDependencies {
  readonly log: Log
  /** Reads partitions with a client of its own, in a thread of its own. */
  readonly reader: (
    request: ReadRequest,
    ask: { readonly signal: AbortSignal },
  ) => AsyncIterable<ReadUpdate>
  /** Gets `reader` ready for these topics. */
  readonly warmUp?: (topics: readonly string[]) => void
  /** Reads as `reader` does, and holds the records in that thread. */
  readonly view?: (request: ViewRequest) => RecordView
  /** Called once when the cluster is closed, to end what `reader` holds. */
  readonly onClose?: () => void | Promise<void>
}

/**
 * Connects: resolves when a broker has answered, and rejects with `ProblemError` when none does.
 * Other brokers are connected to when they are first asked something. A broker that went away and
 * came back is found again by the next call. Closing waits, for a few seconds at most, until members
 * that joined have left their groups.
 */
export async function createCluster(
  config: ConnectionConfig,
  dependencies: ClusterDependencies,
  ask: Ask = {},
): Promise<Cluster> {
  const client = openClient(config, dependencies.log)
  const closing = new AbortController()
  const context = {
    client,
    leaders: new Leaders(client),
    coordinators: new Coordinators(client),
    transactionCoordinators: new Coordinators(client, 'transaction'),
    producerIds: new ProducerIds(client),
    leaving: new Set<Promise<void>>(),
  }
  try {
    await client.metadata([], ask)
  } catch (error) {
    client.close()
    return throwExplained(error, config, ask.signal)
  }
  const untilClosed = (signal: AbortSignal) => AbortSignal.any([signal, closing.signal])
  return {
    describe: options => describeCluster(context, options),
    quorum: options => describeQuorum(context, options),
    listTopics: options => listTopics(context, options),
    describeTopics: (names, options) => describeTopics(context, names, options),
    topicConfigs: (names, options) => topicConfigs(context, names, options),
    brokerConfigs: (brokerId, options) => brokerConfigs(context, brokerId, options),
    logDirectories: (topics, options) => logDirectories(context, topics, options),
    listOffsets: (queries, options) => listOffsets(context, queries, options),
    listGroups: options => listGroups(context, options),
    describeGroups: (groups, options) => {
      const ask = () => describeGroups(context, groups, options)
      return options?.whenCoordinated ? whenCoordinated(ask, options.signal) : ask()
    },
    committedOffsets: (groupIds, options) => committedOffsets(context, groupIds, options),
    shareGroupOffsets: (groupId, options) => shareGroupOffsets(context, groupId, options),
    createTopics: (topics, options) => createTopics(context, topics, options),
    deleteTopics: (names, options) => deleteTopics(context, names, options),
    produce: (request, options) => produce(context, request, options),
    produceValues: (request, options) => produceValues(context, request, options),
    transaction: (id, options) => beginTransaction(context, id, options),
    join: (request, { signal }) => join(context, request, untilClosed(signal)),
    read: (request, { signal }) => dependencies.reader(request, { signal: untilClosed(signal) }),
    warmUp: topics => dependencies.warmUp?.(topics),
    view: request => {
      if (!dependencies.view) throw new Error('This cluster was opened without views.')
      return dependencies.view(request)
    },
    openTransactions: (partitions, options) => openTransactions(context, partitions, options),
    close: async () => {
      if (closing.signal.aborted) return
      closing.abort()
      client.close()
      await Promise.all([...context.leaving, dependencies.onClose?.()])
    },
  }
}

/** kafkajs's consumer, the larger part of the library, is loaded with the first group. */
async function* join(
  context: JoinContext,
  request: JoinRequest,
  signal: AbortSignal,
): AsyncGenerator<JoinUpdate> {
  const { joinGroup } = await import('./join.ts')
  yield* joinGroup(context, request, signal)
}
