/**
 * The sample data of a local Kafka, and the clients that keep it moving, in one process of its own.
 * Its one argument is a `SampleOptions` as JSON. It ends on SIGTERM, and with its parent.
 */
import { Kafka, logLevel, Partitioners, type Producer } from 'kafkajs'
import { harden } from '../kafkajs/harden.ts'
import { runAudit, whyNoAudit } from './audit.ts'
import { runBilling, runShipping } from './consumers.ts'
import { historyOf } from './history.ts'
import { keepDoing, pause } from './keep.ts'
import { randomOf } from './random.ts'
import { shopOf, type Shop } from './shop.ts'
import { countOrders, createTopics, insist, produce, produceAll } from './topics.ts'

export interface SampleOptions {
  /** Addresses separated by commas. */
  readonly bootstrapServers: string
  readonly seed?: number
  /** Whether the end of standard input means that the parent is gone. */
  readonly endsWithInput?: boolean
}

const FIRST_ORDER = 480_000
const TICK = 500

/** Milliseconds that the clients get to leave their groups. */
const GOODBYE = 4000

const say = (line: string) => console.log(line)

function clientOf(brokers: string[], clientId: string): Kafka {
  return new Kafka({
    clientId,
    brokers,
    connectionTimeout: 5000,
    logLevel: logLevel.NOTHING,
    retry: { retries: 10, maxRetryTime: 3000 },
  })
}

/** Creates what is missing; says nothing of records that are there from an earlier process. */
async function setUp(
  kafka: Kafka,
  producer: Producer,
  seed: number,
  signal: AbortSignal,
): Promise<Shop> {
  const admin = kafka.admin()
  await admin.connect()
  try {
    await createTopics(admin)
    const known = await insist(signal, () => countOrders(admin))
    const shop = shopOf(seed + known, FIRST_ORDER + known)
    if (known > 0) return shop
    const records = historyOf(shop, Date.now())
    await produceAll(producer, records, signal)
    say(`${records.length} records of history produced`)
    return shop
  } finally {
    await admin.disconnect()
  }
}

/** About five events a second, never quite evenly. */
async function runShop(kafka: Kafka, seed: number, onReady: () => void, signal: AbortSignal) {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  })
  const random = randomOf(seed)
  try {
    await producer.connect()
    const shop = await setUp(kafka, producer, seed, signal)
    onReady()
    while (!signal.aborted) {
      const events = Array.from({ length: 1 + random.below(4) }, () => shop.next(Date.now()))
      await produce(producer, events.flat())
      await pause(TICK, signal)
    }
  } finally {
    await producer.disconnect()
  }
}

async function runAll({ bootstrapServers, seed = 1 }: SampleOptions, signal: AbortSignal) {
  const brokers = bootstrapServers.split(',')
  const client = (name: string) => clientOf(brokers, name)
  const keep = (name: string, work: () => Promise<void>) => keepDoing(name, say, signal, work)
  let ready: () => void = () => undefined
  const topicsThere = new Promise<void>(resolve => (ready = resolve))
  const shop = keep('shop', () => runShop(client('shop'), seed, ready, signal))
  await Promise.race([topicsThere, shop])
  const noAudit = whyNoAudit(process.versions.node)
  if (noAudit !== undefined) say(noAudit)
  await Promise.all([
    shop,
    keep('billing', () => runBilling(client('billing-1'), signal)),
    keep('shipping-1', () => runShipping(client('shipping-1'), signal)),
    keep('shipping-2', () => runShipping(client('shipping-2'), signal)),
    ...(noAudit === undefined ? [keep('audit', () => runAudit(brokers, signal))] : []),
  ])
}

async function main(): Promise<void> {
  harden()
  const options = JSON.parse(process.argv[2] ?? '') as SampleOptions
  const over = new AbortController()
  const stop = () => {
    over.abort()
    setTimeout(() => process.exit(0), GOODBYE)
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (options.endsWithInput) {
    process.stdin.once('end', stop)
    process.stdin.once('error', stop)
    process.stdin.resume()
  }
  await runAll(options, over.signal)
  process.exit(0)
}

void main()
