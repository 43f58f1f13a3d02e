import assert from 'node:assert/strict'
import { problemOf } from '../../src/base/problem.ts'
import { groupItems, topicItems } from '../../src/vscode/pick/items.ts'
import { partition, topic } from './fakeCluster.ts'

function problemIn(act: () => unknown): string {
  try {
    act()
  } catch (error) {
    return problemOf(error).message
  }
  return 'none'
}

describe('what there is to pick', () => {
  it('topics by name, internal ones last', () => {
    const topics = [
      topic('__consumer_offsets', [partition(0)], true),
      topic('orders', [partition(0, [1, 2]), partition(1, [2, 1])]),
      topic('Audit', [partition(0)]),
    ]
    assert.deepEqual(topicItems(topics, 'Local'), [
      { label: 'Audit', description: '1 partition · replication 1' },
      { label: 'orders', description: '2 partitions · replication 2' },
      { label: '__consumer_offsets', description: '1 partition · replication 1 · internal' },
    ])
  })

  it('groups by name, with their type and state', () => {
    const groups = [
      { groupId: 'b', type: 'share' as const, protocolType: 'share' },
      { groupId: 'a', type: 'classic' as const, protocolType: 'consumer', state: 'Stable' },
    ]
    assert.deepEqual(
      groupItems({ groups, problems: [] }, 'Local').map(item => item.label),
      ['a', 'b'],
    )
    assert.match(groupItems({ groups, problems: [] }, 'Local')[0]!.description, /Stable$/)
  })

  it('nothing is told, with its reason where one is known', () => {
    assert.match(
      problemIn(() => topicItems([], 'Local')),
      /Local has no topics/,
    )
    assert.match(
      problemIn(() => groupItems({ groups: [], problems: [] }, 'Local')),
      /no consumer/,
    )
    const problems = [{ code: 'refused', message: 'Not allowed.' }]
    assert.equal(
      problemIn(() => groupItems({ groups: [], problems }, 'Local')),
      'Not allowed.',
    )
  })
})
