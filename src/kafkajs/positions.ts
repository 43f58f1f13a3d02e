import { ProblemError } from '../base/problem.ts'
import type { OffsetSpec } from '../kafka/cluster.ts'
import type { Position, Positions } from '../kafka/reading.ts'
import type { AskOptions } from './client.ts'
import { whenCoordinated } from './coordinated.ts'
import { committedOffsets, listOffsets, type OffsetContext } from './offsets.ts'

export interface PositionRequest {
  readonly topic: string
  readonly partitions: readonly number[]
  readonly positions: Positions
  /** Where `committed` finds no commit. */
  readonly fallback: 'earliest' | 'latest'
}

/**
 * The offset that each position means now, by partition; a partition whose offsets cannot be asked
 * is absent. A tail longer than the log starts at its beginning; a time after the last record is
 * the end.
 */
export async function resolvePositions(
  context: OffsetContext,
  request: PositionRequest,
  ask: AskOptions = {},
): Promise<ReadonlyMap<number, bigint>> {
  const { topic, partitions, positions, fallback } = request
  const commits = await commitsOf(context, request, ask)
  const asked = await ends(context, topic, partitions, ask)
  const times = await timesOf(context, request, ask)
  const resolved = new Map<number, bigint>()
  for (const partition of partitions) {
    const { start, end } = asked.get(partition) ?? {}
    if (start === undefined || end === undefined) continue
    const position = positionOf(positions, partition)
    const edge = fallback === 'earliest' ? start : end
    const known = { start, end, commit: commits.get(partition) ?? edge, time: times.get(partition) }
    resolved.set(partition, toOffset(position, known))
  }
  return resolved
}

function positionOf(positions: Positions, partition: number): Position {
  return positions.byPartition?.get(partition) ?? positions.all
}

interface Known {
  readonly start: bigint
  readonly end: bigint
  readonly commit: bigint
  readonly time: bigint | undefined
}

function toOffset(position: Position, { start, end, commit, time }: Known): bigint {
  switch (position.kind) {
    case 'earliest':
      return start
    case 'latest':
      return end
    case 'offset':
      return position.offset
    case 'tail': {
      const from = end - BigInt(position.count)
      return from < start ? start : from
    }
    case 'time':
      return time ?? end
    case 'committed':
      return commit
  }
}

interface Ends {
  start?: bigint | undefined
  end?: bigint | undefined
}

async function ends(
  context: OffsetContext,
  topic: string,
  partitions: readonly number[],
  ask: AskOptions,
): Promise<ReadonlyMap<number, Ends>> {
  const of = (at: OffsetSpec) => partitions.map(partition => ({ topic, partition, at }))
  const [starts, lasts] = await Promise.all([
    listOffsets(context, of('earliest'), ask),
    listOffsets(context, of('last-stable'), ask),
  ])
  const found = new Map<number, Ends>()
  for (const { partition, offset } of starts) found.set(partition, { start: offset })
  for (const { partition, offset } of lasts) {
    found.set(partition, { ...found.get(partition), end: offset })
  }
  return found
}

async function timesOf(
  context: OffsetContext,
  { topic, partitions, positions }: PositionRequest,
  ask: AskOptions,
): Promise<ReadonlyMap<number, bigint>> {
  const queries = partitions.flatMap(partition => {
    const position = positionOf(positions, partition)
    if (position.kind !== 'time') return []
    return [{ topic, partition, at: { timestamp: position.timestamp } }]
  })
  const answers = queries.length > 0 ? await listOffsets(context, queries, ask) : []
  return byPartition(answers.map(({ partition, offset }) => [partition, offset]))
}

async function commitsOf(
  context: OffsetContext,
  { topic, partitions, positions }: PositionRequest,
  ask: AskOptions,
): Promise<ReadonlyMap<number, bigint>> {
  const groups = new Map<number, string>()
  for (const partition of partitions) {
    const position = positionOf(positions, partition)
    if (position.kind === 'committed') groups.set(partition, position.group)
  }
  if (groups.size === 0) return new Map()
  const names = [...new Set(groups.values())]
  const commits = await whenCoordinated(() => committedOffsets(context, names, ask), ask.signal)
  // Where the group stands is not known then: reading from the fallback would be elsewhere.
  for (const { problem } of commits) if (problem) throw new ProblemError(problem)
  return byPartition(
    commits.flatMap(({ groupId, offsets }) =>
      offsets
        .filter(commit => commit.topic === topic && groups.get(commit.partition) === groupId)
        .map(commit => [commit.partition, commit.committedOffset] as const),
    ),
  )
}

function byPartition(
  pairs: readonly (readonly [number, bigint | undefined])[],
): ReadonlyMap<number, bigint> {
  const map = new Map<number, bigint>()
  for (const [partition, offset] of pairs) if (offset !== undefined) map.set(partition, offset)
  return map
}
