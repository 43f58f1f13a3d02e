import assert from 'node:assert/strict'
import type { GroupReading, PartitionReading } from '../../src/lag/reading.ts'
import type { LagState } from '../../src/lag/watch.ts'
import type { SavedCluster } from '../../src/vscode/clusters/clusters.ts'
import { debuggedCluster } from '../../src/vscode/debug/debuggedCluster.ts'
import {
  changeSince,
  clock,
  groupText,
  inlineText,
  LONGEST,
  type Change,
  type Membership,
  shortened,
} from '../../src/vscode/debug/inlineText.ts'
import { lensText } from '../../src/vscode/debug/lensText.ts'
import { membershipOf } from '../../src/vscode/debug/membership.ts'

function partition(
  partition: number,
  committedOffset: bigint | undefined,
  logEndOffset: bigint | undefined,
  more: Partial<PartitionReading> = {},
): PartitionReading {
  return {
    topic: 'orders',
    partition,
    ...(committedOffset !== undefined && { committedOffset }),
    ...(logEndOffset !== undefined && { logEndOffset }),
    ownership: 'owned',
    lagIsBound: false,
    watchedSince: 0,
    verdict: { kind: 'fine' },
    burrow: 'OK',
    ...more,
  }
}

function unmeasured(): GroupReading {
  return {
    groupId: 'billing',
    type: 'classic',
    state: 'Stable',
    manual: false,
    members: 3,
    at: 20_000,
    partitions: [],
    totalIsPartial: false,
    burrow: 'OK',
  }
}

function reading(more: Partial<GroupReading> = {}): GroupReading {
  return { ...unmeasured(), totalLag: 1204n, ...more }
}

const FINE: Membership = { kind: 'fine' }

describe('what stands beside a stopped line', () => {
  const cases: [
    name: string,
    totalLag: bigint | undefined,
    Change | undefined,
    Membership,
    string,
  ][] = [
    ['at the first stop', 1204n, undefined, FINE, 'lag 1,204'],
    [
      'since the last stop',
      1204n,
      { produced: 12n, committed: 3n },
      FINE,
      'lag 1,204 · +12 produced, +3 committed',
    ],
    [
      'nothing happened',
      0n,
      { produced: 0n, committed: 0n },
      FINE,
      'lag 0 · 0 produced, 0 committed',
    ],
    ['rewound', 90n, { produced: 0n, committed: -5n }, FINE, 'lag 90 · 0 produced, −5 committed'],
    ['no commit to compare', 90n, { produced: 7n }, FINE, 'lag 90 · +7 produced'],
    ['unknown', undefined, undefined, FINE, 'lag ?'],
    [
      'large',
      1_234_567n,
      { produced: 12_345n, committed: 678n },
      FINE,
      'lag 1,234,567 · +12.3k in, +678 out',
    ],
    [
      'soon out',
      1204n,
      { produced: 12n },
      { kind: 'leaving', inMs: 17_200 },
      'evicted in 0:18 · lag 1,204 · +12 in',
    ],
    [
      'soon out, with room for both numbers',
      3n,
      { produced: 12n, committed: 3n },
      { kind: 'leaving', inMs: 17_200 },
      'evicted in 0:18 · lag 3 · +12 in, +3 out',
    ],
    [
      'soon out, without room',
      1204n,
      { produced: 120n, committed: 30n },
      { kind: 'leaving', inMs: 17_200 },
      'evicted in about 0:18 · lag 1,204',
    ],
    [
      'out any moment',
      1204n,
      undefined,
      { kind: 'leaving', inMs: 0 },
      'eviction is due · lag 1,204',
    ],
    ['out', 1204n, { produced: 12n }, { kind: 'evicted' }, 'evicted · lag 1,204 · +12 produced'],
    [
      'out, with a large change',
      1204n,
      { produced: 12_345n, committed: 30n },
      { kind: 'evicted' },
      'evicted · lag 1,204 · +12.3k in, +30 out',
    ],
  ]
  for (const [name, totalLag, change, membership, expected] of cases)
    it(name, () => {
      const known = reading({ totalLag: totalLag ?? 0n })
      const text = inlineText(totalLag === undefined ? unmeasured() : known, change, membership)
      assert.ok(text.length <= LONGEST, `${text.length}: ${text}`)
      assert.equal(text, expected)
    })

  it('names a group that is not connected by both ends of its id', () => {
    assert.equal(groupText('billing', 'lag: not connected'), 'billing · lag: not connected')
    assert.equal(
      groupText('payments-service-consumer-eu-west-1', 'lag: not connected'),
      'payments-…eu-west-1 · lag: not connected',
    )
    assert.equal(shortened('x'.repeat(50)), `${'x'.repeat(39)}…`)
  })

  it('says when the total is a lower bound', () => {
    assert.equal(inlineText(reading({ totalIsPartial: true }), undefined, FINE), 'lag ≥ 1,204')
  })

  it('is never too long', () => {
    for (const digits of [1, 6, 9, 12, 19])
      for (const membership of [
        FINE,
        { kind: 'leaving', inMs: 3_599_000 },
        { kind: 'evicted' },
      ] as const) {
        const many = 10n ** BigInt(digits) - 1n
        const text = inlineText(
          reading({ totalLag: many }),
          { produced: many, committed: -many },
          membership,
        )
        assert.ok(text.length <= LONGEST, text)
      }
  })
})

