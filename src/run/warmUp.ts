import type { Cluster } from '../kafka/cluster.ts'
import type { KafkaFile } from '../language/tree.ts'
import { topicBefore, type MarkContext, type MarkedBlock } from './marks.ts'
import type { GivenValue } from './ports.ts'
import { readsPartitions } from './reads.ts'
import type { RunNames } from './recordMaker.ts'

/** Has clusters get ready for what the blocks of a run will read, while other things are done. */
export function warmUpFor(
  blocks: readonly MarkedBlock[],
  { file, session, ports }: Pick<MarkContext, 'session' | 'ports'> & { readonly file: KafkaFile },
  namesFor: (given: ReadonlyMap<string, GivenValue>) => RunNames,
): void {
  const wanted = new Map<Cluster, Set<string>>()
  for (const { block, given, target } of blocks) {
    if (!target || !readsPartitions(block)) continue
    const topics = wanted.get(target.cluster) ?? new Set()
    wanted.set(target.cluster, topics)
    const topic = topicBefore({ file, block, session, ports, target, names: namesFor(given) })
    if (topic !== undefined) topics.add(topic)
  }
  for (const [cluster, topics] of wanted) cluster.warmUp?.([...topics])
}
