import type { HistorySeries } from '../lag/history.ts'
import { partitionName, type GroupReading, type PartitionReading } from '../lag/reading.ts'
import type { LagState } from '../lag/watch.ts'

/** The same data with every offset as a decimal string: a `bigint` does not survive the way. */
export type Decimal<T> = T extends bigint
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : { [K in keyof T]: Decimal<T[K]> }

export type WireReading = Decimal<GroupReading>

/** A reading, by what is different in it from one that the page has. */
export interface WireChange {
  /** `at` of the reading that it builds on. */
  readonly since: number
  readonly group: Omit<WireReading, 'partitions'>
  /** Those that changed; all others stay, and the order too. */
  readonly changed: readonly Decimal<PartitionReading>[]
}

/** What the lag panel shows beside a reading and its history. */
export interface LagFacts extends Omit<LagState, 'reading'> {
  readonly clusterId: string
  /** The cluster's name in the settings. */
  readonly cluster: string
  /** One of its addresses, for "does not answer". */
  readonly address: string
  /** Ms between looks. */
  readonly interval: number
  readonly paused: boolean
}

export interface LagViewState extends LagFacts {
  readonly reading?: WireReading
}

export interface LagUpdate extends LagFacts {
  readonly reading?: WireReading | WireChange
}

/** What the host offers to the panel. */
export interface LagHost {
  requests: {
    /**
     * What there is to show now: asked when the page has loaded, and when an update builds on a
     * reading that it does not have.
     */
    open: () => { readonly state: LagViewState; readonly history: HistorySeries }
    /** As text, to the clipboard: one partition by its name, else everything. */
    copy: (partition: string | undefined) => undefined
    /** Asks for a format and opens the reading as a document. */
    openInEditor: () => undefined
  }
  events: {
    pause: boolean
    interval: number
    lookNow: undefined
    showLog: undefined
    newConsumerFile: undefined
  }
}

/** What the panel offers to the host. */
export interface LagView {
  requests: object
  events: { state: LagUpdate }
}

export function toWire(reading: GroupReading): WireReading {
  return offsetsToText(reading) as WireReading
}

export function fromWire(reading: WireReading): GroupReading {
  return textToOffsets(reading) as GroupReading
}

/**
 * The shortest way to tell `now` to a page that has `sent`: in a large group few partitions move
 * between two looks. Whole where there is nothing to build on, or other partitions.
 */
export function updateOf(
  sent: GroupReading | undefined,
  now: GroupReading,
): WireReading | WireChange {
  if (!sent || !samePartitions(sent, now)) return toWire(now)
  const { partitions, ...group } = now
  const changed = partitions.filter(
    (partition, index) => !isSame(partition, sent.partitions[index]),
  )
  return { since: sent.at, ...(offsetsToText({ group, changed }) as Omit<WireChange, 'since'>) }
}

/** The reading that an update makes of the one that is there; undefined: it builds on another. */
export function updated(
  known: GroupReading | undefined,
  update: WireReading | WireChange,
): GroupReading | undefined {
  if (!('since' in update)) return fromWire(update)
  if (known?.at !== update.since) return undefined
  const { group, changed } = textToOffsets(update) as {
    readonly group: Omit<GroupReading, 'partitions'>
    readonly changed: readonly PartitionReading[]
  }
  const news = new Map(changed.map(partition => [partitionName(partition), partition]))
  const partitions = known.partitions.map(
    partition => news.get(partitionName(partition)) ?? partition,
  )
  return { ...group, partitions }
}

function samePartitions(
  { partitions }: GroupReading,
  { partitions: others }: GroupReading,
): boolean {
  return (
    partitions.length === others.length &&
    partitions.every(
      ({ topic, partition }, index) =>
        topic === others[index]?.topic && partition === others[index].partition,
    )
  )
}

function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return false
  const names = Object.keys(one)
  return (
    names.length === Object.keys(other).length &&
    names.every(name => isSame(fieldOf(one, name), fieldOf(other, name)))
  )
}

function fieldOf(value: object, name: string): unknown {
  return (value as Record<string, unknown>)[name]
}

function offsetsToText(value: unknown): unknown {
  if (typeof value === 'bigint') return value.toString()
  return mapDeep(value, (_, inner) => offsetsToText(inner))
}

function textToOffsets(value: unknown): unknown {
  return mapDeep(value, (key, inner) =>
    typeof inner === 'string' && OFFSETS.has(key) ? BigInt(inner) : textToOffsets(inner),
  )
}

/** The fields of a reading that are offsets, or differences of offsets. */
const OFFSETS = new Set([
  'committedOffset',
  'logStartOffset',
  'logEndOffset',
  'lag',
  'totalLag',
  'records',
  'by',
  'back',
  'offset',
])

function mapDeep(value: unknown, change: (key: string, inner: unknown) => unknown): unknown {
  if (Array.isArray(value)) return value.map(inner => change('', inner))
  if (typeof value !== 'object' || value === null) return value
  const mapped: Record<string, unknown> = {}
  for (const key of Object.keys(value)) mapped[key] = change(key, fieldOf(value, key))
  return mapped
}
