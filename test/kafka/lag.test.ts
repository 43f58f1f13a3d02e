import assert from 'node:assert/strict'
import { Kafka, logLevel, type Admin, type Consumer, type Producer } from 'kafkajs'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import type { PartitionReading } from '../../src/lag/reading.ts'
import { LagPoller, type GroupWatch } from '../../src/lag/watch.ts'
import { systemClock } from '../../src/vscode/clock.ts'
import { ownBroker, type RunningBroker } from './broker.ts'
import { eventually } from './eventually.ts'

describe('lag on a real broker', function () {
  this.timeout(60_000)
  let broker: RunningBroker
  let cluster: Cluster
  let poller: LagPoller
  let admin: Admin
  let producer: Producer
  let consumer: Consumer
  let watch: GroupWatch
  /** Records that the consumer may still handle. */
  let allowed = 0
  let stopping = false

  before(async () => {
    broker = await ownBroker()
    const bootstrapServers = broker.bootstrapServers.split(',')
    const config = { bootstrapServers, clientId: 'lag-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    const kafka = new Kafka({
      brokers: bootstrapServers,
      clientId: 'shipping-1',
      logLevel: logLevel.NOTHING,
    })
    admin = kafka.admin()
    producer = kafka.producer()
    consumer = kafka.consumer({ groupId: 'shipping', sessionTimeout: 6000 })
    await Promise.all([admin.connect(), producer.connect()])
    await cluster.createTopics([
      { name: 'orders', partitions: 2 },
      { name: 'doomed', partitions: 1 },
    ])
    poller = new LagPoller(() => Promise.resolve(cluster), systemClock)
    watch = poller.watch('shipping', { interval: 100 })
  })

  after(async () => {
    poller.dispose()
    stopping = true
    await Promise.allSettled([consumer.disconnect(), producer.disconnect(), admin.disconnect()])
    await cluster.close()
    await broker.stop()
  })

  const produce = (topic: string, partition: number, count: number) =>
    producer.send({
      topic,
      messages: Array.from({ length: count }, (_, i) => ({ partition, value: `record ${i}` })),
    })

  const partition = (topic: string, number: number) =>
    watch.state.reading?.partitions.find(each => each.topic === topic && each.partition === number)

  const until = (
    what: string,
    topic: string,
    number: number,
    ready: (reading: PartitionReading) => boolean,
  ) =>
    eventually(what, () => {
      const reading = partition(topic, number)
      return Promise.resolve(reading && ready(reading) ? reading : undefined)
    })

  /** Handles one record after another, commits each, and waits when no more are allowed. */
  async function startConsumer(): Promise<void> {
    await consumer.connect()
    await consumer.subscribe({ topics: ['orders', 'doomed'], fromBeginning: true })
    await consumer.run({
      autoCommit: false,
      eachMessage: async payload => {
        const { topic, partition: number, message } = payload
        while (topic === 'orders' && allowed <= 0 && !stopping) {
          await payload.heartbeat()
          await new Promise(resolve => setTimeout(resolve, 50))
        }
        if (stopping) return
        if (topic === 'orders') allowed--
        const offset = (BigInt(message.offset) + 1n).toString()
        await consumer.commitOffsets([{ topic, partition: number, offset }])
      },
    })
  }

  it('waits for a group that is not there yet', async () => {
    await eventually('unknown', () => Promise.resolve(watch.state.status === 'unknown-group'))
  })

  it('tells owner, commit and lag of a slow consumer as it moves', async () => {
    await produce('orders', 0, 100)
    allowed = 30
    await startConsumer()
    const reading = await until('lag 70', 'orders', 0, each => each.committedOffset === 30n)
    assert.deepEqual(
      [reading.lag, reading.logStartOffset, reading.logEndOffset, reading.owner?.clientId],
      [70n, 0n, 100n, 'shipping-1'],
    )
    assert.equal(watch.state.reading?.state, 'Stable')
    assert.equal(watch.state.reading.members, 1)
    allowed = 10
    await until('lag 60', 'orders', 0, each => each.lag === 60n)
  })

  it('tells a partition without a commit from one with none to make', async () => {
    const reading = await until('no commit', 'orders', 1, each => each.verdict.kind === 'no-commit')
    assert.deepEqual([reading.lag, reading.lagIsBound, reading.ownership], [0n, true, 'owned'])
  })

  it('tells a topic that is deleted while it is open', async () => {
    await produce('doomed', 0, 5)
    await until('its records', 'doomed', 0, each => each.logEndOffset === 5n)
    await cluster.deleteTopics(['doomed'])
    await eventually('deleted or forgotten', () => {
      const kind = partition('doomed', 0)?.verdict.kind
      return Promise.resolve(kind === undefined || kind === 'topic-deleted')
    })
    assert.equal(partition('orders', 0)?.lag, 60n)
    assert.equal(watch.state.problem, undefined)
  })

  it('tells that nobody consumes any more', async () => {
    stopping = true
    await consumer.disconnect()
    await until('stopped', 'orders', 0, each => each.verdict.kind === 'stopped')
    assert.equal(watch.state.reading?.members, 0)
  })

  it('tells records that were lost before they were read', async () => {
    await admin.fetchTopicOffsets('orders')
    await admin.deleteTopicRecords({
      topic: 'orders',
      partitions: [{ partition: 0, offset: '90' }],
    })
    const { verdict, lag } = await until('lost', 'orders', 0, each => each.verdict.kind === 'lost')
    assert.deepEqual([verdict, lag], [{ kind: 'lost', records: 50n, logStartOffset: 90n }, 10n])
  })

  it('keeps its reading while the broker is gone, and goes on when it is back', async () => {
    const [node] = broker.nodes
    assert.ok(node)
    await node.kill()
    const problem = await eventually('a problem', () => Promise.resolve(watch.state.problem))
    const before = watch.state.reading
    assert.match(problem.message, /127\.0\.0\.1|localhost/)
    assert.equal(before?.partitions.find(each => each.topic === 'orders')?.lag, 10n)
    await node.start()
    await eventually('an answer', () => {
      watch.lookNow()
      const { reading, problem: left } = watch.state
      return Promise.resolve(!left && reading !== before)
    })
    assert.equal(partition('orders', 0)?.committedOffset, 40n)
  })

  it('tells a group that is deleted while it is open', async () => {
    await admin.deleteGroups(['shipping'])
    await eventually('unknown', () => Promise.resolve(watch.state.status === 'unknown-group'))
  })
})
