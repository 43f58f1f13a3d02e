import { readFile, realpath, stat } from 'node:fs/promises'
import path from 'node:path'
import { ProblemError } from '../base/problem.ts'
import { whyNot } from './fileErrors.ts'

/** Where a `.kafka` file stands, and what stands around it. */
export interface Workspace {
  /** Of the file: what it names is relative to it. */
  readonly folder: string
  /** What it names must be in here. */
  readonly root: string
}

/**
 * The nearest folder with `.git`, else with `kafka.env.json`, else the current folder if the file
 * is in it, else the file's own.
 */
export async function workspaceOf(folder: string, current: string): Promise<Workspace> {
  const own = await realpath(folder)
  const upward = foldersUpward(own)
  for (const marker of ['.git', 'kafka.env.json']) {
    for (const root of upward) {
      if (await exists(path.join(root, marker))) return { folder: own, root }
    }
  }
  const root = await realpath(current)
  return { folder: own, root: isInside(root, own) ? root : own }
}

/**
 * The file of this name in the folder or the nearest one above it, up to the root. Rejects with
 * `ProblemError` where it cannot be read.
 */
export async function nearest(
  { folder, root }: Workspace,
  name: string,
): Promise<{ readonly file: string; readonly text: string } | undefined> {
  for (const each of foldersUpward(folder)) {
    if (!isInside(root, each)) return undefined
    const file = path.join(each, name)
    if (await exists(file)) return { file, text: await textOf(file) }
  }
  return undefined
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const message = `${file} cannot be read: ${whyNot(error)}.`
    throw new ProblemError({ code: 'unreadable', message }, { cause: error })
  }
}

/** The folder itself is inside. */
export function isInside(root: string, name: string): boolean {
  const way = path.relative(root, name)
  return way === '' || (way !== '..' && !way.startsWith(`..${path.sep}`) && !path.isAbsolute(way))
}

function foldersUpward(folder: string): readonly string[] {
  const folders = [folder]
  for (let at = folder; path.dirname(at) !== at;) folders.push((at = path.dirname(at)))
  return folders
}

async function exists(name: string): Promise<boolean> {
  return stat(name).then(
    () => true,
    () => false,
  )
}
