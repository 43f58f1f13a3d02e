import { encodingOf } from '../../base/encodings.ts'
import { legacyFakerOf } from '../legacyFaker.ts'
import type { Span } from '../lines.ts'
import { isFakerName, scopeOf, sourceOf, SYSTEM_NAMES } from '../names.ts'
import { callOf, scanTemplates, type TemplateExpression } from '../template.ts'
import type { Block, KafkaFile, Property } from '../tree.ts'
import { parseDuration } from '../values/durations.ts'
import { formatDefinitionOf, parseFormat } from '../values/formats.ts'
import {
  parsePositions,
  timestampOf,
  type TimeContext,
  type WrittenPosition,
} from '../values/positions.ts'
import { BLOCK_DOCUMENTATION, definitionOf } from '../vocabulary.ts'
import { placeAt, type PlaceInFile } from './place.ts'

export interface Hover {
  readonly span: Span
  readonly markdown: string
}

/** What a hover can tell beyond the language; absent: not known. */
export interface HoverKnowledge {
  readonly topicOf?: (
    name: string,
  ) => { readonly partitions: number; readonly replicationFactor?: number } | undefined
  readonly time?: TimeContext & {
    /** A time in the machine's zone, with the zone. */
    describe(timestamp: number): string
  }
}

/** What is to say about the place at an offset. */
export function hover(
  file: KafkaFile,
  offset: number,
  knowledge: HoverKnowledge = {},
): Hover | undefined {
  const place = placeAt(file, offset)
  const template = templateAt(file, offset, place)
  if (template) return hoverTemplate(file, template)
  const { block, property } = place
  if (!block) return undefined
  if (contains(block.keyword, offset)) return hoverBlock(block)
  if (!property) return undefined
  if (contains(property.nameSpan, offset)) return hoverName(block, property)
  return contains(property.valueSpan, offset) ? hoverValue(block, property, knowledge) : undefined
}

function contains(span: Span, offset: number): boolean {
  return offset >= span.start && offset <= span.end && span.end > span.start
}

/** A template of the property, the value or the variable that the offset is in. */
function templateAt(
  file: KafkaFile,
  offset: number,
  { block, property, inBody, line }: PlaceInFile,
): TemplateExpression | undefined {
  const variable = block ? undefined : file.variables.find(each => each.line === line)
  const span = property?.valueSpan ?? (inBody ? block?.body?.span : variable?.valueSpan)
  if (!span || !contains(span, offset)) return undefined
  const { parts } = scanTemplates(file.text.slice(span.start, span.end), span.start)
  for (const part of parts) {
    if (part.kind === 'expression' && contains(part.span, offset)) return part
  }
  return undefined
}

function hoverTemplate(file: KafkaFile, expression: TemplateExpression): Hover {
  return { span: expression.span, markdown: describeTemplate(file, expression) }
}

function describeTemplate(file: KafkaFile, expression: TemplateExpression): string {
  const call = callOf(expression.text)
  const name = code(call?.name ?? expression.text)
  const source = call && sourceOf(call, scopeOf(file))
  switch (source) {
    case 'system': {
      const system = SYSTEM_NAMES.find(each => each.name === call?.name)
      return `${code(system?.usage ?? '')}\n\n${system?.documentation ?? ''}`
    }
    case 'faker':
      return `${name}: generated data, new for each record.`
    case 'legacy':
      return `${name} is a name of an older faker. ${describeLegacy(call?.name ?? '')}`
    case 'variable': {
      const variable = file.variables.findLast(each => each.name === call?.name)
      return `${name} = ${code(variable?.value ?? '')}\n\nDeclared in line ${(variable?.line ?? 0) + 1}; evaluated once per run.`
    }
    case 'capture':
      return `${name} is captured by a block of this file.`
    case 'block':
      return `${name} is taken from the block of that name.`
    case 'row':
    case 'given':
      return `${name} is given from outside the file.`
    case undefined:
      return expression.strict ? `${name} is not defined.` : 'This is sent as it stands.'
  }
}

