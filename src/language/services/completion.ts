import { wordOf } from '../blanks.ts'
import { CODES } from '../codes.ts'
import { BLOCK_FIELDS, declaredOf } from '../declared.ts'
import { DIRECTIVES } from '../directives.ts'
import type { GivenText } from '../given.ts'
import { fakerNames, SYSTEM_NAMES } from '../names.ts'
import type { Block, BlockKind, KafkaFile, Property } from '../tree.ts'
import { FORMATS, type FormatDefinition } from '../values/formats.ts'
import {
  BLOCK_DOCUMENTATION,
  definitionOf,
  definitionsOf,
  type PropertyDefinition,
} from '../vocabulary.ts'
import { completeExpression } from './completeExpression.ts'
import { completeJson } from './completeJson.ts'
import { headersFor, headersOfNamed } from './known.ts'
import type { Completion, CompletionKind, CompletionKnowledge } from './offers.ts'
import { placeAt, type PlaceInFile } from './place.ts'
import { shownIn } from './shown.ts'

/** What can stand at an offset. */
export function complete(
  file: KafkaFile,
  offset: number,
  knowledge: CompletionKnowledge = {},
): readonly Completion[] {
  const place = placeAt(file, offset)
  const { block, before } = place
  const property = place.property ?? unfinished(file, place)
  const template = templateStart(before)
  if (template !== undefined) return names(file, offset, place, template, knowledge)
  if (/^\s*--/.test(before)) return directives(offset, before, knowledge)
  if (!block) return /^[A-Za-z]*$/.test(before) ? blocks(place) : []
  if (place.line === block.startLine) return groups(block, offset, before, knowledge)
  if (property && offset > property.nameSpan.end)
    return (
      completeExpression(file, block, property, offset, knowledge) ??
      headers(file, block, property, offset, knowledge) ??
      values(file, offset, block, property, knowledge)
    )
  if (place.inBody && block.body && offset > block.body.span.start) {
    const inJson = completeJson(file, block, block.body, offset, knowledge)
    if (inJson.length > 0) return inJson
  }
  return mayBeProperty(file, block, place) ? properties(block, place) : []
}

