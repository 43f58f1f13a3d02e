/**
 * The process that owns a local Kafka. It outlives whoever started it, and stops Kafka when no
 * client has been connected to it for a while, however the last one ended. Plain Node, bundled as
 * an entry of its own; its one argument is a `SupervisorOptions` as JSON.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto'
import { mkdir } from 'node:fs/promises'
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { problemOf, type Problem } from '../base/problem.ts'
import { reachSupervisor } from './connection.ts'
import { receive, send, type LocalState, type Report, type Request } from './control.ts'
import { startKafka, type Kafka } from './kafka.ts'
import { removeLeftovers } from './leftovers.ts'
import { SampleClients } from './sampleClients.ts'
import {
  claimState,
  dropStale,
  dropState,
  readState,
  runsOf,
  stateFileOf,
  updateState,
  type SupervisorState,
} from './stateFile.ts'

export interface SupervisorOptions {
  /** Holds the state file, the log and the data. */
  readonly stateDir: string
  /** Holds the jars of every Kafka version. */
  readonly cacheDir: string
  readonly version?: string
  /** The port to take if it is free. */
  readonly port: number
  /** Milliseconds without a client after which Kafka is stopped. */
  readonly grace: number
  readonly containers: boolean
  /** The program of the sample clients. */
  readonly sampleEntry?: string
}

/** The first client may need longer than a short `grace` to come. */
const FIRST_CLIENT = 15_000
const KEPT_LINES = 500

class Supervisor {
  readonly #options: SupervisorOptions
  readonly #clients = new Set<Socket>()
  readonly #starting = new AbortController()
  readonly #lines: string[] = []
  readonly #sample: SampleClients
  #state: LocalState = { kind: 'starting', message: 'Starting a local Kafka' }
  #identity: SupervisorState = { pid: process.pid, port: 0, token: randomBytes(24).toString('hex') }
  #kafka: Kafka | undefined
  #started: Promise<void> | undefined
  #idle: NodeJS.Timeout | undefined
  #ending: Promise<void> | undefined

  constructor(options: SupervisorOptions) {
    this.#options = options
    this.#sample = new SampleClients(options.sampleEntry, line => this.#log(line))
  }

