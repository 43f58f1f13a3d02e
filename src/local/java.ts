import { join } from 'node:path'
import { run } from './processes.ts'

export interface Java {
  readonly command: string
  /** The feature release: 17, 21, 25. */
  readonly release: number
}

/** The oldest Java that runs Kafka 4. */
export const OLDEST_JAVA = 17

/**
 * The first Java that is new enough: that of JAVA_HOME, else the one on the path. `undefined` when
 * there is none; `tooOld` tells what was found instead.
 */
export async function findJava(
  env: NodeJS.ProcessEnv,
  signal?: AbortSignal,
): Promise<{ java?: Java; tooOld?: Java }> {
  const home = env['JAVA_HOME']
  const commands = [...(home ? [join(home, 'bin', 'java')] : []), 'java']
  let tooOld: Java | undefined
  for (const command of commands) {
    const release = await releaseOf(command, env, signal)
    if (release === undefined) continue
    if (release >= OLDEST_JAVA) return { java: { command, release } }
    tooOld ??= { command, release }
  }
  return tooOld ? { tooOld } : {}
}

async function releaseOf(command: string, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  try {
    const { code, stderr, stdout } = await run(command, ['-version'], {
      timeout: 15_000,
      signal,
      env,
    })
    return code === 0 ? parseRelease(`${stderr}\n${stdout}`) : undefined
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

/** The feature release in the output of `java -version`: `1.8.0_402` is 8, `17.0.15` is 17. */
export function parseRelease(output: string): number | undefined {
  const match = /version "(?:1\.)?(\d+)/.exec(output)
  return match ? Number(match[1]) : undefined
}
