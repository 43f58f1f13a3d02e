import { quoted } from '../words.ts'
import { millisecondsOf } from './durations.ts'
import { bad, good, type Outcome } from './outcome.ts'

/** A wall clock reading without a zone. `month` counts from 1. */
export interface LocalTime {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly millisecond: number
}

/** A position as it is written; `resolvePosition` makes a place in the log of it. */
export type WrittenPosition =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'committed' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'tail'; readonly count: number }
  | { readonly kind: 'time'; readonly timestamp: number }
  | { readonly kind: 'local'; readonly local: LocalTime }
  | { readonly kind: 'now'; readonly plusMs: number }

/** A position for all partitions, with exceptions by partition. */
export interface WrittenPositions {
  /** Absent: the other partitions stay as if nothing were written. */
  readonly all?: WrittenPosition
  readonly byPartition: ReadonlyMap<number, WrittenPosition>
}

/** A position in the shape that `Cluster.read` takes. */
export type ResolvedPosition =
  | { readonly kind: 'earliest' }
  | { readonly kind: 'latest' }
  | { readonly kind: 'offset'; readonly offset: bigint }
  | { readonly kind: 'tail'; readonly count: number }
  | { readonly kind: 'time'; readonly timestamp: number }
  | { readonly kind: 'committed'; readonly group: string }

export interface ResolvedPositions {
  readonly all: ResolvedPosition
  readonly byPartition?: ReadonlyMap<number, ResolvedPosition>
}

/** What the core does not know by itself: the time, and the machine's zone. */
export interface TimeContext {
  /** Ms since the epoch. */
  readonly now: number
  /** Ms since the epoch of a local time; `month` counts from 1. */
  toLocalEpoch(
    year: number,
    month: number,
    day: number,
    hour: number,
    minute: number,
    second: number,
    millisecond: number,
  ): number
}

const NOT_START =
  'is not a start position. Use earliest, latest, committed, an offset, -N, tail(N), a date, now-15m, or 0:10,1:20.'
const NOT_END =
  'is not an end position. Use latest, an offset, -N, tail(N), a date, now, now-15m, or 0:10,1:20.'

/** Reads `from:` or `to:`. */
export function parsePositions(
  text: string,
  property: 'from' | 'to' = 'from',
): Outcome<WrittenPositions> {
  const wrong = (what: string) => bad(`${quoted(what)} ${property === 'to' ? NOT_END : NOT_START}`)
  if (!/^(?:\d+|\*)\s*:/.test(text)) {
    const all = parsePosition(text)
    return all ? good({ all, byPartition: new Map() }) : wrong(text)
  }
  let all: WrittenPosition | undefined
  const byPartition = new Map<number, WrittenPosition>()
  for (const part of text.split(',')) {
    const match = /^(\d{1,10}|\*)\s*:\s*(.*)$/.exec(part.trim())
    const position = match ? parsePosition(match[2] ?? '') : undefined
    const partition = match?.[1] === '*' ? -1 : Number(match?.[1])
    if (!position || partition > 2_147_483_647) return wrong(text)
    if (partition < 0) all = position
    else byPartition.set(partition, position)
  }
  return good({ ...(all && { all }), byPartition })
}

/** Reads one position; `undefined` where it is none. */
export function parsePosition(text: string): WrittenPosition | undefined {
  if (text === 'earliest' || text === 'latest' || text === 'committed') return { kind: text }
  if (text.length > 60) return undefined
  return parseOffset(text) ?? parseCall(text) ?? parseRelative(text) ?? parseTime(text)
}

const LARGEST_OFFSET = 9_223_372_036_854_775_807n

/** Level 1 hands the text to a converter that knows `0x` and a plus sign too. */
function parseOffset(text: string): WrittenPosition | undefined {
  if (/^(?:\+?\d+|-0+|0x[\da-f]+)$/i.test(text)) {
    const offset = BigInt(text.startsWith('+') || text.startsWith('-') ? text.slice(1) : text)
    return offset <= LARGEST_OFFSET ? { kind: 'offset', offset } : undefined
  }
  return /^-\d{1,15}$/.test(text) ? { kind: 'tail', count: Number(text.slice(1)) } : undefined
}

