import type { OpenTransactions } from '../../kafka/cluster.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { PartitionProgress } from '../../kafka/reading.ts'
import { NOTHING_HELD } from '../../kafka/recordView.ts'
import type { Layout, MessagesState, PartitionState, Shown } from '../../protocol/messages.ts'
import { decodeAsOf } from './decoding.ts'
import type { KeptFilters } from './keptFilters.ts'
import type { Reading } from './reading.ts'
import type { SessionState } from './session.ts'
import { fromInWords, partitionsInWords, toInWords } from './words.ts'

export type OpenProducers = ReadonlyMap<number, OpenTransactions['producers']>

/** All that a view's state is made of. */
export interface StateParts {
  readonly reading: Reading
  readonly cluster: string
  readonly session: SessionState
  readonly shown: Shown
  readonly formats: RecordFormats
  /** Of the rows, unique among all views of the panel. */
  readonly revision: number
  readonly filters: KeptFilters
  readonly layout: Layout
  readonly canProduce: boolean
  /** Said where the session has nothing to say. */
  readonly notice: string | undefined
  readonly defaultOffset: 'earliest' | 'latest'
  readonly openTransactions: OpenProducers
}

export function messagesState(parts: StateParts): MessagesState {
  const { reading, session, filters } = parts
  const { problem, startedAt, endedAt } = session
  const held = session.held ?? NOTHING_HELD
  const notice = session.notice ?? parts.notice
  const to = toInWords(reading)
  const { group, properties } = reading.text
  return {
    saved: reading,
    topic: properties['topic'] ?? '',
    cluster: parts.cluster,
    from: fromInWords(reading, parts.defaultOffset),
    partitions: partitionsInWords(reading, held.progress.length),
    adjustable: reading.adjustable,
    isolation:
      properties['isolation'] === 'read_uncommitted' ? 'read_uncommitted' : 'read_committed',
    decodeAs: decodeAsOf(parts.formats),
    filter: reading.filter ?? '',
    filters,
    shown: parts.shown,
    layout: parts.layout,
    canProduce: parts.canProduce,
    phase: session.phase,
    count: held.rows,
    dropped: held.dropped,
    revision: parts.revision,
    recordsShown: held.recordsShown,
    recordsHeld: held.recordsHeld,
    recordsRead: held.recordsRead,
    recordsMatched: held.recordsMatched,
    errors: held.errors,
    notes: held.notes,
    bytesRead: held.bytesRead,
    recordsPerSecond: session.rate.records,
    bytesPerSecond: session.rate.bytes,
    memory: held.memoryBytes,
    budget: session.budgetBytes,
    progress: held.progress.map(one => partitionState(one, parts.openTransactions)),
    fields: held.fields,
    ...(to !== undefined && { to }),
    ...(session.joined && group !== undefined && { group }),
    ...(problem && { problem }),
    ...(notice !== undefined && { notice }),
    ...(startedAt !== undefined && { startedAt }),
    ...(endedAt !== undefined && { endedAt }),
    ...(held.filterFailures && { filterFailures: held.filterFailures }),
  }
}

/** How far a partition is, with the transaction that holds its end back. */
export function partitionState(
  progress: PartitionProgress,
  openTransactions: OpenProducers,
): PartitionState {
  const { partition, position, logStartOffset, highWatermark, problem } = progress
  const { failingSince, nextTryAt } = progress
  const percent = percentOf(progress)
  const lastStableOffset = heldBackAt(progress)
  const producers = lastStableOffset === undefined ? undefined : openTransactions.get(partition)
  return {
    partition,
    ...(percent !== undefined && { percent }),
    // The place of a partition that could not be asked is not known.
    ...((!problem || position > 0n) && { position: String(position) }),
    ...(logStartOffset !== undefined && { logStartOffset: String(logStartOffset) }),
    ...(highWatermark !== undefined && { highWatermark: String(highWatermark) }),
    ...(lastStableOffset !== undefined && { lastStableOffset: String(lastStableOffset) }),
    ...(producers && { openTransactions: producers.map(producerOf) }),
    ...(problem && { problem }),
    ...(failingSince !== undefined && { failingSince }),
    ...(nextTryAt !== undefined && { nextTryAt }),
  }
}

/** The last stable offset where an open transaction holds it back behind the high watermark. */
export function heldBackAt(progress: PartitionProgress): bigint | undefined {
  const { highWatermark, lastStableOffset } = progress
  if (highWatermark === undefined || lastStableOffset === undefined) return undefined
  return lastStableOffset < highWatermark ? lastStableOffset : undefined
}

function producerOf({
  producerId,
  startOffset,
  lastTimestamp,
}: OpenTransactions['producers'][number]) {
  return {
    producerId: String(producerId),
    startOffset: String(startOffset),
    ...(lastTimestamp !== undefined && { lastTimestamp }),
  }
}

/** Of the way from the start to the end: the one that was asked for, else the log's own. */
function percentOf(progress: PartitionProgress): number | undefined {
  if (progress.done) return 100
  const { position, startOffset } = progress
  const end = progress.endOffset ?? progress.lastStableOffset ?? progress.highWatermark
  if (end === undefined) return undefined
  if (position >= end || end <= startOffset) return 100
  return Number((100n * (position - startOffset)) / (end - startOffset))
}
