import assert from 'node:assert/strict'
import fc from 'fast-check'
import { jsonProblem } from '../../src/language/values/json.ts'

describe('JSON with templates', () => {
  const good = [
    '{"id": {{number.int}}, "at": "{{$date.iso}}", {{json name}}: [ {{a}}, -1.5e3 ]}',
    '{{json customer}}',
    '"a {{b}} c"',
    '1{{number.int}}',
    '{"a":{"b":{}}}',
    '"{{"{{"}} x }}"',
    '{"a":"{{helpers.arrayElement(["x","y"])}}"}',
    '\t[]\r\n',
  ]
  for (const text of good) {
    it(`is ${text}`, () => {
      assert.equal(jsonProblem(text), undefined)
    })
  }

  const name = 'a name in double quotes'
  const scalar = 'a number, a text in double quotes, true, false or null'
  const bad: [before: string, at: string, after: string, expected: string][] = [
    ['{"a": 1,', '}', '', name],
    ['{"a" ', '1', '}', '":"'],
    ['[1 ', '2', ']', '"," or "]"'],
    ['{"a": 1 ', '"b"', ': 2}', '"," or "}"'],
    ['{', "'a'", ': 1}', scalar],
    ['{', 'a', ': 1}', scalar],
    ['[', '01', ']', scalar],
    ['{"a": {{b}}}', '}', '', 'nothing more'],
    ['{{a}} ', '{{b}}', '', 'nothing more'],
    ['{"a": ', '"x', '\n}', 'a closing quote'],
    ['"a', '\\', 'x"', 'an escape such as \\n, \\t or \\u0041'],
    ['[1', ',', '', 'a value'],
    ['', '', '', 'a value'],
    ['{', '{', '"{{"}}}', name],
  ]
  for (const [before, at, after, expected] of bad) {
    it(`is not ${JSON.stringify(before + at + after)}`, () => {
      const span = { start: before.length, end: before.length + at.length }
      assert.deepEqual(jsonProblem(before + at + after), { span, expected })
    })
  }

  it('is what the engine takes for JSON, where no template is', () => {
    const isJson = (text: string) => {
      try {
        JSON.parse(text)
        return true
      } catch {
        return false
      }
    }
    const pieces = fc.constantFrom(
      ...Array.from('{}[]:,"\\ \n\t019-+.eE'),
      'true',
      'null',
      '"a"',
      '\\u00e9',
      '\u0001',
      'é',
    )
    const mixed = fc.array(pieces, { maxLength: 12 }).map(parts => parts.join(''))
    fc.assert(
      fc.property(fc.oneof(mixed, fc.json()), text => {
        if (text.includes('{{')) return
        assert.equal(jsonProblem(text) === undefined, isJson(text), text)
      }),
      { numRuns: 150 },
    )
  })

  it('may be as deep as it likes', () => {
    const deep = '['.repeat(50_000)
    assert.equal(jsonProblem(deep + ']'.repeat(50_000)), undefined)
    assert.equal(jsonProblem(deep)?.expected, 'a value')
  })
})
