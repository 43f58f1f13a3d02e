import assert from 'node:assert/strict'
import { consumerLens, type ReadingState } from '../../src/vscode/run/consumerLens.ts'

describe('the lens of a CONSUMER', () => {
  const cases: readonly (readonly [ReadingState, string])[] = [
    ['stopped', '$(debug-start) Start consumer: startConsumer'],
    ['starting', '$(sync~spin) Starting...: stopConsumer'],
    ['running', '$(debug-stop) Stop consumer: stopConsumer'],
    ['stopping', '$(sync~spin) Stopping...: nothing'],
  ]
  for (const [state, lens] of cases) {
    it(`${state}: ${lens}`, () => {
      const { icon, title, command = 'nothing' } = consumerLens(state)
      assert.equal(`${icon} ${title}: ${command}`, lens)
    })
  }
})
