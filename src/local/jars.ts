import { access, constants, mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { ProblemError } from '../base/problem.ts'
import { run } from './processes.ts'

/** The version that is started when nobody asks for another. */
export const DEFAULT_KAFKA = '4.2.0'

/** Kafka's programs, ready to be run by Java. */
export interface Jars {
  readonly version: string
  /** What Java's `-cp` takes. */
  readonly classPath: string
  /** Where files made from these jars may be kept; undefined when the folder is not ours. */
  readonly cache?: string
}

export interface JarOptions {
  /** A folder of ours; the jars of a version go into a folder of that name. */
  readonly cacheDir: string
  readonly env: NodeJS.ProcessEnv
  /** Says what takes long. */
  readonly onProgress?: (message: string) => void
  readonly signal?: AbortSignal | undefined
}

/**
 * Kafka's scripts are not needed; without a logger, a broker that cannot start dies silently. Of
 * the console tools only the jar itself: what it depends on besides is Kafka Connect.
 */
function pom(version: string): string {
  const none =
    '<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>'
  const dependencies = [
    dependency('org.apache.kafka', 'kafka_2.13', version),
    dependency('org.apache.kafka', 'kafka-tools', version, none),
    dependency('org.slf4j', 'slf4j-reload4j', '1.7.36'),
  ]
  return `<project><modelVersion>4.0.0</modelVersion><groupId>local</groupId>
<artifactId>kafka-jars</artifactId><version>1</version><packaging>pom</packaging>
<dependencies>
${dependencies.join('\n')}
</dependencies></project>
`
}

function dependency(group: string, artifact: string, version: string, rest = ''): string {
  return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version>${rest}</dependency>`
}

/** The jars of a version that were resolved before. */
export async function cachedJars(version: string, cacheDir: string): Promise<Jars | undefined> {
  const folder = join(cacheDir, version)
  try {
    await access(join(folder, 'complete'))
    return { version, classPath: join(folder, 'libs', '*'), cache: folder }
  } catch {
    return undefined
  }
}

/**
 * Resolves Kafka's jars with Maven into `cacheDir/VERSION/libs`, once. Two that do so at the same
 * time do not disturb each other. Rejects with `ProblemError` (`maven-failed`).
 */
export async function resolveJars(version: string, options: JarOptions): Promise<Jars> {
  const known = await cachedJars(version, options.cacheDir)
  if (known) return known
  options.onProgress?.(`Getting Kafka ${version} with Maven (about 45 MB, once)`)
  const folder = join(options.cacheDir, version)
  const work = `${folder}.${process.pid}.tmp`
  await rm(work, { recursive: true, force: true })
  await mkdir(work, { recursive: true })
  try {
    await writeFile(join(work, 'pom.xml'), pom(version))
    await copyDependencies(version, work, options)
    await writeFile(join(work, 'complete'), '')
    await replace(work, folder)
  } finally {
    await rm(work, { recursive: true, force: true })
  }
  const jars = await cachedJars(version, options.cacheDir)
  if (!jars) throw new Error(`the jars of Kafka ${version} are not in ${folder}`)
  return jars
}

async function copyDependencies(version: string, work: string, options: JarOptions) {
  const { code, stdout } = await run(
    MAVEN,
    ['-B', '-q', '-ntp', 'dependency:copy-dependencies', '-DoutputDirectory=libs'],
    { cwd: work, timeout: 600_000, signal: options.signal, env: options.env },
  )
  const found = code === 0 ? await readdir(join(work, 'libs')).catch(() => []) : []
  if (found.some(name => name.startsWith('kafka_'))) return
  throw new ProblemError({
    code: 'maven-failed',
    message: `Maven could not get Kafka ${version}.`,
    advice: 'Check the network and the version, or set KAFKA_HOME to an unpacked Kafka.',
    detail: stdout.split('\n').slice(0, 20).join('\n'),
  })
}

/** Another process may have finished first: its folder is as good as ours. */
async function replace(work: string, folder: string): Promise<void> {
  try {
    await rename(work, folder)
  } catch {
    const others = await access(join(folder, 'complete')).then(
      () => true,
      () => false,
    )
    if (others) return
    await rm(folder, { recursive: true, force: true })
    await rename(work, folder)
  }
}

const MAVEN = process.platform === 'win32' ? 'mvn.cmd' : 'mvn'

/** Whether Maven is on the path. */
export async function hasMaven(env: NodeJS.ProcessEnv): Promise<boolean> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter(Boolean)
  const found = await Promise.all(
    folders.map(folder =>
      access(join(folder, MAVEN), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  return found.includes(true)
}

/** The jars of an unpacked Kafka distribution; undefined when the folder is none. */
export async function distributionJars(home: string): Promise<Jars | undefined> {
  const names = await readdir(join(home, 'libs')).catch(() => [])
  const version = names
    .map(name => /^kafka_\d+\.\d+-(\d[\w.]*)\.jar$/.exec(name)?.[1])
    .find(found => found !== undefined)
  return version === undefined ? undefined : { version, classPath: join(home, 'libs', '*') }
}
