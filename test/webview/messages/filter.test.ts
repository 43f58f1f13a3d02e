import assert from 'node:assert/strict'
import {
  completionAt,
  isKnown,
  nearest,
  unknownFields,
} from '../../../src/webview/messages/fields.ts'
import { highlightOf, jsonPieces, textPieces } from '../../../src/webview/messages/preview.ts'
import { piecesOf, tokensOf } from '../../../src/webview/messages/tokens.ts'

const FIELDS = [
  'value.id',
  'value.status',
  'value.amount',
  'value.customer.city',
  'value.items.sku',
]

describe('the colours of a filter', () => {
  const cases: [text: string, expected: string][] = [
    ['value.status == "FAILED"', 'plain(value.status == )string("FAILED")'],
    ['a > 100 && b1 < 1.5e3', 'plain(a > )number(100)plain( && b1 < )number(1.5e3)'],
    ['x in [true, null]', 'plain(x )word(in)plain( [)word(true)plain(, )word(null)plain(])'],
    ['k == "open', 'plain(k == )string("open)'],
    ['value.in == 1', 'plain(value.in == )number(1)'],
    ['', ''],
  ]
  for (const [text, expected] of cases)
    it(`of ${JSON.stringify(text)}`, () => {
      const tokens = tokensOf(text)
      assert.equal(tokens.map(token => `${token.kind}(${token.text})`).join(''), expected)
      assert.equal(tokens.map(token => token.text).join(''), text)
    })

  it('are cut where a mark begins and ends', () => {
    const text = 'value.state == "x"'
    const pieces = piecesOf(tokensOf(text), [{ from: 6, to: 11, kind: 'unknown' }])
    assert.deepEqual(
      pieces.map(piece => [piece.text, piece.mark]),
      [
        ['value.', undefined],
        ['state', 'unknown'],
        [' == ', undefined],
        ['"x"', undefined],
      ],
    )
  })

  it('mark the last character for an error at the end', () => {
    const pieces = piecesOf(tokensOf('a =='), [{ from: 4, to: 4, kind: 'error' }])
    assert.deepEqual(pieces.at(-1), { kind: 'plain', mark: 'error', text: '=' })
  })
})

describe('the fields of a filter', () => {
  it('are known where a record has them or something inside them', () => {
    const known = [
      'value.status',
      'value.customer',
      'value.items[0].sku',
      'value["id"]',
      'key',
      'offset',
    ]
    for (const path of known) assert.ok(isKnown(path, FIELDS), path)
    for (const path of ['value.state', 'value.customer.town', 'value.customer["x"]'])
      assert.ok(!isKnown(path, FIELDS), path)
  })

  it('are not doubted before a field was seen', () => {
    assert.deepEqual(unknownFields([{ path: 'value.state', from: 0, to: 11 }], []), [])
  })

  const slips: [path: string, expected: string | undefined][] = [
    ['value.state', 'value.status'],
    ['value.Status', 'value.status'],
    ['value.city', 'value.customer.city'],
    ['value.amuont', 'value.amount'],
    ['value.warehouse', undefined],
  ]
  for (const [path, expected] of slips)
    it(`${path} was likely ${expected ?? 'no slip'}`, () => {
      assert.equal(nearest(path, FIELDS), expected)
    })

  it('are offered while a name is typed', () => {
    assert.deepEqual(completionAt('value.st', 8, FIELDS), { from: 0, words: ['value.status'] })
    assert.deepEqual(completionAt('1 == value.customer.', 20, FIELDS)?.words, [
      'value.customer.city',
    ])
    assert.ok(completionAt('va', 2, FIELDS)?.words.includes('value'))
    assert.deepEqual(completionAt('city', 4, FIELDS)?.words, ['value.customer.city'])
  })

  it('are not offered in a string, within a word, or when there is nothing to add', () => {
    assert.equal(completionAt('key == "val', 11, FIELDS), undefined)
    assert.equal(completionAt('value.status', 8, FIELDS), undefined)
    assert.equal(completionAt('value.status', 12, FIELDS), undefined)
    assert.ok(completionAt('key == "x" && va', 16, FIELDS))
  })
})

describe('a preview', () => {
  const shown = (text: string, filter: Parameters<typeof highlightOf>) =>
    jsonPieces(text, 'value', highlightOf(...filter))
      .map(piece => (piece.kind === 'plain' ? piece.text : `${piece.kind}<${piece.text}>`))
      .join('')
  const none: Parameters<typeof highlightOf> = ['', { kind: 'none' }]

  it('dims the names of JSON', () => {
    assert.equal(
      shown('{"a":1,"b":["c",{"d":null}]}', none),
      '{name<"a":>1,name<"b":>["c",{name<"d":>null}]}',
    )
  })

  it('ends anywhere', () => {
    for (const text of ['{"a":"b', '{"a', '{"a":{"b":1},', '', '"text"', '[1,2'])
      assert.equal(
        jsonPieces(text, 'value', {})
          .map(piece => piece.text)
          .join(''),
        text,
      )
  })

  const paths = (...all: string[]): Parameters<typeof highlightOf>[1] => ({
    kind: 'expression',
    paths: all.map(path => ({ path, from: 0, to: 0 })),
  })

  it('marks the values that an expression is about, and no others of the name', () => {
    assert.equal(
      shown('{"id":1,"sub":{"id":2},"items":[{"sku":"x"}]}', [
        '',
        paths('value.id', 'value.items[0].sku'),
      ]),
      '{name<"id":>hit<1>,name<"sub":>{name<"id":>2},name<"items":>[{name<"sku":>hit<"x">}]}',
    )
  })

  it('marks a text wherever it stands', () => {
    const pieces = textPieces('Paid, paid.', highlightOf('paid', { kind: 'text', exact: false }))
    assert.deepEqual(
      pieces.map(piece => piece.kind),
      ['hit', 'plain', 'hit', 'plain'],
    )
    assert.equal(
      shown('{"paid":"a paid b"}', ['"paid"', { kind: 'text', exact: true }]),
      '{name<">hit<paid>name<":>"a hit<paid> b"}',
    )
  })
})
