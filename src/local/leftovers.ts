import { readdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { ENGINE_FILE, removeContainer } from './container.ts'
import { isAlive, run } from './processes.ts'

/** The folder in a broker's directory that holds an empty file for each of its processes. */
export const PIDS = 'pids'

/**
 * Ends the brokers and deletes the data of owners that were killed before they could do it: the
 * folders in `parent` for which `isOwned` is false. A process is ended only if its command line
 * names its folder, so that a reused process id harms nobody; a container has its folder's name.
 */
export async function removeLeftovers(
  parent: string,
  isOwned: (folder: string) => boolean,
): Promise<void> {
  const folders = await readdir(parent).catch(() => [])
  for (const folder of folders.filter(name => !isOwned(name))) {
    const directory = join(parent, folder)
    const pids = await readdir(join(directory, PIDS)).catch(() => [])
    for (const pid of pids.map(Number)) await endIfOf(directory, pid)
    const engine = await readFile(join(directory, ENGINE_FILE), 'utf8').catch(() => '')
    if (engine === 'docker' || engine === 'podman') await removeContainer(engine, folder)
    await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 })
  }
}

/** A killed process needs a moment to let go of its port and its files. */
async function endIfOf(directory: string, pid: number): Promise<void> {
  if (!Number.isSafeInteger(pid) || !isAlive(pid)) return
  const deadline = Date.now() + 5000
  while ((await commandOf(pid)).includes(directory) && Date.now() < deadline) {
    killNow(pid)
    await sleep(50)
  }
}

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}

/** Empty where it cannot be told, as on Windows. */
async function commandOf(pid: number): Promise<string> {
  try {
    const { stdout } = await run('ps', ['-ww', '-o', 'command=', '-p', String(pid)], {
      timeout: 5000,
    })
    return stdout
  } catch {
    return ''
  }
}
