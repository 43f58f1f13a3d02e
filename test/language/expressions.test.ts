import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileCondition, compileSelection } from '../../src/expression/compile.ts'
import { VARIABLE_NAMES } from '../../src/expression/variables.ts'
import { FUNCTIONS, METHODS, RECORD_NAMES } from '../../src/language/expressionNames.ts'
import { celTextOf, withoutTemplates } from '../../src/language/values/celText.ts'
import { parseSelections } from '../../src/language/values/selections.ts'

function pieces(text: string): readonly string[] {
  return celTextOf(text).tokens.map(
    ({ kind, span }) => `${kind} ${text.slice(span.start, span.end)}`,
  )
}

describe('the text of an expression', () => {
  const cases: [text: string, pieces: string[]][] = [
    ['value.a>=1.5e3', ['name value', 'operator .', 'name a', 'operator >=', 'number 1.5e3']],
    ["r\"\\\" == 'it\\'s'", ['string r"\\"', 'operator ==', "string 'it\\'s'"]],
    ['"""a"b""" in x // y', ['string """a"b"""', 'keyword in', 'name x', 'comment // y']],
    ['"a{{ b["c"] }}" + {{d}}', ['string "a{{ b["c"] }}"', 'operator +', 'template {{d}}']],
    ['"open {{x}}', ['string "open {{x}}']],
    ['0xFFu§', ['number 0xFFu', 'operator §']],
  ]
  for (const [text, expected] of cases) {
    it(text, () => {
      assert.deepEqual(pieces(text), expected)
    })
  }

  it('is all in its pieces, whatever it is', () => {
    const piece = fc.constantFrom(
      ...'" \' """ \\ {{x}} {{"{{"}} r a 1 // . ( \n [ {{ }}'.split(' '),
      ' ',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), parts => {
        const text = parts.join('')
        let end = 0
        for (const { span } of celTextOf(text).tokens) {
          assert.equal(text.slice(end, span.start).trim(), '')
          assert.ok(span.end > span.start)
          end = span.end
        }
        assert.equal(text.slice(end).trim(), '')
        assert.equal(withoutTemplates(text, () => true).length, text.length)
      }),
      { numRuns: 50 },
    )
  })

  it('has columns between its commas', () => {
    const text = 'offset, value.total as total ,size([1,2]) as n, "a as b", headers["as"]'
    assert.deepEqual(
      parseSelections(text, 10).map(({ expression, name }) => {
        for (const word of [expression, ...(name ? [name] : [])])
          assert.equal(text.slice(word.span.start - 10, word.span.end - 10), word.text)
        return [expression.text, name?.text]
      }),
      [
        ['offset', undefined],
        ['value.total', 'total'],
        ['size([1,2])', 'n'],
        ['"a as b"', undefined],
        ['headers["as"]', undefined],
      ],
    )
  })
})

describe('names that are offered in expressions', () => {
  it('are all that a record has', () => {
    assert.deepEqual(
      RECORD_NAMES.map(({ name }) => name),
      VARIABLE_NAMES,
    )
  })

  for (const { usage } of FUNCTIONS)
    it(usage, () => {
      assert.ok(!('problem' in compileSelection(usage.replace('(x)', '(value)'))))
    })

  for (const { usage } of METHODS)
    it(`value.${usage}`, () => {
      assert.ok(!('problem' in compileSelection(`value.${usage}`)))
    })

  it('are not all that a text can be', () => {
    assert.ok('problem' in compileCondition('value.nothing(1, 2, 3)'))
  })
})
