import { quoted } from '../words.ts'
import { bad, good, type Outcome } from './outcome.ts'

/** Both ends belong to it. */
export interface PartitionRange {
  readonly from: number
  readonly to: number
}

const LARGEST = 2_147_483_647

/**
 * Reads a list of partitions and ranges: `0`, `0-3`, `0-3,7`. The result is sorted and without
 * overlaps. As in level 1 blanks count for nothing, also between digits, an empty part is left
 * out, and of `0-2-5` the ends count; a range that is open or backwards is refused, where
 * level 1 read all partitions.
 */
export function parsePartitions(text: string): Outcome<readonly PartitionRange[]> {
  const unexpected = /[^\d, -]/.exec(text)
  if (unexpected) {
    const what = unexpected[0] === '\t' ? 'tab' : `character ${quoted(unexpected[0])}`
    return bad(`Unexpected ${what} in a list of partitions. Use 0, 0-3 or 0-3,7.`, {
      span: { start: unexpected.index, end: unexpected.index + unexpected[0].length },
    })
  }
  const ranges: PartitionRange[] = []
  for (const part of text.replaceAll(' ', '').split(',')) {
    if (part === '') continue
    const range = rangeOf(part)
    if (!range) return bad(`${quoted(part)} is not a range of partitions. Use 0, 0-3 or 0-3,7.`)
    ranges.push(range)
  }
  if (ranges.length === 0) {
    return bad(`${quoted(text)} names no partition. Use 0, 0-3 or 0-3,7.`)
  }
  return good(merged(ranges))
}

function rangeOf(part: string): PartitionRange | undefined {
  const numbers = part.split('-')
  if (numbers.includes('')) return undefined
  const from = Number(numbers[0])
  const to = Number(numbers.at(-1))
  return from <= to && to <= LARGEST ? { from, to } : undefined
}

function merged(ranges: PartitionRange[]): readonly PartitionRange[] {
  const result: PartitionRange[] = []
  for (const range of ranges.sort((a, b) => a.from - b.from)) {
    const last = result.at(-1)
    if (last && range.from <= last.to + 1) {
      result[result.length - 1] = { from: last.from, to: Math.max(last.to, range.to) }
    } else {
      result.push(range)
    }
  }
  return result
}

/** The partitions of the ranges below `count`, in order. */
export function partitionsIn(ranges: readonly PartitionRange[], count: number): readonly number[] {
  const result: number[] = []
  for (const { from, to } of ranges) {
    for (let partition = from; partition <= to && partition < count; partition++) {
      result.push(partition)
    }
  }
  return result
}

/** The first partition of the ranges that a topic with `count` partitions does not have. */
export function firstBeyond(ranges: readonly PartitionRange[], count: number): number | undefined {
  const range = ranges.find(({ to }) => to >= count)
  return range && Math.max(range.from, count)
}