describe('the change between two stops', () => {
  it('sums what both readings know', () => {
    const before = reading({
      partitions: [
        partition(0, 10n, 20n),
        partition(1, undefined, 5n),
        partition(2, 1n, undefined),
      ],
    })
    const now = reading({
      partitions: [
        partition(0, 13n, 30n),
        partition(1, 4n, 7n),
        partition(2, 2n, 9n),
        partition(3, 1n, 1n),
      ],
    })
    assert.deepEqual(changeSince(before, now), { produced: 12n, committed: 4n })
  })

  it('tells nothing where nothing is known', () => {
    assert.deepEqual(changeSince(reading(), reading()), {})
  })
})

describe('a member that stands still', () => {
  const me = { memberId: 'm', sessionTimeout: 30_000, stoppedAt: 10_000 }
  const mine = partition(0, 1n, 1n, { owner: { memberId: 'm', clientId: '', host: '' } })
  const others = partition(0, 1n, 1n, { owner: { memberId: 'x', clientId: '', host: '' } })
  const nobody = partition(0, 1n, 1n, { ownership: 'none' })
  const unknown = partition(0, 1n, 1n, { ownership: 'unknown' })
  const cases: [
    string,
    Partial<typeof me>,
    Partial<GroupReading> | undefined,
    number,
    Membership,
  ][] = [
    ['at first', {}, undefined, 24_000, { kind: 'fine' }],
    ['for half of its session', {}, undefined, 25_000, { kind: 'leaving', inMs: 15_000 }],
    ['for all of it', {}, undefined, 60_000, { kind: 'leaving', inMs: 0 }],
    ['and owns its partition', {}, { partitions: [mine] }, 12_000, { kind: 'fine' }],
    ['and another owns it', {}, { partitions: [others] }, 12_000, { kind: 'evicted' }],
    ['and nobody owns it', {}, { partitions: [nobody] }, 12_000, { kind: 'evicted' }],
    ['and the group is empty', {}, { state: 'Empty' }, 12_000, { kind: 'evicted' }],
    ['and owners are not told', {}, { partitions: [unknown] }, 12_000, { kind: 'fine' }],
    [
      'and only some owners are told',
      {},
      { partitions: [others, unknown] },
      12_000,
      { kind: 'fine' },
    ],
    [
      'and what is known is older',
      {},
      { partitions: [others], at: 9000 },
      12_000,
      { kind: 'fine' },
    ],
  ]
  for (const [name, change, group, now, expected] of cases)
    it(name, () => {
      assert.deepEqual(membershipOf({ ...me, ...change }, group && reading(group), now), expected)
    })

  it('whose join was not seen gets no countdown', () => {
    assert.deepEqual(membershipOf({ sessionTimeout: 1, stoppedAt: 0 }, undefined, 99), FINE)
  })

  it('whose session is not known gets no countdown', () => {
    assert.deepEqual(membershipOf({ memberId: 'm', stoppedAt: 0 }, undefined, 99), FINE)
  })
})

