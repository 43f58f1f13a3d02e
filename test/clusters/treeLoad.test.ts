import assert from 'node:assert/strict'
import { ProblemError, type Problem } from '../../src/base/problem.ts'
import type { Cluster, OffsetQuery } from '../../src/kafka/cluster.ts'
import type { Group, GroupListing, Member } from '../../src/kafka/model.ts'
import { emptyData } from '../../src/vscode/tree/data.ts'
import type { LiveParts } from '../../src/vscode/tree/liveNodes.ts'
import {
  loadBrokers,
  loadGroupDetails,
  loadGroups,
  loadTopicDetails,
  loadTopics,
} from '../../src/vscode/tree/load.ts'
import {
  brokersNode,
  clusterNode,
  groupNode,
  groupsNode,
  groupTopicNode,
  membersNode,
  topicNode,
  topicsNode,
} from '../../src/vscode/tree/nodes.ts'
import { createTreeData } from '../../src/vscode/tree/treeData.ts'
import { fakeCluster, partition, topic } from './fakeCluster.ts'
import { childLines, line, treeState } from './treeState.ts'

const { signal } = new AbortController()
const denied: Problem = { code: 'CLUSTER_AUTHORIZATION_FAILED', message: 'You may not see this.' }
const refuse = () => Promise.reject(new ProblemError(denied))

/** Log starts and ends by partition name; what is not in it has no leader. */
function offsets(logs: Readonly<Record<string, readonly [start: bigint, end: bigint]>>) {
  const asked: OffsetQuery[][] = []
  const listOffsets: Cluster['listOffsets'] = queries => {
    asked.push([...queries])
    return Promise.resolve(
      queries.map(query => {
        const log = logs[`${query.topic}-${query.partition}`]
        const at = { topic: query.topic, partition: query.partition }
        if (log) return { ...at, offset: query.at === 'earliest' ? log[0] : log[1] }
        return { ...at, problem: { code: 'no-leader', message: 'There is no leader.' } }
      }),
    )
  }
  return { listOffsets, asked }
}

function member(clientId: string, ...assigned: (readonly [string, number])[]): Member {
  return {
    memberId: `${clientId}-1234`,
    clientId,
    host: '10.0.0.7',
    assignment: assigned.map(([name, number]) => ({ topic: name, partition: number })),
    subscribedTopics: [],
  }
}

function group(change: Partial<Group> = {}): Group {
  return {
    groupId: 'billing',
    type: 'classic',
    protocolType: 'consumer',
    state: 'Stable',
    members: [],
    ...change,
  }
}

describe('brokers of the tree', () => {
  const description = {
    controllerId: 2,
    brokers: [
      { id: 2, host: 'b', port: 2, rack: 'r' },
      { id: 1, host: 'a', port: 1 },
    ],
  }
  const quorum = {
    leaderId: 3,
    leaderEpoch: 1,
    highWatermark: 9n,
    voters: [{ replicaId: 3, logEndOffset: 9n }],
    observers: [],
  }

  it('come with address, rack, quorum leader and voters', async () => {
    const data = emptyData()
    const voters = [...quorum.voters, { replicaId: 2, logEndOffset: 9n }]
    const cluster = fakeCluster({
      describe: () => Promise.resolve(description),
      quorum: () => Promise.resolve({ ...quorum, voters }),
    })
    await loadBrokers(cluster, data, signal)
    assert.deepEqual(childLines(brokersNode('local'), treeState({ data })), [
      'KRaft Quorum — leader 3 · voters 2, 3',
      'Broker 1 — a:1',
      'Broker 2 — b:2 · rack r · voter',
    ])
    assert.equal(line(brokersNode('local'), treeState({ data })), 'Brokers — 2')
  })

  it('show the controller only where there is no quorum, and ? for a quorum that is hidden', async () => {
    const cases = [
      [() => Promise.resolve(undefined), 'Broker 2 — b:2 · rack r · controller'],
      [refuse, 'Broker 2 — b:2 · rack r'],
    ] as const
    for (const [quorumAnswer, second] of cases) {
      const data = emptyData()
      const cluster = fakeCluster({
        describe: () => Promise.resolve(description),
        quorum: quorumAnswer,
      })
      await loadBrokers(cluster, data, signal)
      assert.deepEqual(childLines(brokersNode('local'), treeState({ data })), [
        'KRaft Quorum — ?',
        'Broker 1 — a:1',
        second,
      ])
    }
  })

  it('that may not be seen leave the rest of the tree as it is', async () => {
    const data = emptyData()
    await loadBrokers(fakeCluster({ describe: refuse, quorum: refuse }), data, signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(brokersNode('local'), state), ['You may not see this. — Try Again'])
    assert.deepEqual(childLines(clusterNode('local'), state), [
      'Brokers',
      'Topics',
      'Consumer Groups',
    ])
  })
})

