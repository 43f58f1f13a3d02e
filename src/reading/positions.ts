import { ProblemError, problemOf } from '../base/problem.ts'
import type { OffsetQuery } from '../kafka/cluster.ts'
import type { PageError } from '../kafka/page.ts'
import type { Position, ReadRequest } from '../kafka/reading.ts'
import { whenCoordinated } from '../kafkajs/coordinated.ts'
import { committedOffsets, listOffsets, type OffsetContext } from '../kafkajs/offsets.ts'
import type { FetchContext } from './fetching.ts'
import { moveTo, setRange, type PartitionRead } from './partitionRead.ts'
import { tailStart } from './tail.ts'

export interface PositionContext {
  readonly offsets: OffsetContext
  readonly fetch: FetchContext
  readonly request: ReadRequest
}

/** A partition whose range is known now, or whose `problem` says why not. */
export interface Resolved {
  readonly read: PartitionRead
  /** What was asked for is not what is read: said where reading starts. */
  readonly note?: PageError
}

/** What a partition holds now, as far as this read may see it. */
interface Bounds {
  readonly start: bigint
  /** High watermark, or last stable offset in read_committed. */
  readonly end: bigint
}

/**
 * Finds out where reading starts and ends in these partitions, which all have a leader. Those that
 * cannot be asked keep an undefined range and get a problem.
 */
export async function resolveRanges(
  context: PositionContext,
  reads: readonly PartitionRead[],
  leaderOf: (partition: number) => number,
): Promise<readonly Resolved[]> {
  const [bounds, commits] = await Promise.all([
    logBounds(context, reads),
    commitsOf(context, reads),
  ])
  const times = await offsetsByTime(context, reads)
  return Promise.all(
    reads.map(async read => {
      const log = bounds.get(read)
      if (!log) return { read }
      try {
        const nodeId = leaderOf(read.partition)
        return await resolveRange({ context, read, log, commits, times, nodeId })
      } catch (error) {
        context.fetch.signal.throwIfAborted()
        read.problem = problemOf(error)
        return { read }
      }
    }),
  )
}

async function resolveRange(ask: Ask): Promise<Resolved> {
  const { read, log } = ask
  const { from, to } = positionsOf(ask.context.request, read)
  const [start, end] = await Promise.all([offsetAt(ask, from), to && offsetAt(ask, to)])
  const first = clamp(start, log)
  setRange(read, first, end === undefined ? undefined : clamp(end, log))
  return first === start ? { read } : { read, note: outside(read.partition, start, log) }
}

/** The log has moved on without the reader: goes on where it starts or ends now. */
export async function clampToLog(
  context: PositionContext,
  reads: readonly PartitionRead[],
): Promise<readonly Resolved[]> {
  const bounds = await logBounds(context, reads)
  return reads.map(read => {
    const log = bounds.get(read)
    if (!log) return { read }
    const wanted = read.position
    read.outOfRange = false
    read.problem = undefined
    moveTo(read, clamp(wanted, log))
    return read.position === wanted
      ? { read }
      : { read, note: outside(read.partition, wanted, log) }
  })
}

function clamp(offset: bigint, { start, end }: Bounds): bigint {
  if (offset < start) return start
  return offset > end ? end : offset
}

function outside(partition: number, wanted: bigint, { start, end }: Bounds): PageError {
  return wanted < start
    ? {
        offset: wanted,
        moved: true,
        message: `Partition ${partition} starts at offset ${start} now: what came before was deleted.`,
      }
    : {
        offset: end,
        moved: true,
        message: `Partition ${partition} ends at offset ${end}, before offset ${wanted}.`,
      }
}

function positionsOf(
  { from, to }: ReadRequest,
  { partition, added }: PartitionRead,
): { from: Position; to: Position | undefined } {
  if (added) return { from: { kind: 'earliest' }, to: undefined }
  return {
    from: from.byPartition?.get(partition) ?? from.all,
    to: to && (to.byPartition?.get(partition) ?? to.all),
  }
}

