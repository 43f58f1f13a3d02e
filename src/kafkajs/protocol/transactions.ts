import {
  api,
  array,
  bool,
  int16,
  int32,
  int64,
  list,
  nullableString,
  since,
  string,
  withDefault,
} from './schema.ts'

/** A producer that has no id yet. */
const NO_ID = withDefault(int64, -1n)
const NO_EPOCH = withDefault(int16, -1)

/**
 * An id and an epoch for a producer (KIP-98). With a transactional id it is asked of that id's
 * coordinator, which ends what earlier producers of the id left open and fences them.
 */
export const InitProducerId = api({
  key: 22,
  name: 'InitProducerId',
  versions: [0, 4],
  flexibleFrom: 2,
  request: {
    transactionalId: nullableString,
    transactionTimeoutMs: int32,
    producerId: since(3, NO_ID),
    producerEpoch: since(3, NO_EPOCH),
  },
  response: { throttleTimeMs: int32, errorCode: int16, producerId: int64, producerEpoch: int16 },
})

/** Tells the coordinator to which partitions a transaction writes. Version 4 is for brokers. */
export const AddPartitionsToTxn = api({
  key: 24,
  name: 'AddPartitionsToTxn',
  versions: [0, 3],
  flexibleFrom: 3,
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    topics: list({ name: string, partitions: array(int32) }),
  },
  response: {
    throttleTimeMs: int32,
    results: list({
      name: string,
      partitions: list({ partitionIndex: int32, errorCode: int16 }),
    }),
  },
})

/** Commits or aborts. Version 5 gives the producer a new epoch (KIP-890) and is not used. */
export const EndTxn = api({
  key: 26,
  name: 'EndTxn',
  versions: [0, 4],
  flexibleFrom: 3,
  request: {
    transactionalId: string,
    producerId: int64,
    producerEpoch: int16,
    committed: bool,
  },
  response: { throttleTimeMs: int32, errorCode: int16 },
})

/** Producers that have written to partitions of one leader lately (KIP-664). Kafka 2.8. */
export const DescribeProducers = api({
  key: 61,
  name: 'DescribeProducers',
  versions: [0, 0],
  flexibleFrom: 0,
  request: { topics: list({ name: string, partitionIndexes: array(int32) }) },
  response: {
    throttleTimeMs: int32,
    topics: list({
      name: string,
      partitions: list({
        partitionIndex: int32,
        errorCode: int16,
        errorMessage: nullableString,
        activeProducers: list({
          producerId: int64,
          producerEpoch: int32,
          lastSequence: int32,
          /** Ms since the epoch; -1 where it is not known. */
          lastTimestamp: int64,
          coordinatorEpoch: int32,
          /** -1 without an open transaction. */
          currentTxnStartOffset: int64,
        }),
      }),
    }),
  },
})
