import assert from 'node:assert/strict'
import { check } from '../../src/language/check/check.ts'
import type { Knowledge, KnownCluster } from '../../src/language/check/knowledge.ts'
import { parse } from '../../src/language/parse.ts'
import { apply, codes, given, on, problems } from './found.ts'

describe('quick fixes', () => {
  const cases: [code: string, before: string, after: string][] = [
    ['K101', 'PRODUCER\n# a\n// b\ntopic: a\nx', 'PRODUCER\n-- a\n-- b\ntopic: a\nx'],
    ['K102', 'PRODUCER\n Topic : a\nx', 'PRODUCER\ntopic: a\nx'],
    ['K104', 'PRODUCER\ntimestamp: 1', 'PRODUCER\nrecord-timestamp: 1'],
    ['K104', 'PRODUCER\nvalue: 1', 'PRODUCER\n 1'],
    ['K105', 'PRODUCER\r\nx\r\nCONSUMER', 'PRODUCER\r\nx\r\n###\r\nCONSUMER'],
    ['K110', 'CONSUMER\nform: 1', 'CONSUMER\nfrom: 1'],
    ['K111', 'CONSUMER\n topic a', 'CONSUMER\n topic: a'],
    ['K113', '###\nCONSUMER\n  @x = 1\ntopic: a', '###\n@x = 1\nCONSUMER\ntopic: a'],
    ['K120', 'PRODUCER\nkey: a\nx', 'PRODUCER\nkey: a\ntopic: \nx'],
    ['K121', 'PRODUCER\ntopic: a', 'PRODUCER\ntopic: a\nvalue-format: null'],
    ['K121', 'PRODUCER\nvalue-format: json', 'PRODUCER\nvalue-format: null'],
    ['K130', 'PRODUCER\nheaders: a, b=1\nx', 'PRODUCER\nheader: a =\nheader: b = 1\nx'],
    ['K131', 'PRODUCER\nheaders: a=b=c\nx', 'PRODUCER\nheader: a = b=c\nx'],
    [
      'K131',
      'PRODUCER\nheaders: a={{number.int({"min":1, "max":2})}}, b=1\nx',
      'PRODUCER\nheader: a = {{number.int({"min":1, "max":2})}}\nheader: b = 1\nx',
    ],
    ['K132', 'PRODUCER\nheaders: a=1,a=2\nx', 'PRODUCER\nheader: a = 1\nheader: a = 2\nx'],
    ['K201', 'CONSUMER\nkey-format: String', 'CONSUMER\nkey-format: string'],
    ['K202', 'PRODUCER\nvalue-from: a b.bin', 'PRODUCER\nvalue-from: file(a b.bin)'],
    ['K202', 'EXPECT\ntopic: a\n["#uid"]', 'EXPECT\ntopic: a\n["#uuid"]'],
    ['K206', 'DEFAULTS\nrate: 20', 'DEFAULTS\nrate: 20/s'],
    ['K207', 'PRODUCER\nidempotent: true\nacks: 1', 'PRODUCER\nidempotent: true\nacks: all'],
    [
      'K208',
      'PRODUCER\ntransactional-id: t\nidempotent: false',
      'PRODUCER\ntransactional-id: t\nidempotent: true',
    ],
    ['K330', 'EXPECT GROUP g', 'EXPECT GROUP g\nassert: lag == 0'],
    ['K301', 'PRODUCER a\n###\nPRODUCER\n{{a.ofset}}', 'PRODUCER a\n###\nPRODUCER\n{{a.offset}}'],
    ['K301', '@a1b = 1\nPRODUCER\n{{ac1b}}', '@a1b = 1\nPRODUCER\n{{a1b}}'],
    ['K301', 'PRODUCER\n{{json $uid}}', 'PRODUCER\n{{json $uuid}}'],
    ['K307', '@abc = 1\nPRODUCER\n{{ ab }}', '@abc = 1\nPRODUCER\n{{ abc }}'],
  ]
  for (const [code, before, after] of cases) {
    it(`${code} in ${JSON.stringify(before)}`, () => {
      const problem = problems(before).find(each => each.code === code)
      const fix = problem?.fixes?.[0]
      assert.ok(fix, codes(before))
      assert.equal(apply(before, fix), after)
      assert.ok(!codes(after).includes(code) || code === 'K120', codes(after))
    })
  }

  for (const headers of ['=q', 'a b=1, c', '{{x y}} = 1'])
    it(`headers: ${headers} is not converted to what is no property`, () => {
      const [problem] = problems(`PRODUCER\ntopic: a\nheaders: ${headers}\nx`)
      assert.deepEqual(problem?.fixes ?? [], [])
    })

  it('K403 asks the editor to create the topic', () => {
    const [problem] = problems('CONSUMER\ntopic: a', on({}, false))
    assert.deepEqual(problem?.fixes, [{ title: 'Create topic "a"', edits: [], createTopic: 'a' }])
  })
})

