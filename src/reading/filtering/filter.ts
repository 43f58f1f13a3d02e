import { ProblemError } from '../../base/problem.ts'
import { compileCondition, type Condition } from '../../expression/compile.ts'
import type { RecordFilter } from '../../kafka/filter.ts'
import type { Format } from '../../kafka/format.ts'
import type { RecordPage } from '../../kafka/page.ts'
import { compact } from './compact.ts'
import { markHits, type Rows } from './hits.ts'
import { insideContent, insideValue } from './places.ts'
import { RowVariables } from './rowVariables.ts'
import { searchFor, type Search } from './search.ts'

/** A filter ready for use by one read, on one page after another. */
export interface PageFilter {
  /**
   * The records for which the filter holds, with `timesBefore`; errors and notes stay. The page that
   * is given is not changed, and the one that is returned may share its bytes. The pages of a
   * partition come in order.
   */
  apply(page: RecordPage): RecordPage
  /** No record before this time matches, ms since the epoch. Absent: not known. */
  readonly notBefore?: number
  /**
   * Records for which an expression could not be evaluated so far, and why not the first of them.
   * Records that are known not to match without being evaluated are not among them.
   */
  readonly failures: { readonly count: number; readonly first?: string }
}

/** How a filter goes about its work; what it finds does not depend on it. */
export interface FilterTuning {
  /** False: every record is decoded that an expression asks for. */
  readonly searchFirst?: boolean
}

/** Throws `ProblemError` where an expression does not compile. */
export function compileFilter(filter: RecordFilter, tuning: FilterTuning = {}): PageFilter {
  const { text, expressions = [], formats } = filter
  const conditions = expressions.map(conditionOf)
  const searches: SearchStep[] = []
  if (text && text.text !== '') {
    searches.push({ kind: 'content', searches: [searchFor(text.text, text.ignoreCase)] })
  }
  if (tuning.searchFirst !== false && isJsonText(formats.value)) {
    searches.push(...conditions.flatMap(needSteps))
  }
  const failures: { count: number; first?: string } = { count: 0 }
  let variables: RowVariables | undefined
  /** The time of the last record of each partition, whether it matched or not. */
  const reached = new Map<number, number>()
  const earliest = Math.max(...conditions.map(condition => condition.notBefore ?? -Infinity))
  return {
    failures,
    ...(earliest > -Infinity && { notBefore: earliest }),
    apply(page) {
      if (page.count === 0) return page
      const rows: Rows = new Uint8Array(page.count).fill(1)
      for (const step of searches) keepFound(page, step, rows)
      if (conditions.length > 0) {
        const record = (variables ??= new RowVariables(formats, page))
        withoutStacks(() => keepTrue(page, conditions, record, rows, failures))
      }
      const timeBefore = reached.get(page.partition) ?? -1
      reached.set(page.partition, page.timestamps[page.count - 1] ?? -1)
      return compact(page, rows, timeBefore)
    },
  }
}

/** Throws `ProblemError`. */
function conditionOf(text: string): Condition {
  const compiled = compileCondition(text)
  if (!('problem' in compiled)) return compiled
  const { message, from } = compiled.problem
  throw new ProblemError({
    code: 'K320',
    message: `The filter "${text}" cannot be used: ${message}`,
    detail: `${text}\n${' '.repeat(from)}^`,
  })
}

/** Texts to be searched in the bytes before anything is decoded: one of them must be there. */
interface SearchStep {
  /** `value`: a value that holds a backslash may hold the text, too, written with escapes. */
  readonly kind: 'content' | 'value'
  readonly searches: readonly Search[]
}

const BACKSLASH = searchFor('\\', false)

function needSteps({ needs }: Condition): readonly SearchStep[] {
  return needs.map(need => ({ kind: 'value', searches: need.map(text => searchFor(text, false)) }))
}

/** Whether the fields of a value come from JSON that stands in its bytes as UTF-8. */
function isJsonText({ name, parameters }: Format): boolean {
  return (
    name === 'auto' ||
    name === 'json' ||
    (name === 'string' && (parameters[0] ?? 'utf8') === 'utf8')
  )
}

function keepFound(page: RecordPage, { kind, searches }: SearchStep, rows: Rows): void {
  const found: Rows = new Uint8Array(page.count)
  const inside = kind === 'value' ? insideValue : insideContent
  for (const search of searches) markHits(page, search, inside, found)
  if (kind === 'value') markHits(page, BACKSLASH, inside, found)
  for (let row = 0; row < rows.length; row++) rows[row] = (rows[row] ?? 0) & (found[row] ?? 0)
}

function keepTrue(
  page: RecordPage,
  conditions: readonly Condition[],
  variables: RowVariables,
  rows: Rows,
  failures: { count: number; first?: string },
): void {
  for (let row = 0; row < rows.length; row++) {
    if (rows[row] === 0) continue
    variables.moveTo(page, row)
    for (const condition of conditions) {
      const result = condition.evaluate(variables)
      if (result === true) continue
      rows[row] = 0
      if (result !== false) {
        failures.count++
        failures.first ??= result.failure
      }
      break
    }
  }
}

/** Where many records fail, most of the time would go into stack traces that nobody reads. */
function withoutStacks(action: () => void): void {
  const { stackTraceLimit } = Error
  Error.stackTraceLimit = 0
  try {
    action()
  } finally {
    Error.stackTraceLimit = stackTraceLimit
  }
}
