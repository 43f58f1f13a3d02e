import assert from 'node:assert/strict'
import type { Problem } from '../../src/base/problem.ts'
import type { Group } from '../../src/kafka/model.ts'
import { GroupTrack } from '../../src/lag/track.ts'
import type {
  GroupReading,
  Movement,
  PartitionReading,
  PartitionSample,
} from '../../src/lag/reading.ts'
import { movementOf } from '../../src/lag/verdict.ts'
import { verdictWords } from '../../src/lag/words.ts'
import { classicGroup, DELETED, LEADERLESS, member } from './fakes.ts'

const OWNED = classicGroup('shipping', [member('s-1', 'orders', [0])])
const EMPTY = classicGroup('shipping', [])
const REBALANCING: Group = {
  ...OWNED,
  state: 'PreparingRebalance',
  members: [{ ...OWNED.members[0]!, assignment: [] }],
}
const MANUAL: Group = { ...EMPTY, protocolType: '' }

/** What a look saw of the one partition orders-0. */
interface Seen {
  readonly commit?: number
  readonly end?: number
  readonly start?: number
  readonly endProblem?: Problem
  readonly commitProblem?: Problem
  readonly group?: Group
}

const sampleOf = ({
  commit,
  end,
  start = 0,
  endProblem,
  commitProblem,
}: Seen): PartitionSample => ({
  topic: 'orders',
  partition: 0,
  logStartOffset: BigInt(start),
  ...(commit === undefined ? {} : { committedOffset: BigInt(commit) }),
  ...(end === undefined ? {} : { logEndOffset: BigInt(end) }),
  ...(endProblem ? { endProblem } : {}),
  ...(commitProblem ? { commitProblem } : {}),
})

const INTERVAL = 2000

/** One look each 2 s; `seen` tells what the look at second `t` saw. */
function watch(seconds: number, seen: (t: number) => Seen, group = OWNED): GroupReading {
  const track = new GroupTrack()
  let reading: GroupReading | undefined
  for (let t = 0; t <= seconds; t += 2) {
    const what = seen(t)
    reading = track.add({
      at: t * 1000,
      interval: INTERVAL,
      group: what.group ?? group,
      partitions: [sampleOf(what)],
    })
  }
  return reading!
}

const only = (reading: GroupReading): PartitionReading => reading.partitions[0]!

/** The word and its reason, as the table shows them. */
function verdictOf(reading: GroupReading): string {
  const { word, why } = verdictWords(only(reading).verdict, reading.at)
  return (why ? `${word} · ${why}` : word).replaceAll('\u00a0', ' ')
}

