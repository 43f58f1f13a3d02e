import assert from 'node:assert/strict'
import type { VerdictKind } from '../../src/lag/reading.ts'
import {
  fromWire,
  toWire,
  updated,
  updateOf,
  type WireChange,
  type WireReading,
} from '../../src/protocol/lag.ts'
import { groupOf, partitionOf, VERDICTS, without } from '../lag/readings.ts'

describe('a reading on its way to the panel', () => {
  it('survives JSON with every verdict, and offsets above 2^53', () => {
    const kinds = Object.keys(VERDICTS) as VerdictKind[]
    const reading = groupOf(
      kinds.map((kind, i) => partitionOf(`orders-${i}`, kind, { lag: 9007199254740993n })),
      {
        totalLag: 90071992547409930n,
        maximum: { topic: 'orders', partition: 0, lag: 9007199254740993n },
        trend: { direction: 'rising', since: 5 },
        problem: { code: 'X', message: 'Something.' },
        groupEpoch: 3,
      },
    )
    const sent = JSON.parse(JSON.stringify(toWire(reading))) as WireReading
    assert.equal(sent.totalLag, '90071992547409930')
    assert.deepEqual(fromWire(sent), reading)
  })
})

describe('an update of the panel', () => {
  const names = Array.from({ length: 1_000 }, (_, number) => `orders-${number}`)
  const before = groupOf(names.map(name => partitionOf(name)))
  const moved = partitionOf('orders-7', 'behind', { logEndOffset: 9007199254740993n })
  const now = groupOf(
    before.partitions.map((partition, index) => (index === 7 ? moved : { ...partition })),
    { at: 63_000, totalLag: 90071992547409930n },
  )
  const sent = (update: WireReading | WireChange) =>
    JSON.parse(JSON.stringify(update)) as WireReading | WireChange

  it('tells only what moved, and makes the same reading of it', () => {
    const update = sent(updateOf(before, now))
    assert.ok('since' in update)
    assert.deepEqual(
      update.changed.map(({ partition }) => partition),
      [7],
    )
    assert.ok(JSON.stringify(update).length < JSON.stringify(toWire(now)).length / 100)
    assert.deepEqual(updated(before, update), now)
  })

  it('tells a verdict, an owner and a number that come or go', () => {
    const [first] = before.partitions
    assert.ok(first)
    for (const other of [
      without('owner', first),
      { ...first, consumeRate: 0 },
      { ...first, owner: { ...first.owner!, host: 'x' } },
    ]) {
      const next = groupOf([other, ...before.partitions.slice(1)], { at: 63_000 })
      const update = sent(updateOf(before, next))
      assert.ok('since' in update && update.changed.length === 1)
      assert.deepEqual(updated(before, update), next)
    }
  })

  it('is whole where other partitions are there, or nothing was told before', () => {
    const fewer = groupOf(before.partitions.slice(1), { at: 63_000 })
    for (const update of [updateOf(before, fewer), updateOf(undefined, fewer)]) {
      assert.ok(!('since' in update))
      assert.deepEqual(updated(before, sent(update)), fewer)
    }
  })

  it('is not taken by a page that has another reading', () => {
    const update = sent(updateOf(before, now))
    assert.equal(updated(undefined, update), undefined)
    assert.equal(updated({ ...before, at: 59_000 }, update), undefined)
  })

  it('of the same reading tells nothing anew', () => {
    const update = sent(updateOf(now, now))
    assert.ok('since' in update && update.changed.length === 0)
    assert.deepEqual(updated(now, update), now)
  })
})
