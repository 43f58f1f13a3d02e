import type { RecordPage } from '../kafka/page.ts'
import { readBatch, visibleBatches, type AbortedTransaction } from './batches.ts'
import type { BatchWalk } from './heads.ts'
import { packPages, type Block, type ReadError } from './pages.ts'

/** One partition's part of a fetch response, and what of it is wanted. */
export interface FetchedRecords {
  readonly topic: string
  readonly partition: number
  readonly records: Uint8Array
  readonly walk: BatchWalk
  /** Offsets in [from, to) are wanted; whole batches outside are not even decompressed. */
  readonly from: bigint
  readonly to: bigint
  /** Given in read_committed. */
  readonly aborted: readonly AbortedTransaction[] | undefined
}

/** The wanted records in pages; what cannot be read is an error on a page, and the rest goes on. */
export function decodePages(fetched: FetchedRecords): Generator<RecordPage> {
  const { topic, partition, walk, records } = fetched
  const origin = { topic, partition, inPlace: isInPlace(walk), sourceBytes: records.length }
  return packPages(origin, blocksOf(fetched))
}

/** Whether the records stand in the answer as they are, so that pages can point into it. */
export function isInPlace({ batches }: BatchWalk): boolean {
  return batches.every(({ codec }) => codec === 0)
}

function* blocksOf(fetched: FetchedRecords): Generator<Block | ReadError> {
  const { records, walk, from, to } = fetched
  yield* walk.errors
  for (const batch of visibleBatches(records, walk.batches, fetched.aborted)) {
    const result = readBatch(records, batch, from, to)
    if (result && ('message' in result || result.count > 0)) yield result
  }
}
