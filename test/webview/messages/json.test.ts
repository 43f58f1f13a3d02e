import assert from 'node:assert/strict'
import * as fc from 'fast-check'
import {
  ARRAY,
  nameOf,
  OBJECT,
  parseJson,
  pathOf,
  written,
  type JsonTree,
} from '../../../src/webview/messages/detail/json.ts'
import { linesOf, piecesOf } from '../../../src/webview/messages/detail/jsonLines.ts'

const LETTERS = Array.from('{}[]",:0123.-eEtrufalsn ')

/** The printed lines of a text. */
function printed(text: string, cut = false): string[] {
  const tree = parseJson(text, cut)
  assert.ok(tree, `not read: ${text}`)
  return [...linesOf(tree)].map(line =>
    piecesOf(tree, line)
      .map(piece => piece.text)
      .join(''),
  )
}

function pathsOf(tree: JsonTree): string[] {
  return Array.from({ length: tree.size }, (_, node) => pathOf(tree, node, 'value'))
}

describe('JSON as it was sent', () => {
  const asWritten: [name: string, text: string, lines: string[]][] = [
    ['a number that no double holds', '12345678901234567890.10', ['12345678901234567890.10']],
    ['an exponent', '[1E+05,-0.0]', ['[', '  1E+05,', '  -0.0', ']']],
    ['escapes', String.raw`"\u0041\"\\"`, [String.raw`"\u0041\"\\"`]],
    ['a name that stands twice', '{"a":1,"a":2}', ['{', '  "a": 1,', '  "a": 2', '}']],
    ['empty containers', ' { "a" : { } , "b" : [ ] } ', ['{', '  "a": {},', '  "b": []', '}']],
    ['words', '[true,false,null]', ['[', '  true,', '  false,', '  null', ']']],
    ['a byte order mark', '\ufeff"a"', ['"a"']],
    ['an empty name', '{"":""}', ['{', '  "": ""', '}']],
  ]
  for (const [name, text, lines] of asWritten)
    it(`keeps ${name}`, () => assert.deepEqual(printed(text), lines))

  const refused = [
    '',
    ' ',
    '{',
    '[1,]',
    '{"a":1,}',
    '{"a"}',
    '{a:1}',
    '[1}',
    '1 2',
    '01',
    '+1',
    'nul',
    'True',
    '"a',
    '"a\\"',
    '[1 2]',
    ']',
    'NaN',
    '--1',
    '{"a":1]',
  ]
  for (const text of refused)
    it(`refuses ${JSON.stringify(text)}`, () => assert.equal(parseJson(text), undefined))

  it('reads what JSON.parse reads, and nothing else', () => {
    const texts = fc.oneof(fc.json(), fc.string({ unit: fc.constantFrom(...LETTERS) }))
    fc.assert(
      fc.property(texts, text => {
        let expected = true
        try {
          JSON.parse(text)
        } catch {
          expected = false
        }
        assert.equal(parseJson(text) !== undefined, expected)
      }),
      { numRuns: 50 },
    )
  })

  it('prints what means the same', () => {
    fc.assert(
      fc.property(fc.json(), text =>
        assert.deepEqual(JSON.parse(printed(text).join('\n')), JSON.parse(text)),
      ),
      { numRuns: 30 },
    )
  })

  const cuts: [text: string, lines: string[]][] = [
    ['{"a":[1,2', ['{', '  "a": [', '    1,', '    2', '  ]', '}']],
    ['{"a":"b', ['{', '  "a": "b', '}']],
    ['{"a":"b\\', ['{', '  "a": "b\\', '}']],
    ['{"a":tr', ['{', '  "a": tr', '}']],
    ['{"a":-', ['{', '  "a": -', '}']],
    ['{"a":1,"b', ['{', '  "a": 1', '}']],
    ['{"a":1,"b":', ['{', '  "a": 1', '}']],
    ['{"a":1}', ['{', '  "a": 1', '}']],
  ]
  for (const [text, lines] of cuts)
    it(`shows the beginning ${text}`, () => assert.deepEqual(printed(text, true), lines))

  it('tells whether the end is there', () =>
    assert.deepEqual(
      ['[1', '[1]'].map(text => parseJson(text, true)?.cut),
      [true, false],
    ))

  it('refuses the beginning of something else', () =>
    assert.deepEqual(
      ['{"a" 1', 'hello', '[1}'].map(text => parseJson(text, true)),
      [undefined, undefined, undefined],
    ))

  it('names each place as an expression does', () => {
    const tree = parseJson('{"a":{"b c":[0,{"d":1}]},"\\u0065":2,"0":3,"a":4}')!
    assert.deepEqual(pathsOf(tree), [
      'value',
      'value.a',
      'value.a["b c"]',
      'value.a["b c"][0]',
      'value.a["b c"][1]',
      'value.a["b c"][1].d',
      'value.e',
      'value["0"]',
      'value.a',
    ])
  })

  it('knows of a container what it holds and where it ends', () => {
    const tree = parseJson('{"a":[1,[2,3]],"b":{}}')!
    const rows = [0, 1, 3, 6].map(node => [
      nameOf(tree, node),
      tree.kind[node] === OBJECT ? 'object' : tree.kind[node] === ARRAY ? 'array' : '',
      tree.count[node],
      tree.next[node],
      written(tree, node),
    ])
    assert.deepEqual(rows, [
      ['0', 'object', 2, 7, '{"a":[1,[2,3]],"b":{}}'],
      ['a', 'array', 2, 6, '[1,[2,3]]'],
      ['1', 'array', 2, 6, '[2,3]'],
      ['b', 'object', 0, 7, '{}'],
    ])
  })

  it('bears any nesting', () => {
    const depth = 100_000
    const tree = parseJson('['.repeat(depth) + ']'.repeat(depth))!
    assert.deepEqual([tree.size, tree.depth[depth - 1]], [depth, depth - 1])
    assert.equal(linesOf(tree).length, 2 * depth - 1)
    assert.equal(pathOf(tree, 2, 'value'), 'value[0][0]')
  })
})
