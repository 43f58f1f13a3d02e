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

/** A clock that is wrong stamps few records: so large a share of them, or one of so many. */
const WILD_SHARE = 0.01
const LEAST_FOR_ONE_WILD = 20
/** They are wild so many times as far away as all others reach, but never within a day of those. */
const WILD_DISTANCE = 10

/**
 * Counts records over time in bins that grow with how many of them hold any: what it takes in
 * memory depends on neither records nor time, and a single time far away makes no bin longer.
 */
export class TimeCounts {
  /** Whether there are records that were read and do not match. */
  readonly #filtered: boolean
  #length = CLOCK[0] ?? 1
  /** Numbers of the bins that hold any, in order, counted from the epoch in bins of the length. */
  readonly #numbers = new Float64Array(BINS)
  readonly #read = new Float64Array(BINS)
  readonly #matched = new Float64Array(BINS)
  readonly #errors = new Float64Array(BINS)
  readonly #undecodable = new Float64Array(BINS)
  #used = 0
  /** Where the last one was counted: the next one mostly is, too. */
  #at = 0
  #timeless = 0
  /** The latest time of each partition: what cannot be read is counted there. */
  readonly #reached = new Map<number, number>()

  constructor(filtered: boolean) {
    this.#filtered = filtered
  }

  get bytes(): number {
    return 5 * BINS * 8
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
    const errors = page.errors.filter(({ moved }) => !moved).length
    if (errors === 0) return
    const reached = this.#reached.get(page.partition)
    if (reached === undefined) return
    const bin = this.#binOf(reached)
    this.#errors[bin] = (this.#errors[bin] ?? 0) + errors
  }

  /** A record that was counted before, whose key or value is not in its format. */
  addUndecodable(partition: number, timestamp: number): void {
    const time = timestamp >= 0 ? timestamp : this.#reached.get(partition)
    if (time === undefined) return
    const bin = this.#binOf(time)
    this.#undecodable[bin] = (this.#undecodable[bin] ?? 0) + 1
  }

  /** Other formats: what could not be decoded is counted anew. */
  forgetUndecodable(): void {
    this.#undecodable.fill(0)
  }

  /** In about so many bins, and no more. */
  timeline(most: number): Timeline {
    const timeless = this.#timeless
    if (this.#used === 0) {
      return { start: 0, binMs: 1, read: [], matched: [], errors: [], timeless }
    }
    const { from, to } = this.#usual()
    const first = this.#numbers[from] ?? 0
    const last = this.#numbers[to] ?? 0
    const binMs = this.#shownLength(first, last, Math.max(1, most))
    const ratio = binMs / this.#length
    const start = Math.floor(first / ratio)
    const count = Math.floor(last / ratio) - start + 1
    const sum = (...all: readonly Float64Array[]): readonly number[] => {
      const sums = new Array<number>(count).fill(0)
      for (let bin = 0; bin < this.#used; bin++) {
        const number = Math.floor((this.#numbers[bin] ?? 0) / ratio) - start
        const shown = Math.max(0, Math.min(count - 1, number))
        for (const bins of all) sums[shown] = (sums[shown] ?? 0) + (bins[bin] ?? 0)
      }
      return sums
    }
    const earlier = this.#recordsIn(0, from)
    const later = this.#recordsIn(to + 1, this.#used)
    return {
      start: start * binMs,
      binMs,
      read: sum(this.#read),
      matched: sum(this.#filtered ? this.#matched : this.#read),
      errors: sum(this.#errors, this.#undecodable),
      timeless,
      ...(earlier + later > 0 && { wild: { earlier, later } }),
    }
  }

  /** The first and the last bin that are not wild: few records, and far from all others. */
  #usual(): { readonly from: number; readonly to: number } {
    const total = this.#recordsIn(0, this.#used)
    const share = Math.floor(total * WILD_SHARE)
    const mostWild = total >= LEAST_FOR_ONE_WILD ? Math.max(1, share) : 0
    let low = 0
    let high = this.#used - 1
    for (let few = this.#countAt(low); few <= mostWild && low < high; few += this.#countAt(low))
      low++
    for (let few = this.#countAt(high); few <= mostWild && high > low; few += this.#countAt(high))
      high--
    const first = this.#numbers[low] ?? 0
    const last = this.#numbers[high] ?? 0
    const far = Math.max((last - first + 1) * WILD_DISTANCE, DAY / this.#length)
    let from = 0
    let to = this.#used - 1
    while ((this.#numbers[from] ?? first) < first - far) from++
    while ((this.#numbers[to] ?? last) > last + far) to--
    return { from, to }
  }

  /** Everything that matches was read, so that this counts all records. */
  #countAt(bin: number): number {
    return this.#read[bin] ?? 0
  }

  #recordsIn(from: number, to: number): number {
    let sum = 0
    for (let bin = from; bin < to; bin++) sum += this.#countAt(bin)
    return sum
  }

  #shownLength(first: number, last: number, most: number): number {
    const fits = (binMs: number) => {
      const ratio = binMs / this.#length
      const bins = Math.floor(last / ratio) - Math.floor(first / ratio) + 1
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
    for (;;) {
      const number = Math.floor(time / this.#length)
      if (this.#at < this.#used && this.#numbers[this.#at] === number) return this.#at
      const bin = this.#firstFrom(number)
      if (bin === this.#used || this.#numbers[bin] !== number) {
        if (this.#used === BINS) {
          this.#coarsen()
          continue
        }
        this.#insert(bin, number)
      }
      this.#at = bin
      return bin
    }
  }

  get #counted(): readonly Float64Array[] {
    return [this.#read, this.#matched, this.#errors, this.#undecodable]
  }

  /** The first bin that is this one or a later one. */
  #firstFrom(number: number): number {
    let low = 0
    let high = this.#used
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#numbers[middle] ?? 0) < number) low = middle + 1
      else high = middle
    }
    return low
  }

  #insert(bin: number, number: number): void {
    for (const each of [this.#numbers, ...this.#counted]) {
      each.copyWithin(bin + 1, bin, this.#used)
      each[bin] = 0
    }
    this.#numbers[bin] = number
    this.#used++
  }

  #coarsen(): void {
    const next = CLOCK[CLOCK.indexOf(this.#length) + 1]
    if (next === undefined) throw new RangeError('No such time.')
    const ratio = next / this.#length
    const used = this.#used
    let to = -1
    for (let bin = 0; bin < used; bin++) {
      const number = Math.floor((this.#numbers[bin] ?? 0) / ratio)
      const isNew = to < 0 || this.#numbers[to] !== number
      if (isNew) this.#numbers[++to] = number
      for (const each of this.#counted) {
        each[to] = (isNew ? 0 : (each[to] ?? 0)) + (each[bin] ?? 0)
      }
    }
    this.#used = to + 1
    this.#at = 0
    this.#length = next
  }
}
