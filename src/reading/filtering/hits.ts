import type { RecordPage } from '../../kafka/page.ts'
import { rowAt, type Inside } from './places.ts'
import type { Search } from './search.ts'

/** One entry per row of a page: 1 where the record is still in question. */
export type Rows = Uint8Array

/** Marks the rows that hold the text in a part that counts. The block is searched as a whole. */
export function markHits(page: RecordPage, search: Search, inside: Inside, rows: Rows): void {
  if (page.count === 0) return
  const find = search.in(page.bytes)
  let row = 0
  for (let at = find(page.keyStarts[0] ?? 0); at >= 0;) {
    row = rowAt(page, at, row)
    if (!inside(page, row, at, at + search.length)) {
      at = find(at + 1)
      continue
    }
    rows[row] = 1
    const next = page.keyStarts[row + 1]
    if (row + 1 >= page.count || next === undefined) return
    at = find(next)
  }
}
