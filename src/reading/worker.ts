/** The reader's own thread, with a client and sockets of its own. */
import { parentPort } from 'node:worker_threads'
import type { Log } from '../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import { openClient } from '../kafkajs/client.ts'
import type { OffsetContext } from '../kafkajs/offsets.ts'
import { Coordinators, Leaders } from '../kafkajs/routing.ts'
import { buffersOf, weightOf, type Answer, type FromWorker, type ToWorker } from './messages.ts'
import { newRoom, type Room } from './room.ts'
import { findLeaders } from './leaders.ts'
import { scan } from './scan.ts'
import { HeldView, type Scan } from './view/heldView.ts'

/** Half of the budget is for answers of brokers, a quarter for updates on their way to the consumer. */
const ANSWERS_SHARE = 1 / 2
const UPDATES_SHARE = 1 / 4

interface Opened {
  readonly offsets: OffsetContext
  readonly memoryBudgetBytes: number
}

/** One read as the worker sees it. */
interface Running {
  readonly cancel: AbortController
  /** For updates that the consumer has not taken yet. */
  readonly room: Room
}

/** One view, and the questions about it that are not answered yet. */
interface Viewed {
  readonly view: HeldView
  readonly calls: Map<number, AbortController>
}

const running = new Map<number, Running>()
const views = new Map<number, Viewed>()
const busyLanes = new Set<string>()
let opened: Opened | undefined
/** Why the connection's settings cannot be used. */
let refused: Problem | undefined

parentPort?.on('message', (message: ToWorker) => {
  switch (message.kind) {
    case 'open':
      open(message)
      return
    case 'read':
      void read(message)
      return
    case 'taken':
      running.get(message.id)?.room.empty(message.weight)
      return
    case 'cancel':
      running.get(message.id)?.cancel.abort(new Error('Cancelled.'))
      return
    case 'view':
      view(message)
      return
    case 'viewDo':
      views.get(message.id)?.view.act(message.action)
      if (message.action.kind === 'dispose') forgetView(message.id)
      return
    case 'ask':
      void answer(message)
      return
    case 'warmUp':
      void warmUp(message.topics)
      return
    case 'ping':
      post({ kind: 'pong' })
      return
    case 'forget':
      views.get(message.id)?.calls.get(message.call)?.abort(new Error('Cancelled.'))
  }
})

function post(message: FromWorker, buffers: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, buffers)
}

function open({ config, memoryBudgetBytes }: ToWorker & { kind: 'open' }): void {
  try {
    const client = openClient(config, log)
    const offsets = { client, leaders: new Leaders(client), coordinators: new Coordinators(client) }
    opened = { offsets, memoryBudgetBytes }
  } catch (error) {
    refused = problemOf(error)
  }
}

/** Connects as a read will need it: asking, and polling beside it. */
async function warmUp(topics: readonly string[]): Promise<void> {
  try {
    const { client, leaders } = usable().offsets
    if (topics.length === 0) await client.metadata([])
    const lane = freeLane()
    const { signal } = new AbortController()
    const found = await Promise.all(topics.map(topic => findLeaders(leaders, topic, signal)))
    const nodes = new Set(found.flatMap(led => [...led.values()].map(({ nodeId }) => nodeId)))
    await Promise.all(
      [...nodes].flatMap(node =>
        node === undefined ? [] : [client.connection(node), client.connection(node, { lane })],
      ),
    )
  } catch {
    // The read that comes says what is wrong.
  }
}

const say = (level: keyof Log) => (message: string) => post({ kind: 'log', level, message })
const log: Log = {
  trace: say('trace'),
  debug: say('debug'),
  info: say('info'),
  warn: say('warn'),
  error: say('error'),
}

async function read({ id, request }: ToWorker & { kind: 'read' }): Promise<void> {
  const cancel = new AbortController()
  const { signal } = cancel
  try {
    const { memoryBudgetBytes } = usable()
    const room = newRoom(memoryBudgetBytes * UPDATES_SHARE)
    running.set(id, { cancel, room })
    await scanOnLane(request, {
      signal,
      emit: update => {
        signal.throwIfAborted()
        const weight = weightOf(update)
        post({ kind: 'update', id, update }, buffersOf(update.pages))
        return room.fill(weight, signal)
      },
    })
  } catch (error) {
    if (!signal.aborted) post({ kind: 'failed', id, problem: problemOf(error) })
  } finally {
    running.delete(id)
  }
}

function usable(): Opened {
  if (refused) throw new ProblemError(refused)
  if (!opened) throw new Error('The reader was not opened.')
  return opened
}

const scanOnLane: Scan = async (request, run) => {
  const { offsets, memoryBudgetBytes } = usable()
  const lane = freeLane()
  busyLanes.add(lane)
  try {
    await scan({
      offsets,
      request,
      lane,
      memoryBudgetBytes: memoryBudgetBytes * ANSWERS_SHARE,
      ...run,
    })
  } finally {
    busyLanes.delete(lane)
  }
}

function view({ id, request }: ToWorker & { kind: 'view' }): void {
  try {
    const held = new HeldView({
      request,
      scan: scanOnLane,
      tell: state => post({ kind: 'state', id, state }),
    })
    views.set(id, { view: held, calls: new Map() })
    void held.run()
  } catch (error) {
    post({ kind: 'failed', id, problem: problemOf(error) })
  }
}

function forgetView(id: number): void {
  for (const call of views.get(id)?.calls.values() ?? []) call.abort(new Error('Closed.'))
  views.delete(id)
}

async function answer({ id, call, ask }: ToWorker & { kind: 'ask' }): Promise<void> {
  const viewed = views.get(id)
  if (!viewed) return
  const cancel = new AbortController()
  viewed.calls.set(call, cancel)
  let came: Answer
  try {
    came = { value: await viewed.view.answer(ask, cancel.signal) }
  } catch (error) {
    came = { problem: problemOf(error) }
  }
  viewed.calls.delete(call)
  if (!cancel.signal.aborted) post({ kind: 'answer', id, call, answer: came })
}

/** Connections of an earlier read, where one is over. */
function freeLane(): string {
  for (let number = 0; ; number++) {
    const lane = `read-${number}`
    if (!busyLanes.has(lane)) return lane
  }
}
