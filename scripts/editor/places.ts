import { existsSync } from 'node:fs'
import { delimiter, dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..')

/** Everything that is made while building and testing: ignored by git, safe to delete. */
export const CACHE = join(ROOT, '.cache')

export const EDITOR_CACHE = join(CACHE, 'editor')
export const SCREENSHOTS = join(CACHE, 'screenshots')

/** The VS Code server needs the Node it was made for. */
const SERVER_NODE_MAJOR = 24

/** A Node that the VS Code server runs on: this one, else the one among the development packages. */
export function serverNode(): string {
  const own = Number(process.versions.node.split('.')[0])
  if (own === SERVER_NODE_MAJOR) return process.execPath
  const packaged = join(ROOT, 'node_modules/node/bin/node')
  return existsSync(packaged) ? packaged : process.execPath
}

/** The first of these programs on the PATH. */
export function onPath(...names: string[]): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter(Boolean)
  const endings = process.platform === 'win32' ? ['.exe', '.cmd', ''] : ['']
  for (const name of names)
    for (const folder of folders)
      for (const ending of endings) {
        const path = join(folder, name + ending)
        if (existsSync(path)) return path
      }
  return undefined
}
