import type { Faker } from '@faker-js/faker'
import { problemOf, type Problem } from '../base/problem.ts'
import type { Selection } from '../expression/compile.ts'
import type { JsonSchema } from '../formats/jsonSchema.ts'
import { scopeOf, sourceOf, type NameScope } from '../language/names.ts'
import { callOf, scanTemplates } from '../language/template.ts'
import type { KafkaFile } from '../language/tree.ts'
import { parseFile } from '../language/values/files.ts'
import type { TimeContext } from '../language/values/positions.ts'
import type { ProducerPlan } from './producerPlan.ts'
import type { MakeRecord } from './records/source.ts'
import { makeRecord, newOwnVariables } from './recordParts.ts'
import { rowNames } from './records/rowNames.ts'
import type { Evaluate, Row } from './records/rows.ts'
import { TextBytes } from './records/textBytes.ts'
import type { SystemContext } from './systemValues.ts'
import { evaluateTemplates, needsFaker, type Evaluated, type TemplateContext } from './templates.ts'

/** What making records draws from; nothing is read from the machine. */
export interface RecordSources {
  readonly now: () => number
  readonly random: () => number
  readonly uuid: () => string
  /** Absent: a time without a zone is UTC. */
  readonly toLocalEpoch?: TimeContext['toLocalEpoch']
  /** Name of the cluster that the records go to. */
  readonly cluster: string
  /** Undefined: there is no such locale. */
  readonly loadFaker: (locale: string) => Promise<Faker | undefined>
  /** Absent: expressions of faker are sent as they stand. */
  readonly fakerLocale?: string
  /** The text of a file that the `.kafka` file names; rejects with `ProblemError`. */
  readonly readFile: (path: string) => Promise<string>
  /** Its bytes, for `value-from`. */
  readonly readBytes: (path: string) => Promise<Uint8Array>
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

export type Maker =
  | {
      readonly make: MakeRecord
      /** Puts templates into the rows of `records` that stand in the block itself. */
      readonly evaluateRow: Evaluate
    }
  | { readonly problem: Problem }

/**
 * Prepares making the records of a plan: loads faker if one of its texts asks for it, the file that
 * is the value, and the schema that the value is checked against.
 */
export async function recordMaker(
  file: KafkaFile,
  plan: ProducerPlan,
  sources: RecordSources,
): Promise<Maker> {
  const scope = sources.names?.scope ?? scopeOf(file)
  const faker = await fakerFor(file, plan, scope, sources)
  if ('problem' in faker) return faker
  const schema = await schemaFor(plan, sources)
  if ('problem' in schema) return schema
  const selection = await selectionFor(plan)
  if ('problem' in selection) return selection
  const whole = await valueFor(plan, sources)
  if ('problem' in whole) return whole
  const contextAt = contextsOf(file, scope, faker.faker, sources)
  const drawing = drawsOf(scope, plan.records !== undefined)
  const seedAt = (index: number) =>
    plan.fakerSeed === undefined ? Math.floor(sources.random() * SEEDS) : plan.fakerSeed + index
  const evaluationOf = (index: number, row?: Row) => {
    let own: { readonly seed: number; readonly context: TemplateContext } | undefined
    return (text: string): Evaluated => {
      if (!text.includes('{{')) return { text }
      own ??= { seed: seedAt(index), context: withRow(contextAt(index), row) }
      if (drawing(text)) own.context.faker?.seed(own.seed)
      return evaluateTemplates(text, own.context)
    }
  }
  const time = { now: sources.now, toLocalEpoch: sources.toLocalEpoch ?? utcEpoch }
  const texts = new TextBytes()
  const ownVariables = newOwnVariables()
  const prepared = { plan, time, texts, ownVariables, ...schema, ...selection, ...whole }
  return {
    make: (index, row) => makeRecord(prepared, evaluationOf(index, row), row),
    evaluateRow: (text, index) => {
      const found = evaluationOf(index)(text)
      return 'problem' in found ? { problem: found.problem.message } : found
    },
  }
}

/**
 * Whether generated data may come of a text: setting the generator to its seed takes a while, which
 * counts where a million records have nothing but fields of their rows in them.
 */
function drawsOf(scope: NameScope, hasRows: boolean): (text: string) => boolean {
  const known = new Map<string, boolean>()
  const draws = (text: string) =>
    scanTemplates(text).parts.some(part => {
      if (part.kind === 'text') return false
      const call = callOf(part.text)
      const source = call && sourceOf(call, scope)
      if (source === undefined) return !hasRows || part.text.includes('.')
      return source !== 'system' && source !== 'row'
    })
  return text => {
    const found = known.get(text) ?? draws(text)
    if (known.size < MOST_TEXTS) known.set(text, found)
    return found
  }
}

/** The texts of a block are few; the rows that stand in one may be many. */
const MOST_TEXTS = 100

/** Level 1 draws a seed from so many. */
const SEEDS = 1_000_000

function withRow(context: TemplateContext, row: Row | undefined): TemplateContext {
  return row ? { ...context, row: rowNames(row) } : context
}

const utcEpoch: TimeContext['toLocalEpoch'] = (year, month, ...rest) =>
  Date.UTC(year, month - 1, ...rest)

function contextsOf(
  file: KafkaFile,
  scope: NameScope,
  faker: Faker | undefined,
  { names, now, random, uuid, cluster }: RecordSources,
): (index: number) => TemplateContext {
  const run = names?.run ?? uuid()
  const contextAt = (index: number): TemplateContext => {
    const system: SystemContext = { now, random, uuid, cluster, index, run }
    if (names) return names.context(system, faker)
    return { ...system, ...(faker && { faker }), scope, variable: name => variables(name, index) }
  }
  const variables = variablesOf(file, contextAt)
  return contextAt
}

async function schemaFor(
  plan: ProducerPlan,
  sources: RecordSources,
): Promise<{ readonly schema?: JsonSchema } | { readonly problem: Problem }> {
  if (plan.valueSchema === undefined || plan.valueFormat?.name !== 'json') return {}
  const path = parseFile(plan.valueSchema)
  try {
    const text = path === undefined ? plan.valueSchema : await sources.readFile(path)
    const { compileJsonSchema } = await import('../formats/jsonSchema.ts')
    return compileJsonSchema(text)
  } catch (error) {
    return { problem: { ...problemOf(error), code: 'K212' } }
  }
}

/** The library of expressions is loaded for the first one. */
async function selectionFor({
  keyFrom,
}: ProducerPlan): Promise<{ readonly selection?: Selection } | { readonly problem: Problem }> {
  if (keyFrom === undefined) return {}
  const { compileSelection } = await import('../expression/compile.ts')
  const compiled = compileSelection(keyFrom)
  if (!('problem' in compiled)) return { selection: compiled }
  return { problem: { code: 'K320', message: `"key-from": ${compiled.problem.message}` } }
}

async function valueFor(
  { valueFrom }: ProducerPlan,
  sources: RecordSources,
): Promise<{ readonly valueBytes?: Uint8Array } | { readonly problem: Problem }> {
  if (valueFrom === undefined) return {}
  try {
    return { valueBytes: await sources.readBytes(valueFrom) }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}

async function fakerFor(
  file: KafkaFile,
  plan: ProducerPlan,
  scope: NameScope,
  sources: RecordSources,
): Promise<{ readonly faker?: Faker } | { readonly problem: Problem }> {
  if (sources.fakerLocale === undefined) return {}
  const locale = plan.fakerLocale ?? sources.fakerLocale
  const { key, value, headers, topic, partition, timestamp } = plan
  const texts = [key, value, topic, partition, timestamp, ...headers.map(([, text]) => text)]
  const all = [...texts, ...file.variables.map(variable => variable.value)]
  if (!all.some(text => text && needsFaker(text, scope))) return {}
  const faker = await sources.loadFaker(locale)
  return faker ? { faker } : { problem: unknownLocale(locale, plan) }
}

function unknownLocale(locale: string, { fakerLocale }: ProducerPlan): Problem {
  const where =
    fakerLocale === undefined ? 'kafkaWorkbench.producers.faker.locale' : '"faker-locale:"'
  return {
    code: 'unknown-locale',
    message: `Generated data has no locale "${locale}".`,
    advice: `Set ${where} to one such as en, de or pt_BR.`,
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
