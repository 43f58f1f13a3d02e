import assert from 'node:assert/strict'
import fc from 'fast-check'
import { compileCondition, compileSelection } from '../../src/expression/compile.ts'
import { fieldPaths } from '../../src/expression/fieldPaths.ts'
import { filterOf } from '../../src/expression/filterField.ts'
import { jsonOf } from '../../src/expression/plain.ts'
import type { Variables } from '../../src/expression/variables.ts'

const record: Variables = {
  topic: 'orders',
  partition: 1n,
  offset: 9_007_199_254_740_993n,
  timestamp: 1_795_224_732_160n,
  key: 'o-17',
  value: {
    status: 'FAILED',
    total: 100.5,
    n: 4,
    nothing: null,
    done: true,
    id: 12_345_678_901_234_567_890n,
    items: [{ sku: 'X-1' }, { sku: 'Y-2', qty: 2 }],
    tags: ['a', 'b'],
    customer: { name: 'Ann', 'e-mail': 'ann@example.com' },
  },
  headers: new Map([
    ['tenant', 'acme'],
    ['reason', null],
  ]),
  size: 120n,
  latency: 12.5,
}

function evaluate(text: string, variables: Variables = record): boolean | string {
  const compiled = compileCondition(text)
  assert.ok('evaluate' in compiled, 'problem' in compiled ? compiled.problem.message : text)
  const result = compiled.evaluate(variables)
  return typeof result === 'boolean' ? result : result.failure
}

describe('Conditions', () => {
  const cases: readonly (readonly [text: string, result: boolean | string])[] = [
    ['value.status in ["FAILED","REJECTED"] && value.total >= 100', true],
    ['headers["tenant"] == "acme" && value.items.exists(i, i.sku.startsWith("X-"))', true],
    ['value.total >= 100', true],
    ['value.total > 100.5', false],
    ['value.n == 4', true],
    ['value.n + 1 == 5', true],
    ['1 - value.n == -3', true],
    ['value.n * 2.5 == 10', true],
    ['value.n / 8 == 0.5', true],
    ['value.n % 2 == 0', true],
    ['value.total % 2 == 0', '"%" needs whole numbers.'],
    ['value.n % 0 == 0', '"%" by zero.'],
    ['size * 1.5 == 180.0', true],
    ['size == 120.0', true],
    ['value.n in [1, 4]', true],
    ['value.n in [1.5, 4.0]', true],
    ['value.id == 12345678901234567890', true],
    ['value.id == 12345678901234567891', false],
    ['value.id > 1', true],
    ['offset == 9007199254740993', true],
    ['offset == 9007199254740992', false],
    ['timestamp >= 1795224732160', true],
    ['latency < 2000', true],
    ['timestamp >= timestamp("2026-01-31T10:00:00Z")', true],
    ['timestamp("2026-11-21T03:32:12.161Z") > timestamp', true],
    ['value.total < timestamp("1970-01-01T00:00:01Z")', true],
    ['value.nothing == null', true],
    ['value.status != null', true],
    ['value.status == 3', false],
    ['value.done', true],
    ['!value.done', false],
    ['"a" in value.tags', true],
    ['"tenant" in headers', true],
    ['headers["reason"] == null', true],
    ['headers.tenant == "acme"', true],
    ['has(value.customer.name) && !has(value.customer.age)', true],
    ['value.customer["e-mail"].endsWith("example.com")', true],
    ['size(value.items) == 2', true],
    ['value.items[1].qty == 2', true],
    ['value.items.all(i, has(i.qty))', false],
    ['value.items.exists(i, i.qty == 2)', true],
    ['value.items.map(i, i.sku) == ["X-1", "Y-2"]', true],
    ['key.matches("^o-\\\\d+$")', true],
    ['topic == "orders" && partition == 1', true],
    ['value.missing == 1', 'There is no "missing".'],
    ['value.missing == null', 'There is no "missing".'],
    ['value.missing == 1 || value.n == 4', true],
    ['value.missing == 1 && value.n == 5', false],
    ['headers["x"] == "1"', 'There is no "x".'],
    ['value.items[2].sku == ""', 'Index out of bounds, index 2 >= size 2.'],
    ['value.status + 1 == 2', '"+" does not work on text and int.'],
    ['value.total > "a"', '">" does not work on number and text.'],
    ['value.status', 'The result is neither true nor false.'],
    ['value.status && value.done', "Logical operator requires bool operands, got 'string'."],
    ['value.__proto__ == null', 'There is no "__proto__".'],
    ['value.constructor == null', 'There is no "constructor".'],
    ['"toString" in value', false],
  ]
  for (const [text, result] of cases) {
    it(text, () => assert.equal(evaluate(text), result))
  }

  it('names what a record does not have', () => {
    assert.equal(evaluate('timestamp > 1', { topic: 't' }), 'The record has no timestamp.')
  })

  it('reads only what it names, and fails with what a part says', () => {
    const parts: Variables = {
      topic: 'orders',
      get value(): unknown {
        throw new Error('It cannot be decoded')
      },
    }
    assert.equal(evaluate('topic == "orders"', parts), true)
    assert.equal(evaluate('value.x == 1', parts), 'It cannot be decoded.')
    assert.equal(evaluate('topic == "other" && value.x == 1', parts), false)
  })

  it('fails where the value is nested too deeply, and goes on', () => {
    let deep: unknown = 1
    for (let i = 0; i < 100_000; i++) deep = [deep]
    assert.equal(
      evaluate('value.x == [1]', { value: { x: deep } }),
      'The value is nested too deeply.',
    )
  })

  const wrong: readonly (readonly [text: string, at: string, message: string])[] = [
    ['', '', 'The expression is not finished.'],
    ['value.x ==', '', 'The expression is not finished.'],
    ['(value.x', '', 'The expression is not finished.'],
    ['value.x = 1', '=', 'Compare with "==".'],
    ['value.a & value.b', '&', 'Write "&&".'],
    ['value.a and value.b', 'and', 'Write "&&".'],
    ['value.x == “a”', '“', 'Texts stand in straight quotes: "text".'],
    ['value.x == "a', '"a', 'The text has no closing quote.'],
    ['value.x == abc', 'abc', '"abc" is not known. Write a text in quotes: "abc".'],
    [
      'value.trace-id == "a"',
      'id',
      '"id" is not known. A field with "-" is written value["trace-id"].',
    ],
    [
      'foo > 1',
      'foo',
      '"foo" is not known. Known are topic, partition, offset, timestamp, key, value, headers, size, latency.',
    ],
    ['topic == 1', 'topic == 1', '"==" does not work on text and int.'],
    ['topic.x == 1', 'x', 'A text has no fields.'],
    ['value.foo()', 'value.foo()', 'There is no function "foo" with no arguments.'],
    ['size(1) == 1', 'size(1)', '"size" does not work on int.'],
    ['size', 'size', 'A condition is true or false, this is an int.'],
    ['"text"', '"text"', 'A condition is true or false, this is a string.'],
    ['1 2', '2', '"2" does not belong here.'],
  ]
  for (const [text, at, message] of wrong) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      const compiled = compileCondition(text)
      assert.ok('problem' in compiled)
      const { problem } = compiled
      assert.equal(problem.message, message)
      const rest = text.slice(problem.from, problem.to)
      assert.ok(rest.startsWith(at), `at ${JSON.stringify(rest)}`)
    })
  }

  it('refuses anything, never throws', () => {
    for (const text of [
      '\u0000',
      '{{x}}',
      '🙂',
      'a'.repeat(10_000),
      '('.repeat(10_000),
      '!'.repeat(10_000),
    ]) {
      const compiled = compileCondition(text)
      assert.ok('problem' in compiled, text.slice(0, 20))
      const { from, to } = compiled.problem
      assert.ok(from >= 0 && from <= to && to <= text.length)
    }
  })
})

