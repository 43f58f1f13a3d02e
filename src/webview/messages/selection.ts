/** More records than that are exported, not selected. */
export const MOST_SELECTED = 10_000

/** Which rows are selected, by number, and the one that the keyboard is at. */
export class Selection {
  #rows: ReadonlySet<number> = new Set()
  #active: number | undefined
  #anchor: number | undefined

  get active(): number | undefined {
    return this.#active
  }

  get size(): number {
    return this.#rows.size
  }

  /** In the order of the rows. */
  get rows(): readonly number[] {
    return [...this.#rows].sort((a, b) => a - b)
  }

  has(row: number): boolean {
    return this.#rows.has(row)
  }

  clear(): void {
    this.#rows = new Set()
    this.#active = undefined
    this.#anchor = undefined
  }

  only(row: number): void {
    this.#rows = new Set([row])
    this.#active = row
    this.#anchor = row
  }

  /** Adds the row or takes it away. */
  toggle(row: number): void {
    const rows = new Set(this.#rows)
    if (!rows.delete(row) && rows.size < MOST_SELECTED) rows.add(row)
    this.#rows = rows
    this.#active = row
    this.#anchor = row
  }

  /** From where the selection began to `row`, as many as may be. */
  extend(row: number): void {
    const anchor = this.#anchor ?? row
    const step = row < anchor ? -1 : 1
    const count = Math.min(Math.abs(row - anchor) + 1, MOST_SELECTED)
    this.#rows = new Set(Array.from({ length: count }, (_, index) => anchor + index * step))
    this.#active = row
    this.#anchor = anchor
  }

  /** All from `first` up to `end`; false: there are too many. */
  all(first: number, end: number): boolean {
    if (end - first > MOST_SELECTED || end <= first) return false
    this.#rows = new Set(Array.from({ length: end - first }, (_, index) => first + index))
    this.#active ??= first
    this.#anchor ??= first
    return true
  }

  /** Moves to `row` and leaves what is selected. */
  move(row: number): void {
    this.#active = row
  }

  /** Rows below `first` are no longer there, nor are those from `end` on. */
  keepWithin(first: number, end: number): void {
    if (this.rows.every(row => row >= first && row < end)) return
    this.#rows = new Set(this.rows.filter(row => row >= first && row < end))
    if (this.#active !== undefined && !this.#rows.has(this.#active)) this.#active = undefined
    if (this.#anchor !== undefined && !this.#rows.has(this.#anchor)) this.#anchor = undefined
  }

  /** The same records under new numbers, after the rows changed places. */
  renumber(rows: readonly number[], active: number | undefined): void {
    this.#rows = new Set(rows)
    this.#active = active
    this.#anchor = active
  }
}
