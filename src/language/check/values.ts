import { INTEGER_RANGES, integerOf } from '../../base/numerals.ts'
import type { Span } from '../lines.ts'
import { hasTemplate } from '../template.ts'
import { propertyOf, type Property } from '../tree.ts'
import { parseDuration } from '../values/durations.ts'
import { parseFile } from '../values/files.ts'
import { parseFormat } from '../values/formats.ts'
import { firstBeyond, parsePartitions } from '../values/partitions.ts'
import { parsePosition, parsePositions, type WrittenPosition } from '../values/positions.ts'
import { bad, type Outcome } from '../values/outcome.ts'
import { definitionOf, type PropertyDefinition } from '../vocabulary.ts'
import { quoted } from '../words.ts'
import { replacement, type BlockCheck } from './report.ts'

/** K201 to K206: the values of properties. An empty value says nothing, as in level 1. */
export function checkPropertyValue(check: BlockCheck, property: Property): void {
  const { block } = check
  const definition = definitionOf(block.kind, property.name)
  if (!definition || !property.value || hasTemplate(property.value)) return
  const { value } = property
  switch (definition.kind) {
    case 'format':
      checkFormat(check, property, value)
      break
    case 'position':
      checkPosition(check, property, value)
      break
    case 'time':
      checkTime(check, property, value)
      break
    case 'partitions':
      checkPartitions(check, property, value)
      break
    case 'integer':
      checkInteger(check, property, value, definition)
      break
    case 'duration':
      reportBad(check, 'K206', parseDuration(value), property.valueSpan)
      break
    case 'choice':
      checkChoice(check, property, value, definition)
      break
    case 'rate':
      checkRate(check, property, value)
      break
    case 'file':
      checkFile(check, property, value)
      break
    case 'assignment':
      checkAssignment(check, property, value)
      break
    case 'topic':
    case 'schema':
    case 'headers':
    case 'capture':
    case 'expression':
    case 'text':
      break
  }
}

function reportBad(
  { block, report }: BlockCheck,
  code: string,
  outcome: Outcome<unknown>,
  place: Span,
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

function checkFormat(check: BlockCheck, property: Property, value: string): void {
  const { block } = check
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
    reportBad(check, outcome.code ?? 'K201', outcome, property.valueSpan)
  }
}

/** Where DEFAULTS give a value that is right there and wrong in this block: K201 and K205. */
export function checkInheritedValues(check: BlockCheck): void {
  const { block, settings, report } = check
  const names = block.kind === 'TOPIC' ? ['partitions'] : ['key-format', 'value-format']
  for (const name of names) {
    const property = propertyOf(block, name) ? undefined : settings.one(block, name)
    if (!property?.value || hasTemplate(property.value)) continue
    const line = check.file.lines.lineAt(property.span.start) + 1
    const origin = `"${name}: ${property.value}" of the DEFAULTS, in line ${line},`
    const advice = `Give this ${block.kind} a "${name}:" of its own.`
    if (name === 'partitions') {
      if (integerOf(property.value) !== undefined) continue
      report.add('K205', 'error', block.keyword, `${origin} is not an integer. ${advice}`, {
        block,
      })
    } else if (isForOther(property.value, block.kind === 'PRODUCER' ? 'sending' : 'reading')) {
      report.add('K201', 'error', block.keyword, `${origin} is no format here. ${advice}`, {
        block,
      })
    }
  }
}

function isForOther(value: string, use: 'sending' | 'reading'): boolean {
  const other = use === 'sending' ? 'reading' : 'sending'
  return !parseFormat(value, use).ok && parseFormat(value, other).ok
}

