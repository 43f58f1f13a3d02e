import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { sharedBroker } from './broker.ts'

describe('joining with a limit', function () {
  this.timeout(60_000)
  let cluster: Cluster
  const topic = `join-limit-${process.pid}`

  before(async () => {
    const { bootstrapServers } = await sharedBroker()
    const config = { bootstrapServers: bootstrapServers.split(','), clientId: 'join-limit' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    await cluster.createTopics([{ name: topic, partitions: 1 }])
    const outcomes = await cluster.produce({
      topic,
      records: Array.from({ length: 50 }, (_, i) => ({
        key: null,
        value: Buffer.from(`v${i}`),
        headers: [],
      })),
    })
    assert.deepEqual(
      outcomes.filter(({ problem }) => problem),
      [],
    )
  })

  after(() => cluster.close())

  async function offsetsShown(limit: number): Promise<bigint[]> {
    const shown: bigint[] = []
    const request = { groupId: topic, topic, fallback: 'earliest', limit } as const
    const ask = { signal: AbortSignal.timeout(30_000) }
    for await (const update of cluster.join(request, ask))
      if (update.kind === 'records') shown.push(...update.records.map(({ offset }) => offset))
    return shown
  }

  async function committed(): Promise<bigint | undefined> {
    const [group] = await cluster.committedOffsets([topic])
    return group?.offsets[0]?.committedOffset
  }

  it('ends by itself, commits behind the last record shown, and goes on there', async () => {
    assert.deepEqual(await offsetsShown(3), [0n, 1n, 2n])
    assert.equal(await committed(), 3n)
    assert.deepEqual(await offsetsShown(2), [3n, 4n])
    assert.equal(await committed(), 5n)
  })
})
