import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import type { Clock } from '../../base/clock.ts'
import type { Log } from '../../base/log.ts'
import { problemOf, type Problem } from '../../base/problem.ts'
import { count as grouped } from '../../lag/format.ts'
import { check } from '../../language/check/check.ts'
import { propertyOf, type Block, type KafkaFile } from '../../language/tree.ts'
import type { ProduceEvent, ProduceResult, ProduceTotals } from '../../run/events.ts'
import { loadFaker } from '../../run/fakerLocales.ts'
import { produce } from '../../run/producing.ts'
import { producerPlan, type ProducerPlan } from '../../run/producerPlan.ts'
import { recordMaker, type RecordSources } from '../../run/recordMaker.ts'
import { recordSource } from '../../run/records/source.ts'
import { transactional } from '../../run/transactional.ts'
import type { Clusters, SavedCluster } from '../clusters/clusters.ts'
import type { BlockId, BlockStates } from './blockStates.ts'
import { readWorkspaceBytes, readWorkspaceFile, streamWorkspaceFile } from './workspaceFile.ts'
import { generatesData } from '../language/generatedData.ts'

export interface ProduceDeps {
  readonly clusters: Clusters
  readonly states: BlockStates
  readonly clock: Clock
  readonly log: Log
}

export interface ProduceCall {
  readonly document: vscode.TextDocument
  readonly file: KafkaFile
  readonly block: Block
  readonly cluster: SavedCluster
  /** Records to send; a scheduled PRODUCER sends one at a time whatever this says. */
  readonly count: number
}

/**
 * Runs a PRODUCER: checks it, asks where the cluster is protected, connects, sends, and leaves the
 * result on the block. Resolves when it has ended; a failure is on the block and in a message.
 */
export async function produceBlock(call: ProduceCall, deps: ProduceDeps): Promise<void> {
  const block = deps.states.idOf(call.document, call.block)
  if (deps.states.isBusy(block)) {
    void vscode.window.showInformationMessage('This block is still running.')
    return
  }
  const planned = planOf(call)
  if ('problem' in planned) {
    fail(block, planned.problem, deps)
    return
  }
  if (!(await confirmed(call, planned.plan))) return
  const controller = deps.states.begin(block)
  try {
    await run(call, planned.plan, block, controller, deps)
  } catch (error) {
    if (!controller.signal.aborted) fail(block, problemOf(error), deps)
    else deps.states.set(block, { kind: 'stopped', sent: 0 })
  } finally {
    deps.states.end(block, controller)
  }
}

function planOf(
  call: ProduceCall,
): { readonly plan: ProducerPlan } | { readonly problem: Problem } {
  if (!vscode.workspace.isTrusted) return { problem: UNTRUSTED }
  const error = check(call.file, { generatedData: generatesData(call.document.uri) }).find(
    problem => problem.severity === 'error' && problem.block === call.block.index,
  )
  if (error) {
    const line = call.document.positionAt(error.span.start).line + 1
    return { problem: { code: error.code, message: error.message, detail: `Line ${line}` } }
  }
  return producerPlan(call.file, call.block)
}

const UNTRUSTED: Problem = {
  code: 'untrusted',
  message: 'Nothing is sent from an untrusted workspace.',
  advice: 'Trust this workspace to send records from it.',
}

/** A protected cluster asks each time (K402). */
async function confirmed({ cluster, block, count }: ProduceCall, plan: ProducerPlan) {
  if (!cluster.protected) return true
  const what = whatIsSent(block, plan, count)
  const chosen = await vscode.window.showWarningMessage(
    `"${cluster.name}" is protected. Confirm to send ${what} to "${plan.topic}".`,
    { modal: true },
    'Send',
  )
  return chosen === 'Send'
}

/** As exactly as it is known before it is sent. */
function whatIsSent(block: Block, plan: ProducerPlan, count: number): string {
  if (plan.every !== undefined) return `a record every ${propertyOf(block, 'every')?.value ?? ''}`
  if (plan.rate !== undefined) return `${grouped(plan.rate)} records per second`
  if (plan.records) return `the records of ${plan.records.from ?? 'the block'}`
  const all = count * (plan.count ?? 1)
  return `${grouped(all)} ${all === 1 ? 'record' : 'records'}`
}

async function run(
  call: ProduceCall,
  plan: ProducerPlan,
  block: BlockId,
  controller: AbortController,
  deps: ProduceDeps,
): Promise<void> {
  const { signal } = controller
  deps.states.set(block, { kind: 'connecting' })
  const isPaced = plan.every !== undefined || plan.rate !== undefined
  const ended = withCancel(`Sending to ${plan.topic}`, controller, !isPaced)
  try {
    const cluster = await deps.clusters.connect(call.cluster.id, signal)
    const maker = await recordMaker(call.file, plan, sourcesOf(call, deps))
    if ('problem' in maker) {
      fail(block, maker.problem, deps)
      return
    }
    const source = recordSource(plan, maker.make, {
      times: call.count,
      stream: (path, stop) => streamWorkspaceFile(call.document.uri, path, stop),
      evaluateRow: maker.evaluateRow,
    })
    const follow = follower(block, call.cluster.id, deps, isPaced)
    const context = { cluster, clock: deps.clock, signal }
    const events = transactional(plan.transactionalId, context, own => produce(plan, source, own))
    for await (const event of events) follow(event)
  } finally {
    ended()
  }
}

