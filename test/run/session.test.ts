import assert from 'node:assert/strict'
import { parse } from '../../src/language/parse.ts'
import type { GivenValue } from '../../src/run/ports.ts'
import { namesOf, newSession, outsideKey, type Session } from '../../src/run/session.ts'
import type { SystemContext } from '../../src/run/systemValues.ts'
import { evaluateTemplates } from '../../src/run/templates.ts'

const SYSTEM: SystemContext = {
  now: () => 1_795_224_732_160,
  random: () => 0.5,
  uuid: (() => {
    let count = 0
    return () => `uuid-${++count}`
  })(),
  index: 0,
  run: 'not used',
  cluster: 'local',
}

function given(
  values: Readonly<Record<string, string | Partial<GivenValue>>>,
): ReadonlyMap<string, GivenValue> {
  return new Map(
    Object.entries(values).map(([name, value]) => [
      name,
      {
        text: '',
        secret: false,
        source: 'test',
        ...(typeof value === 'string' ? { text: value } : value),
      },
    ]),
  )
}

function evaluate(
  text: string,
  {
    file = '',
    session = newSession('run-1'),
    values = given({}),
  }: {
    readonly file?: string
    readonly session?: Session
    readonly values?: ReadonlyMap<string, GivenValue>
  } = {},
): string {
  const names = namesOf(parse(file).file, session, values)
  const result = evaluateTemplates(text, names.context(SYSTEM, undefined))
  return 'text' in result ? result.text : `${result.problem.code} ${result.problem.message}`
}

const utf8 = new TextEncoder()

function sessionWithRecord(): Session {
  const session = newSession('run-1')
  session.records.set('order', {
    record: {
      offset: 9007199254740993n,
      topic: 'orders',
      partition: 3,
      timestamp: 1000,
      key: utf8.encode('17'),
      value: utf8.encode('{"id":9007199254740993,"tags":["a"],"none":null}'),
      headers: [
        ['x', utf8.encode('1')],
        ['x', utf8.encode('2')],
        ['trace.id', null],
      ],
    },
    formats: {
      key: { name: 'string', parameters: [] },
      value: { name: 'string', parameters: [] },
    },
  })
  return session
}

describe('the session of a file', () => {
  it('evaluates a variable once, for all blocks and runs, and anew when it is edited', () => {
    const session = newSession('run-1')
    const file = '@id = {{$uuid}}\n@other = {{id}}/{{$run}}'
    const first = evaluate('{{id}} {{id}} {{other}}', { file, session })
    assert.match(first, /^(uuid-\d+) \1 \1\/run-1$/)
    assert.equal(evaluate('{{id}}', { file, session }), first.split(' ')[0])
    assert.equal(evaluate('{{id}}', { file: '@id = x', session }), 'x')
    assert.notEqual(evaluate('{{id}}', { file }), first.split(' ')[0])
  })

  it('says which variables need each other', () => {
    const file = '@a = {{b}}\n@b = x{{c}}\n@c = {{b}}'
    assert.equal(evaluate('{{a}}', { file }), 'K310 b → c → b: these variables need each other.')
  })

  const order: readonly (readonly [string, Parameters<typeof given>[0], string, string])[] = [
    ['the file over an environment', { x: 'env' }, '@x = file', 'file'],
    ['--var over the file', { x: { text: 'var', overrides: true } }, '@x = file', 'var'],
    ['an environment', { x: 'env' }, '', 'env'],
    ['templates of an environment', { x: { text: 'a{{y}}', templates: true }, y: 'b' }, '', 'ab'],
    [
      'templates of an environment that name the file',
      { x: { text: '{{y}}!', templates: true } },
      '@y = 1',
      '1!',
    ],
    ['no templates of --var', { x: '{{y}}', y: 'b' }, '', '{{y}}'],
  ]
  for (const [what, values, file, expected] of order)
    it(`uses ${what}`, () => {
      assert.equal(evaluate('{{x}}', { file, values: given(values) }), expected)
    })

  it('keeps what a private value says out of sight, also where it was put together', () => {
    const session = newSession('run-1')
    const values = given({ token: { text: 'abc{{y}}', secret: true, templates: true }, y: 'def' })
    evaluate('{{token}}', { session, values })
    assert.equal(session.redaction.text('it is abcdef'), 'it is ***')
  })

  const fields: readonly (readonly [string, string])[] = [
    ['order.offset', '9007199254740993'],
    ['order.partition', '3'],
    ['order.timestamp', '1000'],
    ['order.key', '17'],
    ['order.value.id', '9007199254740993'],
    ['order.value.tags.0', 'a'],
    ['order.value.tags', '["a"]'],
    ['order.value.none', 'null'],
    ['order.headers.x', '2'],
    ['order.headers.trace.id', 'null'],
    ['order.value.other', 'K301 "{{order.value.other}}" is not defined: it has no such field.'],
    ['order.headers.y', 'K301 "{{order.headers.y}}" is not defined: the record has no header "y".'],
  ]
  for (const [name, expected] of fields)
    it(`knows {{${name}}} of a named block`, () => {
      assert.equal(evaluate(`{{${name}}}`, { session: sessionWithRecord() }), expected)
    })

  it('knows captures and their fields, from the session alone too', () => {
    const session = newSession('run-1')
    session.captures.set('id', '17')
    session.captures.set('invoice', { id: 1n, lines: [{ sku: 'A' }] })
    assert.equal(
      evaluate('{{id}} {{invoice.lines.0.sku}} {{invoice}}', { session }),
      '17 A {"id":1,"lines":[{"sku":"A"}]}',
    )
    const file = 'EXPECT e\ntopic: t\ncapture: later = value.x'
    assert.equal(
      evaluate('{{later}}', { file }),
      'K301 "{{later}}" is not defined: nothing was captured under that name so far.',
    )
  })

  it('knows what was fetched before the run, by its argument', () => {
    const session = newSession('run-1')
    session.outside.set(outsideKey('$secret', 'token'), { text: 'abc' })
    assert.equal(evaluate('{{$secret token}}', { session }), 'abc')
    assert.match(evaluate('{{$secret other}}', { session }), /^K301 "{{\$secret other}}" is not/)
  })
})
