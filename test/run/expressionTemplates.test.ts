import assert from 'node:assert/strict'
import { inspect } from 'node:util'
import fc from 'fast-check'
import { compileCondition, parseTree } from '../../src/expression/compile.ts'
import { jsonOf, type PlainValue } from '../../src/expression/plain.ts'
import { putIntoExpression, putIntoPattern } from '../../src/run/expressionTemplates.ts'
import { readPattern } from '../../src/run/patterns.ts'
import type { Evaluated, TemplateContext } from '../../src/run/templates.ts'

function contextOf(values: Readonly<Record<string, PlainValue>>, typed = true): TemplateContext {
  const valueOf = (name: string): Evaluated => {
    const value = values[name] ?? null
    const text = typeof value === 'string' ? value : jsonOf(value)
    return typed ? { text, value } : { text }
  }
  return {
    now: () => 0,
    random: () => 0,
    uuid: () => 'u',
    index: 0,
    run: 'r',
    cluster: 'c',
    scope: {
      variables: new Set(),
      blocks: new Set(),
      captures: new Set(Object.keys(values)),
      given: new Set(),
    },
    variable: valueOf,
    named: (_, name) => valueOf(name),
  }
}

function put(text: string, values: Readonly<Record<string, PlainValue>>, typed = true): string {
  const result = putIntoExpression(text, contextOf(values, typed))
  return 'text' in result ? result.text : result.problem.message
}

function putPattern(text: string, value: PlainValue, typed = true): string {
  const result = putIntoPattern(text, contextOf({ x: value }, typed))
  return 'text' in result ? result.text : result.problem.message
}

/** The tree of an expression with only the kinds of its nodes: what its author wrote. */
function shapeOf(text: string): string {
  const tree = parseTree(text)
  return tree ? JSON.stringify(nodeShape(tree)) : 'no expression'
}

function nodeShape(node: unknown): unknown {
  if (Array.isArray(node)) return node.map(nodeShape)
  if (typeof node !== 'object' || node === null || !('op' in node)) return typeof node
  const { op, args } = node as { op: string; args: unknown }
  return op === 'value' ? 'value' : [op, nodeShape(args)]
}

