import type { HistorySeries } from '../../lag/history.ts'

/** A stretch of time without data, seconds since the epoch. */
export interface Gap {
  readonly from: number
  readonly to: number
}

/** What the gap chart draws: columns over seconds since the epoch, and where nothing is known. */
export interface ChartData {
  readonly columns: readonly [
    times: number[],
    produced: (number | null)[],
    consumed: (number | null)[],
  ]
  readonly gaps: readonly Gap[]
}

/** A shorter silence is no more than a slow answer, ms. */
const LEAST_GAP = 6000

/** `until`: the end of the chart, ms since the epoch; what the last look does not reach is a gap. */
export function chartData(series: HistorySeries, until: number, stale: boolean): ChartData {
  const { times, produced, consumed } = series
  const gaps: Gap[] = []
  let last: number | undefined
  for (const [index, at] of times.entries()) {
    if (produced[index] === null || consumed[index] === null) continue
    if (last !== undefined && last < index - 1) {
      const from = times[last] ?? at
      if (at - from >= LEAST_GAP) gaps.push({ from: from / 1000, to: at / 1000 })
    }
    last = index
  }
  const end = times.at(-1)
  if (stale && end !== undefined && until - end >= LEAST_GAP)
    gaps.push({ from: end / 1000, to: until / 1000 })
  return { columns: [times.map(at => at / 1000), [...produced], [...consumed]], gaps }
}

/** Marks on the axis of rates: 0 and one to three round numbers, of which the last holds `most`. */
export function marks(most: number): number[] {
  const rough = Math.max(most, 1) / 3
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map(n => n * power).find(n => n >= rough) ?? 10 * power
  const whole = Math.max(step, 1)
  const steps = Math.max(1, Math.ceil(most / whole))
  return Array.from({ length: steps + 1 }, (_, index) => index * whole)
}

/** The largest rate in sight; what lies before the chart's left edge does not count. */
export function largest({ columns: [times, ...lines] }: ChartData, from: number): number {
  let most = 0
  for (const [index, at] of times.entries())
    if (at >= from) for (const line of lines) most = Math.max(most, line[index] ?? 0)
  return most
}

/** Where two names stand beside their lines' ends: as near as they can, 16 px apart. */
export function apart(a: number, b: number, least = 16): [number, number] {
  if (Math.abs(a - b) >= least) return [a, b]
  const middle = (a + b) / 2
  return a <= b + 1
    ? [middle - least / 2, middle + least / 2]
    : [middle + least / 2, middle - least / 2]
}
