import assert from 'node:assert/strict'
import { TimeCounts } from '../../../src/reading/view/timeline.ts'
import { pageOf, pageWith, randomOf, record } from './pages.ts'

const at = (...times: readonly number[]) => pageOf(times.map((time, n) => record(0, n, time)))
const NOON = Date.UTC(2026, 10, 21, 12)
const SECOND = 1000
const HOUR = 3_600_000

const sum = (bins: readonly number[]) => bins.reduce((total, count) => total + count, 0)

describe('records over time', () => {
  it('are nothing before the first', () => {
    assert.deepEqual(new TimeCounts(false).timeline(100), {
      start: 0,
      binMs: 1,
      read: [],
      matched: [],
      errors: [],
      timeless: 0,
    })
  })

  it('are counted in bins of a round length, of which the first holds the first record', () => {
    const counts = new TimeCounts(false)
    counts.addMatched(at(NOON + 7 * SECOND, NOON + 8 * SECOND, NOON + 61 * SECOND))
    const { start, binMs, read, matched } = counts.timeline(10)
    assert.deepEqual([start, binMs], [NOON, 10 * SECOND])
    assert.deepEqual(read, [2, 0, 0, 0, 0, 0, 1])
    assert.deepEqual(matched, read)
  })

  it('tell those that match from those that were read', () => {
    const counts = new TimeCounts(true)
    counts.addRead(at(NOON, NOON + 1, NOON + 1500))
    counts.addMatched(at(NOON + 1500))
    const { read, matched } = counts.timeline(2)
    assert.deepEqual(
      [read, matched],
      [
        [2, 1],
        [0, 1],
      ],
    )
  })

  it('are those without a time in no bin', () => {
    const counts = new TimeCounts(false)
    counts.addMatched(at(-1, -1, NOON))
    const { timeless, read } = counts.timeline(5)
    assert.deepEqual([timeless, read], [2, [1]])
  })

  it('tell errors at the time that their partition had come to', () => {
    const counts = new TimeCounts(false)
    counts.addMatched(pageWith(3, { errors: [{ offset: 0n, message: 'bad' }] }))
    counts.addMatched(at(NOON, NOON + 3 * HOUR))
    counts.addMatched(pageWith(0, { errors: [{ offset: 9n, message: 'bad' }] }))
    const { errors, binMs } = counts.timeline(4)
    assert.deepEqual([errors, binMs], [[0, 0, 0, 1], HOUR])
  })

  it('fit into as many bins as are asked for, whatever their times are', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomOf(seed)
      const span = 10 ** (2 + random(12))
      const times = Array.from({ length: 500 }, () => NOON - random(1000) * (span / 1000))
      const counts = new TimeCounts(false)
      for (let from = 0; from < 500; from += 50) {
        counts.addMatched(at(...times.slice(from, from + 50)))
      }
      for (const most of [1, 7, 100, 600]) {
        const { start, binMs, read } = counts.timeline(most)
        assert.ok(read.length <= most)
        assert.equal(sum(read), 500)
        assert.ok(start % binMs === 0)
        assert.ok(start <= Math.min(...times) && start + binMs > Math.min(...times))
        const last = start + read.length * binMs
        assert.ok(last > Math.max(...times) && last - binMs <= Math.max(...times))
        const wanted = read.map(
          (_, bin) => times.filter(time => Math.floor((time - start) / binMs) === bin).length,
        )
        assert.deepEqual(read, wanted)
      }
    }
  })

  describe('with few times far from all others', () => {
    const usual = Array.from({ length: 1000 }, (_, n) => NOON + n * SECOND)
    const timelineOf = (...wild: readonly number[]) => {
      const counts = new TimeCounts(false)
      counts.addMatched(at(...wild))
      counts.addMatched(at(...usual))
      counts.addMatched(at(...wild))
      return counts.timeline(100)
    }

    it('are shown as without those, which stand at the edges', () => {
      const { wild, read, ...shown } = timelineOf(0, Date.UTC(3000, 0), -1)
      assert.deepEqual(wild, { earlier: 2, later: 2 })
      assert.deepEqual(shown, { ...shown, start: NOON, binMs: 10 * SECOND, timeless: 2 })
      assert.deepEqual([read.length, read[0], read[50], read.at(-1)], [100, 12, 10, 12])
    })

    it('are shown whole where those are many, or within a day', () => {
      const many = Array.from({ length: 10 }, () => 0)
      for (const times of [many, [NOON - 23 * HOUR], [NOON + 20 * HOUR]]) {
        const { wild, read, start, binMs } = timelineOf(...times)
        assert.equal(wild, undefined)
        assert.equal(sum(read), 1000 + 2 * times.length)
        assert.ok(start <= Math.min(...times, NOON))
        assert.ok(start + read.length * binMs > Math.max(...times, NOON + 999 * SECOND))
      }
    })
  })

  it('take no more memory for a long time than for a short one', () => {
    const counts = new TimeCounts(false)
    const { bytes } = counts
    counts.addMatched(at(0, NOON, Date.UTC(9999, 0)))
    assert.equal(counts.bytes, bytes)
    assert.equal(sum(counts.timeline(50).read), 3)
    counts.addMatched(at(2 ** 63))
    assert.equal(sum(counts.timeline(50).read), 4)
  })
})
