import type { Clusters, SavedCluster } from '../clusters/clusters.ts'

/** What is needed of a `vscode.DebugSession`. */
export interface LaunchedSession {
  readonly parentSession?: LaunchedSession | undefined
  readonly configuration: object
}

export interface DebuggedCluster {
  readonly cluster: SavedCluster
  /** The launch configuration names its address: the program was started against it. */
  readonly named: boolean
}

/**
 * The cluster that a debugged program talks to: one whose address stands in the launch
 * configuration (`${command:kafkaWorkbench.bootstrapServers}` puts it there), else the selected
 * one. Environment and arguments are with the session that was launched, not with its children.
 */
export function debuggedCluster(
  session: LaunchedSession,
  { all, selected }: Pick<Clusters, 'all' | 'selected'>,
): DebuggedCluster | undefined {
  let root = session
  while (root.parentSession) root = root.parentSession
  const words = new Set(JSON.stringify(root.configuration).split(/[\s"',;=/\\]+/))
  const isNamed = ({ bootstrapServers }: SavedCluster) =>
    bootstrapServers.some(address => words.has(address))
  if (selected && isNamed(selected)) return { cluster: selected, named: true }
  const named = all.find(isNamed)
  if (named) return { cluster: named, named: true }
  return selected && { cluster: selected, named: false }
}
