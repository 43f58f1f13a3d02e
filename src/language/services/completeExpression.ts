import {
  FUNCTIONS,
  GROUP_NAMES,
  METHODS,
  RECORD_NAMES,
  type ExpressionName,
} from '../expressionNames.ts'
import type { Block, KafkaFile, Property } from '../tree.ts'
import { celTextOf } from '../values/celText.ts'
import { definitionOf } from '../vocabulary.ts'
import { fieldsAt, type FieldHere } from './completeJson.ts'
import { fieldsFor, headersFor } from './known.ts'
import type { Completion, CompletionKnowledge } from './offers.ts'

/**
 * What can stand at an offset of a property that holds an expression; `undefined`: it holds none,
 * or its name is not written yet.
 */
export function completeExpression(
  file: KafkaFile,
  block: Block,
  property: Property,
  offset: number,
  knowledge: CompletionKnowledge,
): readonly Completion[] | undefined {
  const kind = definitionOf(block.kind, property.name)?.kind
  if (kind !== 'expression' && kind !== 'capture') return undefined
  const start = Math.min(offset, property.valueSpan.start)
  const written = file.text.slice(start, offset)
  if (kind === 'capture' && !written.includes('=')) return undefined
  if (isInsideText(written)) return headerNames(file, block, offset, written, knowledge)
  const blank = file.text[offset - 1] === ':' ? ' ' : ''
  const [, path = '', word = ''] = /((?:\w+(?:\[[^[\]]*\])?\.)*)(\w*)$/.exec(written) ?? []
  const rest = /^\w*/.exec(file.text.slice(offset, offset + 200))?.[0] ?? ''
  const span = { start: offset - word.length, end: offset + rest.length }
  const called = (names: readonly ExpressionName[], of: 'function' | 'method') =>
    names.map(({ name, usage, documentation }): Completion => ({
      label: name,
      kind: of,
      detail: usage,
      documentation,
      insert: `${blank}${name}(\${1})`,
      snippet: true,
      span,
    }))
  if (path === '') {
    const names = block.kind === 'EXPECT' && block.group ? GROUP_NAMES : RECORD_NAMES
    return [
      ...names.map(({ name, usage, documentation }): Completion => ({
        label: name,
        kind: 'variable',
        detail: usage,
        documentation,
        insert: blank + name,
        span,
      })),
      ...called(FUNCTIONS, 'function'),
    ]
  }
  const [root, ...steps] = stepsOf(path)
  const fields =
    root === 'value'
      ? fieldsAt(fieldsFor(file, block, knowledge), steps)
      : root === 'headers' && steps.length === 0
        ? headersFor(file, block, knowledge).map((name): FieldHere => ({ name, holds: 'header' }))
        : []
  return [
    ...fields
      .filter(({ name }) => /^[A-Za-z_]\w*$/.test(name))
      .map(({ name, holds }): Completion => ({
        label: name,
        kind: 'field',
        ...(holds !== undefined && { detail: holds }),
        insert: name,
        span,
      })),
    ...called(METHODS, 'method'),
  ]
}

/** The name of a header that is being written: `headers["tr`. */
function headerNames(
  file: KafkaFile,
  block: Block,
  offset: number,
  written: string,
  knowledge: CompletionKnowledge,
): readonly Completion[] {
  const [, quote = '', word = ''] = /\bheaders\[\s*(["'])([^"'\\]*)$/.exec(written) ?? []
  if (quote === '') return []
  const rest = /^[^"'\r\n]*(?=["'])/.exec(file.text.slice(offset, offset + 200))?.[0]
  return headersFor(file, block, knowledge)
    .filter(name => !/["'\\]/.test(name))
    .map(name => ({
      label: name,
      kind: 'field',
      detail: 'header',
      insert: rest === undefined ? `${name}${quote}]` : name,
      span: { start: offset - word.length, end: offset + (rest?.length ?? 0) },
    }))
}

/** `value.items[0].` → value, items, []. */
function stepsOf(path: string): readonly string[] {
  return path
    .split('.')
    .filter(step => step !== '')
    .flatMap(step => (step.endsWith(']') ? [step.replace(/\[.*$/, ''), '[]'] : [step]))
}

/** Whether a text literal is open at the end. */
function isInsideText(written: string): boolean {
  const last = celTextOf(written).tokens.at(-1)
  if (last?.kind === 'comment') return true
  if (last?.kind !== 'string' || last.span.end < written.length) return false
  const literal = written.slice(last.span.start).replace(/^[rRbB]+/, '')
  const quote = /^(?:"""|'''|"|')/.exec(literal)?.[0] ?? '"'
  return literal.length < 2 * quote.length || !literal.endsWith(quote)
}
