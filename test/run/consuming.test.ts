import assert from 'node:assert/strict'
import type { RecordFilter } from '../../src/kafka/filter.ts'
import { AUTO } from '../../src/kafka/format.ts'
import type { Group } from '../../src/kafka/model.ts'
import { consumerPlan, type ConsumerSettings } from '../../src/run/blocks.ts'
import { decide, type Decision } from '../../src/run/consuming.ts'
import { planOfReading, readingOf, startInWords } from '../../src/run/readingText.ts'
import { blockIn, fakeCluster, groupOf, type FakeClusterOptions } from './fixtures.ts'

const NOW = Date.UTC(2026, 10, 20, 12)
const settings: ConsumerSettings = {
  now: NOW,
  toLocalEpoch: (year, month, day, hour, minute, second, ms) =>
    Date.UTC(year, month - 1, day, hour, minute, second, ms) - 3_600_000,
  defaultOffset: 'latest',
}

function planOf(source: string) {
  const { file, block } = blockIn(source)
  const planned = consumerPlan(file, block, settings)
  assert.ok('plan' in planned, JSON.stringify(planned))
  return planned.plan
}

async function decided(
  source: string,
  options: FakeClusterOptions & { readonly ours?: readonly string[] } = {},
  filter?: RecordFilter,
): Promise<Decision> {
  const { cluster } = fakeCluster(options)
  return decide(
    { ...planOf(source), ...(filter && { filter }) },
    {
      cluster,
      signal: new AbortController().signal,
      isOurs: memberId => options.ours?.includes(memberId) ?? false,
    },
  )
}

const groups = (...list: Group[]) => ({ groups: list })

