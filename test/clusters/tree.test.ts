import assert from 'node:assert/strict'
import type { ConnectionState } from '../../src/vscode/clusters/clusters.ts'
import { childrenOf, roots } from '../../src/vscode/tree/children.ts'
import { emptyData } from '../../src/vscode/tree/data.ts'
import { liveParts } from '../../src/vscode/tree/liveNodes.ts'
import {
  clusterNode,
  groupNode,
  groupsNode,
  memberNode,
  membersNode,
  partitionNode,
  parentOf,
  topicNode,
  topicsNode,
  type TreeNode,
} from '../../src/vscode/tree/nodes.ts'
import { present } from '../../src/vscode/tree/present.ts'
import { retryDelay } from '../../src/vscode/tree/retry.ts'
import { configsText, escapeMarkdown, tooltipOf } from '../../src/vscode/tree/tooltips.ts'
import { topicFilter } from '../../src/vscode/tree/topicFilter.ts'
import { partition, topic } from './fakeCluster.ts'
import { childLines, line, LOCAL, treeState } from './treeState.ts'

const refused: ConnectionState = {
  kind: 'failed',
  problem: { code: 'refused', message: 'Nothing listens at localhost:9092.', advice: 'Start it.' },
}

describe('the roots of the tree', () => {
  it('are the clusters, after what is wrong with the settings', () => {
    const state = treeState({ problems: [{ code: 'settings', message: 'No id.' }] })
    assert.deepEqual(
      roots(state).map(node => line(node, state)),
      ['No id. — Open Settings', 'Local — localhost:9092'],
    )
    assert.deepEqual(present(roots(state)[0]!, state).command, {
      id: 'kafkaWorkbench.openClusterSettings',
      title: 'Open Settings',
    })
  })

  const words: readonly (readonly [ConnectionState, string, string, string])[] = [
    [{ kind: 'disconnected' }, 'localhost:9092', 'vm', 'cluster:disconnected:closed:other:user'],
    [
      { kind: 'connecting' },
      'localhost:9092 · connecting…',
      'loading~spin',
      'cluster:connecting:closed:other:user',
    ],
    [{ kind: 'connected' }, 'localhost:9092', 'vm-active', 'cluster:connected:open:other:user'],
    [refused, 'localhost:9092 · no connection', 'error', 'cluster:failed:closed:other:user'],
  ]
  for (const [connection, description, icon, contextValue] of words) {
    it(`say when a cluster is ${connection.kind}`, () => {
      const look = present(clusterNode('local'), treeState({ connection }))
      assert.equal(look.description, description)
      assert.equal(look.icon.id, icon)
      assert.equal(look.contextValue, contextValue)
    })
  }

  it('say which is selected, protected and of the workspace', () => {
    const cluster = {
      ...LOCAL,
      bootstrapServers: ['a:1', 'b:2', 'c:3'],
      protected: true,
      color: 'red',
      scope: 'workspace' as const,
    }
    const look = present(
      clusterNode('local'),
      treeState({ clusters: [cluster], selectedId: 'local' }),
    )
    assert.equal(look.description, 'a:1 + 2 · selected · protected · workspace')
    assert.deepEqual(look.icon, { id: 'vm-active', color: 'charts.red' })
  })
})

describe('a cluster of the tree', () => {
  it('says in place of its branches how it is', () => {
    const lines = (connection: ConnectionState) =>
      childLines(clusterNode('local'), treeState({ connection }))
    assert.deepEqual(lines({ kind: 'connecting' }), ['Asking localhost:9092…'])
    assert.deepEqual(lines({ kind: 'disconnected' }), ['Not connected — Connect'])
    assert.deepEqual(lines(refused), ['Nothing listens at localhost:9092. — Try Again'])
    assert.deepEqual(
      lines({ kind: 'failed', problem: { code: 'password-needed', message: 'A password.' } }),
      ['A password. — Enter Password'],
    )
  })

  it('tells in the tooltip of a problem what to do', () => {
    const [note] = childrenOf(clusterNode('local'), treeState({ connection: refused }))
    assert.match(tooltipOf(note!, treeState({ connection: refused })) ?? '', /Start it/)
  })

  it('keeps ids and parents of all its nodes, whatever their names', () => {
    const nodes: TreeNode[] = [
      topicNode('local', 'a/b'),
      partitionNode('local', 'a', 0),
      topicNode('local', 'a'),
      groupNode('local', 'x/members'),
      membersNode('local', 'x'),
      memberNode('local', 'x', 'm 1%'),
      groupNode('other', 'x'),
    ]
    assert.equal(new Set(nodes.map(({ id }) => id)).size, nodes.length)
    const path = (node: TreeNode | undefined): string[] =>
      node ? [...path(parentOf(node)), node.kind] : []
    assert.deepEqual(path(memberNode('local', 'x', 'm')), [
      'cluster',
      'groups',
      'group',
      'members',
      'member',
    ])
  })
})

