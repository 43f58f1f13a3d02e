import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import {
  definitionsOf,
  nameAt,
  referencesOf,
  rename,
  renameable,
} from '../../src/language/services/navigate.ts'

const FILE = `@host = {{domain}}
@id = {{$uuid}}
PRODUCER order
topic: {{host}}-{{ host }}
key: {{json id}}
{ "a": "{{id}}", "b": "{{domain}}" }
###
EXPECT priced
topic: a
match: key == "{{order.key}}" && value.id == {{order.value.id}}
capture: id = value.id
###
EXPECT GROUP last
topic: {{id}}
match: {{priced.offset}} > 0
`
const file = parse(FILE).file
const given = new Set(['domain'])

/** The offset of the n-th occurrence of a text, counted from 0. */
function offsetOf(text: string, which = 0): number {
  let at = FILE.indexOf(text)
  for (let index = 0; index < which; index++) at = FILE.indexOf(text, at + 1)
  return at
}

function lineAt(offset: number): number {
  return file.lines.lineAt(offset) + 1
}

describe('names of a file', () => {
  const cases: [what: string, offset: number, kind: string, declared: number[], used: number[]][] =
    [
      ['a variable where it is used', offsetOf('{{host') + 3, 'variable', [1], [4, 4]],
      ['a variable where it is declared', offsetOf('@id') + 1, 'variable', [2], [5, 6]],
      ['a capture', offsetOf('{{id}}', 1) + 2, 'capture', [11], [14]],
      ['a capture where it happens', offsetOf('id = value'), 'capture', [11], [14]],
      ['a block', offsetOf('{{order') + 4, 'block', [3], [10, 10]],
      ['a block at its keyword', offsetOf('priced'), 'block', [8], [15]],
      ['a value from outside', offsetOf('{{domain', 1) + 2, 'given', [], [1, 6]],
    ]
  for (const [what, offset, kind, declared, used] of cases) {
    it(`are found: ${what}`, () => {
      const name = nameAt(file, offset, given)
      assert.ok(name)
      assert.equal(name.kind, kind)
      assert.deepEqual(
        definitionsOf(file, name).map(({ start }) => lineAt(start)),
        declared,
      )
      const places = referencesOf(file, name, false, given)
      assert.deepEqual(
        places.map(({ span }) => lineAt(span.start)),
        used,
      )
      for (const { span } of places) assert.equal(FILE.slice(span.start, span.end), name.name)
    })
  }

  it('are none elsewhere', () => {
    for (const text of ['$uuid', 'topic', '"a"', 'value.id', 'last'])
      assert.equal(nameAt(file, offsetOf(text) + 1, given), undefined, text)
  })
})

function renamed(offset: number, newName: string): string {
  const result = rename(file, offset, newName, given)
  if ('refused' in result) return result.refused
  return [...result.edits]
    .sort((a, b) => b.span.start - a.span.start)
    .reduce(
      (text, { span, text: to }) => text.slice(0, span.start) + to + text.slice(span.end),
      FILE,
    )
}

describe('renaming', () => {
  it('changes all places of a name and nothing else', () => {
    assert.equal(
      renamed(offsetOf('@id') + 1, 'orderId'),
      FILE.replace('@id', '@orderId')
        .replace('json id', 'json orderId')
        .replace('{{id}}', '{{orderId}}'),
    )
    assert.equal(
      renamed(offsetOf('{{order') + 2, 'sent'),
      FILE.replace('PRODUCER order', 'PRODUCER sent').replaceAll('{{order.', '{{sent.'),
    )
    assert.equal(renamed(offsetOf('{{host') + 2, 'host.name'), FILE.replaceAll('host', 'host.name'))
    assert.equal(renamed(offsetOf('@id') + 1, 'id'), FILE)
  })

  const refused: [name: string, to: string, reason: RegExp][] = [
    ['@id', '1a', /is not a name/],
    ['@id', 'a b', /is not a name/],
    ['@id', '', /is not a name/],
    ['@id', '$uuid', /is not a name/],
    ['@id', 'number.int', /means generated data/],
    ['@id', 'person', /means generated data/],
    ['@id', 'host', /name of something else/],
    ['@id', 'domain', /name of something else/],
    ['@id', 'order', /name of something else/],
    ['@id', 'order.key', /name of something else/],
    ['id = value', 'a.b', /is not a name/],
    ['priced', 'order', /name of something else/],
  ]
  for (const [place, to, reason] of refused) {
    it(`${place} is not renamed to ${JSON.stringify(to)}`, () => {
      assert.match(renamed(offsetOf(place) + 1, to), reason)
    })
  }

  it('refuses what has no name in the file', () => {
    assert.match(renamed(offsetOf('{{domain') + 2, 'x'), /not declared in this file/)
    assert.match(renamed(offsetOf('topic'), 'x'), /Only variables, captures/)
    const twice = parse('PRODUCER a\nx\n###\nEXPECT a\n').file
    const found = renameable(twice, 10)
    assert.ok('refused' in found && found.refused.includes('several blocks'))
  })
})
