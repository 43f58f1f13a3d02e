import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Kafka, logLevel, type Admin, type Consumer, type Producer } from 'kafkajs'
import { harden, headersOf } from '../../src/kafkajs/harden.ts'
import type { RunDocument } from '../../src/report/json.ts'
import { runMain } from '../cli/run.ts'
import { sharedBroker } from './broker.ts'
import { Bundle } from './bundle.ts'

harden()

interface Answer {
  readonly to: 'priced' | 'invoices'
  readonly key: string
  readonly value: object
}

/** What a service sends for an order. */
type Pricing = (orderId: string) => readonly Answer[]

const prices: Pricing = orderId => {
  const id = randomUUID()
  return [
    priceOf(orderId, { orderId, status: 'PRICED', total: 19.98, invoice: { id } }),
    { to: 'invoices', key: id, value: { id, orderId } },
  ]
}

function priceOf(key: string, value: object): Answer {
  return { to: 'priced', key, value }
}

/**
 * The example of the specification's section 9: a record goes to a service, what the service makes
 * of it is expected in two other topics, and the service's group has read all.
 */
describe('A round trip', function () {
  this.timeout(120_000)
  const id = randomUUID().slice(0, 8)
  const orders = `orders-${id}`
  const topics = { priced: `orders-priced-${id}`, invoices: `invoices-${id}` }
  const group = `billing-${id}`
  let bundle: Bundle
  let brokers = ''
  let folder = ''
  let admin: Admin
  let producer: Producer
  let service: Consumer
  let pricing = prices

  before(async () => {
    bundle = await Bundle.make()
    brokers = (await sharedBroker()).bootstrapServers
    const kafka = new Kafka({ brokers: [brokers], clientId: 'pricing', logLevel: logLevel.NOTHING })
    admin = kafka.admin()
    producer = kafka.producer()
    service = kafka.consumer({ groupId: group })
    await Promise.all([admin.connect(), producer.connect(), service.connect()])
    await admin.createTopics({
      topics: [orders, topics.priced, topics.invoices].map(topic => ({ topic, numPartitions: 3 })),
    })
    await service.subscribe({ topic: orders, fromBeginning: true })
    await service.run({ autoCommitThreshold: 1, eachMessage: ({ message }) => answer(message) })
  })

  after(async () => {
    await Promise.all([admin.disconnect(), producer.disconnect(), service.disconnect()])
    await bundle.remove()
  })

  beforeEach(async () => {
    pricing = prices
    folder = await mkdtemp(join(tmpdir(), 'round-trip-'))
  })

  afterEach(() => rm(folder, { recursive: true, force: true }))

  async function answer(order: {
    readonly value: Buffer | null
    readonly headers?: unknown
  }): Promise<void> {
    const { orderId } = JSON.parse(String(order.value)) as { readonly orderId: string }
    const headers = Object.fromEntries(headersOf(order)) as Record<string, Buffer>
    for (const { to, key, value } of pricing(orderId)) {
      const message = { key, value: JSON.stringify(value), headers }
      await producer.send({ topic: topics[to], messages: [message] })
    }
  }

  const ofThisRun = 'match: headers["trace-id"] == "{{$run}}"\n'

  const example = (
    within = '15s',
    orderId = '{{$uuid}}',
    match = ofThisRun,
  ) => `@orderId = ${orderId}

### Send an order
PRODUCER order
topic: ${orders}
key: {{orderId}}
header: trace-id = {{$run}}
{ "orderId": "{{orderId}}", "sku": "A-1", "qty": 2 }

### Pricing enriches it
EXPECT priced
topic: ${topics.priced}
within: ${within}
key: {{orderId}}
${match}assert: value.total > 19.97 && value.total < 19.99
assert: latency < 15000
capture: invoiceId = value.invoice.id
{ "orderId": "{{orderId}}", "status": "PRICED", "invoice": { "id": "#uuid" } }

EXPECT billed
topic: ${topics.invoices}
match: value.id == "{{invoiceId}}"

EXPECT GROUP ${group}
topic: ${orders}
within: 10s
assert: lag == 0
`

  async function put(name: string, text: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, name), text)
  }

  async function run(...args: readonly string[]) {
    const all = ['run', '--brokers', brokers, '--report', 'json=r.json', ...args]
    const { exit, out } = await runMain(all, { folder, readerWorker: bundle.readerWorker })
    const document = JSON.parse(await readFile(join(folder, 'r.json'), 'utf8')) as RunDocument
    return { exit, out, document }
  }

  it('passes 200 times in a row', async () => {
    const times = 200
    for (let n = 0; n < times; n++) await put(`orders-${n}.kafka`, example())
    const { exit, out, document } = await run('--jobs', '2')
    assert.equal(exit, 0, out)
    assert.equal(document.totals.passed, 4 * times)
    const ids = document.files.map(({ blocks }) => blocks[1]?.captures?.['invoiceId'])
    assert.equal(new Set(ids).size, times)
  })

  it('passes as a process of its own', async () => {
    await put('orders.kafka', example())
    for (let time = 0; time < 3; time++) {
      const started = bundle.start(['run', '--brokers', brokers], { folder })
      assert.equal(await started.ended, 0, started.out)
    }
  })

  /** What is told of the run of a file, without what is another each time. */
  async function told(how: Pricing, text = example('1s', 'o-17')): Promise<readonly string[]> {
    pricing = how
    await put('orders.kafka', text)
    const { exit, out } = await run()
    assert.equal(exit, 4, out)
    return out
      .replaceAll(id, 'ID')
      .replaceAll(/\b\d\d:\d\d:\d\d\.\d{3}\b/g, 'TIME')
      .replaceAll(/offset \d+/g, 'offset N')
      .replaceAll(/partition \d/g, 'partition P')
      .replaceAll(/ · (?:latency )?[\d.]+ m?s/g, '')
      .trimEnd()
      .split('\n')
  }

  /** What stands above and below the EXPECT that fails. */
  const around = (...lines: readonly string[]) => [
    'orders.kafka',
    '  ✓ PRODUCER order  partition P · offset N',
    ...lines,
    '  ✗ orders.kafka:21:1  EXPECT billed — "{{invoiceId}}" is not defined: nothing was captured under that name so far.',
    '  ✓ EXPECT GROUP billing-ID  lag 0 · Stable',
    '1 file: 2 passed, 1 failed, 1 cannot run',
  ]

  it('fails where the service drops the record', async () => {
    assert.deepEqual(
      await told(() => []),
      around(
        '  ✗ orders.kafka:11:1  EXPECT priced — no matching record within 1s',
        '    read 0 records from orders-priced-ID [0-2] since TIME (run mark)',
      ),
    )
  })

  it('fails where the service alters fields, and tells which', async () => {
    assert.deepEqual(
      await told(key => [
        priceOf('o-18', { orderId: 'o-18', status: 'REJECTED' }),
        priceOf(key, { orderId: key, status: 'REJECTED', total: 19.98 }),
      ]),
      around(
        '  ✗ orders.kafka:11:1  EXPECT priced — no matching record within 1s',
        '    read 2 records from orders-priced-ID [0-2] since TIME (run mark)',
        '    closest: partition P offset N, key o-17 (value differs)',
        '       status     expected "PRICED"   got "REJECTED"',
        '       invoice    expected present    got absent',
      ),
    )
  })

  it('fails where the service alters the key', async () => {
    assert.deepEqual(
      await told(orderId => prices(orderId).map(each => ({ ...each, key: 'o-18' }))),
      around(
        '  ✗ orders.kafka:11:1  EXPECT priced — no matching record within 1s',
        '    read 1 record from orders-priced-ID [0-2] since TIME (run mark)',
        '    closest: partition P offset N, key o-18 (key differs)',
      ),
    )
  })

  it('fails where what is asserted is not so', async () => {
    assert.deepEqual(
      await told(orderId => [
        priceOf(orderId, { orderId, status: 'PRICED', total: 25, invoice: { id: randomUUID() } }),
      ]),
      around(
        '  ✗ orders.kafka:11:1  EXPECT priced — a record came, but it is not so: value.total > 19.97 && value.total < 19.99',
        '    read 1 record from orders-priced-ID [0-2] since TIME (run mark)',
        '    closest: partition P offset N, key o-17 (it matches)',
        '       value.total > 19.97 && value.total < 19.99  expected true   got false: value.total = 25',
      ),
    )
  })

  it('tells of records that it cannot decode', async () => {
    const text = `PRODUCER
topic: ${topics.invoices}
three
###
PRODUCER
topic: ${topics.invoices}
value-format: long
9007199254740993
###
EXPECT
topic: ${topics.invoices}
within: 1s
value-format: long
match: value == 9007199254740992
`
    assert.deepEqual((await told(prices, text)).slice(3, -1), [
      '  ✗ orders.kafka:10:1  EXPECT — no matching record within 1s',
      '    read 2 records from invoices-ID [0-2] since TIME (run mark)',
      '    closest: partition P offset N, key null (does not hold: value == 9007199254740992)',
      '    undecodable: 1 record (partition P offset N: This is no "long": it has 5 bytes instead of 8)',
      '    not evaluated: 1 record (This is no "long": it has 5 bytes instead of 8)',
    ])
  })

  it('finds no record from before the run, be it the same', async () => {
    const same = example('1s', 'o-19', '')
    await put('orders.kafka', same)
    const invoice = randomUUID()
    pricing = orderId => [
      priceOf(orderId, { orderId, status: 'PRICED', total: 19.98, invoice: { id: invoice } }),
      { to: 'invoices', key: invoice, value: { id: invoice } },
    ]
    assert.equal((await run()).exit, 0)
    assert.deepEqual(
      await told(() => [], same),
      around(
        '  ✗ orders.kafka:11:1  EXPECT priced — no matching record within 1s',
        '    read 0 records from orders-priced-ID [0-2] since TIME (run mark)',
      ).map(line => line.replace(':21:1', ':20:1')),
    )
  })
})
