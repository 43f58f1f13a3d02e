import type { Block, KafkaFile, Word } from './tree.ts'
import { parseHeaderParts } from './values/headers.ts'
import { definitionOf } from './vocabulary.ts'

/** A text in which templates count. */
export interface TemplateWord extends Word {
  /** A part of `headers:`, where a comma or an equals sign ends it. */
  readonly inList: boolean
}

/** The texts of a block that have templates in them, in order: values of properties, the body. */
export function templateWordsOf(block: Block): readonly TemplateWord[] {
  const words: TemplateWord[] = []
  for (const { name, value, valueSpan } of block.properties) {
    const kind = definitionOf(block.kind, name)?.kind
    // A schema is text of another language.
    if (!value?.includes('{{') || kind === undefined || kind === 'schema') continue
    if (kind !== 'headers') words.push({ text: value, span: valueSpan, inList: false })
    else
      for (const { header } of parseHeaderParts(value, valueSpan.start))
        if (header?.value.text.includes('{{')) words.push({ ...header.value, inList: true })
  }
  if (block.body?.text.includes('{{')) words.push({ ...block.body, inList: false })
  return words
}

/** The same of the variables of a file, which belong to no block. */
export function variableWordsOf(file: KafkaFile): readonly TemplateWord[] {
  return file.variables
    .filter(({ value }) => value.includes('{{'))
    .map(({ value, valueSpan }) => ({ text: value, span: valueSpan, inList: false }))
}
