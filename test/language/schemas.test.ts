import assert from 'node:assert/strict'
import { compileJsonSchema } from '../../src/formats/jsonSchema.ts'
import { hasSchemas, schemaFilesOf } from '../../src/language/check/schemas.ts'
import { parse } from '../../src/language/parse.ts'
import { placeInJson } from '../../src/language/values/json.ts'
import { parseSchema } from '../../src/language/values/schemas.ts'
import { newSchemaCheck, type SchemaFile } from '../../src/run/schemaCheck.ts'
import { apply, found, problems } from './found.ts'

const SCHEMA = JSON.stringify({
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer' },
    items: { type: 'array', items: { properties: { sku: { type: 'string' } } } },
  },
})

const FILES: Readonly<Record<string, SchemaFile>> = {
  'order.json': { text: SCHEMA },
  'broken.json': { text: '{' },
  'gone.json': {
    problem: { code: 'unreadable', message: '"gone.json" cannot be read.', advice: 'Check it.' },
  },
}

const schemaOf = newSchemaCheck(path => FILES[path], compileJsonSchema)

function producer(...lines: string[]): string {
  return ['PRODUCER', 'topic: a', ...lines].join('\n')
}

const CASES: readonly (readonly [text: string, ...problems: string[]])[] = [
  [producer('value-format: json', 'value-schema: file(order.json)', '{"id": 1}')],
  [
    producer('value-format: json', 'value-schema: file(order.json)', '{"id": 1,', ' "x": 2}'),
    "K211 error 6:2-6:5 JSON value must NOT have additional properties: 'x'.",
  ],
  [
    producer(
      'value-format: json',
      'value-schema: file("order.json")',
      '{"id":1,"items":[{},{"sku":5}]}',
    ),
    "K211 error 5:22-5:27 JSON value at 'items.1.sku' must be string.",
  ],
  [
    producer('value-format: json-schema', `value-schema: ${SCHEMA}`, '  {}'),
    "K211 error 5:3-5:4 JSON value must have required property 'id'.",
  ],
  [
    `DEFAULTS\nvalue-format: json\nvalue-schema: file(order.json)\n${producer('[]')}`,
    'K211 error 6:1-6:2 JSON value must be object.',
  ],
  // What templates say is known only when it runs, and what is no JSON is told as that.
  [producer('value-format: json', 'value-schema: file(order.json)', '{"id": "{{$uuid}}"}')],
  [
    producer('value-format: json', 'value-schema: file(order.json)', '{"id"'),
    'K210 error 5:5-5:6 The value is not JSON: line 5, column 5 should have ":".',
  ],
  [
    producer('value-format: json', 'value-schema: file(gone.json)', '{}'),
    'K212 error 4:15-4:30 "gone.json" cannot be read. Check it.',
  ],
  [producer('value-format: json', 'value-schema: file(not-read-yet.json)', '{}')],
  [
    producer('key-format: avro', 'key-schema: file(gone.json)', 'key: 1', 'x'),
    'K212 error 4:13-4:28 "gone.json" cannot be read. Check it.',
  ],
  [
    producer('value-format: json', 'value-schema: order.json', '{}'),
    'K212 error 4:15-4:25 "order.json" is not a schema. Write file(path), or the schema itself on one line.',
  ],
  [
    producer('value-format: json', 'value-schema: registry(a,)', '{}'),
    'K202 error 4:15-4:27 "registry(a,)" is not a schema. Use file(path), registry, registry(subject), registry(subject, 3), id(42) or its text.',
  ],
  [producer('value-format: avro', 'value-schema: registry', '{}')],
  [producer('value-format: protobuf(a.B)', 'value-schema: file(not-read.proto)', '{}')],
  [
    producer('value-format: avro', '{}'),
    'K212 error 3:15-3:19 The format "avro" needs a "value-schema:" to send with.',
  ],
  [
    `DEFAULTS\nvalue-format: protobuf(a.B)\n${producer('x')}`,
    'K212 error 3:1-3:9 The format "protobuf" needs a "value-schema:" to send with.',
  ],
  ['CONSUMER\ntopic: a\nvalue-format: avro'],
]

