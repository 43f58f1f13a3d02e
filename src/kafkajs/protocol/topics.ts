import {
  api,
  array,
  bool,
  int16,
  int32,
  int64,
  int8,
  list,
  nullableList,
  nullableArray,
  nullableString,
  since,
  string,
  tagged,
  uuid,
} from './schema.ts'

/** -1 for partitions or replication factor asks for the broker's default (KIP-464). */
export const CreateTopics = api({
  key: 19,
  name: 'CreateTopics',
  versions: [2, 7],
  flexibleFrom: 5,
  request: {
    topics: list({
      name: string,
      numPartitions: int32,
      replicationFactor: int16,
      assignments: list({ partitionIndex: int32, brokerIds: array(int32) }),
      configs: list({ name: string, value: nullableString }),
    }),
    timeoutMs: int32,
    validateOnly: bool,
  },
  response: {
    throttleTimeMs: int32,
    topics: list({
      name: string,
      topicId: since(7, uuid),
      errorCode: int16,
      errorMessage: nullableString,
      topicConfigErrorCode: tagged(0, 5, int16),
      numPartitions: since(5, int32),
      replicationFactor: since(5, int16),
      configs: since(
        5,
        nullableList({
          name: string,
          value: nullableString,
          readOnly: bool,
          configSource: int8,
          isSensitive: bool,
        }),
      ),
    }),
  },
})

export const DeleteTopics = api({
  key: 20,
  name: 'DeleteTopics',
  versions: [1, 5],
  flexibleFrom: 4,
  request: { topicNames: array(string), timeoutMs: int32 },
  response: {
    throttleTimeMs: int32,
    responses: list({
      name: string,
      errorCode: int16,
      errorMessage: since(5, nullableString),
    }),
  },
})

export const RESOURCE_TOPIC = 2
export const RESOURCE_BROKER = 4

/** Configs of topics from any broker, of a broker from that broker. */
export const DescribeConfigs = api({
  key: 32,
  name: 'DescribeConfigs',
  versions: [1, 4],
  flexibleFrom: 4,
  request: {
    resources: list({
      resourceType: int8,
      resourceName: string,
      configurationKeys: nullableArray(string),
    }),
    includeSynonyms: bool,
    includeDocumentation: since(3, bool),
  },
  response: {
    throttleTimeMs: int32,
    results: list({
      errorCode: int16,
      errorMessage: nullableString,
      resourceType: int8,
      resourceName: string,
      configs: list({
        name: string,
        value: nullableString,
        readOnly: bool,
        configSource: int8,
        isSensitive: bool,
        synonyms: list({ name: string, value: nullableString, source: int8 }),
        configType: since(3, int8),
        documentation: since(3, nullableString),
      }),
    }),
  },
})

/** What one broker has on its disks. `topics: null` asks for all of them. */
export const DescribeLogDirs = api({
  key: 35,
  name: 'DescribeLogDirs',
  versions: [1, 4],
  flexibleFrom: 2,
  request: { topics: nullableList({ topic: string, partitions: array(int32) }) },
  response: {
    throttleTimeMs: int32,
    errorCode: since(3, int16),
    results: list({
      errorCode: int16,
      logDir: string,
      topics: list({
        name: string,
        partitions: list({
          partitionIndex: int32,
          partitionSize: int64,
          offsetLag: int64,
          isFutureKey: bool,
        }),
      }),
      totalBytes: since(4, int64),
      usableBytes: since(4, int64),
    }),
  },
})