describe('branches of the tree', () => {
  const data = {
    ...emptyData(),
    topics: {
      value: new Map(
        [topic('orders', [partition(0)]), topic('__offsets', [partition(0)], true)].map(one => [
          one.name,
          one,
        ]),
      ),
    },
  }

  it('show what is loading', () => {
    assert.deepEqual(childLines(topicsNode('local'), treeState()), ['Asking localhost:9092…'])
  })

  it('hide internal topics until they are wanted', () => {
    const names = (internalTopics: boolean) =>
      childrenOf(topicsNode('local'), treeState({ data, internalTopics })).map(node =>
        node.kind === 'topic' ? node.topic : node.kind,
      )
    assert.deepEqual(names(false), ['orders'])
    assert.deepEqual(names(true), ['orders', '__offsets'])
  })

  it('show a filter, what it leaves, and how to be rid of it', () => {
    const state = treeState({ data, filter: 'pay' })
    assert.deepEqual(childLines(topicsNode('local'), state), [
      'No topic matches "pay" — Clear Filter',
    ])
    assert.equal(line(topicsNode('local'), state), 'Topics — 0 of 2')
  })

  it('offer a topic where there is none', () => {
    const empty = { ...emptyData(), topics: { value: new Map() } }
    assert.deepEqual(childLines(topicsNode('local'), treeState({ data: empty })), [
      'No topics — Create Topic',
    ])
  })
})

describe('the topic filter', () => {
  const cases: readonly (readonly [filter: string, name: string, passes: boolean])[] = [
    ['', 'orders', true],
    ['ORD', 'orders', true],
    ['ord dead', 'orders.dead-letter', true],
    ['ord dead', 'orders', false],
    ['o*s', 'orders', true],
    ['.', 'orders', false],
    ['(', 'a(b', true],
    ['*', 'orders', true],
  ]
  for (const [filter, name, passes] of cases) {
    it(`"${filter}" ${passes ? 'lets' : 'does not let'} ${name} pass`, () => {
      assert.equal(topicFilter(filter)(name), passes)
    })
  }
})

describe('what is kept fresh', () => {
  const data = {
    ...emptyData(),
    topics: { value: new Map([['orders', topic('orders', [partition(0)])]]) },
  }
  const state = treeState({ data })
  const parts = (...open: readonly TreeNode[]) => {
    const ids = new Set(open.map(({ id }) => id))
    return liveParts('local', state, node => ids.has(node.id))
  }
  const nothing = { brokers: false, topics: false, groups: false, openTopics: [], openGroups: [] }

  it('is what is expanded', () => {
    assert.deepEqual(
      parts(clusterNode('local'), topicsNode('local'), topicNode('local', 'orders')),
      { ...nothing, topics: true, openTopics: ['orders'] },
    )
  })
  it('is not what is inside of something collapsed', () => {
    assert.deepEqual(parts(clusterNode('local'), topicNode('local', 'orders')), nothing)
    assert.deepEqual(parts(topicsNode('local'), groupsNode('local')), nothing)
  })
  it('is not what no longer exists', () => {
    const open = parts(clusterNode('local'), topicsNode('local'), topicNode('local', 'gone'))
    assert.deepEqual(open.openTopics, [])
  })
})

describe('tooltips', () => {
  it('show names as they are', () => {
    assert.equal(escapeMarkdown('a|b_*c*\n<i>'), 'a\\|b\\_\\*c\\* \\<i\\>')
  })

  it('list the configs that differ from their defaults', () => {
    const entry = { readOnly: false, sensitive: false }
    const text = configsText([
      { ...entry, name: 'retention.ms', value: '1000', source: 'topic' },
      { ...entry, name: 'cleanup.policy', value: 'delete', source: 'default' },
      { ...entry, name: 'ssl.key', source: 'static', sensitive: true },
    ])
    assert.match(text, /retention\\\.ms \| 1000/)
    assert.match(text, /ssl\\\.key \| hidden/)
    assert.doesNotMatch(text, /cleanup/)
    assert.match(configsText([]), /default/)
    assert.match(configsText({ code: 'X', message: 'Not allowed.' }), /\? Not allowed/)
  })

  it('say what is missing about a partition', () => {
    const details = {
      topic: topic('orders', [partition(0, [1, 2], [2])]),
      starts: {},
      ends: {},
      sizes: {},
      configs: {},
    }
    const data = { ...emptyData(), topicDetails: new Map([['orders', { value: details }]]) }
    const text = tooltipOf(partitionNode('local', 'orders', 0), treeState({ data })) ?? ''
    assert.match(text, /\| Log end offset \| \? \|/)
    assert.match(text, /\| Offline \| 2 \|/)
  })
})

describe('trying again', () => {
  it('waits longer each time, at most ten seconds', () => {
    assert.deepEqual([0, 1, 2, 3, 9].map(retryDelay), [2_000, 4_000, 8_000, 10_000, 10_000])
  })
})
