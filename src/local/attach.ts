import { spawn } from 'node:child_process'
import { closeSync, mkdirSync, openSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Disposable } from '../base/dispose.ts'
import { Emitter, type Event } from '../base/events.ts'
import { ProblemError } from '../base/problem.ts'
import { reachSupervisor, type SupervisorConnection } from './connection.ts'
import { send, type LocalState, type Report } from './control.ts'
import { KAFKA_PORT } from './ports.ts'
import { readState, stateFileOf } from './stateFile.ts'
import type { SupervisorOptions } from './supervisor.ts'

export type { LocalState } from './control.ts'

/** Milliseconds that Kafka stays after its last client is gone: time enough to reload a window. */
const GRACE = 60_000
const SUPERVISOR_START = 20_000

export interface LocalKafkaOptions {
  /** A folder of ours for the state file, the log and the data; one Kafka per folder. */
  readonly stateDir: string
  /** A folder of ours for Kafka's jars. */
  readonly cacheDir: string
  /** The supervisor's program: `dist/supervisor.js`, or its source. */
  readonly supervisorEntry: string
  /** The program of the sample clients: `dist/sample.js`, or its source. */
  readonly sampleEntry?: string
  /** Whether to fill Kafka with sample data and to keep it moving. */
  readonly sample?: boolean
  /** Kafka's version; any that is at hand unless given. Says nothing about one that runs already. */
  readonly version?: string
  /** Whether Docker or Podman will do; yes unless given. */
  readonly containers?: boolean
  /** The port to take if it is free: 9092 unless given. */
  readonly port?: number
  /** Milliseconds that Kafka stays after its last client is gone; 60,000 unless given. */
  readonly grace?: number
  /** One sentence without a full stop, for a notification. */
  readonly onProgress?: (message: string) => void
  /** Every line of the log from its beginning, also those written before this call. */
  readonly onLog?: (line: string) => void
  /** Gives up waiting; Kafka is stopped if nobody else waits for it. */
  readonly signal?: AbortSignal
}

/** A client of the supervisor. Kafka stays at least until it is disposed or its process ends. */
export interface LocalKafka extends Disposable {
  readonly bootstrapServers: string
  readonly version: string
  readonly state: LocalState
  /** Also fires when Kafka, or the supervisor itself, ended. */
  readonly onDidChangeState: Event<LocalState>
  /** Starts the sample clients if they do not run. */
  startSample(): void
  /** Stops Kafka now, whoever else uses it; resolves when it is gone. */
  stop(): Promise<void>
}

/**
 * Attaches to the local Kafka of `stateDir`, or starts one. Waits until it serves. Rejects with
 * `ProblemError` when it cannot be started, and with the signal's reason.
 */
export async function attachLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka> {
  options.signal?.throwIfAborted()
  mkdirSync(options.stateDir, { recursive: true })
  const client = new Client(options)
  const connection = (await client.reach()) ?? (await startSupervisor(options, client))
  return client.follow(connection)
}

/** Attaches if a local Kafka runs or starts, as after a reload; `undefined` otherwise. */
export async function findLocalKafka(options: LocalKafkaOptions): Promise<LocalKafka | undefined> {
  const client = new Client(options)
  const connection = await client.reach()
  return connection && client.follow(connection)
}

async function startSupervisor(
  options: LocalKafkaOptions,
  client: Client,
): Promise<SupervisorConnection> {
  const log = join(options.stateDir, 'supervisor.log')
  const exit = spawnSupervisor(options, log)
  const deadline = Date.now() + SUPERVISOR_START
  // Not before it is reached can it be told that nobody waits any more.
  while (Date.now() < deadline && exit.failed === undefined) {
    const connection = await client.reach()
    if (connection) return connection
    await sleep(25)
  }
  throw new ProblemError({
    code: 'supervisor-failed',
    message: `The process that runs the local Kafka could not be started (${exit.failed ?? 'no answer'}).`,
    advice: `Look at ${log}.`,
    detail: await readFile(log, 'utf8').catch(() => ''),
  })
}