describe('the verdict on a partition', () => {
  const cases: [name: string, seconds: number, seen: (t: number) => Seen, expected: string][] = [
    ['reads all that comes', 60, t => ({ commit: t * 100, end: t * 100 }), 'Keeping up'],
    [
      'is some seconds behind, commits each 6 s',
      60,
      t => ({ commit: Math.floor(t / 6) * 600, end: t * 100 + 50 }),
      'Keeping up',
    ],
    [
      'has just been opened',
      6,
      t => ({ commit: t * 100, end: 5000 + t * 100 }),
      'Measuring · too few looks yet to say how it moves',
    ],
    [
      'reads slower than what arrives',
      60,
      t => ({ commit: t * 4, end: 1000 + t * 6 }),
      'Not catching up · reads 4/s, 6/s arrive',
    ],
    [
      'holds its distance',
      60,
      t => ({ commit: t * 6, end: 1000 + t * 6 }),
      'Not catching up · reads 6/s, no more than arrives',
    ],
    [
      'reads faster than what arrives',
      60,
      t => ({ commit: t * 60, end: 100_000 + t * 6 }),
      'Catching up',
    ],
    ['reads what was left', 30, t => ({ commit: t * 60, end: 100_000 }), 'Catching up'],
    [
      'commits nothing since 222 s',
      242,
      t => ({ commit: Math.min(t, 20) * 100, end: 10 + t * 100 }),
      'Stalled · owner alive, offset not moving for 3 min 42 s',
    ],
    [
      'was never seen to commit',
      40,
      t => ({ commit: 100, end: 200 + t }),
      'Stalled · owner alive, offset not moving for at least 40 s',
    ],
    [
      'was at the end until something came 10 s ago',
      100,
      t => ({ commit: 500, end: t < 90 ? 500 : 501 }),
      'Keeping up',
    ],
    [
      'was at the end until something came 40 s ago',
      100,
      t => ({ commit: 500, end: t < 60 ? 500 : 501 }),
      'Stalled · owner alive, offset not moving for 42 s',
    ],
    [
      'is slow but steady: a commit each 40 s',
      240,
      t => ({ commit: Math.floor(t / 40), end: 100 + t }),
      'Not catching up · reads <1/s, 1/s arrive',
    ],
    [
      'commits each 20 s, the last time 30 s ago, which is its pace',
      130,
      t => ({ commit: Math.floor(Math.min(t, 100) / 20) * 10, end: 2000 + t }),
      'Not catching up · reads <1/s, 1/s arrive',
    ],
    [
      'commits each 2 s, the last time 30 s ago, which is not its pace',
      130,
      t => ({ commit: Math.min(t, 100), end: 2000 + t }),
      'Stalled · owner alive, offset not moving for 30 s',
    ],
    [
      'lost its owner 20 s ago',
      60,
      t => ({ commit: Math.min(t, 40) * 100, end: 10 + t * 100, group: t > 40 ? EMPTY : OWNED }),
      'Stopped · nobody is consuming for 20 s',
    ],
    [
      'never had an owner',
      4,
      () => ({ commit: 1, end: 5, group: EMPTY }),
      'Stopped · nobody is consuming',
    ],
    [
      'has no owner and nothing unread',
      4,
      () => ({ commit: 5, end: 5, group: EMPTY }),
      'Nothing unread · nobody is consuming',
    ],
    [
      'is being rebalanced, which is not having no owner',
      60,
      t => ({ commit: t * 100, end: t * 100 + 5, group: t > 50 ? REBALANCING : OWNED }),
      'Keeping up',
    ],
    [
      'is read by hand, which no broker tells',
      60,
      () => ({ commit: 1, end: 500, group: MANUAL }),
      'Stalled · offset not moving for at least 1 min',
    ],
    [
      'has no commit',
      4,
      () => ({ end: 300, start: 100 }),
      'No commit · auto.offset.reset will decide',
    ],
    ['has no commit and no owner', 4, () => ({ end: 300, group: EMPTY }), 'No commit · unassigned'],
    [
      'lost records to retention',
      4,
      () => ({ commit: 88_120, start: 89_324, end: 141_442 }),
      '1,204 records lost · commit is below log start 89,324',
    ],
    [
      'lost one record',
      4,
      () => ({ commit: 4, start: 5, end: 9 }),
      '1 record lost · commit is below log start 5',
    ],
    ['is ahead for one look', 0, () => ({ commit: 12, end: 10 }), 'Keeping up'],
    [
      'is ahead for more than one',
      4,
      () => ({ commit: 12, end: 10 }),
      'Ahead of log · commit is 2 past the end: truncated or re-created',
    ],
    [
      'has no topic any more',
      4,
      t => (t < 4 ? { commit: 1, end: 5 } : { commit: 1, endProblem: DELETED }),
      'Topic deleted · not in the total',
    ],
    [
      'may not be described',
      4,
      () => ({
        commit: 1,
        endProblem: {
          code: 'TOPIC_AUTHORIZATION_FAILED',
          message: 'Topic orders: you may not see it.',
        },
      }),
      'Unknown · Topic orders: you may not see it',
    ],
  ]
  for (const [name, seconds, seen, expected] of cases)
    it(`that ${name}: ${expected}`, () => assert.equal(verdictOf(watch(seconds, seen)), expected))

  it('that went back says so until it is again where it was', () => {
    const commit = (t: number) => (t < 60 ? t * 100 : (t - 60) * 400)
    const during = watch(74, t => ({ commit: commit(t), end: t * 100 + 10 }))
    assert.match(verdictOf(during), /^Rewound · went back 5,800 at \d\d:\d\d:\d\d · catching up$/)
    const after = watch(80, t => ({ commit: commit(t), end: t * 100 + 10 }))
    assert.equal(verdictOf(after), 'Keeping up')
  })

  it('whose commit is gone says what it was', () => {
    const gone = watch(6, t => (t < 6 ? { commit: 1234, end: 2000 } : { end: 2000, start: 500 }))
    assert.match(
      verdictOf(gone),
      /^No commit · 1,234 was gone at \d\d:\d\d:\d\d · auto\.offset\.reset/,
    )
    assert.equal(only(gone).lag, 1500n)
  })

  it('without a leader keeps its last lag and says of when it is', () => {
    const reading = watch(10, t =>
      t < 6 ? { commit: 10, end: 40 } : { commit: 20, endProblem: LEADERLESS },
    )
    assert.deepEqual(only(reading).verdict, { kind: 'no-leader', since: 4000, problem: LEADERLESS })
    assert.equal(only(reading).lag, 20n)
    assert.equal(reading.totalIsPartial, false)
  })

  it('whose commit cannot be read is not one without a commit', () => {
    const commitProblem = { code: 'UNSTABLE_OFFSET_COMMIT', message: 'A transaction is open.' }
    const reading = watch(4, t => (t < 4 ? { commit: 10, end: 40 } : { commitProblem, end: 50 }))
    assert.equal(verdictOf(reading), 'Unknown · A transaction is open')
    assert.equal(only(reading).lag, 40n)
  })
})

