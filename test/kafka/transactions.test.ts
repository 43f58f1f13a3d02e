import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import { problemOf } from '../../src/base/problem.ts'
import type { Cluster, OutgoingRecord } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { registerCodecs } from '../../src/kafkajs/compression.ts'
import { kafkajsCodecs } from '../../src/reading/codecs/codecs.ts'
import { ownBroker, sharedBroker, type RunningBroker } from './broker.ts'
import { eventually } from './eventually.ts'
import { kcat } from './kcat.ts'
import { lossyProxy, type LossyProxy } from './lossyProxy.ts'

function records(...values: readonly string[]): OutgoingRecord[] {
  return values.map(value => ({ key: null, value: Buffer.from(value), headers: [] }))
}

const one: OutgoingRecord = { key: null, value: Buffer.from('v'), headers: [] }

function clusterAt(servers: string): Promise<Cluster> {
  const config = { bootstrapServers: servers.split(','), clientId: 'transactions-test' }
  return createCluster(config, { log: silentLog, reader: () => assert.fail() })
}

/** A commit is promised before its last marker is written. */
async function until<T>(look: () => Promise<T>, expected: T): Promise<void> {
  await eventually(
    JSON.stringify(expected).slice(0, 200),
    async () => {
      assert.deepEqual(await look(), expected)
      return true
    },
    10_000,
  )
}

/** What librdkafka's client reads of a topic, in the order of the offsets. */
function seen(servers: string, topic: string, isolation: string): Promise<readonly string[]> {
  const level = ['-X', `isolation.level=${isolation}`]
  return kcat(['-b', servers, '-t', topic, '-C', '-e', '-q', '-f', '%s\\n', ...level])
}

