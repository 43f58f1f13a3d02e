import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import { align, differenceOf } from '../../../src/webview/messages/compare/align.ts'
import {
  compare,
  markedParts,
  onlyDifferences,
  type Compared,
  type LineParts,
} from '../../../src/webview/messages/compare/comparison.ts'

import {
  contentOf,
  headerDifferences,
  laterWords,
  summary,
} from '../../../src/webview/messages/compare/words.ts'
import type { Cell, RecordDetail } from '../../../src/protocol/messages.ts'

const text = ({ before, value, after }: LineParts) => before + value + after

/** A row as `left | right`, with a sign before what differs. */
function lines(compared: Compared, shown: ReturnType<typeof onlyDifferences> = [...compared.rows]) {
  return shown.map(row => {
    if ('skipped' in row) return `… ${row.skipped}`
    const left = row.left === undefined ? '' : text(compared.left.line(row.left))
    const right = row.right === undefined ? '' : text(compared.right.line(row.right))
    return row.changed ? `${left} | ${right}` : left
  })
}

const json = (value: string) => ({ text: value, json: true, cut: false })
const plain = (value: string) => ({ text: value, json: false, cut: false })
const difference = (left: string, right: string) => compare(json(left), json(right))

describe('two sequences beside each other', () => {
  const pairs: [left: string, right: string, expected: string][] = [
    ['abc', 'abc', 'aa bb cc'],
    ['abc', 'axc', 'aa bx cc'],
    ['abcd', 'acd', 'aa b- cc dd'],
    ['acd', 'abcd', 'aa -b cc dd'],
    ['', 'ab', '-a -b'],
    ['ab', '', 'a- b-'],
    ['abcxyz', 'xyz', 'a- b- c- xx yy zz'],
    ['xabz', 'xcdez', 'xx ac bd -e zz'],
    ['mabcn', 'bcoo', 'm- a- bb cc no -o'],
  ]
  const pairsOf = (left: string, right: string, most?: number) =>
    align(left.length, right.length, (a, b) => left[a] === right[b], most)
  const letters = (left: string, right: string, most?: number) =>
    pairsOf(left, right, most)
      .map(([a, b]) => (left[a] ?? '-') + (right[b] ?? '-'))
      .join(' ')
  for (const [left, right, expected] of pairs)
    it(`${left || 'nothing'} and ${right || 'nothing'}`, () =>
      assert.equal(letters(left, right), expected))

  it('goes by position where too much differs', () =>
    assert.equal(letters('aXYZb', 'a123XYZQb', 2), 'aa X1 Y2 Z3 -X -Y -Z -Q bb'))

  it('keeps both in their order and finds as much in common as there is', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 9 })
    fc.assert(
      fc.property(word, word, (left, right) => {
        const found = pairsOf(left, right)
        assert.deepEqual(
          [found.map(([a]) => a), found.map(([, b]) => b)].map(side => side.filter(at => at >= 0)),
          [Array.from(left, (_, at) => at), Array.from(right, (_, at) => at)],
        )
        const same = found.filter(([a, b]) => a >= 0 && b >= 0 && left[a] === right[b]).length
        assert.ok(same >= commonLength(left, right), letters(left, right))
      }),
      { numRuns: 50 },
    )
  })

  const inner: [left: string, right: string, expected: [string, string]][] = [
    ['abcdef', 'abXdef', ['c', 'X']],
    ['aaa', 'aa', ['a', '']],
    ['same', 'same', ['', '']],
    ['😀', '😁', ['😀', '😁']],
    ['x🐀', 'x🤀', ['🐀', '🤀']],
  ]
  for (const [left, right, expected] of inner)
    it(`differs within ${left} and ${right}`, () => {
      const { from, leftEnd, rightEnd } = differenceOf(left, right)
      assert.deepEqual([left.slice(from, leftEnd), right.slice(from, rightEnd)], expected)
    })
})

function commonLength(left: string, right: string, a = 0, b = 0): number {
  if (a === left.length || b === right.length) return 0
  if (left[a] === right[b]) return 1 + commonLength(left, right, a + 1, b + 1)
  return Math.max(commonLength(left, right, a + 1, b), commonLength(left, right, a, b + 1))
}

