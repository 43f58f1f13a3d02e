import type { Knowledge, KnownCluster } from '../../language/check/knowledge.ts'
import type { KafkaFile } from '../../language/tree.ts'
import type { ClusterKnowledge } from './clusterKnowledge.ts'
import { clusterOf, type ClusterNames } from './kafkaDocument.ts'

/** What is known of the clusters that the blocks of a file go to, while they are connected. */
export function knowledgeOf(
  file: KafkaFile,
  clusters: ClusterNames,
  knowledge: Pick<ClusterKnowledge, 'of'>,
): Pick<Knowledge, 'clusterOf'> {
  const known = new Map<string, KnownCluster | undefined>()
  return {
    clusterOf(block) {
      const found = clusterOf(file, block, clusters)
      if (found.kind !== 'cluster') return undefined
      const { id } = found.cluster
      if (!known.has(id)) known.set(id, knownCluster(id, knowledge))
      return known.get(id)
    },
  }
}

function knownCluster(
  id: string,
  knowledge: Pick<ClusterKnowledge, 'of'>,
): KnownCluster | undefined {
  const facts = knowledge.of(id)
  if (!facts) return undefined
  return {
    topics: new Map([...facts.topics.values()].map(({ name, partitions }) => [name, partitions])),
    ...(facts.autoCreate !== undefined && { autoCreate: facts.autoCreate }),
  }
}
