import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster, JoinRequest } from '../../src/kafka/cluster.ts'
import type { Positions } from '../../src/kafka/reading.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { sharedBroker } from './broker.ts'
import { eventually } from './eventually.ts'
import { needsKcat } from './kcat.ts'

const PARTITIONS = 3

describe('joining up to an end', function () {
  this.timeout(60_000)
  let cluster: Cluster
  let servers: string
  let made = 0

  before(async () => {
    const { bootstrapServers } = await sharedBroker()
    servers = bootstrapServers
    const config = { bootstrapServers: servers.split(','), clientId: 'join-end' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
  })

  after(() => cluster.close())

  async function newTopic(records: number): Promise<string> {
    const topic = `join-end-${process.pid}-${++made}`
    await cluster.createTopics([{ name: topic, partitions: PARTITIONS }])
    await send(topic, records)
    return topic
  }

  async function send(topic: string, records: number, transaction?: 'commit' | 'abort') {
    const all = Array.from({ length: records }, (_, i) => ({
      partition: i % PARTITIONS,
      key: null,
      value: Buffer.from(`v${i}`),
      headers: [],
    }))
    if (!transaction) {
      const outcomes = await cluster.produce({ topic, records: all })
      assert.ok(outcomes.every(({ problem }) => !problem))
      return
    }
    const open = await cluster.transaction(`${topic}-writer`)
    await open.produce({ topic, records: all })
    await (transaction === 'commit' ? open.commit() : open.abort())
  }

  async function read(topic: string, more: Partial<JoinRequest>): Promise<readonly string[]> {
    const request: JoinRequest = { groupId: topic, topic, fallback: 'earliest', ...more }
    const shown: string[] = []
    const ask = { signal: AbortSignal.timeout(30_000) }
    for await (const update of cluster.join(request, ask)) {
      if (update.kind !== 'records') continue
      shown.push(...update.records.map(({ partition, offset }) => `${partition}:${offset}`))
    }
    return shown.sort()
  }

  async function commits(topic: string): Promise<readonly string[]> {
    const [group] = await cluster.committedOffsets([topic])
    const offsets = group?.offsets ?? []
    return offsets.map(({ partition, committedOffset }) => `${partition}:${committedOffset}`).sort()
  }

  it('ends where the log ends now, commits to there, and has nothing left to read then', async () => {
    const topic = await newTopic(7)
    const to = { all: { kind: 'latest' } } as const
    assert.deepEqual(await read(topic, { to }), ['0:0', '0:1', '0:2', '1:0', '1:1', '2:0', '2:1'])
    assert.deepEqual(await commits(topic), ['0:3', '1:2', '2:2'])
    assert.deepEqual(await read(topic, { to }), [])
    await send(topic, 1)
    assert.deepEqual(await read(topic, { to }), ['0:3'])
  })

  it('commits no further than the end that it was given, also in the middle of a batch', async () => {
    const topic = await newTopic(9)
    const to: Positions = {
      all: { kind: 'latest' },
      byPartition: new Map([
        [0, { kind: 'offset', offset: 2n }],
        [1, { kind: 'offset', offset: 0n }],
      ]),
    }
    assert.deepEqual(await read(topic, { to }), ['0:0', '0:1', '2:0', '2:1', '2:2'])
    assert.deepEqual(await commits(topic), ['0:2', '2:3'])
  })

  it('does not wait for an end that is not in the log, nor behind where it starts', async () => {
    const topic = await newTopic(3)
    const to = { all: { kind: 'offset', offset: 100n } } as const
    assert.deepEqual(await read(topic, { to, partitions: [0, 2] }), ['0:0', '2:0'])
    const from = { all: { kind: 'latest' } } as const
    assert.deepEqual(await read(topic, { from, to }), [])
  })

  it('passes markers and aborted records by at the end', async () => {
    const topic = await newTopic(0)
    await send(topic, 3, 'commit')
    await send(topic, 3, 'abort')
    const to = { all: { kind: 'latest' } } as const
    assert.deepEqual(await read(topic, { to }), ['0:0', '1:0', '2:0'])
  })

  describe('a group that another client is in', () => {
    let other: ChildProcess | undefined

    afterEach(async () => {
      if (other?.exitCode !== null) return
      other.kill('SIGKILL')
      await once(other, 'exit')
    })

    const members: readonly (readonly [string, (topic: string) => Promise<ChildProcess>])[] = [
      [
        'librdkafka',
        topic => Promise.resolve(spawn('kcat', ['-q', '-b', servers, '-G', topic, topic])),
      ],
      [
        "Java's console consumer",
        async topic => {
          const { jars, java } = await ensureKafkaJars()
          const program = 'org.apache.kafka.tools.consumer.ConsoleConsumer'
          const options = ['--bootstrap-server', servers, '--group', topic, '--topic', topic]
          return spawn(java.command, ['-cp', jars.classPath, program, ...options])
        },
      ],
    ]
    for (const [name, start] of members)
      it(`shares the partitions with ${name}`, async function () {
        needsKcat(this)
        const topic = await newTopic(9)
        other = await start(topic)
        await joined(topic)
        const signal = AbortSignal.timeout(30_000)
        const request = { groupId: topic, topic, fallback: 'earliest' } as const
        for await (const update of cluster.join(request, { signal })) {
          assert.notEqual(update.kind, 'problem', JSON.stringify(update))
          if (update.kind !== 'joined') continue
          // Each of the two has some of the three.
          assert.ok([1, 2].includes(update.partitions.length), String(update.partitions))
          const [group] = await cluster.describeGroups([{ groupId: topic, type: 'classic' }])
          const shares = (group?.members ?? []).map(({ assignment }) => assignment.length)
          assert.deepEqual(shares.sort(), [1, 2])
          return
        }
        assert.fail('it did not join')
      })
  })

  const joined = (groupId: string) =>
    eventually('the other client joins', async () => {
      const [group] = await cluster.describeGroups([{ groupId, type: 'unknown' }])
      return group?.members.some(({ assignment }) => assignment.length > 0)
    })
})
