import type { RecordPage } from '../kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { FetchedPart } from './fetching.ts'
import type { Batch } from './heads.ts'
import { compileFilter, type PageFilter } from './filtering/filter.ts'
import { hasContent, withCount } from './pages.ts'

/** What has been counted since reading started, as an update tells it. */
export type Counts = Pick<ReadUpdate, 'recordsRead' | 'recordsMatched' | 'filterFailures'>

/** Takes in what was read: filters it, ends it at the limit, and counts. */
export interface Intake {
  /** The limit is reached: nothing more is wanted. */
  readonly full: boolean
  readonly counts: Counts
  /**
   * Whether a batch can be passed by as it stands, compressed: all of its records are too old for the
   * filter. They are counted as read.
   */
  passBy(batch: Batch): boolean
  /** What is wanted of a page, which may be nothing; moves on what was delivered. */
  take(part: FetchedPart, page: RecordPage): RecordPage | undefined
}

/** Throws `ProblemError` where the request's filter cannot be used. */
export function newIntake(
  { limit = Infinity, filter }: ReadRequest,
  observe?: (page: RecordPage) => void,
): Intake {
  const pageFilter = filter && compileFilter(filter)
  const notBefore = pageFilter?.notBefore
  let recordsMatched = 0
  let recordsRead = 0
  return {
    get full() {
      return recordsMatched >= limit
    },
    get counts() {
      return { recordsRead, ...filterCounts(pageFilter, recordsMatched) }
    },
    passBy({ maxTimestamp, count }) {
      // Who observes wants to see what does not match, too.
      if (observe || notBefore === undefined || count === undefined) return false
      if (maxTimestamp < 0 || maxTimestamp >= notBefore) return false
      recordsRead += count
      return true
    },
    take({ read }, page) {
      const matching = pageFilter ? pageFilter.apply(page) : page
      const kept = withCount(matching, limit - recordsMatched)
      const cut = kept.count < matching.count
      recordsMatched += kept.count
      const seen = cut ? upTo(page, kept) : page
      recordsRead += seen.count
      const last = seen.offsets[seen.count - 1]
      if (last !== undefined) read.delivered = last + 1n
      observe?.(seen)
      return hasContent(kept) ? kept : undefined
    },
  }
}

function filterCounts(filter: PageFilter | undefined, matched: number): Partial<Counts> {
  if (!filter) return {}
  const { count, first } = filter.failures
  return {
    recordsMatched: matched,
    ...(first !== undefined && { filterFailures: { count, first } }),
  }
}

/** The page up to the last record that is kept of it. */
function upTo(page: RecordPage, kept: RecordPage): RecordPage {
  const last = kept.offsets[kept.count - 1]
  return withCount(page, last === undefined ? 0 : page.offsets.indexOf(last) + 1)
}
