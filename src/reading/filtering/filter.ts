import type { RecordFilter } from '../../kafka/filter.ts'
import type { RecordPage } from '../../kafka/page.ts'

/** A filter ready for use by one read, on one page after another. */
export interface PageFilter {
  /**
   * The records for which the filter holds; errors and notes stay. The page that is given is not
   * changed, and the one that is returned may share its bytes.
   */
  apply(page: RecordPage): RecordPage
  /** Records for which it could not be evaluated so far, and why not the first of them. */
  readonly failures: { readonly count: number; readonly first?: string }
}

/** Throws `ProblemError` where an expression does not compile. */
export function compileFilter(_filter: RecordFilter): PageFilter {
  throw new Error('Records cannot be filtered yet.')
}
