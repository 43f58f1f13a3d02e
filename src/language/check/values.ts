import { bytesProblem } from '../../base/encodings.ts'
import { INTEGER_RANGES, integerOf, integerOfType, numberOf } from '../../base/numerals.ts'
import type { Span } from '../lines.ts'
import type { Settings } from '../settings.ts'
import { scanTemplates } from '../template.ts'
import type { Block, KafkaFile, Property, Word } from '../tree.ts'
import { parseDuration } from '../values/durations.ts'
import { parseFormat, type WrittenFormat } from '../values/formats.ts'
import { jsonProblem } from '../values/json.ts'
import { firstBeyond, parsePartitions } from '../values/partitions.ts'
import { parsePosition, parsePositions, type WrittenPosition } from '../values/positions.ts'
import type { Outcome } from '../values/outcome.ts'
import { definitionOf, type PropertyDefinition } from '../vocabulary.ts'
import { quoted } from '../words.ts'
import type { KnownCluster } from './check.ts'
import { replacement, type Report } from './report.ts'

/** K201 to K206: the values of properties. An empty value says nothing, as in level 1. */
export function checkPropertyValue(
  block: Block,
  property: Property,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
): void {
  const definition = definitionOf(block.kind, property.name)
  if (!definition || !property.value || hasTemplate(property.value)) return
  const { value } = property
  switch (definition.kind) {
    case 'format':
      checkFormat(block, property, value, report)
      break
    case 'position':
      checkPosition(block, property, value, settings, cluster, report)
      break
    case 'time':
      checkTime(block, property, value, report)
      break
    case 'partitions':
      checkPartitions(block, property, value, settings, cluster, report)
      break
    case 'integer':
      checkInteger(block, property, value, definition, report)
      break
    case 'duration':
      reportBad('K206', parseDuration(value), block, property.valueSpan, report)
      break
    case 'choice':
      checkChoice(block, property, value, definition, report)
      break
    case 'topic':
    case 'schema':
    case 'headers':
    case 'assignment':
    case 'capture':
    case 'rate':
    case 'file':
    case 'expression':
    case 'text':
      break
  }
}

function hasTemplate(text: string): boolean {
  return text.includes('{{') && scanTemplates(text).parts.some(part => part.kind === 'expression')
}

function reportBad(
  code: string,
  outcome: Outcome<unknown>,
  block: Block,
  place: Span,
  report: Report,
): void {
  if (outcome.ok) return
  const span = outcome.span
    ? { start: place.start + outcome.span.start, end: place.start + outcome.span.end }
    : place
  const { suggestion } = outcome
  report.add(code, 'error', span, outcome.message, {
    block,
    fixes:
      suggestion === undefined
        ? []
        : [replacement(`Replace with "${suggestion}"`, span, suggestion)],
  })
}

function checkFormat(block: Block, property: Property, value: string, report: Report): void {
  // A DEFAULTS block is for senders and readers: what either of them knows is right there.
  const uses =
    block.kind === 'PRODUCER'
      ? (['sending'] as const)
      : block.kind === 'DEFAULTS'
        ? (['reading', 'sending'] as const)
        : (['reading'] as const)
  const outcomes = uses.map(use => parseFormat(value, use))
  const outcome = outcomes.find(each => each.ok) ?? outcomes[0]
  if (outcome && !outcome.ok) {
    reportBad(outcome.code ?? 'K201', outcome, block, property.valueSpan, report)
  }
}

function checkChoice(
  block: Block,
  property: Property,
  value: string,
  { choices = [] }: PropertyDefinition,
  report: Report,
): void {
  if (choices.includes(value)) return
  const allowed = choices.map(quoted).join(', ')
  const meant = choices.find(choice => choice.toLowerCase() === value.toLowerCase())
  report.add(
    'K202',
    'error',
    property.valueSpan,
    `${quoted(value)} is not a value of "${property.name}:". Write one of ${allowed}.`,
    {
      block,
      fixes:
        meant === undefined
          ? []
          : [replacement(`Replace with "${meant}"`, property.valueSpan, meant)],
    },
  )
}

function checkPosition(
  block: Block,
  property: Property,
  value: string,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
): void {
  const outcome = parsePositions(value, property.name === 'to' ? 'to' : 'from')
  reportBad('K203', outcome, block, property.valueSpan, report)
  if (!outcome.ok) return
  const written = [...outcome.value.byPartition.keys()]
  checkIsThere(block, property.valueSpan, settings, cluster, report, count =>
    written.find(partition => partition >= count),
  )
  if (block.group || block.kind === 'DEFAULTS') return
  const positions: readonly (WrittenPosition | undefined)[] = [
    outcome.value.all,
    ...outcome.value.byPartition.values(),
  ]
  if (!positions.some(position => position?.kind === 'committed')) return
  report.add(
    'K203',
    'error',
    property.valueSpan,
    '"committed" needs a consumer group: write its name after the keyword, or use earliest, latest, an offset, -N or a date.',
    { block },
  )
}

