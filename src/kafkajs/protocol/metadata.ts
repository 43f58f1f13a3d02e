import {
  api,
  array,
  between,
  bool,
  int16,
  int32,
  int64,
  int8,
  list,
  nullableList,
  nullableString,
  since,
  string,
  uint16,
  uuid,
  withDefault,
} from './schema.ts'

/**
 * Brokers, topics and partition leaders. `topics: null` asks for all. Below version 4 asking for a
 * topic may create it, so that they are never used; from there on `allowAutoTopicCreation` is
 * written as false unless said otherwise. Version 13 adds nothing used here.
 */
export const Metadata = api({
  key: 3,
  name: 'Metadata',
  versions: [4, 12],
  flexibleFrom: 9,
  request: {
    topics: nullableList({ topicId: since(10, uuid), name: nullableString }),
    allowAutoTopicCreation: since(4, bool),
    includeClusterAuthorizedOperations: between(8, 10, bool),
    includeTopicAuthorizedOperations: since(8, bool),
  },
  response: {
    throttleTimeMs: int32,
    brokers: list({ nodeId: int32, host: string, port: int32, rack: nullableString }),
    clusterId: nullableString,
    controllerId: int32,
    topics: list({
      errorCode: int16,
      name: nullableString,
      topicId: since(10, uuid),
      isInternal: bool,
      partitions: list({
        errorCode: int16,
        partitionIndex: int32,
        leaderId: int32,
        leaderEpoch: since(7, int32),
        replicaNodes: array(int32),
        isrNodes: array(int32),
        offlineReplicas: since(5, array(int32)),
      }),
      topicAuthorizedOperations: since(8, int32),
    }),
    clusterAuthorizedOperations: between(8, 10, int32),
  },
})

/** Version 2 tells brokers that are registered but not alive. */
export const DescribeCluster = api({
  key: 60,
  name: 'DescribeCluster',
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    includeClusterAuthorizedOperations: bool,
    endpointType: since(1, withDefault(int8, 1)),
    includeFencedBrokers: since(2, bool),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    endpointType: since(1, int8),
    clusterId: string,
    controllerId: int32,
    brokers: list({
      brokerId: int32,
      host: string,
      port: int32,
      rack: nullableString,
      isFenced: since(2, bool),
    }),
    clusterAuthorizedOperations: int32,
  },
})

const quorumReplica = {
  replicaId: int32,
  replicaDirectoryId: since(2, uuid),
  logEndOffset: int64,
  lastFetchTimestamp: since(1, int64),
  lastCaughtUpTimestamp: since(1, int64),
}

/** The KRaft quorum; asked of topic `__cluster_metadata`, partition 0 (KIP-595, KIP-836). */
export const DescribeQuorum = api({
  key: 55,
  name: 'DescribeQuorum',
  versions: [0, 2],
  flexibleFrom: 0,
  request: {
    topics: list({ topicName: string, partitions: list({ partitionIndex: int32 }) }),
  },
  response: {
    errorCode: int16,
    errorMessage: since(2, nullableString),
    topics: list({
      topicName: string,
      partitions: list({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: since(2, nullableString),
        leaderId: int32,
        leaderEpoch: int32,
        highWatermark: int64,
        currentVoters: list(quorumReplica),
        observers: list(quorumReplica),
      }),
    }),
    nodes: since(
      2,
      list({ nodeId: int32, listeners: list({ name: string, host: string, port: uint16 }) }),
    ),
  },
})
