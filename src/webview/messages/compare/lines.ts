import type { Shown } from './comparison.ts'

/** What one line of the view shows; `only`: one side of a row, where there is one column. */
export type Line = Shown & { readonly only?: 'left' | 'right' }

/** Rows for one column: what is the same once, what differs as it is left and then right. */
export function inOneColumn(rows: readonly Shown[]): Line[] {
  return rows.flatMap((row): Line[] => {
    if ('skipped' in row) return [row]
    if (!row.changed) return [{ ...row, only: 'left' }]
    const lines: Line[] = []
    if (row.left !== undefined) lines.push({ ...row, only: 'left' })
    if (row.right !== undefined) lines.push({ ...row, only: 'right' })
    return lines
  })
}
