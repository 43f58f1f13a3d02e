import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import { complete } from '../../src/language/services/completion.ts'
import { hover, type HoverKnowledge } from '../../src/language/services/hover.ts'
import { foldingRanges, lensesOf, symbolsOf } from '../../src/language/services/outline.ts'
import type { Completion, CompletionKnowledge } from '../../src/language/services/offers.ts'
import { tokensOf } from '../../src/language/services/tokens.ts'

/** The text without its caret, and where the caret was. */
function at(marked: string): { readonly text: string; readonly offset: number } {
  const offset = marked.indexOf('|')
  return { text: marked.slice(0, offset) + marked.slice(offset + 1), offset }
}

function offers(marked: string, knowledge?: CompletionKnowledge): readonly Completion[] {
  const { text, offset } = at(marked)
  return complete(parse(text).file, offset, knowledge)
}

function labels(marked: string, knowledge?: CompletionKnowledge): readonly string[] {
  return offers(marked, knowledge).map(({ label }) => label)
}

/** The text after choosing an offer. */
function chosen(marked: string, label: string, knowledge?: CompletionKnowledge): string {
  const { text } = at(marked)
  const offer = offers(marked, knowledge).find(each => each.label === label)
  assert.ok(offer, `no ${label}`)
  return text.slice(0, offer.span.start) + offer.insert + text.slice(offer.span.end)
}

const cluster: CompletionKnowledge = {
  topics: [
    { name: 'orders', partitions: 6 },
    { name: 'one', partitions: 1 },
  ],
  groups: ['billing'],
}

