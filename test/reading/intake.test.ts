import assert from 'node:assert/strict'
import { AUTO } from '../../src/kafka/format.ts'
import type { ReadRequest } from '../../src/kafka/reading.ts'
import type { FetchedPart } from '../../src/reading/fetching.ts'
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
})
