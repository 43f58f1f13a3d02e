import assert from 'node:assert/strict'
import { compileGroupCondition, compileGroupSelection } from '../../src/expression/compile.ts'
import type { GroupVariables } from '../../src/expression/variables.ts'

function judge(text: string, group: GroupVariables): unknown {
  const compiled = compileGroupCondition(text)
  if ('problem' in compiled) return compiled.problem.message
  const result = compiled.evaluate(group)
  return typeof result === 'boolean' ? result : result.failure
}

describe('expressions about a group', () => {
  const table: readonly (readonly [string, GroupVariables, unknown])[] = [
    ['lag == 0', { lag: 0n }, true],
    ['lag == 0', { lag: 1n }, false],
    ['lag == 0', {}, '"lag" is not known.'],
    ['state == "Stable" && members >= 2', { state: 'Stable', members: 2n }, true],
    ['committed == end', { committed: 9007199254740993n, end: 9007199254740993n }, true],
    ['value.x == 1', {}, '"value" is not known. Known are lag, state, members, committed, end.'],
    ['lag', { lag: 1n }, 'A condition is true or false, this is an int.'],
  ]
  for (const [text, group, expected] of table)
    it(`${text} is ${String(expected)}`, () => {
      assert.equal(judge(text, group), expected)
    })

  it('gives a value', () => {
    const compiled = compileGroupSelection('end - lag')
    const selection = 'problem' in compiled ? assert.fail() : compiled
    assert.deepEqual(selection.evaluate({ end: 10n, lag: 3n }), { value: 7n })
  })
})
