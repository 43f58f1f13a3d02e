import * as vscode from 'vscode'
import { DisposableStore } from '../base/dispose.ts'
import type { Log } from '../base/log.ts'
import type { Cluster } from '../kafka/cluster.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { ConnectionTest } from '../kafkajs/diagnose.ts'
import { registerClusterCommands } from './clusters/clusterCommands.ts'
import { createClusters, type SavedClusters } from './clusters/createClusters.ts'
import { showSelectedCluster } from './clusters/statusBar.ts'
import { systemClock } from './clock.ts'
import { registerDebug } from './debug/debug.ts'
import { registerLag } from './lag/registerLag.ts'
import { createLagWatches, type LagWatches } from './lag/watches.ts'
import { createChosenEnvironments } from './environments/chosen.ts'
import { createFileSecrets } from './environments/fileSecrets.ts'
import { registerEnvironments } from './environments/registerEnvironments.ts'
import type { EnvironmentSources } from './environments/surroundings.ts'
import { createEnvironmentFiles } from './language/environments.ts'
import { registerLocalKafka } from './local/localKafka.ts'
import { registerLanguage } from './language/registerLanguage.ts'
import { registerMessages, type MessagesViews } from './messages/registerMessages.ts'
import { registerRun, type RunParts } from './run/registerRun.ts'
import { registerTesting, type Testing } from './testing/registerTesting.ts'
import { registerTopicCommands } from './topics/topicCommands.ts'
import { createTree, type Tree } from './tree/tree.ts'
import { registerTreeCommands } from './tree/treeCommands.ts'

/** What the suites see. Nobody else: other extensions must not get at connections and secrets. */
export interface Internals {
  readonly clusters: SavedClusters
  readonly tree: Tree
  readonly messages: MessagesViews
  readonly runs: RunParts
  readonly environments: EnvironmentSources
  readonly lag: LagWatches
  readonly testing: Testing
  readonly kept: Pick<vscode.ExtensionContext, 'globalState' | 'workspaceState' | 'logUri'>
  readonly log: Log
}

/** How long a closing window may be held up by groups that are left, ms. */
const CLOSING_MS = 4_000

let closing: () => Promise<void> = () => Promise.resolve()

/** Closes the connections: members leave their groups, so that nobody waits for dead ones. */
export async function deactivate(): Promise<void> {
  await Promise.race([closing(), systemClock.sleep(CLOSING_MS)])
}

/** Wires the parts together: the only place that knows all of them. */
export function activate(context: vscode.ExtensionContext): Internals | undefined {
  const log = vscode.window.createOutputChannel('Kafka Workbench', { log: true })
  const store = new DisposableStore()
  context.subscriptions.push(log, store)

  const clusters = store.add(
    createClusters({
      context,
      log,
      open: (config, _saved, signal) => openCluster(context, config, log, signal),
    }),
  )
  closing = () => clusters.close()
  const tree = store.add(createTree({ context, clusters, log }))
  store.add(registerClusterCommands({ clusters, log, test: testCluster }))
  store.add(registerTreeCommands({ clusters, tree, log }))
  store.add(registerTopicCommands({ clusters, tree, log }))
  store.add(showSelectedCluster(clusters))
  const local = store.add(registerLocalKafka({ context, clusters, log }))
  const messages = store.add(
    registerMessages({
      extensionUri: context.extensionUri,
      globalState: context.globalState,
      workspaceState: context.workspaceState,
      clusters,
      clock: systemClock,
      log,
    }),
  )
  const environments = {
    files: store.add(createEnvironmentFiles()),
    chosen: store.add(createChosenEnvironments(context.workspaceState)),
  }
  const secrets = createFileSecrets(context.secrets, context.workspaceState)
  store.add(registerEnvironments({ environments, secrets, state: context.workspaceState, log }))
  const runs = store.add(
    registerRun({
      clusters,
      messages,
      environments,
      secrets,
      clock: systemClock,
      log,
      runsLocally: servers => local.runsAt(servers),
    }),
  )
  const testing = store.add(registerTesting({ runs: runs.runs, log }))
  store.add(
    registerLanguage({
      clusters,
      environments,
      inSession: (document, name) => runs.runs.known(document, name),
      log,
      globalState: context.globalState,
      extensionId: context.extension.id,
    }),
  )
  const lag = store.add(createLagWatches(clusters, systemClock, log))
  store.add(registerLag({ extensionUri: context.extensionUri, clusters, watches: lag, log }))
  store.add(registerDebug({ clusters, lag, log }))
  store.add(vscode.commands.registerCommand('kafkaWorkbench.showLog', () => log.show()))
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { clusters, tree, messages, runs, environments, lag, testing, kept: context, log }
    : undefined
}

/** kafkajs and the codecs are loaded here, on first use, not when the extension is activated. */
async function openCluster(
  context: vscode.ExtensionContext,
  config: ConnectionConfig,
  log: Log,
  signal: AbortSignal,
): Promise<Cluster> {
  const [{ createCluster, registerCodecs }, { createReader, kafkajsCodecs }] = await Promise.all([
    import('./lazy/kafka.ts'),
    import('./lazy/reading.ts'),
  ])
  registerCodecs(kafkajsCodecs)
  const reader = createReader({
    workerPath: context.asAbsolutePath('dist/reader.js'),
    config,
    log,
    onCrash: problem => log.error(problem.message),
  })
  try {
    return await createCluster(
      config,
      {
        log,
        reader: (request, ask) => reader.read(request, ask),
        view: request => reader.view(request),
        warmUp: topics => reader.warmUp(topics),
        onClose: () => reader.close(),
      },
      { signal },
    )
  } catch (error) {
    await reader.close()
    throw error
  }
}

async function testCluster(config: ConnectionConfig, signal: AbortSignal): Promise<ConnectionTest> {
  const { testConnection } = await import('./lazy/kafka.ts')
  return testConnection(config, { signal })
}
