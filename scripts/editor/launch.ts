/**
 * Stands in for a VS Code executable: `@vscode/test-electron` starts it with VS Code's own
 * arguments, and it ends with the suite's exit code. It starts the desktop VS Code, or the server
 * with a headless browser as its window.
 */
import { appendFile, open, readFile } from 'node:fs/promises'
import { isAbsolute } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { format } from 'node:util'
import type { Page } from 'playwright-core'
import { launchBrowser } from './browser.ts'
import type { DesktopEditor, ServerEditor } from './editor.ts'
import { start, whenParentIsGone } from './processes.ts'
import { pageUrl, remoteUri, startServer } from './server.ts'
import { PLAN_VARIABLE, type LaunchPlan } from './suite.ts'

const NO_TRUST = '--disable-workspace-trust'

async function main(args: readonly string[]): Promise<number> {
  const planFile = process.env[PLAN_VARIABLE]
  if (planFile === undefined) throw new Error(`${PLAN_VARIABLE} is not set.`)
  const plan = JSON.parse(await readFile(planFile, 'utf8')) as LaunchPlan
  const ending = new AbortController()
  const end = (why: string) => {
    ending.abort(new Error(why))
  }
  process.once('SIGINT', () => {
    end('Stopped by Ctrl-C.')
  })
  process.once('SIGTERM', () => {
    end('Stopped.')
  })
  whenParentIsGone(() => {
    end('The runner is gone.')
  })
  const limit = AbortSignal.timeout(plan.deadlineMs)
  const signal = AbortSignal.any([limit, ending.signal])
  const output = followFile(plan.outputFile)
  try {
    return plan.editor.kind === 'desktop'
      ? await runDesktop(plan.editor, plan, args, signal)
      : await runServer(plan.editor, plan, args, signal)
  } catch (error) {
    const why = limit.aborted
      ? `The suite did not end within ${plan.deadlineMs / 1000} s and was stopped.`
      : String(error)
    await appendFile(plan.logFile, `${why}\n`)
    process.stdout.write(`${why}\n`)
    return 1
  } finally {
    await output.dispose()
  }
}

async function runDesktop(
  editor: DesktopEditor,
  plan: LaunchPlan,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  const own = plan.trust ? args.filter(argument => argument !== NO_TRUST) : args
  const [program = editor.executable, ...rest] = [...editor.prefix, editor.executable, ...own]
  const started = await start(program, rest, {
    env: { ...process.env, ...plan.env },
    logFile: plan.logFile,
  })
  try {
    const code = await Promise.race([started.exited, aborted(signal)])
    return code ?? 1
  } finally {
    await started.stop()
  }
}

async function runServer(
  editor: ServerEditor,
  plan: LaunchPlan,
  args: readonly string[],
  signal: AbortSignal,
): Promise<number> {
  if (plan.browser === undefined) throw new Error('The server needs a browser.')
  const extension = argumentOf(args, '--extensionDevelopmentPath=')
  const suite = argumentOf(args, '--extensionTestsPath=')
  const server = await startServer(editor, {
    settings: plan.settings,
    env: plan.env,
    trust: plan.trust,
    testDriver: true,
    signal,
  })
  const browser = await launchBrowser(plan.browser)
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } })
    const code = await exitCode(page)
    await page.exposeFunction('codeAutomationLog', (type: string, parts: unknown[]) =>
      appendFile(plan.logFile, `[${type}] ${parts.map(part => format(part)).join(' ')}\n`),
    )
    const url = pageUrl(server, args.find(isAbsolute), [
      ['extensionDevelopmentPath', remoteUri(server, extension)],
      ['extensionTestsPath', remoteUri(server, suite)],
    ])
    await page.goto(url, { waitUntil: 'commit' })
    return await Promise.race([code.promise, ended(server.exited), aborted(signal)])
  } finally {
    const log = await readFile(server.logFile, 'utf8').catch(() => '')
    await appendFile(plan.logFile, log)
    await Promise.race([browser.close(), sleep(3000)])
    await server.dispose()
  }
}

/** The test driver in the page tells the suite's exit code by this name. */
async function exitCode(page: Page): Promise<{ readonly promise: Promise<number> }> {
  const { promise, resolve } = Promise.withResolvers<number>()
  await page.exposeFunction('codeAutomationExit', resolve)
  return { promise }
}

function argumentOf(args: readonly string[], name: string): string {
  const found = args.find(argument => argument.startsWith(name))
  if (found === undefined) throw new Error(`${name} is missing.`)
  return found.slice(name.length)
}

async function ended(exited: Promise<number | undefined>): Promise<never> {
  const code = await exited
  throw new Error(`The VS Code server ended with ${code ?? 'a signal'}.`)
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, fail) => {
    const tell = (): void => {
      fail(signal.reason as Error)
    }
    if (signal.aborted) tell()
    else signal.addEventListener('abort', tell, { once: true })
  })
}

/** Copies a file to standard output as it grows. */
function followFile(path: string): { dispose(): Promise<void> } {
  let position = 0
  const copy = async (): Promise<void> => {
    const file = await open(path).catch(() => undefined)
    if (file === undefined) return
    try {
      const { size } = await file.stat()
      if (size <= position) return
      const bytes = Buffer.alloc(size - position)
      await file.read(bytes, 0, bytes.length, position)
      position = size
      process.stdout.write(bytes)
    } finally {
      await file.close()
    }
  }
  let last = Promise.resolve()
  const timer = setInterval(() => {
    last = last.then(copy)
  }, 100)
  return {
    async dispose() {
      clearInterval(timer)
      await last
      await copy()
    },
  }
}

// Explicitly: a browser or server that does not let go must not keep the runner waiting.
process.exit(await main(process.argv.slice(2)))
