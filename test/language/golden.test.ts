import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { reportOf } from '../../src/language/report.ts'
import { newExpressionCheck } from '../../src/run/expressionCheck.ts'

/**
 * Whole files with everything that is read from them. After a wanted change:
 * `node src/cli/kafkafile.ts check --json FILE`, indented by one.
 */
const folder = new URL('golden/', import.meta.url)
const names = readdirSync(folder).filter(name => name.endsWith('.kafka'))

const knowledge: Knowledge = { checkExpression: newExpressionCheck() }

function read(name: string): string {
  return readFileSync(new URL(name, folder), 'utf8').replaceAll('\r\n', '\n')
}

describe('golden files', () => {
  for (const name of names) {
    it(name, () => {
      const expected: unknown = JSON.parse(read(name.replace(/kafka$/, 'json')))
      assert.deepEqual(JSON.parse(JSON.stringify(reportOf(name, read(name), knowledge))), expected)
    })
  }

  it('show each code at least once', () => {
    const codes = new Set(
      names.flatMap(name =>
        reportOf(name, read(name), knowledge).problems.map(problem => problem.code),
      ),
    )
    // K306 and K403 need a caller and a cluster, and stand in check.test.ts.
    const all =
      'K101 K102 K104 K105 K110 K111 K112 K113 K120 K121 K122 K123 K130 K131 K132 K133 ' +
      'K201 K202 K203 K204 K205 K206 K207 K208 K210 K301 K302 K303 K304 K305 K307 K310 K320 ' +
      'K330 K331'
    assert.deepEqual([...codes].sort(), all.split(' '))
  })
})
