import { scopeOf, sourceOf, SYSTEM_NAMES, type NameScope } from './names.ts'
import { settingsOf, type Settings } from './settings.ts'
import { callOf, scanTemplates } from './template.ts'
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
  const scope = scopeOf(file)
  return block => {
    if (block.kind === 'DEFAULTS') {
      return { runs: false, reason: 'DEFAULTS only gives values to the blocks below it.' }
    }
    const what = laterIn(block, settings, scope)
    return what === undefined
      ? { runs: true }
      : { runs: false, reason: `${what} in a later version of Kafka Workbench.` }
  }
}

/** The first thing of a block that does not run yet, with its verb. */
function laterIn(block: Block, settings: Settings, scope: NameScope): string | undefined {
  if (block.kind !== 'PRODUCER' && block.kind !== 'CONSUMER') return `${block.kind} runs`
  if (settings.inherits(block)) return 'The DEFAULTS above this block are used'
  return (
    laterProperty(block, settings) ??
    laterFormat(block, settings) ??
    laterTemplate(block, settings) ??
    laterName(block, settings, scope)
  )
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

/** These are evaluated for each record; in others templates would be sent or ignored as they stand. */
const TEMPLATED = ['key', 'header', 'headers', 'topic', 'record-partition', 'record-timestamp']

function laterTemplate(block: Block, settings: Settings): string | undefined {
  const found = definitionsOf(block.kind).find(
    ({ name }) =>
      !(block.kind === 'PRODUCER' && TEMPLATED.includes(name)) &&
      settings.all(block, name).some(({ value = '' }) => hasExpression(value)),
  )
  return found && `A template in "${found.name}:" is evaluated`
}

function hasExpression(text: string): boolean {
  return text.includes('{{') && scanTemplates(text).parts.some(({ kind }) => kind === 'expression')
}

function laterName(block: Block, settings: Settings, scope: NameScope): string | undefined {
  const texts = [block.body?.text]
  for (const definition of definitionsOf(block.kind)) {
    for (const property of settings.all(block, definition.name)) texts.push(property.value)
  }
  for (const text of texts) {
    if (!text?.includes('{{')) continue
    for (const part of scanTemplates(text).parts) {
      const call = part.kind === 'expression' ? callOf(part.text) : undefined
      if (call && isLater(call.name, sourceOf(call, scope)))
        return `"{{${call.name}}}" is evaluated`
    }
  }
  return undefined
}

function isLater(name: string, source: ReturnType<typeof sourceOf>): boolean {
  if (source === 'system') return !SYSTEM_NAMES.find(each => each.name === name)?.runs
  return source === 'capture' || source === 'block'
}