describe('topics of the tree', () => {
  it('are sorted and marked where partitions are in trouble', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      listTopics: () =>
        Promise.resolve([
          topic('b', [partition(0, [1, 2, 3], [3]), partition(1, [1, 2, 3])]),
          topic('a', [partition(0)]),
          topic('c', [partition(0, [1], [1])]),
          topic('__internal', [partition(0)], true),
        ]),
    })
    await loadTopics(cluster, data, signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(topicsNode('local'), state), [
      'a — 1 partition · replication 1',
      'b — 2 partitions · replication 3 · 1 under-replicated',
      'c — 1 partition · replication 1 · 1 without leader · 1 under-replicated',
    ])
    assert.equal(line(topicsNode('local'), state), 'Topics — 3')
  })

  it('cost one request for 10,000, and nothing more until one is opened', async () => {
    const data = emptyData()
    const many = Array.from({ length: 10_000 }, (_, i) => topic(`t-${i}`, [partition(0)]))
    let requests = 0
    const cluster = fakeCluster({
      listTopics: () => {
        requests++
        return Promise.resolve(many)
      },
    })
    await loadTopics(cluster, data, signal)
    const lines = childLines(topicsNode('local'), treeState({ data }))
    assert.equal(requests, 1)
    assert.equal(lines.length, 501)
    assert.equal(lines.at(-1), 'Show 500 more — 9,500 not shown')
    const limits = new Map([[topicsNode('local').id, 10_000]])
    assert.equal(childLines(topicsNode('local'), treeState({ data, limits })).length, 10_000)
  })
})

