import { downloadAndUnzipVSCode, SilentReporter } from '@vscode/test-electron'
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { EDITOR_CACHE, onPath, serverNode } from './places.ts'

const run = promisify(execFile)

/** A VS Code that an extension can be run in. */
export type Editor = DesktopEditor | ServerEditor

export interface DesktopEditor {
  readonly kind: 'desktop'
  /** As asked for: `stable`, or a version. */
  readonly version: string
  readonly executable: string
  /** Put before the executable where there is no display: `xvfb-run -a`. */
  readonly prefix: readonly string[]
}

export interface ServerEditor {
  readonly kind: 'server'
  /** Of the VS Code inside. */
  readonly version: string
  /** The folder that holds `out/server-main.js`. */
  readonly root: string
  readonly node: string
}

export interface SetupOptions {
  readonly log: (line: string) => void
  readonly signal?: AbortSignal
}

/** The real workbench and extension host as an npm package, for where no desktop can be had. */
const SERVER_PACKAGE = 'code-server'
const SERVER_PACKAGE_VERSION = '4.139.1'
const SERVER_VERSION = '1.139.1'

const DOWNLOAD_HOST = 'https://update.code.visualstudio.com/api/releases/stable'
const REACH_MS = 4000
const DOWNLOAD_IDLE_MS = 20_000
const INSTALL_MS = 5 * 60_000

/**
 * A VS Code to run suites in: the desktop one where it can be downloaded and shown, else the
 * server. `KAFKA_WORKBENCH_EDITOR` decides where it is set: `desktop` or `server`;
 * `KAFKA_WORKBENCH_VSCODE` names the desktop's version.
 */
export async function ensureEditor(
  options: SetupOptions & { readonly version?: string },
): Promise<Editor> {
  const wanted = process.env['KAFKA_WORKBENCH_EDITOR']
  if (wanted === 'server') return ensureServer(options)
  const named = process.env['KAFKA_WORKBENCH_VSCODE']
  const version = options.version ?? named ?? 'stable'
  if (wanted === 'desktop') return ensureDesktop({ ...options, version })
  // Asking costs time: once the server is there, it stays the choice until a version is named.
  if (named === undefined && existsSync(stampFile())) return ensureServer(options)
  const why = await whyNoDesktop()
  if (why === undefined) return ensureDesktop({ ...options, version })
  options.log(`${why}; using the VS Code server.`)
  return ensureServer(options)
}

async function whyNoDesktop(): Promise<string | undefined> {
  if (displayPrefix() === undefined) return 'No display for a desktop VS Code'
  try {
    const answer = await fetch(DOWNLOAD_HOST, { signal: AbortSignal.timeout(REACH_MS) })
    return answer.ok ? undefined : 'No desktop VS Code can be downloaded here'
  } catch {
    return 'No desktop VS Code can be downloaded here'
  }
}

/** What must stand before a program that opens a window; undefined where none can be opened. */
export function displayPrefix(): readonly string[] | undefined {
  if (process.platform !== 'linux') return []
  if (process.env['DISPLAY'] ?? process.env['WAYLAND_DISPLAY']) return []
  const xvfb = onPath('xvfb-run')
  return xvfb === undefined ? undefined : [xvfb, '-a']
}

/** Downloads a desktop VS Code, once per version. */
export async function ensureDesktop(
  options: SetupOptions & { readonly version: string },
): Promise<DesktopEditor> {
  const prefix = displayPrefix()
  if (prefix === undefined)
    throw new Error('A desktop VS Code needs a display. Install xvfb, or set DISPLAY.')
  options.log(`Looking for VS Code ${options.version}…`)
  const cachePath = join(EDITOR_CACHE, 'desktop')
  await mkdir(cachePath, { recursive: true })
  const executable = await downloadAndUnzipVSCode({
    version: options.version,
    cachePath,
    timeout: DOWNLOAD_IDLE_MS,
    reporter: new SilentReporter(),
  })
  return { kind: 'desktop', version: options.version, executable, prefix }
}

function serverFolder(): string {
  return join(EDITOR_CACHE, `${SERVER_PACKAGE}-${SERVER_PACKAGE_VERSION}`)
}

function stampFile(): string {
  return join(serverFolder(), 'ready.json')
}

function serverRoot(): string {
  return join(serverFolder(), 'node_modules', SERVER_PACKAGE, 'lib/vscode')
}

/** Installs the VS Code server into the cache, once; a second call reads one small file. */
export async function ensureServer(options: SetupOptions): Promise<ServerEditor> {
  const editor: ServerEditor = {
    kind: 'server',
    version: SERVER_VERSION,
    root: serverRoot(),
    node: serverNode(),
  }
  if (existsSync(stampFile())) return editor
  if (process.platform === 'win32')
    throw new Error('The VS Code server does not run on Windows. Use a desktop VS Code.')
  options.log(`Installing the VS Code server ${SERVER_VERSION} (about 15 s, once)…`)
  await installServer(options.signal)
  await trimServer()
  await writeFile(stampFile(), JSON.stringify({ version: SERVER_VERSION }))
  options.log('The VS Code server is ready.')
  return editor
}

async function installServer(signal: AbortSignal | undefined): Promise<void> {
  const folder = serverFolder()
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "private": true }\n')
  // No scripts: they would compile native modules that the workbench runs without.
  await npm(folder, [`${SERVER_PACKAGE}@${SERVER_PACKAGE_VERSION}`], signal)
  await npm(serverRoot(), ['--omit=dev'], signal)
  await npm(join(serverRoot(), 'extensions'), ['--omit=dev'], signal)
}

async function npm(cwd: string, args: string[], signal: AbortSignal | undefined): Promise<void> {
  const limit = AbortSignal.timeout(INSTALL_MS)
  const quiet = ['--ignore-scripts', '--no-audit', '--no-fund', '--no-package-lock', '--silent']
  await run('npm', ['install', ...quiet, ...args], {
    cwd,
    env: { ...process.env, NODE_ENV: '' },
    signal: signal === undefined ? limit : AbortSignal.any([limit, signal]),
    maxBuffer: 64 * 1024 * 1024,
  })
}

/** What the workbench starts and runs without; the rest of its packages are needed. */
const NOT_NEEDED = [
  'node_modules/@github',
  'node_modules/@microsoft/mxc-sdk',
  'node_modules/@vscode/sqlite3',
  'node_modules/@devcontainers',
  'extensions/mermaid-markdown-features',
  'extensions/copilot',
  'extensions/microsoft-authentication',
  'extensions/github-authentication',
  'extensions/ms-vscode.vscode-js-profile-table',
]

async function trimServer(): Promise<void> {
  const root = serverRoot()
  await Promise.all(NOT_NEEDED.map(path => rm(join(root, path), { recursive: true, force: true })))
  const own = `${process.platform}-${process.arch}`
  const prebuilds = join(root, 'node_modules/node-pty/prebuilds')
  const platforms = existsSync(prebuilds) ? await readdir(prebuilds) : []
  for (const platform of platforms)
    if (platform !== own) await rm(join(prebuilds, platform), { recursive: true, force: true })
  await deleteSourceMaps(root)
}

async function deleteSourceMaps(root: string): Promise<void> {
  const files = await readdir(root, { recursive: true })
  await Promise.all(
    files.filter(name => name.endsWith('.map')).map(name => rm(join(root, name), { force: true })),
  )
}
