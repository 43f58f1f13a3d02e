import assert from 'node:assert/strict'
import { compileJsonSchema } from '../../src/formats/jsonSchema.ts'

const ORDER = JSON.stringify({
  type: 'object',
  required: ['id'],
  additionalProperties: false,
  properties: {
    id: { type: 'integer' },
    state: { enum: ['NEW', 'DONE'] },
    items: { type: 'array', items: { type: 'object', required: ['a/b'] } },
  },
})

function check(schema: string, text: string): string | undefined {
  const compiled = compileJsonSchema(schema)
  if ('problem' in compiled) return compiled.problem.message
  return compiled.schema.check(text)?.message
}

describe('JSON Schema', () => {
  const cases: [schema: string, text: string, message: string | undefined][] = [
    [ORDER, '{"id":1}', undefined],
    [ORDER, '{}', "JSON value must have required property 'id'."],
    [ORDER, '{"id":"1"}', "JSON value at 'id' must be integer."],
    [ORDER, '{"id":1,"x":2}', "JSON value must NOT have additional properties: 'x'."],
    [
      ORDER,
      '{"id":1,"state":"OLD"}',
      'JSON value at \'state\' must be equal to one of the allowed values: ["NEW","DONE"].',
    ],
    [ORDER, '{"id":1,"items":[{}]}', "JSON value at 'items.0' must have required property 'a/b'."],
    [ORDER, '{', 'Invalid JSON value.'],
    ['false', '1', 'JSON value boolean schema is false.'],
    ['{"$schema":"http://json-schema.org/draft-06/schema#","const":1}', '1', undefined],
    [
      '{"$schema":"https://json-schema.org/draft/2020-12/schema","prefixItems":[{"type":"string"}]}',
      '[1]',
      "JSON value at '0' must be string.",
    ],
    ['{"type":', '1', 'The JSON Schema in "value-schema:" cannot be used.'],
    ['{"type":"nothing"}', '1', 'The JSON Schema in "value-schema:" cannot be used.'],
    ['[]', '1', 'The JSON Schema in "value-schema:" cannot be used.'],
    ['{"$ref":"other.json"}', '1', 'The JSON Schema in "value-schema:" cannot be used.'],
  ]
  for (const [schema, text, message] of cases) {
    it(`${schema.slice(0, 40)} and ${text}`, () => {
      assert.equal(check(schema, text), message)
    })
  }
})