describe('an opened topic', () => {
  const orders = topic('orders', [
    partition(0, [1, 2], [2]),
    partition(1, [1, 2]),
    partition(2, [1], [1]),
  ])
  const { listOffsets } = offsets({ 'orders-0': [10n, 1_214n], 'orders-1': [0n, 0n] })

  it('shows offsets, records, size, leader, replicas and those in sync', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeTopics: () => Promise.resolve([orders]),
      listOffsets,
      logDirectories: () =>
        Promise.resolve([
          {
            brokerId: 2,
            path: '/d',
            replicas: [{ topic: 'orders', partition: 0, sizeBytes: 9_999n, future: false }],
          },
          {
            brokerId: 1,
            path: '/d',
            replicas: [{ topic: 'orders', partition: 0, sizeBytes: 2_048n, future: false }],
          },
        ]),
      topicConfigs: () => Promise.resolve(new Map([['orders', []]])),
    })
    await loadTopicDetails(cluster, data, ['orders'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(topicNode('local', 'orders'), state), [
      'Partition 0 — under-replicated · 1,204 records · 10–1,214 · 2.0\u00a0KiB · leader 1 · replicas 1, 2 · in sync 1',
      'Partition 1 — 0 records · 0–0 · ? on disk · leader 1 · replicas 1, 2 · in sync 1, 2',
      'Partition 2 — no leader · under-replicated · ? records · ?–? · ? on disk · replicas 1 · in sync none',
    ])
    assert.equal(
      line(topicNode('local', 'orders'), state),
      'orders — 3 partitions · replication 1–2 · 1 without leader · 2 under-replicated · ≥ 1,204 records · 2.0\u00a0KiB',
    )
  })

  it('shows ? for what the user may not see', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeTopics: () => Promise.resolve([topic('orders', [partition(0)])]),
      listOffsets: refuse,
      logDirectories: refuse,
      topicConfigs: refuse,
    })
    await loadTopicDetails(cluster, data, ['orders'], 'all', signal)
    assert.deepEqual(childLines(topicNode('local', 'orders'), treeState({ data })), [
      'Partition 0 — ? records · ?–? · ? on disk · leader 1 · replicas 1 · in sync 1',
    ])
  })

  it('calls the records of a compacted one a bound', async () => {
    const data = emptyData()
    const compact = {
      name: 'cleanup.policy',
      value: 'compact',
      source: 'topic' as const,
      readOnly: false,
      sensitive: false,
    }
    const cluster = fakeCluster({
      describeTopics: () => Promise.resolve([topic('orders', [partition(0)])]),
      listOffsets,
      logDirectories: () => Promise.resolve([]),
      topicConfigs: () => Promise.resolve(new Map([['orders', [compact]]])),
    })
    await loadTopicDetails(cluster, data, ['orders'], 'all', signal)
    assert.match(line(topicNode('local', 'orders'), treeState({ data })), /up to 1,204 records/)
  })

  it('that was deleted says so and leaves the others', async () => {
    const data = emptyData()
    const gone: Problem = { code: 'UNKNOWN_TOPIC_OR_PARTITION', message: 'No such topic.' }
    const cluster = fakeCluster({
      describeTopics: () =>
        Promise.resolve([{ ...topic('gone', []), problem: gone }, topic('orders', [partition(0)])]),
      listOffsets,
      logDirectories: refuse,
      topicConfigs: refuse,
    })
    await loadTopicDetails(cluster, data, ['gone', 'orders'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(topicNode('local', 'gone'), state), ['No such topic. — Try Again'])
    assert.equal(childLines(topicNode('local', 'orders'), state).length, 1)
  })

  it('is looked at together with the others, by two questions', async () => {
    const data = emptyData()
    const { listOffsets: ask, asked } = offsets({})
    const cluster = fakeCluster({
      describeTopics: names => Promise.resolve(names.map(name => topic(name, [partition(0)]))),
      listOffsets: ask,
      logDirectories: refuse,
      topicConfigs: refuse,
    })
    await loadTopicDetails(cluster, data, ['a', 'b'], 'all', signal)
    asked.length = 0
    const onlyOffsets = fakeCluster({ listOffsets: ask })
    await loadTopicDetails(onlyOffsets, data, ['a', 'b'], 'offsets', signal)
    assert.deepEqual(
      asked.map(queries => queries.map(query => [query.topic, query.at])),
      [
        [
          ['a', 'earliest'],
          ['b', 'earliest'],
        ],
        [
          ['a', 'latest'],
          ['b', 'latest'],
        ],
      ],
    )
  })
})

