import assert from 'node:assert/strict'
import { runProgress, type RunProgress } from '../../src/cli/runProgress.ts'
import { parse } from '../../src/language/parse.ts'
import type { BlockProgress } from '../../src/run/events.ts'

const TEXT = `EXPECT priced
topic: prices
within: 15s
count: 2
###
EXPECT GROUP billing
topic: orders
###
EXPECT
topic: hunter2
none: true
###
CONSUMER
topic: orders
###
PRODUCER
topic: orders
v
`

interface World {
  readonly progress: RunProgress
  /** What was written since it was asked for. */
  readonly told: () => string
  readonly start: (block: number) => void
  readonly tell: (block: number, progress: BlockProgress) => void
  readonly end: (block: number) => void
  readonly pass: (milliseconds: number) => void
}

function world(width?: number): World {
  const { file } = parse(TEXT)
  let [now, written] = [1_000, '']
  const progress = runProgress({
    write: text => void (written += text),
    now: () => now,
    ...(width !== undefined && { width }),
  })
  const of = {
    name: 'a.kafka',
    file,
    redact: (text: string) => text.replaceAll('hunter2', '***'),
  }
  return {
    progress,
    told() {
      const text = written
      written = ''
      return text
    },
    start: block => progress.take({ kind: 'block-started', block, startedAt: now }, of),
    tell: (block, told) => progress.take({ kind: 'block-progress', block, progress: told }, of),
    end: block =>
      progress.take(
        {
          kind: 'block-ended',
          block,
          result: {
            block,
            status: 'passed',
            startedAt: now,
            milliseconds: 1,
            details: { kind: 'none' },
            captures: [],
          },
        },
        of,
      ),
    pass(milliseconds) {
      for (const end = now + milliseconds; now < end;) {
        now += 250
        progress.tick()
      }
    },
  }
}

describe('What a run waits for', () => {
  it('is told in lines that become rare', () => {
    const { start, tell, pass, told } = world()
    start(0)
    pass(1_750)
    assert.equal(told(), '')
    tell(0, { kind: 'reading', read: 34, matched: 1 })
    pass(250)
    const text = (time: string) =>
      `a.kafka:1  EXPECT priced waits for 2 records from prices within 15s · 34 records read, 1 matched · ${time}\n`
    assert.equal(told(), text('2.0 s'))
    pass(8_000)
    assert.equal(told(), text('4.0 s') + text('8.0 s'))
  })

  it('is not told once it is over', () => {
    const { start, end, pass, told } = world()
    start(0)
    end(0)
    pass(9_000)
    assert.equal(told(), '')
  })

  const CASES: readonly (readonly [number, BlockProgress, string])[] = [
    [
      1,
      { kind: 'looking', text: 'lag 12, Stable' },
      '6  EXPECT GROUP billing waits on orders within 10s · lag 12, Stable',
    ],
    [
      2,
      { kind: 'reading', read: 1, matched: 0 },
      '9  EXPECT waits whether a record comes to *** within 10s · 1 record read, 0 matched',
    ],
    [
      3,
      { kind: 'reading', read: 1_200, matched: 0 },
      '13  CONSUMER reads orders · 1,200 records read, 0 matched',
    ],
    [4, { kind: 'waiting', until: 7_000 }, '16  PRODUCER sends to orders · next in 4.0 s'],
  ]
  for (const [block, progress, text] of CASES) {
    it(text, () => {
      const { start, tell, pass, told } = world()
      start(block)
      tell(block, progress)
      pass(2_000)
      assert.equal(told(), `a.kafka:${text} · 2.0 s\n`)
    })
  }

  it('is one line on a terminal, no longer than the terminal is wide', () => {
    const { start, pass, told, progress } = world(40)
    start(0)
    pass(250)
    assert.equal(told(), '\r\u001b[Ka.kafka:1  EXPECT priced waits for 2 r…')
    progress.clear()
    progress.clear()
    assert.equal(told(), '\r\u001b[K')
  })

  it('tells on a terminal of the one that began last, and of how many others', () => {
    const { start, pass, told } = world(200)
    for (const block of [3, 4]) start(block)
    pass(250)
    assert.equal(told(), '\r\u001b[Ka.kafka:16  PRODUCER sends to orders · 250 ms · and 1 more')
  })
})
