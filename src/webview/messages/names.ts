import type { RecordName, Row, Rows, RowsRequest } from '../../protocol/messages.ts'

/** As many as the host gives at once. */
const AT_ONCE = 1000
/** Names kept: a selection grows by one row at a time, and is asked for each time. */
const MOST_KEPT = 25_000

export interface RowSource {
  /** The row, if it is there already. */
  row(number: number): Row | undefined
  pull(request: RowsRequest): Promise<Rows>
}

/** Which records stand in which rows, for more rows than are looked at. */
export class RowNames {
  readonly #source: RowSource
  /** Undefined: no record. */
  readonly #names = new Map<number, RecordName | undefined>()

  constructor(source: RowSource) {
    this.#source = source
  }

  /** Rows changed places. */
  forget(): void {
    this.#names.clear()
  }

  /** The records of these rows, which ascend; rows that are no records are left out. */
  async of(numbers: readonly number[]): Promise<readonly RecordName[]> {
    if (this.#names.size > MOST_KEPT) this.forget()
    const unknown = numbers.filter(number => !this.#knows(number))
    while (unknown.length > 0) {
      const from = unknown[0] ?? 0
      const behind = unknown.findIndex(number => number >= from + AT_ONCE)
      const asked = unknown.splice(0, behind < 0 ? unknown.length : behind)
      const count = (asked.at(-1) ?? from) - from + 1
      const { from: first, rows } = await this.#source.pull({ from, count })
      for (const [index, row] of rows.entries()) this.#keep(first + index, row)
    }
    return numbers.flatMap(number => this.#names.get(number) ?? [])
  }

  #knows(number: number): boolean {
    const row = this.#source.row(number)
    if (row) this.#keep(number, row)
    return this.#names.has(number)
  }

  #keep(number: number, row: Row): void {
    const { partition, offset } = row
    this.#names.set(number, row.kind === 'record' ? { partition, offset } : undefined)
  }
}
