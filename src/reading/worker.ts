/** The reader's own thread, with a client and sockets of its own. */
import { parentPort } from 'node:worker_threads'
import type { Log } from '../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import type { ReadUpdate } from '../kafka/reading.ts'
import { openClient } from '../kafkajs/client.ts'
import type { OffsetContext } from '../kafkajs/offsets.ts'
import { Coordinators, Leaders } from '../kafkajs/routing.ts'
import { unlessAborted } from './aborting.ts'
import { buffersOf, weightOf, type FromWorker, type ToWorker } from './messages.ts'
import { scan } from './scan.ts'

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
  /** What was sent and not yet taken. */
  weight: number
  onTaken: (() => void) | undefined
}

const running = new Map<number, Running>()
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
      take(message.id, message.weight)
      return
    case 'cancel':
      running.get(message.id)?.cancel.abort(new Error('Cancelled.'))
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

const say = (level: keyof Log) => (message: string) => post({ kind: 'log', level, message })
const log: Log = {
  trace: say('trace'),
  debug: say('debug'),
  info: say('info'),
  warn: say('warn'),
  error: say('error'),
}

async function read({ id, request }: ToWorker & { kind: 'read' }): Promise<void> {
  const current: Running = { cancel: new AbortController(), weight: 0, onTaken: undefined }
  running.set(id, current)
  const lane = freeLane()
  busyLanes.add(lane)
  try {
    if (refused) throw new ProblemError(refused)
    if (!opened) throw new Error('The reader was not opened.')
    const { offsets, memoryBudgetBytes } = opened
    await scan({
      offsets,
      request,
      lane,
      signal: current.cancel.signal,
      memoryBudgetBytes: memoryBudgetBytes * ANSWERS_SHARE,
      emit: update => emit(id, current, update, memoryBudgetBytes * UPDATES_SHARE),
    })
  } catch (error) {
    if (!current.cancel.signal.aborted) post({ kind: 'failed', id, problem: problemOf(error) })
  } finally {
    running.delete(id)
    busyLanes.delete(lane)
  }
}

/** Connections of an earlier read, where one is over. */
function freeLane(): string {
  for (let number = 0; ; number++) {
    const lane = `read-${number}`
    if (!busyLanes.has(lane)) return lane
  }
}

/** Resolves when there is room for more: a slow consumer holds the reader back. */
async function emit(id: number, current: Running, update: ReadUpdate, room: number): Promise<void> {
  const { signal } = current.cancel
  signal.throwIfAborted()
  current.weight += weightOf(update)
  post({ kind: 'update', id, update }, buffersOf(update.pages))
  while (current.weight > room) {
    const taken = Promise.withResolvers<undefined>()
    const others = current.onTaken
    current.onTaken = () => {
      others?.()
      taken.resolve(undefined)
    }
    await unlessAborted(taken.promise, signal)
  }
}

function take(id: number, weight: number): void {
  const current = running.get(id)
  if (!current) return
  current.weight -= weight
  const { onTaken } = current
  current.onTaken = undefined
  onTaken?.()
}
