/** The reader's own thread, with a client and sockets of its own. */
import { parentPort } from 'node:worker_threads'
import type { Log } from '../base/log.ts'
import { ProblemError, problemOf, type Problem } from '../base/problem.ts'
import { openClient } from '../kafkajs/client.ts'
import type { OffsetContext } from '../kafkajs/offsets.ts'
import { Coordinators, Leaders } from '../kafkajs/routing.ts'
import { buffersOf, weightOf, type FromWorker, type ToWorker } from './messages.ts'
import { newRoom, type Room } from './room.ts'
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
  /** For updates that the consumer has not taken yet. */
  readonly room: Room
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
      running.get(message.id)?.room.empty(message.weight)
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
  const cancel = new AbortController()
  const { signal } = cancel
  const lane = freeLane()
  busyLanes.add(lane)
  try {
    if (refused) throw new ProblemError(refused)
    if (!opened) throw new Error('The reader was not opened.')
    const { offsets, memoryBudgetBytes } = opened
    const room = newRoom(memoryBudgetBytes * UPDATES_SHARE)
    running.set(id, { cancel, room })
    await scan({
      offsets,
      request,
      lane,
      signal,
      memoryBudgetBytes: memoryBudgetBytes * ANSWERS_SHARE,
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
