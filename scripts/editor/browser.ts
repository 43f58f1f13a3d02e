import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { chromium, type Browser } from 'playwright-core'
import type { SetupOptions } from './editor.ts'
import { EDITOR_CACHE, onPath } from './places.ts'
import { installSystemPackage } from './systemPackage.ts'

const run = promisify(execFile)

const KNOWN_PLACES: Partial<Record<NodeJS.Platform, readonly string[]>> = {
  linux: ['/usr/bin/chromium', '/usr/bin/google-chrome', '/opt/google/chrome/chrome'],
  darwin: [
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
  ],
  win32: [
    'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
    'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  ],
}

/** Playwright keeps what it downloads here, so that nothing is left outside the checkout. */
const DOWNLOADS = join(EDITOR_CACHE, 'browsers')

const PACKAGE_MS = 5 * 60_000

/**
 * A Chrome or Chromium: an installed one (`CHROME_PATH` first), else the system's package, else
 * Playwright's download. Rejects with what was tried.
 */
export async function ensureBrowser(options: SetupOptions): Promise<string> {
  const present = installedBrowser() ?? downloadedBrowser()
  if (present !== undefined) return present
  const failures: string[] = []
  for (const [what, install] of [
    ["the system's package", (signal?: AbortSignal) => installSystemPackage('chromium', signal)],
    ["Playwright's download", installDownload],
  ] as const) {
    options.log(`Installing Chromium: ${what}…`)
    try {
      await install(options.signal)
    } catch (error) {
      failures.push(`${what}: ${firstLine(error)}`)
    }
    const found = installedBrowser() ?? downloadedBrowser()
    if (found !== undefined) return found
  }
  throw new Error(
    `No Chrome or Chromium was found, and none could be installed (${failures.join('; ')}). ` +
      'Install one, or set CHROME_PATH to its program.',
  )
}

function installedBrowser(): string | undefined {
  const told = process.env['CHROME_PATH']
  if (told !== undefined && existsSync(told)) return told
  return (
    KNOWN_PLACES[process.platform]?.find(existsSync) ??
    onPath('google-chrome', 'google-chrome-stable', 'chromium', 'chromium-browser', 'chrome')
  )
}

function downloadedBrowser(): string | undefined {
  process.env['PLAYWRIGHT_BROWSERS_PATH'] ??= DOWNLOADS
  try {
    const path = chromium.executablePath()
    return existsSync(path) ? path : undefined
  } catch {
    return undefined
  }
}

async function installDownload(signal: AbortSignal | undefined): Promise<void> {
  const cli = join(
    dirname(createRequire(import.meta.url).resolve('playwright-core/package.json')),
    'cli.js',
  )
  const env = { ...process.env, PLAYWRIGHT_BROWSERS_PATH: DOWNLOADS }
  await execute([process.execPath, cli, 'install', 'chromium'], env, signal)
}

async function execute(
  command: readonly string[],
  env: NodeJS.ProcessEnv,
  signal: AbortSignal | undefined,
): Promise<void> {
  const [program = '', ...args] = command
  const limit = AbortSignal.timeout(PACKAGE_MS)
  await run(program, args, {
    env,
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    maxBuffer: 64 * 1024 * 1024,
  })
}

function firstLine(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n')[0] ?? text
}

/** Headless Chromium that talks to nobody but the page's own server. */
export async function launchBrowser(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    headless: true,
    chromiumSandbox: false,
    timeout: 30_000,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
