import type { Problem } from '../base/problem.ts'
import type { RecordFilter } from './filter.ts'
import type { RecordPage } from './page.ts'

/**
 * Where reading starts or ends in a partition. `tail` is the last `count` records, `committed` the
 * committed offset of `group`; times are ms since the epoch.
 */
export type Position =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'tail'; readonly count: number }
  | { readonly kind: 'time'; readonly timestamp: number }
  | { readonly kind: 'committed'; readonly group: string }

/** A position for all partitions, with exceptions by partition number. */
export interface Positions {
  readonly all: Position
  readonly byPartition?: ReadonlyMap<number, Position>
}

export interface ReadRequest {
  readonly topic: string
  /** Absent: every partition. */
  readonly partitions?: readonly number[]
  readonly from: Positions
  /** Where `committed` finds no commit. Default: latest. */
  readonly fallback?: 'earliest' | 'latest'
  /**
   * The first offset not to be read. Absent: never ends, new records keep coming. An end is not
   * waited for: `latest`, and any place beyond the log, is the end as it is when reading starts.
   */
  readonly to?: Positions
  /** Only records for which it holds are handed on. An expression that does not compile rejects. */
  readonly filter?: RecordFilter
  /** Whether pages tell what the log holds besides records. Default: no. */
  readonly notes?: boolean
  /** Ends after so many records in all, of those for which the filter holds. */
  readonly limit?: number
  /** Default `read_committed`. */
  readonly isolation?: 'read_committed' | 'read_uncommitted'
}

export interface PartitionProgress {
  readonly partition: number
  /** Next offset to be read; 0, with a problem, until the partition could be asked where to start. */
  readonly position: bigint
  readonly startOffset: bigint
  /** Absent: no end, or not reached by a known offset. */
  readonly endOffset?: bigint
  readonly highWatermark?: bigint
  readonly lastStableOffset?: bigint
  readonly logStartOffset?: bigint
  readonly done: boolean
  /** This partition cannot be read now; the others go on. */
  readonly problem?: Problem
  /** With a problem that may pass: since when, and when it is tried again; ms since the epoch. */
  readonly failingSince?: number
  readonly nextTryAt?: number
}

/** What a reader says: pages of records as they come, and how far it is. */
export interface ReadUpdate {
  /**
   * Also says, as an error on a page, what is left out: a batch that cannot be read, and offsets
   * that are not in the log any more.
   */
  readonly pages: readonly RecordPage[]
  /** Of every partition; empty where it was told a moment ago. */
  readonly progress: readonly PartitionProgress[]
  /** As they came from the brokers, compressed, since reading started. */
  readonly bytesRead: number
  /** Since reading started, whether the filter holds for them or not. */
  readonly recordsRead: number
  /** In the pages since reading started; as many as were read where there is no filter. */
  readonly recordsMatched?: number
  /** Records for which the filter could not be evaluated; they count as no match. */
  readonly filterFailures?: { readonly count: number; readonly first: string }
  /** The last update of a read that has an end. */
  readonly done: boolean
}
