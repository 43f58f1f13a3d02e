import assert from 'node:assert/strict'
import { problemOf, ProblemError } from '../../src/base/problem.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import {
  createConnections,
  isLoss,
  type Asking,
  type Connections,
} from '../../src/vscode/clusters/connections.ts'
import { fakeCluster } from './fakeCluster.ts'

const IDLE_MS = 1_000

/** Connections whose openings are settled by the test. */
function setUp() {
  const opened: {
    id: string
    asking: Asking
    signal: AbortSignal
    resolve: (cluster: Cluster) => void
    reject: (error: unknown) => void
  }[] = []
  const clock = { now: 0 }
  const states: string[] = []
  const connections: Connections = createConnections({
    open: (id, asking, signal) =>
      new Promise((resolve, reject) => opened.push({ id, asking, signal, resolve, reject })),
    onDidChange: () => states.push(connections.state('a').kind),
    now: () => clock.now,
    idleMs: IDLE_MS,
  })
  return { connections, opened, clock, states }
}

function closable(answers: Partial<Cluster> = {}): { cluster: Cluster; closed: () => number } {
  let count = 0
  const cluster = fakeCluster({
    ...answers,
    close: () => {
      count++
      return Promise.resolve()
    },
  })
  return { cluster, closed: () => count }
}

const refused = new ProblemError({ code: 'refused', message: 'Nothing listens at a:1.' })
const needed = new ProblemError({ code: 'password-needed', message: 'A needs a password.' })

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise
  } catch (error) {
    return problemOf(error).code
  }
  return 'none'
}

