import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { testConnection } from '../../src/kafkajs/diagnose.ts'
import { ownBroker, type RunningBroker } from './broker.ts'
import { eventually } from './eventually.ts'

/** What differs between the releases; 2.8.2 runs with ZooKeeper, without types of groups. */
const RELEASES = [
  { version: '2.8.2', hint: '2.8 or 3.0', quorum: false },
  { version: '3.9.1', hint: '3.9', quorum: true },
] as const

for (const { version, hint, quorum } of RELEASES) {
  describe(`Kafka ${version}`, function () {
    this.timeout(90_000)
    let broker: RunningBroker
    let cluster: Cluster

    before(async () => {
      broker = await ownBroker({}, version)
      const config = { bootstrapServers: [broker.bootstrapServers], clientId: 'versions-test' }
      cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    })

    after(async () => {
      await cluster.close()
      await broker.stop()
    })

    it('is connected to, and recognised', async () => {
      const config = { bootstrapServers: [broker.bootstrapServers], clientId: 'versions-test' }
      const test = await testConnection(config)
      assert.ok(test.ok)
      assert.equal(test.versionHint, hint)
      const description = await cluster.describe()
      assert.equal(description.brokers.length, 1)
      assert.equal((await cluster.quorum()) !== undefined, quorum)
    })

    it('makes topics, takes records, and tells their offsets and sizes', async () => {
      const made = await cluster.createTopics([
        { name: 'orders', partitions: 2, configs: { 'retention.ms': '-1' } },
        { name: 'defaults' },
        { name: 'bad name' },
      ])
      assert.deepEqual(
        made.map(({ problem }) => problem?.code),
        [undefined, undefined, 'INVALID_TOPIC_EXCEPTION'],
      )
      const records = [1000, 2000].map(timestamp => ({
        partition: 1,
        key: null,
        value: Buffer.from('v'),
        headers: [['h', null] as const],
        timestamp,
      }))
      const outcomes = await cluster.produce({ topic: 'orders', records, compression: 'gzip' })
      assert.deepEqual(
        outcomes.map(({ offset }) => offset),
        [0n, 1n],
      )
      const answers = await cluster.listOffsets([
        { topic: 'orders', partition: 1, at: 'latest' },
        { topic: 'orders', partition: 1, at: 'last-stable' },
        { topic: 'orders', partition: 1, at: 'earliest' },
        { topic: 'orders', partition: 1, at: { timestamp: 1500 } },
      ])
      assert.deepEqual(
        answers.map(({ offset }) => offset),
        [2n, 2n, 0n, 1n],
      )
      const replicas = (await cluster.logDirectories(['orders'])).flatMap(found => found.replicas)
      assert.deepEqual(replicas.map(({ topic, partition }) => `${topic}-${partition}`).sort(), [
        'orders-0',
        'orders-1',
      ])
      const configs = (await cluster.topicConfigs(['orders'])).get('orders')
      assert.ok(configs && !('code' in configs) && configs.length > 20)
      const deleted = await cluster.deleteTopics(['defaults', 'missing'])
      assert.deepEqual(
        deleted.map(({ problem }) => problem?.code),
        [undefined, 'UNKNOWN_TOPIC_OR_PARTITION'],
      )
    })

    it('lets a member join, and tells of its group and its commits', async () => {
      const abort = new AbortController()
      const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(30_000)])
      const values: string[] = []
      const request = { groupId: 'readers', topic: 'orders', fallback: 'earliest' } as const
      for await (const update of cluster.join(request, { signal })) {
        if (update.kind === 'joined') {
          const [group] = await cluster.describeGroups([{ groupId: 'readers', type: 'unknown' }])
          assert.equal(group?.state, 'Stable')
          assert.equal(group.type, 'classic')
          assert.equal(group.members[0]?.assignment.length, 2)
        }
        if (update.kind === 'records')
          values.push(...update.records.map(found => String(found.value)))
        if (values.length === 2) abort.abort()
      }
      assert.deepEqual(values, ['v', 'v'])
      const [commits, none] = await cluster.committedOffsets(['readers', 'nobody'])
      const committed = commits?.offsets.find(({ partition }) => partition === 1)
      assert.equal(committed?.committedOffset, 2n)
      assert.deepEqual(none?.offsets, [])
      const { groups } = await cluster.listGroups()
      assert.deepEqual(
        groups.map(({ groupId, type, state }) => [groupId, type, state]),
        [['readers', 'classic', 'Empty']],
      )
      const [missing] = await cluster.describeGroups([{ groupId: 'nobody', type: 'unknown' }])
      assert.equal(missing?.problem?.code, 'GROUP_ID_NOT_FOUND')
    })

    it('takes transactions and numbered records', async () => {
      await cluster.createTopics([{ name: 'numbered', partitions: 1 }])
      const records = [{ key: null, value: Buffer.from('v'), headers: [] }]
      const topic = 'numbered'
      for (const expected of [0n, 1n]) {
        const [outcome] = await cluster.produce({ topic, records, idempotent: true })
        assert.equal(outcome?.offset, expected)
      }
      const stableEnd = async () => {
        const [end] = await cluster.listOffsets([{ topic, partition: 0, at: 'last-stable' }])
        return end?.offset
      }
      const left = await cluster.transaction('versions')
      await left.produce({ topic, records })
      assert.equal(await stableEnd(), 2n)
      const next = await cluster.transaction('versions')
      const [outcome] = await next.produce({ topic, records })
      assert.equal(outcome?.problem, undefined)
      await next.commit()
      // Two records and the two markers that end them.
      await eventually('the end of both', async () => (await stableEnd()) === 6n)
      await assert.rejects(left.commit(), /taken over/)
    })
  })
}
