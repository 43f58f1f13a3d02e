import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import {
  attachLocalKafka,
  findLocalKafka,
  type LocalKafka,
  type LocalKafkaOptions,
} from '../../local/attach.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import type { SavedClusters } from '../clusters/createClusters.ts'
import { checkedVersion, localEntry } from './localEntry.ts'
import { unfinishedStart } from './unfinishedStart.ts'

/** The local Kafka, as others see it. */
export interface LocalKafkaPart extends Disposable {
  /** Whether these are the addresses of the one that runs now. */
  runsAt(servers: readonly string[]): Promise<boolean>
}

export interface LocalKafkaDeps {
  readonly context: vscode.ExtensionContext
  readonly clusters: SavedClusters
  readonly log: Log
}

/** Whether a local Kafka of this extension runs: for menus and welcome texts. */
const RUNNING_CONTEXT = 'kafkaWorkbench.localKafkaRunning'

/**
 * *Start Local Kafka*, *Stop Local Kafka* and *Add Sample Data to Local Kafka*. The broker belongs
 * to a supervisor process: a reload of the window finds it again.
 */
export function registerLocalKafka({ context, clusters, log }: LocalKafkaDeps): LocalKafkaPart {
  const store = new DisposableStore()
  const output = store.add(vscode.window.createOutputChannel('Local Kafka'))
  const unfinished = unfinishedStart(context.workspaceState)
  let kafka: LocalKafka | undefined
  let starting: Promise<LocalKafka | undefined> | undefined

  function options(): LocalKafkaOptions {
    const file = (name: string) => context.asAbsolutePath(`dist/${name}.js`)
    const storage = context.globalStorageUri.fsPath
    return {
      stateDir: `${storage}/local`,
      cacheDir: `${storage}/kafka`,
      supervisorEntry: file('supervisor'),
      sampleEntry: file('sample'),
      onLog: line => output.appendLine(line),
    }
  }

  function keep(attached: LocalKafka): void {
    if (kafka) {
      attached.dispose()
      return
    }
    kafka = store.add(attached)
    setRunning(true)
    attached.onDidChangeState(state => {
      if (state.kind !== 'stopped') return
      if (kafka === attached) kafka = undefined
      attached.dispose()
      setRunning(false)
      if (state.problem) void showProblem('The local Kafka ended.', state.problem)
    })
  }

  async function start(): Promise<LocalKafka | undefined> {
    if (kafka) return kafka
    starting ??= startWithProgress().finally(() => (starting = undefined))
    return starting
  }

  async function startWithProgress(): Promise<LocalKafka | undefined> {
    const version = wantedVersion()
    unfinished.begin()
    const attached = await vscode.window.withProgress(
      {
        location: vscode.ProgressLocation.Notification,
        title: 'Local Kafka',
        cancellable: true,
      },
      (progress, token) => {
        const abort = new AbortController()
        token.onCancellationRequested(() => abort.abort())
        return attachLocalKafka({
          ...options(),
          ...(version !== undefined && { version }),
          signal: abort.signal,
          onProgress: message => progress.report({ message: `${message}…` }),
        }).catch((error: unknown) => {
          if (!abort.signal.aborted) void showProblem('Kafka did not start.', problemOf(error))
          return undefined
        })
      },
    )
    if (!attached) {
      unfinished.end()
      return undefined
    }
    keep(attached)
    log.info(`Local Kafka ${attached.version} at ${attached.bootstrapServers}.`)
    await addCluster(attached)
    return attached
  }

  async function findAgain(): Promise<void> {
    const found = await findLocalKafka(options())
    if (found) {
      keep(found)
      if (unfinished.is) await addCluster(found)
    }
    unfinished.end()
  }

  async function addCluster({ bootstrapServers }: LocalKafka): Promise<void> {
    const entry = localEntry(clusters.all, bootstrapServers)
    await clusters.save(entry)
    await clusters.select(entry.id)
    unfinished.end()
  }

  async function showProblem(
    title: string,
    problem: { readonly message: string; readonly advice?: string },
  ): Promise<void> {
    log.error(problem.message)
    const answer = await vscode.window.showErrorMessage(
      [title, problem.message, problem.advice].filter(Boolean).join(' '),
      'Show Log',
    )
    if (answer === 'Show Log') output.show()
  }

  async function startAndOffer(): Promise<void> {
    const running = await start()
    if (!running || (running.state.kind === 'running' && running.state.sample)) return
    const answer = await vscode.window.showInformationMessage(
      `Kafka ${running.version} runs at ${running.bootstrapServers}. It stops a minute after the last window that uses it is closed.`,
      'Add Sample Data',
    )
    if (answer) running.startSample()
  }

  async function stop(): Promise<void> {
    await finding
    if (kafka) await kafka.stop()
    else void vscode.window.showInformationMessage('No local Kafka runs.')
  }

  const register = (command: string, run: () => Promise<void>) =>
    store.add(vscode.commands.registerCommand(`kafkaWorkbench.${command}`, guarded(log, run)))
  register('startLocalKafka', startAndOffer)
  register('addSampleData', async () => (await start())?.startSample())
  register('stopLocalKafka', stop)
  register('showLocalKafkaLog', () => {
    output.show()
    return Promise.resolve()
  })
  // A reload of the window: the broker that it left behind is found by its state file.
  const finding = findAgain().catch((error: unknown) => {
    log.debug(`Looking for a local Kafka: ${problemOf(error).message}`)
  })
  return {
    async runsAt(servers) {
      await finding
      return kafka?.bootstrapServers === servers.join()
    },
    dispose: () => store.dispose(),
  }
}

function wantedVersion(): string | undefined {
  const settings = vscode.workspace.getConfiguration('kafkaWorkbench')
  const text: unknown = settings.get('localKafka.version')
  return checkedVersion(typeof text === 'string' ? text : '')
}

function setRunning(running: boolean): void {
  void vscode.commands.executeCommand('setContext', RUNNING_CONTEXT, running)
}
