import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseExact } from '../../src/formats/exactJson.ts'
import { readPattern, type Pattern, type PatternMatch } from '../../src/run/patterns.ts'

function patternOf(text: string): Pattern {
  const read = readPattern(text)
  return 'pattern' in read ? read.pattern : assert.fail(read.problem.message)
}

function match(pattern: string, json: string): PatternMatch {
  return patternOf(pattern).match(parseExact(json))
}

/** `path: expected → actual` */
function differences(pattern: string, json: string): string[] {
  return match(pattern, json).differences.map(
    ({ path, expected, actual }) => `${path}: ${expected} → ${actual}`,
  )
}

describe('patterns', () => {
  const matching: readonly (readonly [string, string])[] = [
    ['{}', '{"a":1}'],
    ['{"a":1}', '{"a":1,"b":2}'],
    ['{"a":{"b":null}}', '{"a":{"b":null,"c":1}}'],
    ['{"a":1.0}', '{"a":1}'],
    ['{"a":9007199254740993}', '{"a":9007199254740993}'],
    ['[1,{"a":1}]', '[1,{"a":1,"b":2}]'],
    ['"x"', '"x"'],
    [
      '{"a":"#string","b":"#number","c":"#boolean","d":"#array","e":"#object"}',
      '{"a":"","b":1e3,"c":false,"d":[],"e":{}}',
    ],
    ['{"a":"#number"}', '{"a":9007199254740993}'],
    ['{"a":"#uuid"}', '{"a":"0190a3c8-7b1e-7cc0-8000-3F2504E04F89"}'],
    [
      '["#datetime","#datetime","#datetime"]',
      '["2026-01-31T10:00:00Z","2024-02-29T10:00:00.123+02:00","2026-01-31T10:00"]',
    ],
    ['{"a":"#present","b":"#absent","c":"#ignore","d":"#ignore"}', '{"a":null,"d":[1]}'],
    ['{"a":"#regex ORD-\\\\d+"}', '{"a":"ORD-17"}'],
    ['{"a":"#regex a|b"}', '{"a":"b"}'],
    ['{"#exact":{"a":[{"b":1}]}}', '{"a":[{"b":1}]}'],
    ['{"a":"#ff0000","b":"##string"}', '{"a":"#ff0000","b":"#string"}'],
    ['{"constructor":1}', '{"constructor":1,"a":{"constructor":2}}'],
    ['{"__proto__":1}', '{"__proto__":1}'],
  ]
  for (const [pattern, json] of matching)
    it(`${pattern} matches ${json}`, () => {
      assert.deepEqual(match(pattern, json), { matches: true, differences: [], distance: 0 })
    })

  const differing: readonly (readonly [string, string, ...string[]])[] = [
    [
      '{"status":"PRICED","invoice":{"id":"#uuid"}}',
      '{"status":"REJECTED"}',
      'status: "PRICED" → "REJECTED"',
      'invoice: present → absent',
    ],
    ['{"a":9007199254740993}', '{"a":9007199254740992}', 'a: 9007199254740993 → 9007199254740992'],
    [
      '{"a":9007199254740993}',
      '{"a":9007199254740993.0}',
      'a: 9007199254740993 → 9007199254740992',
    ],
    ['{"a":"1"}', '{"a":1}', 'a: "1" → 1'],
    ['{"a":null}', '{}', 'a: null → absent'],
    ['[1,2]', '[2,1]', '[0]: 1 → 2', '[1]: 2 → 1'],
    ['[1,2]', '[1]', ': 2 elements → 1 element'],
    ['{"a":[{"b-c":1}]}', '{"a":[{"b-c":2}]}', 'a[0].b-c: 1 → 2'],
    ['{"a b":1}', '{"a b":2}', '["a b"]: 1 → 2'],
    ['{"a":{"b":1}}', '{"a":[1]}', 'a: an object → [1]'],
    ['{"a":1}', '"text"', ': an object → "text"'],
    ['[]', 'null', ': a list → null'],
    ['{"a":"#uuid"}', '{"a":"x"}', 'a: #uuid → "x"'],
    ['{"a":"#uuid"}', '{}', 'a: #uuid → absent'],
    ['{"a":"#present"}', '{}', 'a: present → absent'],
    ['{"a":"#absent"}', '{"a":null}', 'a: absent → null'],
    ['["#datetime"]', '["2026-02-29T10:00:00Z"]', '[0]: #datetime → "2026-02-29T10:00:00Z"'],
    ['["#datetime"]', '["2026-02-28"]', '[0]: #datetime → "2026-02-28"'],
    ['{"a":"#regex \\\\d+"}', '{"a":"17x"}', 'a: #regex \\d+ → "17x"'],
    ['{"a":"#regex \\\\d+"}', '{"a":17}', 'a: #regex \\d+ → 17'],
    ['{"#exact":{"a":{}}}', '{"a":{"b":1},"c":2}', 'a.b: absent → 1', 'c: absent → 2'],
    ['{"a":{"#exact":[{"b":1}]}}', '{"a":[{"b":1,"c":2}]}', 'a[0].c: absent → 2'],
    ['{"a":"x"}', `{"a":"${'y'.repeat(100)}"}`, `a: "x" → "${'y'.repeat(79)}…`],
  ]
  for (const [pattern, json, ...expected] of differing)
    it(`${pattern} differs from ${json}`, () => {
      assert.deepEqual(differences(pattern, json), expected)
      assert.equal(match(pattern, json).matches, false)
    })

  it('counts what is missing in an object, so that the closest is found', () => {
    const pattern = '{"a":1,"b":{"c":1,"d":2}}'
    const distances = ['{"a":1,"b":{"c":1}}', '{"a":1}', '{"a":2}', '[]'].map(
      json => match(pattern, json).distance,
    )
    assert.deepEqual(distances, [2, 4, 5, 7])
  })

  const broken: readonly (readonly [string, string])[] = [
    ['{"a":}', '1:6 This is not JSON: here should be a value.'],
    ['{"a":\n"b" 1}', '2:5 This is not JSON: here should be "," or "}".'],
    [
      '{"a":"#regex ("}',
      '1:1 "#regex (" is not a regular expression: Invalid regular expression: /(/u: Unterminated group.',
    ],
  ]
  for (const [text, message] of broken)
    it(`refuses ${text}`, () => {
      const read = readPattern(text)
      const { problem } = 'problem' in read ? read : assert.fail()
      assert.equal(`${problem.line}:${problem.column} ${problem.message}`, message)
    })

  /** JSON whose texts stand for themselves. */
  const json = fc.json({ noUnicodeString: false }).map(text => text.replaceAll('"#', '"'))

  it('matches any JSON with itself, exactly too', () => {
    fc.assert(
      fc.property(json, text => {
        for (const pattern of [text, `{"#exact":${text}}`])
          assert.deepEqual(match(pattern, text).differences, [])
      }),
      { numRuns: 30 },
    )
  })

  const object = fc.dictionary(fc.stringMatching(/^[a-z]{1,3}$/), fc.jsonValue())

  it('does not mind more fields, and does with #exact', () => {
    fc.assert(
      fc.property(object, fc.jsonValue(), (fields, more) => {
        const text = JSON.stringify(fields).replaceAll('"#', '"')
        const comma = text === '{}' ? '' : ','
        const larger = `{"more":${JSON.stringify(more)}${comma}${text.slice(1)}`
        assert.equal(match(text, larger).matches, true)
        assert.equal(match(`{"#exact":${text}}`, larger).distance, 1)
        assert.equal(match(larger.replaceAll('"#', '"'), text).matches, false)
      }),
      { numRuns: 30 },
    )
  })

  it('has differences exactly where it does not match, whatever is compared', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (pattern, text) => {
        const read = readPattern(pattern)
        if ('problem' in read) return
        const { matches, differences, distance } = read.pattern.match(parseExact(text))
        assert.equal(matches, differences.length === 0)
        assert.equal(matches, distance === 0)
      }),
      { numRuns: 30 },
    )
  })
})
