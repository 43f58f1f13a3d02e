import assert from 'node:assert/strict'
import fc from 'fast-check'
import { contentOf, isUtf8, type Content } from '../../../src/formats/records/scanJson.ts'

function expected(bytes: Uint8Array): Content {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return 'binary'
  }
  try {
    JSON.parse(text)
    return /[\r\n]/.test(text) ? 'json-lines' : 'json'
  } catch {
    return 'text'
  }
}

function agree(bytes: Uint8Array): void {
  assert.equal(contentOf(bytes), expected(bytes), Buffer.from(bytes).toString('latin1'))
}

const TEXTS = [
  '',
  ' ',
  '0',
  '-0',
  '01',
  '-',
  '-01',
  '1.',
  '.5',
  '1.5e',
  '1e+',
  '1E-07',
  '1e400',
  '+1',
  '0x1',
  'NaN',
  'Infinity',
  'true',
  'tru',
  'truee',
  'null ',
  ' \t\r\nfalse\n',
  '"',
  '"a',
  '"a"',
  '"a"b',
  String.raw`"\"\\\/\b\f\n\r\t\u00e4\uD800"`,
  String.raw`"\x"`,
  String.raw`"\u12g4"`,
  String.raw`"\u12"`,
  '"\\',
  '"\t"',
  '"\u007f\u2028"',
  '"ä😀"',
  '[]',
  '[',
  ']',
  '[,]',
  '[1,]',
  '[1 2]',
  '[1,2]]',
  '[}',
  '{}',
  '{]',
  '{,}',
  '{"a"}',
  '{"a":}',
  '{"a":1,}',
  '{"a":1 "b":2}',
  '{"a":1,"b"}',
  '{a:1}',
  "{'a':1}",
  '{"a":1}{"b":2}',
  '1,2',
  '"a":1',
  ':',
  '{"a"\n:\r1}',
  '{"a":[{"b":[[],{}]},null]}',
  '\ufeff{}',
  '\u00a01',
  '[1]\0',
  '[1]\v',
  `${'['.repeat(2000)}${']'.repeat(2000)}`,
  `${'['.repeat(2000)}${']'.repeat(1999)}`,
]

describe('what bytes are', () => {
  for (const text of TEXTS) {
    it(`tells ${JSON.stringify(text.slice(0, 30))}`, () => {
      agree(Buffer.from(text))
    })
  }

  it('agrees with JSON.parse about JSON', () => {
    fc.assert(fc.property(fc.json({ noUnicodeString: false }), text => agree(Buffer.from(text))))
    fc.assert(
      fc.property(fc.jsonValue(), value => agree(Buffer.from(JSON.stringify(value, null, 2)))),
    )
  })

  it('agrees with JSON.parse about JSON in which bytes were changed', () => {
    const codes = fc.oneof(
      fc.nat(255),
      fc.constantFrom(...Buffer.from('"\\{}[],:0123456789.eE+-tfn \n\0')),
    )
    fc.assert(
      fc.property(
        fc.json({ maxDepth: 3 }),
        fc.array(fc.tuple(fc.nat(60), codes, fc.boolean()), { minLength: 1, maxLength: 3 }),
        (text, changes) => {
          const bytes = [...Buffer.from(text)]
          for (const [place, code, adds] of changes) {
            bytes.splice(place % (bytes.length + 1), adds ? 0 : 1, code)
          }
          agree(Uint8Array.from(bytes))
        },
      ),
      { numRuns: 80 },
    )
  })

  it('agrees with TextDecoder about UTF-8', () => {
    const lead = fc.constantFrom(0x7f, 0x80, 0xbf, 0xc0, 0xc1, 0xc2, 0xdf, 0xe0, 0xed, 0xef)
    const more = fc.constantFrom(0xf0, 0xf4, 0xf5, 0xff, 0x8f, 0x90, 0x9f, 0xa0, 0x41)
    fc.assert(
      fc.property(fc.array(fc.oneof(lead, more), { maxLength: 6 }), codes => {
        const bytes = Uint8Array.from(codes)
        assert.equal(isUtf8(bytes), expected(bytes) !== 'binary')
      }),
      { numRuns: 80 },
    )
  })
})
