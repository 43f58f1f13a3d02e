import type { RecordName, Row, Rows, RowsRequest } from '../../protocol/messages.ts'

/** As many as the host gives at once. */
const AT_ONCE = 1000

/** What is asked for the rows whose names are not known yet. */
export interface NameSource {
  row(number: number): Row | undefined
  pull(request: RowsRequest): Promise<Rows>
}

/** The records of these rows, in their order; rows that are no records are left out. */
export async function namesOf(
  numbers: readonly number[],
  source: NameSource,
): Promise<readonly RecordName[]> {
  const known = new Map<number, Row>()
  for (const number of numbers) {
    const row = source.row(number)
    if (row) known.set(number, row)
  }
  let at = 0
  while (at < numbers.length) {
    const from = numbers[at] ?? 0
    if (known.has(from)) {
      at++
      continue
    }
    const last = Math.min(from + AT_ONCE - 1, numbers.at(-1) ?? from)
    const { from: first, rows } = await source.pull({ from, count: last - from + 1 })
    for (const [index, row] of rows.entries()) known.set(first + index, row)
    while (at < numbers.length && (numbers[at] ?? 0) <= last) at++
  }
  return numbers.flatMap(number => {
    const row = known.get(number)
    return row?.kind === 'record' ? [{ partition: row.partition, offset: row.offset }] : []
  })
}
