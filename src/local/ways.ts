import { ProblemError } from '../base/problem.ts'
import { findEngine, type Engine } from './container.ts'
import {
  cachedJars,
  DEFAULT_KAFKA,
  distributionJars,
  hasMaven,
  resolveJars,
  type Jars,
} from './jars.ts'
import { findJava, OLDEST_JAVA, type Java } from './java.ts'

/** How a Kafka can be run on this machine. */
export type Way =
  | { readonly kind: 'java'; readonly jars: Jars; readonly java: Java }
  | { readonly kind: 'container'; readonly engine: Engine; readonly version: string }

export interface WayOptions {
  /** Any that is at hand unless given. */
  readonly version?: string | undefined
  /** Where jars are kept that Maven resolves. */
  readonly cacheDir: string
  /** Whether Docker or Podman will do. */
  readonly containers: boolean
  readonly env: NodeJS.ProcessEnv
  readonly onProgress?: (message: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Finds a way: an unpacked Kafka (KAFKA_HOME), else Java and Maven, else a container engine.
 * Rejects with `ProblemError`: `no-kafka` says what is missing, `kafka-home` that the variable
 * points to nothing, `maven-failed` that the jars could not be had.
 */
export async function findWay(options: WayOptions): Promise<Way> {
  const { env, signal, version } = options
  const { java, tooOld } = await findJava(env, signal)
  const missing: string[] = []
  if (java) {
    const jars = (await homeJars(options)) ?? (await mavenJars(options))
    if (jars) return { kind: 'java', jars, java }
    missing.push('Maven was not found.')
  } else {
    missing.push(
      tooOld
        ? `Java ${tooOld.release} is too old for Kafka, which needs ${OLDEST_JAVA}.`
        : 'Java was not found.',
    )
  }
  if (options.containers) {
    const found = await findEngine(env, signal)
    if ('engine' in found) {
      return { kind: 'container', engine: found.engine, version: version ?? DEFAULT_KAFKA }
    }
    missing.push(found.reason)
  }
  throw noKafka(missing, options.containers)
}

async function homeJars({ env, version }: WayOptions): Promise<Jars | undefined> {
  const home = env['KAFKA_HOME']
  if (!home) return undefined
  const jars = await distributionJars(home)
  if (!jars) {
    throw new ProblemError({
      code: 'kafka-home',
      message: `KAFKA_HOME is ${home}, where there is no Kafka.`,
      advice: 'Set it to a folder that holds libs/kafka_….jar, or remove it.',
    })
  }
  return version === undefined || jars.version === version ? jars : undefined
}

async function mavenJars(options: WayOptions): Promise<Jars | undefined> {
  const { version = DEFAULT_KAFKA, cacheDir, env } = options
  const known = await cachedJars(version, cacheDir)
  if (known) return known
  return (await hasMaven(env)) ? resolveJars(version, options) : undefined
}

function noKafka(missing: readonly string[], containers: boolean): ProblemError {
  return new ProblemError({
    code: 'no-kafka',
    message: `No Kafka can be started here. ${missing.join(' ')}`,
    advice: containers
      ? `Install Java ${OLDEST_JAVA} or newer and Maven, or start Docker or Podman, or set KAFKA_HOME to an unpacked Kafka.`
      : `Install Java ${OLDEST_JAVA} or newer and Maven, or set KAFKA_HOME to an unpacked Kafka.`,
  })
}
