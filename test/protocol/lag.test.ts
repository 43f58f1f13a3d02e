import assert from 'node:assert/strict'
import type { VerdictKind } from '../../src/lag/reading.ts'
import { fromWire, toWire, type WireReading } from '../../src/protocol/lag.ts'
import { groupOf, partitionOf, VERDICTS } from '../lag/readings.ts'

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
