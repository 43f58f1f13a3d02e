import { cp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { CACHE, ROOT } from './places.ts'

/**
 * A fresh copy of the examples to work on: what a suite changes stays out of the checkout. It is
 * inside of it, so that the example programs find their packages.
 */
export async function copyExamples(suite: string): Promise<string> {
  const folder = join(CACHE, 'workspaces', suite, 'examples')
  await rm(folder, { recursive: true, force: true })
  await cp(join(ROOT, 'examples'), folder, { recursive: true })
  return folder
}
