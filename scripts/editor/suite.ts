import { runTests } from '@vscode/test-electron'
import { build } from 'esbuild'
import { glob, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { ensureBrowser } from './browser.ts'
import { ensureEditor, type Editor } from './editor.ts'
import { CACHE, ROOT } from './places.ts'
import { lastLines } from './server.ts'

/** What mocha found, as data. */
export interface SuiteResult {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly failures: readonly { readonly title: string; readonly message: string }[]
  /** Set when the editor ended without a result: the end of its log. */
  readonly crashed?: string
}

export interface SuiteRun {
  /** Suite files, as globs from the checkout's root. */
  readonly suites: readonly string[]
  /** Globs of files to leave out. */
  readonly except?: readonly string[]
  /** Bundled on its own; suites with the same name share a file in the cache. */
  readonly name?: string
  /** The folder with the extension's manifest; absent: the checkout. */
  readonly extensionPath?: string
  /** Folder or `.code-workspace` file to open; absent: a new empty folder. */
  readonly workspace?: string
  readonly settings?: Readonly<Record<string, unknown>>
  /** Reaches the extension host and the suite. */
  readonly env?: Readonly<Record<string, string>>
  /** On: the workspace is untrusted until somebody trusts it. Default off. */
  readonly trust?: boolean
  readonly deadlineMs?: number
  readonly editor?: Editor
  readonly log?: (line: string) => void
  readonly signal?: AbortSignal
}

/** What the launcher reads: everything that the command line of VS Code has no room for. */
export interface LaunchPlan {
  readonly editor: Editor
  /** The browser that shows the server's page. */
  readonly browser?: string
  readonly settings: Readonly<Record<string, unknown>>
  readonly env: Readonly<Record<string, string>>
  readonly trust: boolean
  readonly deadlineMs: number
  /** The suite's output, line by line, as it comes. */
  readonly outputFile: string
  /** Everything else that the editor says. */
  readonly logFile: string
}

/** The launcher finds its plan by this variable. */
export const PLAN_VARIABLE = 'KAFKA_WORKBENCH_LAUNCH_PLAN'

/** The suite finds where to write its result and its output by these. */
export const RESULT_VARIABLE = 'KAFKA_WORKBENCH_SUITE_RESULT'
export const OUTPUT_VARIABLE = 'KAFKA_WORKBENCH_SUITE_OUTPUT'

const DEADLINE_MS = 120_000

/** Runs mocha suites inside a real extension host and returns the counts. */
export async function runSuite(run: SuiteRun): Promise<SuiteResult> {
  const log = run.log ?? (() => undefined)
  const setup = { log, ...(run.signal && { signal: run.signal }) }
  const editor = run.editor ?? (await ensureEditor(setup))
  const bundle = await bundleSuites(run)
  const folder = await mkdtemp(join(tmpdir(), 'suite-'))
  const logFile = join(folder, 'editor.log')
  const resultFile = join(folder, 'result.json')
  const outputFile = join(folder, 'output.txt')
  const plan: LaunchPlan = {
    editor,
    ...(editor.kind === 'server' && { browser: await ensureBrowser(setup) }),
    settings: run.settings ?? {},
    env: { ...run.env, [RESULT_VARIABLE]: resultFile, [OUTPUT_VARIABLE]: outputFile },
    trust: run.trust ?? false,
    deadlineMs: run.deadlineMs ?? DEADLINE_MS,
    outputFile,
    logFile,
  }
  try {
    log(`Running ${run.name ?? run.suites.join(', ')} in ${describe(editor)}…`)
    const code = await launch(run, plan, bundle, folder)
    return await resultOf(resultFile, logFile, code)
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

function describe(editor: Editor): string {
  return editor.kind === 'server'
    ? `the VS Code server ${editor.version}`
    : `VS Code ${editor.version}`
}

async function launch(
  run: SuiteRun,
  plan: LaunchPlan,
  bundle: string,
  folder: string,
): Promise<number> {
  const workspace = run.workspace ?? join(folder, 'workspace')
  const planFile = join(folder, 'plan.json')
  if (run.workspace === undefined) await mkdir(workspace)
  await writeFile(planFile, JSON.stringify(plan))
  const userData = join(folder, 'user')
  await mkdir(join(userData, 'User'), { recursive: true })
  await writeFile(join(userData, 'User/settings.json'), JSON.stringify(plan.settings))
  try {
    return await runTests({
      vscodeExecutablePath: await launcher(folder),
      extensionDevelopmentPath: run.extensionPath ?? ROOT,
      extensionTestsPath: bundle,
      extensionTestsEnv: { [PLAN_VARIABLE]: planFile },
      launchArgs: [
        workspace,
        `--user-data-dir=${userData}`,
        `--extensions-dir=${join(folder, 'extensions')}`,
      ],
    })
  } catch (error) {
    const code = (error as { code?: unknown }).code
    return typeof code === 'number' ? code : 1
  }
}

/** A program that can be started by its path alone, as a VS Code can. */
async function launcher(folder: string): Promise<string> {
  const script = join(ROOT, 'scripts/editor/launch.ts')
  if (process.platform === 'win32') {
    const path = join(folder, 'launch.cmd')
    await writeFile(path, `@"${process.execPath}" "${script}" %*\r\n`)
    return path
  }
  const path = join(folder, 'launch')
  await writeFile(path, `#!/bin/sh\nexec "${process.execPath}" "${script}" "$@"\n`, { mode: 0o755 })
  return path
}

async function resultOf(resultFile: string, logFile: string, code: number): Promise<SuiteResult> {
  const text = await readFile(resultFile, 'utf8').catch(() => undefined)
  if (text !== undefined) return JSON.parse(text) as SuiteResult
  const log = await lastLines(logFile)
  const crashed = `The editor ended with code ${code} and no result.\n${log}`
  return { passed: 0, failed: 1, skipped: 0, failures: [], crashed }
}

/** One file that a VS Code of any age can load: suites, mocha and all, but not `vscode`. */
async function bundleSuites(run: SuiteRun): Promise<string> {
  const files: string[] = []
  for (const pattern of run.suites)
    for await (const file of glob(pattern, { cwd: ROOT, exclude: [...(run.except ?? [])] }))
      files.push(file)
  if (files.length === 0) throw new Error(`No suite matches ${run.suites.join(', ')}.`)
  const outfile = join(CACHE, 'suites', `${run.name ?? basename(files[0] ?? '', '.test.ts')}.cjs`)
  const list = files
    .sort()
    .map(file => `() => require(${JSON.stringify(`./${file.replaceAll('\\', '/')}`)})`)
  await build({
    stdin: {
      contents: `import { runSuites } from './test/vscode/index.ts'
        export const run = () => runSuites([${list.join(', ')}])`,
      resolveDir: ROOT,
      sourcefile: 'suites.ts',
      loader: 'ts',
    },
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    outfile,
    external: ['vscode'],
    logLevel: 'error',
    // mocha's own parallel mode, which is not used here.
    logOverride: { 'require-resolve-not-external': 'silent' },
  })
  return outfile
}
