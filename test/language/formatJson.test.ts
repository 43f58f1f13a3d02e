import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parse } from '../../src/language/parse.ts'
import { formatJson, formatJsonOf } from '../../src/language/services/formatJson.ts'

function formatted(text: string): string {
  const result = formatJson(text, '\n')
  return 'text' in result ? result.text : result.refused
}

describe('formatting JSON', () => {
  const cases: [before: string, after: string][] = [
    ['{}', '{}'],
    ['[ ]', '[]'],
    ['{"a":1,"b":[1,2,{}]}', '{\n  "a": 1,\n  "b": [\n    1,\n    2,\n    {}\n  ]\n}'],
    ['{"n":9007199254740993.10,"e":1E5}', '{\n  "n": 9007199254740993.10,\n  "e": 1E5\n}'],
    ['{"a" : "\\u0041, {b}: [" }', '{\n  "a": "\\u0041, {b}: ["\n}'],
    ['{"a":{{ x }},"b":"{{y}}  {{"{{"}}"}', '{\n  "a": {{ x }},\n  "b": "{{y}}  {{"{{"}}"\n}'],
    ['{"a":{{helpers.arrayElement([1,\n2])}}}', '{\n  "a": {{helpers.arrayElement([1,\n2])}}\n}'],
    ['5', '5'],
    ['{"a"', 'This is not JSON: it should have ":".'],
    ['['.repeat(501) + ']'.repeat(501), 'This JSON is nested too deeply.'],
  ]
  for (const [before, after] of cases) {
    it(JSON.stringify(before.slice(0, 60)), () => {
      assert.equal(formatted(before), after)
    })
  }

  it('changes only blanks, and nothing when asked again', () => {
    fc.assert(
      fc.property(fc.jsonValue(), value => {
        const once = formatted(JSON.stringify(value))
        assert.deepEqual(JSON.parse(once), JSON.parse(JSON.stringify(value)))
        assert.equal(formatted(once), once)
      }),
      { numRuns: 20 },
    )
  })

  const blocks: [text: string, result: string][] = [
    ['PRODUCER\r\ntopic: a\r\n{"a":1}\r\n###', '{\r\n  "a": 1\r\n}'],
    ['EXPECT\ntopic: a\n  [1]', '[\n  1\n]'],
    ['CONSUMER\ntopic: a', 'This CONSUMER has no JSON.'],
    ['PRODUCER\ntopic: a\nrecords: jsonl\n{}\n{}', 'The value holds many records'],
    ['PRODUCER\ntopic: a\n{}\n{}', 'This is not JSON'],
  ]
  for (const [text, result] of blocks) {
    it(`of ${JSON.stringify(text)}`, () => {
      const { file } = parse(text)
      const found = formatJsonOf(file, file.blocks[0]!)
      if ('refused' in found) assert.ok(found.refused.startsWith(result), found.refused)
      else
        assert.deepEqual(
          [found.edits[0]?.text, found.edits[0]?.span],
          [result, file.blocks[0]?.body?.span],
        )
    })
  }
})
