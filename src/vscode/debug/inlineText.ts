import { count, shortCount, signedCount } from '../../lag/format.ts'
import type { GroupReading, PartitionReading } from '../../lag/reading.ts'

/** Longer texts are cut by the editor or run under its minimap. */
export const LONGEST = 40

/** What happened to a group between two looks; absent where it cannot be told. */
export interface Change {
  readonly produced?: bigint
  readonly committed?: bigint
}

/** Sums over the partitions that both readings know. */
export function changeSince(before: GroupReading, now: GroupReading): Change {
  const earlier = new Map(before.partitions.map(partition => [keyOf(partition), partition]))
  const produced = sumOf(now, earlier, partition => partition.logEndOffset)
  const committed = sumOf(now, earlier, partition => partition.committedOffset)
  return {
    ...(produced !== undefined && { produced }),
    ...(committed !== undefined && { committed }),
  }
}

function keyOf({ topic, partition }: PartitionReading): string {
  return `${topic}\0${partition}`
}

function sumOf(
  now: GroupReading,
  earlier: ReadonlyMap<string, PartitionReading>,
  pick: (partition: PartitionReading) => bigint | undefined,
): bigint | undefined {
  let sum: bigint | undefined
  for (const partition of now.partitions) {
    const then = earlier.get(keyOf(partition))
    const from = then && pick(then)
    const to = pick(partition)
    if (from !== undefined && to !== undefined) sum = (sum ?? 0n) + to - from
  }
  return sum
}

/** How a paused member stands in its group. */
export type Membership =
  | { readonly kind: 'evicted' }
  /** Ms until the coordinator drops it, if it has sent no heartbeat since the stop. */
  | { readonly kind: 'leaving'; readonly inMs: number }
  | { readonly kind: 'fine' }

/** What stands beside a stopped line: at most 40 characters, the most urgent first. */
export function inlineText(
  reading: GroupReading,
  change: Change | undefined,
  membership: Membership,
): string {
  const lag = lagText(reading, count)
  const short = lagText(reading, shortCount)
  const changes = change ? changeTexts(change) : []
  const brief = changes.slice(-1)
  if (membership.kind === 'fine')
    return fitting([...joined(lag, changes), ...joined(short, brief), lag, short])
  const { clear, terse } = warning(membership)
  // What changed stays in sight where a terser warning makes room for it.
  return fitting([
    ...joined(`${clear} · ${lag}`, changes),
    ...joined(`${terse} · ${lag}`, changes),
    ...joined(`${terse} · ${short}`, brief),
    `${clear} · ${lag}`,
    `${clear} · ${short}`,
  ])
}

function warning(membership: Exclude<Membership, { kind: 'fine' }>): {
  readonly clear: string
  readonly terse: string
} {
  if (membership.kind === 'evicted') return { clear: 'evicted', terse: 'evicted' }
  const { inMs } = membership
  return inMs > 0
    ? { clear: `evicted in about ${clock(inMs)}`, terse: `evicted in ${clock(inMs)}` }
    : { clear: 'eviction is due', terse: 'eviction due' }
}

function joined(start: string, ends: readonly string[]): readonly string[] {
  return ends.map(end => `${start} · ${end}`)
}

function fitting(texts: readonly string[]): string {
  return texts.find(text => text.length <= LONGEST) ?? shortened(texts.at(-1) ?? '')
}

/** Cut at its end, visibly. */
export function shortened(text: string): string {
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

/** `billing · lag: not connected`; of a long group id the middle is left out. */
export function groupText(groupId: string, rest: string): string {
  const room = LONGEST - rest.length - 3
  const name =
    groupId.length <= room
      ? groupId
      : `${groupId.slice(0, Math.ceil((room - 1) / 2))}…${groupId.slice(-Math.floor((room - 1) / 2))}`
  return `${name} · ${rest}`
}

/** `lag 1,204`; `lag ≥ 1,204` when some partitions are not known, `lag ?` when none is. */
export function lagText(
  { totalLag, totalIsPartial }: Pick<GroupReading, 'totalLag' | 'totalIsPartial'>,
  number: (value: bigint) => string = count,
): string {
  if (totalLag === undefined) return 'lag ?'
  return `lag ${totalIsPartial ? '≥ ' : ''}${number(totalLag)}`
}

function signedShort(value: bigint): string {
  const text = shortCount(value)
  return value > 0n ? `+${text}` : text
}

interface ChangeWords {
  readonly produced: string
  readonly committed: string
}

const FULL: ChangeWords = { produced: 'produced', committed: 'committed' }
/** Where the numbers take the room of the words; the hover has them in full. */
const SHORT: ChangeWords = { produced: 'in', committed: 'out' }

/** From the most exact to the shortest. */
function changeTexts(change: Change): readonly string[] {
  if (change.produced === undefined && change.committed === undefined) return []
  return [
    changeText(change, signedCount, FULL),
    changeText(change, signedShort, FULL),
    changeText(change, signedShort, SHORT),
  ]
}

function changeText(
  { produced, committed }: Change,
  number: (value: bigint) => string,
  words: ChangeWords,
): string {
  return [
    ...(produced === undefined ? [] : [`${number(produced)} ${words.produced}`]),
    ...(committed === undefined ? [] : [`${number(committed)} ${words.committed}`]),
  ].join(', ')
}

/** `0:18`, `1:05`; never below zero. */
export function clock(ms: number): string {
  const seconds = Math.max(0, Math.ceil(ms / 1000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
