import assert from 'node:assert/strict'
import { AUTO, type Format } from '../../../src/kafka/format.ts'
import { rowCell, withoutCutCharacter } from '../../../src/reading/view/cells.ts'
import { detailOf, hexOf } from '../../../src/reading/view/recordDetail.ts'
import { record, utf8 } from './pages.ts'

const format = (name: string, ...parameters: string[]): Format => ({ name, parameters })
const cell = (bytes: Uint8Array | null, as: Format = AUTO, length = bytes?.length ?? 0) =>
  rowCell({ bytes, length }, as)

describe('what a row shows of a key or value', () => {
  const binary = Uint8Array.of(0xff, 0xfe, 0x00, 0x01)
  const rows: readonly (readonly [
    what: string,
    bytes: Uint8Array | null,
    as: Format,
    cell: object,
  ])[] = [
    ['null', null, AUTO, { kind: 'null' }],
    ['text', utf8('Łódź'), AUTO, { kind: 'text', text: 'Łódź' }],
    ['lines', utf8('a\r\nb\tc'), AUTO, { kind: 'text', text: 'a b c' }],
    [
      'JSON, without blanks, its numbers as they are',
      utf8('{ "a b": [1, 12345678901234567890],\n "c": " x " }'),
      AUTO,
      { kind: 'json', text: '{"a b":[1,12345678901234567890],"c":" x "}' },
    ],
    ['a number alone', utf8('12'), AUTO, { kind: 'text', text: '12' }],
    ['what is nearly JSON', utf8('{"a":'), AUTO, { kind: 'text', text: '{"a":' }],
    ['bytes', binary, AUTO, { kind: 'binary', text: '//4AAQ==' }],
    ['bytes as hex', binary, format('bytes', 'hex'), { kind: 'binary', text: 'fffe0001' }],
    ['an integer', Uint8Array.of(0, 0, 1, 0), format('integer'), { kind: 'text', text: '256' }],
    [
      'no integer',
      binary.subarray(0, 3),
      format('integer'),
      {
        kind: 'error',
        text: 'This is no "integer": it has 3 bytes instead of 4.',
        bytes: 'ff fe 00',
      },
    ],
    ['what is left out', utf8('secret'), format('none'), { kind: 'text', text: '' }],
  ]
  for (const [what, bytes, as, wanted] of rows) {
    it(what, () => assert.deepEqual(cell(bytes, as), wanted))
  }

  it('is no longer than a row', () => {
    const long = cell(utf8('x'.repeat(5000)))
    assert.ok(long.kind === 'text' && long.text.length === 601 && long.text.endsWith('…'))
    const json = cell(utf8(JSON.stringify({ a: 'x'.repeat(15_000) })))
    assert.ok(json.kind === 'json' && json.text.length === 601)
    const bytes = cell(new Uint8Array(9000).fill(0xff))
    assert.ok(bytes.kind === 'binary' && bytes.text.length === 601)
  })

  it('is told by the beginning where only that is at hand', () => {
    const json = cell(utf8('{"a":1,"b":"xxx'), AUTO, 90_000)
    assert.deepEqual(json, { kind: 'json', text: '{"a":1,"b":"xxx' })
    assert.deepEqual(cell(utf8('née').subarray(0, 2), AUTO, 90_000), { kind: 'text', text: 'n' })
    assert.deepEqual(cell(utf8('abc'), format('long'), 90_000), {
      kind: 'error',
      text: 'This is no "long": it has 90000 bytes instead of 8.',
      bytes: '61 62 63',
    })
    assert.equal(cell(Uint8Array.of(0xff, 0xff), AUTO, 90_000).kind, 'binary')
  })

  it('cuts no character in two', () => {
    for (const text of ['abc', 'aé', 'a€', 'a😀', '😀']) {
      const bytes = utf8(text)
      for (let length = 1; length <= bytes.length; length++) {
        const cut = withoutCutCharacter(bytes.subarray(0, length))
        const decoded = new TextDecoder('utf-8', { fatal: true }).decode(cut)
        assert.ok(text.startsWith(decoded))
        assert.ok(length - cut.length < 4)
      }
    }
  })
})

describe('a record in detail', () => {
  const formats = { key: AUTO, value: AUTO }

  it('says what its parts turned out to be', () => {
    const detail = detailOf(
      record(2, 7, 1000, {
        key: 'k',
        value: '{"n": 12345678901234567890}',
        headers: [
          ['trace', 'a'],
          ['trace', null],
        ],
      }),
      formats,
    )
    assert.deepEqual(detail, {
      topic: 'orders',
      partition: 2,
      offset: '7',
      timestamp: 1000,
      key: { format: 'string', cell: { kind: 'text', text: 'k' }, bytes: 1, cut: false },
      value: {
        format: 'json',
        cell: { kind: 'json', text: '{"n": 12345678901234567890}' },
        bytes: 27,
        cut: false,
      },
      headers: [
        { name: 'trace', value: { kind: 'text', text: 'a' } },
        { name: 'trace', value: { kind: 'null' } },
      ],
      size: 39,
    })
  })

  it('has no time, no key and no value where there is none, and the formats that are asked for', () => {
    const detail = detailOf(record(0, 1, -1, { value: 'ab' }), {
      key: AUTO,
      value: { name: 'bytes', parameters: ['hex'] },
    })
    assert.ok(!('timestamp' in detail))
    assert.deepEqual(detail.key, { format: 'null', cell: { kind: 'null' }, bytes: -1, cut: false })
    assert.deepEqual(detail.value, {
      format: 'bytes(hex)',
      cell: { kind: 'binary', text: '6162' },
      bytes: 2,
      cut: false,
    })
  })

  it('is cut after a mebibyte of text', () => {
    const { value } = detailOf(record(0, 1, 1, { value: `x${'é'.repeat(1_000_000)}` }), formats)
    assert.equal(value.cut, true)
    assert.equal(value.bytes, 2_000_001)
    assert.ok(value.cell.kind === 'text' && value.cell.text.length === 2 ** 19)
  })

  it('tells bytes by lines', () => {
    const bytes = Uint8Array.from({ length: 100 }, (_, n) => n)
    assert.deepEqual(hexOf(bytes, 16, 4), { from: 16, hex: '10111213', total: 100 })
    assert.deepEqual(hexOf(bytes, 98, 16), { from: 98, hex: '6263', total: 100 })
    assert.deepEqual(hexOf(bytes, 500, 16), { from: 100, hex: '', total: 100 })
    assert.deepEqual(hexOf(null, 0, 16), { from: 0, hex: '', total: 0 })
  })
})
