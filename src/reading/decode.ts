import type { PageError, PageNote, RecordPage } from '../kafka/page.ts'
import { fatesOf, readBatch, type AbortedTransaction, type Fate } from './batches.ts'
import type { Batch, BatchWalk } from './heads.ts'
import { newNoteTaker, type Passed } from './notes.ts'
import { packPages, type Block } from './pages.ts'

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
  /** Whether pages tell what the log holds besides records. */
  readonly notes?: boolean
  /** Whether a batch is known to hold nothing that is wanted: then it is not even decompressed. */
  readonly passBy?: (batch: Batch) => boolean
}

/** The wanted records in pages; what cannot be read is an error on a page, and the rest goes on. */
export function decodePages(fetched: FetchedRecords): Generator<RecordPage> {
  const { topic, partition, walk, records, from, notes } = fetched
  // Where a head is corrupt nobody knows which offsets it stood for: there is no telling of gaps.
  const taker = notes && walk.errors.length === 0 ? newNoteTaker(from) : undefined
  const origin = {
    topic,
    partition,
    inPlace: isInPlace(walk),
    sourceBytes: records.length,
    ...(taker && { taker }),
  }
  return packPages(origin, resultsOf(fetched))
}

/** Whether the records stand in the answer as they are, so that pages can point into it. */
export function isInPlace({ batches }: BatchWalk): boolean {
  return batches.every(({ codec }) => codec === 0)
}

function* resultsOf(fetched: FetchedRecords): Generator<Block | PageError | Passed> {
  const { records, walk, from, to, notes, aborted } = fetched
  yield* walk.errors
  const fates = fatesOf(records, walk.batches, aborted)
  for (const [index, batch] of walk.batches.entries()) {
    const fate = fates[index] ?? 'seen'
    if (fate === 'seen') yield* recordsOf(fetched, batch)
    else if (notes && batch.nextOffset > from && batch.baseOffset < to) yield passed(batch, fate)
  }
  const end = walk.nextOffset === undefined || walk.nextOffset > to ? to : walk.nextOffset
  if (notes) yield { offset: end, nextOffset: end }
}

function* recordsOf(
  { records, from, to, notes, passBy }: FetchedRecords,
  batch: Batch,
): Generator<Block | PageError | Passed> {
  const whole = batch.baseOffset >= from && batch.nextOffset <= to
  if (whole && passBy?.(batch)) {
    if (notes) yield { offset: batch.baseOffset, nextOffset: batch.nextOffset }
    return
  }
  const result = readBatch(records, batch, from, to)
  if (!result) return
  if ('message' in result) {
    yield result
    if (notes) yield { offset: batch.baseOffset, nextOffset: batch.nextOffset }
  } else if (result.count > 0) yield result
}

function passed({ baseOffset, nextOffset, producerId, count = 0 }: Batch, fate: Fate): Passed {
  const span = { offset: baseOffset, nextOffset }
  const note = noteOf(fate, { ...span, producerId }, count)
  return note ? { ...span, note } : span
}

function noteOf(
  fate: Fate,
  span: { readonly offset: bigint; readonly nextOffset: bigint; readonly producerId: bigint },
  records: number,
): PageNote | undefined {
  switch (fate) {
    case 'aborted':
      return { kind: 'aborted', ...span, records }
    case 'abort-marker':
    case 'commit-marker':
      return { kind: 'marker', ...span, committed: fate === 'commit-marker' }
    case 'seen':
    case 'other-control':
      return undefined
  }
}