describe('a transaction', function () {
  this.timeout(60_000)
  let cluster: Cluster
  let servers: string
  const prefix = `transaction-${process.pid}`

  before(async () => {
    servers = (await sharedBroker()).bootstrapServers
    cluster = await clusterAt(servers)
    const names = ['committed', 'aborted', 'open', 'fenced', 'failed', 'stopped', 'codecs', 'much']
    await cluster.createTopics(names.map(name => ({ name: `${prefix}-${name}`, partitions: 1 })))
    await cluster.createTopics([{ name: `${prefix}-other`, partitions: 3 }])
  })

  after(() => cluster.close())

  const committed = (topic: string) => seen(servers, topic, 'read_committed')
  const all = (topic: string) => seen(servers, topic, 'read_uncommitted')

  it('shows the records of all its topics when it is committed, and not before', async () => {
    const topic = `${prefix}-committed`
    const other = `${prefix}-other`
    const transaction = await cluster.transaction(`${prefix}-1`)
    const [first] = await transaction.produce({ topic, records: records('a', 'b') })
    assert.deepEqual([first?.partition, first?.offset], [0, 0n])
    await transaction.produce({ topic: other, records: records('x', 'y', 'z', 'w') })
    await transaction.produce({ topic, records: records('c') })
    assert.deepEqual(await committed(topic), [])
    assert.deepEqual(await all(topic), ['a', 'b', 'c'])
    await transaction.commit()
    await until(() => committed(topic), ['a', 'b', 'c'])
    assert.deepEqual((await committed(other)).toSorted(), ['w', 'x', 'y', 'z'])
    await assert.rejects(transaction.commit(), /has ended/)
    const [late] = await transaction.produce({ topic, records: records('d') })
    assert.equal(late?.problem?.code, 'not-sent')
  })

  it('has its records there for readers of committed ones as soon as it is committed', async () => {
    const topic = `${prefix}-twelve`
    await cluster.createTopics([{ name: topic, partitions: 12 }])
    const ends = Array.from({ length: 12 }, (_, partition) => ({
      topic,
      partition,
      at: 'last-stable' as const,
    }))
    for (let round = 1; round <= 20; round++) {
      const transaction = await cluster.transaction(topic)
      const outcomes = await transaction.produce({
        topic,
        records: ends.map(({ partition }) => ({ ...one, partition })),
      })
      await transaction.commit()
      const stable = await cluster.listOffsets(ends)
      const hidden = outcomes.filter(({ offset = 0n }, i) => (stable[i]?.offset ?? 0n) <= offset)
      assert.deepEqual(hidden, [], `round ${round}`)
    }
  })

  it('hides its records when it is aborted, and lets the next one under its id go on', async () => {
    const topic = `${prefix}-aborted`
    const transaction = await cluster.transaction(`${prefix}-2`)
    await transaction.produce({ topic, records: records('gone') })
    await transaction.abort()
    await transaction.abort()
    const next = await cluster.transaction(`${prefix}-2`)
    await next.produce({ topic, records: records('kept') })
    await next.commit()
    await until(() => committed(topic), ['kept'])
    assert.deepEqual(await all(topic), ['gone', 'kept'])
  })

  it('ends without a word where nothing was sent', async () => {
    await (await cluster.transaction(`${prefix}-3`)).commit()
    await (await cluster.transaction(`${prefix}-3`)).abort()
  })

  it('aborts what an earlier producer left open, and keeps it from going on', async () => {
    const topic = `${prefix}-fenced`
    const crashed = await cluster.transaction(`${prefix}-4`)
    await crashed.produce({ topic, records: records('left open') })
    const next = await cluster.transaction(`${prefix}-4`)
    await next.produce({ topic, records: records('kept') })
    await next.commit()
    await until(() => committed(topic), ['kept'])
    const [outcome] = await crashed.produce({ topic, records: records('late') })
    assert.match(outcome?.problem?.message ?? '', /another producer .* has taken over/)
    await assert.rejects(crashed.commit(), error => {
      assert.match(problemOf(error).code, /PRODUCER_FENCED|INVALID_PRODUCER_EPOCH/)
      return true
    })
    await crashed.abort()
    assert.deepEqual(await committed(topic), ['kept'])
  })

  it('is told that it was fenced when it wants to commit', async () => {
    const topic = `${prefix}-open`
    const first = await cluster.transaction(`${prefix}-5`)
    await first.produce({ topic, records: records('left open') })
    await cluster.transaction(`${prefix}-5`)
    await assert.rejects(first.commit(), /another producer .* has taken over/)
    assert.deepEqual(await committed(topic), [])
  })

  it('is aborted instead of committed after a record that failed', async () => {
    const topic = `${prefix}-failed`
    const transaction = await cluster.transaction(`${prefix}-6`)
    await transaction.produce({ topic, records: records('good') })
    const large = [{ key: null, value: Buffer.alloc(2_000_000), headers: [] }]
    const [outcome] = await transaction.produce({ topic, records: large })
    assert.equal(outcome?.problem?.code, 'MESSAGE_TOO_LARGE')
    const [after] = await transaction.produce({ topic, records: records('more') })
    assert.equal(after?.problem?.code, 'not-sent')
    await assert.rejects(transaction.commit(), error => {
      assert.equal(problemOf(error).code, 'transaction-aborted')
      assert.match(problemOf(error).message, /larger than the broker takes/)
      return true
    })
    assert.deepEqual(await committed(topic), [])
    assert.deepEqual(await all(topic), ['good'])
  })

  it('can be aborted when a send is stopped: what is on its way is waited for', async () => {
    const topic = `${prefix}-stopped`
    const transaction = await cluster.transaction(`${prefix}-7`)
    await transaction.produce({ topic, records: records('before') })
    const stop = new AbortController()
    const pending = transaction.produce({ topic, records: records('under way') }, stop)
    stop.abort(new Error('stopped'))
    await assert.rejects(pending, /stopped/)
    await transaction.abort()
    await until(async () => (await cluster.openTransactions([{ topic, partition: 0 }]))[0], {
      topic,
      partition: 0,
      producers: [],
    })
    assert.deepEqual(await committed(topic), [])
  })

  it('refuses to be confirmed by the leader alone', async () => {
    const transaction = await cluster.transaction(`${prefix}-8`)
    const request = { topic: `${prefix}-open`, acks: '1', records: records('x') } as const
    await assert.rejects(transaction.produce(request), /needs the confirmation of all replicas/)
    await transaction.abort()
  })

  it('takes thousands of records in many batches', async () => {
    const topic = `${prefix}-much`
    const transaction = await cluster.transaction(`${prefix}-9`)
    for (let part = 0; part < 3; part++) {
      const values = Array.from({ length: 10_000 }, (_, i) => `${part * 10_000 + i}`.padEnd(90))
      const outcomes = await transaction.produce({ topic, records: records(...values) })
      assert.equal(outcomes.find(({ problem }) => problem)?.problem, undefined)
    }
    await transaction.commit()
    const found = async () => {
      const lines = await committed(topic)
      return [lines.length, lines.at(-1)?.trim()]
    }
    await until(found, [30_000, '29999'])
  })

  for (const compression of ['gzip', 'snappy', 'lz4', 'zstd'] as const) {
    it(`is read by another client when it is compressed with ${compression}`, async () => {
      registerCodecs(kafkajsCodecs)
      const topic = `${prefix}-codecs`
      const transaction = await cluster.transaction(`${prefix}-${compression}`)
      const values = Array.from({ length: 200 }, (_, i) => `${compression} ${i} ${'x'.repeat(i)}`)
      await transaction.produce({ topic, compression, records: records(...values) })
      await transaction.commit()
      const found = async () =>
        (await committed(topic)).filter(line => line.startsWith(compression))
      await until(found, values)
    })
  }
})

