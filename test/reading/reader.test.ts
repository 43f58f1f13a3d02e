import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError, type Problem } from '../../src/base/problem.ts'
import type { ReadUpdate } from '../../src/kafka/reading.ts'
import { createReader, type Reader } from '../../src/reading/reader.ts'

const workerPath = new URL('scriptedWorker.ts', import.meta.url)
const config = {
  bootstrapServers: ['127.0.0.1:1'],
  clientId: 'tester',
  sasl: { mechanism: 'PLAIN', username: 'user', password: 'very secret' },
} as const

describe("the reader's thread", function () {
  this.timeout(20_000)
  let reader: Reader
  let logged: string[]
  let crashes: Problem[]

  beforeEach(() => {
    logged = []
    crashes = []
    const write = (message: string) => void logged.push(message)
    reader = createReader({
      workerPath,
      config,
      log: { ...silentLog, info: write, warn: write, error: write },
      onCrash: problem => crashes.push(problem),
    })
  })
  afterEach(() => reader.close())

  const read = (topic: string, signal = new AbortController().signal) =>
    reader.read({ topic, from: { all: { kind: 'earliest' } } }, { signal })

  async function all(topic: string, signal?: AbortSignal): Promise<number[]> {
    const numbers: number[] = []
    for await (const update of read(topic, signal)) numbers.push(update.bytesRead)
    return numbers
  }

  const fails = (topic: string, code: string) =>
    assert.rejects(all(topic), (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.problem.code, code)
      return true
    })

  it('hands on updates in their order, and ends after the last', async () => {
    assert.deepEqual(await all('three'), [1, 2, 3])
    assert.deepEqual(logged, ['opened for tester'])
  })

  it('throws what the worker could not read, and reads on', async () => {
    await fails('refused', 'no')
    assert.deepEqual(await all('three'), [1, 2, 3])
  })

  for (const topic of ['throws', 'exits']) {
    it(`is started anew after a crash: ${topic}`, async () => {
      const other = assert.rejects(all('endless'), /stopped unexpectedly/)
      await fails(topic, 'reader-stopped')
      await other
      assert.equal(crashes.length, 1)
      assert.deepEqual(await all('three'), [1, 2, 3])
      assert.ok(logged.every(line => !line.includes('secret')))
    })
  }

  it('ends a thread that gives no sign of life, and starts another one', async () => {
    const strict = createReader({ workerPath, config, log: silentLog, silenceMs: 1000 })
    const request = (topic: string) => ({ topic, from: { all: { kind: 'earliest' } } }) as const
    const { signal } = new AbortController()
    const updates = async (topic: string) => {
      let count = 0
      for await (const { bytesRead } of strict.read(request(topic), { signal })) count = bytesRead
      return count
    }
    await assert.rejects(updates('hangs'), /stopped unexpectedly/)
    assert.equal(await updates('three'), 3)
    await strict.close()
  })

  it('ends at once when cancelled, and tells the worker', async () => {
    const stop = new AbortController()
    const seen: ReadUpdate[] = []
    for await (const update of read('endless', stop.signal)) {
      seen.push(update)
      stop.abort()
    }
    assert.equal(seen.length, 1)
    assert.deepEqual(await all('what was heard'), [0])
    assert.equal(logged.at(-1), 'read taken cancel read')
  })

  it('gets ready before the first read, in the same thread', async () => {
    reader.warmUp(['three'])
    assert.deepEqual(await all('what was heard'), [0])
    assert.deepEqual(logged, ['opened for tester', 'warmUp read'])
    await reader.close()
    reader.warmUp(['three'])
    assert.equal(logged.length, 2)
  })

  it('sends nothing for a read that was cancelled before', async () => {
    assert.deepEqual(await all('three', AbortSignal.abort()), [])
    assert.deepEqual(logged, [])
  })

  it('tells the worker that a consumer has left', async () => {
    for await (const update of read('endless')) if (update.bytesRead === 1) break
    assert.deepEqual(await all('what was heard'), [0])
    assert.equal(logged.at(-1), 'read cancel read')
  })

  it('ends what is running when it is closed, and reads no more', async () => {
    const seen: ReadUpdate[] = []
    for await (const update of read('endless')) {
      seen.push(update)
      await reader.close()
    }
    assert.equal(seen.length, 1)
    await fails('three', 'closed')
    assert.deepEqual(crashes, [])
  })

  it('ends the thread when it is idle, and starts another one', async () => {
    const impatient = createReader({
      workerPath,
      config,
      log: { ...silentLog, info: message => void logged.push(message) },
      onCrash: problem => crashes.push(problem),
      idleMs: 1,
    })
    const request = { topic: 'three', from: { all: { kind: 'earliest' } } } as const
    const deadline = Date.now() + 20_000
    while (logged.length < 2 && Date.now() < deadline) {
      const { signal } = new AbortController()
      for await (const update of impatient.read(request, { signal })) assert.ok(update.bytesRead)
      await new Promise(resolve => setTimeout(resolve, 5))
    }
    await impatient.close()
    assert.equal(logged.length, 2)
    assert.deepEqual(crashes, [])
  })

  it('keeps a process alive while somebody waits, and not longer', async () => {
    const program = `
      import { createReader } from ${JSON.stringify(new URL('../../src/reading/reader.ts', import.meta.url).href)}
      const log = { trace() {}, debug() {}, info() {}, warn() {}, error() {} }
      const reader = createReader({ workerPath: new URL(${JSON.stringify(workerPath.href)}), config: ${JSON.stringify(config)}, log })
      const ask = { signal: new AbortController().signal }
      const request = { topic: 'three', from: { all: { kind: 'earliest' } } }
      for await (const { bytesRead } of reader.read(request, ask)) process.stdout.write(bytesRead + ' ')
    `
    const args = ['--input-type=module', '--eval', program]
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 20_000 })
    assert.equal(stdout, '1 2 3 ')
  })
})
