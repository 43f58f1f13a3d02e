import assert from 'node:assert/strict'
import { compileCondition } from '../../src/expression/compile.ts'

describe('The time before which a condition holds for no record', () => {
  const cases: readonly (readonly [text: string, time: number | undefined])[] = [
    ['timestamp >= 1000', 1000],
    ['timestamp > 1000', 1000],
    ['timestamp == 1000', 1000],
    ['1000 <= timestamp', 1000],
    ['1000 < timestamp', 1000],
    ['timestamp >= timestamp("1970-01-01T00:00:01Z")', 1000],
    ['timestamp >= 1000 && timestamp < 3000 && value.x == 1', 1000],
    ['timestamp > 1000 && timestamp > 2000', 2000],
    ['timestamp > 1000 || timestamp > 2000', 1000],
    ['timestamp > 1000 || value.x == 1', undefined],
    ['timestamp <= 1000', undefined],
    ['1000 > timestamp', undefined],
    ['!(timestamp > 1000)', undefined],
    ['value.timestamp > 1000', undefined],
    ['timestamp > offset', undefined],
    ['timestamp != 1000', undefined],
  ]
  for (const [text, time] of cases) {
    it(text, () => {
      const compiled = compileCondition(text)
      assert.ok('needs' in compiled)
      assert.equal(compiled.notBefore, time)
    })
  }
})
