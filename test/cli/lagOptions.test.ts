import assert from 'node:assert/strict'
import { BadOptions } from '../../src/cli/badOptions.ts'
import { lagOptions, type LagOptions } from '../../src/cli/lagOptions.ts'
import { runMain } from './run.ts'

describe('The options of kafkafile lag', () => {
  const understood: readonly (readonly [string, Partial<LagOptions>])[] = [
    ['', { groups: [], json: false, watch: false, interval: 2000 }],
    ['a b a', { groups: ['a', 'b'] }],
    ['--json --watch --interval 500ms', { json: true, watch: true, interval: 500 }],
  ]
  for (const [text, expected] of understood) {
    it(text === '' ? 'defaults' : text, () => {
      const options = lagOptions(text.split(' ').filter(arg => arg !== ''))
      for (const [name, value] of Object.entries(expected))
        assert.deepEqual(options?.[name as keyof LagOptions], value)
    })
  }

  for (const text of ['--interval 5', '--interval 0s', '--nope'])
    it(`refuses ${text}`, () => {
      assert.throws(() => lagOptions(text.split(' ')), BadOptions)
    })

  it('are told by --help', async () => {
    const { exit, out } = await runMain(['lag', '--help'])
    assert.equal(exit, 0)
    assert.ok(out.includes('--watch') && out.includes('--brokers'))
  })
})
