/** Programs that are measured from start to exit. */
import { spawn, spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Ran {
  readonly ms: number
  /** Of the process; absent where there is no GNU time to say it. */
  readonly peakRssMb?: number
}

const DEADLINE_MS = 120_000
const GNU_TIME = '/usr/bin/time'
const hasGnuTime = spawnSync(GNU_TIME, ['-f', '%M', 'true']).status === 0

/** Runs a program to its end; rejects unless its exit code is 0. Its output goes nowhere. */
export async function run(
  command: string,
  args: readonly string[],
  { folder, input }: { readonly folder: string; readonly input?: string },
): Promise<Ran> {
  const told = join(folder, 'peak-memory')
  const program = hasGnuTime
    ? ([GNU_TIME, ['-f', '%M', '-o', told, command, ...args]] as const)
    : ([command, args] as const)
  const ms = await timed(program[0], program[1], folder, input)
  if (!hasGnuTime) return { ms }
  const kilobytes = Number((await readFile(told, 'utf8')).trim().split('\n').at(-1))
  return { ms, peakRssMb: kilobytes / 1024 }
}

function timed(
  command: string,
  args: readonly string[],
  cwd: string,
  input: string | undefined,
): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      stdio: [input === undefined ? 'ignore' : 'pipe', 'ignore', 'pipe'],
      timeout: DEADLINE_MS,
    })
    let complaint = ''
    child.stderr?.on('data', (piece: Buffer) => (complaint += piece.toString()))
    child.on('error', reject)
    child.on('close', code => {
      const ms = performance.now() - started
      if (code === 0) resolve(ms)
      else reject(new Error(`${command} ${args.join(' ')} ended with ${code}: ${complaint}`))
    })
    child.stdin?.end(input)
  })
}
