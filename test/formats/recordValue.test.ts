import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseExact } from '../../src/formats/exactJson.ts'
import { fieldsValue, recordValue } from '../../src/formats/recordValue.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const format = (name: string, ...parameters: string[]) => ({ name, parameters })

describe('JSON with exact integers', () => {
  const cases: readonly (readonly [text: string, value: unknown])[] = [
    ['9007199254740991', 9_007_199_254_740_991],
    ['9007199254740993', 9_007_199_254_740_993n],
    ['-9007199254740993', -9_007_199_254_740_993n],
    ['{"id":12345678901234567890}', { id: 12_345_678_901_234_567_890n }],
    ['[1, 9223372036854775807]', [1, 9_223_372_036_854_775_807n]],
    ['{"a":"12345678901234567890"}', { a: '12345678901234567890' }],
    ['{"a":0.1234567890123456789}', { a: 0.123_456_789_012_345_68 }],
    ['{"a":12345678901234567890.5}', { a: 12_345_678_901_234_567_890.5 }],
    ['{"a":1e20}', { a: 1e20 }],
    ['12345678901234567e2', 12_345_678_901_234_567e2],
    ['{"a": -9007199254740993 , "b" : 2}', { a: -9_007_199_254_740_993n, b: 2 }],
    [
      '{"constructor":"Ferrari","x":{"constructor":1}}',
      new Map<string, unknown>([
        ['constructor', 'Ferrari'],
        ['x', new Map([['constructor', 1]])],
      ]),
    ],
  ]
  for (const [text, value] of cases) {
    it(text, () => assert.deepEqual(parseExact(text), value))
  }

  it('finds every long integer wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 70n), max: 2n ** 70n }),
        fc.string(),
        fc.integer({ min: 0, max: 40 }),
        (integer, name, blanks) => {
          const text = `{${JSON.stringify(name)}:${' '.repeat(blanks)}[${integer}]}`
          const number = Number(integer)
          const expected = Number.isSafeInteger(number) ? number : integer
          const [content] = Object.values(parseExact(text) as Record<string, unknown>)
          assert.deepEqual(content, [expected === 0 ? 0 : expected])
        },
      ),
    )
  })

  it('is what JSON.parse gives where no integer is long', () => {
    fc.assert(
      fc.property(fc.json(), text => {
        if (/\d{16}|constructor/.test(text)) return
        assert.deepEqual(parseExact(text), JSON.parse(text))
      }),
      { numRuns: 30 },
    )
  })
})

describe('A key or value as an expression sees it', () => {
  const cases: readonly (readonly [
    name: string,
    value: unknown,
    ...Parameters<typeof recordValue>,
  ])[] = [
    ['JSON', { a: 1 }, format('auto'), bytes('{"a":1}')],
    ['a number', 42, format('auto'), bytes('42')],
    ['text', 'o-17', format('auto'), bytes('o-17')],
    ['what only begins like JSON', 'true story', format('auto'), bytes('true story')],
    ['bytes', '/wA=', format('auto'), Uint8Array.of(255, 0)],
    ['null', null, format('auto'), null],
    ['text that is text', '42', format('string'), bytes('42')],
    ['latin1', 'é', format('string', 'latin1'), Uint8Array.of(0xe9)],
    ['a long', 9_007_199_254_740_993n, format('long'), Uint8Array.of(0, 32, 0, 0, 0, 0, 0, 1)],
    ['a short', -1n, format('short'), Uint8Array.of(255, 255)],
    ['a double', 1.5, format('double'), Uint8Array.of(0x3f, 0xf8, 0, 0, 0, 0, 0, 0)],
    ['hexadecimal', 'ff', format('bytes', 'hex'), Uint8Array.of(255)],
    ['what is left out', undefined, format('none'), bytes('x')],
  ]
  for (const [name, value, ...parameters] of cases) {
    it(name, () => assert.deepEqual(recordValue(...parameters), value))
  }

  it('throws where bytes are not what the format says', () => {
    assert.throws(() => recordValue(format('long'), bytes('abc')), /3 bytes instead of 8/)
  })

  it('gives the fields of a value that is text, but not its scalars', () => {
    assert.deepEqual(fieldsValue(format('string'), bytes(' {"a":1}')), { a: 1 })
    assert.equal(fieldsValue(format('string'), bytes('42')), '42')
    assert.equal(fieldsValue(format('string'), bytes('{x')), '{x')
  })

  it('is nothing where the format says JSON and it is none', () => {
    assert.throws(() => recordValue(format('json'), bytes('o-17')), /It is not JSON\./)
    assert.throws(() => recordValue(format('json'), bytes('{"a":')), /It is not JSON\./)
  })
})