describe('groups of the tree', () => {
  const listing = (groupId: string, type: GroupListing['type'], state = 'Stable') => ({
    groupId,
    type,
    protocolType: 'consumer',
    state,
  })

  it('say their type and state, and which broker did not tell', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      listGroups: () =>
        Promise.resolve({
          groups: [
            listing('s', 'share', 'Empty'),
            listing('c', 'consumer'),
            listing('k', 'classic', 'PreparingRebalance'),
            listing('t', 'streams', 'NotReady'),
            { groupId: 'connect', type: 'classic' as const, protocolType: 'connect' },
          ],
          problems: [{ code: 'refused', message: 'Broker 2 does not answer.' }],
        }),
    })
    await loadGroups(cluster, data, signal)
    assert.deepEqual(childLines(groupsNode('local'), treeState({ data })), [
      'Broker 2 does not answer. — Try Again',
      'c — consumer · Stable',
      'connect — classic connect · ?',
      'k — classic · PreparingRebalance',
      's — share · Empty',
      't — streams · NotReady',
    ])
  })

  it('show members, and lag by topic and partition', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeGroups: () =>
        Promise.resolve([group({ members: [member('app', ['orders', 0], ['orders', 1])] })]),
      committedOffsets: () =>
        Promise.resolve([
          {
            groupId: 'billing',
            offsets: [
              { topic: 'orders', partition: 0, committedOffset: 90n },
              { topic: 'orders', partition: 2, committedOffset: 5n },
              { topic: 'orders', partition: 3, committedOffset: 12n },
              { topic: 'gone', partition: 0, committedOffset: 1n },
            ],
          },
        ]),
      listOffsets: offsets({
        'orders-0': [0n, 1_294n],
        'orders-1': [50n, 60n],
        'orders-2': [20n, 30n],
        'orders-3': [0n, 10n],
      }).listOffsets,
    })
    await loadGroupDetails(cluster, data, ['billing'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(groupNode('local', 'billing'), state), [
      'Members — 1',
      'gone — lag ? · 1 partition',
      'orders — lag up to 1,224 · 4 partitions · records lost',
    ])
    assert.deepEqual(childLines(groupTopicNode('local', 'billing', 'orders'), state), [
      'Partition 0 — lag 1,204 · committed 90 · end 1,294 · app',
      'Partition 1 — no commit · lag up to 10 · end 60 · app',
      'Partition 2 — lag 10 · 15 records lost · committed 5 · end 30 · no owner',
      'Partition 3 — lag 0 · 2 ahead of the log · committed 12 · end 10 · no owner',
    ])
    assert.deepEqual(childLines(groupTopicNode('local', 'billing', 'gone'), state), [
      'Partition 0 — There is no leader. · committed 1 · no owner',
    ])
    assert.deepEqual(childLines(membersNode('local', 'billing'), state), [
      'app — 10.0.0.7 · 2 partitions',
    ])
    assert.equal(
      line(groupNode('local', 'billing'), state),
      'billing — classic · Stable · lag about 1,224',
    )
  })

  it('read commits before log ends, so that lag is never negative', async () => {
    const order: unknown[] = []
    const cluster = fakeCluster({
      describeGroups: () => Promise.resolve([group()]),
      committedOffsets: () => {
        order.push('commits')
        const committed = { topic: 'orders', partition: 0, committedOffset: 1n }
        return Promise.resolve([{ groupId: 'billing', offsets: [committed] }])
      },
      listOffsets: (queries, ask) => {
        order.push(queries[0]?.at)
        return offsets({ 'orders-0': [0n, 1n] }).listOffsets(queries, ask)
      },
    })
    await loadGroupDetails(cluster, emptyData(), ['billing'], 'all', signal)
    assert.equal(order[0], 'commits')
    assert.ok(order.includes('latest'))
  })

  it('of shares show what the broker counts, and nothing where it does not', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeGroups: () => Promise.resolve([group({ type: 'share' })]),
      shareGroupOffsets: () =>
        Promise.resolve([
          { topic: 'orders', partition: 0, startOffset: 3n, lag: 7n },
          { topic: 'payments', partition: 0, startOffset: 3n },
        ]),
      listOffsets: offsets({ 'orders-0': [0n, 100n], 'payments-0': [0n, 100n] }).listOffsets,
    })
    await loadGroupDetails(cluster, data, ['billing'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(groupNode('local', 'billing'), state), [
      'Members — 0',
      'orders — lag 7 · 1 partition',
      'payments — lag not reported · 1 partition',
    ])
    assert.deepEqual(childLines(groupTopicNode('local', 'billing', 'payments'), state), [
      'Partition 0 — lag not reported',
    ])
    assert.match(line(groupNode('local', 'billing'), state), /share · Stable · lag ≥ 7/)
  })

  it('whose description is refused still show their lag', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeGroups: refuse,
      committedOffsets: () =>
        Promise.resolve([
          {
            groupId: 'billing',
            offsets: [{ topic: 'orders', partition: 0, committedOffset: 4n }],
          },
        ]),
      listOffsets: offsets({ 'orders-0': [0n, 5n] }).listOffsets,
    })
    await loadGroupDetails(cluster, data, ['billing'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(groupNode('local', 'billing'), state), [
      'Members — ?',
      'orders — lag 1 · 1 partition',
    ])
    assert.deepEqual(childLines(membersNode('local', 'billing'), state), [
      'You may not see this. — Try Again',
    ])
    assert.deepEqual(childLines(groupTopicNode('local', 'billing', 'orders'), state), [
      'Partition 0 — lag 1 · committed 4 · end 5',
    ])
  })

  it('whose commits are refused still show their members', async () => {
    const data = emptyData()
    const cluster = fakeCluster({
      describeGroups: () => Promise.resolve([group({ members: [member('app')] })]),
      committedOffsets: refuse,
      listOffsets: offsets({}).listOffsets,
    })
    await loadGroupDetails(cluster, data, ['billing'], 'all', signal)
    const state = treeState({ data })
    assert.deepEqual(childLines(groupNode('local', 'billing'), state), [
      'You may not see this. — Try Again',
      'Members — 1',
    ])
    assert.match(line(groupNode('local', 'billing'), state), /lag \?/)
  })
})