describe('Any text', () => {
  const pieces = fc.constantFrom(
    ...['value', '.a', '[', ']', '(', ')', '"', "'", '==', '&&', ' in ', 'key', '1', '1.5', 'u'],
    ...[
      'exists(i, ',
      'has(',
      '?',
      ':',
      '{',
      '}',
      ',',
      '-',
      '!',
      'null',
      '\\',
      '\n',
      'é',
      '🙂',
      '%',
    ],
  )
  const anyText = fc.oneof(fc.string({ unit: pieces, maxLength: 12 }), fc.string())

  it('is an expression or has a problem with a place inside, and is never an exception', () => {
    fc.assert(
      fc.property(anyText, text => {
        const compiled = compileCondition(text)
        if ('problem' in compiled) {
          const { from, to, message } = compiled.problem
          assert.ok(0 <= from && from <= to && to <= text.length, `${from}-${to}`)
          assert.match(message, /^[^\n]+[.?!]$/)
        } else {
          compiled.evaluate(record)
        }
        filterOf(text)
        fieldPaths(text)
      }),
      { numRuns: 60 },
    )
  })
})

describe('Selections', () => {
  const cases: readonly (readonly [text: string, json: string])[] = [
    ['offset', '9007199254740993'],
    ['value.id', '12345678901234567890'],
    ['value.total', '100.5'],
    ['value.customer', '{"name":"Ann","e-mail":"ann@example.com"}'],
    ['value.items.map(i, i.sku)', '["X-1","Y-2"]'],
    ['headers', '{"tenant":"acme","reason":null}'],
    ['{"a": offset, "b": [1u, null, 1.5]}', '{"a":9007199254740993,"b":[1,null,1.5]}'],
    ['timestamp("2026-01-31T10:00:00Z")', '"2026-01-31T10:00:00.000Z"'],
    ['key + "!"', '"o-17!"'],
    ['value.done ? 1 : 2', '1'],
  ]
  for (const [text, json] of cases) {
    it(text, () => {
      const compiled = compileSelection(text)
      assert.ok('evaluate' in compiled)
      const result = compiled.evaluate(record)
      assert.ok('value' in result)
      assert.equal(jsonOf(result.value), json)
    })
  }

  it('fails where there is nothing to write down', () => {
    for (const text of ['value.missing', 'type(key)', 'duration("1s")', 'b"abc"']) {
      const compiled = compileSelection(text)
      assert.ok('evaluate' in compiled)
      assert.ok('failure' in compiled.evaluate(record), text)
    }
  })
})
