import type * as vscode from 'vscode'
import type { Knowledge, KnownCluster } from '../../language/check/knowledge.ts'
import type { GivenText } from '../../language/given.ts'
import { directiveOf } from '../../language/settings.ts'
import { blockAt, type Block, type KafkaFile } from '../../language/tree.ts'
import type { ChosenEnvironments } from '../environments/chosen.ts'
import type { Clusters } from '../clusters/clusters.ts'
import type { ClusterKnowledge } from './clusterKnowledge.ts'
import type { EnvironmentFiles } from './environments.ts'
import type { Expressions } from './expressions.ts'
import type { BlockCluster } from './kafkaDocument.ts'
import type { SchemaFiles } from './schemaFiles.ts'
import type { TopicSamples } from './topicSamples.ts'

/** What the services of the language ask about the surroundings of a file. */
export interface CheckDeps {
  readonly clusters: Clusters
  readonly knowledge: ClusterKnowledge
  readonly expressions: Expressions
  readonly environments: EnvironmentFiles
  readonly schemas: SchemaFiles
  readonly samples: TopicSamples
  /** What a name stands for since blocks of the document were run. */
  inSession(document: vscode.TextDocument, name: string): string | undefined
  readonly chosen: ChosenEnvironments
}

/** The values of environments, for a file and for each of its blocks. */
export interface GivenInFile {
  /** Of the environment that is chosen, and of all that blocks name. */
  readonly given: Given
  /** Of the environment that a block names with `-- @env`, else of the one that is chosen. */
  readonly givenOf: (block: Block) => Given
  /** Absent while the files of environments are being read, or cannot be. */
  readonly environments?: readonly string[]
}

type Given = ReadonlyMap<string, GivenText>

export function givenIn(
  document: vscode.TextDocument,
  file: KafkaFile,
  { environments, chosen }: Pick<CheckDeps, 'environments' | 'chosen'>,
): GivenInFile {
  const known = environments.of(document.uri)
  const own = known.given(chosen.of(document.uri))
  const named = [...file.directives, ...file.blocks.flatMap(({ directives }) => directives)]
    .filter(({ name, argument }) => name === 'env' && argument !== '')
    .map(({ argument }) => known.given(argument))
  return {
    given: named.length === 0 ? own : new Map([...named, own].flatMap(values => [...values])),
    givenOf: block => {
      const name = directiveOf(file, block, 'env')
      return name ? known.given(name) : own
    },
    ...(known.isRead && { environments: known.names }),
  }
}

/** The values that count at an offset. */
export function givenAt(
  document: vscode.TextDocument,
  file: KafkaFile,
  offset: number,
  deps: Pick<CheckDeps, 'environments' | 'chosen'>,
): Given {
  const { given, givenOf } = givenIn(document, file, deps)
  const block = blockAt(file, offset)
  return block ? givenOf(block) : given
}

/** What is known of the clusters that the blocks of a file go to, while they are connected. */
export function knowledgeOf(
  clusterOf: (block: Block) => BlockCluster,
  deps: Pick<CheckDeps, 'knowledge' | 'samples'>,
): Pick<Knowledge, 'clusterOf'> {
  const known = new Map<string, KnownCluster | undefined>()
  return {
    clusterOf(block) {
      const found = clusterOf(block)
      if (found.kind !== 'cluster') return undefined
      const { id } = found.cluster
      if (!known.has(id)) known.set(id, knownCluster(id, deps))
      return known.get(id)
    },
  }
}

function knownCluster(
  id: string,
  { knowledge, samples }: Pick<CheckDeps, 'knowledge' | 'samples'>,
): KnownCluster | undefined {
  const facts = knowledge.of(id)
  if (!facts) return undefined
  return {
    topics: new Map([...facts.topics.values()].map(({ name, partitions }) => [name, partitions])),
    ...(facts.autoCreate !== undefined && { autoCreate: facts.autoCreate }),
    schemaIdOf: topic => (facts.topics.has(topic) ? samples.of(id, topic)?.schemaId : undefined),
  }
}
