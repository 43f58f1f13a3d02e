/**
 * What became of a name of an older faker. `.kafka` files in the wild still use the names of
 * faker 5 and 9; each must work. The run part evaluates these entries; the checks need the names.
 */
export type LegacyFaker =
  /** Call this method of the installed faker. */
  | {
      readonly method: string
      /** Arguments where the file gives none. */
      readonly defaults?: readonly unknown[]
      /**
       * What becomes of the arguments in the file: handed on (absent), left out, or with faker 5's
       * `precision` as today's `multipleOf`; `integer`: the largest, or options; `length`: a number;
       * `below`: the largest, which is left out, and the smallest.
       */
      readonly arguments?: 'ignored' | 'precision' | 'integer' | 'length' | 'below'
    }
  /** Choose one of these texts. */
  | { readonly oneOf: readonly string[] }
  /** Fill in this text with faker's `helpers.fake`. */
  | { readonly template: string }
  /** The time of the run in ms since the epoch. */
  | { readonly now: true }

const image: LegacyFaker = { method: 'image.url', arguments: 'ignored' }
const phone: LegacyFaker = { method: 'phone.number', arguments: 'ignored' }
const masked: LegacyFaker = { template: '(...{{string.numeric(4)}})' }
const anyNumber: LegacyFaker = {
  method: 'number.int',
  defaults: [{ min: 0, max: 99_999 }],
  arguments: 'integer',
}
const hexadecimal: LegacyFaker = {
  method: 'string.hexadecimal',
  defaults: [{ length: 1 }],
  arguments: 'length',
}

const COMPANY_SUFFIXES = ['Inc', 'and Sons', 'LLC', 'Group']