describe('an idempotent producer', function () {
  this.timeout(60_000)
  let broker: RunningBroker
  let proxy: LossyProxy
  let cluster: Cluster

  before(async () => {
    const listener = { name: 'PROXY', protocol: 'PLAINTEXT', advertisedHost: '127.0.0.2' } as const
    broker = await ownBroker({ listeners: [listener] })
    const port = broker.listeners['PROXY']?.split(':')[1] ?? ''
    proxy = await lossyProxy('127.0.0.2', `127.0.0.1:${port}`)
    cluster = await clusterAt(`127.0.0.2:${port}`)
    await cluster.createTopics([
      { name: 'once', partitions: 2 },
      { name: 'plain', partitions: 1 },
      { name: 'both', partitions: 1 },
    ])
  })

  after(async () => {
    await cluster.close()
    await proxy.close()
    await broker.stop()
  })

  const values = (topic: string, isolation = 'read_uncommitted') =>
    seen(broker.bootstrapServers, topic, isolation)

  it('writes once what it sends again after its answers were lost', async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => String(i))
    for (const [index, number] of numbers.entries()) {
      if (index % 10 === 5) proxy.lose(1 + (index % 3))
      const [record] = records(number)
      assert.ok(record)
      const request = { topic: 'once', idempotent: true, records: [{ ...record, partition: 0 }] }
      const [outcome] = await cluster.produce(request)
      assert.deepEqual([outcome?.problem, outcome?.offset], [undefined, BigInt(index)])
    }
    assert.ok(proxy.lost >= 4)
    assert.deepEqual(await values('once'), numbers)
  })

  it('has an order of its own per partition, and in calls side by side', async () => {
    const send = (partition: number, value: string) =>
      cluster.produce({
        topic: 'once',
        idempotent: true,
        records: records(value, value).map(record => ({ ...record, partition })),
      })
    const sent = await Promise.all([send(1, 'a'), send(1, 'b'), send(0, 'c'), send(1, 'd')])
    assert.equal(sent.flat().find(({ problem }) => problem)?.problem, undefined)
    const lines = await kcat(
      ['-b', broker.bootstrapServers, '-t', 'once', '-p', '1', '-C', '-e', '-q'],
      '',
    )
    assert.equal(lines.length, 6)
  })

  it('does in a transaction, too', async () => {
    const transaction = await cluster.transaction('lossy')
    await transaction.produce({ topic: 'both', records: records('a') })
    proxy.lose(2)
    const [outcome] = await transaction.produce({ topic: 'both', records: records('b') })
    assert.equal(outcome?.offset, 1n)
    await transaction.commit()
    await until(() => values('both', 'read_committed'), ['a', 'b'])
  })

  it('is the only one that dares: others say that it may be written or not', async () => {
    proxy.lose(1)
    const [outcome] = await cluster.produce({ topic: 'plain', records: records('a') })
    assert.equal(outcome?.problem?.code, 'maybe-written')
    assert.deepEqual(await values('plain'), ['a'])
  })

  it('refuses to go unconfirmed', async () => {
    const request = { topic: 'plain', idempotent: true, acks: '0', records: records('a') } as const
    await assert.rejects(cluster.produce(request), /needs the confirmation of all replicas/)
  })
})
