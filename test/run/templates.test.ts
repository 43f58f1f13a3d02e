import assert from 'node:assert/strict'
import type { Faker } from '@faker-js/faker'
import { LEGACY_FAKER } from '../../src/language/legacyFaker.ts'
import { fakerLocales, loadFaker } from '../../src/run/fakerLocales.ts'
import { evaluateTemplates, needsFaker, type TemplateContext } from '../../src/run/templates.ts'

const NOW = Date.UTC(2026, 10, 20, 13, 39, 18, 686)
const none: ReadonlySet<string> = new Set()

describe('templates', () => {
  let faker: Faker
  before(async () => {
    const loaded = await loadFaker('en')
    assert.ok(loaded)
    faker = loaded
  })

  const context = (): TemplateContext => ({
    now: () => NOW,
    random: () => 0.5,
    uuid: () => 'a-uuid',
    index: 3,
    run: 'run-1',
    cluster: 'local',
    faker,
    scope: { variables: new Set(['city']), blocks: none, captures: none, given: none },
    variable: name => ({ text: `the ${name}` }),
  })
  const textOf = (text: string, more: Partial<TemplateContext> = {}) => {
    const evaluated = evaluateTemplates(text, { ...context(), ...more })
    return 'text' in evaluated
      ? evaluated.text
      : `${evaluated.problem.code} ${evaluated.problem.message}`
  }
  const check = (cases: readonly (readonly [text: string, expected: string])[]) => {
    for (const [text, expected] of cases) assert.equal(textOf(text), expected, text)
  }

  it('puts in system names', () => {
    check([
      ['{{$timestamp}}', String(NOW)],
      ['{{$timestamp -1 d}}', String(NOW - 86_400_000)],
      ['{{ $timestamp }}', String(NOW)],
      ['{{$date.now}}/{{$date.unix}}', `${NOW}/${Math.floor(NOW / 1000)}`],
      ['{{$date.iso}}', '2026-11-20T13:39:18.686Z'],
      ['{{$isoTimestamp}}', '2026-11-20T13:39:18.686Z'],
      ['{{$datetime yyyy-MM-dd}}', '2026-11-20'],
      ['{{$datetime "DD.MM.YYYY HH:mm:ss.SSS" 2 h}}', '20.11.2026 15:39:18.686'],
      ['{{$datetime rfc1123 -1 M}}', 'Tue, 20 Oct 2026 13:39:18 GMT'],
      ['{{$randomInt 1 7}}', '4'],
      ['{{$uuid}} {{$index}} {{$run}} {{$cluster}}', 'a-uuid 3 run-1 local'],
    ])
  })

  it('says what is wrong with a system name', () => {
    check([
      ['{{$other}}', 'K301 "{{$other}}" is not defined.'],
      ['{{$uid}}', 'K301 "{{$uid}}" is not defined. Did you mean "$uuid"?'],
      [
        '{{$timestamp yesterday}}',
        'K301 "yesterday" is not a shift of time: write -1 d, 90 m or 2 h.',
      ],
      [
        '{{$randomInt 7 1}}',
        'K301 "$randomInt 7 1" needs a number and a larger one: {{$randomInt 1 100}}.',
      ],
      ['{{$env HOME}}', 'K301 "{{$env}}" is not there yet: environments cannot be read so far.'],
    ])
  })

  it('sends as it stands what names nothing and is not strict', () => {
    for (const text of [
      '{{Foo}}',
      '{{1a}}',
      '{{_x}}',
      '{{ customer }}',
      '{{#each items}}',
      '{{unclosed',
      'a lone }}',
      '{"a":{"b":1}}',
      '{{ Foo }} {{> partial}}',
    ])
      assert.equal(textOf(text), text)
  })

  it('refuses what is strict and not defined', () => {
    check([
      ['{{user}}', 'K301 "{{user}}" is not defined.'],
      ['{{order.id}}', 'K301 "{{order.id}}" is not defined.'],
      ['a {{cty}}', 'K301 "{{cty}}" is not defined. Did you mean "city"?'],
    ])
  })

  it('puts in variables, and as JSON where that is asked for', () => {
    check([
      ['{{city}}/{{ city }}', 'the city/the city'],
      ['{{json city}}', '"the city"'],
      ['{{"{{"}}city}}', '{{city}}'],
    ])
  })

  it('asks faker', () => {
    faker.seed(7)
    const expected = faker.number.int({ min: 1, max: 1000 })
    faker.seed(7)
    assert.equal(textOf('{{number.int({"min":1,"max":1000})}}'), String(expected))
    assert.match(textOf('{{ string.uuid }}'), /^[\da-f-]{36}$/)
    assert.match(textOf('{{airline.airline().name}}'), /^[A-Z]/)
  })

  it('reads a list in single quotes as the list it is meant to be', () => {
    for (let i = 0; i < 20; i++)
      assert.match(
        textOf("{{helpers.arrayElement(['login', 'logout', 'purchase'])}}"),
        /^(login|logout|purchase)$/,
      )
  })

  it('runs no code of a file', () => {
    for (const expression of [
      'constructor.constructor("return 7")',
      'person.constructor.constructor("return 7")',
      'helpers.fake("\\u007b\\u007bconstructor.constructor(\'return 7\')\\u007d\\u007d")',
      'person.faker.constructor.constructor("return 7")',
      'string.uuid.call("x")',
    ])
      assert.match(textOf(`{{${expression}}}`), /^K301 /, expression)
    assert.equal(textOf('{{helpers.arrayElement(["constructor"])}}'), 'constructor')
  })

  it('knows every legacy name', () => {
    for (const name of Object.keys(LEGACY_FAKER)) {
      const evaluated = evaluateTemplates(`{{${name}}}`, context())
      assert.ok('text' in evaluated, `${name}: ${JSON.stringify(evaluated)}`)
    }
    check([['{{time.recent}}', String(NOW)]])
    assert.match(textOf('{{git.shortSha}}'), /^[\da-f]{7}$/)
    assert.match(textOf('{{random.uuid}}'), /^[\da-f-]{36}$/)
    assert.match(textOf('{{name.firstName}} {{address.city}}'), /^[A-Z]\S* [A-Z]/)
    for (let i = 0; i < 20; i++) assert.ok(Number(textOf('{{random.number(5)}}')) <= 5)
    for (let i = 0; i < 20; i++)
      assert.equal(Number(textOf('{{random.float({"max":9,"precision":0.5})}}')) % 0.5, 0)
  })

  it('gives old arguments the meaning that they had', () => {
    const numbers = (text: string) => Array.from({ length: 50 }, () => Number(textOf(text)))
    assert.match(textOf('{{random.hexaDecimal(6)}}'), /^0x[\da-f]{6}$/i)
    assert.ok(numbers('{{mersenne.rand(10,1)}}').every(n => n >= 1 && n < 10))
    assert.ok(numbers('{{datatype.number({"min":10})}}').every(n => n >= 10 && n <= 99_999))
    assert.match(textOf('{{date.between("2020-01-01","2020-12-31")}}'), /2020/)
    const fine = numbers('{{random.number({"max":1,"precision":0.01})}}')
    assert.ok(fine.every(n => n >= 0 && n <= 1) && fine.some(n => !Number.isInteger(n)))
  })

  it('sends expressions of faker as they stand where it is switched off', () => {
    const without = Object.fromEntries(
      Object.entries(context()).filter(([name]) => name !== 'faker'),
    ) as unknown as TemplateContext
    const evaluate = (text: string) => evaluateTemplates(text, without)
    for (const text of ['{{string.uuid}}', '{{random.uuid}}', '{{user}}', '{{order.id}}'])
      assert.deepEqual(evaluate(text), { text })
    assert.deepEqual(evaluate('{{$index}}'), { text: '3' })
  })

  it('loads faker only where it is needed', () => {
    const { scope } = context()
    assert.equal(needsFaker('{{$uuid}} {{city}} {{Foo}} { "a": 1 }', scope), false)
    assert.equal(needsFaker('{{string.uuid}}', scope), true)
    assert.equal(needsFaker('{{random.uuid}}', scope), true)
  })

  it('has a loader for each locale', () => {
    assert.ok(fakerLocales().length > 60)
    assert.ok(['en', 'de', 'pt_BR', 'zh_CN'].every(locale => fakerLocales().includes(locale)))
  })

  it('knows when there is no such locale', async () => {
    assert.equal(await loadFaker('xx'), undefined)
  })
})
