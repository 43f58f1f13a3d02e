import { spawn, type ChildProcess } from 'node:child_process'
import { eachLine, end, ended } from './processes.ts'

/** How often in a row a program that ended by itself is started again. */
const TRIES = 5
/** Milliseconds before it is, and after which a program has proved that it can run. */
const PAUSE = 3000
const PROVED = 60_000

/** Runs the program of the sample clients, one process, as long as it is wanted. */
export class SampleClients {
  readonly #entry: string | undefined
  readonly #onLine: (line: string) => void
  #child: ChildProcess | undefined
  #pause: NodeJS.Timeout | undefined
  #tries = 0
  /** Whether a client asked for it. */
  wanted = false

  constructor(entry: string | undefined, onLine: (line: string) => void) {
    this.#entry = entry
    this.#onLine = onLine
  }

  start(bootstrapServers: string): void {
    if (this.#entry === undefined || this.#child) return
    // Its standard input is a pipe: when this process is killed, the program sees it close.
    const child = spawn(
      process.execPath,
      [this.#entry, JSON.stringify({ bootstrapServers, endsWithInput: true })],
      {
        stdio: ['pipe', 'pipe', 'pipe'],
        windowsHide: true,
      },
    )
    this.#child = child
    const started = performance.now()
    child.stdin.on('error', () => undefined)
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, line => this.#onLine(`sample: ${line}`))
    }
    child.once('error', error => this.#onLine(`sample: ${error.message}`))
    void ended(child).then(() => {
      if (performance.now() - started > PROVED) this.#tries = 0
      this.#again(bootstrapServers)
    })
  }

  #again(bootstrapServers: string): void {
    this.#child = undefined
    if (!this.wanted || ++this.#tries > TRIES) return
    this.#onLine('sample: the program ended and is started again')
    this.#pause = setTimeout(() => this.start(bootstrapServers), PAUSE)
  }

  async stop(): Promise<void> {
    this.wanted = false
    clearTimeout(this.#pause)
    const child = this.#child
    child?.stdin?.end()
    if (child) await end(child, 5000)
  }
}
