import assert from 'node:assert/strict'
import { Buffer } from 'node:buffer'
import { decode, encode, shown, type Format } from '../../src/formats/formats.ts'

function format(text: string): Format {
  const [, name = '', parameter] = /^([\w-]+)(?:\((.*)\))?$/.exec(text) ?? []
  return { name, parameters: parameter === undefined ? [] : [parameter] }
}

function hex(written: string | undefined, text: string): string {
  const result = encode(written === undefined ? undefined : format(written), text)
  if ('problem' in result) return `${result.problem.code} ${result.problem.message}`
  return result.bytes === null ? 'null' : Buffer.from(result.bytes).toString('hex')
}

function read(written: string | undefined, bytes: string | null): string {
  const decoded = decode(
    written === undefined ? undefined : format(written),
    bytes === null ? null : Buffer.from(bytes, 'hex'),
  )
  return `${decoded.kind} ${shown(decoded)}`
}

describe('formats', () => {
  const written: [format: string | undefined, text: string, bytes: string][] = [
    [undefined, 'é', 'c3a9'],
    ['string', 'é', 'c3a9'],
    ['string(latin1)', 'é', 'e9'],
    ['string(base64)', 'aGk=', '6869'],
    ['string(hex)', 'zz', ''],
    ['string(morse)', 'a', 'K202 Unknown encoding "morse".'],
    ['json', '{"a": 1}', '7b2261223a20317d'],
    ['json', '{a}', 'K210 Invalid JSON value.'],
    ['short', '-2', 'fffe'],
    ['short', '70000', 'K205 70000 does not fit "short" (-32768 … 32767).'],
    ['integer', '12', '0000000c'],
    ['integer', '0x10', '00000010'],
    ['integer', '12abc', 'K205 "12abc" is not an integer.'],
    ['integer', '1e3', 'K205 "1e3" is not an integer.'],
    ['integer', 'abc', 'K205 "abc" is not an integer.'],
    ['integer', '2147483648', 'K205 2147483648 does not fit "integer" (-2147483648 … 2147483647).'],
    ['long', '9007199254740993', '0020000000000001'],
    ['long', '-9223372036854775808', '8000000000000000'],
    [
      'long',
      '9223372036854775808',
      'K205 9223372036854775808 does not fit "long" (-9223372036854775808 … 9223372036854775807).',
    ],
    ['double', '1.5', '3ff8000000000000'],
    ['float', ' -1e2 ', 'c2c80000'],
    ['double', 'NaN', '7ff8000000000000'],
    ['double', '12abc', 'K205 "12abc" is not a number.'],
    ['bytes(hex)', '0A ff', '0aff'],
    ['bytes(hex)', '0A f', 'K205 "0A f" is not hexadecimal: pairs of 0-9 and a-f.'],
    ['bytes(base64)', 'aGk', '6869'],
    ['bytes(base64)', 'a', 'K205 "a" is not base64.'],
    ['bytes', 'a', 'K202 The format "bytes" needs its notation: bytes(base64) or bytes(hex).'],
    ['null', 'anything', 'null'],
    ['none', 'a', 'K201 The format "none" is for reading only.'],
    ['avro', '{}', 'not-there-yet The format "avro" comes in a later version of Kafka Workbench.'],
    ['String', 'a', 'K201 Unknown format "String".'],
  ]
  for (const [name, text, bytes] of written) {
    it(`writes ${JSON.stringify(text)} as ${name ?? 'default'}`, () => {
      assert.equal(hex(name, text), bytes)
    })
  }

  const readings: [format: string | undefined, bytes: string | null, text: string][] = [
    [undefined, 'c3a9', 'text é'],
    [undefined, null, 'null null'],
    ['string(utf16le)', '4100', 'text A'],
    ['json', '7b7d', 'json {}'],
    ['json', '7b', 'text {'],
    ['auto', '5b315d', 'json [1]'],
    ['auto', '6869', 'text hi'],
    ['auto', 'ff00', 'binary /wA='],
    ['bytes(hex)', 'ff00', 'binary ff00'],
    ['bytes(base64)', 'ff00', 'binary /wA='],
    ['short', 'fffe', 'text -2'],
    ['integer', '0000000c', 'text 12'],
    ['integer', '0c', 'problem This is no "integer": it has 1 byte instead of 4.'],
    ['long', '0020000000000001', 'text 9007199254740993'],
    ['long', '', 'problem This is no "long": it has 0 bytes instead of 8.'],
    ['float', '3fc00000', 'text 1.5'],
    ['double', '7ff8000000000000', 'text NaN'],
    ['none', 'ff', 'hidden '],
    ['none', null, 'hidden '],
    [
      'protobuf(a.B)',
      '00',
      'problem The format "protobuf" comes in a later version of Kafka Workbench.',
    ],
  ]
  for (const [name, bytes, text] of readings) {
    it(`reads ${bytes ?? 'null'} as ${name ?? 'default'}`, () => {
      assert.equal(read(name, bytes), text)
    })
  }

  it('reads numbers from the middle of a page of records', () => {
    const page = Buffer.from('ffff0000000cffff', 'hex')
    assert.deepEqual(decode(format('integer'), page.subarray(2, 6)), { kind: 'text', text: '12' })
  })
})
