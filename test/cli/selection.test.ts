import assert from 'node:assert/strict'
import { leftOut } from '../../src/cli/selection.ts'
import { parse } from '../../src/language/parse.ts'

const FILE = `-- @tag all
EXPECT a
-- @tag slow, db
topic: t
###
EXPECT b
-- @skip broken since June
topic: t
###
EXPECT c
-- @only
topic: t
###
PRODUCER d
topic: t
x
###
-- @tag late
EXPECT e
-- @skip
topic: t
###
CONSUMER
topic: t
###
CONSUMER f
topic: t
limit: 1
###
DEFAULTS
to: now
###
CONSUMER
topic: t
`

interface Case {
  readonly wanted?: readonly string[]
  readonly unwanted?: readonly string[]
  readonly only?: boolean
  /** Labels or groups of what runs, lines where there is none. */
  readonly runs: string
}

const CASES: Readonly<Record<string, Case>> = {
  'without a choice': { runs: 'a c d f 33' },
  'by a tag of a block': { wanted: ['db'], runs: 'a' },
  'by a tag of the file': { wanted: ['all'], runs: 'a c d f 33' },
  'by a tag that counts from its line on': { wanted: ['late'], runs: 'f 33' },
  'by one of several tags': { wanted: ['slow', 'late'], runs: 'a f 33' },
  'without a tag': { unwanted: ['slow'], runs: 'c d f 33' },
  'by a tag and without another': { wanted: ['all'], unwanted: ['late'], runs: 'a c d' },
  'with --only': { only: true, runs: 'c' },
}

describe('Blocks that run without a person', () => {
  const { file } = parse(FILE)
  for (const [name, { wanted = [], unwanted = [], only = false, runs }] of Object.entries(CASES)) {
    it(name, () => {
      const why = leftOut(file, { tags: { wanted, unwanted }, only })
      const running = file.blocks.filter(block => block.kind !== 'DEFAULTS' && !why(block))
      const names = running.map(
        ({ label, group, startLine }) => (label ?? group)?.text ?? startLine + 1,
      )
      assert.equal(names.join(' '), runs)
    })
  }

  it('say why not', () => {
    const all = leftOut(file, { tags: { wanted: [], unwanted: [] }, only: false })
    const tagged = leftOut(file, { tags: { wanted: ['x', 'y'], unwanted: ['slow'] }, only: false })
    const only = leftOut(file, { tags: { wanted: [], unwanted: [] }, only: true })
    const [a, b, c, , e, endless] = file.blocks
    assert.deepEqual(
      [all(b!), all(e!), all(endless!), tagged(a!), tagged(c!), only(a!)],
      [
        'broken since June',
        'It has "-- @skip".',
        'It has no end: give it "to", "limit" or "idle-timeout".',
        'It has the tag "slow".',
        'It has none of the tags x, y.',
        'It has no "-- @only".',
      ],
    )
  })
})
