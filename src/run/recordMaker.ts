import type { Faker } from '@faker-js/faker'
import { problemOf, type Problem } from '../base/problem.ts'
import { encode, type Encoded } from '../formats/formats.ts'
import type { JsonSchema } from '../formats/jsonSchema.ts'
import type { OutgoingRecord } from '../kafka/cluster.ts'
import { scopeOf, type NameScope } from '../language/names.ts'
import type { KafkaFile } from '../language/tree.ts'
import type { WrittenFormat } from '../language/values/formats.ts'
import type { ProducerPlan } from './blocks.ts'
import type { MakeRecord } from './producing.ts'
import type { SystemContext } from './systemValues.ts'
import { evaluateTemplates, needsFaker, type Evaluated, type TemplateContext } from './templates.ts'

/** What making records draws from; nothing is read from the machine. */
export interface RecordSources {
  readonly now: () => number
  readonly random: () => number
  readonly uuid: () => string
  /** Name of the cluster that the records go to. */
  readonly cluster: string
  /** Undefined: there is no such locale. */
  readonly loadFaker: (locale: string) => Promise<Faker | undefined>
  /** Absent: expressions of faker are sent as they stand. */
  readonly fakerLocale?: string
  /** The text of a file that the `.kafka` file names; rejects with `ProblemError`. */
  readonly readFile: (path: string) => Promise<string>
  /** What the run knows beside the file. Absent: the file stands alone. */
  readonly names?: RunNames
}

/** The names of a run: its variables live longer than a block, and blocks give names to others. */
export interface RunNames {
  /** The value of `{{$run}}`. */
  readonly run: string
  readonly scope: NameScope
  context(system: SystemContext, faker: Faker | undefined): TemplateContext
}

export type Maker = { readonly make: MakeRecord } | { readonly problem: Problem }

/**
 * Prepares making the records of a plan: loads faker if one of its texts asks for it, and the
 * schema that the value is checked against.
 */
export async function recordMaker(
  file: KafkaFile,
  plan: ProducerPlan,
  sources: RecordSources,
): Promise<Maker> {
  const { names } = sources
  const scope = names?.scope ?? scopeOf(file)
  const faker = await fakerFor(file, plan, scope, sources)
  if ('problem' in faker) return faker
  const loaded = await schemaFor(plan, sources)
  if ('problem' in loaded) return loaded
  const { now, random, uuid, cluster } = sources
  const context = (index: number): TemplateContext => {
    const system: SystemContext = { now, random, uuid, cluster, index, run }
    if (names) return names.context(system, faker.faker)
    return { ...system, ...faker, scope, variable: name => variables(name, index) }
  }
  const run = names?.run ?? uuid()
  const variables = variablesOf(file, context)
  return { make: index => makeRecord(plan, context(index), loaded.schema) }
}

/** Level 1 draws a seed from so many. */
const SEEDS = 1_000_000

/**
 * As level 1 does, the generator starts from one and the same seed before the key, the value and
 * each header: the first draw is the same everywhere in a record.
 */
function makeRecord(
  plan: ProducerPlan,
  context: TemplateContext,
  schema: JsonSchema | undefined,
): ReturnType<MakeRecord> {
  const seed = Math.floor(context.random() * SEEDS)
  const evaluate: Evaluate = text => {
    context.faker?.seed(seed)
    return evaluateTemplates(text, context)
  }
  const key = encoded(plan.key ?? null, plan.keyFormat, evaluate)
  if ('problem' in key) return about('key', key.problem)
  const value = encoded(plan.value, plan.valueFormat, evaluate, schema)
  if ('problem' in value) return about('value', value.problem)
  const headers = headersOf(plan, evaluate)
  if ('problem' in headers) return headers
  const partition = plan.partition === undefined ? {} : { partition: plan.partition }
  return { record: { key: key.bytes, value: value.bytes, ...headers, ...partition } }
}

type Evaluate = (text: string) => Evaluated

