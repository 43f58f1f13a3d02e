import assert from 'node:assert/strict'
import {
  burrowGroupStatus,
  burrowStatus,
  isLagNotDecreasing,
  isRewound,
  isStalled,
  isStopped,
  wasCaughtUp,
  type BurrowCommit,
  type BurrowStatus,
} from '../../src/lag/burrow.ts'

/** `[offset, timestamp in seconds, lag]`; a lag of undefined is not known. */
type Row = readonly [offset: number, seconds: number, lag: number | undefined]

const commitsOf = (rows: readonly Row[]): BurrowCommit[] =>
  rows.map(([offset, seconds, lag]) => ({
    offset: BigInt(offset),
    timestamp: seconds * 1000,
    ...(lag === undefined ? {} : { lag: BigInt(lag) }),
  }))

const bigints = (numbers: readonly number[]) => numbers.map(BigInt)

/** Ten commits, 10 s apart, that advance by 100 and keep a lag of `lag(i)`. */
const steady = (lag: (i: number) => number | undefined): Row[] =>
  Array.from({ length: 10 }, (_, i) => [1000 + i * 100, 100 + i * 10, lag(i)])

interface Case {
  readonly name: string
  readonly commits: readonly Row[]
  readonly ends?: readonly number[]
  readonly lag: number
  readonly now: number
  /** What each rule says by itself, then the answer. */
  readonly stopped: boolean
  readonly rewound: boolean
  readonly caughtUp: boolean
  readonly stalled: boolean
  readonly notDecreasing: boolean
  readonly expected: BurrowStatus
}

const cases: readonly Case[] = [
  {
    name: 'no lag now: nothing else is asked',
    commits: steady(i => 100 + i),
    lag: 0,
    now: 1000,
    stopped: true,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'OK',
  },
  {
    name: 'a lag that falls sometimes',
    commits: steady(i => 100 - i),
    lag: 90,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: false,
    expected: 'OK',
  },
  {
    name: 'a lag that never falls, though it does not grow',
    commits: steady(() => 100),
    lag: 100,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'WARN',
  },
  {
    name: 'caught up once within the window',
    commits: steady(i => (i === 3 ? 0 : 100 + i)),
    lag: 100,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: true,
    stalled: false,
    notDecreasing: false,
    expected: 'OK',
  },
  {
    name: 'silent for longer than its window, although it was caught up before (#290)',
    commits: steady(() => 0),
    ends: [2000, 2100],
    lag: 200,
    now: 281,
    stopped: true,
    rewound: false,
    caughtUp: true,
    stalled: false,
    notDecreasing: true,
    expected: 'STOP',
  },
  {
    name: 'silent for exactly as long as its window',
    commits: steady(i => 100 + i),
    ends: [2000],
    lag: 100,
    now: 280,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'WARN',
  },
  {
    name: 'silent on a quiet topic: it was at the end within the ring (#303)',
    commits: steady(() => 0),
    ends: [1900, 1901],
    lag: 1,
    now: 900,
    stopped: false,
    rewound: false,
    caughtUp: true,
    stalled: false,
    notDecreasing: true,
    expected: 'OK',
  },
  {
    name: 'commits the same offset again and again',
    commits: steady(() => 100).map(([, seconds], i) => [1000, seconds, 100 + i]),
    lag: 110,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: true,
    notDecreasing: true,
    expected: 'STALL',
  },
  {
    name: 'thrown back to earliest, with zeros still in the window (#716)',
    commits: [
      [1000, 100, 0],
      [1100, 110, 0],
      [0, 120, 1100],
      [10, 130, 1190],
    ],
    lag: 1190,
    now: 131,
    stopped: false,
    rewound: true,
    caughtUp: true,
    stalled: false,
    notDecreasing: true,
    expected: 'REWIND',
  },
  {
    name: 'went back and reached the same offset again: forgiven',
    commits: [
      [1000, 100, 10],
      [900, 110, 120],
      [1000, 120, 30],
    ],
    lag: 30,
    now: 121,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: false,
    expected: 'OK',
  },
  {
    name: 'a second rewind after a forgiven one is missed',
    commits: [
      [1000, 100, 10],
      [900, 110, 120],
      [1000, 120, 130],
      [100, 130, 1040],
    ],
    lag: 1040,
    now: 131,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'WARN',
  },
  {
    name: 'one commit, of this very second',
    commits: [[1000, 100, 10]],
    ends: [1010],
    lag: 10,
    now: 100,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: true,
    notDecreasing: true,
    expected: 'STALL',
  },
  {
    name: 'one commit, a second old',
    commits: [[1000, 100, 10]],
    ends: [1010],
    lag: 10,
    now: 101,
    stopped: true,
    rewound: false,
    caughtUp: false,
    stalled: true,
    notDecreasing: true,
    expected: 'STOP',
  },
  {
    name: 'no lag known at all, the offset moves',
    commits: steady(() => undefined),
    lag: 10,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'WARN',
  },
  {
    name: 'no lag known at all, the offset stands',
    commits: steady(() => undefined).map(([, seconds]) => [1000, seconds, undefined]),
    lag: 10,
    now: 195,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: true,
    notDecreasing: true,
    expected: 'STALL',
  },
  {
    name: 'commits from a clock that is ahead are never stopped',
    commits: [
      [1000, 5000, 10],
      [1100, 5001, 20],
    ],
    lag: 20,
    now: 100,
    stopped: false,
    rewound: false,
    caughtUp: false,
    stalled: false,
    notDecreasing: true,
    expected: 'WARN',
  },
]