describe('completion', () => {
  it('offers blocks outside blocks', () => {
    assert.deepEqual(labels('###\nP|'), ['PRODUCER', 'CONSUMER', 'EXPECT', 'TOPIC', 'DEFAULTS'])
    assert.deepEqual(labels('some text|'), [])
    assert.match(chosen('PRO|D', 'PRODUCER'), /^PRODUCER \$\{1:name\}\ntopic: /)
  })

  it('offers the properties that a block does not have yet', () => {
    const names = labels('CONSUMER\ntopic: a\n|\n')
    assert.ok(names.includes('from') && names.includes('limit') && names.includes('filter'))
    assert.ok(!names.includes('topic') && !names.includes('key'))
    assert.ok(labels('PRODUCER\nheader: a = b\nhea|').includes('header'))
    assert.ok(labels('CONSUMER g\n|').includes('topic'))
    assert.ok(labels('DEFAULTS\n|').includes('within'))
  })

  it('offers properties in a PRODUCER until its value is under way', () => {
    assert.ok(labels('PRODUCER\ntopic: a\nke|').includes('key'))
    assert.ok(labels('PRODUCER\n|').includes('topic'))
    assert.deepEqual(labels('PRODUCER\ntopic: a\n{\nke|'), [])
    assert.deepEqual(labels('PRODUCER\ntopic: a\n ke|'), [])
  })

  it('replaces the whole name and keeps a colon', () => {
    assert.equal(chosen('CONSUMER\nfr|om: 1', 'limit'), 'CONSUMER\nlimit: 1')
    assert.equal(chosen('CONSUMER\nli|', 'limit'), 'CONSUMER\nlimit: ${1:100}')
    assert.equal(
      chosen('CONSUMER\niso|', 'isolation'),
      'CONSUMER\nisolation: ${1|read_committed,read_uncommitted|}',
    )
  })

  it('offers values', () => {
    assert.deepEqual(labels('CONSUMER\ntopic: |', cluster), ['one', 'orders'])
    assert.equal(chosen('CONSUMER\ntopic:|', 'orders', cluster), 'CONSUMER\ntopic: orders')
    assert.equal(chosen('CONSUMER\ntopic: o|r', 'one', cluster), 'CONSUMER\ntopic: one')
    assert.ok(labels('CONSUMER\nfrom: |').includes('earliest'))
    assert.ok(labels('CONSUMER\nkey-format: |').includes('auto'))
    assert.ok(!labels('PRODUCER\nkey-format: |').includes('auto'))
    assert.ok(labels('PRODUCER\nkey-format: |').includes('null'))
    assert.equal(
      chosen('PRODUCER\nkey-format: string(|', 'string(hex)'),
      'PRODUCER\nkey-format: string(hex)',
    )
    assert.deepEqual(labels('PRODUCER\nacks: |'), ['all', '1', '0'])
    assert.deepEqual(labels('PRODUCER\nevery: |'), ['3s', '5m', '1h'])
  })

  it('offers "committed" only where there are committed offsets', () => {
    const offering = ['CONSUMER g\nfrom: |', 'DEFAULTS\nfrom: |']
    const others = ['CONSUMER\nfrom: |', 'CONSUMER g\nto: |', 'EXPECT e\nfrom: |', 'EXPECT\nto: |']
    const offers = (marked: string) => labels(marked).includes('committed')
    assert.deepEqual([...offering, ...others].filter(offers), offering)
  })

  it('offers topics and groups by name, those of Kafka and its tools last', () => {
    const known: CompletionKnowledge = {
      topics: ['__consumer_offsets', 'orders', '_schemas', 'audit'].map(name => ({ name })),
      groups: ['_connect', 'billing', 'audit'],
    }
    assert.deepEqual(labels('EXPECT\ntopic: |', known), [
      'audit',
      'orders',
      '__consumer_offsets',
      '_schemas',
    ])
    assert.deepEqual(labels('CONSUMER |', known), ['audit', 'billing', '_connect'])
  })

  it('offers groups after the keyword', () => {
    assert.equal(chosen('CONSUMER b|i', 'billing', cluster), 'CONSUMER billing')
    assert.equal(chosen('EXPECT GROUP |', 'billing', cluster), 'EXPECT GROUP billing')
    assert.deepEqual(labels('PRODUCER b|', cluster), [])
  })

  it('offers names in templates, in keys, values, headers and variables', () => {
    for (const marked of [
      '@x = 1\nPRODUCER\nkey: {{|',
      '@x = 1\nPRODUCER\nheaders: a={{|}}',
      '@x = 1\nPRODUCER\n{\n "a": "{{ |"',
      '@x = {{|',
    ]) {
      const names = labels(marked)
      for (const name of ['x', '$uuid', 'number.int', 'string.fromCharacters']) {
        assert.ok(names.includes(name), `${name} in ${marked}`)
      }
    }
    assert.equal(chosen('PRODUCER\n{{num|}}', 'number.int'), 'PRODUCER\n{{number.int}}')
    assert.equal(chosen('PRODUCER\n{{$u|', '$uuid'), 'PRODUCER\n{{$uuid}}')
    assert.equal(chosen('PRODUCER\n{{pers|on.bio}} x', 'person.sex'), 'PRODUCER\n{{person.sex}} x')
    assert.equal(
      chosen('PRODUCER\n{{str|', 'string.fromCharacters'),
      'PRODUCER\n{{string.fromCharacters(${1})\\}\\}',
    )
    assert.deepEqual(labels('PRODUCER\n{{a}}|'), [])
  })

  it('offers what is sent and captured above, variables and values from outside', () => {
    const above = '@x = {{host}}/1\nPRODUCER order\nv\n###\nEXPECT\ncapture: id = key\n###\n'
    const knowledge: CompletionKnowledge = {
      given: new Map([
        ['host', { text: 'local', secret: false, source: 'kafka.env.json, dev' }],
        ['token', { text: 'canary', secret: true, source: 'kafka.private.env.json' }],
      ]),
    }
    const found = offers(`${above}PRODUCER last\n{{|}}\n###\nEXPECT\ncapture: no = key`, knowledge)
    const details = new Map(found.map(({ label, detail }) => [label, detail]))
    assert.equal(details.get('x'), 'local/1')
    assert.equal(details.get('id'), 'captured')
    assert.equal(details.get('order.offset'), 'block order')
    assert.equal(details.get('host'), 'local (kafka.env.json, dev)')
    assert.equal(details.get('token'), '*** (kafka.private.env.json)')
    assert.ok(!details.has('no') && !details.has('last.key'))
  })

  const fields: CompletionKnowledge = {
    fieldsOf: topic =>
      topic === 'orders'
        ? [
            { path: ['id'], holds: 'number' },
            { path: ['items', '[]', 'sku'], holds: 'text' },
            { path: ['customer', 'name'] },
            { path: ['a-b'] },
          ]
        : [],
    headersOf: topic => (topic === 'orders' ? ['trace-id', 'plain', 'quote"d'] : []),
    schemaText: path =>
      path === 's.json' ? '{"properties":{"fromSchema":{"type":"string"}}}' : undefined,
  }
  const inExpressions: [marked: string, has: string[], hasNot: string[]][] = [
    ['CONSUMER\nfilter: |', ['value', 'headers', 'size'], ['lag', 'startsWith']],
    ['EXPECT GROUP g\nassert: |', ['lag', 'members'], ['value']],
    ['CONSUMER\ntopic: orders\nfilter: value.|', ['id', 'items', 'startsWith'], ['a-b', 'value']],
    ['CONSUMER\ntopic: orders\nfilter: value.items[0].s|', ['sku'], ['id']],
    ['CONSUMER\ntopic: other\nfilter: value.|', ['matches'], ['id']],
    ['CONSUMER\nfilter: key == "|"', [], ['value']],
    ['CONSUMER\ntopic: orders\nfilter: headers["|', ['trace-id', 'plain'], ['quote"d', 'value']],
    ["CONSUMER\ntopic: orders\nfilter: headers['tr|']", ['trace-id'], []],
    ['CONSUMER\ntopic: orders\nfilter: headers.|', ['plain', 'size'], ['trace-id']],
    ['PRODUCER\nheader: own = 1\nx\n###\nEXPECT\nmatch: headers["|', ['own'], ['plain']],
    ['PRODUCER\ntopic: orders\nheader: |', ['trace-id'], ['plain = ']],
    ['PRODUCER\ntopic: orders\nheader: a = |', [], ['trace-id']],
    ['PRODUCER p\nheaders: a=1, b=2\nx\n###\nPRODUCER\n{{p.|', ['p.key', 'p.headers.a'], []],
    ['PRODUCER\nvalue-schema: file(s.json)\n{ "|', ['fromSchema'], ['id']],
    ['EXPECT\nvalue-schema: {"properties":{"in":{}}}\nmatch: value.|', ['in'], ['id']],
    ['CONSUMER\nfilter: key == "a" && |', ['value'], []],
    ['EXPECT\ncapture: a = |', ['offset'], []],
    ['EXPECT\ncapture: a|', [], ['offset']],
    ['PRODUCER\ntopic: orders\n{ "|', ['id', 'items', 'a-b'], ['#uuid', '#exact']],
    ['PRODUCER\ntopic: orders\n{ "items": [ { "|" } ]', ['sku'], ['id']],
    ['PRODUCER\ntopic: orders\n{ "id": "|" }', [], ['id', '#uuid']],
    ['EXPECT\ntopic: orders\n{ "id": "#|" }', ['#uuid', '#regex '], ['id']],
    ['EXPECT\ntopic: orders\n{ "customer": { "|', ['name', '#exact'], ['id']],
    ['EXPECT\ntopic: orders\n[ "a", "|', ['#number'], []],
  ]
  for (const [marked, has, hasNot] of inExpressions) {
    it(JSON.stringify(marked), () => {
      const names = labels(marked, fields)
      for (const name of has) assert.ok(names.includes(name), `${name} in ${names.join()}`)
      for (const name of hasNot) assert.ok(!names.includes(name), name)
    })
  }

  it('writes what it offers there', () => {
    assert.equal(chosen('CONSUMER\nfilter:|', 'value', fields), 'CONSUMER\nfilter: value')
    assert.equal(
      chosen('CONSUMER\nfilter: key.st|a', 'matches'),
      'CONSUMER\nfilter: key.matches(${1})',
    )
    const inOrders = (text: string) => `CONSUMER\ntopic: orders\n${text}`
    const header = (marked: string) => chosen(inOrders(marked), 'trace-id', fields)
    assert.equal(header('filter: headers["t|'), inOrders('filter: headers["trace-id"]'))
    assert.equal(
      header("filter: headers['t|x'] == 1"),
      inOrders("filter: headers['trace-id'] == 1"),
    )
    const sent = 'PRODUCER\ntopic: orders\nheader:'
    assert.equal(chosen(`${sent}|`, 'trace-id', fields), `${sent} trace-id = `)
    assert.equal(chosen(`${sent} t|r = 1`, 'trace-id', fields), `${sent} trace-id = 1`)
    assert.equal(chosen('EXPECT\n["#|"]', '#uuid'), 'EXPECT\n["#uuid"]')
    assert.equal(chosen('EXPECT\n["#|', '#uuid'), 'EXPECT\n["#uuid"')
    assert.equal(
      chosen('EXPECT\ntopic: orders\n{"i|"}', 'items', fields),
      'EXPECT\ntopic: orders\n{"items"}',
    )
  })

  it('offers what directives take', () => {
    const knowledge = { clusters: ['local', 'prod'], environments: ['dev'] }
    assert.deepEqual(labels('-- @cluster |', knowledge), ['local', 'prod'])
    assert.deepEqual(labels('PRODUCER\n-- @env d|', knowledge), ['dev'])
    assert.equal(chosen('-- @ignore K101,K1|', 'K105'), '-- @ignore K101,K105')
  })

  it('offers directives', () => {
    assert.equal(chosen('-- @i|', '@ignore'), '-- @ignore ${1:K104}')
    assert.equal(chosen('PRODUCER\n--|', '@skip'), 'PRODUCER\n-- @skip')
    assert.deepEqual(labels('-- a comment|'), [])
  })
})