function parseCall(text: string): WrittenPosition | undefined {
  const match = /^(tail|epoch)\(\s*(\d{1,16})\s*\)$/.exec(text)
  const value = Number(match?.[2])
  if (!match || !Number.isSafeInteger(value)) return undefined
  return match[1] === 'tail' ? { kind: 'tail', count: value } : { kind: 'time', timestamp: value }
}

function parseRelative(text: string): WrittenPosition | undefined {
  const match = /^now(?:\s*([+-])\s*(.+))?$/.exec(text)
  if (!match) return undefined
  if (match[2] === undefined) return { kind: 'now', plusMs: 0 }
  const milliseconds = millisecondsOf(match[2])
  if (milliseconds === undefined) return undefined
  return { kind: 'now', plusMs: match[1] === '-' ? -milliseconds : milliseconds }
}

const TIME =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?\s?(Z|[+-]\d\d(?::?\d\d)?)?)?$/

function parseTime(text: string): WrittenPosition | undefined {
  const match = TIME.exec(text)
  if (!match) return undefined
  const local: LocalTime = {
    year: Number(match[1]),
    month: Number(match[2]),
    day: Number(match[3]),
    hour: Number(match[4] ?? 0),
    minute: Number(match[5] ?? 0),
    second: Number(match[6] ?? 0),
    millisecond: Number((match[7] ?? '').slice(0, 3).padEnd(3, '0')),
  }
  if (!exists(local)) return undefined
  const zone = match[8]
  if (zone === undefined) return { kind: 'local', local }
  const offset = zoneMinutes(zone)
  if (offset === undefined) return undefined
  const timestamp = utcOf(local) - offset * 60_000
  return timestamp < 0 ? undefined : { kind: 'time', timestamp }
}

function zoneMinutes(zone: string): number | undefined {
  if (zone === 'Z') return 0
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(3).replace(':', '') || 0)
  if (hours > 14 || minutes > 59) return undefined
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function utcOf({ year, month, day, hour, minute, second, millisecond }: LocalTime): number {
  return Date.UTC(year, month - 1, day, hour, minute, second, millisecond)
}

/** Whether the calendar has such a day and the clock such a time. */
function exists(local: LocalTime): boolean {
  if (local.year < 1970 || local.hour > 23 || local.minute > 59 || local.second > 59) return false
  const date = new Date(Date.UTC(local.year, local.month - 1, local.day))
  return date.getUTCMonth() === local.month - 1 && date.getUTCDate() === local.day
}

/** The time of a position that is one, in ms since the epoch. */
export function timestampOf(position: WrittenPosition, context: TimeContext): number | undefined {
  switch (position.kind) {
    case 'time':
      return position.timestamp
    case 'now':
      return context.now + position.plusMs
    case 'local': {
      const { year, month, day, hour, minute, second, millisecond } = position.local
      return context.toLocalEpoch(year, month, day, hour, minute, second, millisecond)
    }
    case 'earliest':
    case 'latest':
    case 'committed':
    case 'offset':
    case 'tail':
      return undefined
  }
}

/**
 * The place in the log that a position means. `committed` needs the block's group, which the
 * checks make sure of; without one it is the end of the log.
 */
function resolvePosition(
  position: WrittenPosition,
  context: TimeContext,
  group?: string,
): ResolvedPosition {
  switch (position.kind) {
    case 'committed':
      return group === undefined ? { kind: 'latest' } : { kind: 'committed', group }
    case 'now':
    case 'local':
      return { kind: 'time', timestamp: timestampOf(position, context) ?? context.now }
    case 'earliest':
    case 'latest':
    case 'offset':
    case 'tail':
    case 'time':
      return position
  }
}

/** Resolves each position; `otherwise` is for the partitions that nothing is written for. */
export function resolvePositions(
  positions: WrittenPositions,
  context: TimeContext,
  otherwise: ResolvedPosition,
  group?: string,
): ResolvedPositions {
  const byPartition = new Map<number, ResolvedPosition>()
  for (const [partition, position] of positions.byPartition) {
    byPartition.set(partition, resolvePosition(position, context, group))
  }
  return {
    all: positions.all ? resolvePosition(positions.all, context, group) : otherwise,
    ...(byPartition.size > 0 && { byPartition }),
  }
}
