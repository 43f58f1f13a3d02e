import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { ownBroker, type RunningBroker } from './broker.ts'

const CASES = [
  { creates: 'true', outcome: undefined, partitions: 4 },
  { creates: 'false', outcome: 'UNKNOWN_TOPIC_OR_PARTITION', partitions: undefined },
] as const

for (const { creates, outcome, partitions } of CASES) {
  describe(`producing to a new topic, auto.create.topics.enable=${creates}`, function () {
    this.timeout(60_000)
    let broker: RunningBroker | undefined
    let cluster: Cluster | undefined

    before(async () => {
      const properties = { 'auto.create.topics.enable': creates, 'num.partitions': '4' }
      broker = await ownBroker({ properties })
      const config = { bootstrapServers: [broker.bootstrapServers], clientId: 'first-use' }
      cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    })

    after(async () => {
      await cluster?.close()
      await broker?.stop()
    })

    it(
      outcome ? 'says that there is none, and makes none' : 'makes it as the broker would',
      async () => {
        assert.ok(cluster)
        const records = [{ key: null, value: Buffer.from('first'), headers: [] }]
        const [written] = await cluster.produce({ topic: 'brand-new', records })
        assert.equal(written?.problem?.code, outcome)
        const topics = await cluster.listTopics()
        const found = topics.find(({ name }) => name === 'brand-new')
        assert.equal(found?.partitions.length, partitions)
      },
    )
  })
}