describe('hover', () => {
  const knowledge: HoverKnowledge = {
    topicOf: name => (name === 'or_ders' ? { partitions: 6, replicationFactor: 3 } : undefined),
    given: new Map([
      ['host', { text: 'local', secret: false, source: 'kafka.env.json, dev' }],
      ['token', { text: 'canary', secret: true, source: 'kafka.private.env.json' }],
    ]),
    inSession: name => (name === 'id' ? 'o-17' : undefined),
    time: {
      now: 1000,
      toLocalEpoch: () => 77,
      describe: timestamp => `at ${timestamp}`,
    },
  }
  const cases: [marked: string, markdown: RegExp | undefined][] = [
    ['PROD|UCER x\ntopic: a', /^\*\*PRODUCER\*\* for topic `a`/],
    ['CONSUMER\nli|mit: 1', /^\*\*limit\*\*\n\nEnds after/],
    ['CONSUMER\nschema-reg|istry: 1', /later version/],
    ['CONSUMER\nfo|rm: 1', undefined],
    ['CONSUMER\ntopic: or|_ders', /^\*\*or\\_ders\*\*\n\n6 partitions, replication factor 3$/],
    ['CONSUMER\ntopic: other|', undefined],
    ['CONSUMER\nkey-format: string(U|CS2)', /Encoding: `utf16le`/],
    ['CONSUMER\nfrom: now|-1s', /^at 0$/],
    ['CONSUMER\nfrom: 2026-01|-31', /^at 77$/],
    ['CONSUMER\nfrom: 1:now,*:5|', /^partition 1: at 1000$/],
    ['CONSUMER\nfrom: 5|', undefined],
    ['PRODUCER\nevery: 1m|', /^60000 ms$/],
    ['PRODUCER\nkey: a {{$u|uid}}', /^`\$uuid`\n\nA new random UUID/],
    ['PRODUCER\n\n{{name.find|Name}}', /Today it is `person.fullName`/],
    ['PRODUCER\n{{number.i|nt}}', /generated data/],
    ['@x = 5\nPRODUCER\n{{ |x }}', /= `5`\n\nDeclared in line 1/],
    ['@x = {{$u|uid}}', /random UUID/],
    ['PRODUCER\n{{nothi|ng}}', /`nothing` is not defined/],
    ['PRODUCER\n{{ nothi|ng }}', /sent as it stands/],
    [
      '@a = x{{b}}\n@b = {{host}}{{token}}{{$uuid}}\nPRODUCER\n{{|a}}',
      /= `xlocal\*\*\*{{\$uuid}}`/,
    ],
    ['PRODUCER\n{{ho|st}}', /^`host` = `local`\n\nFrom kafka.env.json, dev\.$/],
    ['PRODUCER\n{{tok|en}}', /^`token` = `\*\*\*`/],
    [
      'EXPECT\ncapture: id = value.id\n###\nPRODUCER\n{{i|d}}',
      /^`id` = `o-17`\n\nCaptured in line 2: `id = value.id`$/,
    ],
    [
      'PRODUCER p\nx\n###\nPRODUCER\n{{p.k|ey}}',
      /^`p.key`\n\nTaken from the record of `p` in line 1\.$/,
    ],
    ['CONSUMER\nfilter: val|ue.latency > 1', /^\*\*value\*\*: dyn/],
    ['CONSUMER\nfilter: value.laten|cy > 1', undefined],
    ['CONSUMER\nfilter: has(value.a) && ha|s(value.b)', /^`has\(value\.id\)`/],
    ['CONSUMER\nfilter: key.start|sWith("a")', /Whether a text starts so/],
    ['EXPECT GROUP g\nassert: la|g == 0', /^\*\*lag\*\*/],
    ['EXPECT\n{ "a": "#uu|id" }', /a UUID/],
    ['EXPECT\n{ "#ex|act": {} }', /no others/],
    ['PRODUCER\nrecord-timestamp: now-|1s', /^at 0$/],
    ['PRODUCER\n-- @del|ay 2s', /^\*\*@delay\*\*/],
    ['PRODUCER\nplain| text', undefined],
    ['outside|', undefined],
  ]
  for (const [marked, markdown] of cases) {
    it(JSON.stringify(marked), () => {
      const { text, offset } = at(marked)
      const result = hover(parse(text).file, offset, knowledge)
      if (markdown) assert.match(result?.markdown ?? '', markdown)
      else assert.equal(result, undefined)
    })
  }
})

