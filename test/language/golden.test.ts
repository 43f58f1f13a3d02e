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
})
