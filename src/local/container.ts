import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ProblemError } from '../base/problem.ts'
import { probeMetadata } from './probe.ts'
import { eachLine, ended, run } from './processes.ts'

export type Engine = 'docker' | 'podman'

export const ENGINE_NAMES = { docker: 'Docker', podman: 'Podman' }

/** The file in a broker's directory that names the engine of its container. */
export const ENGINE_FILE = 'engine'

/**
 * The container engine that answers, else why none does: the command may be installed and its
 * engine not running.
 */
export async function findEngine(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ engine: Engine } | { reason: string }> {
  const reasons: string[] = []
  for (const engine of ['docker', 'podman'] as const) {
    const reason = await whyNot(engine, env, signal)
    if (reason === undefined) return { engine }
    reasons.push(reason)
  }
  return { reason: reasons.join(' ') }
}

async function whyNot(engine: Engine, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  try {
    // Both answer without their engine; a field of the engine makes them ask it.
    const ask =
      engine === 'docker'
        ? ['version', '--format', '{{.Server.Version}}']
        : ['info', '--format', '{{.Version.Version}}']
    const { code } = await run(engine, ask, {
      timeout: 10_000,
      signal,
      env,
    })
    if (code === 0) return undefined
    return `${ENGINE_NAMES[engine]} is installed, but its engine does not answer.`
  } catch (error) {
    signal?.throwIfAborted()
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `${ENGINE_NAMES[engine]} was not found.`
      : `${ENGINE_NAMES[engine]} does not answer.`
  }
}

export interface ContainerOptions {
  readonly engine: Engine
  readonly version: string
  /** On the loopback interface; where clients find it too. */
  readonly port: number
  /** The container's name. */
  readonly name: string
  /** Where it is noted that there is a container, for `removeLeftovers`. */
  readonly directory: string
  readonly onProgress: (message: string) => void
  readonly onLine: (line: string) => void
  /** The container ended though nobody asked it to. */
  readonly onLost: () => void
  readonly signal?: AbortSignal
}

export interface RunningContainer {
  readonly bootstrapServers: string
  /** Removes the container and its data. */
  stop(): Promise<void>
}

/**
 * Runs one plain node by the official image and waits until it serves. Rejects with `ProblemError`
 * (`image-failed`, `container-failed`, `kafka-silent`), having cleaned up.
 */
export async function startContainer(options: ContainerOptions): Promise<RunningContainer> {
  const { engine, version, port, name, directory, signal } = options
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, ENGINE_FILE), engine)
  const image = `docker.io/apache/kafka:${version}`
  options.onProgress(`Getting ${image} with ${ENGINE_NAMES[engine]}`)
  let wanted = true
  const stop = async () => {
    wanted = false
    await removeContainer(engine, name)
  }
  try {
    await demand(options, 'image-failed', 900_000, ['pull', '-q', image])
    options.onProgress(`Starting Kafka ${version} with ${ENGINE_NAMES[engine]}`)
    await demand(options, 'container-failed', 60_000, runArguments(name, port, image))
    follow(options, () => {
      if (wanted) options.onLost()
    })
    await untilServing(port, version, signal)
    return { bootstrapServers: `localhost:${port}`, stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** Removes a container, running or not. */
export async function removeContainer(engine: Engine, name: string): Promise<void> {
  await run(engine, ['rm', '-f', name], { timeout: 30_000 }).catch(() => undefined)
}

/** The image takes no setting of its own into account once one is given: all are. */
function runArguments(name: string, port: number, image: string): string[] {
  const controller = port === 29093 ? 29094 : 29093
  const settings = {
    NODE_ID: '1',
    PROCESS_ROLES: 'broker,controller',
    LISTENERS: `PLAINTEXT://:${port},CONTROLLER://localhost:${controller}`,
    ADVERTISED_LISTENERS: `PLAINTEXT://localhost:${port}`,
    LISTENER_SECURITY_PROTOCOL_MAP: 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
    CONTROLLER_LISTENER_NAMES: 'CONTROLLER',
    CONTROLLER_QUORUM_VOTERS: `1@localhost:${controller}`,
    OFFSETS_TOPIC_REPLICATION_FACTOR: '1',
    OFFSETS_TOPIC_NUM_PARTITIONS: '3',
    TRANSACTION_STATE_LOG_REPLICATION_FACTOR: '1',
    TRANSACTION_STATE_LOG_MIN_ISR: '1',
    SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR: '1',
    SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR: '1',
    GROUP_INITIAL_REBALANCE_DELAY_MS: '0',
  }
  const environment = Object.entries(settings).flatMap(([key, value]) => [
    '-e',
    `KAFKA_${key}=${value}`,
  ])
  const published = `127.0.0.1:${port}:${port}`
  return ['run', '-d', '--rm', '--name', name, '-p', published, ...environment, image]
}

async function demand(
  { engine, version, signal }: ContainerOptions,
  code: string,
  timeout: number,
  args: string[],
): Promise<void> {
  const result = await run(engine, args, { timeout, signal })
  if (result.code === 0) return
  throw new ProblemError({
    code,
    message: `${ENGINE_NAMES[engine]} could not ${args[0] ?? 'run'} Kafka ${version}.`,
    advice: 'Its own message says why.',
    detail: result.stderr,
  })
}

/** The log ends when the container does. */
function follow({ engine, name, onLine }: ContainerOptions, onEnd: () => void): void {
  const log = spawn(engine, ['logs', '-f', name], { stdio: ['ignore', 'pipe', 'pipe'] })
  for (const stream of [log.stdout, log.stderr]) eachLine(stream, onLine)
  log.once('error', onEnd)
  void ended(log).then(onEnd)
}

async function untilServing(port: number, version: string, signal?: AbortSignal): Promise<void> {
  const deadline = Date.now() + 60_000
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    const once = AbortSignal.any([AbortSignal.timeout(2000), ...(signal ? [signal] : [])])
    const brokers = await probeMetadata({ host: '127.0.0.1', port }, once).catch(() => 0)
    if (brokers > 0) return
    await sleep(200, undefined, signal ? { signal } : {})
  }
  throw new ProblemError({
    code: 'kafka-silent',
    message: `Kafka ${version} was started but does not answer on port ${port}.`,
    advice: 'Look at the log of its container.',
  })
}
