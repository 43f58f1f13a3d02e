import type { Span } from '../lines.ts'
import { hasTemplate } from '../template.ts'
import { propertyOf, type Block, type Fix, type KafkaFile, type Property } from '../tree.ts'
import { parseFormat, type WrittenFormat } from '../values/formats.ts'
import { jsonProblem, placeInJson } from '../values/json.ts'
import { parseSchema, type WrittenSchema } from '../values/schemas.ts'
import { quoted } from '../words.ts'
import type { Knowledge } from './knowledge.ts'
import { replacement, type BlockCheck } from './report.ts'
import { insertLine } from './structure.ts'

/** The formats that cannot be written without a schema. */
const NEEDING: ReadonlySet<string> = new Set(['avro', 'protobuf', 'json-schema'])

type Part = 'key' | 'value'

/** The paths of the schemas that a file names, each once. */
export function schemaFilesOf(file: KafkaFile): readonly string[] {
  const paths = new Set<string>()
  for (const block of file.blocks)
    for (const { name, value } of block.properties) {
      if (!value || (name !== 'value-schema' && name !== 'key-schema')) continue
      const schema = parseSchema(value)
      if (schema.ok && schema.value.kind === 'file') paths.add(schema.value.path)
    }
  return [...paths]
}

/** Whether a file has a schema that `Knowledge.schemaOf` would be asked about. */
export function hasSchemas(file: KafkaFile): boolean {
  return file.blocks.some(({ properties }) =>
    properties.some(
      ({ name, value }) => value && (name === 'value-schema' || name === 'key-schema'),
    ),
  )
}

/** K202, K211 and K212: schemas, and the JSON that has to fit them. */
export function checkSchemas(check: BlockCheck, { schemaOf }: Pick<Knowledge, 'schemaOf'>): void {
  const { block, settings } = check
  if (block.kind === 'TOPIC') return
  if (!block.properties.some(isAboutSchemas) && !settings.inherits(block)) return
  checkPart(check, 'key', schemaOf)
  checkPart(check, 'value', schemaOf)
}

/** Most blocks have none of these. */
function isAboutSchemas({ name }: Property): boolean {
  return name.endsWith('-schema') || name.endsWith('-format')
}

function checkPart(check: BlockCheck, part: Part, schemaOf: Knowledge['schemaOf']): void {
  const { block, settings } = check
  const name = `${part}-schema`
  const own = propertyOf(block, name)
  const property = settings.one(block, name)
  const format = formatOf(check, part)
  if (!property?.value) {
    if (block.kind !== 'PRODUCER' || !format) return
    if (NEEDING.has(format.name)) reportNoSchema(check, part, format.name)
    else if (format.name === 'json' && part === 'value') checkSchemaId(check)
    return
  }
  const schema = parseSchema(property.value)
  if (!schema.ok) {
    if (own) report(check, 'K202', own.valueSpan, schema.message)
    return
  }
  if (own) {
    const problem = problemOf(schema.value, format, schemaOf)
    if (problem !== undefined)
      report(check, 'K212', own.valueSpan, problem, fixesOf(own, schema.value))
  }
  const isRaw = schema.value.kind === 'file' || schema.value.kind === 'inline'
  if (part === 'value' && isRaw && format) checkSchemaId(check)
  if (part === 'value' && (format?.name === 'json' || format?.name === 'json-schema'))
    checkValue(check, schema.value, schemaOf)
}

function formatOf({ block, settings }: BlockCheck, part: Part): WrittenFormat | undefined {
  const text = settings.one(block, `${part}-format`)?.value
  const format = text ? parseFormat(text, block.kind === 'PRODUCER' ? 'sending' : 'reading') : text
  return typeof format === 'object' && format.ok ? format.value : undefined
}

function problemOf(
  schema: WrittenSchema,
  format: WrittenFormat | undefined,
  schemaOf: Knowledge['schemaOf'],
): string | undefined {
  const name = format?.name ?? ''
  if (
    schema.kind === 'inline' &&
    name !== 'protobuf' &&
    !/^(?:[{["]|true$|false$)/.test(schema.text)
  )
    return `${quoted(schema.text)} is not a schema. Write file(path), or the schema itself on one line.`
  return schemaOf?.(schema, name)?.problem
}

function fixesOf({ valueSpan }: Property, schema: WrittenSchema): readonly Fix[] {
  if (schema.kind !== 'inline' || !/^[\w./\\-]+\.\w+$/.test(schema.text)) return []
  const meant = `file(${schema.text})`
  return [replacement(`Replace with "${meant}"`, valueSpan, meant)]
}

function reportNoSchema(check: BlockCheck, part: Part, format: string): void {
  const { file, block } = check
  const own = propertyOf(block, `${part}-format`)
  const message = `The format "${format}" needs a "${part}-schema:" to send with.`
  const line = `${part}-schema: `
  const fixes = [insertLine(file, block, `Add ${part}-schema`, line)]
  report(check, 'K212', own?.valueSpan ?? block.keyword, message, fixes)
}

/** K213: what other records of the topic begin with, and this encoding has no room for. */
function checkSchemaId({ block, settings, cluster, report }: BlockCheck): void {
  if (block.kind === 'DEFAULTS') return
  const topic = settings.one(block, 'topic')?.value ?? ''
  const seen = cluster?.schemaIdOf?.(topic)
  if (!seen) return
  const { id, partition, offset } = seen
  const own = propertyOf(block, 'value-schema') ?? propertyOf(block, 'value-format')
  const consequence =
    block.kind === 'PRODUCER'
      ? 'This value is sent without one, so that those who read it with the registry may fail.'
      : 'Read with this schema alone they cannot be decoded.'
  const message = `Records of ${quoted(topic)} carry a schema id (${id} in partition ${partition}, offset ${offset}). ${consequence} Use "value-schema: id(${id})".`
  report.add('K213', 'warning', own?.valueSpan ?? block.keyword, message, { block })
}

/** K211. What templates will say is known only when it runs. */
function checkValue(
  check: BlockCheck,
  schema: WrittenSchema,
  schemaOf: Knowledge['schemaOf'],
): void {
  const { block, settings } = check
  const { body } = block
  if (block.kind !== 'PRODUCER' || !body || settings.one(block, 'records')?.value) return
  const mismatch = schemaOf?.(schema, 'json')?.mismatch
  if (!mismatch || hasTemplate(body.text) || jsonProblem(body.text)) return
  const found = mismatch(body.text)
  if (!found) return
  const { start, end } = placeInJson(body.text, found.path)
  const base = body.span.start
  report(check, 'K211', { start: base + start, end: base + end }, found.message)
}

function report(
  { block, report: to }: { readonly block: Block } & Pick<BlockCheck, 'report'>,
  code: string,
  span: Span,
  message: string,
  fixes: readonly Fix[] = [],
): void {
  to.add(code, 'error', span, message, { block, fixes })
}
