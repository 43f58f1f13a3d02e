import type { RecordPage } from '../../kafka/page.ts'
import { newColumns, type Columns } from '../pages.ts'
import type { Rows } from './hits.ts'
import { recordEnd } from './places.ts'

/** Fewer of a block's bytes than this share are copied, so that the block can go. */
const SHARE = 1 / 2

/**
 * The page with the marked rows only. Errors and notes stay. `timeBefore`: of the record before its
 * first one.
 */
export function compact(page: RecordPage, rows: Rows, timeBefore: number): RecordPage {
  const kept: number[] = []
  for (let row = 0; row < page.count; row++) if (rows[row] === 1) kept.push(row)
  const timesBefore = Float64Array.from(kept, row =>
    row === 0 ? timeBefore : (page.timestamps[row - 1] ?? -1),
  )
  if (kept.length === page.count) return { ...page, timesBefore }
  const columns = newColumns(kept.length)
  const spans = kept.map(row => spanOf(page, row))
  const size = spans.reduce((sum, { start, end }) => sum + end - start, 0)
  const copied = size < page.bytes.length * SHARE ? new Uint8Array(size) : undefined
  let position = 0
  kept.forEach((row, target) => {
    const { start, end } = spans[target] ?? { start: 0, end: 0 }
    copied?.set(page.bytes.subarray(start, end), position)
    copyRow(page, row, columns, target, copied ? position - start : 0)
    position += end - start
  })
  return { ...page, ...columns, timesBefore, count: kept.length, bytes: copied ?? page.bytes }
}

function spanOf(page: RecordPage, row: number): { start: number; end: number } {
  return { start: page.keyStarts[row] ?? 0, end: recordEnd(page, row) }
}

/** `shift`: how far the record's bytes move. */
function copyRow(
  page: RecordPage,
  row: number,
  columns: Columns,
  target: number,
  shift: number,
): void {
  const headers = page.headerStarts[row] ?? -1
  columns.offsets[target] = page.offsets[row] ?? 0n
  columns.timestamps[target] = page.timestamps[row] ?? -1
  columns.keyStarts[target] = (page.keyStarts[row] ?? 0) + shift
  columns.keyLengths[target] = page.keyLengths[row] ?? -1
  columns.valueStarts[target] = (page.valueStarts[row] ?? 0) + shift
  columns.valueLengths[target] = page.valueLengths[row] ?? -1
  columns.headerStarts[target] = headers < 0 ? -1 : headers + shift
}
