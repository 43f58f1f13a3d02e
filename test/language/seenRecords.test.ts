import assert from 'node:assert/strict'
import type { KafkaRecord } from '../../src/kafka/record.ts'
import type { Knowledge, SeenSchemaId } from '../../src/language/check/knowledge.ts'
import { schemaFieldsOf } from '../../src/language/schemaFields.ts'
import { sampleOf } from '../../src/vscode/language/topicSample.ts'
import { found } from './found.ts'

function record(value: string | Uint8Array | null, more: Partial<KafkaRecord> = {}): KafkaRecord {
  const bytes = typeof value === 'string' ? new TextEncoder().encode(value) : value
  const place = { topic: 'a', partition: 0, offset: 0n, timestamp: 0, key: null, headers: [] }
  return { ...place, value: bytes, ...more }
}

/** As the Confluent wire format writes it. */
function framed(id: number, rest = '{}'): Uint8Array {
  const bytes = new Uint8Array(5 + rest.length)
  new DataView(bytes.buffer).setInt32(1, id)
  bytes.set(new TextEncoder().encode(rest), 5)
  return bytes
}

const fieldsOf = (...values: (string | null)[]) =>
  sampleOf(values.map(value => record(value))).fields.map(
    ({ path, holds }) => `${path.join('.')}${holds === undefined ? '' : ` ${holds}`}`,
  )

describe('what recent records tell', () => {
  const fields: [values: (string | null)[], fields: string[]][] = [
    [
      ['{"id":1,"name":"x","on":true,"gone":null}'],
      ['id number', 'name text', 'on boolean', 'gone'],
    ],
    [['{"gone":null}', '{"gone":[]}'], ['gone list']],
    [
      ['{"items":[{"sku":"a"},{"qty":1}],"c":{"d":{}}}'],
      ['items list', 'items.[].sku text', 'items.[].qty number', 'c object', 'c.d object'],
    ],
    [[' [{"a":1}]'], ['[].a number']],
    [['text', '5', '"a"', '{"a":', null, ''], []],
    [
      [`{"a":${'{"a":'.repeat(20)}1${'}'.repeat(20)}}`],
      Array.from({ length: 8 }, (_, at) => `${'a.'.repeat(at)}a object`),
    ],
  ]
  for (const [values, expected] of fields)
    it(`${JSON.stringify(values).slice(0, 80)} has ${expected.length} fields`, () => {
      assert.deepEqual(fieldsOf(...values), expected)
    })

  it('is kept within bounds', () => {
    const many = Object.fromEntries(Array.from({ length: 2_000 }, (_, at) => [`f${at}`, at]))
    assert.equal(fieldsOf(JSON.stringify(many)).length, 500)
    const large = JSON.stringify({ a: 'x'.repeat(300_000) })
    assert.deepEqual(fieldsOf(large), [])
    const headers = Array.from({ length: 200 }, (_, at): [string, null] => [`h${at}`, null])
    assert.equal(sampleOf([record(null, { headers })]).headers.length, 100)
  })

  it('has the names of headers, each once', () => {
    const records = [
      record('x', {
        headers: [
          ['trace-id', null],
          ['a', null],
        ],
      }),
      record('y', {
        headers: [
          ['a', null],
          ['a', null],
        ],
      }),
    ]
    assert.deepEqual(sampleOf(records).headers, ['trace-id', 'a'])
  })

  const ids: [what: string, records: KafkaRecord[], id: SeenSchemaId | undefined][] = [
    [
      'the newest',
      [
        record(framed(7), { partition: 1, offset: 5n, timestamp: 1 }),
        record(framed(8), { partition: 2, offset: 3n, timestamp: 2 }),
        record(null, { timestamp: 3 }),
      ],
      { id: 8, partition: 2, offset: 3n },
    ],
    ['none in text', [record('{"a":1}'), record('')], undefined],
    ['none in small numbers', [record(Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 5))], undefined],
    ['none in four bytes', [record(Uint8Array.of(0, 0, 0, 5))], undefined],
    ['none by chance', [record(framed(7)), record('a'), record('b')], undefined],
    ['nothing without records', [], undefined],
  ]
  for (const [what, records, id] of ids)
    it(`the id of a schema: ${what}`, () => {
      assert.deepEqual(sampleOf(records).schemaId, id)
    })
})