describe('checks', () => {
  const none: [what: string, text: string][] = [
    ['an empty file', ''],
    ['text outside blocks', 'topic: a\n{{foo}}\n// x'],
    ['a payload that is a template of another tool', 'PRODUCER\ntopic: a\n{{ user }} {{#if}} }}'],
    ['compact JSON', 'PRODUCER\ntopic: a\n{"a":{"b":1}}'],
    ['YAML', 'PRODUCER\ntopic: a\nname: John\nid: 4'],
    ['an address', 'PRODUCER\ntopic: a\nhttp://localhost'],
    ['old names', 'PRODUCER\ntopic: a\n{{random.uuid}} {{name.findName}}'],
    ['a number from a template', 'PRODUCER\ntopic: a\nvalue-format: integer\n{{number.int}}'],
    ['JSON with templates', 'PRODUCER\ntopic: a\nvalue-format: json\n{"a":{{number.int}}}'],
    ['many records', 'PRODUCER\ntopic: a\nvalue-format: json\nrecords: jsonl\n1\n2'],
    ['a topic from a template', '@t = a\nPRODUCER\ntopic: {{t}}\nx'],
    ['records with names of their own', 'PRODUCER\ntopic: a\nrecords: csv\n{{customer}}'],
    ['no value, but a file', 'PRODUCER\ntopic: a\nvalue-from: file(x)'],
    ['weak acks without more', 'PRODUCER\ntopic: a\nacks: 0\nx'],
    ['no record at all', 'EXPECT\ntopic: a\nnone: true\ncount: 0'],
    ['a topic from DEFAULTS', 'DEFAULTS\ntopic: a\nCONSUMER'],
    ['a null value from DEFAULTS', 'DEFAULTS\nvalue-format: null\nPRODUCER\ntopic: a'],
    ['an empty from', 'CONSUMER\ntopic: a\nfrom:'],
    ['repeated headers', 'PRODUCER\ntopic: a\nheader: a = 1\nheader: a = 2\nx'],
    ['a lag without a topic', 'EXPECT GROUP g\nassert: lag == 0'],
    ['partitions of a topic to make', 'TOPIC\ntopic: a\npartitions: 3'],
    ['what is ignored in a block', 'CONSUMER\n-- @ignore K110, K111\ntopic: a\nfoo: 1\nbar'],
    ['what is ignored from here on', '-- @ignore K110\nCONSUMER\ntopic: a\nfoo: 1'],
  ]
  for (const [what, text] of none) {
    it(`find nothing in ${what}`, () => {
      assert.equal(codes(text), '')
    })
  }

  it('are not ignored above the line that says so, nor in other blocks', () => {
    const text = 'CONSUMER\ntopic: a\nfoo: 1\n###\n-- @ignore K110\nCONSUMER\ntopic: a\nfoo: 1'
    assert.equal(codes(text), 'K110')
    assert.equal(codes('CONSUMER\n-- @ignore K110\ntopic: a\nCONSUMER\ntopic: a\nfoo: 1'), 'K110')
  })

  it('one bad line hides no other block', () => {
    const text = 'CONSUMER\nkey-format\n: \n###\nCONSUMER\nform: 1'
    assert.equal(codes(text), 'K120 K111 K111 K120 K110')
  })

  it('say nothing of the cluster without knowing it', () => {
    const text = 'CONSUMER\ntopic: a\npartitions: 9'
    assert.equal(codes(text), '')
    assert.equal(codes(text, { clusterOf: () => undefined }), '')
  })

  const cluster = on({ orders: 6, one: 1 })
  const known: [text: string, message: string][] = [
    [
      'CONSUMER\ntopic: orders\npartitions: 0-3,7',
      'Partition 7 does not exist: topic "orders" has partitions 0-5.',
    ],
    [
      'PRODUCER\ntopic: one\nrecord-partition: 1\nx',
      'Partition 1 does not exist: topic "one" has partition 0.',
    ],
    [
      'CONSUMER\ntopic: orders\nfrom: 5:1,9:10,7:earliest,*:latest',
      'Partition 9 does not exist: topic "orders" has partitions 0-5.',
    ],
    ['CONSUMER\ntopic: one\nto: 1:10', 'Partition 1 does not exist: topic "one" has partition 0.'],
    ['CONSUMER\ntopic: order', 'Unknown topic "order". The cluster might not create it by itself.'],
  ]
  for (const [text, message] of known) {
    it(message, () => {
      assert.deepEqual(
        problems(text, cluster).map(problem => problem.message),
        [message],
      )
    })
  }

  const contents: [head: string, body: string, message: string][] = [
    [
      'value-format: json',
      '{\n "id": {{number.int}},\n "a": x\n}',
      'K210 6:7 The value is not JSON: line 6, column 7 should have a number, a text in double quotes, true, false or null.',
    ],
    [
      'key-format: json\nkey: {"a"}',
      'x',
      'K210 4:10 The key is not JSON: line 4, column 10 should have ":".',
    ],
    ['value-format: bytes(hex)', 'abc', 'K205 4:1 "abc" is not hexadecimal: pairs of 0-9 and a-f.'],
    ['value-format: bytes(base64)', '{a}', 'K205 4:1 "{a}" is not base64.'],
    ['value-format: short', '70000', 'K205 4:1 70000 does not fit "short" (-32768 … 32767).'],
  ]
  for (const [head, body, message] of contents) {
    it(`${head}: ${message}`, () => {
      const { file } = parse(`PRODUCER\ntopic: a\n${head}\n${body}`)
      const found = check(file).map(problem => {
        const { line, column } = file.lines.placeOf(problem.span.start)
        return `${problem.code} ${line + 1}:${column + 1} ${problem.message}`
      })
      assert.deepEqual(found, [message])
    })
  }

  it('tell an unknown topic by what the cluster does about it', () => {
    const severity = (autoCreate?: boolean) =>
      problems('CONSUMER\ntopic: a', on({}, autoCreate)).map(
        problem => `${problem.code} ${problem.severity}`,
      )
    assert.deepEqual(severity(true), ['K403 information'])
    assert.deepEqual(severity(), ['K403 warning'])
    assert.deepEqual(severity(false), ['K403 error'])
    assert.equal(codes('TOPIC\ntopic: a\nCONSUMER\ntopic: a', on({})), '')
  })

  it('ask the cluster that each block goes to', () => {
    const clusters: Record<string, KnownCluster> = {
      one: { topics: new Map([['a', 1]]) },
      two: { topics: new Map([['b', 3]]) },
    }
    const ofBlock: Knowledge = { clusterOf: ({ label, group }) => clusters[(label ?? group)!.text] }
    const found = (text: string) =>
      problems(text, ofBlock).map(({ code, block, span }) => [
        code,
        block,
        text.slice(span.start, span.end),
      ])
    assert.deepEqual(
      found('CONSUMER one\ntopic: a\nCONSUMER two\ntopic: a\nCONSUMER x\ntopic: c'),
      [['K403', 1, 'a']],
    )
    assert.deepEqual(
      found('CONSUMER two\ntopic: b\npartitions: 3\nCONSUMER x\ntopic: b\npartitions: 3'),
      [['K204', 0, '3']],
    )
    assert.deepEqual(found('TOPIC one\ntopic: c\nCONSUMER one\ntopic: c\nCONSUMER two\ntopic: c'), [
      ['K403', 2, 'c'],
    ])
    assert.deepEqual(found('DEFAULTS x\ntopic: a\nCONSUMER two\nCONSUMER one\nCONSUMER two'), [
      ['K403', 1, 'a'],
    ])
  })

  it('take names from outside the file', () => {
    const text = 'PRODUCER\ntopic: a\n{{host}}'
    assert.equal(codes(text), 'K301')
    assert.equal(codes(text, { given: given({ host: 'h' }) }), '')
  })

  it('let foreign templates pass where generated data is switched off', () => {
    const text = 'PRODUCER\ntopic: a\n{{user.name}} {{number.nt}} {{$nothing}}'
    assert.equal(codes(text), 'K301 K301 K301')
    assert.equal(codes(text, { generatedData: false }), 'K307 K301')
  })

  const naming: [text: string, texts: Record<string, string>, problems: string][] = [
    ['@a = {{a}}', {}, 'K310 "a" is defined by itself: a → a.'],
    ['@a = {{b}}', { b: 'x{{a}}' }, 'K310 "a" is defined by itself: a → b → a.'],
    [
      'CONSUMER\ntopic: {{x}}',
      { x: '{{y}}', y: '{{ x }}' },
      'K310 "x" is defined by itself: x → y → x.',
    ],
    ['CONSUMER\ntopic: {{x}}', { x: '{{$uuid}}{{y}}', y: '1' }, ''],
    ['@y = {{x}}\nCONSUMER\ntopic: {{y}}', { x: 'a' }, ''],
    [
      'CONSUMER\ntopic: {{x}}\n###\nEXPECT e\ntopic: a\nkey: b\ncapture: id = key',
      { x: '{{id}}' },
      'K304 "{{x}}" is not known here: "id" is captured below, in line 7.',
    ],
    ['@id = 1\nCONSUMER\ntopic: {{id}}\n###\nEXPECT\ntopic: a\nkey: b\ncapture: id = key', {}, ''],
    ['CONSUMER\ntopic: {{id}}\ncapture: id = key', { id: '1' }, ''],
  ]
  for (const [text, texts, expected] of naming) {
    it(`${JSON.stringify(text)}: ${expected || 'no problem'}`, () => {
      const found = problems(text, { given: given(texts) })
      assert.equal(found.map(({ code, message }) => `${code} ${message}`).join(), expected)
    })
  }

  it('follow values from the command line before variables, as they are', () => {
    const values = new Map([
      ['a', { text: '{{a}}', secret: false, source: '--var', overrides: true }],
    ])
    assert.equal(codes('@a = {{a}}', { given: values }), '')
  })

  it('take long chains and large cycles of names', () => {
    const chain = Array.from({ length: 2_000 }, (_, index) => `@v${index} = {{v${index + 1}}}`)
    const closed = [...chain, '@v2000 = {{v0}}'].join('\n')
    const [first, ...others] = problems(closed)
    assert.equal(first?.message, '"v0" is defined by itself: v0 → v1 → v2 → v3 → v4 → v5 → … → v0.')
    assert.equal(others.length, 2_000)
    assert.equal(codes([...chain, '@v2000 = 1'].join('\n')), '')
  })

  it('tell what nobody will give, in the words of the caller', () => {
    const text = 'PRODUCER\ntopic: a\nkey: {{$secret token}}\n{{$prompt Your name}} {{$env HOME}}'
    const missing = (name: string, argument: string) =>
      name === '$env' ? undefined : `There is no ${name} ${argument}.`
    assert.deepEqual(
      problems(text, { missing }).map(({ code, message }) => `${code} ${message}`),
      ['K306 There is no $secret token.', 'K306 There is no $prompt Your name.'],
    )
    assert.equal(codes(text), '')
  })

  it('tell where an expression is wrong, around templates', () => {
    const asked: string[] = []
    const checkExpression: NonNullable<Knowledge['checkExpression']> = (expression, use) => {
      asked.push(`${use.gives} of ${use.about}: ${expression}`)
      return { message: 'What is "value"?', from: 0, to: 5 }
    }
    const text =
      '@x = 1\nEXPECT\ntopic: a\nmatch: {{x}} == "{{x}}{{"{{"}}" && {{ x }}\nEXPECT GROUP g\nassert: lag == 0'
    const found = problems(text, { checkExpression })
    assert.deepEqual(asked, [
      'truth of record: value == "xxxxxxxxxxxxx" && value  ',
      'truth of group: lag == 0',
    ])
    assert.deepEqual(
      found.map(({ message, span }) => [message, text.slice(span.start, span.end)]),
      [
        ['What is "{{x}}"?', '{{x}}'],
        ['What is "value"?', 'lag =='.slice(0, 5)],
      ],
    )
  })

  it('stay small in a file of garbage', () => {
    assert.equal(problems('CONSUMER\n' + 'x: 1\n'.repeat(12_000)).length, 10_001)
  })
})
