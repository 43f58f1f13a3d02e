import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { sharedBroker } from './broker.ts'

const name = (what: string) => `cluster-${what}-${process.pid}`

describe('a cluster', function () {
  this.timeout(60_000)
  let cluster: Cluster

  before(async () => {
    const { bootstrapServers } = await sharedBroker()
    const config = { bootstrapServers: bootstrapServers.split(','), clientId: 'cluster-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
  })

  after(() => cluster.close())

  it('tells its brokers, its quorum and whether topics are made on first use', async () => {
    const description = await cluster.describe()
    assert.match(description.clusterId ?? '', /^[\w-]{22}$/)
    assert.equal(description.brokers.length, 1)
    const [broker] = description.brokers
    assert.equal(typeof description.autoCreateTopics, 'boolean')
    const quorum = await cluster.quorum()
    assert.equal(quorum?.leaderId, broker?.id)
    assert.deepEqual(
      quorum?.voters.map(({ replicaId }) => replicaId),
      [broker?.id],
    )
    assert.ok(quorum.highWatermark > 0n)
  })

  it('makes, describes and deletes topics, each with its own outcome', async () => {
    const topic = name('topic')
    const made = await cluster.createTopics([
      { name: topic, partitions: 3, configs: { 'retention.ms': '60000' } },
      { name: 'not a name' },
      { name: name('copies'), replicationFactor: 9 },
      { name: name('config'), configs: { 'retention.ms': 'soon' } },
    ])
    assert.deepEqual(
      made.map(({ problem }) => problem?.code),
      [undefined, 'INVALID_TOPIC_EXCEPTION', 'INVALID_REPLICATION_FACTOR', 'INVALID_CONFIG'],
    )
    assert.match(made[2]?.problem?.message ?? '', /replication factor of 9 cannot be reached/)

    const [again] = await cluster.createTopics([{ name: topic }])
    assert.equal(again?.problem?.code, 'TOPIC_ALREADY_EXISTS')

    const [found, missing] = await cluster.describeTopics([topic, name('missing')])
    assert.deepEqual(
      found?.partitions.map(({ partition, replicas }) => [partition, replicas.length]),
      [
        [0, 1],
        [1, 1],
        [2, 1],
      ],
    )
    assert.match(found.topicId ?? '', /^[0-9a-f-]{36}$/)
    assert.equal(missing?.problem?.code, 'UNKNOWN_TOPIC_OR_PARTITION')
    const names = (await cluster.listTopics()).map(listed => listed.name)
    assert.ok(names.includes(topic))
    assert.ok(!names.includes(name('missing')), 'looking made a topic')

    const configs = await cluster.topicConfigs([topic, name('missing')])
    const retention = configs.get(topic)
    assert.ok(Array.isArray(retention))
    const changed = (retention as readonly { name: string; value?: string; source: string }[]).find(
      config => config.name === 'retention.ms',
    )
    assert.equal(changed?.value, '60000')
    assert.equal(changed.source, 'topic')
    assert.ok('code' in (configs.get(name('missing')) ?? {}))

    const deleted = await cluster.deleteTopics([topic, name('missing')])
    assert.deepEqual(
      deleted.map(({ problem }) => problem?.code),
      [undefined, 'UNKNOWN_TOPIC_OR_PARTITION'],
    )
  })

  it('tells the sizes on disk, and the configs of a broker', async () => {
    const topic = name('disk')
    await cluster.createTopics([{ name: topic, partitions: 2 }])
    const value = Buffer.alloc(1000)
    await cluster.produce({ topic, records: [{ partition: 1, key: null, value, headers: [] }] })
    const directories = await cluster.logDirectories([topic])
    const replicas = directories.flatMap(directory => directory.replicas)
    const sizes = new Map(replicas.map(({ partition, sizeBytes }) => [partition, sizeBytes]))
    assert.equal(sizes.get(0), 0n)
    assert.ok((sizes.get(1) ?? 0n) > 1000n)
    assert.ok((directories[0]?.totalBytes ?? 0n) > 0n)

    const { brokers } = await cluster.describe()
    const configs = await cluster.brokerConfigs(brokers[0]?.id ?? -1)
    assert.ok(!('code' in configs) && configs.length > 100)
    const unknown = await cluster.brokerConfigs(77)
    assert.equal('code' in unknown && unknown.code, 'broker-gone')
  })

  it('finds offsets by place and by time, each query with its own answer', async () => {
    const topic = name('offsets')
    await cluster.createTopics([{ name: topic, partitions: 2, configs: { 'retention.ms': '-1' } }])
    const records = [1000, 2000, 3000].map(timestamp => ({
      partition: 0,
      key: null,
      value: Buffer.from('x'),
      headers: [],
      timestamp,
    }))
    await cluster.produce({ topic, records })
    const at = (partition: number, place: Parameters<Cluster['listOffsets']>[0][number]['at']) => ({
      topic,
      partition,
      at: place,
    })
    const answers = await cluster.listOffsets([
      at(0, 'latest'),
      at(0, 'earliest'),
      at(0, 'last-stable'),
      at(0, { timestamp: 1500 }),
      at(0, { timestamp: 2500 }),
      at(0, { timestamp: 9000 }),
      at(1, 'latest'),
      at(5, 'latest'),
      { topic: name('missing'), partition: 0, at: 'latest' },
    ])
    assert.deepEqual(
      answers.map(({ offset, timestamp, problem }) => [offset, timestamp, problem?.code]),
      [
        [3n, undefined, undefined],
        [0n, undefined, undefined],
        [3n, undefined, undefined],
        [1n, 2000, undefined],
        [2n, 3000, undefined],
        [undefined, undefined, undefined],
        [0n, undefined, undefined],
        [undefined, undefined, 'UNKNOWN_TOPIC_OR_PARTITION'],
        [undefined, undefined, 'UNKNOWN_TOPIC_OR_PARTITION'],
      ],
    )
  })

  it('asks each broker once for the offsets of many groups and partitions', async () => {
    const { bootstrapServers } = await sharedBroker()
    const config = { bootstrapServers: bootstrapServers.split(','), clientId: 'cluster-test' }
    const requests: string[] = []
    const log = { ...silentLog, trace: (line: string) => requests.push(line.split(' ')[0] ?? '') }
    const other = await createCluster(config, { log, reader: () => assert.fail() })
    const topic = name('many')
    await other.createTopics([{ name: topic, partitions: 50 }])
    const tick = async () => {
      const groupIds = Array.from({ length: 20 }, (_, i) => `${topic}-${i}`)
      await other.committedOffsets(groupIds)
      const partitions = Array.from({ length: 50 }, (_, partition) => partition)
      return other.listOffsets(partitions.map(partition => ({ topic, partition, at: 'latest' })))
    }
    await tick()
    requests.length = 0
    const answers = await tick()
    await other.close()
    assert.deepEqual(requests, ['OffsetFetch', 'ListOffsets'])
    assert.ok(answers.every(({ offset }) => offset === 0n))
  })

  it('does not keep its process alive, though nobody closes it', async () => {
    const { bootstrapServers } = await sharedBroker()
    const script = join(import.meta.dirname, 'leaveOpen.ts')
    const { stdout } = await promisify(execFile)(process.execPath, [script, bootstrapServers], {
      timeout: 20_000,
    })
    assert.equal(stdout, 'asked\n')
  })

  it('gives up at once when the signal aborts, and when it is closed', async () => {
    const { bootstrapServers } = await sharedBroker()
    const config = { bootstrapServers: bootstrapServers.split(','), clientId: 'cluster-test' }
    const other = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    await assert.rejects(
      other.listTopics({ signal: AbortSignal.abort(new Error('enough')) }),
      /enough/,
    )
    const pending = assert.rejects(other.listTopics(), /was closed/)
    await other.close()
    await pending
    await assert.rejects(other.describe(), /was closed/)
  })
})
