import { run } from './processes.ts'

export type Engine = 'docker' | 'podman'

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

const NAMES = { docker: 'Docker', podman: 'Podman' }

async function whyNot(engine: Engine, env: NodeJS.ProcessEnv, signal?: AbortSignal) {
  try {
    // Docker's client answers without its engine; the field of the server makes it ask.
    const format = engine === 'docker' ? '{{.Server.Version}}' : '{{.Client.Version}}'
    const { code } = await run(engine, ['version', '--format', format], {
      timeout: 10_000,
      signal,
      env,
    })
    return code === 0 ? undefined : `${NAMES[engine]} is installed, but its engine does not answer.`
  } catch (error) {
    signal?.throwIfAborted()
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
      ? `${NAMES[engine]} was not found.`
      : `${NAMES[engine]} does not answer.`
  }
}
