import { settingsOf, type Settings } from '../../language/settings.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'

/** Names that are told one by one; the others are counted. */
const MOST_NAMED = 5

/**
 * What blocks write, all together: `make sure of topic "a", and send 3 records to "a" and "b"`.
 * Templates stand as they are written. Undefined: at most one of them writes, and that one can say
 * it better when it runs.
 */
export function writesOf(
  file: KafkaFile,
  blocks: readonly Block[],
  times: number,
): string | undefined {
  const settings = settingsOf(file)
  const sending = blocks.filter(({ kind }) => kind === 'PRODUCER')
  const making = blocks.filter(({ kind }) => kind === 'TOPIC')
  const joining = blocks.filter(({ kind, group }) => kind === 'CONSUMER' && group)
  if (sending.length + making.length + joining.length < 2) return undefined
  const topics = (some: readonly Block[]) =>
    listed(some.map(block => settings.one(block, 'topic')?.value ?? ''))
  const parts: string[] = []
  if (making.length > 0) parts.push(`make sure of topic ${topics(making)}`)
  if (sending.length > 0)
    parts.push(`send ${recordsOf(sending, settings, times)} to ${topics(sending)}`)
  if (joining.length > 0) {
    const groups = listed(joining.map(({ group }) => group?.text ?? ''))
    parts.push(`read ${topics(joining)} in group ${groups}, which commits offsets`)
  }
  return parts.join(', and ')
}

/** `3 records`; `records` where how many is known only when they are sent. */
function recordsOf(blocks: readonly Block[], settings: Settings, times: number): string {
  let sum = 0
  for (const block of blocks) {
    if (UNCOUNTED.some(name => settings.one(block, name)?.value)) return 'records'
    const count = settings.one(block, 'record-count')?.value ?? '1'
    if (!/^\d+$/.test(count)) return 'records'
    sum += Number(count) * times
  }
  return sum === 1 ? '1 record' : `${sum} records`
}

/** A PRODUCER with one of them sends as long as it is let, or as much as a file holds. */
const UNCOUNTED = ['every', 'rate', 'records', 'records-from']

function listed(names: readonly string[]): string {
  const quoted = [...new Set(names)].map(name => `"${name}"`)
  const rest = quoted.length - MOST_NAMED
  const told = rest > 0 ? [...quoted.slice(0, MOST_NAMED), `${rest} more`] : quoted
  return told.length < 2
    ? told.join('')
    : `${told.slice(0, -1).join(', ')} and ${told.at(-1) ?? ''}`
}