/** Old name → what it is now. Read it through `legacyFakerOf`, which knows whole modules too. */
export const LEGACY_FAKER: Readonly<Record<string, LegacyFaker>> = {
  'address.cityName': { method: 'location.city', arguments: 'ignored' },
  'address.cityPrefix': {
    oneOf: ['North', 'East', 'West', 'South', 'New', 'Lake', 'Port'],
  },
  'address.citySuffix': {
    oneOf: ['town', 'ton', 'land', 'ville', 'bury', 'view', 'port', 'mouth', 'haven', 'side'],
  },
  'address.stateAbbr': { method: 'location.state', defaults: [{ abbreviated: true }] },
  'address.streetName': { method: 'location.street', arguments: 'ignored' },
  'address.streetPrefix': { oneOf: ['Old', 'New', 'Upper', 'Lower', 'Great', 'Little'] },
  'address.streetSuffix': {
    oneOf: ['Alley', 'Avenue', 'Bridge', 'Circle', 'Court', 'Drive', 'Lane', 'Road', 'Street'],
  },
  'address.zipCodeByState': { method: 'location.zipCode', arguments: 'ignored' },
  'commerce.color': { method: 'color.human' },
  'company.bs': { method: 'company.buzzPhrase' },
  'company.bsAdjective': { method: 'company.buzzAdjective' },
  'company.bsBuzz': { method: 'company.buzzVerb' },
  'company.bsNoun': { method: 'company.buzzNoun' },
  'company.companyName': { method: 'company.name', arguments: 'ignored' },
  'company.companySuffix': { oneOf: COMPANY_SUFFIXES },
  'company.suffixes': { oneOf: [COMPANY_SUFFIXES.join()] },
  'datatype.array': { template: '{{number.int(99999)}},{{word.sample}},{{number.int(99999)}}' },
  'datatype.datetime': { method: 'date.anytime', arguments: 'ignored' },
  'datatype.float': {
    method: 'number.float',
    defaults: [{ max: 99_999, fractionDigits: 2 }],
    arguments: 'precision',
  },
  'datatype.hexaDecimal': hexadecimal,
  'datatype.json': { template: '{"foo":"{{word.sample}}","bar":{{number.int(99999)}}}' },
  'datatype.number': anyNumber,
  'datatype.string': { method: 'string.sample', defaults: [10] },
  'datatype.uuid': { method: 'string.uuid' },
  'finance.account': { method: 'finance.accountNumber' },
  'finance.mask': masked,
  'finance.maskedNumber': masked,
  'git.shortSha': { method: 'git.commitSha', defaults: [{ length: 7 }] },
  'helpers.randomize': { method: 'helpers.arrayElement', defaults: [['a', 'b', 'c']] },
  'helpers.regexpStyleStringParse': { method: 'helpers.fromRegExp', defaults: [''] },
  'helpers.replaceSymbolWithNumber': { method: 'helpers.replaceCreditCardSymbols' },
  'image.abstract': image,
  'image.animals': image,
  'image.avatarLegacy': { method: 'image.avatar' },
  'image.business': image,
  'image.cats': image,
  'image.city': image,
  'image.fashion': image,
  'image.food': image,
  'image.image': image,
  'image.imageUrl': image,
  'image.nature': image,
  'image.nightlife': image,
  'image.people': image,
  'image.sports': image,
  'image.technics': image,
  'image.transport': image,
  'image.urlPlaceholder': image,
  'internet.avatar': { method: 'image.avatar' },
  'internet.color': { method: 'color.rgb', arguments: 'ignored' },
  'internet.userName': { method: 'internet.username' },
  'mersenne.rand': { method: 'number.int', defaults: [32_767], arguments: 'below' },
  'name.findName': { method: 'person.fullName', arguments: 'ignored' },
  'name.title': { method: 'person.jobTitle' },
  'phone.phoneFormats': phone,
  'phone.phoneNumber': phone,
  'phone.phoneNumberFormat': phone,
  'random.alpha': { method: 'string.alpha', defaults: [1] },
  'random.alphaNumeric': { method: 'string.alphanumeric', defaults: [1] },
  'random.arrayElement': { method: 'helpers.arrayElement', defaults: [['a', 'b', 'c']] },
  'random.arrayElements': { method: 'helpers.arrayElements', defaults: [['a', 'b', 'c']] },
  'random.boolean': { method: 'datatype.boolean' },
  'random.float': {
    method: 'number.float',
    defaults: [{ max: 99_999, fractionDigits: 2 }],
    arguments: 'precision',
  },
  'random.hexaDecimal': hexadecimal,
  'random.image': image,
  'random.locale': {
    oneOf: [
      'ar',
      'cz',
      'de',
      'en',
      'es',
      'fa',
      'fr',
      'ge',
      'he',
      'it',
      'ja',
      'ko',
      'nl',
      'pl',
      'ru',
      'sv',
      'tr',
      'uk',
      'vi',
      'zh_CN',
    ],
  },
  'random.number': anyNumber,
  'random.objectElement': { method: 'helpers.objectValue', defaults: [{ foo: 'bar', too: 'car' }] },
  'random.uuid': { method: 'string.uuid' },
  'random.word': { method: 'word.sample', arguments: 'ignored' },
  'random.words': { method: 'lorem.words' },
  'time.recent': { now: true },
}

/** Modules that were renamed: a method that is not in the table is looked up in the new one. */
const RENAMED_MODULES: Readonly<Record<string, string>> = { address: 'location', name: 'person' }

/**
 * What became of `module.method`, where `exists` says what the installed faker has; `undefined`
 * where no faker ever had it. A name that the installed faker still has is not asked for here.
 */
export function legacyFakerOf(
  name: string,
  exists: (name: string) => boolean,
): LegacyFaker | undefined {
  if (Object.hasOwn(LEGACY_FAKER, name)) return LEGACY_FAKER[name]
  const dot = name.indexOf('.')
  const renamed = dot < 0 ? undefined : RENAMED_MODULES[name.slice(0, dot)]
  if (renamed === undefined) return undefined
  const method = renamed + name.slice(dot)
  return exists(method) ? { method } : undefined
}
