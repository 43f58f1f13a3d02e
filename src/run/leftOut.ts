import { directiveOf, settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'

/** `-- @skip`, with its reason in a sentence. */
export function skipped(file: KafkaFile, block: Block): string | undefined {
  const skip = directiveOf(file, block, 'skip')
  return skip === '' ? 'It has "-- @skip".' : skip
}

/** Why a CONSUMER cannot run among other blocks: it would go on for ever. */
export function endless(file: KafkaFile): (block: Block) => string | undefined {
  const settings = settingsOf(file)
  return block =>
    block.kind === 'CONSUMER' && !ENDS.some(name => settings.one(block, name)?.value)
      ? 'It has no end: give it "to", "limit" or "idle-timeout".'
      : undefined
}

/** What ends a CONSUMER by itself. */
const ENDS = ['to', 'limit', 'idle-timeout']

/** Whether a PRODUCER sends until it is stopped, by what stands in the file. */
export function sendsForever(file: KafkaFile): (block: Block) => boolean {
  const settings = settingsOf(file)
  return block => {
    const says = (name: string) => Boolean(settings.one(block, name)?.value)
    return (
      block.kind === 'PRODUCER' &&
      ['every', 'rate'].some(says) &&
      !['record-count', 'stop-after', 'records', 'records-from'].some(says)
    )
  }
}