/** Null, and empty text as level 1 has it, is null whatever the format. */
function encoded(
  text: string | null,
  format: WrittenFormat | undefined,
  evaluate: Evaluate,
  schema?: JsonSchema,
): Encoded {
  if (text === null) return { bytes: null }
  const evaluated = evaluate(text)
  if ('problem' in evaluated) return evaluated
  if (evaluated.text === '') return { bytes: null }
  const result = encode(format, evaluated.text)
  const misfit = 'problem' in result ? undefined : schema?.check(evaluated.text)
  return misfit ? { problem: misfit } : result
}

/** A problem with a format does not say by itself whether it is about the key or the value. */
function about(part: 'key' | 'value', problem: Problem): { readonly problem: Problem } {
  if (problem.code === 'K301') return { problem }
  if (problem.code === 'K210')
    return { problem: { code: 'K210', message: `The ${part} is not JSON${whereOf(problem)}.` } }
  return { problem: { ...problem, message: `The ${part} cannot be sent: ${problem.message}` } }
}

/** What the parser stumbled over; its own sentence would repeat the value. */
function whereOf({ detail = '' }: Problem): string {
  const position = /line (\d+) column (\d+)/.exec(detail)
  if (position) return `: line ${position[1] ?? ''}, column ${position[2] ?? ''}`
  const token = /^Unexpected token '(.+?)',/.exec(detail)
  return token ? `: unexpected "${token[1] ?? ''}"` : ''
}

async function schemaFor(
  plan: ProducerPlan,
  sources: RecordSources,
): Promise<{ readonly schema?: JsonSchema } | { readonly problem: Problem }> {
  if (plan.valueSchema === undefined || plan.valueFormat?.name !== 'json') return {}
  const path = /^file\((.*)\)$/.exec(plan.valueSchema)?.[1]
  try {
    const text = path === undefined ? plan.valueSchema : await sources.readFile(unquoted(path))
    const { compileJsonSchema } = await import('../formats/jsonSchema.ts')
    return compileJsonSchema(text)
  } catch (error) {
    return { problem: { ...problemOf(error), code: 'K212' } }
  }
}

function unquoted(path: string): string {
  return path.trim().replace(/^(["'])(.*)\1$/, '$2')
}

const utf8 = new TextEncoder()

function headersOf(
  plan: ProducerPlan,
  evaluate: Evaluate,
): Pick<OutgoingRecord, 'headers'> | { readonly problem: Problem } {
  const headers: [string, Uint8Array | null][] = []
  for (const [name, text] of plan.headers) {
    const evaluated = text === null ? { text } : evaluate(text)
    if ('problem' in evaluated) return evaluated
    headers.push([name, evaluated.text === null ? null : utf8.encode(evaluated.text)])
  }
  return { headers }
}

async function fakerFor(
  file: KafkaFile,
  plan: ProducerPlan,
  scope: NameScope,
  sources: RecordSources,
): Promise<{ readonly faker?: Faker } | { readonly problem: Problem }> {
  const locale = sources.fakerLocale
  const texts = [plan.key, plan.value, ...plan.headers.map(([, value]) => value)]
  const all = [...texts, ...file.variables.map(({ value }) => value)]
  if (locale === undefined || !all.some(text => text && needsFaker(text, scope))) return {}
  const faker = await sources.loadFaker(locale)
  return faker ? { faker } : { problem: unknownLocale(locale) }
}

function unknownLocale(locale: string): Problem {
  return {
    code: 'unknown-locale',
    message: `Generated data has no locale "${locale}".`,
    advice: 'Set kafkaWorkbench.producers.faker.locale to one such as en, de or pt_BR.',
  }
}

/** The values of `@name = …`, each evaluated once per run, when it is first used. */
function variablesOf(
  file: KafkaFile,
  context: (index: number) => TemplateContext,
): (name: string, index: number) => Evaluated {
  const values = new Map<string, Evaluated>()
  const open: string[] = []
  return (name, index) => {
    const known = values.get(name)
    if (known) return known
    if (open.includes(name)) return { problem: cycle([...open, name]) }
    const text = file.variables.findLast(variable => variable.name === name)?.value ?? ''
    open.push(name)
    const value = evaluateTemplates(text, context(index))
    open.pop()
    if (open.length === 0 || !('problem' in value)) values.set(name, value)
    return value
  }
}

function cycle(names: readonly string[]): Problem {
  return { code: 'K310', message: `${names.join(' → ')}: these variables need each other.` }
}