async function logBounds(
  { offsets, fetch, request }: PositionContext,
  reads: readonly PartitionRead[],
): Promise<ReadonlyMap<PartitionRead, Bounds>> {
  const at = fetch.committedOnly ? 'last-stable' : 'latest'
  const queries = reads.flatMap(({ partition }): OffsetQuery[] => [
    { topic: request.topic, partition, at: 'earliest' },
    { topic: request.topic, partition, at },
  ])
  const answers = await listOffsets(offsets, queries, { signal: fetch.signal })
  const bounds = new Map<PartitionRead, Bounds>()
  reads.forEach((read, i) => {
    const [start, end] = answers.slice(2 * i)
    if (start?.offset !== undefined && end?.offset !== undefined) {
      // The last stable offset can lie before the start of a log whose records were deleted.
      const last = end.offset < start.offset ? start.offset : end.offset
      bounds.set(read, { start: start.offset, end: last })
    } else read.problem = start?.problem ?? end?.problem
  })
  return bounds
}

interface Ask {
  readonly context: PositionContext
  readonly read: PartitionRead
  readonly log: Bounds
  readonly commits: ReadonlyMap<string, ReadonlyMap<number, bigint>>
  /** Of the first record at or after a time, by `timeKey`. */
  readonly times: ReadonlyMap<string, bigint>
  readonly nodeId: number
}

async function offsetAt(ask: Ask, position: Position): Promise<bigint> {
  const { context, read, log } = ask
  switch (position.kind) {
    case 'earliest':
      return log.start
    case 'latest':
      return log.end
    case 'offset':
      return position.offset
    case 'time':
      return ask.times.get(timeKey(read.partition, position.timestamp)) ?? log.end
    case 'committed':
      return (
        ask.commits.get(position.group)?.get(read.partition) ??
        (context.request.fallback === 'earliest' ? log.start : log.end)
      )
    case 'tail':
      return tailStart(context.fetch, ask.nodeId, {
        partition: read.partition,
        count: position.count,
        ...log,
      })
  }
}

const timeKey = (partition: number, timestamp: number) => `${partition} ${timestamp}`

/** No record at or after a time: there is no entry, and the end is meant. */
async function offsetsByTime(
  { offsets, fetch, request }: PositionContext,
  reads: readonly PartitionRead[],
): Promise<ReadonlyMap<string, bigint>> {
  const queries = reads.flatMap((read): (OffsetQuery & { at: { timestamp: number } })[] => {
    const { partition } = read
    const { from, to } = positionsOf(request, read)
    const timestamps = [from, to].flatMap(at => (at?.kind === 'time' ? at.timestamp : []))
    return [...new Set(timestamps)].map(timestamp => ({
      topic: request.topic,
      partition,
      at: { timestamp },
    }))
  })
  if (queries.length === 0) return new Map()
  const answers = await listOffsets(offsets, queries, { signal: fetch.signal })
  return new Map(
    queries.flatMap(({ partition, at }, i) => {
      const offset = answers[i]?.offset
      return offset === undefined ? [] : [[timeKey(partition, at.timestamp), offset] as const]
    }),
  )
}

/** The committed offsets of every group that a position names, without joining it. */
async function commitsOf(
  { offsets, fetch, request }: PositionContext,
  reads: readonly PartitionRead[],
): Promise<ReadonlyMap<string, ReadonlyMap<number, bigint>>> {
  const groups = new Set(
    reads.flatMap(read => {
      const { from, to } = positionsOf(request, read)
      return [from, to].flatMap(at => (at?.kind === 'committed' ? at.group : []))
    }),
  )
  if (groups.size === 0) return new Map()
  const { signal } = fetch
  const answers = await whenCoordinated(
    () => committedOffsets(offsets, [...groups], { signal }),
    signal,
  )
  return new Map(
    answers.map(answer => {
      if (answer.problem) throw new ProblemError(answer.problem)
      const own = answer.offsets.filter(({ topic }) => topic === request.topic)
      return [
        answer.groupId,
        new Map(
          own.flatMap(({ partition, committedOffset }) =>
            committedOffset === undefined ? [] : [[partition, committedOffset] as const],
          ),
        ),
      ]
    }),
  )
}