function checkChoice(
  { block, report }: BlockCheck,
  property: Property,
  value: string,
  { choices = [] }: PropertyDefinition,
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

/** A PRODUCER has these only where they fit; DEFAULTS and TOPIC take any text. */
function checkRate(check: BlockCheck, property: Property, value: string): void {
  const rate = /^(\d+)\/s$/.exec(value)?.[1]
  if (rate !== undefined && /[1-9]/.test(rate)) return
  const span = property.valueSpan
  if (rate !== undefined) {
    check.report.add('K206', 'error', span, `${quoted(value)} would never send.`, {
      block: check.block,
    })
  } else if (/^\d+$/.test(value)) {
    check.report.add('K206', 'error', span, `${quoted(value)} needs a unit: ${value}/s.`, {
      block: check.block,
      fixes: [replacement(`Replace with "${value}/s"`, span, `${value}/s`)],
    })
  } else {
    check.report.add('K206', 'error', span, `${quoted(value)} is not a rate. Use 200/s.`, {
      block: check.block,
    })
  }
}

function checkFile({ block, report }: BlockCheck, property: Property, value: string): void {
  if (parseFile(value) !== undefined) return
  const isPath = /^[^()"']+$/.test(value)
  const meant = isPath ? `file(${value})` : 'file(./records.jsonl)'
  report.add(
    'K202',
    'error',
    property.valueSpan,
    `${quoted(value)} is not a file. Write ${meant}.`,
    {
      block,
      fixes: isPath ? [replacement(`Replace with "${meant}"`, property.valueSpan, meant)] : [],
    },
  )
}

function checkAssignment({ block, report }: BlockCheck, property: Property, value: string): void {
  if (/^[^\s=]+\s*=/.test(value)) return
  report.add('K202', 'error', property.valueSpan, `Expected "${property.name}: name = value".`, {
    block,
  })
}

function checkPosition(check: BlockCheck, property: Property, value: string): void {
  const { block, report } = check
  const outcome = parsePositions(value, property.name === 'to' ? 'to' : 'from')
  reportBad(check, 'K203', outcome, property.valueSpan)
  if (!outcome.ok) return
  const written = [...outcome.value.byPartition.keys()]
  checkIsThere(check, property.valueSpan, count => written.find(partition => partition >= count))
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
    block.kind === 'CONSUMER'
      ? '"committed" needs a consumer group: write its name after the keyword, or use earliest, latest, an offset, -N or a date.'
      : '"committed" is for a CONSUMER with a group. Use earliest, latest, an offset, -N or a date.',
    { block },
  )
}

const TIMES = new Set<string | undefined>(['time', 'local', 'now'])

function checkTime({ block, report }: BlockCheck, property: Property, value: string): void {
  if (TIMES.has(parsePosition(value)?.kind)) return
  report.add(
    'K203',
    'error',
    property.valueSpan,
    `${quoted(value)} is not a time. Use a date, epoch(ms) or now-15m.`,
    { block },
  )
}

function checkPartitions(check: BlockCheck, property: Property, value: string): void {
  const outcome = parsePartitions(value)
  reportBad(check, 'K204', outcome, property.valueSpan)
  if (!outcome.ok) return
  checkIsThere(check, property.valueSpan, count => firstBeyond(outcome.value, count))
}

/** K204, where it is known how many partitions the topic of a block has. */
function checkIsThere(
  { block, settings, cluster, report }: BlockCheck,
  span: Span,
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
export function checkRecordPartition(check: BlockCheck): void {
  const { block, settings } = check
  const property = settings.one(block, 'record-partition')
  const partition = integerOf(property?.value ?? '')
  if (!property || partition === undefined) return
  checkIsThere(check, property.valueSpan, count => (partition >= count ? partition : undefined))
}

function checkInteger(
  { block, report }: BlockCheck,
  property: Property,
  value: string,
  definition: PropertyDefinition,
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

/** K206 in `-- @delay 2s`. */
export function checkDelay(check: BlockCheck): void {
  for (const { name, argument, argumentSpan, nameSpan } of check.block.directives) {
    if (name !== 'delay') continue
    const outcome =
      argument === '' ? bad('"@delay" needs a duration: -- @delay 2s.') : parseDuration(argument)
    reportBad(check, 'K206', outcome, argument === '' ? nameSpan : argumentSpan)
  }
}
