import type * as vscode from 'vscode'
import { blockAt, type Block, type KafkaFile } from '../../language/tree.ts'
import { clusterOfBlock } from '../environments/surroundings.ts'
import type { CheckDeps } from './fileKnowledge.ts'
import { clusterAt, type BlockCluster } from './kafkaDocument.ts'

type Deps = Pick<CheckDeps, 'clusters' | 'environments' | 'chosen'>

/** The cluster that a run of the block would take. */
export function blockCluster(
  document: vscode.TextDocument,
  file: KafkaFile,
  block: Block,
  { clusters, environments, chosen }: Deps,
): BlockCluster {
  return clusterOfBlock(document, file, block, clusters, { files: environments, chosen })
}

/** The same for what stands at an offset. */
export function clusterHere(
  document: vscode.TextDocument,
  file: KafkaFile,
  offset: number,
  deps: Deps,
): BlockCluster {
  const block = blockAt(file, offset)
  return block ? blockCluster(document, file, block, deps) : clusterAt(file, offset, deps.clusters)
}
