import assert from 'node:assert/strict'
import { historyOf } from '../../src/sample/history.ts'
import { randomOf } from '../../src/sample/random.ts'
import { shopOf } from '../../src/sample/shop.ts'
import { whyNoAudit } from '../../src/sample/audit.ts'

const NOW = Date.UTC(2026, 10, 20, 12)

interface Order {
  readonly id: string
  readonly status: string
  readonly total: number
  readonly reason?: string
  readonly items: readonly { readonly qty: number; readonly price: number }[]
}

describe('the sample shop', () => {
  const history = historyOf(shopOf(1, 480_000), NOW)
  const orders = history.filter(({ topic }) => topic === 'orders')
  const values = orders.map(({ value }) => value as Order)

  it('is the same for the same seed, and another one for another', () => {
    assert.deepEqual(historyOf(shopOf(1, 480_000), NOW), history)
    assert.notDeepEqual(historyOf(shopOf(2, 480_000), NOW), history)
  })

  it('has some thousands of orders in every state', () => {
    assert.ok(orders.length > 5000, String(orders.length))
    assert.deepEqual([...new Set(values.map(({ status }) => status))].sort(), [
      'CANCELLED',
      'DELIVERED',
      'FAILED',
      'NEW',
      'PACKED',
      'PAID',
      'SHIPPED',
    ])
  })

  it('keys an order by its number and says what happened in its headers', () => {
    for (const { key, value, headers } of orders) {
      assert.equal(key, (value as Order).id)
      assert.ok(headers['event']?.startsWith('order.') && headers['trace-id']?.length === 16)
    }
  })

  it('adds an order up', () => {
    for (const { total, items } of values) {
      const sum = items.reduce((all, { qty, price }) => all + qty * price, 0)
      assert.ok(Math.abs(sum - total) < 0.01)
    }
  })

  it('gives a reason for failed orders only', () => {
    for (const { status, reason } of values) {
      assert.equal(reason !== undefined, status === 'FAILED', status)
    }
  })

  it('has a payment for every order that was paid or could not be', () => {
    const due = values.filter(({ status }) => status === 'PAID' || status === 'FAILED')
    assert.equal(history.filter(({ topic }) => topic === 'payments').length, due.length)
  })

  it('forgets customers by tombstones and never has more than there are places', () => {
    const customers = history.filter(({ topic }) => topic === 'customers')
    assert.ok(customers.some(({ value }) => value === null))
    assert.equal(new Set(customers.map(({ key }) => key)).size, 150)
  })

  it('goes forward in time up to now', () => {
    const times = history.map(({ timestamp }) => timestamp)
    assert.deepEqual(
      times.toSorted((a, b) => a - b),
      times,
    )
    assert.ok((times.at(-1) ?? 0) <= NOW)
  })
})

describe('seeded randomness', () => {
  it('stays within its bounds and reaches both ends', () => {
    const random = randomOf(7)
    const drawn = Array.from({ length: 1000 }, () => random.below(6))
    assert.deepEqual([...new Set(drawn)].sort(), [0, 1, 2, 3, 4, 5])
    assert.match(random.hex(16), /^[0-9a-f]{16}$/)
  })
})

describe('the audit client', () => {
  const NODES: readonly [version: string, fits: boolean][] = [
    ['22.15.0', false],
    ['22.22.0', true],
    ['24.6.0', true],
    ['20.19.1', false],
  ]
  for (const [version, fits] of NODES) {
    it(`${fits ? 'runs' : 'is left out with a word'} on Node ${version}`, () => {
      assert.equal(whyNoAudit(version) === undefined, fits)
    })
  }
})
