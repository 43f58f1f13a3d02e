import assert from 'node:assert/strict'
import { faker } from '@faker-js/faker/locale/en'
import { fakerDefinitions, fakerModules } from '../../scripts/faker-names.ts'
import { FAKER_DEFINITIONS, FAKER_MODULES } from '../../src/language/fakerNames.ts'
import { LEGACY_FAKER, legacyFakerOf } from '../../src/language/legacyFaker.ts'
import {
  fakerNames,
  isFakerName,
  nearestName,
  scopeOf,
  sourceOf,
} from '../../src/language/names.ts'
import { parse } from '../../src/language/parse.ts'
import { callOf } from '../../src/language/template.ts'

const FILE = `@customer = 1
PRODUCER order
capture: id = value.id
###
EXPECT
capture: total=value.total
`

function source(text: string): string | undefined {
  const call = callOf(text)
  return call && sourceOf(call, scopeOf(parse(FILE).file, ['host']))
}

describe('names in templates', () => {
  it('of faker are those of the installed version', () => {
    assert.deepEqual(FAKER_MODULES, fakerModules())
    assert.deepEqual(FAKER_DEFINITIONS, fakerDefinitions())
  })

  it('that are offered can be called', () => {
    const needArgument = fakerNames().filter(name => name.endsWith('('))
    assert.ok(needArgument.includes('string.fromCharacters('))
    assert.ok(fakerNames().length > 240)
    for (const name of ['number.int', 'person.fullName', 'string.uuid', 'lorem.words']) {
      assert.notEqual(faker.helpers.fake(`{{${name}}}`), '')
    }
  })

  it('of older fakers lead to something that exists', () => {
    for (const [name, legacy] of Object.entries(LEGACY_FAKER)) {
      assert.ok(!isFakerName(name), `${name} is not old`)
      if ('method' in legacy) assert.ok(isFakerName(legacy.method), legacy.method)
    }
  })

  it('of older fakers include whole modules', () => {
    const names =
      'address.cityName address.stateAbbr address.streetName address.zipCodeByState address.cityPrefix ' +
      'address.citySuffix address.streetPrefix address.streetSuffix company.companySuffix company.suffixes ' +
      'commerce.color company.companyName company.bs company.bsAdjective company.bsBuzz company.bsNoun ' +
      'finance.account finance.mask git.shortSha internet.avatar name.findName name.title ' +
      'phone.phoneNumber phone.phoneNumberFormat phone.phoneFormats random.uuid random.number random.float ' +
      'random.boolean random.alpha random.alphaNumeric random.hexaDecimal random.word random.words ' +
      'random.locale mersenne.rand time.recent internet.userName finance.maskedNumber ' +
      'address.latitude address.buildingNumber name.firstName name.jobArea name.suffix'
    for (const name of names.split(' ')) assert.ok(legacyFakerOf(name, isFakerName), name)
    assert.equal(legacyFakerOf('address.nowhere', isFakerName), undefined)
    assert.equal(legacyFakerOf('constructor', isFakerName), undefined)
    assert.equal(legacyFakerOf('random.dice', isFakerName), undefined)
  })

  const cases: [text: string, source: string | undefined][] = [
    ['$uuid', 'system'],
    ['$timestamp -1 d', 'system'],
    ['$nothing', undefined],
    ['number.int({"min":1})', 'faker'],
    ['airline.airline.name', 'faker'],
    ['person.first_name', 'faker'],
    ['random.number(5)', 'legacy'],
    ['name.firstName', 'legacy'],
    ['customer', 'variable'],
    ['json customer', 'variable'],
    ['customer(1)', undefined],
    ['id', 'capture'],
    ['total', 'capture'],
    ['order.offset', 'block'],
    ['order', undefined],
    ['host', 'given'],
    ['number.nothing', undefined],
    ['user', undefined],
  ]
  for (const [text, expected] of cases) {
    it(`${text}: ${expected ?? 'nothing'}`, () => {
      assert.equal(source(text), expected)
    })
  }

  const near: [name: string, expected: string | undefined][] = [
    ['custmer', 'customer'],
    ['Customer', 'customer'],
    ['uuid', '$uuid'],
    ['$uid', '$uuid'],
    ['numbr.int', 'number.int'],
    ['ordr.offset', 'order.offset'],
    ['randomit', '$randomInt'],
    ['isotime', undefined],
    ['something.else', undefined],
    ['x', undefined],
  ]
  for (const [name, expected] of near) {
    it(`${name} is near ${expected ?? 'nothing'}`, () => {
      assert.equal(nearestName(name, scopeOf(parse(FILE).file)), expected)
    })
  }

  it('custmer is near nothing of the system', () => {
    assert.equal(nearestName('custmer', scopeOf(parse('').file)), undefined)
  })
})
