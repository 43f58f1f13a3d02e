import { partitionName, type GroupReading } from './reading.ts'

/** One look at the group as a whole. Undefined: not known then. */
export interface HistoryPoint {
  /** Ms since the epoch. */
  readonly at: number
  readonly produceRate?: number
  readonly consumeRate?: number
  readonly totalLag?: number
}

/** Columns over the same times, oldest first; null where nothing is known. */
export interface HistorySeries {
  readonly times: readonly number[]
  readonly produced: readonly (number | null)[]
  readonly consumed: readonly (number | null)[]
  readonly totalLag: readonly (number | null)[]
  /** By partition name. */
  readonly lags: Readonly<Record<string, readonly (number | null)[]>>
}

export interface HistoryLimits {
  readonly points: number
  readonly bytes: number
}

/** Twenty minutes of looks each 2 s. */
export const HISTORY_LIMITS: HistoryLimits = { points: 600, bytes: 4 * 1024 * 1024 }

/** The group's own four columns. */
const OWN_COLUMNS = 4
const BYTES_PER_NUMBER = 8
/** However many partitions, a trend keeps so many points. */
const LEAST_POINTS = 32

/**
 * The last looks at a group, in a bounded number of bytes: with so many partitions that the points
 * would not fit, every other one is dropped, so that older looks grow sparser.
 */
export class LagHistory {
  readonly #limits: HistoryLimits
  #times: number[] = []
  #points: HistoryPoint[] = []
  #lags = new Map<string, number[]>()

  constructor(limits: HistoryLimits = HISTORY_LIMITS) {
    this.#limits = limits
  }

  get length(): number {
    return this.#times.length
  }

  /** Of the oldest look, ms since the epoch. */
  get since(): number | undefined {
    return this.#times[0]
  }

  get bytes(): number {
    return this.#times.length * (this.#lags.size + OWN_COLUMNS) * BYTES_PER_NUMBER
  }

  /** `lags` by partition name; a partition that is not in it has no point at this time. */
  add(point: HistoryPoint, lags: ReadonlyMap<string, number>): void {
    this.#dropGone(lags)
    for (const [name, lag] of lags) this.#column(name).push(lag)
    for (const [name, column] of this.#lags) if (!lags.has(name)) column.push(NaN)
    this.#times.push(point.at)
    this.#points.push(point)
    this.#trim()
  }

  /** From `since` on, ms since the epoch. */
  series(since = 0): HistorySeries {
    const found = this.#times.findIndex(time => time >= since)
    const from = found < 0 ? this.#times.length : found
    const points = this.#points.slice(from)
    const lags: Record<string, readonly (number | null)[]> = {}
    for (const [name, column] of this.#lags) lags[name] = column.slice(from).map(orNull)
    return {
      times: this.#times.slice(from),
      produced: points.map(point => point.produceRate ?? null),
      consumed: points.map(point => point.consumeRate ?? null),
      totalLag: points.map(point => point.totalLag ?? null),
      lags,
    }
  }

  /** The lags of one partition with their times, from `since` on; what is not known is left out. */
  trend(name: string, since: number): readonly (readonly [at: number, lag: number])[] {
    const column = this.#lags.get(name) ?? []
    return this.#times.flatMap((at, index) => {
      const lag = column[index]
      return at < since || lag === undefined || Number.isNaN(lag) ? [] : [[at, lag] as const]
    })
  }

  #column(name: string): number[] {
    const known = this.#lags.get(name)
    if (known) return known
    const column = Array<number>(this.#times.length).fill(NaN)
    this.#lags.set(name, column)
    return column
  }

  /** A partition that is gone leaves once nothing of it is in sight any more. */
  #dropGone(lags: ReadonlyMap<string, number>): void {
    for (const [name, column] of this.#lags)
      if (!lags.has(name) && column.every(Number.isNaN)) this.#lags.delete(name)
  }

  #trim(): void {
    const columns = this.#lags.size + OWN_COLUMNS
    const fitting = Math.floor(this.#limits.bytes / columns / BYTES_PER_NUMBER)
    const room = Math.min(this.#limits.points, Math.max(fitting, LEAST_POINTS))
    if (this.#times.length <= room) return
    const newest = this.#times.length - 1
    if (room === this.#limits.points) this.#keep(index => index > 0)
    else this.#keep(index => index % 2 === newest % 2)
  }

  #keep(chosen: (index: number) => boolean): void {
    const pick = <T>(column: readonly T[]) => column.filter((_, index) => chosen(index))
    const lags = new Map([...this.#lags].map(([name, column]) => [name, pick(column)]))
    const points = pick(this.#points)
    this.#times = pick(this.#times)
    this.#points = points
    this.#lags = lags
  }
}

/** A history that goes on from what `series` held. */
export function historyOf(
  series: HistorySeries,
  limits: HistoryLimits = HISTORY_LIMITS,
): LagHistory {
  const history = new LagHistory(limits)
  for (const [index, at] of series.times.entries()) {
    const lags = new Map<string, number>()
    for (const [name, column] of Object.entries(series.lags)) {
      const lag = column[index]
      if (typeof lag === 'number') lags.set(name, lag)
    }
    history.add(
      {
        at,
        ...known('produceRate', series.produced[index]),
        ...known('consumeRate', series.consumed[index]),
        ...known('totalLag', series.totalLag[index]),
      },
      lags,
    )
  }
  return history
}

function known<K extends string>(key: K, value: number | null | undefined) {
  return typeof value === 'number' ? ({ [key]: value } as Readonly<Record<K, number>>) : undefined
}

/** What a history keeps of a reading. A bound is no lag. */
export function addReading(history: LagHistory, reading: GroupReading): void {
  const lags = new Map<string, number>()
  for (const partition of reading.partitions)
    if (partition.lag !== undefined && !partition.lagIsBound)
      lags.set(partitionName(partition), Number(partition.lag))
  const { at, produceRate, consumeRate, totalLag } = reading
  history.add(
    {
      at,
      ...known('produceRate', produceRate),
      ...known('consumeRate', consumeRate),
      ...known('totalLag', totalLag === undefined ? undefined : Number(totalLag)),
    },
    lags,
  )
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value
}
