import { encodingOf } from '../../base/encodings.ts'
import { legacyFakerOf } from '../legacyFaker.ts'
import { DIRECTIVES } from '../directives.ts'
import { declaredOf } from '../declared.ts'
import { FUNCTIONS, GROUP_NAMES, METHODS, RECORD_NAMES } from '../expressionNames.ts'
import type { GivenText } from '../given.ts'
import type { Span } from '../lines.ts'
import { isFakerName, scopeOf, SYSTEM_NAMES } from '../names.ts'
import { blockName, captureName, sourceAt } from '../reach.ts'
import { callOf, scanTemplates, type TemplateCall, type TemplateExpression } from '../template.ts'
import type { Block, KafkaFile, Property } from '../tree.ts'
import { celTextOf, type CelToken } from '../values/celText.ts'
import { parseDuration } from '../values/durations.ts'
import { formatDefinitionOf, parseFormat } from '../values/formats.ts'
import {
  parsePositions,
  timestampOf,
  type TimeContext,
  type WrittenPosition,
} from '../values/positions.ts'
import { EXACT, EXACT_DOCUMENTATION, PATTERN_KINDS } from '../values/patterns.ts'
import { BLOCK_DOCUMENTATION, definitionOf } from '../vocabulary.ts'
import { placeAt, type PlaceInFile } from './place.ts'
import { shownIn } from './shown.ts'

export interface Hover {
  readonly span: Span
  readonly markdown: string
}

/** What a hover can tell beyond the language; absent: not known. */
export interface HoverKnowledge {
  readonly given?: ReadonlyMap<string, GivenText>
  /**
   * What a name stands for in the session of the file, secrets hidden: a variable as it was
   * evaluated, what was captured, a part of a named block's record.
   */
  readonly inSession?: (name: string) => string | undefined
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
  if (template) return hoverTemplate(file, template, place.block, knowledge)
  const { block, property } = place
  const directive = directiveAt(file, block, offset)
  if (directive) return directive
  if (!block) return undefined
  if (contains(block.keyword, offset)) return hoverBlock(block)
  if (!property) return place.inBody ? hoverPattern(file, block, place, offset) : undefined
  if (contains(property.nameSpan, offset)) return hoverName(block, property)
  const word = hoverExpression(block, property, offset)
  if (word) return word
  return contains(property.valueSpan, offset) ? hoverValue(block, property, knowledge) : undefined
}

function contains(span: Span, offset: number): boolean {
  return offset >= span.start && offset <= span.end && span.end > span.start
}

/** `-- @name` at an offset. */
function directiveAt(file: KafkaFile, block: Block | undefined, offset: number): Hover | undefined {
  const directives = block?.directives ?? file.directives
  const found = directives.find(({ nameSpan }) => contains(nameSpan, offset))
  const definition = DIRECTIVES.find(({ name }) => name === found?.name)
  if (!found || !definition) return undefined
  return {
    span: found.nameSpan,
    markdown: `**@${definition.name}**\n\n${definition.documentation}`,
  }
}

/** A kind in the pattern of an EXPECT. */
function hoverPattern(
  file: KafkaFile,
  block: Block,
  { lineSpan }: PlaceInFile,
  offset: number,
): Hover | undefined {
  if (block.kind !== 'EXPECT') return undefined
  for (const match of file.text.slice(lineSpan.start, lineSpan.end).matchAll(/"(#\w+)[^"]*"/g)) {
    const start = lineSpan.start + match.index
    const span = { start, end: start + match[0].length }
    if (!contains(span, offset)) continue
    const [, name = ''] = match
    const documentation =
      name === EXACT
        ? EXACT_DOCUMENTATION
        : PATTERN_KINDS.find(kind => kind.name === name)?.documentation
    return documentation === undefined ? undefined : { span, markdown: documentation }
  }
  return undefined
}

