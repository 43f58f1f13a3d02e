import assert from 'node:assert/strict'
import {
  AS_NEW,
  batchesOf,
  failuresText,
  obstacleTo,
  outgoing,
  sendable,
  summaryOf,
} from '../../src/vscode/messages/resend.ts'
import { recordWith, utf8 } from './samples.ts'

const AS_IT_WAS = { keepPartition: true, keepTimestamp: true, keepHeaders: true }

describe('records that are sent again', () => {
  const record = recordWith({ headers: [['a', null]] })

  it('are as new ones, or as they were', () => {
    const { key, value, headers, timestamp } = record
    assert.deepEqual(outgoing(record, AS_NEW), { key, value, headers })
    assert.deepEqual(outgoing(record, AS_IT_WAS), { key, value, headers, timestamp, partition: 2 })
    assert.deepEqual(outgoing(record, { ...AS_NEW, keepHeaders: false }).headers, [])
    assert.equal('timestamp' in outgoing(recordWith({ timestamp: -1 }), AS_IT_WAS), false)
  })

  it('leave out what could not be read', () => {
    assert.deepEqual(sendable([record, recordWith({ error: 'bad batch' })]), [record])
  })

  it('need the partitions that they are kept in', () => {
    assert.equal(obstacleTo([record], AS_IT_WAS, 'copy', 3), undefined)
    assert.equal(obstacleTo([record], AS_NEW, 'copy', 1), undefined)
    assert.match(
      obstacleTo([record], AS_IT_WAS, 'copy', 2)?.message ?? '',
      /Partition 2 does not exist: copy has 2 partitions/,
    )
  })

  it('are summed up', () => {
    assert.equal(summaryOf([record], 0), '1 record · 1 key · 28\u00a0B')
    assert.equal(
      summaryOf(
        [record, record, recordWith({ key: null }), recordWith({ key: utf8('x'), value: null })],
        2,
      ),
      '4 records · 2 keys · 1 without a key · 1 without a value · 81\u00a0B · 2 that could not be read left out',
    )
  })

  it('go in portions that a broker takes', () => {
    const sized = (size: number) =>
      recordWith({ key: null, value: new Uint8Array(size), headers: [] })
    const counts = (...sizes: number[]) =>
      [...batchesOf(sizes.map(sized))].map(batch => batch.length)
    assert.deepEqual(counts(), [])
    assert.deepEqual(counts(1, 2, 3), [3])
    assert.deepEqual(counts(400_000, 400_000, 100, 3_000_000, 1), [1, 2, 1, 1])
    assert.deepEqual(counts(...Array.from({ length: 2_500 }, () => 1)), [1000, 1000, 500])
  })

  it('have their failures told one by one', () => {
    const problem = { code: 'X', message: 'Too large.', advice: 'Send\nless.' }
    const text = failuresText(
      'copy',
      [
        { record, outcome: { partition: 0, offset: 1n } },
        { record: recordWith({ offset: 9n }), outcome: { problem } },
      ],
      3,
    )
    assert.equal(
      text,
      [
        '1 of 5 records not written to copy',
        '',
        'orders-2 @ 9\tToo large. Send less.',
        '',
        '3 records not sent any more: cancelled.',
        '',
      ].join('\n'),
    )
  })
})
