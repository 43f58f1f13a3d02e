import { readdir, stat } from 'node:fs/promises'
import path from 'node:path'

export interface FoundFiles {
  /** In the order given; inside a folder or a pattern by name. Each file once. */
  readonly files: readonly string[]
  /** What was asked for and is not there, a sentence each. */
  readonly missing: readonly string[]
}

/** Standard input, among the arguments. */
export const STANDARD_INPUT = '-'

const EXTENSION = '.kafka'

/** The files that arguments mean: files, folders (their `.kafka` files, at any depth), patterns. */
export async function findFiles(args: readonly string[], folder: string): Promise<FoundFiles> {
  const files = new Set<string>()
  const missing: string[] = []
  for (const arg of args) {
    const found = arg === STANDARD_INPUT ? [arg] : await filesOf(arg, folder)
    if (found.length === 0) missing.push(messageFor(arg))
    for (const file of found) files.add(file)
  }
  return { files: [...files], missing }
}

function messageFor(arg: string): string {
  return `${arg}: there is no such file, folder with ${EXTENSION} files, or pattern that matches one.`
}

async function filesOf(arg: string, folder: string): Promise<readonly string[]> {
  const kind = await kindOf(path.resolve(folder, arg))
  if (kind === 'file') return [arg]
  if (kind === 'folder') return filesIn(arg, folder, name => name.endsWith(EXTENSION))
  if (!/[*?{[]/.test(arg)) return []
  const pattern = arg.split(path.sep).join('/').replace(/^\.\//, '')
  const root = fixedPart(pattern)
  const matches = patternOf(pattern)
  return filesIn(root, folder, name => matches.test(name.split(path.sep).join('/')))
}

async function kindOf(name: string): Promise<'file' | 'folder' | undefined> {
  try {
    const status = await stat(name)
    return status.isDirectory() ? 'folder' : 'file'
  } catch {
    return undefined
  }
}

/**
 * Walks a folder. Folders that are linked, hidden or `node_modules` are left out: a link could lead
 * in circles, and the others hold files of other people.
 */
async function filesIn(
  start: string,
  folder: string,
  wanted: (name: string) => boolean,
): Promise<readonly string[]> {
  const found: string[] = []
  const waiting = [start]
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    for (const entry of await entriesOf(path.resolve(folder, at))) {
      const name = path.join(at, entry.name)
      if (entry.isDirectory()) {
        if (!entry.name.startsWith('.') && entry.name !== 'node_modules') waiting.push(name)
      } else if (wanted(name) && (await kindOf(path.resolve(folder, name))) === 'file') {
        found.push(name)
      }
    }
  }
  return found.sort((a, b) => (a < b ? -1 : 1))
}

async function entriesOf(folder: string) {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch {
    return []
  }
}

/** The folder that a pattern starts in: what stands before its first wildcard. */
function fixedPart(pattern: string): string {
  const wildcard = pattern.search(/[*?{[]/)
  const slash = pattern.lastIndexOf('/', wildcard)
  if (slash < 0) return '.'
  return slash === 0 ? '/' : pattern.slice(0, slash)
}

/** A pattern with `*`, `**`, `?`, `[abc]` and `{a,b}` as an expression over whole paths. */
function patternOf(pattern: string): RegExp {
  const source = pattern.replaceAll(
    /\*\*\/|\*\*|\*|\?|\{[^{}]*\}|\[[^\]/]+\]|[.+^${}()|[\]\\]/g,
    piece => {
      if (piece === '**/') return '(?:[^/]+/)*'
      if (piece === '**') return '.*'
      if (piece === '*') return '[^/]*'
      if (piece === '?') return '[^/]'
      if (piece.length > 1 && piece.startsWith('{')) {
        const words = piece.slice(1, -1).split(',')
        return `(?:${words.map(word => word.replaceAll(/[.*+?^$()|[\]\\]/g, '\\$&')).join('|')})`
      }
      if (piece.length > 1)
        return `[${piece.slice(1, -1).replace(/^!/, '^').replaceAll('\\', '\\\\')}]`
      return `\\${piece}`
    },
  )
  return new RegExp(`^${source}$`)
}
