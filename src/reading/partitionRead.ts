import type { Problem } from '../base/problem.ts'
import type { PartitionProgress } from '../kafka/reading.ts'

/** Where one partition's reading stands. */
export interface PartitionRead {
  readonly partition: number
  /** It came to the topic while it was read, so that all of it is new. */
  readonly added: boolean
  /** Undefined until the partition could be asked where the wanted position is. */
  range: { readonly start: bigint; readonly end: bigint | undefined } | undefined
  /** Where the next fetch starts. */
  position: bigint
  /** Everything before this offset was handed on. */
  delivered: bigint
  highWatermark: bigint | undefined
  lastStableOffset: bigint | undefined
  logStartOffset: bigint | undefined
  /** Why it cannot be read now. */
  problem: Problem | undefined
  /** Reading it is over, at its end or because it cannot be read at all. */
  done: boolean
  /** How many bytes a fetch may bring; grows while fetches are full. */
  fetchBytes: number
  /** How many fetches in a row brought nothing on. */
  fruitless: number
  /** Since when it could not be read, ms. */
  failingSince: number | undefined
  /** When it is tried again, ms. */
  nextTryAt: number | undefined
  /** Its position is not in the log: it must be asked what is. */
  outOfRange: boolean
}

export function newPartitionRead(
  partition: number,
  fetchBytes: number,
  added = false,
): PartitionRead {
  return {
    partition,
    added,
    range: undefined,
    position: 0n,
    delivered: 0n,
    highWatermark: undefined,
    lastStableOffset: undefined,
    logStartOffset: undefined,
    problem: undefined,
    done: false,
    fetchBytes,
    fruitless: 0,
    failingSince: undefined,
    nextTryAt: undefined,
    outOfRange: false,
  }
}

/** Ends a partition that cannot be read any further. */
export function giveUp(read: PartitionRead, problem: Problem): void {
  read.problem = problem
  read.done = true
}

/** Sets where to read, once that is known. */
export function setRange(read: PartitionRead, start: bigint, end: bigint | undefined): void {
  read.range = { start, end }
  read.problem = undefined
  moveTo(read, start)
}

/** Jumps over what is not there. */
export function moveTo(read: PartitionRead, offset: bigint): void {
  read.position = offset
  read.delivered = offset
  read.done = read.range?.end !== undefined && offset >= read.range.end
}

export function progressOf(read: PartitionRead): PartitionProgress {
  const { partition, position, delivered, range } = read
  const { highWatermark, lastStableOffset, logStartOffset, problem } = read
  return {
    partition,
    position: delivered,
    startOffset: range?.start ?? delivered,
    done: read.done && delivered >= position,
    ...(range?.end !== undefined && { endOffset: range.end }),
    ...(highWatermark !== undefined && { highWatermark }),
    ...(lastStableOffset !== undefined && { lastStableOffset }),
    ...(logStartOffset !== undefined && { logStartOffset }),
    ...(problem && { problem, ...retryOf(read) }),
  }
}

function retryOf({ done, failingSince, nextTryAt }: PartitionRead) {
  if (done || failingSince === undefined) return undefined
  return { failingSince, ...(nextTryAt !== undefined && { nextTryAt }) }
}