/** A name in an expression. */
function hoverExpression(block: Block, property: Property, offset: number): Hover | undefined {
  const kind = definitionOf(block.kind, property.name)?.kind
  if (kind !== 'expression' && kind !== 'capture') return undefined
  const { value = '', valueSpan } = property
  const { tokens } = celTextOf(value)
  const at = offset - valueSpan.start
  const index = tokens.findIndex(each => each.kind === 'name' && contains(each.span, at))
  const token = tokens[index]
  if (!token) return undefined
  const textOf = (each: CelToken | undefined) =>
    each ? value.slice(each.span.start, each.span.end) : ''
  const isCalled = textOf(tokens[index + 1]) === '('
  const isMember = textOf(tokens[index - 1]) === '.'
  const variables = block.kind === 'EXPECT' && block.group ? GROUP_NAMES : RECORD_NAMES
  const names = isMember ? (isCalled ? METHODS : []) : isCalled ? FUNCTIONS : variables
  const known = names.find(({ name }) => name === textOf(token))
  if (!known) return undefined
  const span = { start: valueSpan.start + token.span.start, end: valueSpan.start + token.span.end }
  const detail = isCalled ? code(known.usage) : `**${known.name}**: ${known.usage}`
  return { span, markdown: `${detail}\n\n${known.documentation}` }
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

function hoverTemplate(
  file: KafkaFile,
  expression: TemplateExpression,
  block: Block | undefined,
  knowledge: HoverKnowledge,
): Hover {
  const call = callOf(expression.text)
  const markdown = call
    ? describeCall(file, expression, call, block, knowledge)
    : unknownName(expression)
  return { span: expression.span, markdown }
}

function unknownName({ text, strict }: TemplateExpression): string {
  return strict ? `${code(text)} is not defined.` : 'This is sent as it stands.'
}

function describeCall(
  file: KafkaFile,
  expression: TemplateExpression,
  call: TemplateCall,
  block: Block | undefined,
  knowledge: HoverKnowledge,
): string {
  const { given = new Map<string, GivenText>() } = knowledge
  const scope = scopeOf(file, given.keys())
  const declared = declaredOf(file)
  const name = code(call.name)
  switch (sourceAt(call, block, { scope, declared })) {
    case 'system': {
      const system = SYSTEM_NAMES.find(each => each.name === call.name)
      return `${code(system?.usage ?? '')}\n\n${system?.documentation ?? ''}`
    }
    case 'faker':
      return `${name}: generated data, new for each record.`
    case 'legacy':
      return `${name} is a name of an older faker. ${describeLegacy(call.name)}`
    case 'variable': {
      const variable = declared.variables.get(call.name)?.at(-1)
      const line = (variable?.line ?? 0) + 1
      const value = knowledge.inSession?.(call.name) ?? shownIn(file, given).value(call.name) ?? ''
      return `${name} = ${code(value)}\n\nDeclared in line ${line}; evaluated once per run.`
    }
    case 'given': {
      const source = given.get(call.name)?.source ?? ''
      return `${name} = ${code(shownIn(file, given).value(call.name) ?? '')}\n\nFrom ${escaped(source)}.`
    }
    case 'capture': {
      const captures = declared.captures.get(captureName(call, scope)) ?? []
      const lines = captures.map(({ property }) => property.line + 1)
      return `${inSession(call.name, knowledge)}Captured in ${inLines(lines)}: ${code(captures.at(-1)?.property.value ?? '')}`
    }
    case 'block': {
      const blocks = declared.blocks.get(blockName(call)) ?? []
      const lines = blocks.map(({ startLine }) => startLine + 1)
      return `${inSession(call.name, knowledge)}Taken from the record of ${code(blockName(call))} in ${inLines(lines)}.`
    }
    case 'row':
    case undefined:
      return unknownName(expression)
  }
}

function inSession(name: string, knowledge: HoverKnowledge): string {
  const text = knowledge.inSession?.(name)
  return text === undefined ? `${code(name)}\n\n` : `${code(name)} = ${code(text)}\n\n`
}

function inLines(lines: readonly number[]): string {
  return lines.length === 1 ? `line ${lines.join()}` : `lines ${lines.join(', ')}`
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
    case 'time':
    case 'position':
      return describePosition(name, value, knowledge)
    case 'duration': {
      const duration = parseDuration(value)
      return duration.ok ? `${duration.value} ms` : undefined
    }
    case undefined:
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
