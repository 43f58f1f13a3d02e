/**
 * Kafka's jars and a class archive that speeds up its start, for the tests and `npm start`:
 * `node scripts/setup-kafka.ts [version]`. What is there already is not touched.
 */
import { join } from 'node:path'
import { trainArchive } from '../src/local/archive.ts'
import { DEFAULT_KAFKA, type Jars } from '../src/local/jars.ts'
import type { Java } from '../src/local/java.ts'
import { findWay } from '../src/local/ways.ts'

/** Where the jars of every version are kept; git ignores it. */
export const kafkaCache = join(import.meta.dirname, '..', '.cache', 'kafka')

/**
 * The jars of a Kafka version (the default one unless given) and the Java to run them. Rejects with
 * a `ProblemError` that says what is missing on this machine.
 */
export async function ensureKafkaJars(
  version: string = DEFAULT_KAFKA,
  options: { log?: (message: string) => void; signal?: AbortSignal } = {},
): Promise<{ jars: Jars; java: Java }> {
  const { log = () => undefined, signal } = options
  const way = await findWay({
    version,
    cacheDir: kafkaCache,
    containers: false,
    env: process.env,
    onProgress: log,
    signal,
  })
  if (way.kind !== 'java') throw new Error('a container holds no jars')
  await trainArchive(way.jars, way.java, signal)
  return way
}

if (import.meta.main) {
  const { jars } = await ensureKafkaJars(process.argv[2], { log: console.log })
  console.log(`Kafka ${jars.version} is ready.`)
}
