/** Builds, packs the VSIX, and fails when it is larger than its budget. */
import { spawnSync } from 'node:child_process'
import { mkdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { buildAll } from './build.ts'

const root = join(import.meta.dirname, '..')
const BUDGET_BYTES = 2 * 1024 * 1024

/** The packed extension's path. */
export const vsixPath = join(root, 'out', 'kafka-workbench.vsix')

/** Builds `dist/` and packs it; throws with vsce's own words when it refuses. */
export async function packageExtension(): Promise<void> {
  await buildAll()
  await mkdir(join(root, 'out'), { recursive: true })
  const result = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/@vscode/vsce/vsce'),
      'package',
      // Everything is bundled: no node_modules in the package.
      '--no-dependencies',
      // The README's pictures are in the package; there is no address to rewrite them to.
      '--no-rewrite-relative-links',
      '--allow-missing-repository',
      '--out',
      vsixPath,
    ],
    { cwd: root, encoding: 'utf8', timeout: 120_000 },
  )
  if (result.status !== 0) throw new Error(`vsce: ${result.stdout}${result.stderr}`)
}

if (import.meta.main) {
  await packageExtension()
  const { size } = await stat(vsixPath)
  console.log(`${(size / 1024).toFixed(0)} KiB of ${BUDGET_BYTES / 1024} KiB`)
  if (size > BUDGET_BYTES) {
    console.error('The VSIX is larger than its budget.')
    process.exitCode = 1
  }
}
