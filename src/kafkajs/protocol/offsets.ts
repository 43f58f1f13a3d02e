import {
  api,
  between,
  array,
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
  uuid,
  withDefault,
} from './schema.ts'

/** Timestamps that ask for a place instead of a time. Newer ones need newer brokers. */
export const LATEST_TIMESTAMP = -1n
export const EARLIEST_TIMESTAMP = -2n

/**
 * Offsets by place or time, of one leader's partitions. Version 1 tells one offset instead of a
 * list. A broker that is too old for a special timestamp may answer nonsense without an error: look
 * at its version range first. The same partition twice in one request is refused.
 */
export const ListOffsets = api({
  key: 2,
  name: 'ListOffsets',
  versions: [1, 9],
  flexibleFrom: 6,
  request: {
    replicaId: since(0, withDefault(int32, -1)),
    /** 0: latest is the high watermark; 1: latest is the last stable offset. */
    isolationLevel: since(2, int8),
    topics: list({
      name: string,
      partitions: list({
        partitionIndex: int32,
        currentLeaderEpoch: since(4, withDefault(int32, -1)),
        timestamp: int64,
      }),
    }),
  },
  response: {
    throttleTimeMs: since(2, int32),
    topics: list({
      name: string,
      partitions: list({
        partitionIndex: int32,
        errorCode: int16,
        timestamp: int64,
        offset: int64,
        leaderEpoch: since(4, int32),
      }),
    }),
  },
})

const committedPartition = {
  partitionIndex: int32,
  committedOffset: int64,
  committedLeaderEpoch: since(5, int32),
  metadata: nullableString,
  errorCode: int16,
}

/** The commits of one group, for brokers before 3.0. `topics: null` asks for all of them. */
export const OffsetFetchOne = api({
  key: 9,
  name: 'OffsetFetch',
  versions: [2, 7],
  flexibleFrom: 6,
  request: {
    groupId: string,
    topics: nullableList({ name: string, partitionIndexes: array(int32) }),
    requireStable: since(7, bool),
  },
  response: {
    throttleTimeMs: since(3, int32),
    topics: list({ name: string, partitions: list(committedPartition) }),
    errorCode: int16,
  },
})

/** The commits of many groups of one coordinator. Version 10 names topics by id and is not used. */
export const OffsetFetch = api({
  key: 9,
  name: 'OffsetFetch',
  versions: [8, 9],
  flexibleFrom: 6,
  request: {
    groups: list({
      groupId: string,
      memberId: since(9, nullableString),
      memberEpoch: since(9, withDefault(int32, -1)),
      topics: nullableList({ name: string, partitionIndexes: array(int32) }),
    }),
    requireStable: bool,
  },
  response: {
    throttleTimeMs: int32,
    groups: list({
      groupId: string,
      topics: list({ name: string, partitions: list(committedPartition) }),
      errorCode: int16,
    }),
  },
})

/** Without a member (generation -1, empty id) it works on groups without members only. */
export const OffsetCommit = api({
  key: 8,
  name: 'OffsetCommit',
  versions: [2, 9],
  flexibleFrom: 8,
  request: {
    groupId: string,
    generationIdOrMemberEpoch: since(0, withDefault(int32, -1)),
    memberId: string,
    groupInstanceId: since(7, nullableString),
    retentionTimeMs: between(2, 4, withDefault(int64, -1n)),
    topics: list({
      name: string,
      partitions: list({
        partitionIndex: int32,
        committedOffset: int64,
        committedLeaderEpoch: since(6, withDefault(int32, -1)),
        committedMetadata: nullableString,
      }),
    }),
  },
  response: {
    throttleTimeMs: since(3, int32),
    topics: list({ name: string, partitions: list({ partitionIndex: int32, errorCode: int16 }) }),
  },
})

/** Progress of share groups, which only their coordinator can count (KIP-932, lag by KIP-1226). */
export const DescribeShareGroupOffsets = api({
  key: 90,
  name: 'DescribeShareGroupOffsets',
  versions: [0, 1],
  flexibleFrom: 0,
  request: {
    groups: list({
      groupId: string,
      topics: nullableList({ topicName: string, partitions: array(int32) }),
    }),
  },
  response: {
    throttleTimeMs: int32,
    groups: list({
      groupId: string,
      topics: list({
        topicName: string,
        topicId: uuid,
        partitions: list({
          partitionIndex: int32,
          startOffset: int64,
          leaderEpoch: int32,
          lag: since(1, int64),
          errorCode: int16,
          errorMessage: nullableString,
        }),
      }),
      errorCode: int16,
      errorMessage: nullableString,
    }),
  },
})
