import assert from 'node:assert/strict'
import type { HistorySeries } from '../../../src/lag/history.ts'
import { apart, chartData, largest, marks } from '../../../src/webview/lag/series.ts'
import { trendLine } from '../../../src/webview/lag/trend.ts'

/** Looks each 2 s; a rate of undefined is not known. */
const series = (rows: readonly (readonly [second: number, rate: number | undefined])[]) => {
  const rates = rows.map(([, rate]) => rate ?? null)
  const times = rows.map(([second]) => second * 1000)
  return {
    times,
    produced: rates,
    consumed: rates,
    totalLag: rates,
    lags: {},
  } satisfies HistorySeries
}

describe('the gap chart', () => {
  const silence = series([
    [0, 5],
    [2, 5],
    [60, undefined],
    [62, undefined],
    [64, 5],
    [66, 5],
  ])

  it('has no line and a hatched gap where nothing is known', () => {
    const { columns, gaps } = chartData(silence, 66_000, false)
    assert.deepEqual(columns[1], [5, 5, null, null, 5, 5])
    assert.deepEqual(gaps, [{ from: 2, to: 64 }])
  })

  it('hatches what the last look does not reach only when it failed', () => {
    assert.deepEqual(chartData(silence, 90_000, true).gaps.at(-1), { from: 66, to: 90 })
    assert.equal(chartData(silence, 90_000, false).gaps.length, 1)
  })

  it('does not call the first looks a gap, nor a slow answer', () => {
    const { gaps } = chartData(
      series([
        [0, undefined],
        [2, undefined],
        [4, 5],
        [6, undefined],
        [8, 5],
      ]),
      8000,
      false,
    )
    assert.deepEqual(gaps, [])
  })

  const axes: [most: number, expected: number[]][] = [
    [0, [0, 1]],
    [0.4, [0, 1]],
    [3, [0, 1, 2, 3]],
    [7, [0, 5, 10]],
    [1400, [0, 500, 1000, 1500]],
    [1930, [0, 1000, 2000]],
    [2050, [0, 1000, 2000, 3000]],
  ]
  for (const [most, expected] of axes)
    it(`marks up to ${most}: ${expected.join(' ')}`, () => assert.deepEqual(marks(most), expected))

  it('is as high as what is in sight', () => {
    const data = chartData(
      series([
        [0, 900],
        [10, 5],
        [12, 8],
      ]),
      12_000,
      false,
    )
    assert.deepEqual([largest(data, 0), largest(data, 10)], [900, 8])
  })

  const ends: [number, number, [number, number]][] = [
    [10, 60, [10, 60]],
    [20, 24, [14, 30]],
    [24, 20, [30, 14]],
    [20, 20, [12, 28]],
  ]
  for (const [a, b, expected] of ends)
    it(`names at ${a} and ${b} stand at ${expected.join(' and ')}`, () => {
      assert.deepEqual(apart(a, b), expected)
    })
})

describe('a trend', () => {
  const line = (lags: readonly number[], least?: number) =>
    trendLine(
      lags.map((lag, i) => [i * 1000, lag] as const),
      0,
      (lags.length - 1) * 1000,
      least,
    )

  const words: [readonly number[], string][] = [
    [[0, 5, 10], 'rising'],
    [[10, 5, 0], 'falling'],
    [[5, 9, 5], 'flat'],
    [[1_000_000, 1_000_000], 'flat'],
  ]
  for (const [lags, expected] of words)
    it(`of ${lags.join(', ')} is ${expected}`, () => assert.equal(line(lags)?.words, expected))

  it('fills its box on its own scale', () => {
    assert.deepEqual(line([100, 200]), {
      path: 'M1.0 14.5L93.0 1.5',
      x: 93,
      y: 1.5,
      words: 'rising',
    })
  })

  it('makes no mountain of a molehill', () => {
    assert.equal(line([3, 5, 2, 4], 800)?.path.includes(' 1.5'), false)
  })

  it('is not drawn from less than two points', () => {
    assert.deepEqual([line([]), line([5])], [undefined, undefined])
  })

  it('is broken where nothing is known', () => {
    const at = [0, 2, 4, 100, 102, 104]
    const drawn = trendLine(
      at.map(second => [second * 1000, second] as const),
      0,
      104_000,
    )
    assert.equal(drawn?.path.match(/M/g)?.length, 2)
  })
})