function describeLegacy(name: string): string {
  const legacy = legacyFakerOf(name.split('.').slice(0, 2).join('.'), isFakerName)
  if (legacy && 'method' in legacy) return `Today it is ${code(legacy.method)}.`
  return 'It still works.'
}

function hoverBlock(block: Block): Hover {
  const topic = block.properties.findLast(property => property.name === 'topic')?.value
  const about = topic ? ` for topic ${code(topic)}` : ''
  return {
    span: block.keyword,
    markdown: `**${block.kind}**${about}\n\n${BLOCK_DOCUMENTATION[block.kind]}`,
  }
}

function hoverName(block: Block, property: Property): Hover | undefined {
  const definition = definitionOf(block.kind, property.name)
  if (!definition) return undefined
  const later = definition.runs ? '' : '\n\nIt runs in a later version of Kafka Workbench.'
  return {
    span: property.nameSpan,
    markdown: `**${definition.name}**\n\n${definition.documentation}${later}`,
  }
}

function hoverValue(
  block: Block,
  property: Property,
  knowledge: HoverKnowledge,
): Hover | undefined {
  const value = property.value ?? ''
  const markdown = describeValue(block, property.name, value, knowledge)
  return markdown === undefined ? undefined : { span: property.valueSpan, markdown }
}

function describeValue(
  block: Block,
  name: string,
  value: string,
  knowledge: HoverKnowledge,
): string | undefined {
  switch (definitionOf(block.kind, name)?.kind) {
    case 'topic': {
      const topic = knowledge.topicOf?.(value)
      if (!topic) return undefined
      const replicas =
        topic.replicationFactor === undefined
          ? ''
          : `, replication factor ${topic.replicationFactor}`
      return `**${escaped(value)}**\n\n${counted(topic.partitions, 'partition')}${replicas}`
    }
    case 'format':
      return describeFormat(block, value)
    case 'position':
      return describePosition(name, value, knowledge)
    case 'duration': {
      const duration = parseDuration(value)
      return duration.ok ? `${duration.value} ms` : undefined
    }
    case undefined:
    case 'time':
    case 'schema':
    case 'headers':
    case 'assignment':
    case 'capture':
    case 'rate':
    case 'partitions':
    case 'integer':
    case 'file':
    case 'choice':
    case 'expression':
    case 'text':
      return undefined
  }
}

function describeFormat(block: Block, value: string): string | undefined {
  const format = parseFormat(value, block.kind === 'PRODUCER' ? 'sending' : 'reading')
  if (!format.ok) return undefined
  const { name, parameters } = format.value
  const encoding = name === 'string' && parameters[0] ? encodingOf(parameters[0]) : undefined
  const detail = encoding ? `\n\nEncoding: ${code(encoding)}.` : ''
  return `**${name}**\n\n${formatDefinitionOf(name)?.documentation ?? ''}${detail}`
}

function describePosition(
  name: string,
  value: string,
  { time }: HoverKnowledge,
): string | undefined {
  const positions = parsePositions(value, name === 'to' ? 'to' : 'from')
  if (!positions.ok || !time) return undefined
  const all = positions.value.all
  const lines: [prefix: string, position: WrittenPosition][] = all ? [['', all]] : []
  for (const [partition, position] of positions.value.byPartition) {
    lines.push([`partition ${partition}: `, position])
  }
  const texts = lines.flatMap(([prefix, position]) => {
    const timestamp = timestampOf(position, time)
    return timestamp === undefined ? [] : [prefix + time.describe(timestamp)]
  })
  return texts.length > 0 ? texts.join('\n\n') : undefined
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`
}

/** Text as Markdown code, whatever it holds. */
function code(text: string): string {
  return `\`${text.replaceAll('`', "'").replaceAll(/\s+/g, ' ')}\``
}

function escaped(text: string): string {
  return text.replaceAll(/[\\`*_{}[\]()#+!|<>-]/g, '\\$&')
}
