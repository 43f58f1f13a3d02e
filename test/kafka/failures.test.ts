import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import kafkajs, { type Producer } from 'kafkajs'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { ownBroker, sharedBroker, threeNodes, type RunningBroker } from './broker.ts'

const record = { key: null, value: Buffer.from('v'), headers: [] }

function clusterAt(servers: string): Promise<Cluster> {
  const config = { bootstrapServers: servers.split(','), clientId: 'failures-test' }
  return createCluster(config, { log: silentLog, reader: () => assert.fail() })
}

async function until(condition: () => Promise<boolean>, ms = 30_000): Promise<void> {
  for (const end = Date.now() + ms; !(await condition());) {
    assert.ok(Date.now() < end, 'waited too long')
    await new Promise(resolve => setTimeout(resolve, 100))
  }
}

/** Everything that Node warns about from now on; kafkajs made it warn while a broker was down. */
function warnings(): { readonly seen: readonly string[]; stop(): void } {
  const seen: string[] = []
  const listen = (warning: Error) => seen.push(`${warning.name}: ${warning.message}`)
  process.on('warning', listen)
  return { seen, stop: () => process.off('warning', listen) }
}

describe('a broker that has just started', function () {
  this.timeout(60_000)

  it('takes the first records and the first member at once', async () => {
    const broker = await ownBroker({ properties: { 'offsets.topic.num.partitions': '50' } })
    const cluster = await clusterAt(broker.bootstrapServers)
    try {
      const topics = Array.from({ length: 20 }, (_, i) => `new-${i}`)
      await cluster.createTopics(topics.map(name => ({ name, partitions: 10 })))
      const outcomes = await Promise.all(
        topics.map(topic =>
          cluster.produce({ topic, records: Array.from({ length: 20 }, () => record) }),
        ),
      )
      assert.deepEqual(
        outcomes.flat().flatMap(({ problem }) => problem ?? []),
        [],
      )
      const kinds: string[] = []
      const abort = new AbortController()
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(40_000)])
      const request = { groupId: 'first', topic: 'new-0', fallback: 'earliest' } as const
      for await (const update of cluster.join(request, { signal })) {
        kinds.push(update.kind === 'problem' ? update.problem.message : update.kind)
        if (update.kind === 'records') abort.abort()
      }
      assert.deepEqual(kinds, ['joined', 'records'])
    } finally {
      await cluster.close()
      await broker.stop()
    }
  })
})

describe('a broker that goes away and comes back', function () {
  this.timeout(120_000)
  let broker: RunningBroker
  let cluster: Cluster

  before(async () => {
    broker = await ownBroker()
    cluster = await clusterAt(broker.bootstrapServers)
    await cluster.createTopics([{ name: 'orders', partitions: 2 }])
  })

  after(async () => {
    await cluster.close()
    await broker.stop()
  })

  it('is a problem of each item while it is away, and works by itself when it is back', async () => {
    const watch = warnings()
    await cluster.produce({ topic: 'orders', records: [record] })
    const [node] = broker.nodes
    await node?.stop()
    await assert.rejects(cluster.listTopics(), /Nothing listens at|closed the connection/)
    for (let i = 0; i < 12; i++) await assert.rejects(cluster.listTopics(), /Nothing listens at/)
    await node?.start()
    await until(async () => {
      const topics = await cluster.listTopics().catch(() => [])
      return topics.some(({ name }) => name === 'orders')
    })
    await until(async () => {
      const [outcome] = await cluster.produce({ topic: 'orders', records: [record] })
      return outcome?.offset !== undefined
    })
    watch.stop()
    assert.deepEqual(watch.seen, [])
  })

  it('lets a member that joined go on', async () => {
    const abort = new AbortController()
    const kinds: string[] = []
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(60_000)])
    let restarted = false
    const request = { groupId: 'member', topic: 'orders', fallback: 'latest' } as const
    for await (const update of cluster.join(request, { signal })) {
      kinds.push(update.kind === 'problem' ? update.problem.code : update.kind)
      if (update.kind === 'joined' && !restarted) {
        restarted = true
        await broker.nodes[0]?.stop()
        await broker.nodes[0]?.start()
        void keepProducing(signal)
      }
      if (update.kind === 'records') abort.abort()
    }
    assert.ok(abort.signal.aborted, kinds.join())
  })

  it('lets a member end though it has gone silent', async function () {
    const pid = broker.nodes[0]?.pid
    if (process.platform === 'win32' || pid === undefined) this.skip()
    const abort = new AbortController()
    const request = { groupId: 'silent', topic: 'orders', fallback: 'latest' } as const
    const { promise: isJoined, resolve: joined } = Promise.withResolvers<undefined>()
    const reading = (async () => {
      for await (const update of cluster.join(request, { signal: abort.signal })) {
        if (update.kind === 'joined') joined(undefined)
      }
      return 'ended'
    })()
    await isJoined
    process.kill(pid, 'SIGSTOP')
    try {
      abort.abort()
      // Five seconds are what a member may take to leave; kafkajs alone waits for its requests.
      const deadline = new AbortController()
      const late = sleep(15_000, 'still there', { signal: deadline.signal }).catch(() => 'stopped')
      assert.equal(await Promise.race([reading, late]), 'ended')
      deadline.abort()
    } finally {
      process.kill(pid, 'SIGCONT')
    }
  })

  async function keepProducing(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await cluster.produce({ topic: 'orders', records: [record] }).catch(() => undefined)
      await new Promise(resolve => setTimeout(resolve, 200))
    }
  }
})

