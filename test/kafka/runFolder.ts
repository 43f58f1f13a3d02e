import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RunDocument } from '../../src/report/json.ts'
import type { Bundle, BundleRun } from './bundle.ts'

/** A folder with `.kafka` files that the bundled `kafkafile run` runs. Whoever made it removes it. */
export interface RunFolder {
  readonly path: string
  put(files: Readonly<Record<string, string>>): Promise<void>
  read(name: string): Promise<string>
  /** `--report json=NAME`. */
  document(name: string): Promise<RunDocument>
  /** The arguments in one text, separated by blanks. */
  start(args: string, environment?: Readonly<Record<string, string>>): BundleRun
  run(args: string, environment?: Readonly<Record<string, string>>): Promise<Ended>
  remove(): Promise<void>
}

export interface Ended {
  readonly exit: Awaited<BundleRun['ended']>
  readonly out: string
  readonly errors: string
}

export async function runFolder(bundle: Bundle): Promise<RunFolder> {
  const path = await mkdtemp(join(tmpdir(), 'kafkafile-run-'))
  const read = (name: string) => readFile(join(path, name), 'utf8')
  const start: RunFolder['start'] = (args, environment = {}) => {
    const all = ['run', ...args.split(' ').filter(arg => arg !== '')]
    return bundle.start(all, { folder: path, environment })
  }
  return {
    path,
    read,
    start,
    async put(files) {
      for (const [name, text] of Object.entries(files)) {
        await mkdir(dirname(join(path, name)), { recursive: true })
        await writeFile(join(path, name), text)
      }
    },
    document: async name => JSON.parse(await read(name)) as RunDocument,
    async run(args, environment) {
      const started = start(args, environment)
      const exit = await started.ended
      return { exit, out: started.out, errors: started.errors }
    },
    remove: () => rm(path, { recursive: true, force: true }),
  }
}
