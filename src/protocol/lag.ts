import type { HistorySeries } from '../lag/history.ts'
import type { GroupReading } from '../lag/reading.ts'
import type { LagState } from '../lag/watch.ts'

/** The same data with every offset as a decimal string: a `bigint` does not survive the way. */
export type Decimal<T> = T extends bigint
  ? string
  : T extends string | number | boolean | null | undefined
    ? T
    : { [K in keyof T]: Decimal<T[K]> }

export type WireReading = Decimal<GroupReading>

/** Everything that the lag panel shows, save its history. */
export interface LagViewState extends Omit<LagState, 'reading'> {
  readonly clusterId: string
  /** The cluster's name in the settings. */
  readonly cluster: string
  /** One of its addresses, for "does not answer". */
  readonly address: string
  readonly reading?: WireReading
  /** Ms between looks. */
  readonly interval: number
  readonly paused: boolean
}

/** What the host offers to the panel. */
export interface LagHost {
  requests: {
    /** What there is to show now: asked once, when the page has loaded. */
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
  events: { state: LagViewState }
}

export function toWire(reading: GroupReading): WireReading {
  return offsetsToText(reading) as WireReading
}

export function fromWire(reading: WireReading): GroupReading {
  return textToOffsets(reading) as GroupReading
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
  for (const key of Object.keys(value))
    mapped[key] = change(key, (value as Record<string, unknown>)[key])
  return mapped
}