describe('how a partition moves', () => {
  const cases: [
    lag: number,
    produce: number,
    consume: number,
    before: Movement,
    after: Movement,
  ][] = [
    [800, 100, 100, 'behind', 'fine'],
    [801, 100, 100, 'behind', 'behind'],
    [801, 100, 100, 'fine', 'fine'],
    [1601, 100, 100, 'fine', 'behind'],
    [800, 100, 0, 'fine', 'behind'],
    [5000, 100, 105, 'behind', 'behind'],
    [5000, 100, 106, 'behind', 'closing'],
    [5000, 100, 101, 'closing', 'closing'],
    [5000, 100, 100, 'closing', 'behind'],
    [5000, 0, 1, 'measuring', 'closing'],
  ]
  for (const [lag, produce, consume, before, after] of cases)
    it(`lag ${lag}, ${produce}/s in, ${consume}/s out, ${before} before: ${after}`, () => {
      assert.equal(movementOf(BigInt(lag), produce, consume, before), after)
    })
})

describe('the lag of a partition', () => {
  const cases: [string, Seen, bigint | undefined, boolean][] = [
    ['end minus commit', { commit: 3990214, end: 4008616 }, 18402n, false],
    [
      'what can still be read where records were lost',
      { commit: 88120, start: 89324, end: 141442 },
      52118n,
      false,
    ],
    ['at most all there is without a commit', { start: 200_000, end: 203_310 }, 3310n, true],
    ['nothing where the commit is ahead', { commit: 12, end: 10 }, 0n, false],
    ['not known without an end', { commit: 12, endProblem: LEADERLESS }, undefined, false],
  ]
  for (const [name, seen, lag, bound] of cases)
    it(`is ${name}`, () => {
      const { lag: said, lagIsBound } = only(watch(0, () => seen))
      assert.deepEqual([said, lagIsBound], [lag, bound])
    })
})

