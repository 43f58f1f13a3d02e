import assert from 'node:assert/strict'
import { partitionName, type PartitionReading } from '../../../src/lag/reading.ts'
import {
  DEFAULT_SORT,
  heldOrder,
  pressed,
  sorted,
  sortOf,
  type SortKey,
} from '../../../src/webview/lag/rows.ts'
import { partitionOf, without } from '../../lag/readings.ts'

const uncommitted = without('committedOffset', partitionOf('a-2', 'no-commit'))
const partitions: readonly PartitionReading[] = [
  partitionOf('a-10', 'fine', { committedOffset: 2n, lag: 7n, lastChange: 50 }),
  uncommitted,
  partitionOf('a-1', 'stalled', { committedOffset: 10n, lag: 3n, lastChange: 10 }),
]
const names = (rows: readonly PartitionReading[]) => rows.map(partitionName).join(' ')

describe('sorting the table', () => {
  const cases: [SortKey, descending: boolean, expected: string][] = [
    ['verdict', false, 'a-1 a-2 a-10'],
    ['verdict', true, 'a-10 a-2 a-1'],
    ['partition', false, 'a-1 a-2 a-10'],
    ['partition', true, 'a-10 a-2 a-1'],
    ['committed', false, 'a-10 a-1 a-2'],
    ['committed', true, 'a-1 a-10 a-2'],
    ['lag', true, 'a-2 a-10 a-1'],
    ['owner', false, 'a-1 a-2 a-10'],
    ['change', true, 'a-2 a-1 a-10'],
  ]
  for (const [key, descending, expected] of cases)
    it(`by ${key}${descending ? ', descending' : ''}: ${expected}`, () => {
      assert.equal(names(sorted(partitions, { key, descending })), expected)
    })

  it('begins with the largest number, and turns at the next press', () => {
    const once = pressed(DEFAULT_SORT, 'lag')
    assert.deepEqual(once, { key: 'lag', descending: true })
    assert.deepEqual(pressed(once, 'lag'), { key: 'lag', descending: false })
    assert.deepEqual(pressed(once, 'owner'), { key: 'owner', descending: false })
  })

  const kept: [unknown, object][] = [
    [undefined, DEFAULT_SORT],
    [
      { key: 'lag', descending: true },
      { key: 'lag', descending: true },
    ],
    [{ key: 'toString' }, DEFAULT_SORT],
    [
      { key: 'owner', descending: 'yes' },
      { key: 'owner', descending: false },
    ],
    ['lag', DEFAULT_SORT],
  ]
  for (const [saved, expected] of kept)
    it(`takes ${JSON.stringify(saved)} for what was kept`, () => {
      assert.deepEqual(sortOf(saved), expected)
    })
})

it('a held order keeps its rows in place, drops those that are gone, adds new ones at the end', () => {
  assert.equal(names(heldOrder(['a-2', 'gone-0', 'a-10'], partitions)), 'a-2 a-10 a-1')
})
