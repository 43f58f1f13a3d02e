import type { Block, BlockKind, KafkaFile, Property, Word } from './tree.ts'
import { parseHeaderParts } from './values/headers.ts'
import { definitionOf } from './vocabulary.ts'

/** A text in which templates count. */
export interface TemplateWord extends Word {
  /** A part of `headers:`, where a comma or an equals sign ends it. */
  readonly inList: boolean
}

/** The texts of a block that have templates in them, in order: its group, values of properties, the body. */
export function templateWordsOf(block: Block): readonly TemplateWord[] {
  const words: TemplateWord[] = []
  if (block.group?.text.includes('{{')) words.push({ ...block.group, inList: false })
  for (const property of block.properties)
    // One by one: as arguments of a call so many would not fit on the stack.
    for (const word of templateWordsIn(block.kind, property)) words.push(word)
  if (block.body?.text.includes('{{')) words.push({ ...block.body, inList: false })
  return words
}

/** The same of one property, as a block of that kind has it. */
export function templateWordsIn(
  blockKind: BlockKind,
  { name, value, valueSpan }: Property,
): readonly TemplateWord[] {
  const kind = definitionOf(blockKind, name)?.kind
  // A schema is text of another language.
  if (!value?.includes('{{') || kind === undefined || kind === 'schema') return []
  if (kind !== 'headers') return [{ text: value, span: valueSpan, inList: false }]
  return parseHeaderParts(value, valueSpan.start).flatMap(({ header }) =>
    header?.value.text.includes('{{') ? [{ ...header.value, inList: true }] : [],
  )
}

/** The same of the variables of a file, which belong to no block. */
export function variableWordsOf(file: KafkaFile): readonly TemplateWord[] {
  return file.variables
    .filter(({ value }) => value.includes('{{'))
    .map(({ value, valueSpan }) => ({ text: value, span: valueSpan, inList: false }))
}
