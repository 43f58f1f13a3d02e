import * as vscode from 'vscode'
import { DisposableStore } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../../base/problem.ts'
import type { Block, KafkaFile } from '../../language/tree.ts'
import type { RunEvent } from '../../run/events.ts'
import { endless, skipped } from '../../run/leftOut.ts'
import {
  clusterOfBlock,
  surroundingsOf,
  type EnvironmentSources,
} from '../environments/surroundings.ts'
import { fileOf } from '../language/kafkaDocument.ts'
import { consumerSettings } from '../messages/settings.ts'
import type { BlockId, BlockStates } from './blockStates.ts'
import { editorPorts, savedCluster, type PortDeps } from './editorPorts.ts'
import { newFollower } from './follow.ts'
import type { ActiveRun, RunRequest, Runs, WantedRun } from './runs.ts'
import { askAgain, createSessions } from './sessions.ts'
import { writesOf } from './writes.ts'

export interface RunsDeps extends PortDeps {
  readonly states: BlockStates
  readonly environments: EnvironmentSources
  /** What CONSUMERs among other blocks print. */
  print(bytes: Uint8Array): void
  readonly log: Log
}

interface Call {
  readonly document: vscode.TextDocument
  readonly file: KafkaFile
  readonly blocks: readonly Block[]
  /** Of the blocks, by their places in the file. */
  readonly ids: ReadonlyMap<number, BlockId>
  readonly kind: WantedRun['kind']
  readonly options: RunRequest
}

export function createRuns(deps: RunsDeps): Runs {
  const store = new DisposableStore()
  const changed = store.add(new Emitter<void>())
  const sessions = createSessions()
  const active = new Set<MutableRun>()
  store.add(
    vscode.workspace.onDidCloseTextDocument(({ uri }) => {
      sessions.forget(uri.toString())
    }),
  )

  async function* follow(call: Call, token?: vscode.CancellationToken): AsyncGenerator<RunEvent> {
    const { blocks, ids } = call
    const busy = [...ids.values()].some(id => deps.states.isBusy(id))
    if (busy) {
      yield* refusedRun(blocks, BUSY, deps.clock.now())
      return
    }
    const controller = new AbortController()
    const stop = () => {
      controller.abort()
    }
    const cancelling = token?.onCancellationRequested(stop)
    if (token?.isCancellationRequested) stop()
    const own = { uri: call.document.uri.toString(), ended: 0, blocks: blocks.length, stop }
    active.add(own)
    begin(call, controller)
    try {
      for await (const event of shown(events(call, controller), call)) {
        if (event.kind === 'block-ended') own.ended++
        if (event.kind === 'block-ended' || event.kind === 'run-started') changed.fire()
        yield event
      }
    } finally {
      stop()
      cancelling?.dispose()
      end(call, controller)
      active.delete(own)
      changed.fire()
    }
  }

  function begin({ ids }: Call, controller: AbortController): void {
    for (const id of ids.values()) {
      deps.states.begin(id, controller)
      deps.states.set(id, { kind: 'connecting' })
    }
  }

  function end({ ids }: Call, controller: AbortController): void {
    for (const id of ids.values()) {
      deps.states.end(id, controller)
      // Nobody asked for the rest of the events.
      if (deps.states.isBusy(id)) deps.states.set(id, { kind: 'stopped', sent: 0 })
    }
  }

  async function* shown(
    events: AsyncIterable<RunEvent>,
    { document, file, ids, options }: Call,
  ): AsyncGenerator<RunEvent> {
    const { clusters, environments, clock, states } = deps
    const follower = newFollower({
      name: vscode.workspace.asRelativePath(document.uri),
      file,
      startedAt: clock.now(),
      clusterOf(block) {
        const found = clusterOfBlock(document, file, block, clusters, environments)
        return found.kind === 'cluster' ? found.cluster.id : undefined
      },
    })
    for await (const event of events) {
      const next = follower.take(event)
      const id = next && ids.get(next.block)
      const { inTesting } = options
      if (id) states.set(id, { ...next.state, ...(inTesting && { inTesting }) })
      // What a test prints is among what the test says.
      if (!inTesting && event.kind === 'block-progress' && event.progress.kind === 'output')
        deps.print(event.progress.bytes)
      yield event
    }
  }

  async function* events(call: Call, controller: AbortController): AsyncGenerator<RunEvent> {
    const { document, file, blocks, kind, options } = call
    const uri = document.uri.toString()
    let around
    try {
      if (!vscode.workspace.isTrusted) throw new ProblemError(UNTRUSTED)
      around = await surroundingsOf(document.uri, deps.environments)
      await deps.environments.files.load(document.uri)
    } catch (error) {
      yield* refusedRun(blocks, problemOf(error), deps.clock.now())
      return
    }
    const place = JSON.stringify([
      deps.environments.chosen.of(document.uri) ?? null,
      ownCluster(around) ?? null,
      deps.secrets.timesForgotten(document.uri),
    ])
    const isNew = options.newSession ?? kind === 'file'
    const session = await sessions.of(uri, place, isNew)
    // What another run of the session was answered is in use.
    if ([...active].filter(run => run.uri === uri).length === 1) askAgain(session)
    const { runBlocks } = await import('../lazy/engine.ts')
    const { signal } = controller
    const leftOut = kind === 'block' ? undefined : leftOutOf(file)
    const run = {
      document: document.uri,
      around,
      signal,
      stop: () => {
        controller.abort()
      },
      writes: (cluster: string) =>
        writesOf(file, goingTo(cluster, call, leftOut), options.times ?? 1),
      answers: sessions.answers(uri),
    }
    yield* runBlocks(file, blocks, session, editorPorts(run, deps), {
      signal,
      defaultOffset: consumerSettings().defaultOffset,
      ...(options.times !== undefined && { times: options.times }),
      ...(leftOut && { leftOut }),
    })
  }

  /** The blocks of a run that go to the cluster of that name. */
  function goingTo(
    name: string,
    { document, file, blocks }: Call,
    leftOut: LeftOut | undefined,
  ): readonly Block[] {
    return blocks.filter(block => {
      if (leftOut?.(block) !== undefined) return false
      const found = clusterOfBlock(document, file, block, deps.clusters, deps.environments)
      return found.kind === 'cluster' && found.cluster.name === name
    })
  }

  function ownCluster(around: Parameters<typeof savedCluster>[1]): string | undefined {
    try {
      return savedCluster(undefined, around, deps.clusters).id
    } catch {
      return undefined
    }
  }

  const stopAll = () => {
    for (const each of active) each.stop()
  }
  return {
    run(document, what, options = {}, token) {
      const file = fileOf(document)
      const blocks = wantedBlocks(file, what)
      const ids = new Map(blocks.map(block => [block.index, deps.states.idOf(document, block)]))
      return follow({ document, file, blocks, ids, kind: what.kind, options }, token)
    },
    known(document, name) {
      const declared = fileOf(document).variables.findLast(each => each.name === name)
      return sessions.known(document.uri.toString(), name, declared?.value)
    },
    forget(document) {
      sessions.forget(document.uri.toString())
    },
    get active() {
      return [...active]
    },
    onDidChange: changed.event,
    stopAll,
    dispose() {
      stopAll()
      store.dispose()
    },
  }
}

