import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { JoinRequest, JoinUpdate } from '../../src/kafka/cluster.ts'
import type { Group } from '../../src/kafka/model.ts'
import { consumerPlan, type ConsumerSettings } from '../../src/run/blocks.ts'
import { consume } from '../../src/run/consuming.ts'
import type { ConsumeEvent } from '../../src/run/events.ts'
import { planOfReading, readingOf, startInWords } from '../../src/run/readingText.ts'
import { blockIn, fakeCluster, groupOf, pageOf, type FakeClusterOptions } from './fixtures.ts'

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

/** Runs a CONSUMER until it says `until`, or ends. */
async function run(
  source: string,
  options: FakeClusterOptions & { readonly ours?: readonly string[]; readonly until?: string } = {},
) {
  const fake = fakeCluster(options)
  const controller = new AbortController()
  const events: ConsumeEvent[] = []
  const context = {
    cluster: fake.cluster,
    signal: controller.signal,
    isOurs: (memberId: string) => options.ours?.includes(memberId) ?? false,
  }
  for await (const event of consume(planOf(source), context)) {
    events.push(event)
    if (event.kind === (options.until ?? 'started')) controller.abort()
  }
  return { ...fake, events }
}

const kinds = (events: readonly ConsumeEvent[]) => events.map(({ kind }) => kind)
const groups = (...list: Group[]) => ({ groups: list })

