import assert from 'node:assert/strict'
import { Faker, en } from '@faker-js/faker'
import { LEGACY_FAKER } from '../../src/language/legacyFaker.ts'
import { scopeOf } from '../../src/language/names.ts'
import { parse } from '../../src/language/parse.ts'
import { oldNamesOf } from '../../src/language/services/modernise.ts'
import { evaluateTemplates } from '../../src/run/templates.ts'

function modernised(text: string): string {
  return [...oldNamesOf(parse(text).file)]
    .reverse()
    .reduce(
      (result, { edit: { span, text: today } }) =>
        result.slice(0, span.start) + today + result.slice(span.end),
      text,
    )
}

describe('old faker names', () => {
  const cases: [before: string, after: string][] = [
    ['{{random.uuid}}', '{{string.uuid}}'],
    ['{{ random.number(5) }}', '{{ number.int(5) }}'],
    ['{{random.number}}', '{{number.int({"min":0,"max":99999})}}'],
    ['{{json name.firstName}}', '{{json person.firstName}}'],
    ['"{{address.city}}, {{address.zipCode}}"', '"{{location.city}}, {{location.zipCode}}"'],
    ['{{time.recent}}', '{{$timestamp}}'],
    // What no single call replaces, and what is no old name.
    ['{{finance.mask}} {{company.suffixes}}', '{{finance.mask}} {{company.suffixes}}'],
    [
      '{{string.uuid}} {{name.nobody}} {{random.uuid',
      '{{string.uuid}} {{name.nobody}} {{random.uuid',
    ],
  ]
  for (const [before, after] of cases) {
    it(`${before} is ${after}`, () => {
      assert.equal(modernised(`PRODUCER\ntopic: a\n${before}`), `PRODUCER\ntopic: a\n${after}`)
    })
  }

  it('are found in keys, headers and variables, and stay where a comma would cut the header', () => {
    const text = (uuid: string) =>
      `@id = {{${uuid}}}\nPRODUCER\ntopic: a\nkey: {{${uuid}}}\nheaders: a={{${uuid}}}, b={{random.number}}\nheader: c = {{${uuid}}}\nx`
    assert.equal(modernised(text('random.uuid')), text('string.uuid'))
  })

  it('tell the name that is meant', () => {
    const text = 'PRODUCER\ntopic: a\nx {{ random.number(5) }}'
    const [old] = oldNamesOf(parse(text).file)
    assert.ok(old)
    assert.equal(old.name, 'random.number')
    assert.equal(text.slice(old.span.start, old.span.end), 'random.number')
  })

  it('give the same data as what replaces them', () => {
    const faker = new Faker({ locale: en })
    const made = (text: string) => {
      faker.seed(7)
      const context = {
        faker,
        scope: scopeOf(parse(text).file),
        variable: () => ({ text: '' }),
        now: () => 1_700_000_000_000,
        random: () => 0.5,
        uuid: () => 'uuid',
        cluster: 'c',
        index: 0,
        run: 'run',
      }
      return evaluateTemplates(text, context)
    }
    for (const name of [...Object.keys(LEGACY_FAKER), 'name.lastName', 'random.number(9)']) {
      const before = `PRODUCER\ntopic: a\n{{${name}}}`
      const after = modernised(before)
      if (after === before) continue
      const today = made(after)
      assert.ok('text' in today, `${name}: ${JSON.stringify(today)} ${after}`)
      // Dates count from now.
      if (!name.startsWith('date') && name !== 'datatype.datetime')
        assert.deepEqual(today, { ...made(before) }, name)
      assert.deepEqual(oldNamesOf(parse(after).file), [], name)
    }
  })
})
