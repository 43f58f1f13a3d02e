import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** How to reach a supervisor. Only the user can read the file: the token is the key to it. */
export interface SupervisorState {
  readonly pid: number
  /** Of the control connection, on 127.0.0.1. */
  readonly port: number
  readonly token: string
  /** Where its Kafka is, once it runs. For a person who looks. */
  readonly bootstrapServers?: string
}

/** Changes with what supervisor and clients say to each other: unlike ones keep apart. */
const PROTOCOL = 1

export function stateFileOf(stateDir: string): string {
  return join(stateDir, `supervisor-${PROTOCOL}.json`)
}

/** Where the brokers of this state directory keep their data, a folder each. */
export function runsOf(stateDir: string): string {
  return join(stateDir, `runs-${PROTOCOL}`)
}

/** `undefined` when there is no such file, or none that can be read as one. */
export async function readState(file: string): Promise<SupervisorState | undefined> {
  try {
    const value = JSON.parse(await readFile(file, 'utf8')) as Partial<SupervisorState> | null
    const { pid, port, token } = value ?? {}
    if (typeof pid !== 'number' || typeof port !== 'number' || typeof token !== 'string') {
      return undefined
    }
    return { ...value, pid, port, token }
  } catch {
    return undefined
  }
}

/** Writes the file unless there is one. Whether it did. */
export async function claimState(file: string, state: SupervisorState): Promise<boolean> {
  try {
    await writeFile(file, JSON.stringify(state), { flag: 'wx', mode: 0o600 })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw error
  }
}

/** Replaces what this supervisor wrote, so that no reader sees half of it. */
export async function updateState(file: string, state: SupervisorState): Promise<void> {
  const next = `${file}.${state.pid}.tmp`
  await writeFile(next, JSON.stringify(state), { mode: 0o600 })
  await rename(next, file)
}

/** Removes the file if it is still this supervisor's. */
export async function dropState(file: string, token: string): Promise<void> {
  if ((await readState(file))?.token === token) await rm(file, { force: true })
}

/**
 * Removes a file whose supervisor is gone. Renamed first: of two that find it stale only one
 * removes it, and neither removes the file of the one that was quicker.
 */
export async function dropStale(file: string, stale: SupervisorState | undefined): Promise<void> {
  const aside = `${file}.${process.pid}.stale`
  try {
    await rename(file, aside)
  } catch {
    return
  }
  const taken = await readState(aside)
  if (taken && taken.token !== stale?.token) await claimState(file, taken)
  await rm(aside, { force: true })
}
