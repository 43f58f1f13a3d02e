import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import kafkajs, { type Admin } from 'kafkajs'
import { silentLog } from '../../src/base/log.ts'
import { problemOf, type Problem } from '../../src/base/problem.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import type { ConnectionConfig } from '../../src/kafka/connection.ts'
import { AUTO } from '../../src/kafka/format.ts'
import { recordAt } from '../../src/kafka/page.ts'
import type { Position, ReadRequest } from '../../src/kafka/reading.ts'
import { openClient, type Client } from '../../src/kafkajs/client.ts'
import { createCluster } from '../../src/kafkajs/cluster.ts'
import { harden } from '../../src/kafkajs/harden.ts'
import { FindCoordinator } from '../../src/kafkajs/protocol/groups.ts'
import { OffsetCommit } from '../../src/kafkajs/protocol/offsets.ts'
import type { Reader } from '../../src/reading/reader.ts'
import { secureBroker } from './broker.ts'
import { eventually } from './eventually.ts'
import { readerFor } from './readRecords.ts'

harden()

/** Ms since the epoch of the first record. */
const TIME = Date.now() - 3_600_000
const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs
const { DESCRIBE, READ } = AclOperationTypes
const { TOPIC, GROUP } = AclResourceTypes

describe('a user who may describe and read one topic, and nothing else', function () {
  this.timeout(60_000)
  const id = randomUUID()
  /** Described and read. */
  const open = `acl-${id}-open`
  /** Described only. */
  const described = `acl-${id}-described`
  /** Nothing. */
  const hidden = `acl-${id}-hidden`
  const visibleGroup = `acl-${id}-visible`
  const hiddenGroup = `acl-${id}-hidden-group`
  const rules = [
    acl(TOPIC, open, DESCRIBE),
    acl(TOPIC, open, READ),
    acl(TOPIC, described, DESCRIBE),
    acl(GROUP, visibleGroup, DESCRIBE),
  ]
  let admin: Admin
  let everything: Cluster
  let client: Client
  let cluster: Cluster
  let reader: Reader

  before(async () => {
    const broker = await secureBroker()
    const all: ConnectionConfig = { bootstrapServers: [broker.plaintext], clientId: 'acl-admin' }
    client = openClient(all, silentLog)
    everything = await createCluster(all, { log: silentLog, reader: () => assert.fail() })
    admin = new kafkajs.Kafka({
      brokers: [broker.plaintext],
      logLevel: kafkajs.logLevel.NOTHING,
    }).admin()
    await admin.connect()
    await everything.createTopics([open, described, hidden].map(name => ({ name, partitions: 2 })))
    for (const topic of [open, described, hidden]) {
      const records = Array.from({ length: 10 }, (_, number) => ({
        partition: number % 2,
        key: null,
        value: Buffer.from(`${topic} ${number}`),
        headers: [],
        timestamp: TIME + number,
      }))
      const outcomes = await everything.produce({ topic, records })
      assert.deepEqual(
        outcomes.flatMap(({ problem }) => problem ?? []),
        [],
      )
    }
    await commit(visibleGroup, open, 0, 3n)
    await commit(hiddenGroup, open, 0, 3n)
    await admin.createAcls({ acl: rules })
    const bob: ConnectionConfig = {
      bootstrapServers: [broker.saslPlain],
      clientId: 'acl-test',
      sasl: { mechanism: 'PLAIN', username: 'bob', password: broker.passwords.bob },
    }
    reader = readerFor(bob)
    cluster = await createCluster(bob, {
      log: silentLog,
      reader: (request, ask) => reader.read(request, ask),
      view: request => reader.view(request),
    })
  })

  after(async () => {
    // The broker is shared: to the other suites this user may do nothing.
    await admin.deleteAcls({ filters: rules })
    await Promise.all([admin.disconnect(), everything.close(), cluster.close(), reader.close()])
    client.close()
  })

  const POSITIONS: readonly (readonly [name: string, from: Position, offsets: number[][]])[] = [
    [
      'from the beginning',
      { kind: 'earliest' },
      [
        [0, 1, 2, 3, 4],
        [0, 1, 2, 3, 4],
      ],
    ],
    [
      'the last two',
      { kind: 'tail', count: 2 },
      [
        [3, 4],
        [3, 4],
      ],
    ],
    [
      'from a time',
      { kind: 'time', timestamp: TIME + 5 },
      [
        [3, 4],
        [2, 3, 4],
      ],
    ],
    ['from an offset', { kind: 'offset', offset: 4n }, [[4], [4]]],
    [
      'from commits that it may see',
      { kind: 'committed', group: visibleGroup },
      [
        [3, 4],
        [0, 1, 2, 3, 4],
      ],
    ],
  ]
  for (const [name, from, offsets] of POSITIONS) {
    it(`reads ${name}, and leaves no trace`, async () => {
      const before = await state()
      const read = await readAll({ topic: open, from: { all: from }, fallback: 'earliest' })
      assert.deepEqual(read.problems, [])
      assert.deepEqual(read.offsets, offsets)
      assert.deepEqual(await state(), before)
    })
  }

  it('shows records in a view, and leaves no trace', async () => {
    const before = await state()
    const view = cluster.view({
      topic: open,
      source: {
        kind: 'read',
        request: {
          topic: open,
          from: { all: { kind: 'earliest' } },
          to: { all: { kind: 'latest' } },
        },
      },
      formats: { key: AUTO, value: AUTO },
      budgetBytes: 1 << 20,
    })
    try {
      await eventually('the end of the topic', () => Promise.resolve(view.state.phase === 'done'))
      const { rows } = await view.rows({ from: 0, count: 20 })
      assert.equal(rows.length, 10)
      const whole = await view.record({ partition: 0, offset: '0' })
      assert.equal(Buffer.from(whole.value ?? []).toString(), `${open} 0`)
    } finally {
      view.dispose()
    }
    assert.deepEqual(await state(), before)
  })

  it('says what is missing where it may not read', async () => {
    const before = await state()
    const [problem, ...others] = (await readAll({ topic: described })).problems
    assert.equal(problem?.code, 'TOPIC_AUTHORIZATION_FAILED')
    assert.equal(others.length, 1)
    assert.equal(problem.advice, 'Ask for an ACL that allows Read on the topic.')
    for (const topic of [hidden, `acl-${id}-missing`]) {
      const refused = await readAll({ topic })
      assert.deepEqual(
        refused.problems.map(({ code }) => code),
        ['TOPIC_AUTHORIZATION_FAILED'],
      )
      assert.deepEqual(refused.offsets, [])
    }
    assert.deepEqual(await state(), before)
  })

  it('says that it may not see the commits of a group, instead of starting elsewhere', async () => {
    const from: Position = { kind: 'committed', group: hiddenGroup }
    const { problems, offsets } = await readAll({ topic: open, from: { all: from } })
    assert.deepEqual(offsets, [])
    assert.ok(problems.length > 0)
    for (const { code } of problems) assert.equal(code, 'GROUP_AUTHORIZATION_FAILED')
  })

  it('shows in the tree what it may see, and a problem beside each thing that it may not', async () => {
    const before = await state()
    assert.deepEqual((await cluster.listTopics()).map(({ name }) => name).toSorted(), [
      described,
      open,
    ])
    assert.deepEqual(await codesOf(cluster.describeTopics([open, described, hidden])), [
      undefined,
      undefined,
      'TOPIC_AUTHORIZATION_FAILED',
    ])
    const configs = await cluster.topicConfigs([open, hidden])
    for (const topic of [open, hidden]) {
      const config = configs.get(topic)
      assert.ok(config && 'code' in config)
      assert.equal(config.code, 'TOPIC_AUTHORIZATION_FAILED')
    }
    const queries = [open, described, hidden].map(topic => ({
      topic,
      partition: 0,
      at: 'latest' as const,
    }))
    const answers = await cluster.listOffsets(queries)
    assert.deepEqual(
      answers.map(({ offset, problem }) => offset ?? problem?.code),
      [5n, 5n, 'TOPIC_AUTHORIZATION_FAILED'],
    )
    assert.deepEqual(
      (await cluster.listGroups()).groups.map(({ groupId }) => groupId),
      [visibleGroup],
    )
    assert.deepEqual(await codesOf(cluster.committedOffsets([visibleGroup, hiddenGroup])), [
      undefined,
      'GROUP_AUTHORIZATION_FAILED',
    ])
    assert.deepEqual(await codesOf(cluster.logDirectories([open])), [
      'CLUSTER_AUTHORIZATION_FAILED',
    ])
    assert.deepEqual(await state(), before)
  })

  it('asks who holds a partition back only where it may read', async () => {
    const partitions = [open, described].map(topic => ({ topic, partition: 0 }))
    assert.deepEqual(await codesOf(cluster.openTransactions(partitions)), [
      undefined,
      'TOPIC_AUTHORIZATION_FAILED',
    ])
  })

  /** Everything that looking could change, as somebody sees it who may see all. */
  async function state(): Promise<unknown> {
    const topics = await everything.listTopics()
    const commits = topics.find(({ name }) => name === '__consumer_offsets')?.partitions ?? []
    assert.ok(commits.length > 0)
    const { groups, problems } = await everything.listGroups()
    assert.deepEqual(problems, [])
    return {
      topics: topics.map(({ name, partitions }) => [name, partitions.length]),
      groups,
      committed: await everything.committedOffsets(groups.map(({ groupId }) => groupId)),
      // A commit, and a member that joins, is a record there.
      commitLog: await everything.listOffsets(
        commits.map(({ partition }) => ({ topic: '__consumer_offsets', partition, at: 'latest' })),
      ),
    }
  }

  /** Without joining the group. */
  async function commit(
    groupId: string,
    topic: string,
    partition: number,
    offset: bigint,
  ): Promise<void> {
    const partitions = [
      { partitionIndex: partition, committedOffset: offset, committedMetadata: null },
    ]
    // The first commit of all has the broker make the topic for it, and a coordinator load it.
    await eventually('a commit', async () => {
      const body = { keyType: 0, coordinatorKeys: [groupId] }
      const { coordinators } = await client.send('any', FindCoordinator, body)
      const { topics } = await client.send(coordinators[0]?.nodeId ?? -1, OffsetCommit, {
        ...{ groupId, memberId: '', groupInstanceId: null },
        topics: [{ name: topic, partitions }],
      })
      return topics[0]?.partitions[0]?.errorCode === 0
    })
  }

  /** Up to the end, or to the first problem of each partition. */
  async function readAll(
    request: Pick<ReadRequest, 'topic'> & Partial<ReadRequest>,
  ): Promise<{ readonly offsets: number[][]; readonly problems: readonly Problem[] }> {
    const offsets: number[][] = []
    const whole: ReadRequest = {
      from: { all: { kind: 'earliest' } },
      to: { all: { kind: 'latest' } },
      ...request,
    }
    const signal = AbortSignal.timeout(20_000)
    try {
      for await (const update of cluster.read(whole, { signal })) {
        for (const page of update.pages) {
          for (let index = 0; index < page.count; index++) {
            const { partition, offset } = recordAt(page, index)
            ;(offsets[partition] ??= []).push(Number(offset))
          }
        }
        const problems = update.progress.flatMap(({ problem }) => problem ?? [])
        if (problems.length > 0) return { offsets, problems }
      }
    } catch (error) {
      return { offsets, problems: [problemOf(error)] }
    }
    return { offsets, problems: [] }
  }
})

function acl(
  resourceType: kafkajs.AclResourceTypes,
  resourceName: string,
  operation: kafkajs.AclOperationTypes,
) {
  return {
    resourceType,
    resourceName,
    operation,
    resourcePatternType: ResourcePatternTypes.LITERAL,
    principal: 'User:bob',
    host: '*',
    permissionType: AclPermissionTypes.ALLOW,
  }
}

async function codesOf(
  answers: Promise<readonly { readonly problem?: Problem }[]>,
): Promise<(string | undefined)[]> {
  return (await answers).map(({ problem }) => problem?.code)
}
