import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import type { ServerEditor } from './editor.ts'
import { freePorts } from '../../src/local/ports.ts'
import { ROOT } from './places.ts'
import { start, type Started } from './processes.ts'

const run = promisify(execFile)

export interface ServerOptions {
  /** User settings, written before the start. */
  readonly settings?: Readonly<Record<string, unknown>>
  /** VSIX files, or ids, installed before the start. */
  readonly install?: readonly string[]
  /** Folders of unpacked extensions, linked as if they were installed. */
  readonly link?: readonly string[]
  /** Kept from run to run; absent: a new folder, deleted at the end. */
  readonly dataFolder?: string
  /** Environment of the server, and so of the extension host. */
  readonly env?: Readonly<Record<string, string | undefined>>
  /** Workspace trust is off unless asked for. */
  readonly trust?: boolean
  /**
   * The page honours `payload` only with it: what suites and development extensions need. It
   * also hides notifications and dialogs, so that what acts as a person goes without it.
   */
  readonly testDriver?: boolean
  /** Absent: a free one. */
  readonly port?: number
  /** Whoever opens the page must know it; absent: whoever can reach the loopback port may. */
  readonly token?: string
  readonly signal?: AbortSignal
}

export interface RunningServer {
  readonly url: string
  readonly port: number
  readonly dataFolder: string
  /** What the server and its extension hosts printed. */
  readonly logFile: string
  readonly exited: Promise<number | undefined>
  dispose(): Promise<void>
}

const START_MS = 30_000
const INSTALL_MS = 60_000

/** Starts the VS Code server on loopback and waits until it answers. */
export async function startServer(
  editor: ServerEditor,
  options: ServerOptions = {},
): Promise<RunningServer> {
  const temporary = options.dataFolder === undefined
  const dataFolder = options.dataFolder ?? (await mkdtemp(join(tmpdir(), 'workbench-')))
  const logFile = join(dataFolder, 'server.log')
  const [port = 0] = options.port === undefined ? await freePorts(1) : [options.port]
  let started: Started | undefined
  const dispose = async (): Promise<void> => {
    await started?.stop()
    if (temporary) await rm(dataFolder, { recursive: true, force: true, maxRetries: 3 })
  }
  try {
    await writeSettings(dataFolder, options.settings ?? {})
    for (const folder of options.link ?? []) await link(dataFolder, folder)
    for (const extension of options.install ?? []) await install(editor, dataFolder, extension)
    started = await start(editor.node, serverArguments(editor, port, dataFolder, options), {
      env: { ...process.env, ...options.env },
      logFile,
    })
    await answering(port, started, logFile, options.signal)
  } catch (error) {
    await dispose()
    throw error
  }
  const query = options.token === undefined ? '' : `?tkn=${encodeURIComponent(options.token)}`
  const url = `http://127.0.0.1:${port}/${query}`
  return { url, port, dataFolder, logFile, exited: started.exited, dispose }
}

function serverArguments(
  editor: ServerEditor,
  port: number,
  dataFolder: string,
  options: ServerOptions,
): string[] {
  const guard = pathToFileURL(join(ROOT, 'scripts/editor/stop-with-parent.mjs')).href
  return [
    '--import',
    guard,
    join(editor.root, 'out/server-main.js'),
    ...(options.token === undefined
      ? ['--without-connection-token']
      : ['--connection-token', options.token]),
    ...folders(dataFolder),
    '--host',
    '127.0.0.1',
    '--port',
    String(port),
    '--telemetry-level',
    'off',
    ...(options.trust ? [] : ['--disable-workspace-trust']),
    ...(options.testDriver ? ['--enable-smoke-test-driver'] : []),
  ]
}

function folders(dataFolder: string): string[] {
  return [
    '--accept-server-license-terms',
    '--server-data-dir',
    dataFolder,
    '--extensions-dir',
    join(dataFolder, 'extensions'),
  ]
}

async function link(dataFolder: string, extension: string): Promise<void> {
  const text = await readFile(join(extension, 'package.json'), 'utf8')
  const { publisher, name, version } = JSON.parse(text) as Record<string, string>
  const folder = join(dataFolder, 'extensions')
  await mkdir(folder, { recursive: true })
  await symlink(extension, join(folder, `${publisher}.${name}-${version}`), 'dir')
}

async function install(editor: ServerEditor, dataFolder: string, id: string): Promise<void> {
  await run(
    editor.node,
    [
      join(editor.root, 'out/server-main.js'),
      ...folders(dataFolder),
      '--install-extension',
      id,
      '--force',
    ],
    { timeout: INSTALL_MS },
  )
}

/** The user's settings: this server keeps them on its own side, not in the browser. */
export function settingsFile(dataFolder: string): string {
  return join(dataFolder, 'data/User/settings.json')
}

async function writeSettings(
  dataFolder: string,
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const folder = dirname(settingsFile(dataFolder))
  await mkdir(folder, { recursive: true })
  await writeFile(settingsFile(dataFolder), JSON.stringify(settings, undefined, 2))
}

async function answering(
  port: number,
  started: Started,
  logFile: string,
  signal: AbortSignal | undefined,
): Promise<void> {
  const deadline = Date.now() + START_MS
  const exit = started.exited.then(code => ({ code }))
  while (Date.now() < deadline) {
    signal?.throwIfAborted()
    if (await answers(port)) return
    const over = await Promise.race([exit, sleep(100)])
    if (over) throw new Error(`The VS Code server ended at once.\n${await lastLines(logFile)}`)
  }
  throw new Error(`The VS Code server does not answer.\n${await lastLines(logFile)}`)
}

async function answers(port: number): Promise<boolean> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/version`, {
      signal: AbortSignal.timeout(2000),
    })
    return answer.ok
  } catch {
    return false
  }
}

/** The end of a log, for an error. */
export async function lastLines(file: string, count = 40): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '')
  return text.trimEnd().split('\n').slice(-count).join('\n')
}

/** The address of the page with a folder or workspace open, and a payload for the test driver. */
export function pageUrl(
  server: RunningServer,
  folder: string | undefined,
  payload: readonly (readonly [string, string])[] = [],
): string {
  const url = new URL(server.url)
  if (folder !== undefined)
    url.searchParams.set(folder.endsWith('.code-workspace') ? 'workspace' : 'folder', folder)
  if (payload.length > 0) url.searchParams.set('payload', JSON.stringify(payload))
  return url.href
}

/** How the page names a file on the server's side. */
export function remoteUri(server: RunningServer, path: string): string {
  return `vscode-remote://127.0.0.1:${server.port}${path}`
}
