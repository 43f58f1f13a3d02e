import type { Span } from '../lines.ts'
import { scopeOf, sourceOf, type NameScope } from '../names.ts'
import { callOf, scanTemplates } from '../template.ts'
import type { Block, Comment, Directive, KafkaFile, Property, Variable, Word } from '../tree.ts'
import { parseCapture } from '../values/captures.ts'
import { celTextOf, type CelToken } from '../values/celText.ts'
import { EXACT, isPatternKind } from '../values/patterns.ts'
import { parseSelections } from '../values/selections.ts'
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
  if (block.body && block.kind === 'EXPECT') addPattern(block.body, scope, add)
  else if (block.body) addTemplates(block.body.text, block.body.span.start, scope, add)
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
  if (definition.kind === 'expression' || definition.kind === 'capture') {
    addExpressions(property, scope, add)
    return
  }
  addValue(file, property.valueSpan, TYPES[definition.kind], scope, add)
}

function addExpressions(property: Property, scope: NameScope, add: Add): void {
  const { name, value = '', valueSpan } = property
  if (name === 'capture') {
    const capture = parseCapture(value, valueSpan.start)
    if (!capture) return
    add(capture.name.span, 'variable')
    addExpression(capture.expression, scope, add)
  } else if (name === 'select') {
    for (const { expression, name: column } of parseSelections(value, valueSpan.start)) {
      addExpression(expression, scope, add)
      if (column) add(column.span, 'property')
    }
  } else {
    addExpression({ text: value, span: valueSpan }, scope, add)
  }
}

function addExpression({ text, span: { start } }: Word, scope: NameScope, add: Add): void {
  const { tokens, templates } = celTextOf(text)
  const inStrings = templates.filter(({ inString }) => inString).map(({ span }) => span)
  let next = 0
  tokens.forEach(({ kind, span }, index) => {
    const place = (from: number, to: number) => ({ start: start + from, end: start + to })
    switch (kind) {
      case 'operator':
        break
      case 'template':
        addTemplates(text.slice(span.start, span.end), start + span.start, scope, add)
        break
      case 'string': {
        let from = span.start
        for (
          let inside = inStrings[next];
          inside && inside.end <= span.end;
          inside = inStrings[++next]
        ) {
          add(place(from, inside.start), 'string')
          addTemplates(text.slice(inside.start, inside.end), start + inside.start, scope, add)
          from = inside.end
        }
        add(place(from, span.end), 'string')
        break
      }
      case 'name':
        add(place(span.start, span.end), nameType(text, tokens, index))
        break
      case 'number':
      case 'keyword':
      case 'comment':
        add(place(span.start, span.end), kind)
    }
  })
}

function nameType(text: string, tokens: readonly CelToken[], index: number): TokenType {
  const signAt = (at: number) => {
    const token = tokens[at]
    return token?.kind === 'operator' ? text[token.span.start] : undefined
  }
  if (signAt(index + 1) === '(') return 'function'
  return signAt(index - 1) === '.' ? 'property' : 'variable'
}

/** The kinds in the pattern of an EXPECT: texts that stand for something else. */
function addPattern({ text, span }: Word, scope: NameScope, add: Add): void {
  let copied = 0
  for (const match of text.matchAll(/"(#[^"\\\r\n]*(?:\\.[^"\\\r\n]*)*)"/g)) {
    const kind = match[1] ?? ''
    if ((!isPatternKind(kind) && kind !== EXACT) || kind.includes('{{')) continue
    addTemplates(text.slice(copied, match.index), span.start + copied, scope, add)
    copied = match.index + match[0].length
    add({ start: span.start + match.index, end: span.start + copied }, 'enumMember')
  }
  addTemplates(text.slice(copied), span.start + copied, scope, add)
}

/** A value on one line, with its templates. */
function addValue(file: KafkaFile, span: Span, type: TokenType, scope: NameScope, add: Add): void {
  let start = span.start
  addTemplates(
    file.text.slice(span.start, span.end),
    span.start,
    scope,
    (template, templateType) => {
      add({ start, end: template.start }, type)
      add(template, templateType)
      start = template.end
    },
  )
  add({ start, end: span.end }, type)
}

function addTemplates(text: string, start: number, scope: NameScope, add: Add): void {
  if (!text.includes('{{')) return
  for (const part of scanTemplates(text, start).parts) {
    const call = part.kind === 'expression' ? callOf(part.text) : undefined
    const source = call && sourceOf(call, scope)
    if (!source || part.kind !== 'expression' || /[\r\n]/.test(part.raw)) continue
    const isFunction = source === 'system' || source === 'faker' || source === 'legacy'
    add(part.span, isFunction ? 'function' : 'variable')
  }
}
