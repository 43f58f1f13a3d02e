import { basename } from 'node:path'
import { problemOf, type Problem } from '../base/problem.ts'
import { startBroker } from './broker.ts'
import { ENGINE_NAMES, startContainer } from './container.ts'
import { freePorts, isFree } from './ports.ts'
import { findWay, type Way } from './ways.ts'

export interface KafkaOptions {
  readonly version?: string
  readonly cacheDir: string
  /** The port to take if it is free. */
  readonly port: number
  readonly containers: boolean
  /** Made for it and deleted with it; its last part names a container. */
  readonly directory: string
  readonly onProgress: (message: string) => void
  readonly onLine: (line: string) => void
  /** It ended though nobody asked it to. */
  readonly onLost: (problem: Problem) => void
  readonly signal: AbortSignal
}

/** One plain node for a person, whatever runs it. */
export interface Kafka {
  readonly version: string
  readonly bootstrapServers: string
  /** What runs it: `Java 17`, `Docker`. */
  readonly by: string
  stop(): Promise<void>
}

/** Starts one node on the wanted port, or on another if that is taken. Rejects as `findWay` and `startBroker` do. */
export async function startKafka(options: KafkaOptions): Promise<Kafka> {
  options.onProgress('Looking for Java or a container engine')
  const way = await findWay({ ...options, env: process.env })
  if (await isFree(options.port)) {
    try {
      return await startAt(options.port, way, options)
    } catch (error) {
      if (problemOf(error).code !== 'port-taken') throw error
    }
  }
  options.onProgress(`Port ${options.port} is taken; using another`)
  const [port = 0] = await freePorts(1)
  return startAt(port, way, options)
}

async function startAt(port: number, way: Way, options: KafkaOptions): Promise<Kafka> {
  const { directory, onLine, onProgress, signal } = options
  const common = { directory, port, onLine, onLost: () => options.onLost(LOST), signal }
  if (way.kind === 'container') {
    const { engine, version } = way
    const name = basename(directory)
    const container = await startContainer({ ...common, engine, version, name, onProgress })
    return { ...container, version, by: ENGINE_NAMES[engine] }
  }
  const by = `Java ${way.java.release}`
  onProgress(`Starting Kafka ${way.jars.version} with ${by}`)
  const broker = await startBroker({ ...common, ...way, host: 'localhost' })
  return {
    version: broker.version,
    bootstrapServers: broker.bootstrapServers,
    by,
    stop: () => broker.stop(),
  }
}

const LOST: Problem = {
  code: 'kafka-ended',
  message: 'The local Kafka ended on its own.',
  advice: 'Its log says why. Start it again.',
}
