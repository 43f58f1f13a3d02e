/** A line in a box of 96 × 16 on the row's own scale, and where its end point is. */
export interface TrendLine {
  readonly path: string
  readonly x: number
  readonly y: number
  /** For readers. */
  readonly words: 'rising' | 'falling' | 'flat'
}

const WIDTH = 92
const TOP = 1.5
const HEIGHT = 13
/** More points than that cannot be told apart. */
const MOST_POINTS = 48

/**
 * The line of what `points` tell between `from` and `to`, ms since the epoch; undefined when there
 * is nothing to draw. A lag that does not change lies at the bottom, however large it is, and one
 * that changes by less than `least` is no mountain.
 */
export function trendLine(
  points: readonly (readonly [at: number, lag: number])[],
  from: number,
  to: number,
  least = 1,
): TrendLine | undefined {
  const seen = thinned(points)
  const [first] = seen
  const last = seen.at(-1)
  if (!first || !last || seen.length < 2) return undefined
  const lags = seen.map(([, lag]) => lag)
  const lowest = Math.min(...lags)
  const range = Math.max(Math.max(...lags) - lowest, least)
  const x = (at: number) => 1 + ((at - from) / (to - from)) * WIDTH
  const y = (lag: number) => TOP + HEIGHT * (1 - (lag - lowest) / range)
  const silence = longestSilence(seen)
  const path = seen
    .map(([at, lag], index) => {
      const before = seen[index - 1]
      const joined = before !== undefined && at - before[0] <= silence
      return `${joined ? 'L' : 'M'}${x(at).toFixed(1)} ${y(lag).toFixed(1)}`
    })
    .join('')
  return { path, x: x(last[0]), y: y(last[1]), words: wordsOf(first[1], last[1], range) }
}

/** Points that are further apart than this have nothing known between them, ms. */
function longestSilence(points: readonly (readonly [at: number, lag: number])[]): number {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at))
  const usual = steps.toSorted((a, b) => a - b)[Math.floor(steps.length / 2)] ?? 0
  return Math.max(3 * usual, 15_000)
}

function thinned<T>(points: readonly T[]): readonly T[] {
  const step = Math.ceil(points.length / MOST_POINTS)
  return points.filter((_, index) => (points.length - 1 - index) % step === 0)
}

function wordsOf(first: number, last: number, range: number): TrendLine['words'] {
  if (Math.abs(last - first) <= range * 0.25) return 'flat'
  return last > first ? 'rising' : 'falling'
}
