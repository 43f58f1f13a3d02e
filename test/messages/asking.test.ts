import assert from 'node:assert/strict'
import type { GroupOffsets, OpenTransactions } from '../../src/kafka/cluster.ts'
import type { GroupListing, TopicPartition } from '../../src/kafka/model.ts'
import type { PartitionProgress } from '../../src/kafka/reading.ts'
import { chosenRecords, recordPlace, topicIn } from '../../src/vscode/messages/arguments.ts'
import { logEnds } from '../../src/vscode/messages/logEnds.ts'
import { TransactionWatch } from '../../src/vscode/messages/openTransactions.ts'
import { readBy } from '../../src/vscode/messages/readBy.ts'
import { until } from './samples.ts'

const { signal } = new AbortController()

describe('which groups have read a record', () => {
  const group = (
    groupId: string,
    type: GroupListing['type'] = 'classic',
    protocolType = 'consumer',
  ) => ({ groupId, type, protocolType })
  const offsets = (groupId: string, committedOffset?: bigint, partition = 2): GroupOffsets => ({
    groupId,
    offsets: [
      { topic: 'other', partition: 2, committedOffset: 999n },
      { topic: 'orders', partition, ...(committedOffset !== undefined && { committedOffset }) },
    ],
  })
  const place = { topic: 'orders', partition: 2, offset: '100' }

  it('are those that committed there', async () => {
    const asked: (readonly string[])[] = []
    const answer = await readBy(
      {
        listGroups: () =>
          Promise.resolve({
            groups: [
              group('passed'),
              group('at', 'consumer'),
              group('before', 'classic', ''),
              group('elsewhere'),
              group('nothing'),
              group('share', 'share'),
              group('streams', 'streams'),
              group('connect', 'classic', 'connect'),
            ],
            problems: [],
          }),
        committedOffsets: ids => {
          asked.push(ids)
          return Promise.resolve([
            offsets('passed', 101n),
            offsets('at', 100n),
            offsets('before', 7n),
            offsets('elsewhere', 500n, 1),
            offsets('nothing'),
          ])
        },
      },
      place,
      signal,
    )
    assert.deepEqual(asked, [['passed', 'at', 'before', 'elsewhere', 'nothing']])
    assert.deepEqual(answer, {
      groups: [
        { group: 'at', committedOffset: '100', passed: false },
        { group: 'before', committedOffset: '7', passed: false },
        { group: 'passed', committedOffset: '101', passed: true },
      ],
    })
  })

  it('have a problem each', async () => {
    const problem = { code: 'GROUP_AUTHORIZATION_FAILED', message: 'Not allowed.' }
    const broker = { code: 'refused', message: 'A broker does not answer.' }
    const answer = await readBy(
      {
        listGroups: () => Promise.resolve({ groups: [group('a'), group('b')], problems: [broker] }),
        committedOffsets: () =>
          Promise.resolve([{ groupId: 'a', offsets: [], problem }, offsets('b', 1n)]),
      },
      place,
      signal,
    )
    assert.deepEqual(answer, {
      groups: [
        { group: 'a', problem },
        { group: 'b', committedOffset: '1', passed: false },
      ],
      problem: broker,
    })
  })

  it('are none where nothing can be asked', async () => {
    const answer = await readBy(
      {
        listGroups: () => Promise.reject(new Error('no connection')),
        committedOffsets: () => Promise.resolve([]),
      },
      place,
      signal,
    )
    assert.deepEqual([answer.groups, answer.problem?.message], [[], 'no connection'])
  })
})

