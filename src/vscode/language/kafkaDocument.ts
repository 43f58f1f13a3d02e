import type * as vscode from 'vscode'
import { parse } from '../../language/parse.ts'
import { directiveOf } from '../../language/settings.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'

export const KAFKA_LANGUAGE = 'kafka'

const parsed = new WeakMap<vscode.TextDocument, { readonly version: number; file: KafkaFile }>()

/** The tree of a document, made once per version. */
export function fileOf(document: vscode.TextDocument): KafkaFile {
  const known = parsed.get(document)
  if (known?.version === document.version) return known.file
  const { file } = parse(document.getText())
  parsed.set(document, { version: document.version, file })
  return file
}

export type BlockCluster =
  | { readonly kind: 'cluster'; readonly cluster: SavedCluster }
  /** `-- @cluster NAME` names none of the saved clusters. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Neither the file nor the window says which. */
  | { readonly kind: 'none' }

/** The cluster of a block: what `-- @cluster` names, else the one that is selected. */
export function clusterOf(file: KafkaFile, block: Block, clusters: Clusters): BlockCluster {
  return namedOrSelected(directiveOf(file, block, 'cluster'), clusters)
}

/** The cluster that most of a file goes to: its first `-- @cluster`, else the selected one. */
export function clusterOfFile(file: KafkaFile, clusters: Clusters): BlockCluster {
  const directive = file.directives.find(({ name }) => name === 'cluster')
  return namedOrSelected(directive?.argument, clusters)
}

function namedOrSelected(name: string | undefined, clusters: Clusters): BlockCluster {
  if (name) {
    const named = clusters.find(name)
    return named ? { kind: 'cluster', cluster: named } : { kind: 'unknown', name }
  }
  return clusters.selected ? { kind: 'cluster', cluster: clusters.selected } : { kind: 'none' }
}
