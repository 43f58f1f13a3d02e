import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { join } from 'node:path'
import { Consumer } from '@platformatic/kafka'
import { ensureKafkaJars } from '../../scripts/setup-kafka.ts'
import { silentLog } from '../../src/base/log.ts'
import type { Cluster, JoinRequest, JoinUpdate } from '../../src/kafka/cluster.ts'
import type { Group } from '../../src/kafka/model.ts'
import type { Positions } from '../../src/kafka/reading.ts'
import { openClient } from '../../src/kafkajs/client.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { registerCodecs } from '../../src/kafkajs/compression.ts'
import { OffsetCommit } from '../../src/kafkajs/protocol/offsets.ts'
import { kafkajsCodecs } from '../../src/reading/codecs/codecs.ts'
import { sharedBroker } from './broker.ts'

const bytes = (text: string) => Buffer.from(text)

describe('groups', function () {
  this.timeout(60_000)
  let cluster: Cluster
  let servers: string[]
  const topic = `groups-${process.pid}`
  const classic = `${topic}-classic`
  const consumer = `${topic}-consumer`
  const share = `${topic}-share`

  before(async () => {
    servers = (await sharedBroker()).bootstrapServers.split(',')
    const config = { bootstrapServers: servers, clientId: 'groups-test' }
    cluster = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    await cluster.createTopics([{ name: topic, partitions: 3 }])
    await cluster.produce({
      topic,
      records: Array.from({ length: 9 }, (_, i) => ({
        partition: i % 3,
        key: bytes(`k${i}`),
        value: bytes(`v${i}`),
        headers: [
          ['b', bytes('1')],
          ['2', null],
          ['b', bytes('2')],
        ],
      })),
    })
  })

  after(() => cluster.close())

  /** Joins until `enough` says so; every update that came. */
  async function joinUntil(
    request: Partial<JoinRequest>,
    enough: (updates: readonly JoinUpdate[]) => boolean | Promise<boolean>,
  ): Promise<readonly JoinUpdate[]> {
    const updates: JoinUpdate[] = []
    const abort = new AbortController()
    const signal = AbortSignal.any([abort.signal, AbortSignal.timeout(20_000)])
    const whole: JoinRequest = { groupId: classic, topic, fallback: 'earliest', ...request }
    for await (const update of cluster.join(whole, { signal })) {
      updates.push(update)
      if (await enough(updates)) abort.abort()
    }
    return updates
  }

  const recordsOf = (updates: readonly JoinUpdate[]) =>
    updates.flatMap(update => (update.kind === 'records' ? update.records : []))
  const got = (count: number) => (updates: readonly JoinUpdate[]) =>
    recordsOf(updates).length >= count

  async function describeUntil(
    groupId: string,
    ready: (group: Group) => boolean,
    type: Group['type'] = 'unknown',
  ): Promise<Group> {
    let found: Group | undefined
    await until(async () => {
      const [group] = await cluster.describeGroups([{ groupId, type }])
      found = group
      return group !== undefined && ready(group)
    })
    assert.ok(found)
    return found
  }

  it('a member that joins reads everything, with its headers, and commits', async () => {
    let described: Group | undefined
    const updates = await joinUntil({}, async so => {
      if (so.at(-1)?.kind === 'joined') {
        described = await describeUntil(classic, group => group.state === 'Stable')
      }
      return got(9)(so)
    })
    assert.deepEqual(updates[0]?.kind === 'joined' && [...updates[0].partitions].sort(), [0, 1, 2])
    const first = recordsOf(updates).find(({ partition }) => partition === 1)
    assert.equal(first?.key?.toString(), 'k1')
    assert.deepEqual(
      first.headers.map(([name, value]) => [name, value?.toString() ?? null]),
      [
        ['b', '1'],
        ['2', null],
        ['b', '2'],
      ],
    )

    assert.equal(described?.type, 'classic')
    assert.equal(described.protocolType, 'consumer')
    assert.equal(described.assignor, 'range')
    const [member] = described.members
    assert.equal(member?.clientId, 'groups-test')
    assert.equal(member.host, '127.0.0.1')
    assert.deepEqual(member.subscribedTopics, [topic])
    assert.deepEqual(member.assignment.map(({ partition }) => partition).sort(), [0, 1, 2])

    const [commits] = await cluster.committedOffsets([classic])
    const offsets = commits?.offsets.map(commit => [commit.partition, commit.committedOffset])
    assert.deepEqual(offsets?.sort(), [
      [0, 3n],
      [1, 3n],
      [2, 3n],
    ])
    const left = await describeUntil(classic, group => group.state === 'Empty')
    assert.deepEqual(left.members, [])
  })

  it('a member starts where it is told, at the partitions it is told', async () => {
    const updates = await joinUntil(
      {
        partitions: [1, 2],
        from: {
          all: { kind: 'tail', count: 1 },
          byPartition: new Map([[2, { kind: 'offset', offset: 1n }]]),
        },
      },
      got(3),
    )
    assert.deepEqual(updates[0]?.kind === 'joined' && [...updates[0].partitions].sort(), [0, 1, 2])
    const places = recordsOf(updates).map(({ partition, offset }) => `${partition}/${offset}`)
    assert.deepEqual(places.sort(), ['1/2', '2/1', '2/2'])
  })

  /** For partition 0, without joining. */
  async function commit(groupId: string, committedOffset: bigint): Promise<void> {
    const client = openClient({ bootstrapServers: servers, clientId: 'groups-test' }, silentLog)
    try {
      const partition = { partitionIndex: 0, committedOffset, committedMetadata: null }
      const topics = [{ name: topic, partitions: [partition] }]
      await until(async () => {
        // Asking for the coordinator has the broker make the topic that holds commits.
        await cluster.describeGroups([{ groupId, type: 'unknown' }])
        const answer = await client.send('any', OffsetCommit, { groupId, memberId: '', topics })
        return answer.topics[0]?.partitions[0]?.errorCode === 0
      })
    } finally {
      client.close()
    }
  }

  for (const [fallback, offset, place] of [
    ['earliest', 0n, 'the beginning'],
    ['latest', 3n, 'the end'],
  ] as const) {
    it(`a member whose commit is not in the log commits ${place} itself`, async () => {
      const groupId = `${topic}-beyond-${fallback}`
      await commit(groupId, 99n)
      const updates = await joinUntil({ groupId, partitions: [0], fallback }, so =>
        so.some(update => update.kind === 'problem'),
      )
      const problems = updates.flatMap(update =>
        update.kind === 'problem' ? [update.problem] : [],
      )
      assert.deepEqual(
        problems.map(({ code }) => code),
        ['OFFSET_OUT_OF_RANGE'],
      )
      assert.match(problems[0]?.message ?? '', new RegExp(`${place}, offset ${offset}\\.$`))
      const [commits] = await cluster.committedOffsets([groupId])
      const found = commits?.offsets.find(({ partition }) => partition === 0)
      assert.ok(found?.committedOffset === offset || found?.committedOffset === 3n)
    })
  }

  const STARTS: readonly (readonly [string, Positions, readonly string[]])[] = [
    ['the beginning', { all: { kind: 'earliest' } }, ['0/0', '0/1', '0/2']],
    ['a tail longer than the log', { all: { kind: 'tail', count: 99 } }, ['0/0', '0/1', '0/2']],
    ['a time', { all: { kind: 'time', timestamp: 0 } }, ['0/0', '0/1', '0/2']],
    [
      'the commits of a group',
      { all: { kind: 'committed', group: `${topic}-at` } },
      ['0/1', '0/2'],
    ],
  ]
  for (const [name, from, places] of STARTS) {
    it(`a member starts at ${name}`, async () => {
      await commit(`${topic}-at`, 1n)
      const groupId = `${topic}-from`
      const updates = await joinUntil({ groupId, partitions: [0], from }, got(places.length))
      const found = recordsOf(updates).map(({ partition, offset }) => `${partition}/${offset}`)
      assert.deepEqual(found, places)
    })
  }

  it('a member reads every compression', async () => {
    registerCodecs(kafkajsCodecs)
    const compressed = `${topic}-compressed`
    await cluster.createTopics([{ name: compressed, partitions: 1 }])
    const all = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
    for (const compression of all) {
      const value = bytes(compression.repeat(100))
      const records = [{ key: null, value, headers: [] }]
      const [outcome] = await cluster.produce({ topic: compressed, records, compression })
      assert.equal(outcome?.problem, undefined)
    }
    const updates = await joinUntil({ groupId: compressed, topic: compressed }, got(5))
    assert.deepEqual(
      recordsOf(updates).map(({ value }) => value?.toString()),
      all.map(compression => compression.repeat(100)),
    )
  })

  const REFUSED: readonly (readonly [string, () => Partial<JoinRequest>, string])[] = [
    ['a topic that does not exist', () => ({ topic: `${topic}-no` }), 'UNKNOWN_TOPIC_OR_PARTITION'],
    ['a partition that does not exist', () => ({ partitions: [0, 7] }), 'no-such-partition'],
  ]
  for (const [name, request, code] of REFUSED) {
    it(`a member of ${name} gets a problem and no group`, async () => {
      const updates = await joinUntil({ ...request(), groupId: `${topic}-none` }, () => false)
      assert.deepEqual(
        updates.map(update => update.kind === 'problem' && update.problem.code),
        [code],
      )
      const { groups } = await cluster.listGroups()
      assert.ok(!groups.some(({ groupId }) => groupId === `${topic}-none`))
    })
  }

  it('closing lets a member leave its group', async () => {
    const config = { bootstrapServers: servers, clientId: 'groups-test' }
    const other = await createCluster(config, { log: silentLog, reader: () => assert.fail() })
    const groupId = `${topic}-closed`
    const request: JoinRequest = { groupId, topic, fallback: 'latest' }
    const signal = AbortSignal.timeout(20_000)
    for await (const update of other.join(request, { signal })) {
      if (update.kind === 'joined') await other.close()
    }
    const [group] = await cluster.describeGroups([{ groupId, type: 'classic' }])
    assert.equal(group?.state, 'Empty')
  })

  it('two members share the partitions, and the first hears of the second', async () => {
    const stop = new AbortController()
    const kinds: string[] = []
    let second: Promise<readonly JoinUpdate[]> | undefined
    const request: JoinRequest = { groupId: `${topic}-two`, topic, fallback: 'latest' }
    for await (const update of cluster.join(request, { signal: stop.signal })) {
      kinds.push(update.kind)
      if (update.kind !== 'joined') continue
      if (update.partitions.length === 3) {
        second ??= joinUntil({ groupId: `${topic}-two` }, so => so.at(-1)?.kind === 'joined')
      } else {
        stop.abort()
      }
    }
    assert.deepEqual(kinds, ['joined', 'rebalancing', 'joined'])
    assert.equal((await second)?.[0]?.kind, 'joined')
  })

  it('a group of the KIP-848 protocol is described by its own request', async () => {
    const member = new Consumer({
      groupId: consumer,
      clientId: 'platformatic',
      bootstrapBrokers: servers,
      groupProtocol: 'consumer',
    })
    try {
      const stream = await member.consume({
        topics: [topic],
        mode: 'committed',
        fallbackMode: 'earliest',
        autocommit: 100,
      })
      stream.on('data', () => undefined)
      const group = await describeUntil(
        consumer,
        ({ state, members }) => state === 'Stable' && members[0]?.assignment.length === 3,
      )
      assert.equal(group.type, 'consumer')
      assert.equal(group.assignor, 'uniform')
      assert.ok((group.groupEpoch ?? 0) > 0)
      assert.equal(group.members[0]?.clientId, 'platformatic')
      assert.equal(group.members[0].targetAssignment?.length, 3)
      assert.ok((group.members[0].memberEpoch ?? 0) > 0)
      await until(async () => {
        const [commits] = await cluster.committedOffsets([consumer])
        return commits?.offsets.length === 3
      })
    } finally {
      await member.close(true)
    }
    const { groups } = await cluster.listGroups()
    assert.equal(groups.find(({ groupId }) => groupId === consumer)?.type, 'consumer')
  })

  it('a share group is described by its own request, and no consumer joins it', async () => {
    const { jars, java } = await ensureKafkaJars()
    const path = join(import.meta.dirname, '..', '..', '.cache', 'kafka', jars.version, 'libs', '*')
    const main = 'org.apache.kafka.tools.consumer.ConsoleShareConsumer'
    const options = ['--bootstrap-server', servers.join(), '--topic', topic, '--group', share]
    const member = spawn(
      java.command,
      ['-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC', '-cp', path, main, ...options],
      { stdio: 'ignore' },
    )
    try {
      const group = await describeUntil(
        share,
        ({ type, members }) => type === 'share' && members[0]?.assignment.length === 3,
      )
      assert.equal(group.state, 'Stable')
      assert.equal(group.members[0]?.clientId, 'console-share-consumer')
      assert.deepEqual(group.members[0].subscribedTopics, [topic])
      const updates = await joinUntil({ groupId: share }, () => false)
      assert.deepEqual(
        updates.map(update => update.kind === 'problem' && update.problem.code),
        ['wrong-group-type'],
      )
      await until(async () => {
        const offsets = await cluster.shareGroupOffsets(share)
        return offsets.length === 3 && offsets.every(({ problem }) => !problem)
      })
    } finally {
      await end(member)
    }
  })

  it('several groups of different types and none are described in one call', async () => {
    const ids = [share, `${topic}-gone`, classic, consumer]
    const groups = await cluster.describeGroups(
      ids.map(groupId => ({ groupId, type: 'unknown' as const })),
    )
    assert.deepEqual(
      groups.map(({ groupId, type, state, problem }) => [groupId, type, state, problem?.code]),
      [
        [share, 'share', groups[0]?.state, undefined],
        [`${topic}-gone`, groups[1]?.type, 'Dead', 'GROUP_ID_NOT_FOUND'],
        [classic, 'classic', 'Empty', undefined],
        [consumer, 'consumer', 'Empty', undefined],
      ],
    )
  })

  it('a group that has become one of another type is found all the same', async () => {
    const [group] = await cluster.describeGroups([{ groupId: consumer, type: 'classic' }])
    assert.equal(group?.type, 'consumer')
    assert.equal(group.problem, undefined)
  })

  it('commits of several groups come in one call; a group without any has none', async () => {
    const answers = await cluster.committedOffsets([classic, `${topic}-gone`, consumer])
    assert.deepEqual(
      answers.map(({ groupId, offsets, problem }) => [groupId, offsets.length, problem]),
      [
        [classic, 3, undefined],
        [`${topic}-gone`, 0, undefined],
        [consumer, 3, undefined],
      ],
    )
  })
})

async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 40_000; !(await condition());) {
    assert.ok(Date.now() < end, 'waited too long')
    await new Promise(resolve => setTimeout(resolve, 50))
  }
}

async function end(child: ChildProcess): Promise<void> {
  const gone = new Promise(resolve => child.once('exit', resolve))
  child.kill('SIGKILL')
  if (child.exitCode === null && child.signalCode === null) await gone
}
