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

/** Neighbours are merged until one is left, so that what came first stays first. */
function mergedRuns(runs: readonly Run[]): Run | undefined {
  let left = runs
  while (left.length > 1) {
    const merged: Run[] = []
    for (let at = 0; at < left.length; at += 2) {
      const [first, second] = left.slice(at, at + 2)
      if (first) merged.push(second ? mergedPair(first, second) : first)
    }
    left = merged
  }
  return left[0]
}

function mergedPair(first: Run, second: Run): Run {
  const count = first.times.length + second.times.length
  const times = new Float64Array(count)
  const names = new Uint32Array(count)
  let one = 0
  let other = 0
  for (let to = 0; to < count; to++) {
    const time = one < first.times.length ? (first.times[one] ?? 0) : Infinity
    const otherTime = other < second.times.length ? (second.times[other] ?? 0) : Infinity
    if (time <= otherTime && one < first.times.length) {
      times[to] = time
      names[to] = first.names[one++] ?? 0
    } else {
      times[to] = otherTime
      names[to] = second.names[other++] ?? 0
    }
  }
  return { times, names }
}