describe('schemas', () => {
  for (const [text, ...expected] of CASES)
    it(JSON.stringify(text), () => {
      assert.deepEqual(found(text, { schemaOf }), expected)
    })

  it('that cannot be used say why', () => {
    const text = producer('value-format: json', 'value-schema: file(broken.json)', '{}')
    const [problem] = problems(text, { schemaOf })
    assert.match(problem?.message ?? '', /^This JSON Schema cannot be used: .+\.$/)
    assert.equal(problem?.code, 'K212')
  })

  const fixes: [before: string, after: string][] = [
    [
      producer('value-format: json', 'value-schema: ./a/b.json', '{}'),
      producer('value-format: json', 'value-schema: file(./a/b.json)', '{}'),
    ],
    [producer('value-format: avro', '{}'), producer('value-format: avro', 'value-schema: ', '{}')],
  ]
  for (const [before, after] of fixes)
    it(`K212 in ${JSON.stringify(before)} has a fix`, () => {
      const fix = problems(before).find(({ code }) => code === 'K212')?.fixes?.[0]
      assert.equal(fix && apply(before, fix), after)
    })

  it('are found in a file, each once', () => {
    const text = producer('value-schema: file(a)', 'key-schema: file( "a" )', 'x')
    const { file } = parse(`${text}\n###\nDEFAULTS\nvalue-schema: file(b)\nkey-schema: id(1)`)
    assert.deepEqual(schemaFilesOf(file), ['a', 'b'])
    assert.equal(hasSchemas(file), true)
    assert.equal(hasSchemas(parse(producer('value-schema:', 'x')).file), false)
  })

  const written: [text: string, schema: unknown][] = [
    ['registry', { kind: 'registry' }],
    ['registry( orders-value )', { kind: 'registry', subject: 'orders-value' }],
    ['registry(a b, 3)', { kind: 'registry', subject: 'a b', version: 3 }],
    ['id(42)', { kind: 'id', id: 42 }],
    ["file('a b.json')", { kind: 'file', path: 'a b.json' }],
    ['"int"', { kind: 'inline', text: '"int"' }],
    ['registryOfOthers', { kind: 'inline', text: 'registryOfOthers' }],
    ['id(4294967296)', undefined],
    ['id', undefined],
    ['id(a)', undefined],
    ['file()', undefined],
    ['registry()', undefined],
    ['registry(a, latest)', undefined],
    ['registry(a, 1, 2)', undefined],
    ['registry(a', undefined],
    ['id(42', undefined],
    [`registry(${' '.repeat(50_000)}(`, undefined],
    [`file(${'('.repeat(50_000)}`, undefined],
  ]
  for (const [text, schema] of written)
    it(`${text.slice(0, 40)} is ${schema === undefined ? 'none' : JSON.stringify(schema)}`, () => {
      const parsed = parseSchema(text)
      assert.deepEqual(parsed.ok ? parsed.value : undefined, schema)
    })

  const places: [json: string, path: string[], place: string][] = [
    ['{"a":{"b":[1,{"c":2}]},"b":3}', ['b'], '"b"'],
    ['{"a":{"b":[1,{"c":2}]}}', ['a', 'b', '1', 'c'], '"c"'],
    ['{"a":[[1],[2,"x"]]}', ['a', '1', '1'], '"x"'],
    ['{"a":{"x":1}}', ['a', 'missing'], '"a"'],
    [' "text" ', [], '"text"'],
    ['{"a\\u0062":1}', ['ab'], '"a\\u0062"'],
  ]
  for (const [json, path, place] of places)
    it(`${json} has a place for ${path.join('.') || 'the whole'}`, () => {
      const { start, end } = placeInJson(json, path)
      assert.equal(json.slice(start, end), place)
    })
})
