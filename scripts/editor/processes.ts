import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'

export interface StartOptions {
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  /** Standard output and error are appended to this file; absent: thrown away. */
  readonly logFile?: string
}

/** A process that we started, with everything it started itself. */
export interface Started {
  readonly pid: number
  /** Its exit code; undefined when a signal ended it. */
  readonly exited: Promise<number | undefined>
  /** Ends it and its children: asks, and after three seconds insists. Calling twice is harmless. */
  stop(): Promise<void>
}

const PATIENCE_MS = 3000

/**
 * Starts a process as the leader of a group of its own, so that ending the group ends whatever it
 * started. Rejects when the program cannot be started.
 */
export async function start(
  command: string,
  args: readonly string[],
  options: StartOptions = {},
): Promise<Started> {
  const output = options.logFile === undefined ? 'ignore' : openSync(options.logFile, 'a')
  const windowsShell = process.platform === 'win32' && command.endsWith('.cmd')
  const child = spawn(windowsShell ? `"${command}"` : command, [...args], {
    cwd: options.cwd,
    env: options.env ?? process.env,
    stdio: ['ignore', output, output],
    detached: process.platform !== 'win32',
    shell: windowsShell,
  })
  const exited = exitOf(child)
  try {
    await new Promise((done, fail) => child.once('spawn', done).once('error', fail))
  } finally {
    if (typeof output === 'number') closeSync(output)
  }
  const pid = child.pid
  if (pid === undefined) throw new Error(`${command} did not start.`)
  return { pid, exited, stop: () => stop(pid, exited) }
}

function exitOf(child: ChildProcess): Promise<number | undefined> {
  return new Promise(done => {
    child.once('exit', code => {
      done(code ?? undefined)
    })
    child.once('error', () => {
      done(undefined)
    })
  })
}

async function stop(pid: number, exited: Promise<unknown>): Promise<void> {
  signalGroup(pid, 'SIGTERM')
  const ended = await Promise.race([exited.then(() => true), sleep(PATIENCE_MS, false)])
  // Also after its leader is gone: a child may have outlived it.
  signalGroup(pid, 'SIGKILL')
  if (!ended) await Promise.race([exited, sleep(PATIENCE_MS)])
}

function signalGroup(pid: number, signal: NodeJS.Signals): void {
  if (process.platform === 'win32') {
    spawn('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' }).unref()
    return
  }
  try {
    process.kill(-pid, signal)
  } catch {
    // The group is gone, which is what was wanted.
  }
}

/** Calls `action` once the process that started this one is gone, however it ended. */
export function whenParentIsGone(action: () => void): { dispose(): void } {
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    action()
  }, 500)
  timer.unref()
  return {
    dispose() {
      clearInterval(timer)
    },
  }
}
