import { parse } from '../language/parse.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { definitionsOf } from '../language/vocabulary.ts'
import { consumerPlan, type ConsumerPlan, type ConsumerSettings } from './blocks.ts'
import type { Planned } from './planned.ts'

/**
 * What is read, as it would be written in a CONSUMER: short, can be kept across sessions, and is
 * read anew at each start, so that `now-2h` means now.
 */
export interface ReadingText {
  readonly group?: string
  /** Property values by name; `topic` is one of them. */
  readonly properties: Readonly<Record<string, string>>
}

/** What a CONSUMER of a file says, with what DEFAULTS give it. */
export function readingOf(file: KafkaFile, block: Block): ReadingText {
  const settings = settingsOf(file)
  const properties: Record<string, string> = {}
  for (const { name } of definitionsOf('CONSUMER')) {
    const value = settings.one(block, name)?.value
    if (value) properties[name] = value
  }
  return { ...(block.group && { group: block.group.text }), properties }
}

export function planOfReading(
  reading: ReadingText,
  settings: ConsumerSettings,
): Planned<ConsumerPlan> {
  const lines = Object.entries(reading.properties).map(([name, value]) => `${name}: ${value}`)
  const { file } = parse([`CONSUMER ${reading.group ?? ''}`, ...lines].join('\n'))
  const block = file.blocks[0]
  return block
    ? consumerPlan(file, block, settings)
    : { problem: { code: 'invalid', message: 'Nothing to read is named.' } }
}

/** Where reading starts, in words: `last 100 of each partition`, `committed offsets of billing`. */
export function startInWords(reading: ReadingText, defaultOffset: 'earliest' | 'latest'): string {
  const from = reading.properties['from']
  const tail = /^(?:tail\(\s*(\d+)\s*\)|-(\d+))$/.exec(from ?? '')
  if (tail) return `last ${tail[1] ?? tail[2] ?? ''} of each partition`
  if (reading.group !== undefined && (from === undefined || from === 'committed'))
    return `committed offsets of ${reading.group}`
  if (from === undefined) return defaultOffset
  return /^\d+$/.test(from) ? `offset ${from}` : from
}