const FILE = `@x = 1
### Send an order
PRODUCER
topic: orders
every: 3s
{{x}} {{ unknown }}

###
CONSUMER billing
EXPECT GROUP billing
topic: a
TOPIC made
PRODUCER p
avro: no
`

describe('outline', () => {
  const { file } = parse(FILE)

  it('folds blocks of two lines or more, without blank lines at the end', () => {
    assert.deepEqual(
      foldingRanges(file).map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [2, 5],
        [9, 10],
        [12, 13],
      ],
    )
  })

  it('names blocks by label, group, title or kind', () => {
    assert.deepEqual(
      symbolsOf(file).map(({ name, detail }) => [name, detail]),
      [
        ['@x', '1'],
        ['Send an order', 'orders'],
        ['CONSUMER billing', ''],
        ['EXPECT GROUP billing', 'a'],
        ['TOPIC made', ''],
        ['PRODUCER p', ''],
      ],
    )
  })

  it('has what lenses need', () => {
    assert.deepEqual(
      lensesOf(file).map(({ line, kind, topic, group, every }) => [
        line,
        kind,
        topic,
        group,
        every,
      ]),
      [
        [2, 'PRODUCER', 'orders', undefined, '3s'],
        [8, 'CONSUMER', undefined, 'billing', undefined],
        [9, 'EXPECT', 'a', 'billing', undefined],
        [11, 'TOPIC', undefined, undefined, undefined],
        [12, 'PRODUCER', undefined, undefined, undefined],
      ],
    )
  })

  const later = 'in a later version of Kafka Workbench.'
  const runnable: [text: string, reason: string | undefined][] = [
    ['PRODUCER\ntopic: a\nheader: a = b\nrecord-partition: 1\nx', undefined],
    ['PRODUCER\ntopic: a\nvalue-format: null', undefined],
    ['PRODUCER\nvalue-format: json\nvalue-schema: file(a.json)\n1', undefined],
    ['CONSUMER\ntopic: a\nfrom: tail(5)\nto: now\nlimit: 5\npartitions: 1', undefined],
    ['@x = 1\nPRODUCER\n{{x}} {{$uuid}} {{ other }}', undefined],
    ['EXPECT', undefined],
    ['TOPIC', undefined],
    ['PRODUCER\nrecords: csv\nx', undefined],
    ['PRODUCER\nkey-schema: "int"\nx', `"key-schema:" runs ${later}`],
    ['CONSUMER\nfilter: x', undefined],
    ['CONSUMER\nconfig: a = b', `"config:" runs ${later}`],
    ['CONSUMER\nvalue-format: avro', `The format "avro" is used ${later}`],
    ['PRODUCER\nvalue-schema: registry(a)', `A schema of a registry is used ${later}`],
    ['PRODUCER\nkey: {{$secret x}}\nx', undefined],
    ['EXPECT e\n###\nPRODUCER\n{{e.offset}}', undefined],
    ['DEFAULTS\ntopic: a\nCONSUMER', undefined],
    ['DEFAULTS\ntopic: a\nwithin: 5s\nCONSUMER\ntopic: b', undefined],
  ]
  for (const [text, reason] of runnable) {
    it(`${JSON.stringify(text)} ${reason === undefined ? 'runs' : 'does not run yet'}`, () => {
      const result = lensesOf(parse(text).file).at(-1)?.runnable
      assert.deepEqual(result, reason === undefined ? { runs: true } : { runs: false, reason })
    })
  }
})

