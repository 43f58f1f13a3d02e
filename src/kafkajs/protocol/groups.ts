import {
  api,
  array,
  bool,
  bytes,
  int16,
  int32,
  int64,
  int8,
  list,
  nullableList,
  nullableString,
  nullableStruct,
  since,
  string,
  struct,
  uint16,
  uuid,
} from './schema.ts'

/** Groups of one broker. States from version 4 (Kafka 2.6), types from version 5 (3.8) on. */
export const ListGroups = api({
  key: 16,
  name: 'ListGroups',
  versions: [0, 5],
  flexibleFrom: 3,
  request: { statesFilter: since(4, array(string)), typesFilter: since(5, array(string)) },
  response: {
    throttleTimeMs: since(1, int32),
    errorCode: int16,
    groups: list({
      groupId: string,
      protocolType: string,
      groupState: since(4, string),
      groupType: since(5, string),
    }),
  },
})

/** Coordinators of one group, for brokers before 3.0. Key type 0 is a group. */
export const FindCoordinatorOne = api({
  key: 10,
  name: 'FindCoordinator',
  versions: [1, 3],
  flexibleFrom: 3,
  request: { key: string, keyType: int8 },
  response: {
    throttleTimeMs: int32,
    errorCode: int16,
    errorMessage: nullableString,
    nodeId: int32,
    host: string,
    port: int32,
  },
})

/** Coordinators of many groups (KIP-699). */
export const FindCoordinator = api({
  key: 10,
  name: 'FindCoordinator',
  versions: [4, 6],
  flexibleFrom: 3,
  request: { keyType: int8, coordinatorKeys: array(string) },
  response: {
    throttleTimeMs: int32,
    coordinators: list({
      key: string,
      nodeId: int32,
      host: string,
      port: int32,
      errorCode: int16,
      errorMessage: nullableString,
    }),
  },
})

/**
 * Classic groups. Groups of the other types look dead and without members before version 6; from 6
 * on (Kafka 4.0) they are an error.
 */
export const DescribeGroups = api({
  key: 15,
  name: 'DescribeGroups',
  versions: [0, 6],
  flexibleFrom: 5,
  request: { groups: array(string), includeAuthorizedOperations: since(3, bool) },
  response: {
    throttleTimeMs: since(1, int32),
    groups: list({
      errorCode: int16,
      errorMessage: since(6, nullableString),
      groupId: string,
      groupState: string,
      protocolType: string,
      protocolData: string,
      members: list({
        memberId: string,
        groupInstanceId: since(4, nullableString),
        clientId: string,
        clientHost: string,
        memberMetadata: bytes,
        memberAssignment: bytes,
      }),
      authorizedOperations: since(3, int32),
    }),
  },
})

const topicPartitions = struct({
  topicPartitions: list({ topicId: uuid, topicName: string, partitions: array(int32) }),
})

/** Groups of the KIP-848 protocol. */
export const ConsumerGroupDescribe = api({
  key: 69,
  name: 'ConsumerGroupDescribe',
  versions: [0, 1],
  flexibleFrom: 0,
  request: { groupIds: array(string), includeAuthorizedOperations: bool },
  response: {
    throttleTimeMs: int32,
    groups: list({
      errorCode: int16,
      errorMessage: nullableString,
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      assignorName: string,
      members: list({
        memberId: string,
        instanceId: nullableString,
        rackId: nullableString,
        memberEpoch: int32,
        clientId: string,
        clientHost: string,
        subscribedTopicNames: array(string),
        subscribedTopicRegex: nullableString,
        assignment: topicPartitions,
        targetAssignment: topicPartitions,
        /** 0 a classic member during a migration, 1 a consumer. */
        memberType: since(1, int8),
      }),
      authorizedOperations: int32,
    }),
  },
})

/** Share groups (KIP-932). A broker that does not have them on answers 35 per group. */
export const ShareGroupDescribe = api({
  key: 77,
  name: 'ShareGroupDescribe',
  versions: [1, 1],
  flexibleFrom: 0,
  request: { groupIds: array(string), includeAuthorizedOperations: bool },
  response: {
    throttleTimeMs: int32,
    groups: list({
      errorCode: int16,
      errorMessage: nullableString,
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      assignorName: string,
      members: list({
        memberId: string,
        rackId: nullableString,
        memberEpoch: int32,
        clientId: string,
        clientHost: string,
        subscribedTopicNames: array(string),
        assignment: topicPartitions,
      }),
      authorizedOperations: int32,
    }),
  },
})

const keyValues = list({ key: string, value: string })
const topicInfo = list({
  name: string,
  partitions: int32,
  replicationFactor: int16,
  topicConfigs: keyValues,
})
const tasks = list({ subtopologyId: string, partitions: array(int32) })
const taskOffsets = list({ subtopologyId: string, partition: int32, offset: int64 })
const assignedTasks = struct({ activeTasks: tasks, standbyTasks: tasks, warmupTasks: tasks })

/** Streams groups (KIP-1071): members have tasks of subtopologies, not partitions. */
export const StreamsGroupDescribe = api({
  key: 89,
  name: 'StreamsGroupDescribe',
  versions: [0, 0],
  flexibleFrom: 0,
  request: { groupIds: array(string), includeAuthorizedOperations: bool },
  response: {
    throttleTimeMs: int32,
    groups: list({
      errorCode: int16,
      errorMessage: nullableString,
      groupId: string,
      groupState: string,
      groupEpoch: int32,
      assignmentEpoch: int32,
      topology: nullableStruct({
        epoch: int32,
        subtopologies: nullableList({
          subtopologyId: string,
          sourceTopics: array(string),
          repartitionSinkTopics: array(string),
          stateChangelogTopics: topicInfo,
          repartitionSourceTopics: topicInfo,
        }),
      }),
      members: list({
        memberId: string,
        memberEpoch: int32,
        instanceId: nullableString,
        rackId: nullableString,
        clientId: string,
        clientHost: string,
        topologyEpoch: int32,
        processId: string,
        userEndpoint: nullableStruct({ host: string, port: uint16 }),
        clientTags: keyValues,
        taskOffsets,
        taskEndOffsets: taskOffsets,
        assignment: assignedTasks,
        targetAssignment: assignedTasks,
        isClassic: bool,
      }),
      authorizedOperations: int32,
    }),
  },
})
