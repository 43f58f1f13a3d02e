import assert from 'node:assert/strict'
import type { Problem } from '../../src/base/problem.ts'
import type { Cluster, NewTopic } from '../../src/kafka/cluster.ts'
import type { ConfigEntry, Topic } from '../../src/kafka/model.ts'
import { fillBlock } from '../../src/run/filled.ts'
import { makeTopic, topicPlan, type MadeTopic } from '../../src/run/makingTopic.ts'
import { namesOf, newSession } from '../../src/run/session.ts'
import { blockIn, fakeCluster, patientClock } from './fixtures.ts'

interface World {
  /** Partitions of the topic, if it is there. */
  readonly partitions?: number
  /** How often the topic is looked at until it has its leaders, and until it is gone. */
  readonly slow?: number
  readonly createProblem?: Problem
  readonly configs?: readonly (readonly [name: string, value: string])[] | Problem
  readonly disposable?: boolean
}

async function make(
  text: string,
  world: World = {},
): Promise<MadeTopic & { readonly did_: string }> {
  const { file, block } = blockIn(`TOPIC\ntopic: orders\n${text}`)
  const system = {
    now: () => 0,
    random: () => 0,
    uuid: () => 'u',
    index: 0,
    run: 'r',
    cluster: 'c',
  }
  const filled = fillBlock(
    file,
    block,
    namesOf(file, newSession('r'), new Map()).context(system, undefined),
  )
  if ('problem' in filled) assert.fail(filled.problem.message)
  const planned = topicPlan(filled)
  if ('problem' in planned) assert.fail(planned.problem.message)
  const calls: string[] = []
  const made = await makeTopic(planned.plan, {
    cluster: clusterOf(world, calls),
    clock: patientClock(0),
    signal: new AbortController().signal,
    disposable: world.disposable ?? false,
  })
  return { ...made, did_: calls.join(' ') }
}

function clusterOf(world: World, calls: string[]): Cluster {
  let there: NewTopic | undefined =
    world.partitions === undefined ? undefined : { name: 'orders', partitions: world.partitions }
  let leaving = 0
  let young = 0
  const fake = fakeCluster({ topics: {} })
  return {
    ...fake.cluster,
    describeTopics: async names => {
      if (leaving > 0 && --leaving === 0) there = undefined
      if (!there) return fake.cluster.describeTopics(names)
      const known = await fakeCluster({
        topics: { orders: there.partitions ?? 1 },
      }).cluster.describeTopics(names)
      if (young-- > 0) return known.map(withoutLeaders)
      return known
    },
    topicConfigs: () =>
      Promise.resolve(
        new Map([
          [
            'orders',
            Array.isArray(world.configs) ? world.configs.map(entryOf) : (world.configs as Problem),
          ],
        ]),
      ),
    createTopics: ([topic]) => {
      calls.push(`create ${JSON.stringify(topic)}`)
      if (world.createProblem)
        return Promise.resolve([{ name: 'orders', problem: world.createProblem }])
      there = topic
      young = world.slow ?? 0
      return Promise.resolve([{ name: 'orders' }])
    },
    deleteTopics: ([name]) => {
      calls.push(`delete ${name}`)
      leaving = world.slow ?? 1
      return Promise.resolve([{ name: 'orders' }])
    },
  }
}

function withoutLeaders(topic: Topic): Topic {
  return {
    ...topic,
    partitions: topic.partitions.map(({ leader: _, ...partition }) => partition),
  }
}

function entryOf([name, value]: readonly [string, string]): ConfigEntry {
  return { name, value, source: 'topic', readOnly: false, sensitive: false }
}

describe('TOPIC', () => {
  it('creates a topic and waits for its leaders', async () => {
    const made = await make('partitions: 3\nreplication: 1\nconfig: retention.ms = 60000', {
      slow: 3,
    })
    assert.deepEqual(made, {
      status: 'passed',
      did: 'created',
      did_: 'create {"name":"orders","partitions":3,"replicationFactor":1,"configs":{"retention.ms":"60000"}}',
    })
  })

  it('keeps a topic and says in what it differs', async () => {
    const made = await make(
      'partitions: 3\nreplication: 2\nconfig: retention.ms = 60000\nconfig: cleanup.policy = compact',
      {
        partitions: 2,
        configs: [
          ['retention.ms', '1000'],
          ['cleanup.policy', 'compact'],
        ],
      },
    )
    assert.deepEqual(made, {
      status: 'passed',
      did: 'kept',
      notice:
        'Topic "orders" is kept as it is: it has 2 partitions, not 3; it has 1 replica each, not 2; retention.ms is 1000, not 60000.',
      did_: '',
    })
  })

  it('says nothing of a topic that is as it should be, and knows when it may not look', async () => {
    assert.equal((await make('partitions: 2', { partitions: 2 })).notice, undefined)
    const configs = { code: 'TOPIC_AUTHORIZATION_FAILED', message: 'No.' }
    const made = await make('config: a = b', { partitions: 1, configs })
    assert.equal(made.notice, 'Topic "orders" is kept as it is: its configs cannot be read.')
  })

  it('makes a topic anew only where the cluster is disposable', async () => {
    const refused = await make('if-exists: recreate', { partitions: 1 })
    assert.deepEqual(
      [refused.status, refused.problem?.code, refused.did_],
      ['refused', 'not-disposable', ''],
    )
    const made = await make('if-exists: recreate', { partitions: 1, disposable: true, slow: 3 })
    assert.deepEqual(made, {
      status: 'passed',
      did: 'recreated',
      did_: 'delete orders create {"name":"orders"}',
    })
    const fresh = await make('if-exists: recreate')
    assert.equal(fresh.did, 'created')
  })

  it('fails where the topic is there and must not be, or cannot be made', async () => {
    const there = await make('if-exists: fail', { partitions: 1 })
    assert.deepEqual(
      [there.status, there.problem?.message],
      ['failed', 'Topic "orders" exists already.'],
    )
    const createProblem = { code: 'INVALID_REPLICATION_FACTOR', message: 'Too many.' }
    const bad = await make('replication: 3', { createProblem })
    assert.deepEqual([bad.status, bad.problem], ['failed', createProblem])
    const slow = await make('', { slow: 1e9 })
    assert.equal(slow.problem?.message, 'Topic "orders" was not ready within 30 s.')
  })
})
