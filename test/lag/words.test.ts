import assert from 'node:assert/strict'
import type { PartitionReading, VerdictKind } from '../../src/lag/reading.ts'
import { lagWords, ownerWords, summarize, typeWords, worstFirst } from '../../src/lag/words.ts'
import { groupOf, partitionOf, without } from './readings.ts'

const many = (count: number, verdict: VerdictKind, more: Partial<PartitionReading> = {}) =>
  Array.from({ length: count }, (_, i) => partitionOf(`orders-${i}`, verdict, more))

describe('the first two lines', () => {
  const cases: [
    string,
    readonly PartitionReading[],
    icon: string,
    headline: string,
    text: string,
  ][] = [
    [
      'the design',
      [
        partitionOf('orders-0'),
        partitionOf('orders-1', 'stalled'),
        partitionOf('orders-3', 'stopped'),
        partitionOf('orders-4', 'rewound'),
        partitionOf('payments-1', 'lost'),
        partitionOf('payments-2', 'no-commit'),
      ],
      'error',
      'In trouble: 5 of 6 partitions',
      'payments-1 lost 1,204 records, orders-3 stopped, orders-1 stalled, orders-4 rewound, payments-2 has no commit',
    ],
    [
      'a slow member',
      [...many(5, 'behind'), partitionOf('orders-7', 'stalled')],
      'warning',
      'To watch: 6 of 6 partitions',
      'orders-7 stalled, s-1 does not catch up on its 5 partitions',
    ],
    [
      'some of two members',
      [
        ...many(2, 'behind'),
        partitionOf('orders-8', 'behind', { owner: { memberId: 'b', clientId: 'b', host: '' } }),
      ],
      'warning',
      'To watch: 3 of 3 partitions',
      'orders-0 does not catch up, orders-1 does not catch up, orders-8 does not catch up',
    ],
    [
      'a whole group without consumers',
      many(6, 'stopped'),
      'error',
      'In trouble: 6 of 6 partitions',
      '6 partitions stopped',
    ],
    [
      'many losses',
      many(4, 'lost'),
      'error',
      'In trouble: 4 of 4 partitions',
      '4 partitions lost records',
    ],
    [
      'what cannot be read',
      [
        partitionOf('a-0', 'no-leader'),
        partitionOf('a-1', 'unreadable'),
        partitionOf('a-2', 'ahead'),
      ],
      'warning',
      'To watch: 3 of 3 partitions',
      'a-0 has no leader, a-2 is ahead of its log, a-1 cannot be read',
    ],
    [
      'no commit where there is nothing to read is no trouble',
      [partitionOf('a-0', 'no-commit', { lag: 0n }), partitionOf('a-1')],
      'pass',
      'Keeping up',
      'all of 2 partitions',
    ],
    ['all is well', many(3, 'fine'), 'pass', 'Keeping up', 'all of 3 partitions'],
    [
      'some catch up',
      [...many(2, 'fine'), partitionOf('b-0', 'closing')],
      'arrow-circle-down',
      'Catching up',
      'on 1 of 3 partitions',
    ],
    [
      'just opened',
      many(1, 'measuring'),
      'question',
      'Measuring',
      'too few looks yet to say how it moves',
    ],
    [
      'a share group before 4.2',
      many(2, 'not-reported'),
      'question',
      'Not measured',
      'this broker does not report the lag of share groups (needs 4.2)',
    ],
    [
      'nobody reads, nothing is unread',
      many(2, 'idle'),
      'circle-slash',
      'Nothing unread',
      'nobody is consuming',
    ],
  ]
  for (const [name, partitions, icon, headline, text] of cases)
    it(name, () => {
      const summary = summarize(groupOf(partitions))
      const words = summary.mentions.map(mention => mention.text).join(', ')
      assert.deepEqual([summary.icon, summary.headline, words], [icon, headline, text])
    })

  it('lead to the partitions they name', () => {
    const { mentions } = summarize(
      groupOf([...many(5, 'stalled', { lag: 1n }), partitionOf('b-3', 'lost')]),
    )
    assert.deepEqual(
      mentions.map(({ partition }) => partition),
      [
        { topic: 'b', partition: 3 },
        { topic: 'orders', partition: 0 },
      ],
    )
  })
})

describe('cells', () => {
  const lags: [PartitionReading, string][] = [
    [partitionOf('a-0', 'fine', { lag: 1204n }), '1,204'],
    [partitionOf('a-0', 'no-commit', { lag: 3310n, lagIsBound: true }), 'up to 3,310'],
  ]
  for (const [partition, expected] of lags)
    it(`lag ${expected}`, () => assert.equal(lagWords(partition), expected))

  const unknown: [VerdictKind, string][] = [
    ['unreadable', '?'],
    ['no-leader', '?'],
    ['not-reported', '–'],
    ['topic-deleted', '–'],
  ]
  for (const [verdict, expected] of unknown)
    it(`no lag, ${verdict}: ${expected}`, () => {
      const partition = without('lag', partitionOf('a-0', verdict))
      assert.equal(lagWords(partition), expected)
    })

  it('owners', () => {
    const orphan = without('owner', partitionOf('a-0'))
    assert.equal(ownerWords(partitionOf('a-0')), 's-1')
    assert.equal(ownerWords({ ...orphan, ownership: 'none' }), 'no owner')
    assert.equal(ownerWords({ ...orphan, ownership: 'unknown' }), '–')
  })

  it('types', () => {
    assert.equal(typeWords({ type: 'consumer', manual: false }), 'consumer group')
    assert.equal(typeWords({ type: 'classic', manual: true }), 'manual assignment')
  })
})

describe('the order of the table', () => {
  it('is by trouble, then by lag, then by name', () => {
    const partitions = [
      partitionOf('a-0'),
      partitionOf('a-10'),
      partitionOf('a-2'),
      partitionOf('a-1', 'fine', { lag: 99n }),
      partitionOf('z-0', 'lost', { lag: 1n }),
      partitionOf('b-0', 'stalled'),
      partitionOf('b-1', 'no-commit'),
    ]
    assert.deepEqual(
      partitions.sort(worstFirst).map(({ topic, partition }) => `${topic}-${partition}`),
      ['z-0', 'b-0', 'b-1', 'a-1', 'a-0', 'a-2', 'a-10'],
    )
  })
})
