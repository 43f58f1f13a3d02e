import assert from 'node:assert/strict'
import { copyText, separatorOf } from '../../src/vscode/messages/copyText.ts'
import { decodeAsOf, formatsOf, someFormats } from '../../src/vscode/messages/decoding.ts'
import { partitionsText } from '../../src/vscode/messages/partitionsText.ts'
import { parsePlace } from '../../src/vscode/messages/place.ts'
import { indentJson, recordText } from '../../src/vscode/messages/recordText.ts'
import { auto, recordWith, utf8 } from './samples.ts'

describe('a record as a document', () => {
  it('keeps every digit, the order and the duplicates', () => {
    const text = recordText(
      recordWith({
        headers: [
          ['a', utf8('1')],
          ['a', null],
          ['b', utf8('x"y')],
        ],
      }),
      auto,
    )
    assert.equal(
      text,
      [
        '{',
        '  "topic": "orders",',
        '  "partition": 2,',
        '  "offset": 9007199254740993,',
        '  "timestamp": "2026-11-20T00:00:00.000Z",',
        '  "size": 34,',
        '  "key": "o-1",',
        '  "headers": [',
        '    ["a", "1"],',
        '    ["a", null],',
        '    ["b", "x\\"y"]',
        '  ],',
        '  "value": {',
        '    "id": 9007199254740993',
        '  }',
        '}',
        '',
      ].join('\n'),
    )
    JSON.parse(text)
  })

  it('indents any JSON without changing it', () => {
    for (const json of [
      '{}',
      '[]',
      '[1,{"a":[]},"{,:}"]',
      '"a\\"b"',
      '1e400',
      '{"a":{"b":{}}}',
      'null',
    ]) {
      const indented = indentJson(json, 2)
      assert.equal(indented.replace(/\s+/g, ''), json.replace(/\s+/g, ''))
    }
  })
})

describe('a record that is copied', () => {
  const options = { formats: auto, brokers: 'localhost:9092' }
  const copied = (what: Parameters<typeof copyText>[0], record = recordWith()) => {
    const made = copyText(what, record, options)
    return 'text' in made ? made.text : `! ${made.problem}`
  }

  it('is its value or its key, as they are decoded', () => {
    assert.equal(copied('value'), '{"id": 9007199254740993}')
    assert.equal(copied('key'), 'o-1')
    assert.equal(copied('value', recordWith({ value: null })), 'null')
  })

  it('is a line of JSON with every digit', () => {
    assert.equal(
      copied('record'),
      '{"topic":"orders","partition":2,"offset":9007199254740993,"timestamp":1795132800000,"key":"o-1","value":{"id": 9007199254740993},"headers":[]}',
    )
  })

  it('is a row whose columns stay in one line', () => {
    const record = recordWith({
      timestamp: new Date(2026, 10, 20, 14, 2, 10, 7).getTime(),
      value: utf8('a\tb\nc'),
      headers: [
        ['trace', utf8('x')],
        ['empty', null],
      ],
    })
    assert.deepEqual(copied('row', record).split('\t'), [
      '2026-11-20 14:02:10.007',
      '2',
      '9007199254740993',
      'o-1',
      'a b c',
      'trace: x, empty: null',
      '19',
    ])
    assert.equal(copied('row', recordWith({ timestamp: -1 })).split('\t')[0], '')
  })

  it('is what sends it again', () => {
    assert.match(copied('producer'), /^PRODUCER\n.*\ntopic: orders\nkey: o-1\n/)
    assert.match(copied('kcat'), /kcat -P -b localhost:9092 -t orders/)
    assert.equal(separatorOf('producer'), '\n###\n')
  })

  it('says why it cannot be, but is told as JSON all the same', () => {
    const bad = recordWith({ error: 'bad batch', key: null, value: null })
    for (const what of ['value', 'key', 'producer'] as const)
      assert.equal(copied(what, bad), '! bad batch')
    assert.match(copied('kcat', bad), /^! kcat cannot send this record/)
    assert.match(copied('record', bad), /"error":"bad batch"/)
    assert.match(copied('row', bad), /\tbad batch\t/)
  })
})

describe('how keys and values are decoded', () => {
  it('comes back as it is written', () => {
    const written = { key: 'string(latin1)', value: 'bytes(hex)' }
    assert.deepEqual(decodeAsOf(formatsOf(written)), written)
    assert.deepEqual(decodeAsOf(auto), { key: 'auto', value: 'auto' })
    assert.deepEqual(decodeAsOf(formatsOf({ key: 'nonsense', value: 'long' })), {
      key: 'auto',
      value: 'long',
    })
    assert.deepEqual(someFormats({ value: 'long' }), { value: { name: 'long', parameters: [] } })
  })
})

describe('partitions as text', () => {
  it('has ranges for those in a row', () => {
    for (const [partitions, text] of [
      [[], ''],
      [[3], '3'],
      [[2, 1, 0], '0-2'],
      [[0, 1, 3, 7, 8], '0-1,3,7-8'],
      [[10, 9, 2], '2,9-10'],
    ] as const)
      assert.equal(partitionsText(partitions), text)
  })
})

describe('a place to jump to', () => {
  const now = new Date(2026, 10, 20, 15, 0).getTime()
  const context = {
    now,
    toLocalEpoch: (
      y: number,
      mo: number,
      d: number,
      h: number,
      mi: number,
      s: number,
      ms: number,
    ) => new Date(y, mo - 1, d, h, mi, s, ms).getTime(),
  }
  const place = (text: string) => parsePlace(text, context)
  const at = (text: string) => {
    const found = place(text)
    return 'kind' in found && found.kind === 'time' ? found.timestamp : found
  }

  it('is an offset, with or without its partition', () => {
    assert.deepEqual(place('1500'), { kind: 'offset', offset: '1500' })
    assert.deepEqual(place(' 752,511 '), { kind: 'offset', offset: '752511' })
    assert.deepEqual(place('007'), { kind: 'offset', offset: '7' })
    assert.deepEqual(place('2:1500'), { kind: 'offset', offset: '1500', partition: 2 })
    assert.deepEqual(place('1:42'), { kind: 'offset', offset: '42', partition: 1 })
    assert.deepEqual(place('2 @ 752,511'), { kind: 'offset', offset: '752511', partition: 2 })
    assert.deepEqual(place('9223372036854775807'), {
      kind: 'offset',
      offset: '9223372036854775807',
    })
  })

  it('is a time', () => {
    assert.equal(at('now-15m'), now - 15 * 60_000)
    assert.equal(at('2026-11-20T14:02:10Z'), Date.UTC(2026, 10, 20, 14, 2, 10))
    assert.equal(at('2026-11-20 14:02'), new Date(2026, 10, 20, 14, 2).getTime())
    assert.equal(at('14:02'), new Date(2026, 10, 20, 14, 2).getTime())
    assert.equal(at('9:05:07'), new Date(2026, 10, 20, 9, 5, 7).getTime())
  })

  it('is nothing else', () => {
    for (const text of ['x', '-5', '2:', '25:61', 'earliest', '9223372036854775808', '2026-13-01'])
      assert.ok('wrong' in place(text), text)
  })
})
