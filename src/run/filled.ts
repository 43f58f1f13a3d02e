import type { Problem } from '../base/problem.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile, Property } from '../language/tree.ts'
import { parseCapture } from '../language/values/captures.ts'
import { definitionsOf, type PropertyDefinition } from '../language/vocabulary.ts'
import { putIntoExpression, putIntoPattern } from './expressionTemplates.ts'
import { evaluateTemplates, type Evaluated, type TemplateContext } from './templates.ts'

/** A block with what the DEFAULTS above it say, and its templates put in. */
export interface FilledBlock {
  /** A file in which the block stands alone: no DEFAULTS count any more. */
  readonly file: KafkaFile
  readonly block: Block
  /** Of a repeated property the last one; an empty one says nothing. */
  readonly one: (name: string) => string | undefined
  readonly all: (name: string) => readonly string[]
}

/** In a PRODUCER these are evaluated anew for each record. */
const PER_RECORD: ReadonlySet<string> = new Set([
  'topic',
  'key',
  'header',
  'headers',
  'record-partition',
  'record-timestamp',
])

/**
 * Puts the templates of a block in. What a PRODUCER evaluates for each record stays as it is
 * written: its topic, key, headers, partition, timestamp and value.
 */
export function fillBlock(
  file: KafkaFile,
  block: Block,
  context: TemplateContext,
): FilledBlock | { readonly problem: Problem } {
  const settings = settingsOf(file)
  const properties: Property[] = []
  for (const definition of definitionsOf(block.kind)) {
    for (const property of settings.all(block, definition.name)) {
      const filled = fillProperty(block, property, definition, context)
      if ('problem' in filled) return filled
      properties.push({ ...property, value: filled.text })
    }
  }
  const body =
    block.kind === 'EXPECT' && block.body ? putIntoPattern(block.body.text, context) : undefined
  if (body && 'problem' in body) return body
  const filled: Block = {
    ...block,
    properties: properties.sort((a, b) => a.line - b.line),
    ...(block.body && body && { body: { ...block.body, text: body.text } }),
  }
  const group = block.group && evaluateTemplates(block.group.text, context)
  if (group && 'problem' in group) return group
  return alone(file, {
    ...filled,
    ...(block.group && group && { group: { ...block.group, text: group.text } }),
  })
}

function alone(file: KafkaFile, block: Block): FilledBlock {
  const blocks = file.blocks.map(each => {
    if (each.index === block.index) return block
    return each.kind === 'DEFAULTS' ? { ...each, properties: [] } : each
  })
  const all = (name: string) =>
    block.properties.flatMap(property =>
      property.name === name && property.value ? [property.value] : [],
    )
  return { file: { ...file, blocks }, block, all, one: name => all(name).at(-1) }
}

function fillProperty(
  block: Block,
  { name, value = '' }: Property,
  { kind }: PropertyDefinition,
  context: TemplateContext,
): Evaluated {
  if (!value.includes('{{') || kind === 'schema') return { text: value }
  if (block.kind === 'PRODUCER' && PER_RECORD.has(name)) return { text: value }
  if (kind === 'expression') return putIntoExpression(value, context)
  if (kind !== 'capture') return evaluateTemplates(value, context)
  const capture = parseCapture(value)
  if (!capture) return { text: value }
  const expression = putIntoExpression(capture.expression.text, context)
  return 'problem' in expression
    ? expression
    : { text: `${capture.name.text} = ${expression.text}` }
}
