import assert from 'node:assert/strict'
import { ticksOf } from '../../../src/webview/messages/axis.ts'
import { begun, extended, moved, rangeOf } from '../../../src/webview/messages/brush.ts'
import {
  heldBack,
  noteInWords,
  rangeInWords,
  wildInWords,
} from '../../../src/webview/messages/words.ts'

const extent = { from: 1000, to: 2000, step: 10 }

describe('the brush', () => {
  it('takes whole bins, either way', () => {
    assert.deepEqual(rangeOf(1234, 1301, extent), { from: 1230, to: 1310 })
    assert.deepEqual(rangeOf(1301, 1234, extent), { from: 1230, to: 1310 })
    assert.deepEqual(rangeOf(-50, 5000, extent), { from: 1000, to: 2000 })
    assert.deepEqual(rangeOf(2000, 2000, extent), { from: 1990, to: 2000 })
  })

  it('moves as it is, to the ends and no further', () => {
    const range = { from: 1100, to: 1200 }
    assert.deepEqual(moved(range, 3, extent), { from: 1130, to: 1230 })
    assert.deepEqual(moved(range, 500, extent), { from: 1900, to: 2000 })
    assert.deepEqual(moved(range, -500, extent), { from: 1000, to: 1100 })
  })

  it('grows and shrinks at its end, never to nothing', () => {
    const range = { from: 1100, to: 1120 }
    assert.deepEqual(extended(range, 1, extent), { from: 1100, to: 1130 })
    assert.deepEqual(extended(range, -9, extent), { from: 1100, to: 1110 })
    assert.deepEqual(extended(range, 900, extent), { from: 1100, to: 2000 })
  })

  it('begins where the key points from', () => {
    assert.deepEqual(begun(1, extent), { from: 1000, to: 1100 })
    assert.deepEqual(begun(-1, extent), { from: 1900, to: 2000 })
  })
})

describe('the axis of the timeline', () => {
  const at = (text: string) => new Date(`2026-11-20T${text}`).getTime()
  const labels = (from: number, to: number, most: number) =>
    ticksOf(from, to, most).map(({ label }) => label)

  it('has round times of a clock', () => {
    assert.deepEqual(labels(at('13:02:10'), at('13:24:00'), 6), [
      '13:05',
      '13:10',
      '13:15',
      '13:20',
    ])
    assert.deepEqual(labels(at('13:02:10'), at('13:02:13'), 4), [
      '13:02:10',
      '13:02:11',
      '13:02:12',
    ])
  })

  it('says the day at midnight', () => {
    assert.deepEqual(labels(at('22:30'), at('22:30') + 3 * 3_600_000, 4), [
      '23:00',
      '21 Nov',
      '01:00',
    ])
  })

  it('has days and months where it is long', () => {
    const day = 86_400_000
    assert.deepEqual(labels(at('00:00'), at('00:00') + 3 * day, 4), ['20 Nov', '21 Nov', '22 Nov'])
    assert.ok(labels(at('00:00'), at('00:00') + 900 * day, 12).length <= 12)
  })
})

describe('the words of the message viewer', () => {
  const now = new Date('2026-11-20T14:00:00').getTime()

  it('say a range with as much of a date as it needs', () => {
    const from = new Date('2026-11-20T13:36:10').getTime()
    assert.equal(rangeInWords(from, from + 520_000, now), '13:36:10 to 13:44:50')
    assert.equal(rangeInWords(from - 86_400_000, from, now), '19 Nov 13:36:10 to 20 Nov 13:36:10')
    assert.equal(
      rangeInWords(from - 86_400_000, from - 86_400_000 + 60_000, now),
      '19 Nov 13:36:10 to 13:37:10',
    )
    assert.equal(rangeInWords(from, from + 1500, now), '13:36:10.000 to 13:36:11.500')
  })

  it('say what the timeline has at its edges', () => {
    assert.equal(wildInWords({ earlier: 1200, later: 0 }), '1,200 far earlier, at the left edge')
    assert.equal(
      wildInWords({ earlier: 1, later: 2 }),
      '1 far earlier, at the left edge, 2 far later, at the right edge',
    )
  })

  it('say what stands where no record is', () => {
    const note = { partition: 3, offset: '751204', lastOffset: '751515', count: 312 }
    assert.equal(
      noteInWords('orders', { ...note, kind: 'gap' }),
      'orders-3: 312 offsets gone, 751,204 to 751,515',
    )
    assert.equal(
      noteInWords('orders', { ...note, kind: 'aborted', count: 1, producerId: '4012' }),
      'orders-3: 1 record of an aborted transaction, producer 4012, left out',
    )
    assert.equal(
      noteInWords('orders', { ...note, kind: 'marker', committed: true }),
      'orders-3 @ 751,204: a transaction was committed',
    )
  })

  it('say what an open transaction holds back', () => {
    const open = [{ producerId: '4018', startOffset: '90', lastTimestamp: now - 240_000 }]
    const partition = { partition: 2, lastStableOffset: '90', highWatermark: '120' }
    assert.equal(heldBack('orders', [{ ...partition, lastStableOffset: '120' }], now), undefined)
    const held = heldBack('orders', [{ ...partition, openTransactions: open }], now)
    assert.equal(held?.text, 'orders-2 ends at 90, an open transaction of producer 4018')
    const unknown = heldBack('orders', [partition], now)
    assert.equal(unknown?.text, 'orders-2 ends at 90, an open transaction')
    assert.match(
      held.detail,
      /30 not readable yet: producer 4018 since offset 90, silent for 4\smin/,
    )
  })
})
