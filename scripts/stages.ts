import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '..')

export interface Counts {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** One part of the test run: a program whose exit code, or whose mocha counts, are the result. */
export interface Stage {
  readonly name: string
  readonly program: readonly [file: string, ...args: string[]]
  /** Whether the program leaves mocha's counts; otherwise it is one test by its exit code. */
  readonly counts: boolean
  readonly deadlineMinutes: number
}

/** Tests of the edges that need nothing real: threads, sockets to a fake, files, processes. */
const EDGES = ['kafkajs', 'reading', 'local', 'sample', 'cli']
/** Suites with a real broker, a real editor, a real browser. */
const REAL = ['kafka', 'vscode', 'e2e']

const mocha = 'node_modules/mocha/bin/mocha.js'
const reporter = ['--reporter', 'scripts/mocha-reporter.mjs']

export const STAGES: readonly Stage[] = [
  check('types', 'node_modules/typescript/bin/tsc', '-b'),
  check('lint', 'node_modules/eslint/bin/eslint.js', '.'),
  check('format', 'node_modules/prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'),
  check('layers', 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs', 'src'),
  suite('unit', 2, 'test/**/*.test.ts', '--ignore', `test/{${[...EDGES, ...REAL].join(',')}}/**`),
  suite('edges', 3, `test/{${EDGES.join(',')}}/**/*.test.ts`),
  check('package', 'scripts/package.ts'),
  suite('broker', 15, 'test/kafka/**/*.test.ts', '--timeout', '60000'),
  { ...check('editor', 'scripts/editor/suites.ts'), counts: true, deadlineMinutes: 12 },
  suite('browser', 12, 'test/e2e/**/*.test.ts', '--timeout', '180000'),
]

function check(name: string, ...program: [string, ...string[]]): Stage {
  return { name, program, counts: false, deadlineMinutes: 5 }
}

function suite(name: string, deadlineMinutes: number, ...args: string[]): Stage {
  return { name, program: [mocha, ...args, ...reporter], counts: true, deadlineMinutes }
}

/**
 * Runs a stage to its end, its output going straight to the terminal. A stage that passes its
 * deadline is killed with all it started and counts as one failure.
 */
export async function runStage(stage: Stage): Promise<Counts> {
  const folder = await mkdtemp(join(tmpdir(), 'kafka-workbench-'))
  const countsFile = join(folder, 'counts.json')
  try {
    const succeeded = await runProgram(stage, {
      ...process.env,
      KAFKA_WORKBENCH_TEST_COUNTS: countsFile,
    })
    if (!stage.counts) return counted(succeeded)
    const counts = await readCounts(countsFile)
    // A suite that died before its end, or found no test, has not passed.
    if (!counts || (!succeeded && counts.failed === 0))
      return { passed: counts?.passed ?? 0, failed: 1, skipped: counts?.skipped ?? 0 }
    return counts.passed + counts.failed + counts.skipped === 0 ? counted(false) : counts
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

function counted(succeeded: boolean): Counts {
  return { passed: succeeded ? 1 : 0, failed: succeeded ? 0 : 1, skipped: 0 }
}

async function readCounts(file: string): Promise<Counts | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Counts
  } catch {
    return undefined
  }
}

function runProgram(stage: Stage, env: NodeJS.ProcessEnv): Promise<boolean> {
  return new Promise(resolve => {
    // A group of its own, so that the deadline reaches everything the stage started.
    const child = spawn(process.execPath, [...stage.program], {
      cwd: root,
      env,
      stdio: ['ignore', 'inherit', 'inherit'],
      detached: process.platform !== 'win32',
    })
    const stop = () => {
      if (child.pid === undefined) return
      try {
        process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL')
      } catch {
        child.kill('SIGKILL')
      }
    }
    const deadline = setTimeout(() => {
      console.error(`${stage.name}: no end after ${stage.deadlineMinutes} min, stopped.`)
      stop()
    }, stage.deadlineMinutes * 60_000)
    const interrupted = () => {
      stop()
      process.exit(130)
    }
    process.once('SIGINT', interrupted)
    process.once('SIGTERM', interrupted)
    child.on('error', error => {
      console.error(`${stage.name}: ${error.message}`)
      resolve(false)
    })
    child.on('exit', code => {
      clearTimeout(deadline)
      process.off('SIGINT', interrupted)
      process.off('SIGTERM', interrupted)
      resolve(code === 0)
    })
  })
}
