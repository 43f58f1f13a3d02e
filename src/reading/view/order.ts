/** Rows in the order of their time: numbers in pairs, a time and what names the row. */
interface Run {
  readonly times: Float64Array
  readonly names: Uint32Array
}

const FIRST_ROWS = 1024
/** What a row takes here. */
export const ORDER_BYTES = 8 + 4

/**
 * The order of all rows. New rows wait in runs, each in order, until they are merged together:
 * the cost of a merge is the rows that change places, not the rows that there are.
 */
export class RowOrder {
  #times = new Float64Array(FIRST_ROWS)
  #names = new Uint32Array(FIRST_ROWS)
  #head = 0
  #end = 0
  #runs: Run[] = []
  #waiting = 0

  /** Rows that are in their places. */
  get length(): number {
    return this.#end - this.#head
  }

  /** Rows that are not merged yet. */
  get waiting(): number {
    return this.#waiting
  }

  get bytes(): number {
    return (this.#times.length + this.#waiting) * ORDER_BYTES
  }

  timeAt(index: number): number {
    return this.#times[this.#head + index] ?? 0
  }

  nameAt(index: number): number {
    return this.#names[this.#head + index] ?? 0
  }

  rename(index: number, name: number): void {
    this.#names[this.#head + index] = name
  }

  /** Where the row of this name is; -1: nowhere. */
  indexOf(name: number): number {
    return this.#names.subarray(this.#head, this.#end).indexOf(name)
  }

  /** The first row at or after a time. */
  firstAt(time: number): number {
    let low = this.#head
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#times[middle] ?? 0) < time) low = middle + 1
      else high = middle
    }
    return low - this.#head
  }

  /** Rows in the order of their time, to be merged. They are kept. */
  add(times: Float64Array, names: Uint32Array): void {
    if (times.length === 0) return
    this.#runs.push({ times, names })
    this.#waiting += times.length
  }

  /**
   * Puts what waits into its places: of rows with the same time, what came first stays first.
   * `append`: behind all others, their times raised to fit. Returns the first place that is new.
   */
  merge(append: boolean): number {
    const before = this.length
    const added = mergedRuns(this.#runs)
    this.#runs = []
    this.#waiting = 0
    if (!added) return before
    const count = added.times.length
    this.#reserve(count)
    const last = this.#end > this.#head ? (this.#times[this.#end - 1] ?? 0) : -Infinity
    if (append) raise(added.times, last)
    const times = this.#times
    const names = this.#names
    let there = this.#end - 1
    let next = count - 1
    let to = this.#end + count - 1
    for (; next >= 0; to--) {
      const time = added.times[next] ?? 0
      if (there >= this.#head && (times[there] ?? 0) > time) {
        times[to] = times[there] ?? 0
        names[to] = names[there] ?? 0
        there--
      } else {
        times[to] = time
        names[to] = added.names[next] ?? 0
        next--
      }
    }
    this.#end += count
    return to + 1 - this.#head
  }

  /** Takes the first rows away. */
  drop(count: number): void {
    this.#head += count
    if (this.#head === this.#end) this.#head = this.#end = 0
  }

  #reserve(count: number): void {
    const { length } = this.#times
    if (this.#end + count <= length) return
    const wanted = this.length + count
    if (wanted <= length * 0.9) {
      this.#times.copyWithin(0, this.#head, this.#end)
      this.#names.copyWithin(0, this.#head, this.#end)
    } else {
      const rows = Math.ceil(Math.max(wanted, length * 1.25))
      const times = new Float64Array(rows)
      const names = new Uint32Array(rows)
      times.set(this.#times.subarray(this.#head, this.#end))
      names.set(this.#names.subarray(this.#head, this.#end))
      this.#times = times
      this.#names = names
    }
    this.#end -= this.#head
    this.#head = 0
  }
}

function raise(times: Float64Array, least: number): void {
  for (let row = 0; row < times.length && (times[row] ?? 0) < least; row++) times[row] = least
}

/**
 * All runs as one: neighbours are merged until one is left, so that what came first stays first.
 * They go to and fro between two buffers; many small arrays cost more than the merging itself.
 */
function mergedRuns(runs: readonly Run[]): Run | undefined {
  const [only, ...others] = runs
  if (others.length === 0) return only
  let ends = endsOf(runs)
  let from = joined(runs, ends.at(-1) ?? 0)
  let to = newRun(from.times.length)
  while (ends.length > 1) {
    const merged: number[] = []
    for (let run = 0; run < ends.length; run += 2) {
      const first = ends[run - 1] ?? 0
      const middle = ends[run] ?? 0
      const end = ends[run + 1] ?? middle
      mergeNeighbours(from, to, first, middle, end)
      merged.push(end)
    }
    ends = merged
    ;[from, to] = [to, from]
  }
  return from
}

function newRun(rows: number): Run {
  return { times: new Float64Array(rows), names: new Uint32Array(rows) }
}

function endsOf(runs: readonly Run[]): number[] {
  let end = 0
  return runs.map(({ times }) => (end += times.length))
}

function joined(runs: readonly Run[], rows: number): Run {
  const all = newRun(rows)
  let at = 0
  for (const { times, names } of runs) {
    all.times.set(times, at)
    all.names.set(names, at)
    at += times.length
  }
  return all
}

/** Rows `first` up to `middle` and those from there up to `end`, each in order, as one. */
function mergeNeighbours(from: Run, to: Run, first: number, middle: number, end: number): void {
  const { times, names } = from
  let one = first
  let other = middle
  let next = first
  // Partitions that come one after the other need no look at each row.
  if (middle < end && (times[middle - 1] ?? 0) > (times[middle] ?? 0)) {
    while (one < middle && other < end) {
      const time = times[one] ?? 0
      const otherTime = times[other] ?? 0
      const isFirst = time <= otherTime
      to.times[next] = isFirst ? time : otherTime
      to.names[next++] = names[isFirst ? one++ : other++] ?? 0
    }
  }
  copyRows(from, to, one, middle, next)
  copyRows(from, to, other, end, next + middle - one)
}

function copyRows(from: Run, to: Run, start: number, end: number, at: number): void {
  if (start === end) return
  to.times.set(from.times.subarray(start, end), at)
  to.names.set(from.names.subarray(start, end), at)
}
