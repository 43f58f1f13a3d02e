/**
 * From a fresh clone to an editor with the extension, a local Kafka and sample data: the desktop
 * VS Code if its `code` command is installed, else the VS Code server with its address printed.
 * Everything lives in `.cache/start`; the user's own profile is not touched. Ctrl-C ends it all.
 */
import { spawn, spawnSync } from 'node:child_process'
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { problemOf } from '../src/base/problem.ts'
import { attachLocalKafka, type LocalKafka } from '../src/local/attach.ts'
import { displayPrefix, ensureServer } from './editor/editor.ts'
import { onPath } from './editor/places.ts'
import { pageUrl, startServer } from './editor/server.ts'
import { packageExtension, vsixPath } from './package.ts'
import { kafkaCache } from './setup-kafka.ts'
import { root } from './stages.ts'

const folder = join(root, '.cache', 'start')
const examples = join(root, 'examples')
/** The address is the same every time if the port is free, so a bookmark keeps working. */
const SERVER_PORT = 8740

const stopping = new AbortController()
const signal = stopping.signal
const ended: (() => Promise<void> | void)[] = []

for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
  process.on(name, () => {
    if (stopping.signal.aborted) process.exit(130)
    say('Stopping…')
    stopping.abort()
  })

try {
  await main()
} catch (error) {
  if (!signal.aborted) {
    const { message, advice } = problemOf(error)
    console.error(advice ? `${message} ${advice}` : message)
    process.exitCode = 1
  }
} finally {
  await Promise.allSettled(ended.map(async end => end()))
}

async function main(): Promise<void> {
  say('Building the extension…')
  await packageExtension()
  const kafka = await startKafka()
  const settings = settingsFor(kafka)
  const code = desktopCode()
  await (code === undefined ? openServer(settings) : openDesktop(code, settings))
}

/** The `code` command, where its window can be seen and nobody asked for the server. */
function desktopCode(): string | undefined {
  if (process.env['KAFKA_WORKBENCH_START'] === 'server') return undefined
  return displayPrefix()?.length === 0 ? onPath('code') : undefined
}

async function startKafka(): Promise<LocalKafka> {
  const kafka = await attachLocalKafka({
    stateDir: join(folder, 'kafka'),
    cacheDir: kafkaCache,
    supervisorEntry: join(root, 'dist', 'supervisor.js'),
    sampleEntry: join(root, 'dist', 'sample.js'),
    sample: true,
    onProgress: message => say(`${message}…`),
    signal,
  })
  ended.push(() => kafka.stop())
  say(`Kafka ${kafka.version} answers at ${kafka.bootstrapServers}, with sample data.`)
  return kafka
}

function settingsFor({ bootstrapServers }: LocalKafka): Record<string, unknown> {
  return {
    'kafkaWorkbench.clusters': [
      {
        id: 'local',
        name: 'Local',
        bootstrapServers: bootstrapServers.split(','),
        disposable: true,
      },
    ],
    'security.workspace.trust.enabled': false,
    'workbench.startupEditor': 'none',
    // The examples stand in somebody's repository, which is not what the window is about.
    'git.openRepositoryInParentFolders': 'never',
    'workbench.secondarySideBar.defaultVisibility': 'hidden',
    'chat.disableAIFeatures': true,
    'telemetry.telemetryLevel': 'off',
  }
}

async function openDesktop(code: string, settings: Record<string, unknown>): Promise<void> {
  const userData = join(folder, 'desktop')
  const profile = ['--user-data-dir', userData, '--extensions-dir', join(folder, 'extensions')]
  await mkdir(join(userData, 'User'), { recursive: true })
  await writeFile(join(userData, 'User', 'settings.json'), JSON.stringify(settings, undefined, 2))
  const shell = process.platform === 'win32'
  const install = [...profile, '--install-extension', vsixPath, '--force']
  if (spawnSync(code, install, { stdio: 'ignore', shell, timeout: 120_000 }).status !== 0)
    throw new Error('VS Code could not install the extension.')
  say('Opening VS Code. Close its window, or press Ctrl-C here, to stop everything.')
  // A file of an earlier run that was killed names nobody of ours any more.
  const lock = join(userData, 'code.lock')
  await rm(lock, { force: true })
  // The command only waits: the editor is a process of its own that a signal here does not reach.
  ended.push(() => endEditor(lock))
  const window = spawn(code, [...profile, '--new-window', '--wait', examples], {
    stdio: ['ignore', 'ignore', 'inherit'],
    shell,
    signal,
  })
  const outcome = await new Promise<string | undefined>(resolve => {
    window.once('exit', (status, by) => {
      if (status === 0) resolve(undefined)
      else
        resolve(status === null ? `was ended by ${by ?? 'a signal'}` : `ended with code ${status}`)
    })
    window.once('error', error => resolve(`could not be started (${error.message})`))
  })
  if (outcome !== undefined && !signal.aborted)
    throw new Error(
      `VS Code's command ${code} ${outcome}. Set KAFKA_WORKBENCH_START=server to use a browser.`,
    )
}

/** Ends the editor of our own profile, which left its process id there. */
async function endEditor(lock: string): Promise<void> {
  const pid = Number(await readFile(lock, 'utf8').catch(() => ''))
  if (!Number.isSafeInteger(pid) || pid <= 0) return
  try {
    process.kill(pid)
  } catch {
    // Its window was closed before.
  }
}

async function openServer(settings: Record<string, unknown>): Promise<void> {
  const editor = await ensureServer({ log: say, signal })
  say('Starting the VS Code server…')
  const options = {
    settings,
    install: [vsixPath],
    dataFolder: join(folder, 'server'),
    signal,
  }
  const server = await startServer(editor, { ...options, port: SERVER_PORT }).catch(
    (error: unknown) => {
      if (signal.aborted) throw error
      return startServer(editor, options)
    },
  )
  ended.push(() => server.dispose())
  say(`Open ${pageUrl(server, examples)} in a browser. Ctrl-C stops everything.`)
  await Promise.race([server.exited, aborted()])
}

function aborted(): Promise<void> {
  return new Promise(resolve => {
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
}

function say(line: string): void {
  console.log(line)
}
