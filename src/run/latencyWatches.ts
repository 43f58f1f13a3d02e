import type { ReadRequest } from '../kafka/reading.ts'
import { settingsOf } from '../language/settings.ts'
import type { Block, KafkaFile } from '../language/tree.ts'
import { watchArrivals, type Arrivals } from './arrivals.ts'
import { topicBefore, type MarkedBlock } from './marks.ts'
import type { RunPorts } from './ports.ts'
import { markKey, namesOf, type Session } from './session.ts'

/** Watches for the EXPECT blocks that ask for `latency`: none of them reads before its turn. */
export interface LatencyWatches {
  /** A PRODUCER begins; these blocks come after it. */
  begin(later: readonly MarkedBlock[]): void
  /** What was noted for a block; whoever runs it stops it. */
  of(block: Block): Arrivals | undefined
  stop(): void
}

interface Watching {
  readonly file: KafkaFile
  readonly session: Session
  readonly ports: RunPorts
  readonly options: { readonly signal: AbortSignal }
}

export function latencyWatches({ file, session, ports, options }: Watching): LatencyWatches {
  const watches = new Map<number, Arrivals>()
  const watch = ({ block, given, target }: MarkedBlock) => {
    if (!target || watches.has(block.index)) return
    const names = namesOf(file, session, given)
    const topic = topicBefore({ file, block, session, ports, target, names })
    const mark = topic === undefined ? undefined : session.marks.get(markKey(target.name, topic))
    if (topic === undefined || !mark || 'problem' in mark) return
    const ends = [...mark.ends].map(
      ([partition, offset]) => [partition, { kind: 'offset', offset }] as const,
    )
    const isolation = settingsOf(file).one(block, 'isolation')?.value
    const request: ReadRequest = {
      topic,
      from: { all: { kind: 'earliest' }, byPartition: new Map(ends) },
      ...(isolation === 'read_uncommitted' && { isolation }),
    }
    watches.set(block.index, watchArrivals(target.cluster, request, ports.clock, options.signal))
  }
  return {
    begin(later) {
      const next = later.findIndex(({ block }) => block.kind === 'PRODUCER')
      const between = next < 0 ? later : later.slice(0, next)
      for (const each of between) if (asksForLatency(file, each.block)) watch(each)
    },
    of: block => watches.get(block.index),
    stop() {
      for (const arrivals of watches.values()) arrivals.stop()
    },
  }
}

function asksForLatency(file: KafkaFile, block: Block): boolean {
  if (block.kind !== 'EXPECT' || block.group) return false
  const settings = settingsOf(file)
  return ['match', 'assert', 'capture'].some(name =>
    settings.all(block, name).some(({ value = '' }) => /\blatency\b/.test(value)),
  )
}
