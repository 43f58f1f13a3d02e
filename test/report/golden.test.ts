import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { jsonReport } from '../../src/report/json.ts'
import { junitReport } from '../../src/report/junit.ts'
import { exitCodeOf, type RunOutcome } from '../../src/report/outcome.ts'
import { tapReport } from '../../src/report/tap.ts'
import { GOLDEN, goldenRun, read, textOf } from './golden.ts'
import { junitProblems } from './junitSchema.ts'

/** Events of runs with all that is told of them. After a wanted change: look at it, then write it down. */
const names = readdirSync(GOLDEN)
  .filter(name => name.endsWith('.run.json'))
  .map(name => name.replace('.run.json', ''))

const WAYS: Readonly<Record<string, (run: RunOutcome) => string>> = {
  txt: run => textOf(run, { colours: false, detail: 'normal' }),
  'quiet.txt': run => textOf(run, { colours: false, detail: 'quiet' }),
  'verbose.txt': run => textOf(run, { colours: false, detail: 'verbose' }),
  xml: junitReport,
  tap: tapReport,
  'report.json': jsonReport,
}

describe('reports of runs', () => {
  for (const name of names) {
    for (const [extension, report] of Object.entries(WAYS)) {
      it(`${name}.${extension}`, () => {
        assert.equal(report(goldenRun(name)), read(`${name}.${extension}`))
      })
    }

    it(`${name}.xml is valid by the rules of Jenkins`, () => {
      assert.deepEqual(junitProblems(junitReport(goldenRun(name))), [])
    })
  }

  it('go together in one report', () => {
    const run = goldenRun(...names)
    assert.deepEqual(junitProblems(junitReport(run)), [])
    const document = JSON.parse(jsonReport(run)) as { readonly files: readonly unknown[] }
    assert.equal(document.files.length, names.length)
    assert.match(tapReport(run), new RegExp(`^TAP version 14\n1\\.\\.\\d+\n`))
  })

  it('end with the highest exit code', () => {
    const codes = names.map(name => [name, exitCodeOf(goldenRun(name))])
    assert.deepEqual(Object.fromEntries(codes), {
      invalid: 2,
      pricing: 4,
      refused: 3,
      stopped: 3,
      undefined: 4,
    })
    assert.equal(exitCodeOf(goldenRun('invalid', 'refused')), 3)
    assert.equal(exitCodeOf({ files: [] }), 0)
  })

  it('are coloured only where it is asked for, and say the same then', () => {
    const run = goldenRun(...names)
    const coloured = textOf(run, { colours: true, detail: 'verbose' })
    const plain = textOf(run, { colours: false, detail: 'verbose' })
    assert.notEqual(coloured, plain)
    assert.equal(coloured.replaceAll(/\u001b\[\d+m/g, ''), plain)
  })
})
