/** Stands in for the reader's worker: what it does depends on the topic that is asked for. */
import { parentPort } from 'node:worker_threads'
import type { ReadUpdate } from '../../src/kafka/reading.ts'
import type { FromWorker, ToWorker } from '../../src/reading/messages.ts'

const post = (message: FromWorker) => parentPort?.postMessage(message)
const heard: string[] = []

function update(id: number, bytesRead: number, done: boolean): void {
  const empty: ReadUpdate = { pages: [], progress: [], bytesRead, recordsRead: 0, done }
  post({ kind: 'update', id, update: empty })
}

parentPort?.on('message', (message: ToWorker) => {
  if (message.kind === 'open') {
    post({ kind: 'log', level: 'info', message: `opened for ${message.config.clientId}` })
    return
  }
  heard.push(message.kind)
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
    case 'exits':
      process.exit(3)
      return
    case 'what was heard':
      post({ kind: 'log', level: 'info', message: heard.join(' ') })
      update(id, 0, true)
  }
})
