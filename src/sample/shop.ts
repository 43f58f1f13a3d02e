import {
  CITIES,
  FAILURES,
  FIRST_NAMES,
  LAST_NAMES,
  METHODS,
  PRODUCTS,
  SOURCES,
  TENANTS,
  type City,
} from './catalog.ts'
import { randomOf, type Random } from './random.ts'

export type ShopTopic = 'orders' | 'payments' | 'customers'

export interface ShopRecord {
  readonly topic: ShopTopic
  readonly key: string
  /** JSON; null is a tombstone. */
  readonly value: object | null
  readonly headers: Readonly<Record<string, string>>
  /** Milliseconds since the epoch. */
  readonly timestamp: number
}

/** A made-up shop, from which records come as its customers order, pay and move house. */
export interface Shop {
  /** One record for every customer there is at the beginning. */
  open(at: number): ShopRecord[]
  /** What happens next: an order is placed or goes on, with the payment that belongs to it. */
  next(at: number): ShopRecord[]
}

interface Customer extends City {
  readonly id: string
  readonly name: string
  readonly email: string
  readonly tier: string
}

type Status = 'NEW' | 'PAID' | 'FAILED' | 'CANCELLED' | 'PACKED' | 'SHIPPED' | 'DELIVERED'

interface Order {
  readonly id: string
  readonly status: Status
  readonly total: number
  readonly currency: string
  readonly reason?: string
  readonly placedAt: string
  readonly updatedAt: string
  readonly gift: boolean
  readonly coupon: string | null
  readonly customer: { readonly id: string; readonly name: string } & City
  readonly items: readonly {
    readonly sku: string
    readonly name: string
    readonly qty: number
    readonly price: number
  }[]
}

/** Something a customer ordered that is still on its way, and what every record of it carries. */
interface OpenOrder {
  order: Order
  readonly headers: Readonly<Record<string, string>>
}

const CUSTOMERS = 150
const MOST_OPEN = 300
const EVENTS: Record<Status, string> = {
  NEW: 'order.placed',
  PAID: 'order.paid',
  FAILED: 'order.failed',
  CANCELLED: 'order.cancelled',
  PACKED: 'order.packed',
  SHIPPED: 'order.shipped',
  DELIVERED: 'order.delivered',
}

/**
 * A shop whose records are the same for the same seed and times. Order numbers go up from
 * `firstOrder`.
 */
export function shopOf(seed: number, firstOrder: number): Shop {
  const random = randomOf(seed)
  const customers = Array.from({ length: CUSTOMERS }, (_, index) => customerOf(random, index))
  const open: OpenOrder[] = []
  let orderNumber = firstOrder

  const place = (at: number): ShopRecord[] => {
    const customer = customers[random.below(customers.length)]
    if (!customer) return []
    const placed = placeOrder(random, `o-${orderNumber++}`, customer, at)
    open.push(placed)
    if (open.length > MOST_OPEN) open.shift()
    return [orderRecord(placed, at)]
  }

  const goOn = (at: number): ShopRecord[] => {
    const index = random.below(open.length)
    const current = open[index]
    if (!current) return place(at)
    current.order = advance(random, current.order, at)
    const { status } = current.order
    if (status === 'FAILED' || status === 'CANCELLED' || status === 'DELIVERED') {
      open.splice(index, 1)
    }
    const payment = paymentRecord(random, current, at)
    return [orderRecord(current, at), ...(payment ? [payment] : [])]
  }

  const move = (at: number): ShopRecord[] => {
    const index = random.below(customers.length)
    const customer = customers[index]
    if (!customer) return []
    // One in ten closes the account; the compacted topic then forgets it. Another takes its place.
    if (random.chance(0.1)) {
      customers[index] = customerOf(random, index)
      return [customerRecord(customer.id, null, at)]
    }
    const moved = { ...customer, ...random.pick(CITIES) }
    customers[index] = moved
    return [customerRecord(moved.id, moved, at)]
  }

  return {
    open: at => customers.map(customer => customerRecord(customer.id, customer, at)),
    next: at => [
      ...(open.length === 0 || random.chance(0.3) ? place(at) : goOn(at)),
      ...(random.chance(0.02) ? move(at) : []),
    ],
  }
}