describe('a CONSUMER', () => {
  it('browses without a group, from the setting', async () => {
    assert.deepEqual(await decided('CONSUMER\ntopic: orders'), {
      mode: 'browse',
      request: { topic: 'orders', from: { all: { kind: 'latest' } }, fallback: 'latest' },
    })
  })

  it('waits for the coordinator of its group: a broker that has just started has none yet', async () => {
    const { cluster } = fakeCluster()
    const waits: unknown[] = []
    const describeGroups: typeof cluster.describeGroups = (wanted, options) => {
      waits.push(options?.whenCoordinated)
      return cluster.describeGroups(wanted, options)
    }
    await decide(planOf('CONSUMER billing\ntopic: orders'), {
      cluster: { ...cluster, describeGroups },
      signal: new AbortController().signal,
      isOurs: () => false,
    })
    assert.deepEqual(waits, [true])
  })

  it('reads what its properties say', async () => {
    const filter: RecordFilter = {
      expressions: ['offset > 3'],
      formats: { key: AUTO, value: AUTO },
    }
    const decision = await decided(
      'CONSUMER\ntopic: orders\npartitions: 4,0-1\nfrom: 0:1500,1:-20,*:2026-01-31\nto: now-1h\nlimit: 5\nisolation: read_uncommitted',
      {},
      filter,
    )
    assert.deepEqual(decision, {
      mode: 'browse',
      request: {
        topic: 'orders',
        partitions: [0, 1, 4],
        from: {
          all: { kind: 'time', timestamp: Date.UTC(2026, 0, 31) - 3_600_000 },
          byPartition: new Map([
            [0, { kind: 'offset', offset: 1500n }],
            [1, { kind: 'tail', count: 20 }],
          ]),
        },
        fallback: 'latest',
        to: { all: { kind: 'time', timestamp: NOW - 3_600_000 } },
        filter,
        limit: 5,
        isolation: 'read_uncommitted',
      },
    })
  })

  it('refuses a partition that there is not, and a topic that there is not', async () => {
    assert.deepEqual(await decided('CONSUMER\ntopic: orders\npartitions: 5-9'), {
      mode: 'refuse',
      problem: {
        code: 'K204',
        message: 'Partition 6 does not exist: topic "orders" has partitions 0-5.',
      },
    })
    for (const line of ['from: 0:1,6:0', 'to: 7:0,*:latest'])
      assert.match(JSON.stringify(await decided(`CONSUMER\ntopic: orders\n${line}`)), /K204.*0-5/)
    const missing = await decided('CONSUMER g\ntopic: gone')
    assert.ok(missing.mode === 'refuse')
    assert.equal(missing.problem.code, 'UNKNOWN_TOPIC_OR_PARTITION')
  })

  it('joins a group that nobody is in', async () => {
    for (const options of [
      groups(),
      groups(groupOf('g')),
      groups(groupOf('g', { problem: { code: 'GROUP_ID_NOT_FOUND', message: 'Not there.' } })),
      { ...groups(groupOf('g', { memberIds: ['m1'] })), ours: ['m1'] },
    ]) {
      const text = 'CONSUMER g\ntopic: orders\nfrom: earliest\npartitions: 1'
      assert.deepEqual(await decided(text, options), {
        mode: 'join',
        request: {
          groupId: 'g',
          topic: 'orders',
          fallback: 'latest',
          partitions: [1],
          from: { all: { kind: 'earliest' } },
        },
      })
    }
  })

  it('leaves end, limit and isolation to the membership, which commits no further', async () => {
    assert.deepEqual(
      await decided('CONSUMER g\ntopic: orders\nto: latest\nlimit: 3\nisolation: read_uncommitted'),
      {
        mode: 'join',
        request: {
          groupId: 'g',
          topic: 'orders',
          fallback: 'latest',
          to: { all: { kind: 'latest' } },
          limit: 3,
          isolation: 'read_uncommitted',
        },
      },
    )
  })

  const browsing: readonly (readonly [group: Group, block: string, notice?: string])[] = [
    [
      groupOf('g', { memberIds: ['a', 'b', 'c'] }),
      '',
      'Group "g" has 3 active members. Reading from its committed offsets without joining; "commit: true" joins.',
    ],
    [
      groupOf('g', { memberIds: ['a'] }),
      '',
      'Group "g" has 1 active member. Reading from its committed offsets without joining; "commit: true" joins.',
    ],
    [
      groupOf('g', { type: 'consumer' }),
      '',
      'Group "g" is a KIP-848 consumer group. Reading from its committed offsets without joining.',
    ],
    [
      groupOf('g', { protocolType: 'connect' }),
      '',
      'Group "g" is a connect group. Reading from its committed offsets without joining.',
    ],
    [groupOf('g', { memberIds: ['a'] }), 'commit: false'],
  ]
  it('browses from the committed offsets where joining would disturb (K401)', async () => {
    for (const [group, more, notice] of browsing) {
      const decision = await decided(`CONSUMER g\ntopic: orders\n${more}`, groups(group))
      assert.ok(decision.mode === 'browse')
      assert.deepEqual(decision.request.from, { all: { kind: 'committed', group: 'g' } })
      assert.equal(decision.notice, notice)
    }
  })

  it('joins a busy classic group with commit: true, and no other', async () => {
    const text = 'CONSUMER g\ntopic: orders\ncommit: true'
    const busy = await decided(text, groups(groupOf('g', { memberIds: ['a'] })))
    assert.equal(busy.mode, 'join')
    for (const type of ['consumer', 'streams', 'share'] as const) {
      assert.equal((await decided(text, groups(groupOf('g', { type })))).mode, 'refuse')
    }
  })

  it('refuses a share group', async () => {
    const decision = await decided(
      'CONSUMER g\ntopic: orders',
      groups(groupOf('g', { type: 'share' })),
    )
    assert.ok(decision.mode === 'refuse')
    assert.match(decision.problem.message, /share group, which has no committed offsets/)
  })

  for (const line of ['commit: False', 'isolation: read-uncommitted'])
    it(`refuses "${line}" instead of dropping it`, () => {
      const { file, block } = blockIn(`CONSUMER g\ntopic: orders\n${line}`)
      assert.ok('problem' in consumerPlan(file, block, settings))
    })
})

describe('what is read, as text', () => {
  it('says the same as the block that it comes from', () => {
    const { file, block } = blockIn(
      'CONSUMER my group\ntopic: orders\nfrom: tail(20)\npartitions: 0-3\nkey-format: long',
    )
    const reading = readingOf(file, block)
    assert.deepEqual(reading, {
      group: 'my group',
      properties: { topic: 'orders', from: 'tail(20)', partitions: '0-3', 'key-format': 'long' },
    })
    assert.deepEqual(
      planOfReading(JSON.parse(JSON.stringify(reading)) as typeof reading, settings),
      {
        plan: planOf(
          'CONSUMER my group\ntopic: orders\nfrom: tail(20)\npartitions: 0-3\nkey-format: long',
        ),
      },
    )
  })

  it('says where it starts in words', () => {
    const words = (from: string | undefined, group?: string) =>
      startInWords(
        {
          ...(group !== undefined && { group }),
          properties: { topic: 't', ...(from !== undefined && { from }) },
        },
        'latest',
      )
    assert.deepEqual(
      [
        words('tail(100)'),
        words('-5'),
        words(undefined),
        words('now-2h'),
        words('7'),
        words(undefined, 'g'),
        words('committed', 'g'),
        words('earliest', 'g'),
      ],
      [
        'last 100 of each partition',
        'last 5 of each partition',
        'latest',
        'now-2h',
        'offset 7',
        'committed offsets of g',
        'committed offsets of g',
        'earliest',
      ],
    )
  })
})