describe('what the tree knows', () => {
  const parts: LiveParts = {
    brokers: false,
    topics: true,
    groups: false,
    openTopics: [],
    openGroups: [],
  }

  it('is asked once for a node, however often it is drawn', async () => {
    let requests = 0
    const cluster = fakeCluster({
      listTopics: () => {
        requests++
        return Promise.resolve([])
      },
    })
    const data = createTreeData({ connected: () => cluster, now: () => 0 })
    await Promise.all([data.ensure(topicsNode('local')), data.ensure(topicsNode('local'))])
    assert.equal(data.ensure(topicsNode('local')), undefined)
    assert.equal(requests, 1)
  })

  it('is asked again on opening only when it is some seconds old', async () => {
    let requests = 0
    const clock = { now: 0 }
    const cluster = fakeCluster({
      listTopics: () => {
        requests++
        return Promise.resolve([])
      },
    })
    const data = createTreeData({ connected: () => cluster, now: () => clock.now })
    await data.ensure(topicsNode('local'))
    await data.renew(topicsNode('local'))
    assert.equal(requests, 1)
    clock.now = 10_000
    await data.renew(topicsNode('local'))
    assert.equal(requests, 2)
  })

  it('is not asked of a cluster that is not connected', () => {
    const data = createTreeData({ connected: () => undefined, now: () => 0 })
    assert.equal(data.ensure(topicsNode('local')), undefined)
  })

  it('stays, with the problem, when the broker is away', async () => {
    let away = false
    const lost: Problem = { code: 'refused', message: 'Nothing listens.' }
    const cluster = fakeCluster({
      listTopics: () =>
        away
          ? Promise.reject(new ProblemError(lost))
          : Promise.resolve([topic('a', [partition(0)])]),
    })
    const data = createTreeData({ connected: () => cluster, now: () => 0 })
    await data.refresh('local', parts, 'all')
    away = true
    await data.refresh('local', parts, 'all')
    const state = treeState({
      data: data.data('local'),
      connection: { kind: 'failed', problem: lost },
      isOpen: true,
    })
    assert.deepEqual(childLines(topicsNode('local'), state), ['a — 1 partition · replication 1'])
    assert.deepEqual(childLines(clusterNode('local'), state), [
      'Nothing listens. — Try Again',
      'Brokers',
      'Topics — 1',
      'Consumer Groups',
    ])
  })

  it('forgets topics and groups that are closed or gone', async () => {
    const known = [topic('a', [partition(0)]), topic('b', [partition(0)])]
    const cluster = fakeCluster({
      listTopics: () => Promise.resolve(known),
      describeTopics: names => Promise.resolve(known.filter(({ name }) => names.includes(name))),
      listOffsets: offsets({}).listOffsets,
      logDirectories: refuse,
      topicConfigs: refuse,
    })
    const data = createTreeData({ connected: () => cluster, now: () => 0 })
    await data.refresh('local', { ...parts, openTopics: ['a', 'b'] }, 'all')
    await data.refresh('local', { ...parts, openTopics: ['b'] }, 'all')
    assert.deepEqual([...data.data('local').topicDetails.keys()], ['b'])
    data.forget('local')
    assert.equal(data.data('local').topics, undefined)
  })

  it('of a full look is newer than the look that was under way', async () => {
    let requests = 0
    const answers: (() => void)[] = []
    const cluster = fakeCluster({
      listTopics: () => {
        requests++
        return new Promise(resolve => answers.push(() => resolve([])))
      },
    })
    const data = createTreeData({ connected: () => cluster, now: () => 0 })
    const first = data.refresh('local', parts, 'all')
    const second = data.refresh('local', parts, 'all')
    answers[0]!()
    await first
    await new Promise(setImmediate)
    assert.equal(requests, 2)
    answers[1]!()
    await second
  })

  it('gives up asking when its cluster is forgotten', async () => {
    let aborted = false
    const cluster = fakeCluster({
      listTopics: ask =>
        new Promise((_resolve, reject) => {
          ask?.signal?.addEventListener('abort', () => {
            aborted = true
            reject(new Error('aborted'))
          })
        }),
    })
    const data = createTreeData({ connected: () => cluster, now: () => 0 })
    const loading = data.ensure(topicsNode('local'))
    data.forget('local')
    await loading
    assert.equal(aborted, true)
  })
})