describe('two values beside each other', () => {
  const values: [name: string, left: string, right: string, rows: string[], counts: string][] = [
    [
      'what differs, what is new and what is gone',
      '{"id":1,"gone":true,"kept":[]}',
      '{"id":2,"kept":[],"new":null}',
      [
        '{',
        '  "id": 1, |   "id": 2,',
        '  "gone": true, | ',
        '  "kept": []',
        ' |   "new": null',
        '}',
      ],
      '3 of 4',
    ],
    [
      'moved fields',
      '{"a":1,"b":2}',
      '{"b":2,"a":1}',
      ['{', '  "a": 1,', '  "b": 2', '}'],
      '0 of 2',
    ],
    [
      'a new field before all others',
      '{"b":1}',
      '{"a":0,"b":1}',
      ['{', ' |   "a": 0,', '  "b": 1', '}'],
      '1 of 2',
    ],
    [
      'fields of the same name by their order',
      '{"a":1,"a":2}',
      '{"a":1,"a":3}',
      ['{', '  "a": 1,', '  "a": 2 |   "a": 3', '}'],
      '1 of 2',
    ],
    [
      'an element that is gone',
      '[{"n":1},{"n":2},{"n":3}]',
      '[{"n":1},{"n":3}]',
      [
        '[',
        '  {',
        '    "n": 1',
        '  },',
        '  { | ',
        '    "n": 2 | ',
        '  }, | ',
        '  {',
        '    "n": 3',
        '  }',
        ']',
      ],
      '1 of 3',
    ],
    [
      'elements by position where none is the same',
      '[{"n":1,"k":0}]',
      '[{"n":2,"k":0}]',
      ['[', '  {', '    "n": 1, |     "n": 2,', '    "k": 0', '  }', ']'],
      '1 of 2',
    ],
    [
      'another kind of value',
      '{"a":[1]}',
      '{"a":7}',
      ['{', '  "a": [ |   "a": 7', '    1 | ', '  ] | ', '}'],
      '1 of 1',
    ],
    ['numbers as they are written', '[1.0]', '[1]', ['[', '  1.0 |   1', ']'], '1 of 1'],
    ['strings by what they mean', '["\\u0041"]', '["A"]', ['[', '  "\\u0041"', ']'], '0 of 1'],
    ['an empty object and an empty array', '{}', '[]', ['{} | []'], '1 of 1'],
    ['null and a value', 'null', '{"a":1}', ['null | {', ' |   "a": 1', ' | }'], '1 of 1'],
  ]
  for (const [name, left, right, rows, counts] of values)
    it(name, () => {
      const compared = difference(left, right)
      assert.deepEqual(lines(compared), rows)
      assert.equal(`${compared.different} of ${compared.compared}`, counts)
    })

  it('finds no difference exactly where both mean the same', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (a, b) => {
        const other = JSON.stringify(b)
        assert.equal(difference(JSON.stringify(a), JSON.stringify(turned(a))).different, 0)
        const same = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b))
        assert.equal(difference(JSON.stringify(a), other).different === 0, same)
      }),
      { numRuns: 30 },
    )
  })

  it('shows each line of both sides once', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const compared = difference(JSON.stringify(a), JSON.stringify(b))
        const left = compared.rows.flatMap(row => row.left ?? [])
        assert.equal(
          left.map(line => text(compared.left.line(line))).join('\n'),
          JSON.stringify(a, null, 2),
        )
        const right = compared.rows.flatMap(row => row.right ?? [])
        assert.deepEqual(
          right.map(line => text(compared.right.line(line))).sort(),
          JSON.stringify(b, null, 2).split('\n').sort(),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('bears any nesting, and many elements with few differences', () => {
    const deep = (core: string) => '['.repeat(9000) + core + ']'.repeat(9000)
    assert.equal(difference(deep('1'), deep('2')).different, 1)
    const many = (first: number) =>
      JSON.stringify(Array.from({ length: 2000 }, (_, n) => n + first))
    assert.equal(difference(many(0), many(3)).different, 6)
  })

  it('bears fields and elements without number', () => {
    const fields = Array.from({ length: 3000 }, (_, n) => `"${n}":0`).join()
    assert.equal(difference('{"a":1}', `{"a":1,${fields}}`).different, 3000)
    const elements = '0,'.repeat(20_000)
    assert.equal(difference(`[${elements}1]`, `[${elements}2]`).different, 1)
  })

  it('compares what is no JSON line by line', () => {
    const compared = compare(plain('a\nb\r\nc'), plain('a\nx\nc\nd'))
    assert.deepEqual(lines(compared), ['a', 'b | x', 'c', ' | d'])
    assert.deepEqual([compared.different, compared.compared, compared.unit], [2, 4, 'line'])
  })

  it('shows only differences, with what is around them', () => {
    const left = '{"a":{"b":[1,2,3,4,5,6,7,8],"c":0},"d":1,"e":2,"f":3,"g":4}'
    const compared = difference(left, left.replace('5', '55'))
    assert.deepEqual(lines(compared, onlyDifferences(compared)), [
      '{',
      '  "a": {',
      '    "b": [',
      '… 3',
      '      4,',
      '      5, |       55,',
      '      6,',
      '… 2',
      '    ],',
      '    "c": 0',
      '  },',
      '… 4',
      '}',
    ])
  })

  const marks: [left: string, right: string, expected: [string, string, string]][] = [
    ['{"a":"x"}', '{"a":"y"}', ['  "a": ', '"x"', '']],
    ['{"a":1,"b":2}', '{"b":2}', ['  "a": ', '1', ',']],
    [
      '{"a":"2026-11-20T13:39:21.804Z"}',
      '{"a":"2026-11-20T13:39:22.804Z"}',
      ['  "a": "2026-11-20T13:39:2', '1', '.804Z"'],
    ],
    [
      `{"a":"${'long '.repeat(20)}end"}`,
      `{"a":"${'long '.repeat(20)}END"}`,
      ['  "a": "… long long long ', 'end', '"'],
    ],
  ]
  for (const [left, right, [before, marked, after]] of marks)
    it(`marks what differs in ${left.slice(0, 40)}`, () => {
      const compared = difference(left, right)
      const row = compared.rows.find(({ changed }) => changed)!
      const own = compared.left.line(row.left!)
      const other = row.right === undefined ? undefined : compared.right.line(row.right)
      assert.deepEqual(markedParts(own, other, 'left'), { before, marked, after })
    })
})

