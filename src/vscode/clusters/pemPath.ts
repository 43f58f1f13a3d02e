import { isAbsolute, join } from 'node:path'
import type { SavedCluster } from './clusters.ts'
import { prefixOfId } from './settings.ts'

/** What tells in which settings a cluster stands. A new one has no id yet. */
export interface SettingsPlace {
  readonly id?: string
  readonly scope: SavedCluster['scope']
}

/** The folders of a window that paths in its settings can start at. */
export interface Roots<Folder> {
  /** Those that have settings of their own, by what stands before the ids of their clusters. */
  readonly byPrefix: ReadonlyMap<string, Folder | undefined>
  /** Where the workspace file stands. */
  readonly workspace: Folder | undefined
  /** The first folder that is open. */
  readonly first: Folder | undefined
}

/**
 * The folder that relative paths of a cluster start at: the one whose settings it stands in, that
 * of the workspace file, or the only one that is open. None for a user's cluster, so that no
 * repository can supply a file for it.
 */
export function rootFor<Folder>(
  { id = '', scope }: SettingsPlace,
  { byPrefix, workspace, first }: Roots<Folder>,
): Folder | undefined {
  if (scope === 'user') return undefined
  return byPrefix.get(prefixOfId(id)) ?? workspace ?? first
}

/**
 * Where a PEM file of the settings stands: `~` is the home directory, `${workspaceFolder}` the
 * root, and a relative path starts at the root.
 */
export function pemPath(path: string, root: string, home: string): string {
  const full = path
    .replace(/^~(?=$|[\\/])/, () => home)
    .replace(/^\$\{workspaceFolder\}/, () => root)
  return isAbsolute(full) ? full : join(root, full)
}