describe('rates', () => {
  it('come after two intervals, are in records per second, and begin at their mean', () => {
    const seen = (t: number) => ({ commit: t * 50, end: 100 + t * 80 })
    assert.equal(only(watch(2, seen)).produceRate, undefined)
    const { produceRate, consumeRate } = only(watch(4, seen))
    assert.deepEqual([produceRate, consumeRate], [80, 50])
  })

  it('follow a change within seconds', () => {
    const { consumeRate = 99 } = only(
      watch(120, t => ({ commit: Math.min(t, 60) * 50, end: 9999 })),
    )
    assert.equal(consumeRate < 1, true)
  })

  const breaks: [string, (t: number) => Seen][] = [
    ['the commit goes back', t => ({ commit: t < 20 ? t * 50 : 3, end: 5000 })],
    ['the end goes back', t => ({ commit: 1, end: t < 20 ? 5000 + t : 3000 })],
    [
      'the log start passes the commit',
      t => ({ commit: 10 + t, end: 5000, start: t < 20 ? 0 : 900 }),
    ],
    [
      'another member takes over',
      t => ({
        commit: t * 5,
        end: 5000,
        group: t < 20 ? OWNED : classicGroup('shipping', [member('s-2', 'orders', [0])]),
      }),
    ],
  ]
  for (const [what, seen] of breaks)
    it(`begin anew when ${what}`, () => {
      assert.notEqual(only(watch(18, seen)).produceRate, undefined)
      assert.equal(only(watch(20, seen)).produceRate, undefined)
    })

  it('tell nothing over a silence of more than three looks', () => {
    const track = new GroupTrack()
    const add = (at: number, end: number) =>
      track.add({
        at,
        interval: INTERVAL,
        group: OWNED,
        partitions: [sampleOf({ commit: 0, end })],
      })
    for (const at of [0, 2000, 4000]) add(at, at)
    const after = add(60_000, 900_000)
    assert.deepEqual([after.produceRate, only(after).produceRate], [undefined, undefined])
  })
})

describe('the group', () => {
  const two = (lags: readonly [number, number], group = OWNED) =>
    new GroupTrack().add({
      at: 0,
      interval: INTERVAL,
      group,
      partitions: lags.map((lag, partition) => ({
        ...sampleOf({ commit: 100, end: 100 + lag }),
        partition,
      })),
    })

  it('has a total and a maximum', () => {
    const { totalLag, maximum } = two([5, 7])
    assert.deepEqual([totalLag, maximum], [12n, { topic: 'orders', partition: 1, lag: 7n }])
  })

  it('counts members, where they may be seen', () => {
    assert.equal(two([0, 0]).members, 1)
    const problem = { code: 'GROUP_AUTHORIZATION_FAILED', message: 'You may not see it.' }
    const hidden = two([3, 0], { ...EMPTY, state: 'Unknown', problem })
    assert.deepEqual(
      [hidden.members, hidden.state, hidden.problem],
      [undefined, undefined, problem],
    )
    assert.equal(only(hidden).ownership, 'unknown')
  })

  it('has a direction that does not flicker', () => {
    const directions = (seconds: number, consume: (t: number) => number) => {
      const track = new GroupTrack()
      const seen: (string | undefined)[] = []
      let commit = 0
      for (let t = 0; t <= seconds; t += 2) {
        commit += consume(t)
        const partitions = [sampleOf({ commit, end: 10_000 + t * 100 })]
        seen.push(
          track.add({ at: t * 1000, interval: INTERVAL, group: OWNED, partitions }).trend
            ?.direction,
        )
      }
      return [...new Set(seen.slice(5))]
    }
    assert.deepEqual(
      directions(120, () => 100),
      ['rising'],
    )
    assert.deepEqual(
      directions(120, () => 400),
      ['falling'],
    )
    assert.deepEqual(
      directions(120, t => (t % 4 === 0 ? 198 : 202)),
      ['flat'],
    )
    assert.deepEqual(
      directions(120, t => (t < 60 ? 100 : 500)),
      ['rising', 'falling'],
    )
  })
})
