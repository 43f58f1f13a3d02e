import { ProblemError } from '../base/problem.ts'
import { kafkaProblem } from '../kafkajs/problems.ts'
import { offsetsIn, visibleBatches } from './batches.ts'
import { MAX_PARTITION_FETCH_BYTES, sendFetch, type FetchContext } from './fetching.ts'
import { farthestOffset, walkBatches, type Batch } from './heads.ts'
import { newPartitionRead } from './partitionRead.ts'

export interface TailRequest {
  readonly partition: number
  /** How many records are wanted. */
  readonly count: number
  /** What the log holds. */
  readonly start: bigint
  readonly end: bigint
}

/** A batch of which some records are to be seen. */
interface Counted {
  readonly baseOffset: bigint
  readonly nextOffset: bigint
  readonly records: number
}

/**
 * The offset from which on a partition holds its last `count` records. Compaction, transaction
 * markers and aborted records leave gaps, so that `end - count` is only a first guess: windows of
 * offsets are counted backwards, from the heads of their batches, until there are enough.
 */
export async function tailStart(
  context: FetchContext,
  nodeId: number,
  request: TailRequest,
): Promise<bigint> {
  const found = await countBack(context, nodeId, request)
  // The first batch of a log can hold records that were deleted (DeleteRecords).
  return found < request.start ? request.start : found
}

async function countBack(
  context: FetchContext,
  nodeId: number,
  request: TailRequest,
): Promise<bigint> {
  const { partition, start, end } = request
  let missing = request.count
  let upTo = end
  let width = BigInt(request.count)
  while (missing > 0 && upTo > start) {
    const from = upTo - width > start ? upTo - width : start
    const found = await countWindow(context, nodeId, { partition, from, upTo })
    for (const batch of found.reverse()) {
      if (batch.records >= missing) {
        return offsetFromEnd(context, nodeId, { partition, batch, index: missing })
      }
      missing -= batch.records
    }
    const first = found.at(-1)?.baseOffset
    upTo = first !== undefined && first < from ? first : from
    width *= 2n
  }
  return missing > 0 ? start : upTo
}

interface Window {
  readonly partition: number
  readonly from: bigint
  readonly upTo: bigint
}

/** The batches that start before `upTo` and reach beyond `from`, with records to be seen. */
async function countWindow(
  context: FetchContext,
  nodeId: number,
  { partition, from, upTo }: Window,
): Promise<Counted[]> {
  const counted: Counted[] = []
  let position = from
  while (position < upTo) {
    const { batches, records, next } = await fetchBatches(context, nodeId, partition, position)
    for (const batch of batches) {
      if (batch.baseOffset >= upTo || batch.nextOffset <= position) continue
      const count = batch.count ?? offsetsIn(records, batch).length
      const { baseOffset, nextOffset } = batch
      if (count > 0) counted.push({ baseOffset, nextOffset, records: count })
    }
    if (next === undefined || next <= position) break
    position = next
  }
  return counted
}

interface FetchedBatches {
  readonly batches: readonly Batch[]
  readonly records: Uint8Array
  /** Undefined where nothing more is to be had. */
  readonly next: bigint | undefined
}

async function fetchBatches(
  context: FetchContext,
  nodeId: number,
  partition: number,
  from: bigint,
): Promise<FetchedBatches> {
  const read = { ...newPartitionRead(partition, MAX_PARTITION_FETCH_BYTES), position: from }
  const answer = await sendFetch(context, nodeId, [read])
  const part = answer.responses[0]?.partitions[0]
  const problem = kafkaProblem(part?.errorCode ?? 0, `Partition ${context.topic}-${partition}`)
  if (problem) throw new ProblemError(problem)
  const records = part?.records ?? new Uint8Array()
  const walk = walkBatches(records, from, farthestOffset(from, part?.highWatermark ?? from))
  const aborted = context.committedOnly ? (part?.abortedTransactions ?? []) : undefined
  return { batches: visibleBatches(records, walk.batches, aborted), records, next: walk.nextOffset }
}

/** The offset of the record that stands `index` records before the end of its batch. */
async function offsetFromEnd(
  context: FetchContext,
  nodeId: number,
  at: { partition: number; batch: Counted; index: number },
): Promise<bigint> {
  const { baseOffset, nextOffset, records } = at.batch
  if (records === at.index) return baseOffset
  // Without a gap in it nobody need look at its records.
  if (nextOffset - baseOffset === BigInt(records)) return nextOffset - BigInt(at.index)
  const fetched = await fetchBatches(context, nodeId, at.partition, baseOffset)
  const batch = fetched.batches.find(found => found.baseOffset === baseOffset)
  const offsets = batch ? offsetsIn(fetched.records, batch) : []
  return offsets.at(-at.index) ?? baseOffset
}