  /** Returns when Kafka runs, or at once when another supervisor already does this work. */
  async begin(): Promise<void> {
    const server = await this.#listen()
    if (!(await this.#claim())) {
      server.close()
      return
    }
    this.#expectClient(Math.max(this.#options.grace, FIRST_CLIENT))
    try {
      this.#started = this.#startKafka()
      await this.#started
    } catch (error) {
      await this.end(this.#starting.signal.aborted ? undefined : problemOf(error))
    }
  }

  /** Stops everything and ends the process. */
  end(problem?: Problem): Promise<void> {
    return (this.#ending ??= this.#end(problem))
  }

  async #listen(): Promise<Server> {
    const server = createServer(socket => this.#welcome(socket))
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(0, '127.0.0.1', resolve)
    })
    this.#identity = { ...this.#identity, port: (server.address() as AddressInfo).port }
    return server
  }

  get #file(): string {
    return stateFileOf(this.#options.stateDir)
  }

  /** Whether this process is now the one that clients find. */
  async #claim(): Promise<boolean> {
    for (;;) {
      if (await claimState(this.#file, this.#identity)) return true
      const other = await readSettled(this.#file)
      const reached = other && (await reachSupervisor(other, () => undefined))
      reached?.socket.destroy()
      if (reached) return false
      await dropStale(this.#file, other)
    }
  }

  async #startKafka(): Promise<void> {
    const runs = runsOf(this.#options.stateDir)
    await removeLeftovers(runs, () => false)
    const { signal } = this.#starting
    this.#kafka = await startKafka({
      ...this.#options,
      directory: join(runs, `kafka-workbench-${randomBytes(6).toString('hex')}`),
      onProgress: message => this.#change({ kind: 'starting', message }),
      onLine: line => this.#log(line),
      onLost: problem => void this.end(problem),
      signal,
    })
    signal.throwIfAborted()
    const { version, bootstrapServers, by } = this.#kafka
    await updateState(this.#file, { ...this.#identity, bootstrapServers })
    if (this.#sample.wanted) this.#sample.start(bootstrapServers)
    this.#change({
      kind: 'running',
      version,
      bootstrapServers,
      by,
      sample: this.#sample.wanted,
    })
  }

  /** A connection counts as a client once it has shown the token. */
  #welcome(socket: Socket): void {
    socket.on('error', () => socket.destroy())
    const late = setTimeout(() => socket.destroy(), 5000)
    socket.once('close', () => {
      clearTimeout(late)
      if (this.#clients.delete(socket) && this.#clients.size === 0) {
        this.#expectClient(this.#options.grace)
      }
    })
    receive(socket, message => {
      const request = message as Request | null
      if (this.#clients.has(socket)) this.#obey(request)
      else if (request?.type === 'hello' && this.#isRight(request.token)) {
        clearTimeout(late)
        this.#admit(socket)
      } else socket.destroy()
    })
  }

  #isRight(token: unknown): boolean {
    const given = Buffer.from(typeof token === 'string' ? token : '')
    const expected = Buffer.from(this.#identity.token)
    return given.length === expected.length && timingSafeEqual(given, expected)
  }

  #admit(socket: Socket): void {
    clearTimeout(this.#idle)
    this.#clients.add(socket)
    for (const line of this.#lines) send(socket, { type: 'log', line })
    send(socket, { type: 'state', state: this.#state })
  }

  #obey(request: Request | null): void {
    if (request?.type === 'stop') void this.end()
    if (request?.type === 'cancel' && this.#state.kind === 'starting' && this.#clients.size === 1) {
      void this.end()
    }
    if (request?.type === 'sample') this.#startSample()
  }

  #startSample(): void {
    this.#sample.wanted = true
    if (this.#state.kind !== 'running' || this.#state.sample) return
    this.#sample.start(this.#state.bootstrapServers)
    this.#change({ ...this.#state, sample: true })
  }

  #expectClient(patience: number): void {
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => {
      if (this.#clients.size === 0) void this.end()
    }, patience)
  }

  #change(state: LocalState): void {
    if (this.#ending && state.kind !== 'stopping' && state.kind !== 'stopped') return
    this.#state = state
    this.#tell({ type: 'state', state })
  }

  #log(line: string): void {
    this.#lines.push(line)
    if (this.#lines.length > KEPT_LINES) this.#lines.shift()
    this.#tell({ type: 'log', line })
  }

  #tell(report: Report): void {
    for (const client of this.#clients) send(client, report)
  }

  async #end(problem?: Problem): Promise<void> {
    clearTimeout(this.#idle)
    // From here on a new start gets a supervisor of its own.
    await dropState(this.#file, this.#identity.token)
    this.#change({ kind: 'stopping' })
    this.#starting.abort()
    // A start that was cut short cleans up after itself.
    await this.#started?.catch(() => undefined)
    await this.#sample.stop()
    await this.#kafka?.stop()
    this.#change(problem ? { kind: 'stopped', problem } : { kind: 'stopped' })
    await Promise.all([...this.#clients].map(client => flushed(client)))
    process.exit(0)
  }
}

/** Another supervisor may be writing the file just now. */
async function readSettled(file: string): Promise<SupervisorState | undefined> {
  for (let tries = 0; tries < 5; tries++) {
    const state = await readState(file)
    if (state) return state
    await sleep(50)
  }
  return undefined
}

/** The last report must arrive, but a client that reads nothing must not hold us up. */
function flushed(socket: Socket): Promise<void> {
  return new Promise(resolve => {
    setTimeout(resolve, 1000)
    socket.end(() => resolve())
  })
}

async function main(): Promise<void> {
  const options = JSON.parse(process.argv[2] ?? '') as SupervisorOptions
  await mkdir(options.stateDir, { recursive: true })
  const supervisor = new Supervisor(options)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(name, () => void supervisor.end())
  }
  process.on('uncaughtException', error => {
    process.stderr.write(`${error.stack ?? error.message}\n`)
    void supervisor.end(problemOf(error))
  })
  await supervisor.begin()
}

void main()
