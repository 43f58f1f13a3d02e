import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError, type Problem } from '../../src/base/problem.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import type { ConnectionState } from '../../src/vscode/clusters/clusters.ts'
import { createDrawing } from '../../src/vscode/tree/drawing.ts'
import { createFreshness, OFFSETS_MS } from '../../src/vscode/tree/freshness.ts'
import { clusterNode, topicNode, topicsNode, type TreeNode } from '../../src/vscode/tree/nodes.ts'
import { createTreeData } from '../../src/vscode/tree/treeData.ts'
import { childrenOf } from '../../src/vscode/tree/children.ts'
import { fakeCluster, partition, topic } from './fakeCluster.ts'
import { LOCAL, treeState } from './treeState.ts'

const away: Problem = { code: 'refused', message: 'Nothing listens.' }

/** A tree with its cluster, topics and `orders` open, over a cluster that counts its requests. */
function setUp() {
  const requests: string[] = []
  const world: { now: number; end: bigint; connection: ConnectionState; connects: number } = {
    now: 0,
    end: 5n,
    connection: { kind: 'connected' },
    connects: 0,
  }
  const answer = <T>(name: string, value: T): Promise<T> => {
    requests.push(name)
    if (world.connection.kind === 'failed') return Promise.reject(new ProblemError(away))
    return Promise.resolve(value)
  }
  const orders = topic('orders', [partition(0)])
  const cluster: Cluster = fakeCluster({
    describe: () => answer('describe', { brokers: [] }),
    listTopics: () => answer('listTopics', [orders]),
    describeTopics: () => answer('describeTopics', [orders]),
    logDirectories: () => answer('logDirectories', []),
    topicConfigs: () => answer('topicConfigs', new Map()),
    listOffsets: queries =>
      answer(
        'listOffsets',
        queries.map(({ topic: name, partition: number, at }) => ({
          topic: name,
          partition: number,
          offset: at === 'latest' ? world.end : 0n,
        })),
      ),
  })
  const open = () =>
    world.connects > 0 || world.connection.kind === 'connected' ? cluster : undefined
  const data = createTreeData({ connected: open, now: () => world.now })
  const state = { ...treeState(), connection: () => world.connection, data: data.data }
  const drawing = createDrawing(state)
  const repainted: TreeNode[] = []
  const freshness = createFreshness({
    clusters: {
      all: [LOCAL],
      state: () => world.connection,
      connected: open,
      connect: () => {
        world.connects++
        return Promise.reject(new ProblemError(away))
      },
    },
    data,
    state,
    log: silentLog,
    isExpanded: drawing.isExpanded,
    repaint: node => repainted.push(...drawing.stale(node)),
    now: () => world.now,
  })
  /** Draws like VS Code: items, then the children of what is open. */
  const draw = (node: TreeNode) => {
    drawing.drewItem(node)
    if (!drawing.isExpanded(node)) return
    const children = childrenOf(node, state).map(drawing.intern)
    drawing.drewChildren(node, children)
    children.forEach(draw)
  }
  const expandAll = async () => {
    for (const node of [clusterNode('local'), topicsNode('local'), topicNode('local', 'orders')]) {
      drawing.expand(node)
      await data.ensure(node)
    }
    draw(clusterNode('local'))
    requests.length = 0
  }
  return { world, requests, data, drawing, freshness, repainted, draw, expandAll }
}

const settled = () => new Promise(setImmediate)

describe('keeping the tree fresh', () => {
  it('asks for offsets of open topics every few seconds, and for the rest less often', async () => {
    const { world, requests, freshness, expandAll } = setUp()
    await expandAll()
    const looks: string[][] = []
    for (let i = 0; i < 4; i++) {
      freshness.tick()
      await settled()
      world.now += OFFSETS_MS - 1
      freshness.tick()
      await settled()
      world.now += 1
      looks.push(requests.splice(0).sort())
    }
    const offsets = ['listOffsets', 'listOffsets']
    const all = ['describeTopics', ...offsets, 'listTopics', 'logDirectories', 'topicConfigs']
    assert.deepEqual(looks, [offsets, offsets, all, offsets])
  })

  it('asks nothing while the cluster is closed in the tree', async () => {
    const { requests, drawing, freshness, expandAll } = setUp()
    await expandAll()
    drawing.collapse(clusterNode('local'))
    freshness.tick()
    await settled()
    assert.deepEqual(requests, [])
  })

  it('draws again only what looks different', async () => {
    const { world, freshness, repainted, draw, expandAll } = setUp()
    await expandAll()
    await freshness.refresh('local', 'offsets')
    assert.deepEqual(repainted, [])
    world.end = 6n
    await freshness.refresh('local', 'offsets')
    // Its count of records changed; drawing it again draws its partition, too.
    assert.deepEqual(
      repainted.map(({ kind }) => kind),
      ['topic'],
    )
    draw(clusterNode('local'))
    repainted.length = 0
    await freshness.refresh('local', 'offsets')
    assert.deepEqual(repainted, [])
  })

  it('tries again less and less often while the broker is away', async () => {
    const { world, requests, freshness, expandAll } = setUp()
    await expandAll()
    world.connection = { kind: 'failed', problem: away }
    world.connects = 1
    const tries: number[] = []
    for (world.now = 0; world.now <= 40_000; world.now += 1_000) {
      freshness.tick()
      await settled()
      if (requests.splice(0).includes('describe')) tries.push(world.now / 1000)
    }
    assert.deepEqual(tries, [2, 6, 14, 24, 34])
  })

  it('connects again by itself where there never was a connection', async () => {
    const { world, freshness, expandAll } = setUp()
    await expandAll()
    world.connection = { kind: 'failed', problem: away }
    freshness.tick()
    world.now = 2_000
    freshness.tick()
    await settled()
    assert.equal(world.connects, 1)
  })

  it('asks a broker that is away at once when the user wants to know', async () => {
    const { world, requests, freshness, expandAll } = setUp()
    await expandAll()
    world.connection = { kind: 'failed', problem: away }
    await freshness.refresh('local', 'all')
    assert.equal(world.connects, 1)
    requests.length = 0
    await freshness.refresh('local', 'all')
    assert.equal(requests[0], 'describe')
  })

  it('does not try again what only the user can put right', async () => {
    const { world, requests, freshness, expandAll } = setUp()
    await expandAll()
    world.connection = { kind: 'failed', problem: { code: 'wrong-password', message: 'No.' } }
    for (world.now = 0; world.now <= 40_000; world.now += 1_000) freshness.tick()
    await settled()
    assert.deepEqual(requests, [])
    assert.equal(world.connects, 0)
  })
})

describe('nodes as VS Code sees them', () => {
  it('are the same objects before and after a refresh', () => {
    const drawing = createDrawing(treeState())
    const first = drawing.intern(clusterNode('local'))
    assert.equal(drawing.intern(clusterNode('local')), first)
  })
})