/** Where the name in an open `{{` starts, as an index of the line. */
function templateStart(before: string): number | undefined {
  const match = /\{\{[ \t]*(?:json[ \t]+)?([$\w.-]*)$/.exec(before)
  return match ? match.index + match[0].length - (match[1] ?? '').length : undefined
}

function names(
  file: KafkaFile,
  offset: number,
  { lineSpan, after, block }: PlaceInFile,
  start: number,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const rest = /^[\w.-]*/.exec(after)?.[0] ?? ''
  const span = { start: lineSpan.start + start, end: offset + rest.length }
  const closed = /^[^{]*?\}\}/.test(after.slice(rest.length))
  const close = closed ? '' : '}}'
  const of = (label: string, kind: CompletionKind, more: Partial<Completion> = {}): Completion => ({
    label,
    kind,
    insert: label + close,
    span,
    ...more,
  })
  return [
    ...namesOfFile(file, block, knowledge).map(({ name, detail }) =>
      of(name, 'variable', { detail }),
    ),
    ...SYSTEM_NAMES.map(({ name, usage, documentation }) =>
      of(name, 'function', { detail: usage, documentation }),
    ),
    ...fakerNames().map(name =>
      name.endsWith('(')
        ? of(name.slice(0, -1), 'function', {
            detail: 'faker',
            insert: `${name}\${1})${escaped(close)}`,
            snippet: true,
          })
        : of(name, 'function', { detail: 'faker' }),
    ),
  ]
}

/** What can be named where a block stands: what is captured and sent above it, variables, values. */
function namesOfFile(
  file: KafkaFile,
  block: Block | undefined,
  { given = new Map<string, GivenText>() }: CompletionKnowledge,
): readonly { readonly name: string; readonly detail: string }[] {
  const { variables, captures, blocks } = declaredOf(file)
  const shown = shownIn(file, given)
  const isAbove = (other: Block) => !block || other.index < block.index
  return [
    ...[...variables.keys()].map(name => ({ name, detail: shown.value(name) ?? '' })),
    ...[...captures].flatMap(([name, all]) =>
      all.some(capture => isAbove(capture.block)) ? [{ name, detail: 'captured' }] : [],
    ),
    ...[...blocks].flatMap(([name, all]) =>
      all.some(isAbove)
        ? fieldsOfBlock(file, name).map(field => ({
            name: `${name}.${field}`,
            detail: `block ${name}`,
          }))
        : [],
    ),
    ...[...given]
      .filter(([name]) => !variables.has(name))
      .map(([name, { source }]) => ({
        name,
        detail: `${shown.value(name) ?? ''} (${source})`,
      })),
  ]
}

/** The fields of a named block, and the headers that it sends. */
function fieldsOfBlock(file: KafkaFile, name: string): readonly string[] {
  const headers = headersOfNamed(file, name).filter(header => /^[\w-]+$/.test(header))
  return [...BLOCK_FIELDS, ...headers.map(header => `headers.${header}`)]
}

/** A closing brace would end a placeholder. */
function escaped(text: string): string {
  return text.replaceAll('}', '\\}')
}

function directives(
  offset: number,
  before: string,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const argument = /^\s*--\s*@(cluster|env|ignore)\s+(\S*)$/.exec(before)
  if (argument) return directiveArguments(offset, argument, knowledge)
  const match = /^\s*--\s*(@[\w-]*)?$/.exec(before)
  if (!match) return []
  const span = { start: offset - (match[1]?.length ?? 0), end: offset }
  const blank = before.endsWith('--') ? ' ' : ''
  return DIRECTIVES.map(({ name, argument, documentation }) => ({
    label: `@${name}`,
    kind: 'directive',
    documentation,
    insert: `${blank}@${name}${argument}`,
    snippet: true,
    span,
  }))
}

function directiveArguments(
  offset: number,
  [, name = '', written = '']: RegExpExecArray,
  { clusters = [], environments = [] }: CompletionKnowledge,
): readonly Completion[] {
  const start = offset - (/[^,]*$/.exec(written)?.[0].length ?? 0)
  const labels = name === 'cluster' ? clusters : name === 'env' ? environments : CODES
  return labels.map(label => ({
    label,
    kind: 'value',
    insert: label,
    span: { start: name === 'ignore' ? start : offset - written.length, end: offset },
  }))
}

const NEW_BLOCKS: Readonly<Record<BlockKind, string>> = {
  PRODUCER: 'PRODUCER ${1:name}\ntopic: ${2:topic}\n${3:value}\n\n###\n',
  CONSUMER: 'CONSUMER ${1:group}\ntopic: ${2:topic}\nfrom: ${3|earliest,latest,tail(20)|}\n',
  EXPECT: 'EXPECT ${1:name}\ntopic: ${2:topic}\nwithin: ${3:10s}\n',
  TOPIC: 'TOPIC\ntopic: ${1:topic}\npartitions: ${2:3}\n',
  DEFAULTS: 'DEFAULTS\ntopic: ${1:topic}\n',
}

function blocks({ lineSpan, before, after }: PlaceInFile): readonly Completion[] {
  const rest = /^[A-Za-z]*/.exec(after)?.[0] ?? ''
  const span = { start: lineSpan.start, end: lineSpan.start + before.length + rest.length }
  return (Object.keys(NEW_BLOCKS) as BlockKind[]).map(kind => ({
    label: kind,
    kind: 'block',
    documentation: BLOCK_DOCUMENTATION[kind],
    insert: NEW_BLOCKS[kind],
    snippet: true,
    span,
  }))
}

function groups(
  block: Block,
  offset: number,
  before: string,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const isGroup = block.kind === 'CONSUMER' ? /^CONSUMER\s+/ : /^EXPECT\s+GROUP\s+/
  const match = isGroup.exec(before)
  if (!match || (block.kind !== 'CONSUMER' && block.kind !== 'EXPECT')) return []
  const start = offset - (before.length - match[0].length)
  return ownFirst(knowledge.groups ?? [], label => label).map(label => ({
    label,
    kind: 'group',
    insert: label,
    span: { start, end: Math.max(offset, block.group?.span.end ?? 0) },
  }))
}

/** In a PRODUCER a name can stand above the value, or where its first line is being written. */
function mayBeProperty(file: KafkaFile, block: Block, place: PlaceInFile): boolean {
  const pattern = block.kind === 'PRODUCER' ? /^[A-Za-z-]*$/ : /^\s*[A-Za-z-]*$/
  if (!pattern.test(place.before)) return false
  if (!place.inBody || !block.body) return true
  const first = file.lines.lineAt(block.body.span.start)
  return block.kind === 'PRODUCER' && place.line === first
}

/** `acks:` is part of the value until what follows fits: here it is a property being written. */
function unfinished(file: KafkaFile, place: PlaceInFile): Property | undefined {
  const { block, lineSpan, line } = place
  if (block?.kind !== 'PRODUCER' || !block.body) return undefined
  if (line !== file.lines.lineAt(block.body.span.start)) return undefined
  const text = file.text.slice(lineSpan.start, lineSpan.end)
  const name = /^[a-z-]+(?=:)/.exec(text)?.[0]
  if (name === undefined || !definitionOf(block.kind, name)) return undefined
  const colon = lineSpan.start + name.length
  const value = wordOf(file.text, colon + 1, lineSpan.end)
  return {
    name,
    nameSpan: { start: lineSpan.start, end: colon },
    value: value.text,
    valueSpan: value.span,
    line,
    span: lineSpan,
  }
}

function properties(block: Block, place: PlaceInFile): readonly Completion[] {
  const { lineSpan, before, after } = place
  const word = /^\s*/.exec(before)?.[0].length ?? 0
  const rest = /^[\w-]*/.exec(after)?.[0] ?? ''
  const span = { start: lineSpan.start + word, end: lineSpan.start + before.length + rest.length }
  const hasColon = /^\s*:/.test(after.slice(rest.length))
  const used = new Set(
    block.properties.filter(each => each.line !== place.line).map(each => each.name),
  )
  return definitionsOf(block.kind)
    .filter(definition => definition.repeatable ?? !used.has(definition.name))
    .map(definition => ({
      label: definition.name,
      kind: 'property',
      documentation: definition.documentation,
      insert: hasColon ? definition.name : `${definition.name}: ${placeholder(definition)}`,
      ...(!hasColon && { snippet: true, ...(asksAgain(definition) && { again: true }) }),
      span,
    }))
}

function asksAgain(definition: PropertyDefinition): boolean {
  return ['topic', 'format', 'position', 'schema'].includes(definition.kind)
}

function placeholder(definition: PropertyDefinition): string {
  if (definition.choices) return `\${1|${definition.choices.join(',')}|}`
  return asksAgain(definition) ? '' : (definition.examples?.[0] ?? '')
}

function values(
  file: KafkaFile,
  offset: number,
  block: Block,
  property: Property,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const definition = definitionOf(block.kind, property.name)
  if (!definition) return []
  const isEmpty = !property.value
  const span = isEmpty ? { start: offset, end: offset } : property.valueSpan
  if (offset < span.start) return []
  const blank = file.text[span.start - 1] === ':' ? ' ' : ''
  const written = file.text.slice(span.start, offset)
  return offersFor(definition, block, written, knowledge).map(({ insert, ...offer }) => ({
    ...offer,
    insert: blank + insert,
    span,
  }))
}

/** The name in `header: name = value`; undefined: something else is being written. */
function headers(
  file: KafkaFile,
  block: Block,
  { name, valueSpan }: Property,
  offset: number,
  knowledge: CompletionKnowledge,
): readonly Completion[] | undefined {
  const written = file.text.slice(Math.min(offset, valueSpan.start), offset)
  if (name !== 'header' || written.includes('=')) return undefined
  const known = headersFor(file, block, knowledge)
  if (known.length === 0) return undefined
  const line = file.text.slice(offset, file.lines.endOf(file.lines.lineAt(offset)))
  const rest = /^[^=]*/.exec(line)?.[0] ?? ''
  const hasEquals = line.length > rest.length
  const start = Math.min(offset, valueSpan.start)
  const blank = file.text[start - 1] === ':' ? ' ' : ''
  return known.map(label => ({
    label,
    kind: 'field',
    insert: `${blank}${label}${hasEquals ? ' ' : ' = '}`,
    span: { start, end: offset + rest.length },
  }))
}

type Offer = Omit<Completion, 'span'>

const POSITIONS: readonly (readonly [label: string, insert: string, documentation: string])[] = [
  ['earliest', 'earliest', 'The oldest record.'],
  ['latest', 'latest', 'The end as it is when reading starts.'],
  ['committed', 'committed', 'The committed offsets of the group.'],
  ['tail(20)', 'tail(${1:20})', 'The last records of each partition.'],
  ['now-1h', 'now-${1:1h}', 'The records of the last hour.'],
  ['0', '${1:0}', 'An offset, in every partition.'],
  [
    '2026-01-31',
    '${1:2026-01-31}',
    'A day or a time: `2026-01-31T10:00Z`; without a zone it is local.',
  ],
  ['0:10,*:latest', '${1:0}:${2:10},*:latest', 'A position for each partition.'],
]

/** A block without a group has nothing that is committed, and no reading ends there. */
function mayBeCommitted({ name }: PropertyDefinition, { kind, group }: Block): boolean {
  return name === 'from' && (kind === 'DEFAULTS' || (kind === 'CONSUMER' && group !== undefined))
}

/** By name; what Kafka and its tools keep for themselves begins with an underscore and comes last. */
function ownFirst<T>(all: readonly T[], nameOf: (one: T) => string): readonly T[] {
  const rank = (one: T) => Number(nameOf(one).startsWith('_'))
  return all.toSorted(
    (a, b) => rank(a) - rank(b) || (nameOf(a) < nameOf(b) ? -1 : Number(nameOf(a) > nameOf(b))),
  )
}

function offersFor(
  definition: PropertyDefinition,
  block: Block,
  written: string,
  knowledge: CompletionKnowledge,
): readonly Offer[] {
  switch (definition.kind) {
    case 'topic':
      return ownFirst(knowledge.topics ?? [], ({ name }) => name).map(({ name, partitions }) => ({
        label: name,
        kind: 'topic',
        insert: name,
        ...(partitions !== undefined && {
          detail: partitions === 1 ? '1 partition' : `${partitions} partitions`,
        }),
      }))
    case 'format':
      return formats(block, written)
    case 'position':
      return POSITIONS.filter(
        ([label]) => label !== 'committed' || mayBeCommitted(definition, block),
      ).map(([label, insert, documentation]) => ({
        label,
        kind: 'value',
        insert,
        snippet: true,
        documentation,
      }))
    case 'choice':
      return (definition.choices ?? []).map(label => ({ label, kind: 'value', insert: label }))
    case 'schema':
    case 'headers':
    case 'assignment':
    case 'capture':
    case 'duration':
    case 'rate':
    case 'partitions':
    case 'integer':
    case 'time':
    case 'file':
    case 'expression':
    case 'text':
      return (definition.examples ?? []).map(insert => ({
        label: insert.replaceAll(/\$\{\d:([^}]*)\}/g, '$1'),
        kind: 'value',
        insert,
        snippet: true,
      }))
  }
}

function formats(block: Block, written: string): readonly Offer[] {
  const open = /^([\w-]+)\(/.exec(written)
  const use = block.kind === 'PRODUCER' ? 'sending' : 'reading'
  const usable = FORMATS.filter(format => format.only === undefined || format.only === use)
  return usable
    .filter(format => !open || format.name === open[1])
    .flatMap(format => [...(open ? [] : [plain(format)]), ...withParameters(format)])
}

function plain({ name, documentation, runs }: FormatDefinition): Offer {
  const detail = runs ? {} : { detail: 'later version' }
  const written = name === 'bytes' ? 'bytes(base64)' : name
  return { label: written, kind: 'format', insert: written, documentation, ...detail }
}

function withParameters({ name, parameters = [] }: FormatDefinition): readonly Offer[] {
  return parameters.map(parameter => {
    const written = `${name}(${parameter})`
    return { label: written, kind: 'format', insert: written }
  })
}
