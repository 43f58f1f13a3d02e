import assert from 'node:assert/strict'
import { parseRelease } from '../../src/local/java.ts'

const OUTPUTS: readonly [output: string, release: number | undefined][] = [
  ['openjdk version "17.0.15" 2025-04-15\nOpenJDK Runtime Environment', 17],
  ['openjdk version "25" 2025-09-16', 25],
  ['java version "1.8.0_402"', 8],
  ['openjdk version "21-ea" 2023-09-19', 21],
  ['Picked up JAVA_TOOL_OPTIONS: -Xmx1g\nopenjdk version "11.0.2" 2019-01-15', 11],
  ['The operation couldn’t be completed. Unable to locate a Java Runtime.', undefined],
]

describe('the release of Java', () => {
  for (const [output, release] of OUTPUTS) {
    it(`is ${release ?? 'not known'} in ${JSON.stringify(output.split('\n').at(-1))}`, () => {
      assert.equal(parseRelease(output), release)
    })
  }
})
