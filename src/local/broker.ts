import { randomBytes } from 'node:crypto'
import { access, mkdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { spawn, type ChildProcess } from 'node:child_process'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { ProblemError } from '../base/problem.ts'
import type { Jars } from './jars.ts'
import type { Java } from './java.ts'
import { PIDS } from './leftovers.ts'
import { freePorts } from './ports.ts'
import { probeMetadata, type Probe } from './probe.ts'
import { eachLine, end, ended, hasEnded, run } from './processes.ts'
import {
  LOG4J2_PROPERTIES,
  LOG4J_PROPERTIES,
  needsZooKeeper,
  serverProperties,
  zooKeeperProperties,
  type Listener,
  type NodePorts,
} from './properties.ts'

export interface BrokerOptions {
  readonly jars: Jars
  readonly java: Java
  /** Made for this broker, holds all it writes, and is deleted with it. */
  readonly directory: string
  readonly nodes?: 1 | 3
  /** The name that clients are sent to: `127.0.0.1` unless given. It must mean this machine. */
  readonly host?: string
  /** Of the first node's plain listener; a free port unless given. */
  readonly port?: number
  /** Besides the plain one, on every node. */
  readonly listeners?: readonly Listener[]
  /** Added to every node's `server.properties`. */
  readonly properties?: Readonly<Record<string, string>>
  /** Added to the command line of every node's JVM. */
  readonly jvm?: readonly string[]
  /** SCRAM users, as `StorageTool format --add-scram` takes them. */
  readonly scram?: readonly string[]
  /** How to tell that a broker serves: a Metadata request unless given. */
  readonly probe?: Probe
  /** Every line that a node logs. */
  readonly onLine?: (line: string) => void
  /** A node ended though nobody asked it to. */
  readonly onLost?: (node: RunningNode) => void
  /** Aborting it while the broker starts gives up; later it means nothing. */
  readonly signal?: AbortSignal | undefined
  /** Milliseconds until a node that does not answer is given up; 60 s unless given. */
  readonly timeout?: number
}

export interface RunningNode {
  readonly id: number
  /** `host:port` of the plain listener. It stays the same over restarts. */
  readonly address: string
  /** Of the Java process; `undefined` while there is none. */
  readonly pid: number | undefined
  /** Ends the process without a word (SIGKILL), as a crash would. */
  kill(): Promise<void>
  /** Ends the process politely. */
  stop(): Promise<void>
  /** Starts the process again on its data and waits until it serves. */
  start(signal?: AbortSignal): Promise<void>
}

export interface RunningBroker {
  readonly version: string
  /** All nodes' plain listeners, separated by commas. */
  readonly bootstrapServers: string
  readonly nodes: readonly RunningNode[]
  /** Where the first node's other listeners are: name → `host:port`. */
  readonly listeners: Readonly<Record<string, string>>
  /** Ends all processes and deletes the data. */
  stop(): Promise<void>
}

/** Small and quick (measured: half the memory and two thirds of the time of the defaults). */
const JVM = ['-Xmx256m', '-Xms64m', '-XX:TieredStopAtLevel=1', '-XX:+UseSerialGC']
const PATIENCE = 8000
const KEPT_LINES = 40

/**
 * Starts a Kafka of one or three nodes on the loopback interface and waits until every node serves
 * and knows the others. Rejects with `ProblemError` (`kafka-failed`, `port-taken`, `kafka-silent`),
 * having cleaned up.
 */
export async function startBroker(options: BrokerOptions): Promise<RunningBroker> {
  const plan = await planOf(options)
  const starters: JavaProcess[] = []
  const stop = async () => {
    // Nodes that lose each other, or their ZooKeeper, would wait for it before they end.
    const patience = starters.length > 1 ? 0 : PATIENCE
    await Promise.all(starters.map(one => one.end(patience)))
    await removeDirectory(options.directory)
  }
  try {
    const nodes = await prepare(plan, starters)
    await Promise.all(nodes.map(node => node.start(options.signal)))
    return {
      version: options.jars.version,
      bootstrapServers: nodes.map(node => node.address).join(','),
      nodes,
      listeners: listenersOf(plan),
      stop,
    }
  } catch (error) {
    await stop()
    throw error
  }
}

interface Plan {
  readonly options: BrokerOptions
  readonly host: string
  readonly nodes: readonly NodePorts[]
  readonly zooKeeperPort: number | undefined
}

async function planOf(options: BrokerOptions): Promise<Plan> {
  const count = options.nodes ?? 1
  const each = 2 + (options.listeners?.length ?? 0)
  const ports = await freePorts(count * each + 1)
  const nodes = Array.from({ length: count }, (_, index) => {
    const [free = 0, controllerPort = 0, ...listenerPorts] = ports.slice(
      index * each,
      (index + 1) * each,
    )
    const port = index === 0 && options.port !== undefined ? options.port : free
    return { id: index + 1, port, controllerPort, listenerPorts }
  })
  return {
    options,
    host: options.host ?? '127.0.0.1',
    nodes,
    zooKeeperPort: needsZooKeeper(options.jars.version) ? ports.at(-1) : undefined,
  }
}

function listenersOf({ options, host, nodes }: Plan): Record<string, string> {
  const ports = nodes[0]?.listenerPorts ?? []
  const found = (options.listeners ?? []).map(({ name }, index) => [
    name,
    `${host}:${ports[index] ?? 0}`,
  ])
  return Object.fromEntries(found) as Record<string, string>
}

async function prepare(plan: Plan, starters: JavaProcess[]): Promise<RunningNode[]> {
  const { options } = plan
  await mkdir(options.directory, { recursive: true })
  await writeFile(join(options.directory, 'log4j.properties'), LOG4J_PROPERTIES)
  await writeFile(join(options.directory, 'log4j2.properties'), LOG4J2_PROPERTIES)
  if (plan.zooKeeperPort !== undefined)
    starters.push(await startZooKeeper(plan, plan.zooKeeperPort))
  const clusterId = uuid()
  return Promise.all(
    plan.nodes.map(async node => {
      const config = await configure(plan, node)
      if (plan.zooKeeperPort === undefined) await format(plan, config, clusterId)
      const java = new JavaProcess(options, ['kafka.Kafka', config])
      starters.push(java)
      return runningNode(plan, node, java)
    }),
  )
}

/** A Kafka `Uuid` that does not look like an option of the command line. */
function uuid(): string {
  const text = randomBytes(16).toString('base64url')
  return text.startsWith('-') ? uuid() : text
}

async function configure(plan: Plan, node: NodePorts): Promise<string> {
  const { options } = plan
  const directory = join(options.directory, `node-${node.id}`)
  await mkdir(directory, { recursive: true })
  const config = join(directory, 'server.properties')
  const text = serverProperties({
    version: options.jars.version,
    node,
    nodes: plan.nodes,
    host: plan.host,
    listeners: options.listeners ?? [],
    dataDirectory: join(directory, 'data'),
    zooKeeperPort: plan.zooKeeperPort,
    properties: options.properties ?? {},
  })
  await writeFile(config, text, { mode: 0o600 })
  return config
}

async function format({ options }: Plan, config: string, clusterId: string): Promise<void> {
  const users = (options.scram ?? []).flatMap(user => ['--add-scram', user])
  const args = [...(await jvmArguments(options)), 'kafka.tools.StorageTool', 'format']
  const { code, stdout, stderr } = await run(
    options.java.command,
    [...args, '-t', clusterId, '-c', config, ...users],
    { timeout: options.timeout ?? 60_000, signal: options.signal },
  )
  if (code !== 0) throw failed(options.jars.version, `${stdout}\n${stderr}`.split('\n'))
}

async function startZooKeeper({ options }: Plan, port: number): Promise<JavaProcess> {
  const config = join(options.directory, 'zoo.cfg')
  await writeFile(config, zooKeeperProperties(port, join(options.directory, 'zookeeper')))
  const main = 'org.apache.zookeeper.server.ZooKeeperServerMain'
  const zooKeeper = new JavaProcess(options, [main, config])
  await zooKeeper.begin()
  return zooKeeper
}

/** The archive of loaded classes (AppCDS) is made by the setup; without it a start takes longer. */
async function jvmArguments({ jars, java, directory }: BrokerOptions): Promise<string[]> {
  const log = (name: string) => pathToFileURL(join(directory, name)).href
  const archive = archiveOf(jars, java)
  const usable =
    archive !== undefined &&
    (await access(archive).then(
      () => true,
      () => false,
    ))
  return [
    ...JVM,
    ...(usable ? [`-XX:SharedArchiveFile=${archive}`] : []),
    `-Dlog4j.configuration=${log('log4j.properties')}`,
    `-Dlog4j2.configurationFile=${log('log4j2.properties')}`,
    '-cp',
    jars.classPath,
  ]
}

/** Where the class archive of these jars belongs; it fits one release of Java only. */
export function archiveOf(jars: Jars, java: Java): string | undefined {
  return jars.cache === undefined ? undefined : join(jars.cache, `java-${java.release}.jsa`)
}

/** One Java process that can be started again and again. */
class JavaProcess {
  readonly #options: BrokerOptions
  readonly #args: readonly string[]
  #child: ChildProcess | undefined
  #ending = false
  lines: string[] = []

  constructor(options: BrokerOptions, args: readonly string[]) {
    this.#options = options
    this.#args = args
  }

  get pid(): number | undefined {
    return this.#child && !hasEnded(this.#child) ? this.#child.pid : undefined
  }

  isRunning(): boolean {
    return this.pid !== undefined
  }

  async begin(onEnd: () => void = () => undefined): Promise<void> {
    const { jvm = [] } = this.#options
    const args = [...jvm, ...(await jvmArguments(this.#options)), ...this.#args]
    this.#ending = false
    this.lines = []
    const child = spawn(this.#options.java.command, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      windowsHide: true,
    })
    this.#child = child
    for (const stream of [child.stdout, child.stderr]) {
      eachLine(stream, line => this.#keep(line))
    }
    child.once('error', error => this.#keep(error.message))
    void ended(child).then(() => {
      if (!this.#ending) onEnd()
    })
    if (child.pid !== undefined) await this.#note(child.pid)
  }

  async end(patience: number): Promise<void> {
    this.#ending = true
    if (this.#child) await end(this.#child, patience)
  }

  /** For `removeLeftovers`, in case this process dies before the broker does. */
  async #note(pid: number): Promise<void> {
    const folder = join(this.#options.directory, PIDS)
    await mkdir(folder, { recursive: true })
    await writeFile(join(folder, String(pid)), '')
  }

  #keep(line: string): void {
    this.lines.push(line)
    if (this.lines.length > KEPT_LINES) this.lines.shift()
    this.#options.onLine?.(line)
  }
}

function runningNode(plan: Plan, ports: NodePorts, java: JavaProcess): RunningNode {
  let serving = false
  const node: RunningNode = {
    id: ports.id,
    address: `${plan.host}:${ports.port}`,
    get pid() {
      return java.pid
    },
    kill: () => java.end(0),
    stop: () => java.end(PATIENCE),
    async start(signal) {
      serving = false
      await java.begin(() => {
        if (serving) plan.options.onLost?.(node)
      })
      await untilServing(plan, ports.port, java, signal)
      serving = true
    },
  }
  return node
}

async function untilServing(plan: Plan, port: number, java: JavaProcess, signal?: AbortSignal) {
  const { options, nodes } = plan
  const deadline = Date.now() + (options.timeout ?? 60_000)
  const probe = options.probe ?? probeMetadata
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    if (!java.isRunning()) throw failed(options.jars.version, java.lines)
    const once = AbortSignal.any([AbortSignal.timeout(2000), ...(signal ? [signal] : [])])
    const brokers = await probe({ host: '127.0.0.1', port }, once).catch(() => 0)
    if (brokers >= nodes.length && java.isRunning()) return
    await sleep(25, undefined, signal ? { signal } : {})
  }
  throw new ProblemError({
    code: 'kafka-silent',
    message: `Kafka ${options.jars.version} was started but does not answer on port ${port}.`,
    advice: 'Look at its log.',
    detail: java.lines.join('\n'),
  })
}

function failed(version: string, lines: readonly string[]): ProblemError {
  const text = lines.join('\n')
  if (/Address already in use|BindException/.test(text)) {
    return new ProblemError({
      code: 'port-taken',
      message: `Kafka ${version} could not listen: another program took its port.`,
      advice: 'Start it again.',
      detail: text,
    })
  }
  return new ProblemError({
    code: 'kafka-failed',
    message: `Kafka ${version} ended before it could be used.`,
    advice: 'Its log says why.',
    detail: text,
  })
}

/** A JVM that was just killed may still hold files for a moment. */
async function removeDirectory(directory: string): Promise<void> {
  await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
}
