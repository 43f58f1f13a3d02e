import type { Clock } from '../base/clock.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { ReadRequest } from '../kafka/reading.ts'
import type { KafkaRecord } from '../kafka/record.ts'

/** When records of a topic arrived, watched while other blocks run. */
export interface Arrivals {
  /** Ms since the epoch; undefined: it was not seen. */
  timeOf(record: Pick<KafkaRecord, 'partition' | 'offset'>): number | undefined
  stop(): void
}

/** Of more nobody needs to know when they came: what is kept is bounded. */
const MOST = 100_000

/**
 * Notes when records arrive. An EXPECT that asks for `latency` and has to wait for another one
 * would see its records late. What cannot be read is not known, and is told by the EXPECT itself.
 */
export function watchArrivals(
  cluster: Pick<Cluster, 'read'>,
  request: ReadRequest,
  clock: Clock,
  outer: AbortSignal,
): Arrivals {
  const times = new Map<string, number>()
  const stopping = new AbortController()
  const signal = AbortSignal.any([outer, stopping.signal])
  void (async () => {
    try {
      for await (const { pages } of cluster.read(request, { signal })) {
        const now = clock.now()
        for (const { partition, offsets } of pages)
          for (const offset of offsets) times.set(`${partition} ${offset}`, now)
        if (times.size > MOST) return
      }
    } catch {
      // The EXPECT that reads the topic after this says what is wrong with it.
    }
  })()
  return {
    timeOf: ({ partition, offset }) => times.get(`${partition} ${offset}`),
    stop: () => stopping.abort(),
  }
}
