import { api, array, int16, int32, int64, list, nullableString, string } from './schema.ts'

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