/** The exit code 0 means that another supervisor was quicker, which will answer instead. */
function spawnSupervisor(options: LocalKafkaOptions, log: string): { failed?: string } {
  const given: SupervisorOptions = {
    stateDir: options.stateDir,
    cacheDir: options.cacheDir,
    port: options.port ?? KAFKA_PORT,
    grace: options.grace ?? GRACE,
    containers: options.containers ?? true,
    ...(options.version === undefined ? {} : { version: options.version }),
    ...(options.sampleEntry === undefined ? {} : { sampleEntry: options.sampleEntry }),
  }
  const output = openSync(log, 'w')
  const child = spawn(process.execPath, [options.supervisorEntry, JSON.stringify(given)], {
    cwd: options.stateDir,
    detached: true,
    stdio: ['ignore', output, output],
    env: plainNode(),
    windowsHide: true,
  })
  closeSync(output)
  child.unref()
  const exit: { failed?: string } = {}
  child.once('error', error => (exit.failed = error.message))
  child.once('exit', code => {
    if (code !== 0) exit.failed = `it ended with ${code ?? 'a signal'}`
  })
  return exit
}

/** The extension host is an Electron that must be told to be Node, without its debugger. */
function plainNode(): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, ELECTRON_RUN_AS_NODE: '1' }
  delete env['NODE_OPTIONS']
  delete env['VSCODE_INSPECTOR_OPTIONS']
  return env
}

class Client {
  readonly #options: LocalKafkaOptions
  readonly #states = new Emitter<LocalState>()
  #state: LocalState = { kind: 'starting', message: 'Starting' }

  constructor(options: LocalKafkaOptions) {
    this.#options = options
  }

  /** The supervisor that the state file names, if it lives and is not about to end. */
  async reach(): Promise<SupervisorConnection | undefined> {
    const known = await readState(stateFileOf(this.#options.stateDir))
    const connection = known && (await reachSupervisor(known, report => this.#hear(report)))
    const state = connection?.state.kind
    if (state !== 'stopping' && state !== 'stopped') return connection
    connection?.socket.destroy()
    return undefined
  }

  /** Waits until Kafka serves. */
  async follow({ socket }: SupervisorConnection): Promise<LocalKafka> {
    const { sample = false, signal } = this.#options
    if (sample) send(socket, { type: 'sample' })
    socket.on('close', () => this.#lose())
    await this.#serving(socket, signal)
    // Nothing of ours keeps the process of a client alive.
    socket.unref()
    return this.#handle(socket)
  }

  #serving(socket: Socket, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = () => {
        send(socket, { type: 'cancel' })
        socket.end()
        settle(() => reject(signal?.reason as Error))
      }
      const look = (state: LocalState) => {
        if (state.kind === 'running') settle(resolve)
        if (state.kind === 'stopped') settle(() => reject(endedWhileWaiting(state)))
      }
      const listening = this.#states.event(look)
      const settle = (action: () => void) => {
        listening.dispose()
        signal?.removeEventListener('abort', onAbort)
        action()
      }
      signal?.addEventListener('abort', onAbort)
      if (signal?.aborted) onAbort()
      else look(this.#state)
    })
  }

  #hear(report: Report): void {
    if (report.type === 'log') {
      this.#options.onLog?.(report.line)
      return
    }
    this.#state = report.state
    if (report.state.kind === 'starting') this.#options.onProgress?.(report.state.message)
    this.#states.fire(report.state)
  }

  /** The supervisor is gone without having said so: it was killed. */
  #lose(): void {
    if (this.#state.kind === 'stopped') return
    this.#hear({ type: 'state', state: { kind: 'stopped', problem: KILLED } })
  }

  #handle(socket: Socket): LocalKafka {
    const current = () => this.#state
    const states = this.#states
    const { bootstrapServers, version } = current() as Extract<LocalState, { kind: 'running' }>
    return {
      bootstrapServers,
      version,
      get state() {
        return current()
      },
      onDidChangeState: states.event,
      startSample: () => send(socket, { type: 'sample' }),
      stop: () => stopNow(socket),
      dispose: () => {
        states.dispose()
        socket.end()
      },
    }
  }
}

function stopNow(socket: Socket): Promise<void> {
  if (socket.closed) return Promise.resolve()
  socket.ref()
  return new Promise(resolve => {
    const late = setTimeout(() => socket.destroy(), 20_000)
    socket.once('close', () => {
      clearTimeout(late)
      resolve()
    })
    send(socket, { type: 'stop' })
  })
}

const KILLED = {
  code: 'supervisor-ended',
  message: 'The process that ran the local Kafka was killed.',
  advice: 'Start the local Kafka again.',
}

function endedWhileWaiting(state: Extract<LocalState, { kind: 'stopped' }>): ProblemError {
  return new ProblemError(
    state.problem ?? {
      code: 'stopped',
      message: 'The local Kafka was stopped before it had started.',
    },
  )
}
