import type * as vscode from 'vscode'
import type { Knowledge, KnownCluster } from '../../language/check/knowledge.ts'
import type { GivenText } from '../../language/given.ts'
import type { KafkaFile } from '../../language/tree.ts'
import type { ChosenEnvironments } from '../environments/chosen.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { ClusterKnowledge } from './clusterKnowledge.ts'
import type { EnvironmentFiles } from './environments.ts'
import type { Expressions } from './expressions.ts'
import { clusterOf, type ClusterNames } from './kafkaDocument.ts'

/** What the services of the language ask about the surroundings of a file. */
export interface CheckDeps {
  readonly clusters: Clusters
  readonly knowledge: ClusterKnowledge
  readonly expressions: Expressions
  readonly environments: EnvironmentFiles
  /** What a name stands for since blocks of the document were run. */
  inSession(document: vscode.TextDocument, name: string): string | undefined
  readonly chosen: Pick<ChosenEnvironments, 'of' | 'onDidChange'>
}

/** The values of the environment that a file names with `-- @env`, else of the one that is chosen. */
export function givenTo(
  document: vscode.TextDocument,
  file: KafkaFile,
  { environments, chosen }: Pick<CheckDeps, 'environments' | 'chosen'>,
): ReadonlyMap<string, GivenText> {
  const name = file.directives.find(directive => directive.name === 'env')?.argument
  return environments.of(document.uri).given(name ?? chosen.of(document.uri))
}

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
