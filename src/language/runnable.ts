import { settingsOf, type Settings } from './settings.ts'
import { scanTemplates } from './template.ts'
import type { Block, KafkaFile } from './tree.ts'
import { formatDefinitionOf, parseFormat } from './values/formats.ts'
import { definitionsOf } from './vocabulary.ts'

/** Whether a block can run in this version; the reason is a sentence for its lens. */
export type Runnable = { readonly runs: true } | { readonly runs: false; readonly reason: string }

/**
 * Which blocks run in this version. The language knows more than what runs: the rest is parsed,
 * checked and completed, and running it says so instead of doing half of what stands there.
 */
export function runnableOf(file: KafkaFile): (block: Block) => Runnable {
  const settings = settingsOf(file)
  return block => {
    if (block.kind === 'DEFAULTS') {
      return { runs: false, reason: 'DEFAULTS only gives values to the blocks below it.' }
    }
    const what = laterProperty(block, settings) ?? laterFormat(block, settings)
    return what === undefined
      ? { runs: true }
      : { runs: false, reason: `${what} in a later version of Kafka Workbench.` }
  }
}

/** Whether the records of a CONSUMER can be shown in a view: others are run, and print them. */
export function isViewable(file: KafkaFile, block: Block): boolean {
  if (block.kind !== 'CONSUMER') return false
  const settings = settingsOf(file)
  return (
    !hasExpression(block.group?.text) &&
    definitionsOf('CONSUMER').every(definition =>
      settings
        .all(block, definition.name)
        .every(({ value }) => !value || (!definition.inRunOnly && !hasExpression(value))),
    )
  )
}

function hasExpression(text = ''): boolean {
  return text.includes('{{') && scanTemplates(text).parts.some(({ kind }) => kind === 'expression')
}

function laterProperty(block: Block, settings: Settings): string | undefined {
  const property = definitionsOf(block.kind).find(
    definition => !definition.runs && settings.one(block, definition.name)?.value,
  )
  if (property) return `"${property.name}:" runs`
  const schema = settings.one(block, 'value-schema')?.value
  return schema && /^(?:registry\b|id\()/.test(schema)
    ? 'A schema of a registry is used'
    : undefined
}

function laterFormat(block: Block, settings: Settings): string | undefined {
  for (const name of ['key-format', 'value-format']) {
    const value = settings.one(block, name)?.value
    const format = value
      ? parseFormat(value, block.kind === 'PRODUCER' ? 'sending' : 'reading')
      : undefined
    if (format?.ok && !formatDefinitionOf(format.value.name)?.runs) {
      return `The format "${format.value.name}" is used`
    }
  }
  return undefined
}
