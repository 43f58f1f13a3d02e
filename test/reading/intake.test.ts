import assert from 'node:assert/strict'
import { AUTO } from '../../src/kafka/format.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import type { FetchedPart } from '../../src/reading/fetching.ts'
import type { Batch } from '../../src/reading/heads.ts'
import { newIntake } from '../../src/reading/intake.ts'
import { pageOf } from './filtering/pages.ts'

describe('what a scan takes in', () => {
  const request: ReadRequest = { topic: 'orders', from: { all: { kind: 'earliest' } } }
  const filter = { text: { text: 'b', ignoreCase: false }, formats: { key: AUTO, value: AUTO } }
  const page = pageOf(['ab', 'a', 'bb', 'b'].map(value => ({ value })))
  const part = () => ({ read: { delivered: 0n } }) as unknown as FetchedPart

  it('counts what matches, with and without a limit', () => {
    for (const [limit, expected] of [
      [undefined, { recordsRead: 4, recordsMatched: 3 }],
      [2, { recordsRead: 3, recordsMatched: 2 }],
    ] as const) {
      const intake = newIntake({ ...request, filter, ...(limit !== undefined && { limit }) })
      assert.equal(intake.take(part(), page)?.count, expected.recordsMatched)
      assert.deepEqual(intake.counts, expected)
      assert.equal(intake.full, limit !== undefined)
    }
  })

  it('passes by batches that are too old for the filter, and counts them as read', () => {
    const since = { expressions: ['timestamp >= 2000 && value != "x"'], formats: filter.formats }
    const batch = (maxTimestamp: number, count: number | undefined = 3) =>
      ({ maxTimestamp, count }) as unknown as Batch
    const intake = newIntake({ ...request, filter: since })
    assert.deepEqual(
      [batch(1999), batch(2000), batch(-1), { ...batch(5), count: undefined }].map(each =>
        intake.passBy(each),
      ),
      [true, false, false, false],
    )
    assert.equal(intake.counts.recordsRead, 3)
    const observed = newIntake({ ...request, filter: since }, () => undefined)
    assert.equal(observed.passBy(batch(1)), false)
    assert.equal(newIntake(request).passBy(batch(1)), false)
  })
})
