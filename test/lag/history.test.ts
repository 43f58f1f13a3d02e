import assert from 'node:assert/strict'
import { addReading, historyOf, LagHistory } from '../../src/lag/history.ts'
import { groupOf, partitionOf } from './readings.ts'

function filled(looks: number, partitions: number, limits: { points: number; bytes: number }) {
  const history = new LagHistory(limits)
  for (let look = 0; look < looks; look++) {
    const lags = Array.from(
      { length: partitions },
      (_, p) => [`orders-${p}`, look * 10 + p] as const,
    )
    history.add({ at: look * 2000, produceRate: look, totalLag: look * 2 }, new Map(lags))
  }
  return history
}

describe('a history', () => {
  it('keeps the newest points', () => {
    const history = filled(1000, 3, { points: 600, bytes: 1e9 })
    const { times, lags } = history.series()
    assert.equal(history.length, 600)
    assert.deepEqual([times[0], times.at(-1)], [800_000, 1_998_000])
    assert.equal(lags['orders-2']?.at(-1), 9992)
  })

  for (const partitions of [1, 30, 200]) {
    it(`of ${partitions} partitions stays within its bytes and reaches back as far as it can`, () => {
      const bytes = 64 * 1024
      const history = filled(600, partitions, { points: 600, bytes })
      assert.equal(history.bytes <= Math.max(bytes, 32 * (partitions + 4) * 8), true)
      const { times } = history.series()
      assert.equal(times.at(-1), 1_198_000)
      assert.equal(times[0]! < 200_000, true)
    })
  }

  it('knows that a partition came later, and forgets one that is gone for good', () => {
    const history = new LagHistory({ points: 3, bytes: 1e9 })
    history.add({ at: 1 }, new Map([['a-0', 1]]))
    history.add({ at: 2 }, new Map([['b-0', 5]]))
    assert.deepEqual(history.series().lags, { 'a-0': [1, null], 'b-0': [null, 5] })
    for (const at of [3, 4, 5]) history.add({ at }, new Map([['b-0', 5]]))
    assert.deepEqual(Object.keys(history.series().lags), ['b-0'])
  })

  it('goes on from what it told', () => {
    const history = filled(50, 2, { points: 600, bytes: 1e9 })
    assert.deepEqual(historyOf(history.series()).series(), history.series())
  })

  it('tells a part of it', () => {
    const history = filled(10, 1, { points: 600, bytes: 1e9 })
    assert.deepEqual(history.series(15_000).times, [16_000, 18_000])
    assert.deepEqual(history.trend('orders-0', 15_000), [
      [16_000, 80],
      [18_000, 90],
    ])
    assert.deepEqual(history.trend('nobody-0', 0), [])
    assert.deepEqual(history.series(99_000).times, [])
  })

  it('takes lags from a reading, but no bounds', () => {
    const history = new LagHistory()
    const bound = partitionOf('a-1', 'no-commit', { lagIsBound: true })
    addReading(history, groupOf([partitionOf('a-0'), bound], { at: 5, produceRate: 2 }))
    assert.deepEqual(history.series(), {
      times: [5],
      produced: [2],
      consumed: [null],
      totalLag: [10],
      lags: { 'a-0': [10] },
    })
  })
})