describe("Burrow's rules", () => {
  for (const each of cases) {
    it(each.name, () => {
      const commits = commitsOf(each.commits)
      const logEndOffsets = bigints(each.ends ?? [9999])
      const said = {
        stopped: isStopped(commits, logEndOffsets, each.now),
        rewound: isRewound(commits),
        caughtUp: wasCaughtUp(commits, 0n),
        stalled: isStalled(commits),
        notDecreasing: isLagNotDecreasing(commits),
        expected: burrowStatus(
          { commits, slots: 10, logEndOffsets, currentLag: BigInt(each.lag) },
          { allowedLag: 0n, minimumComplete: 0 },
          each.now,
        ),
      }
      const { stopped, rewound, caughtUp, stalled, notDecreasing, expected } = each
      assert.deepEqual(said, { stopped, rewound, caughtUp, stalled, notDecreasing, expected })
    })
  }

  const completeness: [commits: number, minimum: number, expected: BurrowStatus][] = [
    [0, 0, 'OK'],
    [2, 0.3, 'OK'],
    [3, 0.3, 'STOP'],
    [9, 1, 'OK'],
    [10, 1, 'STOP'],
  ]
  for (const [filled, minimumComplete, expected] of completeness) {
    it(`with ${filled} of 10 slots and a minimum of ${minimumComplete}: ${expected}`, () => {
      const commits = commitsOf(steady(() => 5).slice(0, filled))
      const window = { commits, slots: 10, logEndOffsets: [9999n], currentLag: 5n }
      assert.equal(burrowStatus(window, { allowedLag: 0n, minimumComplete }, 10_000), expected)
    })
  }

  it('allows a lag, now and at commit time', () => {
    const window = (currentLag: bigint) => ({
      commits: commitsOf(steady(() => 5)),
      slots: 10,
      logEndOffsets: [9999n],
      currentLag,
    })
    const settings = { allowedLag: 5n, minimumComplete: 0 }
    assert.equal(burrowStatus(window(5n), settings, 10_000), 'OK')
    assert.equal(burrowStatus(window(6n), settings, 195), 'OK')
    assert.equal(burrowStatus(window(6n), settings, 10_000), 'STOP')
  })

  const groups: [BurrowStatus[], string][] = [
    [[], 'OK'],
    [['OK', 'OK'], 'OK'],
    [['OK', 'WARN'], 'WARN'],
    [['WARN', 'STALL'], 'ERR'],
    [['STOP'], 'ERR'],
    [['REWIND', 'OK'], 'ERR'],
  ]
  for (const [partitions, expected] of groups)
    it(`a group of [${partitions.join(', ')}] is ${expected}`, () => {
      assert.equal(burrowGroupStatus(partitions), expected)
    })
})
