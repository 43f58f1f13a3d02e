import assert from 'node:assert/strict'
import fc from 'fast-check'
import {
  isBad,
  rowsOf,
  rowValue,
  type Evaluate,
  type Shape,
} from '../../../src/run/records/rows.ts'
import { envelopeLine } from '../../../src/formats/records/envelope.ts'
import { anyRecord } from '../../formats/records/records.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const textOf = (content: Uint8Array | undefined) => content && new TextDecoder().decode(content)

/** Cut into pieces of so many bytes: a row may be cut anywhere. */
function cut(content: Uint8Array, size: number): Uint8Array[] {
  const pieces: Uint8Array[] = []
  for (let at = 0; at < content.length; at += size) pieces.push(content.subarray(at, at + size))
  return pieces
}

async function all(shape: Shape, chunks: Iterable<Uint8Array>, evaluate?: Evaluate) {
  const rows = []
  for await (const piece of rowsOf(shape, chunks, evaluate)) rows.push(...piece)
  return rows
}

/** `line value`, or `line! problem`. */
async function told(shape: Shape, text: string, size = 7): Promise<readonly string[]> {
  const rows = await all(shape, cut(bytes(text), size))
  return rows.map(row =>
    isBad(row)
      ? `${row.line}! ${row.problem}`
      : `${row.line} ${row.value === null ? 'null' : JSON.stringify(textOf(row.value.bytes))}`,
  )
}

const CASES: readonly (readonly [shape: Shape, text: string, rows: readonly string[]])[] = [
  ['lines', 'a\nb\r\n\nc', ['1 "a"', '2 "b"', '3 ""', '4 "c"']],
  ['lines', 'a\n', ['1 "a"']],
  ['lines', '', []],
  ['lines', '\ufeffa\n\ufeffb', ['1 "a"', '2 "\ufeffb"'.replace('\ufeff', '')]],
  [
    'jsonl',
    '{"a":1}\n\n  [2] \n9007199254740993',
    ['1 "{\\"a\\":1}"', '3 "[2]"', '4 "9007199254740993"'],
  ],
  [
    'jsonl',
    '{"a":1}\n{"a":}\n"x"',
    ['1 "{\\"a\\":1}"', '2! this is not JSON: unexpected "}"', '3 "\\"x\\""'],
  ],
  ['jsonl', '{"a":', ['1! this is not JSON: it ends too early']],
  [
    'csv',
    'id,name\r\n1,Ann\r\n2,"B, ""x""\r\ny"\r\n3,\r\n',
    [
      '2 "{\\"id\\":\\"1\\",\\"name\\":\\"Ann\\"}"',
      '3 "{\\"id\\":\\"2\\",\\"name\\":\\"B, \\\\\\"x\\\\\\"\\\\r\\\\ny\\"}"',
      '5 "{\\"id\\":\\"3\\",\\"name\\":\\"\\"}"',
    ],
  ],
  ['csv', '\ufeff2,1\rb,a\r', ['2 "{\\"2\\":\\"b\\",\\"1\\":\\"a\\"}"']],
  [
    'csv',
    'a,b\n\n1\n1,2,3\n4,5',
    [
      '3! 1 field, but there are 2 columns',
      '4! 3 fields, but there are 2 columns',
      '5 "{\\"a\\":\\"4\\",\\"b\\":\\"5\\"}"',
    ],
  ],
  ['csv', 'a,a\n1,2', ['1! the column "a" is there twice']],
  ['csv', 'a\n"x"y\n1', ['2! text follows the closing quote of field 1']],
  [
    'csv',
    'a\n1\n"x\n\n',
    ['2 "{\\"a\\":\\"1\\"}"', '3! a quote that is opened in this row is never closed'],
  ],
  ['csv', 'a\n5" pipe', ['2 "{\\"a\\":\\"5\\\\\\" pipe\\"}"']],
  ['csv', 'a\n""', ['2 "{\\"a\\":\\"\\"}"']],
  ['csv', 'a', []],
  ['envelope', '{"value":"x","key":null}\n{"value":null,"key":"k"}', ['1 "x"', '2 null']],
  ['envelope', '{"value":{ "a": 9007199254740993 }}', ['1 "{ \\"a\\": 9007199254740993 }"']],
  ['envelope', '{"value":{"$base64":"aGk="}}', ['1 "hi"']],
  ['envelope', '{"value":{"$base64":"a"}}', ['1! the value is not base64']],
  [
    'envelope',
    '{"key":"x"}\n[1]\n{"value":1,"patition":2}',
    [
      '1! it has no "value"',
      '2! this is no JSON object',
      '3! "patition" is not one of key, value, headers, partition, timestamp',
    ],
  ],
  [
    'envelope',
    '{"value":1,"partition":-1}\n{"value":1,"timestamp":"x"}\n{"value":1,"headers":[1]}',
    [
      '1! "partition" is no partition',
      '2! "timestamp" is no number of milliseconds',
      '3! "headers" is no list of pairs [name, value]',
    ],
  ],
]