describe('tokens', () => {
  it('say what the parser says', () => {
    const text = [
      '@x = a{{$uuid}}',
      '-- @tag slow',
      'PRODUCER p',
      'topic: a',
      'key: {{x}}b',
      '{ "v": "{{number.int}} {{ unknown }}" }',
      'topic: not a property',
      '###',
      'CONSUMER g',
      '# note',
      'from: earliest',
      'form: 1',
    ].join('\n')
    const { file } = parse(text)
    assert.deepEqual(
      tokensOf(file).map(({ span, type }) => [text.slice(span.start, span.end), type]),
      [
        ['x', 'variable'],
        ['a', 'string'],
        ['{{$uuid}}', 'function'],
        ['@tag', 'decorator'],
        ['slow', 'string'],
        ['PRODUCER', 'keyword'],
        ['p', 'class'],
        ['topic', 'property'],
        ['a', 'string'],
        ['key', 'property'],
        ['{{x}}', 'variable'],
        ['b', 'string'],
        ['{{number.int}}', 'function'],
        ['CONSUMER', 'keyword'],
        ['g', 'class'],
        ['# note', 'comment'],
        ['from', 'property'],
        ['earliest', 'enumMember'],
      ],
    )
  })

  it('take expressions and patterns apart', () => {
    const text = [
      'EXPECT',
      'match: value.a in ["x{{$run}}", r"y"] && size(key) >= 2',
      'capture: id = value.id',
      '{ "a": "#uuid", "b": "# {{$uuid}}", "c": "#regex a{2}" }',
      'CONSUMER',
      'select: offset, {{$index}} as n',
    ].join('\n')
    const { file } = parse(text)
    const tokens = tokensOf(file).filter(({ type }) => type !== 'property')
    assert.deepEqual(
      tokens.map(({ span, type }) => `${type} ${text.slice(span.start, span.end)}`),
      [
        'keyword EXPECT',
        ...['variable value', 'keyword in', 'string "x', 'function {{$run}}', 'string "'],
        ...['string r"y"', 'function size', 'variable key', 'number 2'],
        ...['variable id', 'variable value'],
        ...['enumMember "#uuid"', 'function {{$uuid}}', 'enumMember "#regex a{2}"'],
        'keyword CONSUMER',
        ...['variable offset', 'function {{$index}}'],
      ],
    )
  })
})
