import { spawn, type ChildProcess } from 'node:child_process'
import type { Readable } from 'node:stream'
import { setTimeout as sleep } from 'node:timers/promises'

export interface Finished {
  /** The exit code; `undefined` when a signal ended the process. */
  readonly code: number | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  /** Milliseconds after which the process is killed and the run fails. */
  readonly timeout: number
  readonly signal?: AbortSignal | undefined
  readonly cwd?: string
  readonly env?: NodeJS.ProcessEnv
  readonly onLine?: (line: string) => void
}

/**
 * Runs a command to its end. Rejects when it cannot be started (`ENOENT`), when it takes longer
 * than `timeout`, and when the signal aborts; whatever the exit code, it does not reject for that.
 */
export async function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Finished> {
  options.signal?.throwIfAborted()
  const deadline = AbortSignal.timeout(options.timeout)
  const signal = options.signal ? AbortSignal.any([options.signal, deadline]) : deadline
  const child = spawn(command, [...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
    shell: needsShell(command),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.env === undefined ? {} : { env: options.env }),
  })
  const stdout = collect(child.stdout, options.onLine)
  const stderr = collect(child.stderr, options.onLine)
  const kill = () => child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  try {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject)
      child.once('close', exit => resolve(exit ?? undefined))
    })
    options.signal?.throwIfAborted()
    if (deadline.aborted) throw new Error(`${command} did not end within ${options.timeout} ms`)
    return { code, stdout: stdout.join('\n'), stderr: stderr.join('\n') }
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

/** Windows starts `.cmd` and `.bat` files through a shell only. */
function needsShell(command: string): boolean {
  return process.platform === 'win32' && /\.(cmd|bat)$/i.test(command)
}

function collect(stream: Readable, onLine?: (line: string) => void): string[] {
  const lines: string[] = []
  eachLine(stream, line => {
    lines.push(line)
    onLine?.(line)
  })
  return lines
}

/** Calls back for every line of UTF-8 text; the last one may lack its end. */
export function eachLine(stream: Readable, onLine: (line: string) => void): void {
  let rest = ''
  stream.setEncoding('utf8')
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/\r?\n/)
    rest = lines.pop() ?? ''
    lines.forEach(onLine)
  })
  stream.once('end', () => {
    if (rest !== '') onLine(rest)
  })
}

/** Resolves when the process has ended, at once if it has already. */
export function ended(child: ChildProcess): Promise<void> {
  if (hasEnded(child) || child.pid === undefined) return Promise.resolve()
  return new Promise(resolve => child.once('exit', () => resolve()))
}

export function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null
}

/** Ends a process: politely first, and after `patience` milliseconds without asking. */
export async function end(child: ChildProcess, patience: number): Promise<void> {
  if (patience > 0) child.kill('SIGTERM')
  const over = ended(child)
  const late = new AbortController()
  await Promise.race([over, sleep(patience, undefined, { signal: late.signal }).catch(() => false)])
  late.abort()
  if (!hasEnded(child)) child.kill('SIGKILL')
  await over
}

/** Whether a process of this id exists. It may be another one than was meant: ids are reused. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
