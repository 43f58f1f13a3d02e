import assert from 'node:assert/strict'
import {
  lookedAtAs,
  mayJoin,
  readingFrom,
  readingOfTopic,
  savedReading,
  topicReading,
  withFilter,
  withProperties,
  withStart,
} from '../../src/vscode/messages/reading.ts'
import { completePlan } from '../../src/vscode/messages/plan.ts'
import {
  fromInWords,
  noticeOf,
  partitionsInWords,
  titleOf,
  toInWords,
} from '../../src/vscode/messages/words.ts'

describe('a reading that a view kept', () => {
  it('comes back, and anything else does not', () => {
    const reading = {
      id: 'topic/local/orders',
      clusterId: 'local',
      adjustable: true,
      text: { properties: { topic: 'orders', from: 'tail(100)' } },
    }
    assert.deepEqual(savedReading(JSON.parse(JSON.stringify(reading))), reading)
    for (const state of [
      undefined,
      null,
      7,
      {},
      { ...reading, text: {} },
      { ...reading, id: 1 },
      { ...reading, text: { properties: { topic: 1 } } },
    ])
      assert.equal(savedReading(state), undefined)
  })
})

describe('a reading', () => {
  const orders = topicReading('local', 'orders')

  it('keeps over a reload how it is looked at, but for the range of time', () => {
    const reading = {
      ...orders,
      filter: 'size > 1',
      decodeAs: { key: 'string', value: 'long' },
      shown: { notes: false, markers: true, backwards: true, duplicates: false },
    }
    assert.deepEqual(savedReading(JSON.parse(JSON.stringify(reading))), reading)
    const ranged = { ...reading, shown: { ...reading.shown, range: { from: 1, to: 2 } } }
    assert.deepEqual(savedReading(ranged), reading)
    for (const odd of [{ filter: 7 }, { decodeAs: { key: 1 } }, { shown: 'all' }])
      assert.deepEqual(savedReading({ ...orders, ...odd }), orders)
  })

  it('has a view of its own per topic and partition', () => {
    const ids = [orders, topicReading('local', 'orders', 2), topicReading('other', 'orders')]
    assert.equal(new Set(ids.map(({ id }) => id)).size, 3)
    assert.deepEqual(readingFrom('local', 'orders', 2, '752511').text, {
      properties: { topic: 'orders', from: '752511', partitions: '2' },
    })
  })

  it('takes other choices, and an empty one out', () => {
    const partitions = withProperties(orders, { partitions: '0-3', from: undefined })
    assert.equal(partitions.text.properties['partitions'], '0-3')
    assert.equal(partitions.text.properties['from'], 'tail(100)')
    assert.deepEqual(withProperties(partitions, { partitions: '' }), orders)
    assert.equal(withFilter(orders, 'x').filter, 'x')
    assert.deepEqual(withFilter(withFilter(orders, 'x'), ''), orders)
  })

  it('starts where a group is without joining it, and elsewhere without the group', () => {
    const group = withStart(orders, 'committed', 'billing')
    assert.deepEqual(group.text, {
      group: 'billing',
      properties: { topic: 'orders', from: 'committed', commit: 'false' },
    })
    assert.equal(mayJoin(group), false)
    assert.equal(mayJoin({ ...orders, text: { ...orders.text, group: 'billing' } }), true)
    assert.deepEqual(withStart(group, 'tail(100)'), orders)
  })

  it('goes to another topic without places that mean nothing there', () => {
    const from = (text: string) =>
      readingOfTopic(withFilter(withStart(orders, text), 'x'), 'payments')
    assert.equal(from('now-1h').text.properties['from'], 'now-1h')
    assert.equal(from('earliest').text.properties['from'], 'earliest')
    for (const place of ['1500', '0:5', '2026-11-20'])
      assert.equal(from(place).text.properties['from'], 'tail(100)')
    assert.equal(from('earliest').filter, undefined)
    const uncommitted = withProperties(orders, { isolation: 'read_uncommitted' })
    assert.equal(
      readingOfTopic(uncommitted, 'payments').text.properties['isolation'],
      'read_uncommitted',
    )
  })

  it('is told in words', () => {
    const words = (from: string) => fromInWords(withStart(orders, from), 'latest')
    assert.equal(words('tail(1000)'), 'last 1,000 of each partition')
    assert.equal(words('1500'), 'offset 1,500')
    assert.equal(words('2026-11-20T14:02:10.123Z'), '2026-11-20 14:02:10.123 UTC')
    assert.equal(words('now-1h'), 'now-1h')
    assert.equal(
      fromInWords(withStart(orders, 'committed', 'billing'), 'latest'),
      'committed offsets of billing',
    )
    assert.equal(toInWords(orders), undefined)
    assert.equal(toInWords(withProperties(orders, { to: 'latest' })), 'end as of now')
    assert.equal(toInWords(withProperties(orders, { to: '1500' })), 'offset 1,500')
    assert.equal(toInWords(withProperties(orders, { to: '0:5,1:6' })), '0:5,1:6')
    assert.equal(toInWords(withProperties(orders, { limit: '1000' })), '1,000 records')
    const both = withProperties(orders, { limit: '1', to: 'latest' })
    assert.equal(toInWords(both), 'end as of now, or 1 record')
    assert.equal(toInWords(withProperties(both, { limit: '', to: '' })), undefined)
    assert.equal(partitionsInWords(orders, 0), 'all')
    assert.equal(partitionsInWords(orders, 6), 'all 6')
    assert.equal(partitionsInWords(topicReading('local', 'orders', 2), 1), '2')
  })

  it('of a block that starts again is looked at as before, unless its formats changed', () => {
    const block = (format: string) => ({
      ...withProperties(orders, { 'value-format': format }),
      adjustable: false,
    })
    const chosen = {
      filter: 'x',
      shown: { notes: false, backwards: false, duplicates: true },
      decodeAs: { key: 'auto', value: 'long' },
    }
    const before = { ...block('json'), ...chosen }
    assert.deepEqual(lookedAtAs(block('json'), before), before)
    const { filter, shown } = chosen
    assert.deepEqual(lookedAtAs(block('string'), before), { ...block('string'), filter, shown })
    assert.deepEqual(lookedAtAs(block('json'), block('json')), block('json'))
  })

  it('joins no group where nothing may be sent, and is decoded as the view says', () => {
    const plan = { topic: 'orders', fallback: 'latest', group: 'billing' } as const
    const long = { name: 'long', parameters: [] }
    assert.equal(completePlan(plan, orders, false).commit, false)
    assert.equal(completePlan(plan, orders, true).commit, undefined)
    assert.equal(completePlan({ ...plan, valueFormat: long }, orders, true).valueFormat, long)
    const viewed = { ...orders, decodeAs: { key: 'auto', value: 'string' } }
    assert.deepEqual(completePlan({ ...plan, valueFormat: long }, viewed, true).valueFormat, {
      name: 'string',
      parameters: [],
    })
  })

  it('says why its group is not joined', () => {
    const joins = { ...orders, text: { ...orders.text, group: 'billing' } }
    const notice = (reading: typeof orders, restored: boolean, trusted: boolean) =>
      noticeOf(reading, { restored, trusted }) ?? ''
    assert.match(notice(joins, true, true), /not joined again by itself/)
    assert.match(notice(joins, false, false), /not trusted: group "billing" is not joined/)
    assert.equal(notice(joins, false, true), '')
    assert.equal(notice(orders, true, false), '')
    assert.equal(titleOf(orders), 'orders')
    assert.equal(titleOf(topicReading('local', 'orders', 2)), 'orders-2')
    assert.equal(titleOf(withProperties(orders, { partitions: '0-3' })), 'orders')
  })
})
