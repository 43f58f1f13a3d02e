import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster, OutgoingRecord } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { sharedBroker } from './broker.ts'
import { kcat, needsKcat } from './kcat.ts'

const bytes = (text: string) => Buffer.from(text)

describe('producing', function () {
  this.timeout(60_000)
  let cluster: Cluster
  let servers: string
  const topic = `produce-${process.pid}`

  before(async () => {
    servers = (await sharedBroker()).bootstrapServers
    const config = { bootstrapServers: servers.split(','), clientId: 'produce-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    await cluster.createTopics([{ name: topic, partitions: 3, configs: { 'retention.ms': '-1' } }])
  })

  after(() => cluster.close())

  /** What an independent client (librdkafka's) sees, one record a line. */
  async function seen(from: string, partition?: number): Promise<readonly string[]> {
    const format = '%p %o|%k|%K|%s|%S|%h|%T\\n'
    const some = partition === undefined ? [] : ['-p', String(partition)]
    const args = ['-b', servers, '-t', from, '-C', '-e', '-q', '-f', format, ...some]
    return kcat(args)
  }

  const record = (more: Partial<OutgoingRecord> = {}): OutgoingRecord => ({
    key: null,
    value: bytes('v'),
    headers: [],
    ...more,
  })

  it('keeps headers in order, with duplicates, empty ones and null', async () => {
    const headers = [
      ['b', bytes('1')],
      ['2', null],
      ['b', bytes('')],
      ['1', bytes('x')],
    ] as const
    const outcomes = await cluster.produce({
      topic,
      records: [record({ partition: 0, headers, timestamp: 1000 })],
    })
    assert.deepEqual(outcomes, [{ partition: 0, offset: 0n, timestamp: 1000 }])
    const lines = await seen(topic, 0)
    assert.deepEqual(lines, ['0 0||-1|v|1|b=1,2=NULL,b=,1=x|1000'])
  })

  it('tells null from empty in keys and values', async () => {
    const own = `${topic}-null`
    await cluster.createTopics([{ name: own, partitions: 1 }])
    await cluster.produce({
      topic: own,
      records: [
        record({ value: null }),
        record({ key: bytes(''), value: bytes('') }),
        record({ key: bytes('k'), value: null }),
      ],
    })
    assert.deepEqual(
      (await seen(own)).map(line => line.split('|').slice(2, 5).join()),
      ['-1,,-1', '0,,0', '1,,-1'],
    )
  })

  it('gives each record its own outcome, in order', async () => {
    const own = `${topic}-outcomes`
    await cluster.createTopics([{ name: own, partitions: 2 }])
    const outcomes = await cluster.produce({
      topic: own,
      records: [
        record({ partition: 1 }),
        record({ partition: 99 }),
        record({ partition: 0 }),
        record({ partition: 1 }),
        record({ partition: -1 }),
      ],
    })
    assert.deepEqual(
      outcomes.map(({ partition, offset, problem }) => [partition, offset, problem?.message]),
      [
        [1, 0n, undefined],
        [undefined, undefined, `Topic ${own} has no partition 99.`],
        [0, 0n, undefined],
        [1, 1n, undefined],
        [undefined, undefined, `Topic ${own} has no partition -1.`],
      ],
    )
    assert.equal((await seen(own)).length, 3)
  })

  it('puts keys where other clients of the default partitioner put them', async () => {
    const own = `${topic}-keys`
    await cluster.createTopics([{ name: own, partitions: 7 }])
    const keys = Array.from({ length: 50 }, (_, i) => `key-${'x'.repeat(i % 5)}${i}`)
    const outcomes = await cluster.produce({
      topic: own,
      records: keys.map(key => record({ key: bytes(key), value: bytes('ours') })),
    })
    const input = `${keys.map(key => `${key}:theirs`).join('\n')}\n`
    const args = ['-b', servers, '-t', own, '-P', '-K:', '-X', 'topic.partitioner=murmur2_random']
    await kcat(args, input)
    const theirs = new Map<string, number>()
    for (const line of await seen(own)) {
      const [place = '', key = '', , value] = line.split('|')
      if (value === 'theirs') theirs.set(key, parseInt(place, 10))
    }
    assert.deepEqual(
      keys.map((key, i) => [key, outcomes[i]?.partition]),
      keys.map(key => [key, theirs.get(key)]),
    )
  })

  for (const compression of ['gzip', 'zstd'] as const) {
    it(`compresses with ${compression}`, async function () {
      needsKcat(this)
      const own = `${topic}-${compression}`
      await cluster.createTopics([{ name: own, partitions: 1 }])
      const records = Array.from({ length: 100 }, (_, i) =>
        record({ value: bytes(`${i} ${'x'.repeat(500)}`) }),
      )
      const outcomes = await cluster.produce({ topic: own, compression, records })
      assert.equal(outcomes[99]?.offset, 99n)
      assert.equal((await seen(own)).length, 100)
      const [directory] = await cluster.logDirectories([own])
      assert.ok((directory?.replicas[0]?.sizeBytes ?? 99_999n) < 10_000n)
    })
  }

  it('sends much in several batches, in order', async () => {
    const own = `${topic}-much`
    await cluster.createTopics([{ name: own, partitions: 2 }])
    const records = Array.from({ length: 400 }, (_, i) =>
      record({ partition: i % 2, key: bytes(String(i)), value: Buffer.alloc(10_000, 65) }),
    )
    const outcomes = await cluster.produce({ topic: own, records })
    assert.deepEqual(
      outcomes.map(({ offset }) => offset),
      records.map((_, i) => BigInt(Math.floor(i / 2))),
    )
    const keys = (await seen(own, 1)).map(line => Number(line.split('|')[1]))
    assert.deepEqual(
      keys,
      Array.from({ length: 200 }, (_, i) => 2 * i + 1),
    )
  })

  it('does not send what comes after a record that failed, in its partition', async () => {
    const own = `${topic}-large`
    await cluster.createTopics([{ name: own, partitions: 2 }])
    const outcomes = await cluster.produce({
      topic: own,
      records: [
        record({ partition: 0 }),
        record({ partition: 0, value: Buffer.alloc(2_000_000) }),
        record({ partition: 0 }),
        record({ partition: 1 }),
      ],
    })
    assert.deepEqual(
      outcomes.map(({ offset, problem }) => offset ?? problem?.code),
      [0n, 'MESSAGE_TOO_LARGE', 'not-sent', 0n],
    )
  })

  it('tells nothing about offsets without acks, and everything with one', async () => {
    const own = `${topic}-acks`
    await cluster.createTopics([{ name: own, partitions: 1 }])
    const none = await cluster.produce({ topic: own, acks: '0', records: [record()] })
    assert.deepEqual(none, [{ partition: 0 }])
    const [one] = await cluster.produce({ topic: own, acks: '1', records: [record()] })
    assert.equal(one?.offset, 1n)
  })

  it('says when the broker stores another time', async () => {
    const own = `${topic}-time`
    const configs = { 'message.timestamp.type': 'LogAppendTime' }
    await cluster.createTopics([{ name: own, partitions: 1, configs }])
    const [outcome] = await cluster.produce({ topic: own, records: [record({ timestamp: 5 })] })
    assert.ok((outcome?.timestamp ?? 0) > 1_600_000_000_000)
    const future = Date.now() + 1e10
    const [refused] = await cluster.produce({ topic, records: [record({ timestamp: future })] })
    assert.equal(refused?.problem?.code, 'INVALID_TIMESTAMP')
  })
})
