import {
  api,
  array,
  between,
  int16,
  int32,
  int64,
  int8,
  list,
  nullableBytes,
  nullableList,
  since,
  string,
  struct,
  tagged,
  uuid,
  withDefault,
  nullableString,
} from './schema.ts'

/**
 * Records of one leader's partitions. Topics are named up to version 12 and told by id from 13 on;
 * version 11 is understood by every broker from 2.3 to 4.2. Without a session: `sessionId` 0 and
 * `sessionEpoch` -1, which are the defaults here. `records` is a view into the answer: whole
 * batches, the first of which may start before the asked offset and the last of which may be cut.
 */
export const Fetch = api({
  key: 1,
  name: 'Fetch',
  versions: [4, 17],
  flexibleFrom: 12,
  request: {
    clusterId: tagged(0, 12, nullableString),
    replicaId: between(0, 14, withDefault(int32, -1)),
    replicaState: tagged(1, 15, struct({ replicaId: int32, replicaEpoch: int64 })),
    maxWaitMs: int32,
    minBytes: int32,
    maxBytes: int32,
    /** 0 read_uncommitted, 1 read_committed. */
    isolationLevel: int8,
    sessionId: since(7, int32),
    sessionEpoch: since(7, withDefault(int32, -1)),
    topics: list({
      topic: between(0, 12, string),
      topicId: since(13, uuid),
      partitions: list({
        partition: int32,
        currentLeaderEpoch: since(9, withDefault(int32, -1)),
        fetchOffset: int64,
        lastFetchedEpoch: since(12, withDefault(int32, -1)),
        logStartOffset: since(5, withDefault(int64, -1n)),
        partitionMaxBytes: int32,
        replicaDirectoryId: tagged(0, 17, uuid),
      }),
    }),
    forgottenTopicsData: since(
      7,
      list({
        topic: between(7, 12, string),
        topicId: since(13, uuid),
        partitions: array(int32),
      }),
    ),
    rackId: since(11, string),
  },
  response: {
    throttleTimeMs: int32,
    errorCode: since(7, int16),
    sessionId: since(7, int32),
    responses: list({
      topic: between(0, 12, string),
      topicId: since(13, uuid),
      partitions: list({
        partitionIndex: int32,
        errorCode: int16,
        highWatermark: int64,
        lastStableOffset: int64,
        logStartOffset: since(5, int64),
        abortedTransactions: nullableList({ producerId: int64, firstOffset: int64 }),
        preferredReadReplica: since(11, int32),
        records: nullableBytes,
        divergingEpoch: tagged(0, 12, struct({ epoch: int32, endOffset: int64 })),
        currentLeader: tagged(1, 12, struct({ leaderId: int32, leaderEpoch: int32 })),
        snapshotId: tagged(2, 12, struct({ endOffset: int64, epoch: int32 })),
      }),
    }),
    nodeEndpoints: tagged(
      0,
      16,
      list({ nodeId: int32, host: string, port: int32, rack: nullableString }),
    ),
  },
})
