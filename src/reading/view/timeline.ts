import type { RecordPage } from '../../kafka/page.ts'
import type { Timeline } from '../../kafka/recordView.ts'

const SECOND = 1000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

/** Round lengths of a clock, ms. Each is a whole number of times the one before. */
const CLOCK = [
  ...[1, 5, 10, 50, 100, 500],
  ...[SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND],
  ...[MINUTE, 5 * MINUTE, 10 * MINUTE, 30 * MINUTE],
  ...[HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 5 * DAY, 10 * DAY, 30 * DAY, 360 * DAY],
  // Nobody means these, but a time is any number of 63 bits.
  ...[1e1, 1e2, 1e3, 1e4, 1e5, 1e6].map(times => times * 360 * DAY),
]
/** Lengths that a bin may be shown with, beside those. */
const SHOWN_LENGTHS = [
  ...CLOCK,
  ...[2, 20, 200, 2 * SECOND, 15 * SECOND, 2 * MINUTE, 15 * MINUTE, 2 * HOUR, 2 * DAY],
].sort((a, b) => a - b)

/** Finer bins than anyone asks for, so that those that are asked for are made of them. */
const BINS = 4096

/**
 * Counts records over time in bins that grow with the time that there is to cover: what it takes
 * in memory depends on neither records nor time.
 */
export class TimeCounts {
  /** Whether there are records that were read and do not match. */
  readonly #filtered: boolean
  #length = 0
  /** Number of the first bin, counted from the epoch in bins of the length. */
  #first = 0
  #last = -1
  #read = new Float64Array(BINS)
  #matched = new Float64Array(BINS)
  #errors = new Float64Array(BINS)
  #timeless = 0
  /** The latest time of each partition: what cannot be read is counted there. */
  readonly #reached = new Map<number, number>()

  constructor(filtered: boolean) {
    this.#filtered = filtered
  }

  get bytes(): number {
    return 3 * BINS * 8
  }

  /** Records that were read, whether the filter holds for them or not; only where there is one. */
  addRead(page: RecordPage): void {
    this.#timeless += this.#count(page, 'read')
  }

  /** Records for which the filter holds, or all where there is none, and what could not be read. */
  addMatched(page: RecordPage): void {
    if (this.#filtered) this.#count(page, 'matched')
    else this.#timeless += this.#count(page, 'read')
    const time = page.timestamps[page.count - 1] ?? -1
    if (time >= 0) this.#reached.set(page.partition, time)
    if (page.errors.length === 0) return
    const reached = this.#reached.get(page.partition)
    if (reached === undefined) return
    const bin = this.#binOf(reached)
    this.#errors[bin] = (this.#errors[bin] ?? 0) + page.errors.length
  }

  /** In about so many bins, and no more. */
  timeline(most: number): Timeline {
    if (this.#last < this.#first) {
      return { start: 0, binMs: 1, read: [], matched: [], errors: [], timeless: this.#timeless }
    }
    const binMs = this.#shownLength(Math.max(1, most))
    const ratio = binMs / this.#length
    const first = Math.floor(this.#first / ratio)
    const count = Math.floor(this.#last / ratio) - first + 1
    const sum = (bins: Float64Array): readonly number[] => {
      const sums = new Array<number>(count).fill(0)
      for (let bin = this.#first; bin <= this.#last; bin++) {
        const to = Math.floor(bin / ratio) - first
        sums[to] = (sums[to] ?? 0) + (bins[bin - this.#first] ?? 0)
      }
      return sums
    }
    return {
      start: first * binMs,
      binMs,
      read: sum(this.#read),
      matched: sum(this.#filtered ? this.#matched : this.#read),
      errors: sum(this.#errors),
      timeless: this.#timeless,
    }
  }

  #shownLength(most: number): number {
    const fits = (binMs: number) => {
      const ratio = binMs / this.#length
      const bins = Math.floor(this.#last / ratio) - Math.floor(this.#first / ratio) + 1
      return Number.isInteger(ratio) && bins <= most
    }
    return SHOWN_LENGTHS.find(fits) ?? CLOCK.at(-1) ?? DAY
  }

  /** Returns how many records have no time. */
  #count({ timestamps, count }: RecordPage, what: 'read' | 'matched'): number {
    let timeless = 0
    // Records next to each other mostly have the same time, or nearly.
    let same = 0
    for (let row = 0; row < count; row += same) {
      const timestamp = timestamps[row] ?? -1
      same = 1
      while (row + same < count && timestamps[row + same] === timestamp) same++
      if (timestamp < 0) timeless += same
      else {
        const bin = this.#binOf(timestamp)
        const bins = what === 'read' ? this.#read : this.#matched
        bins[bin] = (bins[bin] ?? 0) + same
      }
    }
    return timeless
  }

  /** The bin of a time; there is one then, if all must grow for it. */
  #binOf(time: number): number {
    if (this.#last < this.#first) {
      this.#length = CLOCK[0] ?? 1
      this.#first = this.#last = Math.floor(time / this.#length)
    }
    for (;;) {
      const bin = Math.floor(time / this.#length)
      if (bin >= this.#first && bin < this.#first + BINS) {
        if (bin > this.#last) this.#last = bin
        return bin - this.#first
      }
      if (bin < this.#first && this.#last - bin < BINS) this.#moveBy(this.#first - bin)
      else this.#coarsen()
    }
  }

  /** Makes room before the first bin. */
  #moveBy(bins: number): void {
    for (const each of [this.#read, this.#matched, this.#errors]) {
      each.copyWithin(bins, 0, BINS - bins)
      each.fill(0, 0, bins)
    }
    this.#first -= bins
  }

  #coarsen(): void {
    const next = CLOCK[CLOCK.indexOf(this.#length) + 1]
    if (next === undefined) throw new RangeError('No such time.')
    const ratio = next / this.#length
    const first = Math.floor(this.#first / ratio)
    this.#read = merged(this.#read, this.#first, ratio)
    this.#matched = merged(this.#matched, this.#first, ratio)
    this.#errors = merged(this.#errors, this.#first, ratio)
    this.#last = Math.floor(this.#last / ratio)
    this.#first = first
    this.#length = next
  }
}

function merged(bins: Float64Array, start: number, ratio: number): Float64Array<ArrayBuffer> {
  const fewer = new Float64Array(BINS)
  const first = Math.floor(start / ratio)
  bins.forEach((count, bin) => {
    const to = Math.floor((start + bin) / ratio) - first
    fewer[to] = (fewer[to] ?? 0) + count
  })
  return fewer
}
