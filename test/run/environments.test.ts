import assert from 'node:assert/strict'
import fc from 'fast-check'
import { parseDotenv } from '../../src/run/dotenv.ts'
import { environmentNames, readEnvironment } from '../../src/run/environments.ts'

const PUBLIC = {
  name: 'kafka.env.json',
  text: `{
  "$shared": { "tenant": "acme", "prefix": "t-{{tenant}}", "cluster": "local" },
  "staging": { "cluster": "staging", "id": 9007199254740993, "price": 1.10, "dry": true },
  "local": {}
}`,
}
const PRIVATE = {
  name: 'kafka.private.env.json',
  text: '{ "staging": { "token": "s3cr3t", "tenant": "hidden" }, "mine": { "a": "1" } }',
}
const BOTH = { public: PUBLIC, private: PRIVATE }

function valuesOf(...[texts, name]: Parameters<typeof readEnvironment>) {
  const read = readEnvironment(texts, name)
  if ('problems' in read) return read.problems
  const { values, cluster } = read.environment
  return {
    cluster,
    ...Object.fromEntries([...values].map(([key, { text, secret }]) => [key, [text, secret]])),
  }
}

function problemIn(text: string, name?: string) {
  const read = readEnvironment({ public: { name: 'kafka.env.json', text } }, name)
  if (!('problems' in read)) return undefined
  const [first] = read.problems
  return first && `${first.line}:${first.column} ${first.message}`
}

describe('environments', () => {
  it('puts an environment over the shared values, and private over public', () => {
    assert.deepEqual(valuesOf(BOTH, 'staging'), {
      cluster: 'staging',
      tenant: ['hidden', true],
      prefix: ['t-{{tenant}}', false],
      id: ['9007199254740993', false],
      price: ['1.10', false],
      dry: ['true', false],
      token: ['s3cr3t', true],
    })
    assert.deepEqual(valuesOf({ public: PUBLIC }, 'local'), {
      cluster: 'local',
      tenant: ['acme', false],
      prefix: ['t-{{tenant}}', false],
    })
    assert.deepEqual(valuesOf({ private: PRIVATE }, 'mine'), { cluster: undefined, a: ['1', true] })
  })

  it('knows only the shared values without a name, and none without files', () => {
    assert.deepEqual(valuesOf(BOTH), {
      cluster: 'local',
      tenant: ['acme', false],
      prefix: ['t-{{tenant}}', false],
    })
    assert.deepEqual(valuesOf({}), { cluster: undefined })
  })

  it('says where a value comes from', () => {
    const read = readEnvironment(BOTH, 'staging')
    const { values } = 'environment' in read ? read.environment : assert.fail()
    assert.equal(values.get('token')?.source, 'kafka.private.env.json, staging')
    assert.equal(values.get('prefix')?.source, 'kafka.env.json, for all')
  })

  it('lists the environments of both files', () => {
    assert.deepEqual(environmentNames(BOTH), ['staging', 'local', 'mine'])
    assert.deepEqual(environmentNames({ public: { name: 'x', text: 'no' } }), [])
  })

  const problems: readonly [string, string, string?][] = [
    [
      '{ "a": { "b": nope } }',
      '1:15 This is not JSON: here should be a number, a text in double quotes, true, false or null.',
    ],
    ['', '1:1 This is not JSON: here should be a value.'],
    ['{\n  "a": {},\n}', '3:1 This is not JSON: here should be a name in double quotes.'],
    [
      '[1]',
      '1:1 A file of environments is an object of objects: { "local": { "cluster": "local" } }.',
    ],
    ['{\n "a": 1 }', '2:7 The environment "a" has to be an object of names and values.'],
    ['{"a": {"b": [1]}}', '1:13 The value of "b" has to be a text, a number, true or false.'],
    ['{"a": {"b": null}}', '1:13 The value of "b" has to be a text, a number, true or false.'],
    [
      '{"a": {"b c": 1}}',
      '1:8 "b c" cannot be used as a name: write letters, digits, "_" and "-", a letter first.',
    ],
    ['{"a": {"cluster": 1}}', '1:19 "cluster" has to be the name of a cluster.'],
    [
      '{"local": {}, "prod": {}}',
      '1:1 There is no environment "prd". There are local, prod. Did you mean "prod"?',
      'prd',
    ],
    ['{}', '1:1 There is no environment "prod". There is none: add one to kafka.env.json.', 'prod'],
    [
      '{"$shared": {}}',
      '1:1 There is no environment "$shared". There is none: add one to kafka.env.json.',
      '$shared',
    ],
    [
      '{"$shared": {\n"x": "{{y}}", "y": "{{z}}",\n"z": "a{{ y }}"}}',
      '2:20 y → z → y: these values need each other.',
    ],
    ['{"$shared": {"x": "{{x}}"}}', '1:19 x → x: these values need each other.'],
  ]
  for (const [text, problem, name] of problems)
    it(`tells what is wrong: ${JSON.stringify(text)}`, () => {
      assert.equal(problemIn(text, name), problem)
    })

  it('has an answer for any JSON and any text', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), text => {
        const read = readEnvironment({ public: { name: 'x', text } }, 'a')
        assert.ok('environment' in read || read.problems.length > 0)
      }),
      { numRuns: 30 },
    )
  })

  it('finds each value where it stands', () => {
    const value = fc.oneof(fc.string(), fc.boolean(), fc.integer())
    const values = fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9]*$/), value)
    fc.assert(
      fc.property(values, fc.nat(3), (given, indent) => {
        const text = JSON.stringify({ a: given }, null, indent)
        const read = readEnvironment({ public: { name: 'x', text } }, 'a')
        if ('problems' in read) return
        for (const [name, { text }] of read.environment.values)
          assert.equal(text, String(given[name]))
      }),
      { numRuns: 30 },
    )
  })
})

describe('.env files', () => {
  const lines: readonly [string, Record<string, string>][] = [
    ['A=1\nB = two words ', { A: '1', B: 'two words' }],
    ['export A=1 # why\n# B=2\n  C=a#b', { A: '1', C: 'a#b' }],
    ['A="x\\n\\"y\\" \\\\ # no" # yes', { A: 'x\n"y" \\ # no' }],
    ["A='x\\n'\nB=`a'b`", { A: 'x\\n', B: "a'b" }],
    ['A="one\ntwo"\r\nB=3', { A: 'one\ntwo', B: '3' }],
    ['A=\nB=#c\nnothing\n=x', { A: '', B: '' }],
    ['A=1\rA=2', { A: '2' }],
    ['\ufeffA="open\nB=1', { A: '"open', B: '1' }],
  ]
  for (const [text, values] of lines)
    it(JSON.stringify(text), () => {
      assert.deepEqual(Object.fromEntries(parseDotenv(text)), values)
    })
})
