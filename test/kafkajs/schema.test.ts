import assert from 'node:assert/strict'
import {
  api,
  array,
  between,
  bool,
  int16,
  int32,
  int64,
  int8,
  list,
  nullableBytes,
  nullableList,
  nullableString,
  nullableStruct,
  since,
  string,
  tagged,
  uint16,
  uuid,
  withDefault,
  type Type,
} from '../../src/kafkajs/protocol/schema.ts'
import { Reader, WireError, Writer } from '../../src/kafkajs/protocol/wire.ts'

const PLAIN = { version: 0, flexible: false }
const FLEXIBLE = { version: 0, flexible: true }

/** One row: a type, a value, and its bytes in old and in flexible versions (KIP-482). */
function row<T>(name: string, type: Type<T>, value: T, plain: string, flexible = plain) {
  const write = (context: typeof PLAIN) => {
    const writer = new Writer()
    type.write(writer, value, context)
    return writer.bytes().toString('hex')
  }
  const read = (hex: string, context: typeof PLAIN) => {
    const reader = new Reader(Buffer.from(hex, 'hex'))
    const found = type.read(reader, context)
    assert.equal(reader.remaining, 0)
    return found
  }
  return {
    name,
    check: () => {
      assert.equal(write(PLAIN), plain)
      assert.equal(write(FLEXIBLE), flexible)
      assert.deepEqual(read(plain, PLAIN), value)
      assert.deepEqual(read(flexible, FLEXIBLE), value)
    },
  }
}

const pair = { a: int8, b: nullableString }

describe('the forms of Kafka values', () => {
  const rows = [
    row('bool', bool, true, '01'),
    row('int8', int8, -2, 'fe'),
    row('int16', int16, -2, 'fffe'),
    row('uint16', uint16, 65_534, 'fffe'),
    row('int32', int32, 258, '00000102'),
    row('int64', int64, -2n, 'fffffffffffffffe'),
    row('uuid', uuid, '00010203-0405-0607-0809-0a0b0c0d0e0f', '000102030405060708090a0b0c0d0e0f'),
    row('string', string, 'hé', '000368c3a9', '0468c3a9'),
    row('null string', nullableString, null, 'ffff', '00'),
    row('empty string', nullableString, '', '0000', '01'),
    row('bytes', nullableBytes, Buffer.from([7]), '0000000107', '0207'),
    row('null bytes', nullableBytes, null, 'ffffffff', '00'),
    row('array', array(int8), [1, 2], '000000020102', '030102'),
    row('null array', nullableList(pair), null, 'ffffffff', '00'),
    row('structs', list(pair), [{ a: 1, b: null }], '0000000101ffff', '02010000'),
    row('nullable struct', nullableStruct(pair), { a: 1, b: 'x' }, '0101000178', '0101027800'),
    row('null struct', nullableStruct(pair), null, 'ff'),
    row(
      'long string',
      string,
      'x'.repeat(200),
      `00c8${'78'.repeat(200)}`,
      `c901${'78'.repeat(200)}`,
    ),
  ]
  for (const { name, check } of rows) it(name, check)
})

const Example = api({
  key: 99,
  name: 'Example',
  versions: [0, 3],
  flexibleFrom: 2,
  request: {
    first: since(0, withDefault(int32, -1)),
    middle: between(1, 2, int8),
    note: tagged(5, 2, string),
  },
  response: { code: int16, later: since(3, int8), extra: tagged(0, 2, int8) },
})

describe('a request and its answer', () => {
  const encode: readonly (readonly [number, Parameters<typeof Example.encode>[1], string])[] = [
    [0, {}, 'ffffffff'],
    [0, { first: 1, middle: 9, note: 'left out in this version' }, '00000001'],
    [1, { first: 1 }, '0000000100'],
    [2, { first: 1, middle: 9 }, '00000000010900'],
    [2, { first: 1, middle: 9, note: 'x' }, '00000000010901050202' + '78'],
    [3, { first: 1, middle: 9 }, '000000000100'],
  ]
  for (const [version, body, hex] of encode) {
    it(`is written in version ${version} as ${hex}`, () => {
      assert.equal(Example.encode(version, body).toString('hex'), hex)
    })
  }

  const decode: readonly (readonly [number, string, object])[] = [
    [0, '0023', { code: 35 }],
    [2, '00' + '0023' + '00', { code: 35 }],
    [2, '01000107' + '0023' + '00', { code: 35 }],
    [3, '00' + '0023' + '04' + '01000109', { code: 35, later: 4, extra: 9 }],
    [3, '00' + '0023' + '04' + '02000109' + '0702ffff', { code: 35, later: 4, extra: 9 }],
  ]
  for (const [version, hex, value] of decode) {
    it(`is read in version ${version} from ${hex}`, () => {
      assert.deepEqual(Example.decode(version, Buffer.from(hex, 'hex')), value)
    })
  }

  const picks: readonly (readonly [number, number, number | undefined, number | undefined])[] = [
    [0, 9, undefined, 3],
    [0, 2, undefined, 2],
    [0, 9, 1, 1],
    [4, 9, undefined, undefined],
  ]
  for (const [min, max, atMost, version] of picks) {
    it(`picks ${version ?? 'none'} of ${min} to ${max}, at most ${atMost ?? 'any'}`, () => {
      assert.equal(Example.pick(new Map([[99, { min, max }]]), atMost), version)
      assert.equal(Example.pick(new Map()), undefined)
    })
  }
})

describe('a broken answer', () => {
  const broken: readonly (readonly [string, Type<unknown>, string])[] = [
    ['ends too early', int32, '0001'],
    ['has a text longer than itself', string, '0009aa'],
    ['has bytes longer than itself', nullableBytes, '7fffffffaa'],
    ['claims more elements than bytes', array(int8), '7fffffff01'],
    ['ends within a struct', list(pair), '0000000101'],
  ]
  for (const [name, type, hex] of broken) {
    it(`${name}: refused`, () => {
      assert.throws(() => type.read(new Reader(Buffer.from(hex, 'hex')), PLAIN), WireError)
    })
  }

  it('has a number without end: refused', () => {
    assert.throws(() => new Reader(Buffer.alloc(9, 0xff)).unsignedVarint(), WireError)
  })
})

describe('record numbers', () => {
  const rows: readonly (readonly [number, string])[] = [
    [0, '00'],
    [-1, '01'],
    [1, '02'],
    [-64, '7f'],
    [64, '8001'],
    [2147483647, 'feffffff0f'],
    [-2147483648, 'ffffffff0f'],
  ]
  for (const [value, hex] of rows) {
    it(`${value} is ${hex}`, () => {
      const writer = new Writer()
      writer.varint(value)
      writer.varlong(BigInt(value))
      assert.equal(writer.bytes().toString('hex'), hex + hex)
    })
  }
})
