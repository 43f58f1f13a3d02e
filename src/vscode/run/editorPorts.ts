import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { ProblemError } from '../../base/problem.ts'
import { loadFaker } from '../../run/fakerLocales.ts'
import type { RunPorts } from '../../run/ports.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { ask, type FileSecrets } from '../environments/fileSecrets.ts'
import type { Surroundings } from '../environments/surroundings.ts'
import { generatesData } from '../language/generatedData.ts'
import { workspaceFiles } from './workspaceFile.ts'

export interface PortDeps {
  readonly clusters: Clusters
  readonly secrets: FileSecrets
  readonly clock: Clock
  /** Whether this window runs that member of a group. */
  isOurs(memberId: string): boolean
}

/** What a run in the editor reaches. */
export function editorPorts(
  document: vscode.Uri,
  around: Surroundings,
  deps: PortDeps,
  signal: AbortSignal,
): RunPorts {
  const { clusters, clock, secrets } = deps
  const locale = vscode.workspace
    .getConfiguration('kafkaWorkbench', document)
    .get<unknown>('producers.faker.locale', 'en')
  return {
    clock,
    random: Math.random,
    uuid: randomUUID,
    toLocalEpoch: (year, month, ...rest) => new Date(year, month - 1, ...rest).getTime(),
    async cluster(name, asked) {
      const saved = savedCluster(name, around, clusters)
      return {
        name: saved.name,
        cluster: await clusters.connect(saved.id, asked.signal),
        protected: saved.protected ?? false,
        disposable: saved.disposable ?? false,
      }
    },
    files: workspaceFiles(document),
    values: {
      given: around.own.values,
      environment: name => process.env[name],
      dotenv: name => around.dotenv(name),
      secret: name => secrets.get(document, name, signal),
      prompt: (label, asked) => ask({ title: label, prompt: `The value of ${label}` }, asked),
    },
    loadFaker,
    ...(generatesData(document) && {
      fakerLocale: typeof locale === 'string' && locale !== '' ? locale : 'en',
    }),
    isOurs: memberId => deps.isOurs(memberId),
    agree: confirmed,
    environment(name) {
      const { values, cluster } = around.environment(name)
      return Promise.resolve({ given: values, ...(cluster !== undefined && { cluster }) })
    },
  }
}

/** The cluster of that name; without one that of the environment, else the selected one. */
export function savedCluster(
  name: string | undefined,
  { own }: Pick<Surroundings, 'own'>,
  clusters: Pick<Clusters, 'find' | 'selected'>,
): SavedCluster {
  const wanted = name ?? own.cluster
  const found = wanted === undefined ? clusters.selected : clusters.find(wanted)
  if (found) return found
  throw new ProblemError(
    wanted === undefined
      ? {
          code: 'no-cluster',
          message: 'No cluster is selected.',
          advice: 'Select one, or name it in the file with "-- @cluster NAME".',
        }
      : {
          code: 'no-cluster',
          message: `None of the saved clusters is named "${wanted}".`,
          advice: 'Correct the name, or add the cluster.',
        },
  )
}

/** A protected cluster asks each time (K402). The prompt itself cannot be taken back. */
async function confirmed(message: string, signal: AbortSignal): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  const giveUp = () => {
    resolve(undefined)
  }
  signal.addEventListener('abort', giveUp)
  try {
    const asked = vscode.window.showWarningMessage(message, { modal: true }, 'Confirm')
    return (await Promise.race([asked, promise])) === 'Confirm' && !signal.aborted
  } finally {
    signal.removeEventListener('abort', giveUp)
  }
}