describe('templates in expressions', () => {
  const typed: readonly (readonly [string, PlainValue, string])[] = [
    ['value.id == "{{x}}"', 'a"b\\', 'value.id == "a\\"b\\\\"'],
    ["value.id == '{{x}}'", "a'\n", "value.id == 'a\\'\\n'"],
    ['value.id == {{x}}', 'a', 'value.id == ("a")'],
    ['value.id == {{x}}', '17', 'value.id == ("17")'],
    ['value.id == {{x}}', 17n, 'value.id == (17)'],
    ['value.id == {{x}}', 9007199254740993n, 'value.id == (9007199254740993)'],
    ['value.n - {{x}}', -1.5, 'value.n - (-1.5)'],
    ['value.n / {{x}}', 2, 'value.n / (2.0)'],
    ['value.n in {{x}}', ['a', 1n, null], 'value.n in (["a", 1, null])'],
    ['{{x}}.a == 1', { a: true }, '({"a": true}).a == 1'],
    ['{{x}} == true', false, '(false) == true'],
    ['"""{{x}}""" == key', '""" || true', '"""\\"\\"\\" || true""" == key'],
    ['key == "a" // {{x}}', 'x\n || true', 'key == "a" // '],
    ['key == "\\"{{x}}"', '"', 'key == "\\"\\""'],
    ['key.matches(r"{{x}}")', 'abc', 'key.matches(r"abc")'],
    ['key == "//{{x}}" && {{x}} == key', '"', 'key == "//\\"" && ("\\"") == key'],
  ]
  for (const [text, value, expected] of typed)
    it(`${text} with ${inspect(value)}`, () => {
      assert.equal(put(text, { x: value }), expected)
    })

  const texts: readonly (readonly [string, string])[] = [
    ['17', '(17)'],
    ['0017', '("0017")'],
    ['-1.5e3', '(-1500.0)'],
    ['true', '(true)'],
    ['null', '(null)'],
    ['99999999999999999999', '(100000000000000000000.0)'],
    ['1 || true', '("1 || true")'],
    ['', '("")'],
  ]
  for (const [text, expected] of texts)
    it(`takes the text ${JSON.stringify(text)} for ${expected}`, () => {
      assert.equal(put('{{x}}', { x: text }, false), expected)
    })

  it('says what cannot be put into a raw text', () => {
    assert.match(put('key.matches(r"{{x}}")', { x: '"' }), /cannot be put into a raw text/)
  })

  const anything = fc.oneof(
    fc.string(),
    fc.string({
      unit: fc.constantFrom('"', "'", '\\', '|', '&', ' ', 'true', '\n', '/', ')', 'r', '{'),
    }),
    fc.jsonValue() as fc.Arbitrary<PlainValue>,
    fc.bigInt(),
  )

  const places = [
    'value.id == "{{x}}" && value.n > 1',
    "value.id == '{{x}}'",
    'key == """{{x}}""" || key == "b"',
    'value.id == {{x}}',
    'size(key){{x}}',
    'r{{x}} == key',
    'value.n -{{x}}',
    'key == "a" // {{x}}',
    "key == 'it\\'s {{x}}'",
  ]
  for (const text of places)
    it(`keeps its shape whatever is put into ${text}`, () => {
      fc.assert(
        fc.property(anything, fc.boolean(), (value, asTyped) => {
          const scalar = typeof value === 'object' ? JSON.stringify(value) : value
          const shape = shapeOf(put(text, { x: scalar }, asTyped))
          assert.equal(withoutSign(shape), withoutSign(shapeOf(put(text, { x: 'harmless' }))))
        }),
        { numRuns: 30 },
      )
    })

  it('is equal to the very text, in any quotes and outside', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), value => {
        for (const text of [
          'key == "{{x}}"',
          "key == '{{x}}'",
          'key == {{x}}',
          'key == """{{x}}"""',
        ]) {
          const compiled = compileCondition(put(text, { x: value }))
          if ('problem' in compiled)
            assert.fail(`${compiled.problem.message} ${put(text, { x: value })}`)
          assert.equal(compiled.evaluate({ key: value }), true)
        }
      }),
      { numRuns: 30 },
    )
  })
})

/** A negative number is a minus before a number. */
function withoutSign(shape: string): string {
  return shape.replaceAll('["-_","value"]', '"value"')
}

describe('templates in patterns', () => {
  const table: readonly (readonly [string, PlainValue, string])[] = [
    ['{"a":"{{x}}"}', 'b"c', '{"a":"b\\"c"}'],
    ['{"a":{{x}}}', 17n, '{"a":17}'],
    ['{"a":{{x}}}', '17', '{"a":"17"}'],
    ['{"a":{{x}}}', { b: [1] }, '{"a":{"b":[1]}}'],
    ['{"a":"{{x}}"}', '#ignore', '{"a":"##ignore"}'],
    ['{"a":"#regex {{x}}"}', 'a+', '{"a":"#regex a+"}'],
    ['{"a\\"":"{{x}}"}', '"', '{"a\\"":"\\""}'],
    ['{"a":{{json x}}}', 'b"c', '{"a":"b\\"c"}'],
  ]
  for (const [text, value, expected] of table)
    it(`${text} with ${inspect(value)}`, () => {
      assert.equal(putPattern(text, value), expected)
    })

  it('takes a text that nobody has typed for what it says', () => {
    assert.equal(putPattern('[{{x}}]', '1.50', false), '[1.50]')
    assert.equal(putPattern('[{{x}}]', '01', false), '["01"]')
  })

  it('matches the very text and nothing else', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string(), (value, other) => {
        for (const text of ['{"a":"{{x}}"}', '{"a":{{x}}}']) {
          const read = readPattern(putPattern(text, value))
          const { pattern } = 'pattern' in read ? read : assert.fail(read.problem.message)
          assert.equal(pattern.match({ a: value }).matches, true)
          assert.equal(pattern.match({ a: other }).matches, other === value)
        }
      }),
      { numRuns: 30 },
    )
  })
})