describe('rows', () => {
  for (const [shape, text, rows] of CASES)
    it(`of ${shape}: ${JSON.stringify(text)}`, async () => {
      for (const size of [1, 2, 3, 1000]) assert.deepEqual(await told(shape, text, size), rows)
    })

  it('tell where a file stops being text', async () => {
    const broken = Uint8Array.from([...bytes('a,b\n1,2\n3,'), 0xff, 10, 52, 44, 53])
    const rows = await all('csv', [broken.subarray(0, 8), broken.subarray(8)])
    assert.deepEqual(
      rows.map(row => isBad(row) && [row.line, row.problem]),
      [false, [3, 'this is not UTF-8']],
    )
    const [line] = await all('jsonl', [Uint8Array.from([34, 0xff, 34])])
    assert.ok(line && isBad(line))
    assert.equal(line.problem, 'this is not UTF-8')
  })

  it('have templates only where they are asked for, with the number of the row', async () => {
    const evaluate: Evaluate = (text, index) => ({ text: text.replaceAll('{{i}}', String(index)) })
    for (const [shape, text, expected] of [
      ['jsonl', '{"n":{{i}}}\n\n{"n":{{i}}}', ['{"n":0}', '{"n":1}']],
      ['csv', 'n,m\n{{i}},{{i}}\nx,{{i}}"', ['{"n":"0","m":"0"}', '{"n":"x","m":"1\\""}']],
      ['lines', '{{i}}\n{{i}}', ['0', '1']],
    ] as const) {
      const rows = await all(shape, [bytes(text)], evaluate)
      assert.deepEqual(
        rows.map(row => !isBad(row) && textOf(row.value?.bytes)),
        expected,
      )
    }
    const [raw] = await all('lines', [bytes('{{i}}')])
    assert.ok(raw && !isBad(raw))
    assert.equal(textOf(raw.value?.bytes), '{{i}}')
  })

  it('read any table as it was written, wherever it is cut', async () => {
    const field = fc.string({ unit: fc.constantFrom('a', 'ß', '"', ',', '\n', '\r', ' ', '💥') })
    const table = fc
      .integer({ min: 1, max: 4 })
      .chain(width =>
        fc.array(fc.array(field, { minLength: width, maxLength: width }), { maxLength: 5 }),
      )
    const end = fc.constantFrom('\n', '\r\n')
    await fc.assert(
      fc.asyncProperty(table, end, fc.integer({ min: 1, max: 9 }), async (rows, eol, size) => {
        const width = rows[0]?.length ?? 1
        const names = Array.from({ length: width }, (_, i) => `c${i}`)
        const text = [names, ...rows].map(row => `${row.map(quoted).join(',')}${eol}`).join('')
        const read = await all('csv', cut(bytes(text), size))
        assert.deepEqual(
          read.map(row => !isBad(row) && row.table?.texts),
          rows,
        )
        for (const row of read) {
          assert.ok(!isBad(row))
          const fields = rowValue(row)
          assert.ok(fields instanceof Map)
          assert.deepEqual(JSON.parse(textOf(row.value?.bytes) ?? ''), Object.fromEntries(fields))
        }
      }),
      { numRuns: 30 },
    )
  })

  it('read back what was exported, byte for byte', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyRecord, { maxLength: 5 }), async records => {
        const good = records.filter(record => record.error === undefined)
        const text = good.map(record => `${envelopeLine(record)}\n`).join('')
        const rows = await all('envelope', cut(bytes(text), 100))
        const hex = (part: Uint8Array | null | undefined) =>
          part && Buffer.from(part).toString('hex')
        assert.deepEqual(
          rows.map(
            row =>
              !isBad(row) && {
                key: hex(row.key?.bytes) ?? null,
                value: hex(row.value?.bytes) ?? null,
                headers: (row.headers ?? []).map(([name, value]) => [name, hex(value)]),
                partition: row.partition,
                timestamp: row.timestamp ?? -1,
              },
          ),
          good.map(({ key, value, headers, partition, timestamp }) => ({
            key: hex(key) ?? null,
            value: hex(value) ?? null,
            headers: headers.map(([name, content]) => [name, hex(content)]),
            partition,
            timestamp,
          })),
        )
      }),
      { numRuns: 30 },
    )
  })
})

/** RFC 4180, written by other means than it is read. */
function quoted(field: string): string {
  return `"${field.split('"').join('""')}"`
}