function sourcesOf(call: ProduceCall, deps: ProduceDeps): RecordSources {
  const settings = vscode.workspace.getConfiguration('kafkaWorkbench', call.document.uri)
  const fakerLocale = settings.get<unknown>('producers.faker.locale', 'en')
  return {
    now: () => deps.clock.now(),
    random: Math.random,
    uuid: randomUUID,
    cluster: call.cluster.name,
    loadFaker,
    readFile: path => readWorkspaceFile(call.document.uri, path),
    readBytes: path => readWorkspaceBytes(call.document.uri, path),
    toLocalEpoch: (year, month, ...rest) => new Date(year, month - 1, ...rest).getTime(),
    ...(settings.get<unknown>('producers.faker.enabled', true) !== false && {
      fakerLocale: typeof fakerLocale === 'string' && fakerLocale !== '' ? fakerLocale : 'en',
    }),
  }
}

/** Takes a run's events and leaves on the block what they mean. */
function follower(
  block: BlockId,
  clusterId: string,
  deps: ProduceDeps,
  scheduled: boolean,
): (event: ProduceEvent) => void {
  let sent = 0
  let last: ProduceResult | undefined
  let next: number | undefined
  const showSchedule = () => {
    deps.states.set(block, {
      kind: 'scheduled',
      sent,
      ...(last && { last }),
      ...(next !== undefined && { next }),
    })
  }
  return event => {
    switch (event.kind) {
      case 'waiting':
        next = event.until
        showSchedule()
        return
      case 'sending':
        if (!scheduled) deps.states.set(block, { kind: 'sending' })
        return
      case 'produced':
        last = event.result
        sent += last.outcomes.filter(({ problem }) => !problem).length
        logResult(last, deps.log)
        if (scheduled) showSchedule()
        else deps.states.set(block, { kind: 'produced', result: last, clusterId })
        return
      case 'progress':
        deps.states.set(block, { kind: 'sendingMany', totals: event.totals })
        return
      case 'ended':
        if (event.reason === 'refused' && event.problem) fail(block, event.problem, deps)
        else if (event.totals && isMany(event.totals, last)) {
          logTotals(event.totals, deps.log)
          deps.states.set(block, {
            kind: 'producedMany',
            totals: event.totals,
            stopped: event.reason === 'stopped',
            clusterId,
          })
        } else if (scheduled || (event.reason === 'stopped' && !last))
          deps.states.set(block, { kind: 'stopped', sent, ...(last && { last }) })
        if (event.reason === 'failed' && event.problem) tell(event.problem)
    }
  }
}

/** Not told one by one, or not alone what was sent. */
function isMany(totals: ProduceTotals, last: ProduceResult | undefined): boolean {
  return last === undefined && totals.sent + totals.failed > 0
}

function logTotals({ topic, sent, acknowledged, milliseconds }: ProduceTotals, log: Log): void {
  const time = `${Math.round(milliseconds)} ms`
  log.info(`Sent ${sent} record(s) to ${topic} in ${time}, ${acknowledged} acknowledged`)
}

function logResult({ topic, outcomes, milliseconds }: ProduceResult, log: Log): void {
  const failed = outcomes.find(({ problem }) => problem)?.problem
  const what = `${outcomes.length} record(s) to ${topic} in ${Math.round(milliseconds)} ms`
  if (failed) log.warn(`Sending ${what}: ${failed.message} ${failed.detail ?? ''}`)
  else log.info(`Sent ${what}`)
}

function fail(block: BlockId, problem: Problem, { states, log }: ProduceDeps): void {
  // The message can quote a key or a value, which have no place in a log.
  log.warn(`A PRODUCER did not run (${problem.code}).`)
  states.set(block, { kind: 'failed', problem })
  tell(problem)
}

/** The block may be out of sight: what went wrong is said in a message too. */
function tell({ message, advice }: Problem): void {
  void vscode.window.showErrorMessage(advice === undefined ? message : `${message} ${advice}`)
}

/** Ms before a progress with its Cancel is shown: most sends are faster. */
const PATIENCE = 700

/** Shows a progress that can be cancelled if it takes long; call what it returns at the end. */
function withCancel(title: string, controller: AbortController, wanted: boolean): () => void {
  const { promise, resolve } = Promise.withResolvers<undefined>()
  if (!wanted) return () => undefined
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      (_, token) => {
        token.onCancellationRequested(() => {
          controller.abort()
        })
        return promise
      },
    )
  }, PATIENCE)
  return () => {
    clearTimeout(timer)
    resolve(undefined)
  }
}
