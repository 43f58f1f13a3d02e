import assert from 'node:assert/strict'
import fc from 'fast-check'
import { callOf, scanTemplates } from '../../src/language/template.ts'

/** Text in quotes as it is sent, expressions in brackets: `<strict>`, `(loose)`. */
function shape(text: string): string {
  const { parts, unclosed } = scanTemplates(text)
  const pieces = parts.map(part => {
    if (part.kind === 'text') return JSON.stringify(part.text)
    return part.strict ? `<${part.text}>` : `(${part.text})`
  })
  return [...pieces, ...unclosed.map(({ start }) => `!${start}`)].join(' ')
}

describe('templates', () => {
  const cases: [text: string, shape: string][] = [
    ['', ''],
    ['plain', '"plain"'],
    ['{{string.uuid}}', '<string.uuid>'],
    ['a{{b}}c{{ d }}e', '"a" <b> "c" (d) "e"'],
    ['{{$timestamp -1 d}}', '<$timestamp -1 d>'],
    ['{{ $uuid }}', '($uuid)'],
    ['{{Foo}}{{_x}}', '(Foo) (_x)'],
    ['{{1a}}{{#each}}{{/each}}{{>x}}{{^x}}{{!x}}', '"{{1a}}{{#each}}{{/each}}{{>x}}{{^x}}{{!x}}"'],
    ['{{"{{"}}', '"{{"'],
    ['a {{"{{"}}b}} c', '"a {{b}} c"'],
    ['{"a":{"b":1}}', '"{\\"a\\":{\\"b\\":1}}"'],
    ['{"n":{{number.int}}}', '"{\\"n\\":" <number.int> "}"'],
    ['{{{number.int}}}', '"{" <number.int> "}"'],
    ['{{number.int({"min":1,"max":2})}}', '<number.int({"min":1,"max":2})>'],
    ['{{unclosed', '"{{unclosed" !0'],
    ['{{a {{b}}', '"{{a " <b> !0'],
    ['{{a {{b', '"{{a {{b" !0 !4'],
    ['}} {{', '"}} {{"'],
    ['{{a\nb}}', '<a\nb>'],
    ['\\{{x}}', '"\\\\" <x>'],
  ]
  for (const [text, expected] of cases) {
    it(JSON.stringify(text), () => {
      assert.equal(shape(text), expected)
    })
  }

  it('gives back the whole text where nothing is put in', () => {
    const piece = fc.constantFrom('{', '{{', '}}', '}', '"', 'a', '$', ' ', '#', '\n', '{{x}}')
    fc.assert(
      fc.property(fc.array(piece), pieces => {
        const text = pieces.join('').replaceAll('{{"{{"}}', '')
        const { parts } = scanTemplates(text, 10)
        assert.equal(parts.map(part => ('raw' in part ? part.raw : part.text)).join(''), text)
        for (const { span } of parts) assert.ok(span.start >= 10 && span.end <= text.length + 10)
      }),
      { numRuns: 50 },
    )
  })

  const calls: [text: string, call: object | undefined][] = [
    ['x', { json: false, name: 'x', nameStart: 0, rest: '' }],
    ['order.value.id', { json: false, name: 'order.value.id', nameStart: 0, rest: '' }],
    ['a-b', { json: false, name: 'a-b', nameStart: 0, rest: '' }],
    ['json x', { json: true, name: 'x', nameStart: 5, rest: '' }],
    ['json', { json: false, name: 'json', nameStart: 0, rest: '' }],
    [
      'number.int(5)',
      { json: false, name: 'number.int', nameStart: 0, callArguments: '5', rest: '' },
    ],
    ['$timestamp -1 d', { json: false, name: '$timestamp', nameStart: 0, rest: '-1 d' }],
    ['$date.iso', { json: false, name: '$date.iso', nameStart: 0, rest: '' }],
    ['a + b', { json: false, name: 'a', nameStart: 0, rest: '+ b' }],
    ['$', undefined],
  ]
  for (const [text, call] of calls) {
    it(`${text} taken apart`, () => {
      assert.deepEqual(callOf(text), call)
    })
  }
})