type LeftOut = (block: Block) => string | undefined

/** Of several blocks, those that are skipped and those that would never be over. */
function leftOutOf(file: KafkaFile): LeftOut {
  const withoutEnd = endless(file)
  return block => skipped(file, block) ?? withoutEnd(block)
}

interface MutableRun extends ActiveRun {
  ended: number
}

function wantedBlocks(file: KafkaFile, { kind, blocks }: WantedRun): readonly Block[] {
  const first = Math.min(...blocks)
  return file.blocks.filter(block => {
    if (block.kind === 'DEFAULTS') return false
    if (kind === 'file') return true
    return kind === 'fromHere' ? block.index >= first : blocks.includes(block.index)
  })
}

const UNTRUSTED: Problem = {
  code: 'untrusted',
  message: 'Nothing is sent from an untrusted workspace.',
  advice: 'Trust this workspace to run files of it.',
}

const BUSY: Problem = {
  code: 'busy',
  message: 'It is still running.',
  advice: 'Stop it, or wait for its end.',
}

/** What is told of a run that cannot begin. */
function* refusedRun(
  blocks: readonly Block[],
  problem: Problem,
  startedAt: number,
): Generator<RunEvent> {
  yield { kind: 'run-started', run: '', startedAt, blocks: blocks.map(({ index }) => index) }
  for (const { index } of blocks) {
    const result = {
      block: index,
      status: 'refused',
      startedAt,
      milliseconds: 0,
      problem,
      details: { kind: 'none' },
      captures: [],
    } as const
    yield { kind: 'block-ended', block: index, result }
  }
  yield {
    kind: 'run-ended',
    summary: {
      startedAt,
      milliseconds: 0,
      passed: 0,
      failed: 0,
      skipped: 0,
      stopped: 0,
      refused: blocks.length,
      interrupted: false,
    },
  }
}
