import type { Span } from '../lines.ts'
import { scopeOf, sourceOf, type NameScope } from '../names.ts'
import { callOf, scanTemplates } from '../template.ts'
import type { Block, Comment, Directive, KafkaFile, Property, Variable } from '../tree.ts'
import { definitionOf, type ValueKind } from '../vocabulary.ts'

/** Types of VS Code's standard legend. */
export const TOKEN_TYPES = [
  'keyword',
  'class',
  'property',
  'string',
  'number',
  'enumMember',
  'type',
  'variable',
  'function',
  'comment',
  'decorator',
] as const

export type TokenType = (typeof TOKEN_TYPES)[number]

/** A piece of one line, coloured by what the parser says it is. */
export interface Token {
  readonly span: Span
  readonly type: TokenType
}

/** In the order of the text, without overlaps, none across a line end. */
export function tokensOf(file: KafkaFile): readonly Token[] {
  const tokens: Token[] = []
  const scope = scopeOf(file)
  const add = (span: Span, type: TokenType) => {
    if (span.end > span.start) tokens.push({ span, type })
  }
  addNotes(file, add)
  for (const variable of file.variables) {
    add(variable.nameSpan, 'variable')
    addValue(file, variable.valueSpan, 'string', scope, add)
  }
  for (const block of file.blocks) addBlock(file, block, scope, add)
  return tokens.sort((a, b) => a.span.start - b.span.start)
}

type Add = (span: Span, type: TokenType) => void

interface Notes {
  readonly comments: readonly Comment[]
  readonly directives: readonly Directive[]
}

function addNotes({ comments, directives }: Notes, add: Add): void {
  for (const comment of comments) add(comment.span, 'comment')
  for (const { nameSpan, argumentSpan } of directives) {
    add(nameSpan, 'decorator')
    add(argumentSpan, 'string')
  }
}

function addBlock(file: KafkaFile, block: Block, scope: NameScope, add: Add): void {
  add(block.keyword, 'keyword')
  const name = block.label ?? block.group
  if (name) add(name.span, 'class')
  addNotes(block, add)
  for (const variable of block.variables) addMisplaced(variable, add)
  for (const property of block.properties) addProperty(file, block, property, scope, add)
  if (block.body) addTemplates(file, block.body.span, scope, add)
}

/** It declares nothing where it stands. */
function addMisplaced(variable: Variable, add: Add): void {
  add(variable.span, 'comment')
}

const TYPES: Readonly<Record<ValueKind, TokenType>> = {
  topic: 'string',
  format: 'type',
  schema: 'string',
  headers: 'string',
  assignment: 'string',
  capture: 'string',
  duration: 'number',
  rate: 'number',
  position: 'enumMember',
  partitions: 'number',
  integer: 'number',
  time: 'enumMember',
  file: 'string',
  choice: 'enumMember',
  expression: 'string',
  text: 'string',
}

/** An unknown property is plain text: its missing colour says so. */
function addProperty(
  file: KafkaFile,
  block: Block,
  property: Property,
  scope: NameScope,
  add: Add,
): void {
  const definition = definitionOf(block.kind, property.name)
  if (!definition || property.value === undefined) return
  add(property.nameSpan, 'property')
  addValue(file, property.valueSpan, TYPES[definition.kind], scope, add)
}

/** A value on one line, with its templates. */
function addValue(file: KafkaFile, span: Span, type: TokenType, scope: NameScope, add: Add): void {
  let start = span.start
  addTemplates(file, span, scope, (template, templateType) => {
    add({ start, end: template.start }, type)
    add(template, templateType)
    start = template.end
  })
  add({ start, end: span.end }, type)
}

function addTemplates(file: KafkaFile, span: Span, scope: NameScope, add: Add): void {
  const text = file.text.slice(span.start, span.end)
  if (!text.includes('{{')) return
  for (const part of scanTemplates(text, span.start).parts) {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    const source = call && sourceOf(call, scope)
    if (!source || part.kind !== 'expression' || /[\r\n]/.test(part.raw)) continue
    const isFunction = source === 'system' || source === 'faker' || source === 'legacy'
    add(part.span, isFunction ? 'function' : 'variable')
  }
}
