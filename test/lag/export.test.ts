import assert from 'node:assert/strict'
import {
  partitionAsText,
  readingAsCsv,
  readingAsJson,
  readingAsText,
} from '../../src/lag/export.ts'
import { groupOf, partitionOf, without } from './readings.ts'

const orphan = without(
  'owner',
  partitionOf('orders-3', 'stopped', {
    ownership: 'none',
    lag: 9007199254740993n,
    consumeRate: 0,
  }),
)
const reading = groupOf(
  [partitionOf('orders-0', 'fine', { produceRate: 311.96, lag: 12n }), orphan],
  {
    totalLag: 9007199254741005n,
  },
)
const plain = (text: string) => text.replace(/\d\d:\d\d:\d\d/, 'TIME').replaceAll('\u00a0', ' ')

describe('a reading as text', () => {
  it('is the verdict, the totals, and a table from the worst to the best', () => {
    assert.equal(
      plain(readingAsText(reading, 'local')),
      [
        'shipping on local, classic group, as of TIME',
        'In trouble: 1 of 2 partitions: orders-3 stopped',
        'Total lag 9,007,199,254,741,005, members 1, state Stable',
        '',
        'Partition  Owner     Committed  Start  End                    Lag  Produced  Consumed  Verdict',
        'orders-3   no owner         90      0  100  9,007,199,254,740,993         –       0/s  Stopped, nobody is consuming for 1 min',
        'orders-0   s-1              90      0  100                     12     312/s         –  Keeping up',
        '',
      ].join('\n'),
    )
  })

  it('of one partition names its cells', () => {
    assert.match(partitionAsText(orphan, reading.at), /^Partition: orders-3\nOwner: no owner\n/)
  })
})

describe('a reading as CSV', () => {
  it('has exact numbers, and nothing for what is not known', () => {
    assert.deepEqual(readingAsCsv(reading).split('\r\n').slice(1), [
      'orders,0,s-1,10.0.0.1,90,0,100,12,312.0,,fine,OK',
      'orders,3,,,90,0,100,9007199254740993,,0.0,stopped,OK',
      '',
    ])
  })

  const cells: [clientId: string, cell: string][] = [
    ['a,b', '"a,b"'],
    ['say "hi"', '"say ""hi"""'],
    ['=1+1', "'=1+1"],
    ['-x', "'-x"],
  ]
  for (const [clientId, cell] of cells)
    it(`writes ${clientId} as ${cell}`, () => {
      const owner = { memberId: 'm', clientId, host: 'h' }
      const row = readingAsCsv(groupOf([partitionOf('a-0', 'fine', { owner })])).split('\r\n')[1]
      assert.equal(row?.startsWith(`a,0,${cell},h,`), true, row)
    })
})

it('a reading as JSON keeps offsets exact', () => {
  const parsed = JSON.parse(readingAsJson(reading, 'local')) as Record<string, unknown>
  assert.equal(parsed['totalLag'], '9007199254741005')
  assert.equal(parsed['at'], '1970-01-01T00:01:01.000Z')
  assert.equal(parsed['cluster'], 'local')
})