describe('a CONSUMER', () => {
  it('browses without a group, from the setting', async () => {
    const { reads, joins, events } = await run('CONSUMER\ntopic: orders')
    assert.deepEqual(reads, [
      { topic: 'orders', from: { all: { kind: 'latest' } }, fallback: 'latest' },
    ])
    assert.equal(joins.length, 0)
    assert.deepEqual(events, [
      { kind: 'started', mode: 'browse' },
      { kind: 'ended', reason: 'stopped' },
    ])
  })

  it('reads what its properties say', async () => {
    const { reads } = await run(
      'CONSUMER\ntopic: orders\npartitions: 4,0-1\nfrom: 0:1500,1:-20,*:2026-01-31\nto: now-1h\nlimit: 5\nisolation: read_uncommitted',
    )
    assert.deepEqual(reads, [
      {
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
        limit: 5,
        isolation: 'read_uncommitted',
      },
    ])
  })

  it('refuses a partition that there is not, and a topic that there is not', async () => {
    const { events, reads } = await run('CONSUMER\ntopic: orders\npartitions: 5-9')
    assert.deepEqual(events, [
      {
        kind: 'ended',
        reason: 'failed',
        problem: {
          code: 'K204',
          message: 'Partition 6 does not exist: topic "orders" has partitions 0-5.',
        },
      },
    ])
    assert.equal(reads.length, 0)
    const missing = await run('CONSUMER g\ntopic: gone')
    assert.deepEqual(kinds(missing.events), ['ended'])
    assert.equal(missing.joins.length, 0)
  })

  it('joins a group that nobody is in', async () => {
    for (const options of [
      groups(),
      groups(groupOf('g')),
      groups(groupOf('g', { problem: { code: 'GROUP_ID_NOT_FOUND', message: 'Not there.' } })),
      { ...groups(groupOf('g', { memberIds: ['m1'] })), ours: ['m1'] },
    ]) {
      const { joins, reads, events } = await run(
        'CONSUMER g\ntopic: orders\nfrom: earliest\npartitions: 1',
        options,
      )
      assert.deepEqual(joins, [
        {
          groupId: 'g',
          topic: 'orders',
          fallback: 'latest',
          partitions: [1],
          from: { all: { kind: 'earliest' } },
        },
      ])
      assert.equal(reads.length, 0)
      assert.deepEqual(events[0], { kind: 'started', mode: 'join' })
    }
  })

  it('browses from the committed offsets where joining would disturb (K401)', async () => {
    const cases: readonly (readonly [group: Group, block: string, notice: string | undefined])[] = [
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
      [groupOf('g', { memberIds: ['a'] }), 'commit: false', undefined],
      [
        groupOf('g'),
        'to: latest',
        'A CONSUMER with "to:" leaves group "g" where it is. Reading from its committed offsets without joining.',
      ],
    ]
    for (const [group, more, notice] of cases) {
      const { joins, reads, events } = await run(
        `CONSUMER g\ntopic: orders\n${more}`,
        groups(group),
      )
      assert.equal(joins.length, 0)
      assert.deepEqual(reads[0]?.from, { all: { kind: 'committed', group: 'g' } })
      assert.deepEqual(events[0], {
        kind: 'started',
        mode: 'browse',
        ...(notice !== undefined && { notice }),
      })
    }
  })

  it('joins a busy classic group with commit: true, and no other', async () => {
    const busy = await run(
      'CONSUMER g\ntopic: orders\ncommit: true',
      groups(groupOf('g', { memberIds: ['a'] })),
    )
    assert.equal(busy.joins.length, 1)
    for (const type of ['consumer', 'streams', 'share'] as const) {
      const { joins, reads, events } = await run(
        'CONSUMER g\ntopic: orders\ncommit: true',
        groups(groupOf('g', { type })),
      )
      assert.deepEqual([joins.length, reads.length], [0, 0])
      const [ended] = events
      assert.ok(ended?.kind === 'ended' && ended.reason === 'refused' && ended.problem)
    }
  })

  it('refuses a share group', async () => {
    const { events, reads } = await run(
      'CONSUMER g\ntopic: orders',
      groups(groupOf('g', { type: 'share' })),
    )
    assert.equal(reads.length, 0)
    const [ended] = events
    assert.ok(ended?.kind === 'ended')
    assert.match(ended.problem?.message ?? '', /share group, which has no committed offsets/)
  })

  it('tells records and progress, and ends with its end', async () => {
    const progress = { partition: 0, position: 2n, startOffset: 0n, endOffset: 2n, done: true }
    const { events } = await run('CONSUMER\ntopic: orders\nfrom: earliest\nto: latest', {
      until: 'never',
      reads: [
        {
          pages: [
            pageOf(0, [
              [0n, 10, 'a'],
              [1n, 11, 'b'],
            ]),
          ],
          progress: [progress],
          bytesRead: 2,
          recordsRead: 2,
          done: true,
        },
      ],
    })
    assert.deepEqual(kinds(events), ['started', 'records', 'progress', 'ended'])
    const records = events[1]
    assert.ok(records?.kind === 'records')
    assert.equal(records.chunks[0]?.at(1).offset, 1n)
    assert.deepEqual(events[2], {
      kind: 'progress',
      partitions: [progress],
      bytesRead: 2,
      recordsRead: 2,
      caughtUp: true,
    })
    assert.deepEqual(events[3], { kind: 'ended', reason: 'done' })
  })

  it('leaves limit and isolation to the membership, which commits no further', async () => {
    const requests: JoinRequest[] = []
    const joined = { kind: 'joined', memberId: 'm', partitions: [0] } as const
    const context = {
      cluster: {
        ...fakeCluster().cluster,
        join: (request: JoinRequest) => {
          requests.push(request)
          return Readable.from([joined]) as AsyncIterable<JoinUpdate>
        },
      },
      signal: new AbortController().signal,
      isOurs: () => false,
    }
    const events: ConsumeEvent[] = []
    const text = 'CONSUMER g\ntopic: orders\nlimit: 3\nisolation: read_uncommitted'
    for await (const event of consume(planOf(text), context)) events.push(event)
    assert.deepEqual(requests, [
      {
        groupId: 'g',
        topic: 'orders',
        fallback: 'latest',
        limit: 3,
        isolation: 'read_uncommitted',
      },
    ])
    assert.deepEqual(events.at(-1), { kind: 'ended', reason: 'done' })
  })

  for (const line of ['commit: False', 'isolation: read-uncommitted'])
    it(`refuses "${line}" instead of dropping it`, () => {
      const { file, block } = blockIn(`CONSUMER g\ntopic: orders\n${line}`)
      assert.ok('problem' in consumerPlan(file, block, settings))
    })

  it('fails with the problem that a joined reading ends with', async () => {
    const problem = { code: 'X', message: 'Gone.' }
    const fake = fakeCluster()
    const context = {
      cluster: {
        ...fake.cluster,
        join: () =>
          Readable.from([{ kind: 'problem' as const, problem }]) as AsyncIterable<JoinUpdate>,
      },
      signal: new AbortController().signal,
      isOurs: () => false,
    }
    const events: ConsumeEvent[] = []
    for await (const event of consume(planOf('CONSUMER g\ntopic: orders'), context))
      events.push(event)
    assert.deepEqual(events.at(-1), { kind: 'ended', reason: 'failed', problem })
  })

  it('makes a failing broker a result', async () => {
    const fake = fakeCluster()
    const context = {
      cluster: { ...fake.cluster, describeTopics: () => Promise.reject(new Error('down')) },
      signal: new AbortController().signal,
      isOurs: () => false,
    }
    const events: ConsumeEvent[] = []
    for await (const event of consume(planOf('CONSUMER\ntopic: orders'), context))
      events.push(event)
    assert.deepEqual(events, [
      { kind: 'ended', reason: 'failed', problem: { code: 'unexpected', message: 'down' } },
    ])
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
