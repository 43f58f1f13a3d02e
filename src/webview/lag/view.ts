import type { LagHistory } from '../../lag/history.ts'
import type { GroupReading } from '../../lag/reading.ts'
import type { LagFacts } from '../../protocol/lag.ts'
import type { Sort, SortKey } from './rows.ts'

/** All that the panel's parts draw from. */
export interface View {
  readonly state: LagFacts
  readonly reading: GroupReading | undefined
  readonly history: LagHistory
  readonly sort: Sort
  /** Partition names, in the order of the rows. */
  readonly order: readonly string[]
  readonly selected: string | undefined
  readonly focused: string | undefined
  /** Partitions whose verdict has just changed. */
  readonly changed: ReadonlySet<string>
  /** Ms since the epoch. */
  readonly now: number
}

/** What a person can do, by name. */
export interface Actions {
  readonly pause: (paused: boolean) => void
  readonly setInterval: (ms: number) => void
  readonly lookNow: () => void
  readonly showLog: () => void
  readonly copy: (partition?: string) => void
  readonly openInEditor: () => void
  readonly newConsumerFile: () => void
  readonly sortBy: (key: SortKey) => void
  readonly select: (partition: string | undefined) => void
  readonly focusRow: (partition: string) => void
  readonly reveal: (partition: string) => void
}

/** How far back the chart and the trends go: up to ten minutes, as far as there is something to show. */
export function spanShown({ history }: View, until: number): number {
  const known = until - (history.since ?? until)
  return Math.min(Math.max(Math.ceil(known / MINUTE), 1), 10) * MINUTE
}

const MINUTE = 60_000

/** The reading that is shown is not of now: the last look failed. */
export function isStale(view: View): boolean {
  return view.state.problem !== undefined && view.reading !== undefined
}
