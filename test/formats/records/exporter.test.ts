import assert from 'node:assert/strict'
import fc from 'fast-check'
import { exporter, type ExportFormat } from '../../../src/formats/records/exporter.ts'
import { recordJson } from '../../../src/formats/records/json.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import { check } from '../../../src/language/check/check.ts'
import { parse } from '../../../src/language/parse.ts'
import { readEnvelope } from './readEnvelope.ts'
import { anyRecord, bytes, formats, pageOf, record } from './records.ts'

const options = { topic: 'orders', formats }

function written(format: ExportFormat, records: readonly KafkaRecord[]): string {
  const writing = exporter(format, options)
  return Buffer.concat([writing.head, writing.chunkOf(records)]).toString('latin1')
}

const utf8 = (text: string) => Buffer.from(text, 'latin1').toString()

describe('exporting records', () => {
  it('writes JSON lines', () => {
    const second = record({ topic: 'other', value: null })
    assert.equal(
      written('jsonl', [record(), second]),
      `${recordJson(record(), formats)}\n${recordJson(second, formats)}\n`,
    )
  })

  it('says where a page could not be read, in the order of the offsets', () => {
    const writing = exporter('jsonl', options)
    const records = [record({ offset: 1n }), record({ offset: 5n })]
    const errors = [
      { offset: 6n, message: 'last' },
      { offset: 2n, message: 'middle' },
    ]
    const lines = Buffer.from(writing.chunk(pageOf(records, errors)))
      .toString()
      .split('\n')
    assert.deepEqual(
      lines.map(line => /"offset":\d/.exec(line)?.[0]),
      ['"offset":1', '"offset":2', '"offset":5', '"offset":6', undefined],
    )
    assert.equal(lines[1], '{"topic":"orders","partition":0,"offset":2,"error":"middle"}')
  })

  it('writes of a page what it writes of its records', () => {
    fc.assert(
      fc.property(
        fc.array(anyRecord, { maxLength: 5 }),
        fc.constantFrom<ExportFormat>('jsonl', 'csv', 'raw', 'envelope'),
        (records, format) => {
          const ofPartition = records
            .map(each => ({ ...each, partition: 0 }))
            .filter(({ headers }) =>
              headers.every(parts => parts.every(part => (part?.length ?? 0) < 21)),
            )
          const writing = exporter(format, options)
          assert.deepEqual(writing.chunk(pageOf(ofPartition)), writing.chunkOf(ofPartition))
        },
      ),
    )
  })

  it('hands out bytes that it does not write to again', () => {
    const writing = exporter('raw', options)
    const first = writing.chunkOf([record({ value: bytes('first') })])
    writing.chunkOf([record({ value: bytes('other') })])
    assert.equal(Buffer.from(first).toString(), 'first\n')
  })

  it('writes values alone', () => {
    const values = ['a', '', null, 'b\nc'].map(value => (value === null ? null : bytes(value)))
    const records = [
      ...values.map(value => record({ value })),
      record({ value: Uint8Array.of(0, 255) }),
      record({ value: null, error: 'corrupt' }),
    ]
    assert.equal(written('raw', records), 'a\n\nb\nc\n\0\u00ff\n')
  })

  it('writes CSV', () => {
    const records = [
      record({ headers: [] }),
      record({ key: null, value: bytes(''), headers: [['a,', bytes('"')]] }),
      record({ key: bytes(''), value: null, timestamp: -1, headers: [] }),
      record({ key: bytes('a,b'), value: bytes('ä "x"\r\ny'), headers: [] }),
      record({ key: bytes('=1+1'), value: Uint8Array.of(255), headers: [] }),
      record({ key: null, value: null, headers: [], timestamp: -1, error: 'one, two' }),
    ]
    const at = 'orders,0,881,2026-11-21T01:32:12.160Z'
    assert.equal(
      utf8(written('csv', records)),
      [
        'topic,partition,offset,timestamp,key,value,headers,error',
        `${at},o-17,"{""id"":7}",[],`,
        String.raw`${at},,"","[[""a,"",""\""""]]",`,
        'orders,0,881,,"",,[],',
        `${at},"a,b","ä ""x""\r\ny",[],`,
        `${at},=1+1,"{""$base64"":""/w==""}",[],`,
        'orders,0,881,,,,,"one, two"',
        '',
      ].join('\r\n'),
    )
  })

  it('says in CSV what cannot be decoded', () => {
    const long = { name: 'long', parameters: [] }
    const writing = exporter('csv', {
      topic: 'orders',
      formats: { key: { name: 'none', parameters: [] }, value: long },
    })
    const rows = writing.chunkOf([
      record({ value: bytes('abc') }),
      record({ value: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 7) }),
    ])
    const at = 'orders,0,881,2026-11-21T01:32:12.160Z'
    const headers = '"[[""trace-id"",""a""],[""reason"",null]]"'
    assert.equal(
      Buffer.from(rows).toString(),
      `${at},,abc,${headers},"The value cannot be decoded. This is no ""long"": it has 3 bytes instead of 8."\r\n` +
        `${at},,7,${headers},\r\n`,
    )
  })

  it('writes CSV from which every text comes back', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { maxLength: 4 }), records => {
        const rows = readCsv(written('csv', records).replace(/^.*?\r\n/, ''))
        assert.deepEqual(
          rows.map(([, , , , key, value]) => [key, value]),
          records.map(({ key, value }) => [csvField(key), csvField(value)]),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('writes a file that sends the records again', () => {
    fc.assert(
      fc.property(fc.array(anyRecord, { minLength: 1, maxLength: 4 }), records => {
        const text = utf8(written('envelope', records))
        const { file } = parse(text)
        assert.deepEqual(check(file), [], text)
        const [block, ...others] = file.blocks
        assert.ok(block && others.length === 0)
        assert.deepEqual(
          block.properties.map(({ name, value }) => [name, value]),
          [
            ['topic', 'orders'],
            ['records', 'envelope'],
          ],
        )
        assert.deepEqual(
          readEnvelope(block.body?.text ?? '').map(contentOf),
          records.map(contentOf),
        )
      }),
      { numRuns: 30 },
    )
  })

  it('names partition and time in an envelope, and leaves out what cannot be sent', () => {
    const records = [
      record({ value: bytes('{"a": 1}') }),
      record({ key: null, headers: [], timestamp: -1, value: bytes('"a{{b}}"') }),
      record({ error: 'corrupt' }),
    ]
    assert.deepEqual(written('envelope', records).split('\n').slice(3), [
      String.raw`{"key":"o-17","value":"{\"a\": 1}","headers":[["trace-id","a"],["reason",null]],"partition":0,"timestamp":1795224732160}`,
      String.raw`{"key":null,"value":"\"a{\u007bb}}\"","headers":[],"partition":0}`,
      '',
    ])
  })
})

function contentOf({ key, value, headers }: Pick<KafkaRecord, 'key' | 'value' | 'headers'>) {
  const shown = (part: Uint8Array | null) => part && Buffer.from(part).toString('latin1')
  return [shown(key), shown(value), headers.map(([name, part]) => [name, shown(part)])]
}

/** Null is told from empty by the quotes; so they stay. */
function csvField(sent: Uint8Array | null): string | null {
  if (sent === null) return null
  const buffer = Buffer.from(sent)
  return Buffer.from(buffer.toString()).equals(buffer)
    ? buffer.toString('latin1')
    : `{"$base64":"${buffer.toString('base64')}"}`
}

/** RFC 4180, with an empty field without quotes as null. */
function readCsv(text: string): (string | null)[][] {
  const rows: (string | null)[][] = []
  let row: (string | null)[] = []
  for (let at = 0; at < text.length;) {
    let field: string | null = null
    if (text[at] === '"') {
      field = ''
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        if (text[at] === '"') at++
        field += text[at] ?? ''
      }
      at++
    } else {
      const end = /[,\r]/.exec(text.slice(at))
      const plain = text.slice(at, at + (end?.index ?? 0))
      field = plain === '' ? null : plain
      at += plain.length
    }
    row.push(field)
    if (text[at] === ',') {
      at++
    } else {
      assert.equal(text.slice(at, at + 2), '\r\n')
      at += 2
      rows.push(row)
      row = []
    }
  }
  return rows
}