describe('connections', () => {
  it('are opened once for all who ask, and shared', async () => {
    const { connections, opened, states } = setUp()
    const both = [connections.connect('a', 'may-ask'), connections.connect('a', 'quiet')]
    assert.equal(opened.length, 1)
    assert.equal(connections.connected('a'), undefined)
    opened[0]!.resolve(closable().cluster)
    const [one, other] = await Promise.all(both)
    assert.equal(one, other)
    assert.equal(await connections.connect('a', 'may-ask'), one)
    assert.equal(connections.connected('a'), one)
    assert.deepEqual(states, ['connecting', 'connected'])
  })

  it('fail with a reason, and can be tried again', async () => {
    const { connections, opened } = setUp()
    const first = connections.connect('a', 'may-ask')
    opened[0]!.reject(refused)
    assert.equal(await codeOf(first), 'refused')
    assert.deepEqual(connections.state('a'), { kind: 'failed', problem: refused.problem })
    const second = connections.connect('a', 'may-ask')
    assert.equal(connections.state('a').kind, 'connecting')
    opened[1]!.resolve(closable().cluster)
    await second
    assert.equal(connections.state('a').kind, 'connected')
  })

  it('ask for a password when one caller may be asked, though another came first quietly', async () => {
    const { connections, opened } = setUp()
    const quiet = connections.connect('a', 'quiet')
    const asking = connections.connect('a', 'may-ask')
    opened[0]!.reject(needed)
    assert.equal(await codeOf(quiet), 'password-needed')
    assert.equal(opened[1]?.asking, 'may-ask')
    opened[1].resolve(closable().cluster)
    await asking
    assert.equal(connections.state('a').kind, 'connected')
  })

  it('are given up when all who waited have gone, and a late one is closed', async () => {
    const { connections, opened } = setUp()
    const leaving = new AbortController()
    const staying = new AbortController()
    const one = codeOf(connections.connect('a', 'may-ask', leaving.signal))
    const other = codeOf(connections.connect('a', 'may-ask', staying.signal))
    leaving.abort()
    assert.equal(await one, 'cancelled')
    assert.equal(opened[0]!.signal.aborted, false)
    staying.abort()
    assert.equal(await other, 'cancelled')
    assert.equal(opened[0]!.signal.aborted, true)
    assert.equal(connections.state('a').kind, 'disconnected')
    const late = closable()
    opened[0]!.resolve(late.cluster)
    await Promise.resolve()
    await Promise.resolve()
    assert.equal(late.closed(), 1)
    assert.equal(connections.connected('a'), undefined)
  })

  it('do not abort the signal of an opening that succeeded', async () => {
    const { connections, opened } = setUp()
    const opening = connections.connect('a', 'may-ask')
    opened[0]!.resolve(closable().cluster)
    await opening
    assert.equal(opened[0]!.signal.aborted, false)
  })

  it('close when told to, and open again afterwards', async () => {
    const { connections, opened } = setUp()
    const first = closable()
    const opening = connections.connect('a', 'may-ask')
    opened[0]!.resolve(first.cluster)
    await opening
    await connections.disconnect('a')
    assert.equal(first.closed(), 1)
    assert.equal(connections.state('a').kind, 'disconnected')
    void connections.connect('a', 'may-ask')
    assert.equal(opened.length, 2)
  })

  it('close when nobody used them for a while, but not during a call', async () => {
    const { connections, opened, clock } = setUp()
    let answer: (value: readonly []) => void = () => undefined
    const first = closable({
      listTopics: () => new Promise(resolve => (answer = resolve)),
    })
    const opening = connections.connect('a', 'may-ask')
    opened[0]!.resolve(first.cluster)
    const cluster = await opening
    const asked = cluster.listTopics()
    clock.now = 2 * IDLE_MS
    connections.closeIdle()
    assert.equal(first.closed(), 0)
    answer([])
    await asked
    connections.closeIdle()
    assert.equal(first.closed(), 0)
    clock.now = 3 * IDLE_MS
    connections.closeIdle()
    assert.equal(first.closed(), 1)
  })

  it('are in use while somebody reads', async () => {
    const { connections, opened, clock } = setUp()
    const update = { pages: [], progress: [], bytesRead: 0, recordsRead: 0, done: false }
    const first = closable({
      read: () => ({
        [Symbol.asyncIterator]: () => ({
          next: () => Promise.resolve({ value: update, done: false }),
        }),
      }),
    })
    const opening = connections.connect('a', 'may-ask')
    opened[0]!.resolve(first.cluster)
    const cluster = await opening
    const signal = new AbortController().signal
    const from = { all: { kind: 'earliest' as const } }
    const reading = cluster.read({ topic: 't', from }, { signal })[Symbol.asyncIterator]()
    await reading.next()
    clock.now += 2 * IDLE_MS
    connections.closeIdle()
    assert.equal(first.closed(), 0)
    await reading.return?.()
    clock.now += 2 * IDLE_MS
    connections.closeIdle()
    assert.equal(first.closed(), 1)
  })

  it('stay when the broker goes away, say so, and are well again with the next answer', async () => {
    const { connections, opened } = setUp()
    let fails = true
    const { cluster } = closable({
      listTopics: () => (fails ? Promise.reject(refused) : Promise.resolve([])),
    })
    const opening = connections.connect('a', 'may-ask')
    opened[0]!.resolve(cluster)
    const watched = await opening
    assert.equal(await codeOf(watched.listTopics()), 'refused')
    assert.deepEqual(connections.state('a'), { kind: 'failed', problem: refused.problem })
    assert.equal(connections.connected('a'), watched)
    fails = false
    await watched.listTopics()
    assert.equal(connections.state('a').kind, 'connected')
  })

  it('are waited for when the window closes', async () => {
    const { connections, opened } = setUp()
    let left: () => void = () => undefined
    const leaving = new Promise<void>(resolve => (left = resolve))
    const opening = connections.connect('a', 'may-ask')
    opened[0]?.resolve(fakeCluster({ close: () => leaving }))
    await opening
    let closed = false
    const closing = connections.close().then(() => (closed = true))
    await Promise.resolve()
    assert.equal(closed, false)
    left()
    await closing
    await assert.rejects(connections.connect('a', 'may-ask'))
  })

  it('all close at the end, and none opens after it', async () => {
    const { connections, opened } = setUp()
    const first = closable()
    const opening = connections.connect('a', 'may-ask')
    const pending = codeOf(connections.connect('b', 'may-ask'))
    opened[0]!.resolve(first.cluster)
    await opening
    connections.dispose()
    assert.equal(first.closed(), 1)
    assert.equal(opened[1]!.signal.aborted, true)
    opened[1]!.reject(refused)
    assert.equal(await pending, 'cancelled')
    assert.equal(await codeOf(connections.connect('a', 'may-ask')), 'cancelled')
  })
})

describe('a broker that is away', () => {
  for (const code of ['refused', 'no-answer', 'unknown-host', 'connection-lost']) {
    it(`is told by ${code}`, () => assert.equal(isLoss({ code, message: '' }), true))
  }
  for (const code of ['TOPIC_AUTHORIZATION_FAILED', 'cancelled', 'wrong-password', 'unexpected']) {
    it(`is not told by ${code}`, () => assert.equal(isLoss({ code, message: '' }), false))
  }
})
