import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { hostOptions } from '../../scripts/build.ts'
import { root } from '../../scripts/stages.ts'

/** The bundled command line, as it ships. */
export class Bundle {
  readonly #folder: string
  readonly #running = new Set<BundleRun>()

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async make(): Promise<Bundle> {
    const folder = await mkdtemp(join(root, '.cache', 'kafkafile-'))
    const entries = { kafkafile: 'src/cli/kafkafile.ts', reader: 'src/reading/worker.ts' }
    await build({ absWorkingDir: root, ...hostOptions(entries, folder) })
    return new Bundle(folder)
  }

  /** The thread that reads records: it loads faster than its source. */
  get readerWorker(): URL {
    return pathToFileURL(join(this.#folder, 'reader.js'))
  }

  start(
    args: readonly string[],
    { folder = root, environment = {} }: { folder?: string; environment?: NodeJS.ProcessEnv } = {},
  ): BundleRun {
    const run = new BundleRun(join(this.#folder, 'kafkafile.js'), args, folder, environment)
    this.#running.add(run)
    return run
  }

  async remove(): Promise<void> {
    for (const run of this.#running) {
      run.child.kill('SIGKILL')
      await run.ended
    }
    await rm(this.#folder, { recursive: true, force: true })
  }
}

/** One run of it, in a process of its own. */
export class BundleRun {
  readonly child: ChildProcess
  out = ''
  errors = ''
  /** The exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>

  constructor(
    file: string,
    args: readonly string[],
    folder: string,
    environment: NodeJS.ProcessEnv,
  ) {
    this.child = spawn(process.execPath, [file, ...args], {
      cwd: folder,
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child.stdout?.setEncoding('utf8').on('data', (text: string) => (this.out += text))
    this.child.stderr?.setEncoding('utf8').on('data', (text: string) => (this.errors += text))
    this.ended = once(this.child, 'close').then(
      ([code, signal]) => (code ?? signal) as number | NodeJS.Signals | null,
    )
  }

  get lines(): string[] {
    return this.out.split('\n').filter(line => line !== '')
  }
}