describe('what is said of two records', () => {
  const record = (change: Partial<RecordDetail> = {}): RecordDetail => {
    const key = {
      format: 'string',
      cell: { kind: 'text' as const, text: 'k' },
      bytes: 1,
      cut: false,
    }
    const value = {
      format: 'json',
      cell: { kind: 'json' as const, text: '{"a":1}' },
      bytes: 7,
      cut: false,
    }
    const headers = [header('a', 'x'), header('a', 'x'), header('b', 'y')]
    return {
      topic: 't',
      partition: 0,
      offset: '1',
      key,
      value,
      headers,
      size: 9,
      ...change,
    }
  }
  const header = (name: string, text: string) => ({ name, value: { kind: 'text' as const, text } })
  const said = (left: RecordDetail, right: RecordDetail) =>
    summary(compare(contentOf(left.value), contentOf(right.value)), left, right)
  const value = (cell: Cell, cut = false) => ({ value: { format: '', cell, bytes: 9, cut } })

  const summaries: [words: string, left: Partial<RecordDetail>, right: Partial<RecordDetail>][] = [
    ['values same · keys same · 3 of 3 headers same', {}, {}],
    ['1 of 1 field differs · keys same · 3 of 3 headers same', {}, value({ kind: 'null' })],
    [
      '2 of 2 lines differ · keys same · 3 of 3 headers same',
      value({ kind: 'text', text: 'a\nb' }),
      value({ kind: 'text', text: 'c' }),
    ],
    [
      'texts same · keys same · 3 of 3 headers same',
      value({ kind: 'text', text: 'a' }),
      value({ kind: 'text', text: 'a' }),
    ],
    ['values same · keys same · 1 of 3 headers same', {}, { headers: [header('a', 'x')] }],
    ['values same · keys same · no headers', { headers: [] }, { headers: [] }],
    [
      'only the beginnings · values same · keys same · 3 of 3 headers same',
      value({ kind: 'json', text: '[1' }, true),
      value({ kind: 'json', text: '[1' }, true),
    ],
  ]
  for (const [words, left, right] of summaries)
    it(words, () => assert.equal(said(record(left), record(right)), words))

  it('names the headers that only one has', () =>
    assert.equal(
      headerDifferences(record(), record({ headers: [header('a', 'x'), header('b', 'z')] })),
      'left only: a, b; right only: b',
    ))

  const times: [left: number | undefined, right: number | undefined, words: string][] = [
    [1000, 1326, '0.3 s later'],
    [1000, 1012, '12 ms later'],
    [5000, 1000, '4.0 s earlier'],
    [0, 150_000, '2 min 30 s later'],
    [1000, 1000, 'at the same time'],
    [undefined, 1000, ''],
  ]
  for (const [left, right, words] of times)
    it(words === '' ? 'nothing where a time is not known' : words, () => {
      const at = (timestamp: number | undefined) =>
        record(timestamp === undefined ? {} : { timestamp })
      assert.equal(laterWords(at(left), at(right)).replaceAll('\u00a0', ' '), words)
    })
})

/** With the fields of each object in the opposite order. */
function turned(value: unknown): unknown {
  return rearranged(value, fields => fields.reverse())
}

function sorted(value: unknown): unknown {
  return rearranged(value, fields => fields.sort(([a], [b]) => (a < b ? -1 : 1)))
}

type Fields = [string, unknown][]

function rearranged(value: unknown, arrange: (fields: Fields) => Fields): unknown {
  if (Array.isArray(value)) return value.map(each => rearranged(each, arrange))
  if (typeof value !== 'object' || value === null) return value
  const fields = Object.entries(value).map(([name, field]): [string, unknown] => [
    name,
    rearranged(field, arrange),
  ])
  return Object.fromEntries(arrange(fields))
}
