import type * as vscode from 'vscode'
import { LARGEST_TEXT } from '../../language/limits.ts'
import { parse } from '../../language/parse.ts'
import { directiveAbove, directiveOf } from '../../language/settings.ts'
import { blockAt, type Block, type KafkaFile } from '../../language/tree.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'

export const KAFKA_LANGUAGE = 'kafka'

const parsed = new WeakMap<vscode.TextDocument, { readonly version: number; file: KafkaFile }>()

/** Whether a document is refused: it has no blocks then, and nothing of it runs. */
export function isTooLarge(document: vscode.TextDocument): boolean {
  return document.offsetAt(document.lineAt(document.lineCount - 1).range.end) > LARGEST_TEXT
}

/** The tree of a document, made once per version; of one that is too large the tree of nothing. */
export function fileOf(document: vscode.TextDocument): KafkaFile {
  const known = parsed.get(document)
  if (known?.version === document.version) return known.file
  const { file } = parse(isTooLarge(document) ? '' : document.getText())
  parsed.set(document, { version: document.version, file })
  return file
}

export type BlockCluster =
  | { readonly kind: 'cluster'; readonly cluster: SavedCluster }
  /** `-- @cluster NAME` names none of the saved clusters. */
  | { readonly kind: 'unknown'; readonly name: string }
  /** Neither the file nor the window says which. */
  | { readonly kind: 'none' }

/** What is needed of the saved clusters. */
export type ClusterNames = Pick<Clusters, 'find' | 'selected'>

/** The cluster of a block: what `-- @cluster` names, else the one that is selected. */
export function clusterOf(file: KafkaFile, block: Block, clusters: ClusterNames): BlockCluster {
  return namedOrSelected(directiveOf(file, block, 'cluster'), clusters)
}

/** The cluster of what stands at an offset: its block's, else that of a block that began there. */
export function clusterAt(file: KafkaFile, offset: number, clusters: ClusterNames): BlockCluster {
  const block = blockAt(file, offset)
  if (block) return clusterOf(file, block, clusters)
  const { line } = file.lines.placeOf(offset)
  return namedOrSelected(directiveAbove(file, line, 'cluster'), clusters)
}

function namedOrSelected(name: string | undefined, clusters: ClusterNames): BlockCluster {
  if (name) {
    const named = clusters.find(name)
    return named ? { kind: 'cluster', cluster: named } : { kind: 'unknown', name }
  }
  return clusters.selected ? { kind: 'cluster', cluster: clusters.selected } : { kind: 'none' }
}