const TIMES = new Set<string | undefined>(['time', 'local', 'now'])

function checkTime(block: Block, property: Property, value: string, report: Report): void {
  if (TIMES.has(parsePosition(value)?.kind)) return
  report.add(
    'K203',
    'error',
    property.valueSpan,
    `${quoted(value)} is not a time. Use a date, epoch(ms) or now-15m.`,
    { block },
  )
}

function checkPartitions(
  block: Block,
  property: Property,
  value: string,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
): void {
  const outcome = parsePartitions(value)
  reportBad('K204', outcome, block, property.valueSpan, report)
  if (!outcome.ok) return
  checkIsThere(block, property.valueSpan, settings, cluster, report, count =>
    firstBeyond(outcome.value, count),
  )
}

/** K204, where it is known how many partitions the topic of a block has. */
function checkIsThere(
  block: Block,
  span: Span,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
  firstMissing: (count: number) => bigint | number | undefined,
): void {
  const topic = settings.one(block, 'topic')?.value ?? ''
  const count = cluster?.topics.get(topic)
  const missing = count === undefined ? undefined : firstMissing(count)
  if (count === undefined || missing === undefined) return
  const has = count === 1 ? 'partition 0' : `partitions 0-${count - 1}`
  report.add(
    'K204',
    'error',
    span,
    `Partition ${missing} does not exist: topic ${quoted(topic)} has ${has}.`,
    { block },
  )
}

/** `record-partition` against the topic, where the cluster is known. */
export function checkRecordPartition(
  block: Block,
  settings: Settings,
  cluster: KnownCluster | undefined,
  report: Report,
): void {
  const property = settings.one(block, 'record-partition')
  const partition = integerOf(property?.value ?? '')
  if (!property || partition === undefined) return
  checkIsThere(block, property.valueSpan, settings, cluster, report, count =>
    partition >= count ? partition : undefined,
  )
}

function checkInteger(
  block: Block,
  property: Property,
  value: string,
  definition: PropertyDefinition,
  report: Report,
): void {
  const number = integerOf(value)
  const [minimum, maximum] = definition.range ?? INTEGER_RANGES.long
  if (number === undefined) {
    report.add('K205', 'error', property.valueSpan, `${quoted(value)} is not an integer.`, {
      block,
    })
  } else if (number < minimum || number > maximum) {
    report.add(
      'K205',
      'error',
      property.valueSpan,
      `${number} does not fit "${property.name}" (${minimum} … ${maximum}).`,
      { block },
    )
  }
}

/** K205 and K210: the key and the value of a PRODUCER, as their formats want them. */
export function checkContents(
  file: KafkaFile,
  block: Block,
  settings: Settings,
  report: Report,
): void {
  const key = settings.one(block, 'key')
  const holdsMany = settings.one(block, 'records') !== undefined
  if (key?.value) {
    const word = { text: key.value, span: key.valueSpan }
    checkContent(file, block, 'key', formatOf(block, 'key-format', settings), word, report)
  }
  if (block.body && !holdsMany) {
    const format = formatOf(block, 'value-format', settings)
    checkContent(file, block, 'value', format, block.body, report)
  }
}

function formatOf(
  block: Block,
  property: 'key-format' | 'value-format',
  settings: Settings,
): WrittenFormat | undefined {
  const format = settings.one(block, property)?.value
  const outcome = format === undefined ? undefined : parseFormat(format, 'sending')
  return outcome?.ok ? outcome.value : undefined
}

function checkContent(
  file: KafkaFile,
  block: Block,
  part: 'key' | 'value',
  format: WrittenFormat | undefined,
  word: Word,
  report: Report,
): void {
  if (format?.name === 'json' || format?.name === 'json-schema') {
    checkJson(file, block, part, word, report)
    return
  }
  if (!format || hasTemplate(word.text)) return
  const problem = contentProblem(format, word.text)
  if (problem !== undefined) report.add('K205', 'error', word.span, problem, { block })
}

function checkJson(
  file: KafkaFile,
  block: Block,
  part: 'key' | 'value',
  word: Word,
  report: Report,
): void {
  const problem = jsonProblem(word.text)
  if (!problem) return
  const start = word.span.start + problem.span.start
  const { line, column } = file.lines.placeOf(start)
  report.add(
    'K210',
    'error',
    { start, end: word.span.start + problem.span.end },
    `The ${part} is not JSON: line ${line + 1}, column ${column + 1} should have ${problem.expected}.`,
    { block },
  )
}

function contentProblem({ name, parameters }: WrittenFormat, text: string): string | undefined {
  switch (name) {
    case 'short':
    case 'integer':
    case 'long':
      return problemIn(integerOfType(text, name))
    case 'double':
    case 'float':
      return problemIn(numberOf(text))
    case 'bytes':
      return bytesProblem(parameters[0], text)
    default:
      return undefined
  }
}

function problemIn(
  result: { readonly value: unknown } | { readonly problem: string },
): string | undefined {
  return 'problem' in result ? result.problem : undefined
}
