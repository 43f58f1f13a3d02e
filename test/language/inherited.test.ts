import assert from 'node:assert/strict'
import type { Knowledge } from '../../src/language/check/knowledge.ts'
import { found, given } from './found.ts'

/** What DEFAULTS give to a block, and what of it is wrong there. */
const DEFAULTS: readonly (readonly [text: string, problems: readonly string[]])[] = [
  [
    'DEFAULTS\ntopic: a\nkey: {{order.key}}\nheaders: x={{total}}\n###\nPRODUCER one\nx\n###\nEXPECT\nkey: b\ncapture: total = value.total\n###\nPRODUCER order\nx\n###\nPRODUCER last\nx',
    [
      'K304 error 6:1-6:9 "{{order.key}}" of the DEFAULTS, in line 3, is not known here: the block "order" stands below, in line 13.',
      'K304 error 6:1-6:9 "{{total}}" of the DEFAULTS, in line 4, is not known here: "total" is captured below, in line 11.',
      'K304 error 13:1-13:9 "{{order.key}}" of the DEFAULTS, in line 3, is not known here: "order" is this block itself.',
    ],
  ],
  ['DEFAULTS\ntopic: a\nkey: {{order.key}}\nPRODUCER order\nkey: own\nx', []],
  ['DEFAULTS\ntopic: a\nkey: {{order.key}}\nCONSUMER\nTOPIC\n###\nPRODUCER order\nkey: b\nx', []],
  [
    'DEFAULTS\ntopic: {{order.key}}\nheader: a = {{$uuid}}\nEXPECT\nkey: b\n###\nPRODUCER order\ntopic: a\nx',
    [
      'K304 error 4:1-4:7 "{{order.key}}" of the DEFAULTS, in line 2, is not known here: the block "order" stands below, in line 7.',
    ],
  ],
  [
    'DEFAULTS\ntopic: a\nvalue-format: auto\nkey-format: none\nPRODUCER\nx\n###\nCONSUMER',
    [
      'K201 error 5:1-5:9 "key-format: none" of the DEFAULTS, in line 4, is no format here. Give this PRODUCER a "key-format:" of its own.',
      'K201 error 5:1-5:9 "value-format: auto" of the DEFAULTS, in line 3, is no format here. Give this PRODUCER a "value-format:" of its own.',
    ],
  ],
  [
    'DEFAULTS\ntopic: a\nvalue-format: null\nPRODUCER\n###\nEXPECT\nkey: b\nEXPECT\nkey: c\nvalue-format: auto',
    [
      'K201 error 6:1-6:7 "value-format: null" of the DEFAULTS, in line 3, is no format here. Give this EXPECT a "value-format:" of its own.',
    ],
  ],
  [
    'DEFAULTS\ntopic: a\npartitions: 0-3\nCONSUMER\nTOPIC\nTOPIC\npartitions: 4',
    [
      'K205 error 5:1-5:6 "partitions: 0-3" of the DEFAULTS, in line 3, is not an integer. Give this TOPIC a "partitions:" of its own.',
    ],
  ],
  ['DEFAULTS\ntopic: a\nrecords: csv\nPRODUCER\nid\n{{id}}', []],
]

describe('what DEFAULTS give', () => {
  for (const [text, expected] of DEFAULTS)
    it(JSON.stringify(text), () => {
      assert.deepEqual(found(text), expected)
    })

  it('is looked through once for each DEFAULTS, however many there are', () => {
    const text = 'DEFAULTS\nheader: a = {{late}}\nPRODUCER\ntopic: a\nx\n###\n'.repeat(300)
    assert.equal(found(text).length, 300)
  })
})

describe('the environment of a block', () => {
  const dev = given({ host: 'h' })
  const ofBlocks: Knowledge = {
    given: given({ host: 'h', shared: 's' }),
    givenOf: ({ directives }) => (directives.length > 0 ? dev : given({ shared: 's' })),
    environments: ['dev', 'ci'],
  }
  const cases: [text: string, problems: string[]][] = [
    ['CONSUMER\n-- @env dev\ntopic: {{host}}', []],
    [
      'CONSUMER\n-- @env dev\ntopic: {{shared}}',
      ['K301 error 3:8-3:18 "{{shared}}" is not defined.'],
    ],
    ['CONSUMER\ntopic: {{host}}', ['K301 error 2:8-2:16 "{{host}}" is not defined.']],
    ['@x = {{host}}\nCONSUMER\ntopic: {{shared}}', []],
    [
      'DEFAULTS\ntopic: {{host}}\nCONSUMER\nCONSUMER\n-- @env dev',
      [
        'K301 error 3:1-3:9 "{{host}}" of the DEFAULTS, in line 2, is not defined in the environment of this block.',
      ],
    ],
    [
      'CONSUMER\n-- @env dve\ntopic: a',
      ['K301 error 2:9-2:12 There is no environment "dve". Did you mean "dev"?'],
    ],
    ['-- @env prod', ['K301 error 1:9-1:13 There is no environment "prod".']],
    ['-- @env', []],
  ]
  for (const [text, expected] of cases)
    it(JSON.stringify(text), () => {
      assert.deepEqual(found(text, ofBlocks), expected)
    })
})