describe('K213', () => {
  const seen: Knowledge = {
    clusterOf: () => ({
      topics: new Map([
        ['orders', 1],
        ['plain', 1],
      ]),
      schemaIdOf: topic =>
        topic === 'orders' ? { id: 42, partition: 0, offset: 881n } : undefined,
    }),
  }
  const carry = 'Records of "orders" carry a schema id (42 in partition 0, offset 881).'
  const sent = `${carry} This value is sent without one, so that those who read it with the registry may fail. Use "value-schema: id(42)".`
  const read = `${carry} Read with this schema alone they cannot be decoded. Use "value-schema: id(42)".`
  const cases: [text: string, problems: string[]][] = [
    ['PRODUCER\ntopic: orders\nvalue-format: json\n{}', [`K213 warning 3:15-3:19 ${sent}`]],
    [
      'PRODUCER\ntopic: orders\nvalue-format: json\nvalue-schema: true\n{}',
      [`K213 warning 4:15-4:19 ${sent}`],
    ],
    [
      'PRODUCER\ntopic: orders\nvalue-format: avro\nvalue-schema: file(a.avsc)\n{}',
      [`K213 warning 4:15-4:27 ${sent}`],
    ],
    [
      'CONSUMER\ntopic: orders\nvalue-format: avro\nvalue-schema: file(a.avsc)',
      [`K213 warning 4:15-4:27 ${read}`],
    ],
    [
      'DEFAULTS\ntopic: orders\nvalue-format: avro\nvalue-schema: file(a.avsc)\nEXPECT\nkey: a',
      [`K213 warning 5:1-5:7 ${read}`],
    ],
    ['PRODUCER\ntopic: plain\nvalue-format: json\n{}', []],
    ['PRODUCER\ntopic: orders\nvalue-format: avro\nvalue-schema: id(7)\n{}', []],
    ['PRODUCER\ntopic: orders\nvalue-format: json\nvalue-schema: registry\n{}', []],
    ['CONSUMER\ntopic: orders\nvalue-format: avro', []],
    ['CONSUMER\ntopic: orders\nvalue-format: json', []],
    ['PRODUCER\ntopic: orders\n-- @ignore K213\nvalue-format: json\n{}', []],
  ]
  for (const [text, expected] of cases)
    it(JSON.stringify(text), () => {
      assert.deepEqual(found(text, seen), expected)
    })
})

describe('the fields of a schema', () => {
  const cases: [schema: unknown, fields: string[]][] = [
    [
      {
        type: 'object',
        properties: {
          id: { type: 'integer' },
          tags: { type: ['null', 'array'], items: { type: 'object', properties: { a: {} } } },
        },
        anyOf: [{ properties: { more: { type: 'boolean' } } }],
      },
      ['id number', 'tags list', 'tags.[].a', 'more boolean'],
    ],
    [
      {
        type: 'record',
        name: 'Order',
        fields: [
          { name: 'id', type: 'long' },
          { name: 'note', type: ['null', 'string'] },
          {
            name: 'lines',
            type: {
              type: 'array',
              items: { type: 'record', name: 'Line', fields: [{ name: 'sku', type: 'string' }] },
            },
          },
          { name: 'first', type: 'Line' },
        ],
      },
      ['id number', 'note text', 'lines list', 'lines.[].sku text', 'first', 'first.sku text'],
    ],
    [
      { type: 'record', name: 'Node', fields: [{ name: 'next', type: ['null', 'Node'] }] },
      Array.from({ length: 8 }, (_, at) => `${'next.'.repeat(at)}next`),
    ],
    ['string', []],
    [null, []],
  ]
  for (const [schema, expected] of cases)
    it(JSON.stringify(schema).slice(0, 80), () => {
      const fields = schemaFieldsOf(JSON.stringify(schema)).map(
        ({ path, holds }) => `${path.join('.')}${holds === undefined ? '' : ` ${holds}`}`,
      )
      assert.deepEqual(fields, expected)
    })

  it('are none in what is no JSON', () => {
    assert.deepEqual(schemaFieldsOf('syntax = "proto3";'), [])
  })
})