describe('what holds the end of partitions back', () => {
  function fixture(answer: (asked: readonly TopicPartition[]) => readonly OpenTransactions[]) {
    const asked: number[][] = []
    let now = 0
    let changes = 0
    const watch = new TransactionWatch({
      topic: () => 'orders',
      now: () => now,
      ask: partitions => {
        asked.push(partitions.map(({ partition }) => partition))
        return Promise.resolve(answer(partitions))
      },
      onChange: () => {
        changes++
      },
    })
    const settled = async () => {
      const before = changes
      await until('an answer', () => changes > before)
    }
    return {
      asked,
      watch,
      settled,
      at: (ms: number, ...progress: readonly PartitionProgress[]) => {
        now = ms
        watch.look(progress)
      },
    }
  }
  const partition = (n: number, lastStableOffset: bigint): PartitionProgress => ({
    partition: n,
    position: 0n,
    startOffset: 0n,
    highWatermark: 100n,
    lastStableOffset,
    done: false,
  })
  const producers = [{ producerId: 4n, producerEpoch: 0, startOffset: 70n }]
  const all = (asked: readonly TopicPartition[]) => asked.map(one => ({ ...one, producers }))

  it('is asked about only after it lasted, and not too often', async () => {
    const { asked, watch, at, settled } = fixture(all)
    at(0, partition(0, 70n), partition(1, 100n))
    at(2_900, partition(0, 70n), partition(1, 90n))
    assert.deepEqual(asked, [])
    at(3_000, partition(0, 70n), partition(1, 90n))
    await settled()
    assert.deepEqual(asked, [[0]])
    assert.deepEqual([...watch.producers], [[0, producers]])
    at(7_900, partition(0, 70n), partition(1, 90n))
    assert.deepEqual(asked, [[0]])
    at(8_000, partition(0, 70n), partition(1, 90n))
    await settled()
    assert.deepEqual(asked, [[0], [0, 1]])
  })

  it('is forgotten when it is over, and when something else is read', async () => {
    const { watch, at, settled } = fixture(all)
    at(0, partition(0, 70n), partition(1, 70n))
    at(4_000, partition(0, 70n), partition(1, 70n))
    await settled()
    at(5_000, partition(0, 100n), partition(1, 70n))
    assert.deepEqual([...watch.producers.keys()], [1])
    watch.clear()
    assert.equal(watch.producers.size, 0)
  })

  it('is not known where it cannot be asked', async () => {
    const problem = { code: 'TOPIC_AUTHORIZATION_FAILED', message: 'Not allowed.' }
    const { watch, at, settled } = fixture(asked =>
      asked.map(one => ({ ...one, producers: [], problem })),
    )
    at(0, partition(0, 70n))
    at(4_000, partition(0, 70n))
    await settled()
    assert.equal(watch.producers.size, 0)
  })
})

describe('the logs of a topic', () => {
  it('have their start and end, or what is wrong with them', async () => {
    const problem = { code: 'LEADER_NOT_AVAILABLE', message: 'No leader.' }
    const one = (partition: number) => ({
      partition,
      replicas: [],
      inSyncReplicas: [],
      offlineReplicas: [],
    })
    const logs = await logEnds(
      {
        describeTopics: () =>
          Promise.resolve([{ name: 'orders', internal: false, partitions: [one(1), one(0)] }]),
        listOffsets: queries =>
          Promise.resolve(
            queries.map(({ topic, partition, at }) =>
              partition === 0
                ? { topic, partition, offset: at === 'earliest' ? 5n : 9n }
                : { topic, partition, problem },
            ),
          ),
      },
      'orders',
      signal,
    )
    assert.deepEqual(logs, [
      { partition: 0, logStartOffset: 5n, logEndOffset: 9n },
      { partition: 1, problem },
    ])
  })
})

describe('what a command is about', () => {
  const selection = [
    { partition: 0, offset: '1' },
    { partition: 1, offset: '7' },
  ]
  const context = { webviewSection: 'record', webview: 'kafkaWorkbench.messages' }

  it('is what is selected, or the row whose menu it is', () => {
    assert.deepEqual(chosenRecords(undefined, selection), selection)
    assert.deepEqual(chosenRecords({ ...context, partition: 1, offset: '7' }, selection), selection)
    assert.deepEqual(chosenRecords({ ...context, partition: 1, offset: '8' }, selection), [
      { partition: 1, offset: '8' },
    ])
    for (const odd of [7, null, {}, { partition: -1, offset: '1' }, { partition: 0, offset: '-1' }])
      assert.deepEqual(chosenRecords(odd, selection), selection)
  })

  it('is a topic, a partition, or one record', () => {
    assert.deepEqual(topicIn({ topic: 'a', partition: 3, clusterId: 'x' }), {
      topic: 'a',
      partition: 3,
    })
    assert.deepEqual(topicIn('x'), {})
    const place = { clusterId: 'local', topic: 'a', partition: 3, offset: '12' }
    assert.deepEqual(recordPlace(place), place)
    assert.equal(recordPlace({ ...place, offset: 12 }), undefined)
    assert.equal(recordPlace({ ...place, clusterId: undefined }), undefined)
  })
})
