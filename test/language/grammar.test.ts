import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { fitsGrammar } from '../../src/language/fits.ts'
import { PROPERTIES } from '../../src/language/vocabulary.ts'

interface Grammar {
  readonly scopeName: string
  readonly repository: Record<string, { readonly match?: string }>
}

function read(name: string): unknown {
  return JSON.parse(readFileSync(new URL(`../../syntaxes/${name}`, import.meta.url), 'utf8'))
}

const grammar = read('kafka.tmLanguage.json') as Grammar
const property = new RegExp(grammar.repository['producer-property']?.match ?? '')
const fitting = new RegExp(grammar.repository['producer-property-that-fits']?.match ?? '')

const NAMES = PROPERTIES.PRODUCER.map(({ name }) => name).filter(
  name => !fitsGrammar(name, 'no fit'),
)

describe('the colouring grammar', () => {
  it('knows exactly the PRODUCER properties that the parser knows', () => {
    for (const { name } of PROPERTIES.PRODUCER) {
      const needsToFit = !fitsGrammar(name, 'no such value')
      assert.equal(property.test(`${name}: x`), !needsToFit, name)
    }
    assert.ok(!property.test('Topic: x'))
    assert.ok(!property.test(' topic: x'))
    assert.ok(!property.test('timestamp: x'))
  })

  it('colours what must fit only where the parser takes it for a property', () => {
    const rests = ['a = b', 'a b = c', '=', 'jsonl', '5/s', 'all', 'gzip', 'true', '{{x}}', 'x']
    for (const name of NAMES) {
      for (const rest of rests) {
        assert.equal(fitting.test(`${name}: ${rest}`), fitsGrammar(name, rest), `${name}: ${rest}`)
      }
    }
  })

  it('has snippets with a prefix and a body', () => {
    const snippets = read('snippets.json') as Record<string, { prefix: string; body: string[] }>
    const prefixes = Object.values(snippets).map(snippet => snippet.prefix)
    assert.equal(new Set(prefixes).size, prefixes.length)
    for (const prefix of [
      'producer',
      'json-producer',
      'consumer',
      'expect',
      'expect-group',
      'round-trip',
      'topic',
      'defaults',
      'comment',
      'separator',
    ]) {
      assert.ok(prefixes.includes(prefix), prefix)
    }
  })
})
