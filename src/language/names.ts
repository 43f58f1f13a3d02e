import { closest } from './closest.ts'
import { BLOCK_FIELDS, declaredOf } from './declared.ts'
import { FAKER_DEFINITIONS, FAKER_MODULES } from './fakerNames.ts'
import { LEGACY_FAKER, legacyFakerOf } from './legacyFaker.ts'
import type { TemplateCall } from './template.ts'
import type { KafkaFile } from './tree.ts'

export interface SystemName {
  readonly name: string
  /** How it is written with what it takes. */
  readonly usage: string
  readonly documentation: string
}

/** The `$` names of templates. */
export const SYSTEM_NAMES: readonly SystemName[] = [
  { name: '$uuid', usage: '$uuid', documentation: 'A new random UUID.' },
  {
    name: '$timestamp',
    usage: '$timestamp [±n unit]',
    documentation: 'Milliseconds since the epoch, optionally moved: `$timestamp -1 d`.',
  },
  {
    name: '$date.now',
    usage: '$date.now',
    documentation: 'Milliseconds since the epoch.',
  },
  {
    name: '$date.unix',
    usage: '$date.unix',
    documentation: 'Seconds since the epoch.',
  },
  {
    name: '$date.iso',
    usage: '$date.iso',
    documentation: 'The time in ISO 8601, UTC.',
  },
  {
    name: '$isoTimestamp',
    usage: '$isoTimestamp',
    documentation: 'The time in ISO 8601, UTC.',
  },
  {
    name: '$datetime',
    usage: '$datetime format [±n unit]',
    documentation: 'The time in a format of your own: `$datetime yyyy-MM-dd`.',
  },
  {
    name: '$randomInt',
    usage: '$randomInt min max',
    documentation: 'A whole number from min up to and without max.',
  },
  {
    name: '$index',
    usage: '$index',
    documentation: 'The number of the record in this run, from 0.',
  },
  { name: '$run', usage: '$run', documentation: 'A name for this run.' },
  { name: '$cluster', usage: '$cluster', documentation: 'The name of the cluster.' },
  { name: '$env', usage: '$env NAME', documentation: 'A variable of the environment.' },
  { name: '$dotenv', usage: '$dotenv NAME', documentation: 'A variable of the nearest .env file.' },
  { name: '$secret', usage: '$secret NAME', documentation: 'A stored secret.' },
  { name: '$prompt', usage: '$prompt label', documentation: 'Asks for a text.' },
  { name: '$file', usage: '$file path', documentation: 'The text of a file.' },
]

const SYSTEM = new Set(SYSTEM_NAMES.map(name => name.name))
const FAKER = new Set(namesOf(FAKER_MODULES).map(name => name.replace('(', '')))
const DEFINITIONS = new Set(namesOf(FAKER_DEFINITIONS))

function namesOf(modules: Readonly<Record<string, string>>): string[] {
  return Object.entries(modules).flatMap(([module, words]) =>
    words.split(' ').map(word => `${module}.${word}`),
  )
}

/** Every `module.method` of the shipped faker; one that needs an argument ends in `(`. */
export function fakerNames(): readonly string[] {
  return namesOf(FAKER_MODULES)
}

/** The modules of the shipped faker. */
export function isFakerModule(name: string): boolean {
  return Object.hasOwn(FAKER_MODULES, name)
}

/** Whether the shipped faker has this `module.method`. */
export function isFakerName(name: string): boolean {
  return FAKER.has(name)
}

/** What a name in a template stands for. */
export type NameSource =
  'system' | 'faker' | 'legacy' | 'row' | 'capture' | 'block' | 'variable' | 'given'

/** The names that a file and its surroundings declare. */
export interface NameScope {
  readonly variables: ReadonlySet<string>
  readonly blocks: ReadonlySet<string>
  readonly captures: ReadonlySet<string>
  /** From an environment or the command line. */
  readonly given: ReadonlySet<string>
}

export function scopeOf(file: KafkaFile, given: Iterable<string> = []): NameScope {
  const { variables, captures, blocks } = declaredOf(file)
  return {
    variables: new Set(variables.keys()),
    blocks: new Set(blocks.keys()),
    captures: new Set(captures.keys()),
    given: new Set(given),
  }
}

/** What a call names, in the order of the language; `undefined`: nothing that is known. */
export function sourceOf(call: TemplateCall, scope: NameScope): NameSource | undefined {
  const { name } = call
  if (name.startsWith('$')) return SYSTEM.has(name) ? 'system' : undefined
  const generated = name.includes('.') || call.rest !== '' ? generatedBy(call) : undefined
  if (generated) return generated
  if (call.callArguments !== undefined || call.rest !== '') return undefined
  const [first = name, field = ''] = name.includes('.') ? name.split('.') : [name]
  if (scope.captures.has(name) || scope.captures.has(first)) return 'capture'
  if (scope.blocks.has(first) && BLOCK_FIELDS.includes(field)) return 'block'
  if (scope.variables.has(name)) return 'variable'
  return scope.given.has(name) ? 'given' : undefined
}

function generatedBy({ name, rest }: TemplateCall): 'faker' | 'legacy' | undefined {
  const method = name.split('.').slice(0, 2).join('.')
  if (rest !== '') {
    // A part of what the method gives: `airline.airline().name`.
    return /^\(.*\)(?:\.\w+)+$/s.test(rest) && FAKER.has(method) ? 'faker' : undefined
  }
  if (FAKER.has(method)) return 'faker'
  if (legacyFakerOf(method, isFakerName)) return 'legacy'
  return DEFINITIONS.has(method) ? 'faker' : undefined
}

/** The known name that was most likely meant. */
export function nearestName(name: string, scope: NameScope): string | undefined {
  const own = [...scope.variables, ...scope.captures, ...scope.given]
  if (name.startsWith('$')) return closest(name, SYSTEM)
  const inFile = closest(name, own)
  if (inFile !== undefined || !name.includes('.')) {
    // Without its `$` a name is one of the system's only where little else is wrong with it.
    return inFile ?? closest(`$${name}`, SYSTEM, 1)
  }
  const dot = name.indexOf('.')
  const written = name.slice(0, dot)
  const block = scope.blocks.has(written) ? written : closest(written, scope.blocks)
  if (block !== undefined) return block + nearestField(name.slice(dot))
  return closest(name, FAKER) ?? closest(name, Object.keys(LEGACY_FAKER))
}

/** `.ofset` → `.offset`, and what follows it. */
function nearestField(path: string): string {
  const [, field = '', ...rest] = path.split('.')
  return ['', closest(field, BLOCK_FIELDS) ?? field, ...rest].join('.')
}
