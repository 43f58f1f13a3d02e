import type { TopicPartition } from '../kafka/model.ts'
import type { AskOptions } from './client.ts'
import { listOffsets, type OffsetContext } from './offsets.ts'
import { pause } from './waiting.ts'

/** The last record that was written to each partition, by topic and partition. */
export type Written = ReadonlyMap<string, TopicPartition & { readonly offset: bigint }>

/**
 * Before each further look, ms. A coordinator answers before the markers are written, which takes a
 * few milliseconds; an older transaction of somebody else may hold readers back for much longer.
 */
const PAUSES_MS = [2, 5, 10, 20, 50, 100, 200, 400, 800]

/**
 * Waits until readers of committed records come past what was written: what a program reads after
 * its commit is there then. Gives up after 1.6 s, and where a leader cannot be asked.
 */
export async function untilVisible(
  context: OffsetContext,
  written: Written,
  ask: AskOptions,
): Promise<void> {
  let left = [...written.values()]
  for (const wait of PAUSES_MS) {
    const queries = left.map(({ topic, partition }) => ({
      topic,
      partition,
      at: 'last-stable' as const,
    }))
    const answers = await listOffsets(context, queries, ask)
    left = left.filter(({ offset }, i) => (answers[i]?.offset ?? offset + 1n) <= offset)
    if (left.length === 0) return
    await pause(wait, ask.signal)
  }
}
