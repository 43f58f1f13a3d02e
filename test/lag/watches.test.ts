import assert from 'node:assert/strict'
import { Emitter } from '../../src/base/events.ts'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError, type Problem } from '../../src/base/problem.ts'
import type { Clusters } from '../../src/vscode/clusters/clusters.ts'
import { createLagWatches, needsUser } from '../../src/vscode/lag/watches.ts'
import { classicGroup, FakeCluster, ManualClock, member, REFUSED, settle } from './fakes.ts'

/** One saved cluster, `local`, that is not connected until somebody connects. */
function bench() {
  const cluster = new FakeCluster()
  cluster.topics.set('orders', 1)
  cluster.groups.set('shipping', classicGroup('shipping', [member('s-1', 'orders', [0])]))
  cluster.starts.set('orders-0', 0n)
  cluster.ends.set('orders-0', 100n)
  cluster.commits.set('shipping', new Map([['orders-0', 90n]]))
  const changed = new Emitter<void>()
  const connects: string[] = []
  const state: { open: boolean; failure?: Problem } = { open: false }
  const setOpen = (open: boolean) => {
    state.open = open
    changed.fire()
  }
  const part: Pick<Clusters, 'connected' | 'connect' | 'onDidChange'> = {
    connected: () => (state.open ? cluster.port : undefined),
    connect: async (_id, _signal, asking = 'may-ask') => {
      connects.push(asking)
      await Promise.resolve()
      if (state.failure) throw new ProblemError(state.failure)
      setOpen(true)
      return cluster.port
    },
    onDidChange: changed.event,
  }
  const clock = new ManualClock()
  const watches = createLagWatches(part as Clusters, clock, silentLog)
  return { cluster, clock, watches, connects, state, setOpen }
}

describe('lag watches', () => {
  it('never open a connection for a lens, and begin when somebody else has opened one', async () => {
    const { cluster, clock, watches, connects, setOpen } = bench()
    const lens = watches.watch('local', 'shipping')
    lens.lookNow()
    await clock.advance(60_000)
    assert.deepEqual([connects, cluster.take(), lens.latest.status], [[], [], 'asking'])
    setOpen(true)
    await settle()
    assert.equal(lens.latest.status, 'measured')
    setOpen(false)
    cluster.take()
    await clock.advance(60_000)
    assert.deepEqual([connects, cluster.take()], [[], []])
    watches.dispose()
  })

  it('open one for a panel, which the lens then shares', async () => {
    const { cluster, clock, watches, connects } = bench()
    const lens = watches.watch('local', 'shipping')
    const panel = watches.watch('local', 'shipping', { connect: true })
    await settle()
    assert.deepEqual([connects, lens.latest.status], [['may-ask'], 'measured'])
    assert.equal(lens.latest, panel.latest)
    assert.equal(lens.history, panel.history)
    cluster.take()
    await clock.advance(2000)
    assert.deepEqual(cluster.take(), ['commits shipping', 'latest orders-0'])
    panel.setActive(false)
    lens.dispose()
    await clock.advance(60_000)
    assert.deepEqual(cluster.take(), [])
    assert.equal(panel.active, false)
    watches.dispose()
  })

  it('try again by themselves without asking for a password when the broker is away', async () => {
    const { clock, watches, connects, state } = bench()
    state.failure = REFUSED
    const panel = watches.watch('local', 'shipping', { connect: true })
    await clock.advance(20_000)
    assert.deepEqual(connects, ['may-ask', 'quiet', 'quiet'])
    delete state.failure
    await clock.advance(30_000)
    assert.equal(panel.latest.status, 'measured')
    watches.dispose()
  })

  it('wait for the user when only the user can help', async () => {
    const { clock, watches, connects, state } = bench()
    state.failure = { code: 'wrong-password', message: 'The password is wrong.' }
    const panel = watches.watch('local', 'shipping', { connect: true })
    await clock.advance(300_000)
    assert.deepEqual(connects, ['may-ask'])
    assert.equal(panel.latest.problem?.code, 'wrong-password')
    delete state.failure
    panel.lookNow()
    await settle()
    assert.deepEqual([connects, panel.latest.status], [['may-ask', 'may-ask'], 'measured'])
    watches.dispose()
  })

  it('do not connect for a panel that is restored hidden', async () => {
    const { clock, watches, connects } = bench()
    const panel = watches.watch('local', 'shipping', { connect: true, active: false })
    await clock.advance(60_000)
    assert.deepEqual(connects, [])
    panel.setActive(true)
    await settle()
    assert.equal(connects.length, 1)
    watches.dispose()
    await settle()
    assert.equal(clock.sleepers, 0)
  })

  const codes: [string, boolean][] = [
    ['refused', false],
    ['no-answer', false],
    ['timeout', false],
    ['COORDINATOR_LOAD_IN_PROGRESS', false],
    ['wrong-password', true],
    ['password-needed', true],
    ['cancelled', true],
    ['tls-not-trusted', true],
    ['no-such-cluster', true],
  ]
  for (const [code, expected] of codes)
    it(`${code} ${expected ? 'needs' : 'does not need'} the user`, () => {
      assert.equal(needsUser({ code, message: '' }), expected)
    })
})
