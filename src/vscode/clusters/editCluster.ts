import * as vscode from 'vscode'
import { problemOf, type Problem } from '../../base/problem.ts'
import type { ConnectionConfig } from '../../kafka/connection.ts'
import type { ConnectionTest } from '../../kafkajs/diagnose.ts'
import { plural } from '../../lag/format.ts'
import type { SavedCluster } from './clusters.ts'
import { clusterSteps } from './clusterSteps.ts'
import { connectionConfig, readTlsFiles } from './connectionConfig.ts'
import { CANCELLED, unlessCancelled } from './cancelling.ts'
import type { SavedClusters } from './createClusters.ts'
import {
  draftCluster,
  draftSecret,
  keepsSecret,
  stepsOf,
  type ClusterDraft,
  type StepOptions,
} from './draft.ts'
import { pemReader } from './pemFile.ts'
import type { ClusterSecret } from './secretKey.ts'
import { bareId } from './settings.ts'
import { prefixOf } from './settingsFile.ts'
import { walkSteps } from './steps.ts'

/** Tries a connection as far as every broker's advertised address; rejects when the signal aborts. */
export type TestConnection = (
  config: ConnectionConfig,
  signal: AbortSignal,
) => Promise<ConnectionTest>

/**
 * The guided input, from a draft to a saved cluster. Undefined: given up, and nothing was saved.
 * A connection that fails the test says why, and is edited, tried again, or saved all the same.
 */
export async function editCluster(
  clusters: SavedClusters,
  test: TestConnection,
  start: ClusterDraft,
  title: string,
): Promise<SavedCluster | undefined> {
  const before = start.id === undefined ? undefined : clusters.get(start.id)
  const stored = before ? await clusters.secrets.get(before) : {}
  const others = clusters.all.filter(({ id }) => id !== start.id)
  const steps = clusterSteps({
    taken: others.map(({ name }) => name),
    stored: one => hasSecret(stored) && keepsSecret(one, before),
    readPem: pemReader(start),
  })
  let draft = await withKey(start)
  for (;;) {
    const next = await walkSteps(title, draft, one => stepsOf(one, stepOptions()), steps)
    if (!next) return undefined
    draft = next
    const cluster = draftCluster(draft, others.map(bareId), prefixOf(draft.scope))
    const secret = draftSecret(draft, keepsSecret(draft, before) ? stored : {})
    const verdict = await tryUntilSettled(cluster, secret, test)
    if (verdict === 'cancel') return undefined
    if (verdict === 'edit') continue
    await clusters.save(cluster, secret)
    return clusters.get(cluster.id) ?? cluster
  }
}

function hasSecret({ password, passphrase }: ClusterSecret): boolean {
  return password !== undefined || passphrase !== undefined
}

function stepOptions(): StepOptions {
  const open = vscode.workspace.workspaceFolders !== undefined
  return { workspace: open && vscode.workspace.isTrusted }
}

/** Whether the key of an edited cluster has a passphrase decides about a step. */
async function withKey(draft: ClusterDraft): Promise<ClusterDraft> {
  if (draft.keyFile === undefined) return draft
  try {
    return { ...draft, key: await pemReader(draft)(draft.keyFile) }
  } catch {
    return draft
  }
}

type Verdict = 'save' | 'edit' | 'cancel'

async function tryUntilSettled(
  cluster: SavedCluster,
  secret: ClusterSecret,
  test: TestConnection,
): Promise<Verdict> {
  for (;;) {
    const tested = await tryConnection(cluster, secret, test)
    if (tested.ok) {
      void showSuccess(cluster, tested)
      return 'save'
    }
    const verdict = await askAfterFailure(cluster, tested.problem)
    if (verdict !== 'again') return verdict
  }
}

function showSuccess(cluster: SavedCluster, tested: ConnectionTest & { ok: true }) {
  const brokers = plural(tested.brokers.length, 'broker')
  const found = `${cluster.name} answers: Kafka ${tested.versionHint}, ${brokers}.`
  const [problem] = tested.problems
  return problem
    ? vscode.window.showWarningMessage(`${found} ${problem.message} ${problem.advice ?? ''}`.trim())
    : vscode.window.showInformationMessage(found)
}

/** Whether the connection works, as far as it can be told without changing anything. */
async function tryConnection(
  cluster: SavedCluster,
  secret: ClusterSecret,
  test: TestConnection,
): Promise<ConnectionTest> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: `Testing the connection to ${cluster.bootstrapServers.join(', ')}`,
    cancellable: true,
  }
  return vscode.window.withProgress(options, async (_progress, token) => {
    const controller = new AbortController()
    token.onCancellationRequested(() => controller.abort())
    try {
      const files = await readTlsFiles(cluster, pemReader(cluster))
      const tested = test(connectionConfig(cluster, files, secret), controller.signal)
      return await unlessCancelled(tested, controller.signal, 'The test was cancelled.')
    } catch (error) {
      return { ok: false, problem: problemOf(error) }
    }
  })
}

async function askAfterFailure(
  cluster: SavedCluster,
  problem: Problem,
): Promise<Verdict | 'again'> {
  const detail = [problem.advice, problem.detail].filter(Boolean).join('\n\n')
  const chosen = await vscode.window.showWarningMessage(
    problem.code === CANCELLED ? problem.message : `${cluster.name}: ${problem.message}`,
    { modal: true, detail },
    'Edit',
    'Try Again',
    'Save Anyway',
  )
  if (chosen === 'Edit') return 'edit'
  if (chosen === 'Try Again') return 'again'
  return chosen === 'Save Anyway' ? 'save' : 'cancel'
}