describe('a partition without a leader', function () {
  this.timeout(120_000)
  let brokers: RunningBroker
  let cluster: Cluster

  before(async () => {
    brokers = await threeNodes()
    cluster = await clusterAt(brokers.bootstrapServers)
  })

  after(async () => {
    await cluster.close()
    await brokers.stop()
  })

  it('is a problem of its own; everything else is told, read and written', async () => {
    await cluster.createTopics([
      { name: 'single', partitions: 6, replicationFactor: 1 },
      { name: 'healthy', partitions: 3, replicationFactor: 3 },
    ])
    const [whole] = await cluster.describeTopics(['single'])
    const down = whole?.partitions[0]?.leader
    const lost = new Set(
      whole?.partitions.filter(({ leader }) => leader === down).map(({ partition }) => partition),
    )
    assert.ok(lost.size > 0 && lost.size < 6)
    await brokers.nodes.find(({ id }) => id === down)?.kill()
    await until(async () => {
      const [single] = await cluster.describeTopics(['single'])
      return (
        single?.partitions.every(
          ({ partition, leader }) => lost.has(partition) === (leader === undefined),
        ) ?? false
      )
    })

    const names = (await cluster.listTopics()).map(({ name }) => name)
    assert.ok(names.includes('single') && names.includes('healthy'))
    const description = await cluster.describe()
    assert.equal(description.brokers.find(({ id }) => id === down)?.fenced, true)
    const { groups, problems } = await cluster.listGroups()
    assert.deepEqual(groups, [])
    assert.ok(problems.length <= 1)

    const partitions = [0, 1, 2, 3, 4, 5]
    const answers = await cluster.listOffsets(
      partitions.map(partition => ({ topic: 'single', partition, at: 'latest' as const })),
    )
    const outcomes = await cluster.produce({
      topic: 'single',
      records: partitions.map(partition => ({ ...record, partition })),
    })
    for (const partition of partitions) {
      const code = lost.has(partition) ? 'LEADER_NOT_AVAILABLE' : undefined
      assert.equal(answers[partition]?.problem?.code, code)
      assert.equal(outcomes[partition]?.problem?.code, code)
    }
    const unkeyed = await cluster.produce({
      topic: 'single',
      records: Array.from({ length: 20 }, () => record),
    })
    assert.ok(unkeyed.every(({ problem }) => !problem))
    const healthy = await cluster.produce({ topic: 'healthy', records: [record] })
    assert.equal(healthy[0]?.problem, undefined)
  })

  it('does not keep a member from the others', async () => {
    const records: number[] = []
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(60_000)])
    const request = { groupId: 'g', topic: 'single', fallback: 'earliest' } as const
    for await (const update of cluster.join(request, { signal })) {
      if (update.kind === 'records')
        records.push(...update.records.map(({ partition }) => partition))
      if (records.length >= 20) abort.abort()
    }
    assert.ok(records.length >= 20)
  })
})

describe('transactions', function () {
  this.timeout(60_000)
  let cluster: Cluster
  const topic = `transactions-${process.pid}`
  const producers: Producer[] = []

  before(async () => {
    const { bootstrapServers } = await sharedBroker()
    cluster = await clusterAt(bootstrapServers)
    await cluster.createTopics([{ name: topic, partitions: 1 }])
    const kafka = new kafkajs.Kafka({
      brokers: bootstrapServers.split(','),
      logLevel: kafkajs.logLevel.NOTHING,
    })
    for (const transactionalId of ['a', 'b']) {
      const producer = kafka.producer({
        transactionalId: `${topic}-${transactionalId}`,
        maxInFlightRequests: 1,
        idempotent: true,
        createPartitioner: () => () => 0,
      })
      await producer.connect()
      producers.push(producer)
    }
  })

  after(async () => {
    await Promise.all(producers.map(producer => producer.disconnect()))
    await cluster.close()
  })

  it('that were aborted are not seen by a member', async () => {
    const [a, b] = producers
    assert.ok(a && b)
    const send = (to: { send: Producer['send'] }, value: string, key: Buffer | null = null) =>
      to.send({ topic, messages: [{ key, value }] })
    for (let round = 0; round < 3; round++) {
      const first = await a.transaction()
      const second = await b.transaction()
      await send(first, 'aborted', Buffer.alloc(4))
      await send(second, round === 1 ? 'kept' : 'aborted')
      await send(first, 'aborted')
      await send(second, round === 1 ? 'kept' : 'aborted')
      await first.abort()
      await (round === 1 ? second.commit() : second.abort())
    }
    await cluster.produce({ topic, records: [{ ...record, value: Buffer.from('last') }] })
    const seen: string[] = []
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)])
    const request = { groupId: topic, topic, fallback: 'earliest' } as const
    for await (const update of cluster.join(request, { signal })) {
      if (update.kind !== 'records') continue
      seen.push(...update.records.map(({ value }) => String(value)))
      if (seen.includes('last')) abort.abort()
    }
    assert.deepEqual(seen, ['kept', 'kept', 'last'])
  })
})
