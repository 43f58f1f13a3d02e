import assert from 'node:assert/strict'
import { LagPoller, type LagState } from '../../src/lag/watch.ts'
import {
  classicGroup,
  DELETED,
  FakeCluster,
  LEADERLESS,
  ManualClock,
  member,
  REFUSED,
  settle,
} from './fakes.ts'

/** `shipping` reads orders-0 and orders-1, `billing` reads orders-1 too, and both have a commit. */
function bench() {
  const cluster = new FakeCluster()
  const clock = new ManualClock()
  cluster.topics.set('orders', 2)
  cluster.groups.set('shipping', classicGroup('shipping', [member('s-1', 'orders', [0, 1])]))
  cluster.groups.set('billing', classicGroup('billing', [member('b-1', 'orders', [0, 1])]))
  for (const name of ['orders-0', 'orders-1']) {
    cluster.starts.set(name, 0n)
    cluster.ends.set(name, 100n)
  }
  cluster.commits.set(
    'shipping',
    new Map([
      ['orders-0', 90n],
      ['orders-1', 100n],
    ]),
  )
  cluster.commits.set('billing', new Map([['orders-1', 70n]]))
  const poller = new LagPoller(() => Promise.resolve(cluster.port), clock)
  return { cluster, clock, poller }
}

const lags = ({ reading }: LagState) =>
  reading?.partitions.map(p => `${p.topic}-${p.partition}: ${p.lag} ${p.verdict.kind}`)

const readingOf = ({ reading }: LagState) => reading

