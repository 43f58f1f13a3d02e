import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import { ProblemError, problemOf } from '../../base/problem.ts'
import type { Cluster } from '../../kafka/cluster.ts'
import { loadFaker } from '../../run/fakerLocales.ts'
import type { RunPorts } from '../../run/ports.ts'
import { asksForSecret } from '../../run/prompts.ts'
import { CANCELLED, cancelled } from '../clusters/cancelling.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import { connectVisibly } from '../clusters/connectVisibly.ts'
import { ask, type FileSecrets } from '../environments/fileSecrets.ts'
import type { Surroundings } from '../environments/surroundings.ts'
import { isDisposable } from '../local/localEntry.ts'
import { generatesData } from '../language/generatedData.ts'
import { workspaceFiles } from './workspaceFile.ts'

export interface PortDeps {
  readonly clusters: Clusters
  readonly secrets: FileSecrets
  readonly clock: Clock
  /** Whether this window runs that member of a group. */
  isOurs(memberId: string): boolean
  /** Whether these are the addresses of the local Kafka that runs now. */
  runsLocally(servers: readonly string[]): Promise<boolean>
}

/** One run, as its ports have to know it. */
export interface PortRun {
  readonly document: vscode.Uri
  readonly around: Surroundings
  readonly signal: AbortSignal
  /** Ends the run: who cancels what it asks does not want the rest of it either. */
  stop(): void
  /** What all its blocks together write to the cluster of that name; undefined: at most one does. */
  writes(cluster: string): string | undefined
  /** The last answers to `$prompt`, by label, which are offered again. */
  readonly answers: Map<string, string>
}

/** What a run in the editor reaches. */
export function editorPorts(run: PortRun, deps: PortDeps): RunPorts {
  const { document, around, signal } = run
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
        cluster: await connected(saved, asked.signal, run, clusters),
        protected: saved.protected ?? false,
        disposable: await isDisposable(saved, servers => deps.runsLocally(servers)),
      }
    },
    files: workspaceFiles(document),
    values: {
      given: around.own.values,
      environment: name => process.env[name],
      dotenv: name => around.dotenv(name),
      secret: async name => {
        const secret = await secrets.get(document, name, signal)
        if (secret === undefined) throw cancelled(NOT_ANSWERED)
        return secret
      },
      prompt: (label, asked) => answered(label, asked, run),
    },
    loadFaker,
    ...(generatesData(document) && {
      fakerLocale: typeof locale === 'string' && locale !== '' ? locale : 'en',
    }),
    isOurs: memberId => deps.isOurs(memberId),
    agree: consent(run),
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

/** A connection that takes its time can be cancelled, and the run with it. */
async function connected(
  saved: SavedCluster,
  signal: AbortSignal,
  run: PortRun,
  clusters: Clusters,
): Promise<Cluster> {
  const stoppable: typeof clusters.connect = (id, given) =>
    clusters.connect(id, given ? AbortSignal.any([given, signal]) : signal)
  try {
    return await connectVisibly(
      { connected: id => clusters.connected(id), connect: stoppable },
      saved,
    )
  } catch (error) {
    if (problemOf(error).code === CANCELLED) run.stop()
    throw error
  }
}

const NOT_ANSWERED = 'The question was not answered.'

async function answered(
  label: string,
  signal: AbortSignal,
  { answers, document }: PortRun,
): Promise<string> {
  const before = answers.get(label)
  const answer = await ask(
    {
      title: label,
      prompt: `Asked for by ${vscode.workspace.asRelativePath(document)}.`,
      ...(before !== undefined && { value: before }),
      ...(asksForSecret(label) && { password: true }),
    },
    signal,
  )
  if (answer === undefined) throw cancelled(NOT_ANSWERED)
  answers.set(label, answer)
  return answer
}

/** A protected cluster asks once for all that a run writes to it (K402). */
function consent(run: PortRun): NonNullable<RunPorts['agree']> {
  const agreed = new Set<string>()
  return async (message, signal, { name }) => {
    if (agreed.has(name)) return true
    const all = run.writes(name)
    const question = all === undefined ? message : `"${name}" is protected. Confirm to ${all}.`
    const isAgreed = await confirmed(question, signal)
    if (!isAgreed) run.stop()
    else if (all !== undefined) agreed.add(name)
    return isAgreed
  }
}

/** The prompt itself cannot be taken back. */
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
