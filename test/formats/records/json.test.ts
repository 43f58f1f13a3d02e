import assert from 'node:assert/strict'
import fc from 'fast-check'
import type { Format } from '../../../src/kafka/format.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { recordJson } from '../../../src/formats/records/json.ts'
import { anyRecord, bytes, formats, record } from './records.ts'

const format = (name: string, ...parameters: string[]): Format => ({ name, parameters })
const FIRST = '{"topic":"orders","partition":0,"offset":881,"timestamp":1795224732160,'

/** Only the value differs from `{"id":7}`. */
function valueOf(value: Uint8Array | null, as = format('auto')): string {
  const line = recordJson(record({ key: null, value, headers: [] }), { ...formats, value: as })
  assert.ok(line.startsWith(`${FIRST}"key":null,"value":`), line)
  const after = ',"headers":[]'
  return line.slice(`${FIRST}"key":null,"value":`.length).replace(after, '').replace(/\}$/, '')
}

describe('a record as a line of JSON', () => {
  it('is what the specification shows', () => {
    assert.equal(
      recordJson(record(), formats),
      `${FIRST}"key":"o-17","value":{"id":7},"headers":[["trace-id","a"],["reason",null]]}`,
    )
  })

  it('keeps the offset exact', () => {
    for (const offset of [0n, 9_007_199_254_740_993n, 9_223_372_036_854_775_807n]) {
      assert.ok(recordJson(record({ offset }), formats).includes(`,"offset":${offset},`))
    }
  })

  const AUTO: readonly (readonly [sent: string | Uint8Array | null, line: string])[] = [
    [null, 'null'],
    ['null', 'null'],
    ['', '""'],
    ['text', '"text"'],
    ['"text"', '"text"'],
    ['17', '17'],
    ['9223372036854775807', '9223372036854775807'],
    ['1.10', '1.10'],
    ['1e400', '1e400'],
    ['007', '"007"'],
    ['{"a":1,"a":2}', '{"a":1,"a":2}'],
    [' { "a" : [ 1 , 2 ] } ', ' { "a" : [ 1 , 2 ] } '],
    ['{\r\n\t"a b" : [ 1.0 , "x\\" y \\\\" ]\n}\n', '{"a b":[1.0,"x\\" y \\\\"]}'],
    ['{"a":"ä\u2028😀\\ud800"}', '{"a":"ä\u2028😀\\ud800"}'],
    ['{"a":1', String.raw`"{\"a\":1"`],
    ['\\ " \b\f\n\r\t\0\u001f\u007f', String.raw`"\\ \" \b\f\n\r\t\u0000\u001f` + '\u007f"'],
    ['\ufeff{}', '"\ufeff{}"'],
    [Uint8Array.of(0), String.raw`"\u0000"`],
    [Uint8Array.of(0xff), '{"$base64":"/w=="}'],
    [Uint8Array.of(0xff, 0xfe), '{"$base64":"//4="}'],
    [Uint8Array.of(0x22, 0xff, 0x22), '{"$base64":"Iv8i"}'],
    [Uint8Array.of(0xed, 0xa0, 0x80), '{"$base64":"7aCA"}'],
  ]
  for (const [sent, line] of AUTO) {
    it(`shows ${JSON.stringify(sent)} by itself`, () => {
      assert.equal(valueOf(typeof sent === 'string' ? bytes(sent) : sent), line)
    })
  }

  const number = (size: number, write: (view: DataView) => void) => {
    const view = new DataView(new ArrayBuffer(size))
    write(view)
    return new Uint8Array(view.buffer)
  }
  const FORMATS: readonly (readonly [Format, Uint8Array, string])[] = [
    [format('bytes', 'hex'), Uint8Array.of(0, 255), '"00ff"'],
    [format('bytes', 'base64'), Uint8Array.of(0, 255), '"AP8="'],
    [format('string'), bytes('{"a":1}'), String.raw`"{\"a\":1}"`],
    [format('string', 'latin1'), Uint8Array.of(0xe4), '"ä"'],
    [format('json'), bytes('[1]'), '[1]'],
    [format('short'), Uint8Array.of(255, 254), '-2'],
    [format('integer'), Uint8Array.of(127, 255, 255, 255), '2147483647'],
    [
      format('long'),
      number(8, view => {
        view.setBigInt64(0, -9_223_372_036_854_775_807n)
      }),
      '-9223372036854775807',
    ],
    [
      format('double'),
      number(8, view => {
        view.setFloat64(0, 1e300)
      }),
      '1e+300',
    ],
    [
      format('double'),
      number(8, view => {
        view.setFloat64(0, NaN)
      }),
      '"NaN"',
    ],
    [
      format('float'),
      number(4, view => {
        view.setFloat32(0, -Infinity)
      }),
      '"-Infinity"',
    ],
  ]
  for (const [as, sent, line] of FORMATS) {
    it(`shows ${as.name}(${as.parameters.join()}) as ${line}`, () => {
      assert.equal(valueOf(sent, as), line)
      assert.equal(valueOf(null, as), 'null')
    })
  }

  it('says what cannot be decoded and shows the bytes', () => {
    const long = format('long')
    assert.equal(
      recordJson(record({ value: Uint8Array.of(1, 255), headers: [['n', bytes('7')]] }), {
        key: long,
        value: long,
        header: long,
      }),
      `${FIRST}"key":"o-17","value":{"$base64":"Af8="},"headers":[["n",7]],` +
        String.raw`"error":"The key cannot be decoded. This is no \"long\": it has 4 bytes instead of 8. ` +
        String.raw`The value cannot be decoded. This is no \"long\": it has 2 bytes instead of 8. ` +
        String.raw`The header \"n\" cannot be decoded. This is no \"long\": it has 1 byte instead of 8."}`,
    )
    assert.equal(
      valueOf(bytes('text'), format('json')),
      '"text","error":"The value cannot be decoded. It is not JSON."',
    )
  })

  it('says what could not be read', () => {
    const error = 'This batch cannot be read: "x".'
    const unread = record({ key: null, value: null, headers: [], timestamp: -1, error })
    assert.equal(
      recordJson(unread, formats),
      String.raw`{"topic":"orders","partition":0,"offset":881,"error":"This batch cannot be read: \"x\"."}`,
    )
  })

  it('leaves out what "none" leaves out', () => {
    const none = format('none')
    assert.equal(
      recordJson(record(), { key: none, value: none, header: none }),
      '{"topic":"orders","partition":0,"offset":881,"timestamp":1795224732160}',
    )
  })

  it('keeps order and duplicates of headers', () => {
    const headers = [
      ['b', bytes('1')],
      ['a', null],
      ['b', bytes('{}')],
      ['ä"', bytes('')],
    ] as const
    assert.ok(
      recordJson(record({ headers }), formats).endsWith(
        String.raw`,"headers":[["b",1],["a",null],["b",{}],["ä\"",""]]}`,
      ),
    )
  })

  it('is one line of JSON that says what was sent, whatever was sent', () => {
    fc.assert(
      fc.property(anyRecord, sent => {
        const line = recordJson(sent, formats)
        assert.ok(!/[\r\n]/.test(line))
        assert.deepEqual(JSON.parse(line), plain(sent))
      }),
      { numRuns: 50 },
    )
  })

  it('writes long texts whole', () => {
    const text = `"${'ä\n'.repeat(10_000)}`
    assert.equal(valueOf(bytes(text)), JSON.stringify(text))
  })
})

/** The same by way of texts and values. */
function plain(sent: KafkaRecord): unknown {
  const { topic, partition, offset, timestamp, key, value, headers } = sent
  return {
    ...{ topic, partition, offset: Number(offset), timestamp },
    key: auto(key),
    value: auto(value),
    headers: headers.map(([name, bytes]) => [name, auto(bytes)]),
  }
}

function auto(sent: Uint8Array | null): unknown {
  if (sent === null) return null
  const text = Buffer.from(sent).toString()
  if (!Buffer.from(text).equals(sent)) return { $base64: Buffer.from(sent).toString('base64') }
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