describe('watching lag', () => {
  it('asks at first for members, commits, topics, then ends and starts; then for commits and ends', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await settle()
    assert.deepEqual(cluster.take(), [
      'describe shipping',
      'commits shipping',
      'topics orders',
      'latest orders-0,orders-1',
      'earliest orders-0,orders-1',
    ])
    await clock.advance(2000)
    assert.deepEqual(cluster.take(), ['commits shipping', 'latest orders-0,orders-1'])
    watch.dispose()
  })

  it('costs one OffsetFetch and one ListOffsets a tick, members each 3rd, log starts each 10th', async () => {
    const { cluster, clock, poller } = bench()
    poller.watch('shipping')
    poller.watch('billing')
    await clock.advance(0)
    cluster.take()
    await clock.advance(30 * 2000)
    const kinds = cluster.take().map(call => call.split(' ')[0])
    const times = (kind: string) => kinds.filter(each => each === kind).length
    assert.deepEqual(
      {
        commits: times('commits'),
        latest: times('latest'),
        describe: times('describe'),
        earliest: times('earliest'),
        topics: times('topics'),
        all: kinds.length,
      },
      { commits: 30, latest: 30, describe: 10, earliest: 3, topics: 1, all: 74 },
    )
    poller.dispose()
  })

  it('asks one partition of two groups once', async () => {
    const { cluster, clock, poller } = bench()
    poller.watch('shipping')
    poller.watch('billing')
    await clock.advance(0)
    cluster.take()
    await clock.advance(2000)
    assert.deepEqual(cluster.take(), ['commits shipping,billing', 'latest orders-0,orders-1'])
    poller.dispose()
  })

  const commitChanges: [string, (commits: Map<string, bigint>) => void, string | undefined][] = [
    ['is gone', commits => commits.delete('orders-0'), 'earliest orders-0'],
    ['went back', commits => commits.set('orders-0', 3n), 'earliest orders-0'],
    ['moved on', commits => commits.set('orders-0', 95n), undefined],
  ]
  for (const [what, change, expected] of commitChanges) {
    it(`asks the log start of a partition whose commit ${what}: ${expected ?? 'not'}`, async () => {
      const { cluster, clock, poller } = bench()
      poller.watch('shipping')
      await clock.advance(0)
      cluster.take()
      change(cluster.commits.get('shipping')!)
      await clock.advance(2000)
      assert.equal(
        cluster.take().find(call => call.startsWith('earliest')),
        expected,
      )
      poller.dispose()
    })
  }

  it('reads lag, with a bound for a partition that has no commit', async () => {
    const { clock, poller } = bench()
    const shipping = poller.watch('shipping')
    const billing = poller.watch('billing')
    await clock.advance(0)
    assert.deepEqual(lags(shipping.state), ['orders-0: 10 measuring', 'orders-1: 0 fine'])
    assert.deepEqual(lags(billing.state), ['orders-0: 100 no-commit', 'orders-1: 30 measuring'])
    assert.equal(readingOf(shipping.state)?.totalLag, 10n)
    assert.deepEqual(readingOf(shipping.state)?.maximum, {
      topic: 'orders',
      partition: 0,
      lag: 10n,
    })
    poller.dispose()
  })

  it('asks nothing while nobody looks, and leaves no timer', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(4000)
    watch.setActive(false)
    cluster.take()
    await clock.advance(600_000)
    assert.deepEqual([cluster.take(), clock.sleepers], [[], 0])
    watch.setActive(true)
    await settle()
    assert.equal(cluster.take().at(-1)?.startsWith('latest'), true)
    watch.dispose()
    await clock.advance(600_000)
    assert.deepEqual([cluster.take(), clock.sleepers], [[], 0])
  })

  it('looks once when asked although paused', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping', { active: false })
    const heard: LagState[] = []
    watch.onDidUpdate(state => heard.push(state))
    await clock.advance(10_000)
    assert.deepEqual(cluster.take(), [])
    watch.lookNow()
    await clock.advance(10_000)
    assert.equal(heard.length, 1)
    assert.equal(watch.history.length, 1)
    poller.dispose()
  })

  it('keeps the pace of the one who looks most often', async () => {
    const { cluster, clock, poller } = bench()
    const slow = poller.watch('shipping', { interval: 30_000 })
    await clock.advance(0)
    cluster.take()
    await clock.advance(20_000)
    assert.deepEqual(cluster.take(), [])
    const fast = poller.watch('shipping', { interval: 2000 })
    await clock.advance(10_000)
    const commits = () => cluster.take().filter(call => call.startsWith('commits')).length
    assert.equal(commits(), 6)
    fast.setInterval(5000)
    await clock.advance(20_000)
    assert.equal(commits(), 4)
    fast.dispose()
    slow.dispose()
  })

  it('keeps the reading when the broker is gone, tries ever more rarely, and goes on when it is back', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(0)
    const before = watch.state.reading
    cluster.down = REFUSED
    cluster.take()
    const pauses: number[] = []
    watch.onDidUpdate(({ nextTryAt }) => nextTryAt && pauses.push(nextTryAt - clock.now()))
    await clock.advance(2000)
    assert.equal(watch.state.reading, before)
    assert.equal(watch.state.problem, REFUSED)
    await clock.advance(100_000)
    assert.deepEqual(pauses.slice(0, 6), [4000, 8000, 16_000, 30_000, 30_000, 30_000])
    cluster.down = undefined
    watch.lookNow()
    await settle()
    assert.equal(watch.state.problem, undefined)
    assert.equal(watch.state.nextTryAt, undefined)
    assert.notEqual(watch.state.reading, before)
    poller.dispose()
  })

  it('gives up on an answer that never comes', async () => {
    const { cluster, clock, poller } = bench()
    cluster.hang = true
    const watch = poller.watch('shipping')
    await clock.advance(14_000)
    assert.equal(watch.state.status, 'asking')
    assert.equal(watch.state.askingSince, 1_000_000)
    await clock.advance(1000)
    assert.equal(watch.state.problem?.code, 'timeout')
    poller.dispose()
    await settle()
    assert.equal(clock.sleepers, 0)
  })

  it('tells a cluster that cannot be opened as a problem', async () => {
    const clock = new ManualClock()
    const poller = new LagPoller(() => Promise.reject(new Error('no connection')), clock)
    const watch = poller.watch('shipping')
    await settle()
    assert.equal(watch.state.problem?.message, 'no connection')
    poller.dispose()
  })

  it('goes on when one partition has no leader: its last lag stays, the others move', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(0)
    cluster.endProblems.set('orders-0', LEADERLESS)
    cluster.ends.set('orders-1', 104n)
    await clock.advance(2000)
    assert.deepEqual(lags(watch.state), ['orders-0: 10 no-leader', 'orders-1: 4 fine'])
    assert.deepEqual(readingOf(watch.state)?.partitions[0]?.verdict, {
      kind: 'no-leader',
      problem: LEADERLESS,
      since: 1_000_000,
    })
    cluster.endProblems.clear()
    await clock.advance(2000)
    assert.notEqual(readingOf(watch.state)?.partitions[0]?.verdict.kind, 'no-leader')
    poller.dispose()
  })

  it('says that all is old when no end can be had at all', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(0)
    for (const name of cluster.ends.keys()) cluster.endProblems.set(name, REFUSED)
    await clock.advance(2000)
    assert.equal(watch.state.problem, REFUSED)
    assert.equal(readingOf(watch.state)?.at, 1_000_000)
    poller.dispose()
  })

  it('leaves a deleted topic out of the total', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(0)
    cluster.endProblems.set('orders-0', DELETED)
    await clock.advance(2000)
    assert.deepEqual(lags(watch.state), ['orders-0: undefined topic-deleted', 'orders-1: 0 fine'])
    assert.equal(readingOf(watch.state)?.totalLag, 0n)
    assert.equal(readingOf(watch.state)?.totalIsPartial, false)
    poller.dispose()
  })

  it('tells a group without offsets from one that is not there', async () => {
    const { cluster, clock, poller } = bench()
    cluster.groups.set('new', classicGroup('new', []))
    const fresh = poller.watch('new')
    const nobody = poller.watch('nobody')
    const deleted = poller.watch('shipping')
    await clock.advance(0)
    assert.deepEqual([fresh.state.status, nobody.state.status], ['no-offsets', 'unknown-group'])
    cluster.groups.delete('shipping')
    cluster.commits.delete('shipping')
    await clock.advance(6000)
    assert.equal(deleted.state.status, 'unknown-group')
    cluster.commits.set('nobody', new Map([['orders-0', 1n]]))
    cluster.groups.set('nobody', classicGroup('nobody', []))
    await clock.advance(6000)
    assert.equal(nobody.state.status, 'measured')
    poller.dispose()
  })

  it('asks the log start of a partition that is new', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('billing')
    await clock.advance(0)
    cluster.take()
    cluster.starts.set('late-0', 5n)
    cluster.ends.set('late-0', 9n)
    cluster.commits.get('billing')!.set('late-0', 7n)
    await clock.advance(2000)
    assert.equal(cluster.take().includes('earliest late-0'), true)
    assert.equal(readingOf(watch.state)?.partitions[0]?.logStartOffset, 5n)
    poller.dispose()
  })

  it('keeps what it knows of the members when describing them fails for a moment', async () => {
    const { cluster, clock, poller } = bench()
    const watch = poller.watch('shipping')
    await clock.advance(0)
    const problem = { code: 'COORDINATOR_LOAD_IN_PROGRESS', message: 'Still loading.' }
    cluster.groups.set('shipping', { ...classicGroup('shipping', [], 'Unknown'), problem })
    await clock.advance(6000)
    assert.equal(readingOf(watch.state)?.members, 1)
    assert.equal(readingOf(watch.state)?.partitions[0]?.ownership, 'owned')
    poller.dispose()
  })

  it('takes the lag of a share group from the broker, and says where it does not tell', async () => {
    const { cluster, clock, poller } = bench()
    cluster.groups.set('thumbs', {
      ...classicGroup('thumbs', [member('t-1', 'orders', [0, 1])]),
      type: 'share',
    })
    cluster.shareLags.set('orders-0', 7n).set('orders-1', undefined)
    const watch = poller.watch('thumbs')
    await clock.advance(0)
    assert.deepEqual(lags(watch.state), [
      'orders-0: 7 measuring',
      'orders-1: undefined not-reported',
    ])
    poller.dispose()
  })
})