function customerOf(random: Random, index: number): Customer {
  const first = random.pick(FIRST_NAMES)
  const last = random.pick(LAST_NAMES)
  return {
    id: `c-${10_001 + index}`,
    name: `${first} ${last}`,
    email: `${plain(first)}.${plain(last)}@example.com`,
    tier: random.pick(['basic', 'basic', 'plus', 'business']),
    ...random.pick(CITIES),
  }
}

function plain(name: string): string {
  return name
    .normalize('NFD')
    .replaceAll(/[^a-z]/gi, '')
    .toLowerCase()
}

function placeOrder(random: Random, id: string, customer: Customer, at: number): OpenOrder {
  const items = Array.from({ length: 1 + random.below(4) }, () => {
    const { sku, name, price } = random.pick(PRODUCTS)
    return { sku, name, qty: random.chance(0.8) ? 1 : 2 + random.below(3), price }
  })
  const time = new Date(at).toISOString()
  const { id: customerId, name, city, country } = customer
  const order: Order = {
    id,
    status: 'NEW',
    total: cents(items.reduce((sum, { qty, price }) => sum + qty * price, 0)),
    currency: country === 'KR' ? 'KRW' : country === 'NO' ? 'NOK' : 'EUR',
    placedAt: time,
    updatedAt: time,
    gift: random.chance(0.1),
    coupon: random.chance(0.15) ? 'AUTUMN' : null,
    customer: { id: customerId, name, city, country },
    items,
  }
  const headers = {
    'trace-id': random.hex(16),
    source: random.pick(SOURCES),
    tenant: random.pick(TENANTS),
  }
  return { order, headers }
}

function cents(amount: number): number {
  return Math.round(amount * 100) / 100
}

function advance(random: Random, order: Order, at: number): Order {
  const status = nextStatus(random, order.status)
  const failed = status === 'FAILED' ? { reason: random.pick(FAILURES) } : {}
  return { ...order, status, ...failed, updatedAt: new Date(at).toISOString() }
}

function nextStatus(random: Random, status: Status): Status {
  if (status === 'NEW')
    return random.chance(0.08) ? 'FAILED' : random.chance(0.04) ? 'CANCELLED' : 'PAID'
  if (status === 'PAID') return 'PACKED'
  return status === 'PACKED' ? 'SHIPPED' : 'DELIVERED'
}

const JSON_CONTENT = { 'content-type': 'application/json' }

function orderRecord({ order, headers }: OpenOrder, timestamp: number): ShopRecord {
  return {
    topic: 'orders',
    key: order.id,
    value: order,
    headers: { ...headers, event: EVENTS[order.status], ...JSON_CONTENT },
    timestamp,
  }
}

/** Only an order that was just paid, or could not be, has one. */
function paymentRecord(random: Random, { order, headers }: OpenOrder, at: number) {
  const { id, status, total, currency, reason, updatedAt } = order
  if (status !== 'PAID' && status !== 'FAILED') return undefined
  const value = {
    id: `p-${random.hex(8)}`,
    orderId: id,
    amount: total,
    currency,
    method: random.pick(METHODS),
    result: status === 'PAID' ? 'CAPTURED' : 'DECLINED',
    ...(reason === undefined ? {} : { reason }),
    at: updatedAt,
  }
  const record: ShopRecord = {
    topic: 'payments',
    key: id,
    value,
    headers: { ...headers, ...JSON_CONTENT },
    timestamp: at,
  }
  return record
}

function customerRecord(id: string, value: Customer | null, timestamp: number): ShopRecord {
  return { topic: 'customers', key: id, value, headers: {}, timestamp }
}
