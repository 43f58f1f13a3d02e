/** Stands in for the reader's worker: what it does depends on the topic that is asked for. */
import { parentPort } from 'node:worker_threads'
import type { ReadUpdate } from '../../src/kafka/reading.ts'
import { NOTHING_HELD, type ViewState } from '../../src/kafka/recordView.ts'
import type { FromWorker, ToWorker } from '../../src/reading/messages.ts'

const post = (message: FromWorker) => parentPort?.postMessage(message)
const heard: string[] = []

function update(id: number, bytesRead: number, done: boolean): void {
  const empty: ReadUpdate = { pages: [], progress: [], bytesRead, recordsRead: 0, done }
  post({ kind: 'update', id, update: empty })
}

/** Answers with what it was asked; a view of the topic `crashing` ends the thread when asked. */
function onView(message: ToWorker & { kind: 'view' | 'ask' }): void {
  const { id } = message
  if (message.kind === 'view') {
    topics.set(id, message.request.topic)
    if (message.request.topic === 'refused') {
      post({ kind: 'failed', id, problem: { code: 'no', message: 'No.' } })
    } else post({ kind: 'state', id, state: { ...EMPTY, phase: 'reading', rows: 7 } })
    return
  }
  const { call, ask } = message
  if (topics.get(id) === 'crashing') process.exit(3)
  if (ask.kind === 'locate') post({ kind: 'answer', id, call, answer: { value: 42 } })
  if (ask.kind === 'record') {
    post({ kind: 'answer', id, call, answer: { problem: { code: 'gone', message: 'Gone.' } } })
  }
}

const topics = new Map<number, string>()
const EMPTY: ViewState = {
  phase: 'connecting',
  ...NOTHING_HELD,
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'open') {
    post({ kind: 'log', level: 'info', message: `opened for ${message.config.clientId}` })
    return
  }
  if (message.kind === 'ping') {
    post({ kind: 'pong' })
    return
  }
  heard.push(message.kind === 'viewDo' ? message.action.kind : message.kind)
  if (message.kind === 'view' || message.kind === 'ask') onView(message)
  if (message.kind !== 'read') return
  const { id, request } = message
  switch (request.topic) {
    case 'three':
      for (const number of [1, 2, 3]) update(id, number, number === 3)
      return
    case 'endless':
      update(id, 1, false)
      return
    case 'refused':
      post({ kind: 'failed', id, problem: { code: 'no', message: 'No.' } })
      return
    case 'throws':
      throw new Error('a bug')
    case 'hangs':
      for (;;);
    case 'exits':
      process.exit(3)
      return
    case 'what was heard':
      post({ kind: 'log', level: 'info', message: heard.join(' ') })
      update(id, 0, true)
  }
})
