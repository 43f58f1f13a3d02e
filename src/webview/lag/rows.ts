import { byPartition, partitionName, type PartitionReading } from '../../lag/reading.ts'
import { ownerWords, worstFirst } from '../../lag/words.ts'

export type SortKey =
  | 'partition'
  | 'owner'
  | 'committed'
  | 'start'
  | 'end'
  | 'lag'
  | 'produced'
  | 'consumed'
  | 'change'
  | 'verdict'

export interface Sort {
  readonly key: SortKey
  readonly descending: boolean
}

/** By trouble, then by lag. */
export const DEFAULT_SORT: Sort = { key: 'verdict', descending: false }

/** Columns of numbers: their first press sorts the largest to the top. */
const NUMBERS: ReadonlySet<SortKey> = new Set<SortKey>([
  'committed',
  'start',
  'end',
  'lag',
  'produced',
  'consumed',
  'change',
])

/** After a press on a column's heading. */
export function pressed(sort: Sort, key: SortKey): Sort {
  if (sort.key === key) return { key, descending: !sort.descending }
  return { key, descending: NUMBERS.has(key) }
}

/** What is kept of a sort may have been written by an older version. */
export function sortOf(saved: unknown): Sort {
  if (typeof saved !== 'object' || saved === null) return DEFAULT_SORT
  const { key, descending } = saved as Partial<Record<string, unknown>>
  const known = typeof key === 'string' && (NUMBERS.has(key as SortKey) || TEXTS.has(key))
  return known ? { key: key as SortKey, descending: descending === true } : DEFAULT_SORT
}

const TEXTS = new Set<string>(['partition', 'owner', 'verdict'])

/** Sorted; what is not known comes last in either direction. */
export function sorted(partitions: readonly PartitionReading[], sort: Sort): PartitionReading[] {
  const sign = sort.descending ? -1 : 1
  return [...partitions].sort((a, b) => {
    if (sort.key === 'verdict') return sign * worstFirst(a, b)
    if (sort.key === 'partition') return sign * byPartition(a, b)
    return compareKnown(value(a, sort.key), value(b, sort.key), sign) || byPartition(a, b)
  })
}

type Value = bigint | number | string | undefined

function value(partition: PartitionReading, key: Exclude<SortKey, 'partition' | 'verdict'>): Value {
  switch (key) {
    case 'owner':
      return ownerWords(partition)
    case 'committed':
      return partition.committedOffset
    case 'start':
      return partition.logStartOffset
    case 'end':
      return partition.logEndOffset
    case 'lag':
      return partition.lag
    case 'produced':
      return partition.produceRate
    case 'consumed':
      return partition.consumeRate
    case 'change':
      return -(partition.lastChange ?? partition.watchedSince)
  }
}

function compareKnown(a: Value, b: Value, sign: number): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined)
  if (a === b) return 0
  return (a < b ? -1 : 1) * sign
}

/**
 * The order of the rows that are on screen, held while somebody points at them: rows that are gone
 * leave, new ones come at the end.
 */
export function heldOrder(
  before: readonly string[],
  partitions: readonly PartitionReading[],
): PartitionReading[] {
  const byName = new Map(partitions.map(partition => [partitionName(partition), partition]))
  const kept = before.flatMap(name => byName.get(name) ?? [])
  const known = new Set(before)
  return [...kept, ...partitions.filter(partition => !known.has(partitionName(partition)))]
}
