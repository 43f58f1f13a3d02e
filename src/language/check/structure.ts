import { lineEndOf } from '../lines.ts'
import type { Settings } from '../settings.ts'
import type { Block, Fix, KafkaFile } from '../tree.ts'
import type { Report } from './report.ts'

const WHO: Readonly<Record<Block['kind'], string>> = {
  PRODUCER: 'The producer',
  CONSUMER: 'The consumer',
  EXPECT: 'The EXPECT',
  TOPIC: 'The TOPIC',
  DEFAULTS: 'The DEFAULTS',
}

/** K120 to K122: what a block must have, and what it can have only once. */
export function checkStructure(
  file: KafkaFile,
  block: Block,
  settings: Settings,
  report: Report,
): void {
  const needsTopic = block.kind !== 'DEFAULTS' && !(block.kind === 'EXPECT' && block.group)
  const topic = settings.one(block, 'topic')
  if (needsTopic && !topic?.value) {
    report.add(
      'K120',
      'error',
      topic && topic.line > block.startLine ? topic.span : block.keyword,
      `${WHO[block.kind]} needs a "topic:".`,
      { block, fixes: topic ? [] : [insertLine(file, block, 'Add topic', 'topic: ')] },
    )
  }
  if (block.kind === 'PRODUCER') checkValue(file, block, settings, report)
}

function checkValue(file: KafkaFile, block: Block, settings: Settings, report: Report): void {
  const sources = ['value-from', 'records-from'].filter(name => settings.one(block, name)?.value)
  const format = settings.one(block, 'value-format')
  if (format?.value === 'null') sources.push('value-format: null')
  if (!block.body && sources.length === 0) {
    report.add(
      'K121',
      'error',
      block.keyword,
      'The producer has no value. To send a null value (tombstone) use "value-format: null".',
      { block, fixes: [tombstone(file, block)] },
    )
  }
  const [first, second] = block.body ? ['in the block', ...sources.map(by)] : sources.map(by)
  if (first === undefined || second === undefined) return
  report.add(
    'K122',
    'error',
    block.body?.span ?? block.keyword,
    `The value is given twice: ${first} and ${second}. Remove one of them.`,
    { block },
  )
}

function by(source: string): string {
  return `by "${source.includes(':') ? source : `${source}:`}"`
}

function tombstone(file: KafkaFile, block: Block): Fix {
  const format = block.properties.findLast(property => property.name === 'value-format')
  if (!format) return insertLine(file, block, 'Send a tombstone', 'value-format: null')
  return { title: 'Send a tombstone', edits: [{ span: format.valueSpan, text: 'null' }] }
}

/** Inserts a line after the block's last property, or after its keyword. */
export function insertLine(file: KafkaFile, block: Block, title: string, text: string): Fix {
  const line = block.properties.at(-1)?.line ?? block.startLine
  const end = file.lines.endOf(line)
  return { title, edits: [{ span: { start: end, end }, text: lineEndOf(file) + text }] }
}
