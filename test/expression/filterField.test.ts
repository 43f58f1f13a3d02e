import assert from 'node:assert/strict'
import { filterOf } from '../../src/expression/filterField.ts'

function kindOf(text: string): string {
  const found = filterOf(text)
  return found.kind === 'text' ? (found.filter.ignoreCase ? 'text' : 'exact') : found.kind
}

describe('What a text in the filter field means', () => {
  const cases: readonly (readonly [kind: string, texts: readonly string[]])[] = [
    ['none', ['', '   ', '\n']],
    ['exact', ['"FAILED"', ' "a b" ', '"value.x == 1"']],
    [
      'text',
      [
        'orders',
        'FAILED',
        'key',
        'a == b',
        '1 == 1',
        'the value.',
        'read key.id of it',
        'error in value',
        'key-1',
        'topic/value',
        'key: 5',
        'key=abc',
        'value is in the box',
        '"status":"FAILED"',
        '{"key": 1}',
        '"value.x" and more',
        '<value>',
        '<key>x</key>',
        '</value>',
        '""',
        'keys.x == 1',
        'my.value',
        'o-17',
        'get(key)',
        'offset 12',
        '100%',
        'size',
        '!',
        'Überweisung',
        'value of key.',
        'x(value.y)',
      ],
    ],
    [
      'expression',
      [
        'value.status == "FAILED"',
        'has(value.x)',
        'size > 100',
        'key.startsWith("o")',
        '!(value.done)',
        '!value.done',
        '100 < size',
        '"x" == key',
        'key in ["a","b"]',
        '"tenant" in headers',
        'headers["tenant"] == "acme"',
        'value.items.exists(i, i.sku.startsWith("X-"))',
        'value.status',
        '(offset > 10) && partition == 1',
        'value["a b"] == 1',
        'size(value) > 3',
        'true || key == "a"',
        'timestamp >= 1700000000000',
        '[value.a, 1].exists(i, i == 1)',
        'value != null',
        '"a" in value.tags && value.b',
        '!key',
        '-size < 0',
      ],
    ],
    [
      'error',
      [
        'value.status ==',
        'value.',
        'size >',
        'key == abc',
        'x == key',
        'value.status = "FAILED"',
        'value.x == "unfinished',
        'offset == "5"',
        'size(value)',
        'value.foo(',
        'topic.x',
        'value[',
        'value.a && ',
        'value.a and value.b',
      ],
    ],
  ]
  for (const [kind, texts] of cases) {
    for (const text of texts) {
      it(`${JSON.stringify(text)} is ${kind}`, () => assert.equal(kindOf(text), kind))
    }
  }

  it('keeps what is searched without the blanks around it', () => {
    assert.deepEqual(filterOf('  Ab c '), {
      kind: 'text',
      filter: { text: 'Ab c', ignoreCase: true },
    })
    assert.deepEqual(filterOf(' " a " '), {
      kind: 'text',
      filter: { text: ' a ', ignoreCase: false },
    })
  })

  it('names the fields of an expression, and where they stand in the text', () => {
    const text = '  value.a == 1'
    const found = filterOf(text)
    assert.deepEqual(found, {
      kind: 'expression',
      expression: text,
      paths: [{ path: 'value.a', from: 2, to: 9 }],
    })
  })

  it('says where an error is', () => {
    assert.deepEqual(filterOf('value.a == b'), {
      kind: 'error',
      message: '"b" is not known. Write a text in quotes: "b".',
      from: 11,
      to: 12,
    })
  })
})
