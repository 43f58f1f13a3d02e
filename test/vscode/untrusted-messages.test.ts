import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError } from '../../src/base/problem.ts'
import { AUTO } from '../../src/kafka/format.ts'
import { exportRecords } from '../../src/vscode/messages/exportRecords.ts'
import { topicReading } from '../../src/vscode/messages/reading.ts'
import type { RecordSource } from '../../src/vscode/messages/recordSource.ts'
import { reproduce } from '../../src/vscode/messages/reproduce.ts'
import { internals } from './extension.ts'

describe('a view of messages in an untrusted workspace', () => {
  const source: RecordSource = {
    reading: topicReading('local', 'orders'),
    topic: 'orders',
    view: undefined,
    formats: { key: AUTO, value: AUTO },
    connect: () => assert.fail('nothing is connected'),
  }
  const untrusted = (error: unknown) =>
    error instanceof ProblemError && error.problem.code === 'untrusted'

  it('writes no file', async () => {
    await assert.rejects(exportRecords(source, 'topic'), untrusted)
  })

  it('sends nothing again', async () => {
    const { clusters } = await internals()
    const deps = {
      clusters,
      log: silentLog,
      openAt: () => assert.fail('nothing is shown'),
    }
    await assert.rejects(reproduce(source, [], deps), untrusted)
  })
})
