import { isAbsolute, join } from 'node:path'

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
