import {
  api,
  int16,
  int32,
  int64,
  list,
  nullableBytes,
  nullableString,
  since,
  string,
} from './schema.ts'

/**
 * Record batches to one leader's partitions. From version 8 on the answer names the records that
 * were refused (KIP-467). Versions 13 and up name topics by id and are not used.
 */
export const Produce = api({
  key: 0,
  name: 'Produce',
  versions: [3, 9],
  flexibleFrom: 9,
  request: {
    transactionalId: nullableString,
    acks: int16,
    timeoutMs: int32,
    topicData: list({
      name: string,
      partitionData: list({ index: int32, records: nullableBytes }),
    }),
  },
  response: {
    responses: list({
      name: string,
      partitionResponses: list({
        index: int32,
        errorCode: int16,
        baseOffset: int64,
        logAppendTimeMs: int64,
        logStartOffset: since(5, int64),
        recordErrors: since(8, list({ batchIndex: int32, batchIndexErrorMessage: nullableString })),
        errorMessage: since(8, nullableString),
      }),
    }),
    throttleTimeMs: int32,
  },
})