describe('a lens on a consumer', () => {
  const problem = {
    code: 'refused',
    message: 'localhost:9092 refuses connections.',
    advice: 'Start it.',
  }
  const cases: [name: string, LagState | undefined, title: string | RegExp][] = [
    ['not connected', undefined, 'billing · show lag'],
    ['asking', { groupId: 'billing', status: 'asking' }, 'billing · lag –'],
    [
      'measured',
      { groupId: 'billing', status: 'measured', reading: reading() },
      'billing · lag 1,204 · 3 members',
    ],
    [
      'one member',
      { groupId: 'billing', status: 'measured', reading: reading({ members: 1 }) },
      'billing · lag 1,204 · 1 member',
    ],
    [
      'nobody',
      { groupId: 'billing', status: 'measured', reading: reading({ members: 0 }) },
      'billing · lag 1,204 · no members',
    ],
    ['no offsets', { groupId: 'billing', status: 'no-offsets' }, 'billing · no offsets yet'],
    ['no group', { groupId: 'billing', status: 'unknown-group' }, 'billing · no such group yet'],
    ['failed', { groupId: 'billing', status: 'asking', problem }, 'billing · lag not known'],
    [
      'failed later',
      { groupId: 'billing', status: 'measured', reading: reading(), problem },
      /^billing · lag 1,204 · 3 members · as of \d\d:\d\d:\d\d$/,
    ],
  ]
  for (const [name, state, title] of cases)
    it(name, () => {
      const text = lensText('billing', 'local', state)
      if (typeof title === 'string') assert.equal(text.title, title)
      else assert.match(text.title, title)
      assert.equal(text.tooltip.includes(problem.message), state?.problem !== undefined)
    })
})

describe('the cluster of a debugged program', () => {
  const cluster = (id: string, ...bootstrapServers: string[]): SavedCluster => ({
    id,
    name: id,
    bootstrapServers,
    scope: 'user',
  })
  const local = cluster('local', 'localhost:9092')
  const test = cluster('test', 'kafka-1:9092', 'kafka-2:9092')
  const all = [local, test]
  const cases: [name: string, configuration: object, id: string | undefined, named: boolean][] = [
    [
      'its address in the environment',
      { env: { BROKERS: 'kafka-1:9092,kafka-2:9092' } },
      'test',
      true,
    ],
    ['its address among the arguments', { args: ['--brokers=kafka-2:9092'] }, 'test', true],
    ['nothing said', { program: 'consumer.js' }, 'local', false],
    ['an address that only begins alike', { env: { A: 'kafka-1:90920' } }, 'local', false],
  ]
  for (const [name, configuration, id, named] of cases)
    it(name, () => {
      const session = { configuration: { type: 'pwa-node' }, parentSession: { configuration } }
      const found = debuggedCluster(session, { all, selected: local })
      assert.deepEqual([found?.cluster.id, found?.named], [id, named])
    })

  it('none', () => {
    assert.equal(
      debuggedCluster({ configuration: {} }, { all: [], selected: undefined }),
      undefined,
    )
  })
})

describe('a clock', () => {
  for (const [ms, text] of [
    [0, '0:00'],
    [1, '0:01'],
    [18_000, '0:18'],
    [65_000, '1:05'],
    [-1, '0:00'],
  ] as const)
    it(text, () => {
      assert.equal(clock(ms), text)
    })
})
