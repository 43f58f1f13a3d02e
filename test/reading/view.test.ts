import assert from 'node:assert/strict'
import { silentLog } from '../../src/base/log.ts'
import { ProblemError } from '../../src/base/problem.ts'
import { AUTO } from '../../src/kafka/format.ts'
import type { RecordView, ViewState } from '../../src/kafka/recordView.ts'
import { createReader, type Reader } from '../../src/reading/reader.ts'
import { record } from './view/pages.ts'

const workerPath = new URL('scriptedWorker.ts', import.meta.url)
const config = { bootstrapServers: ['127.0.0.1:1'], clientId: 'tester' }
const formats = { key: AUTO, value: AUTO }
const NAME = { partition: 0, offset: '1' }

describe("a view in the reader's thread", function () {
  this.timeout(20_000)
  let reader: Reader
  let logged: string[]

  beforeEach(() => {
    logged = []
    reader = createReader({
      workerPath,
      config,
      log: { ...silentLog, info: message => void logged.push(message) },
      idleMs: 1,
    })
  })
  afterEach(() => reader.close())

  const view = (topic: string) =>
    reader.view({ topic, source: { kind: 'fed' }, formats, budgetBytes: 1_000_000 })

  /** What a view says, once it is in a phase. */
  const reaches = (of: RecordView, phase: ViewState['phase']) =>
    new Promise<ViewState>(resolve => {
      if (of.state.phase === phase) resolve(of.state)
      of.onDidChange(state => {
        if (state.phase === phase) resolve(state)
      })
    })

  const heard = async () => {
    const { signal } = new AbortController()
    const request = { topic: 'what was heard', from: { all: { kind: 'earliest' } } } as const
    for await (const update of reader.read(request, { signal })) assert.ok(update.done)
    return logged.at(-1)
  }

  const fails = (work: Promise<unknown>, code: string) =>
    assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof ProblemError)
      assert.equal(error.problem.code, code)
      return true
    })

  it('is told what to do in order, says how it is, and answers', async () => {
    const one = view('orders')
    assert.deepEqual([one.state.phase, one.state.rows], ['connecting', 0])
    assert.equal((await reaches(one, 'reading')).rows, 7)
    one.pause()
    one.feed([record(0, 1, 1, { value: 'x' })])
    one.feed([])
    one.settle()
    one.show({ notes: true, backwards: false, duplicates: false })
    one.decodeAs(formats)
    assert.equal(await one.locate(NAME), 42)
    await fails(one.record(NAME), 'gone')
    assert.equal(await heard(), 'view pause feed settle show decodeAs ask ask read')
  })

  it('forgets what nobody waits for any more', async () => {
    const one = view('orders')
    const cancel = new AbortController()
    const never = one.records({ from: 0, count: 1 }, { signal: cancel.signal })
    cancel.abort(new Error('Not any more.'))
    await assert.rejects(never, /Not any more/)
    await assert.rejects(one.record(NAME, { signal: AbortSignal.abort(new Error('No.')) }), /No/)
    assert.equal(await heard(), 'view ask forget read')
  })

  it('fails with its thread, holds nothing then, and a new one can be had', async () => {
    const one = view('orders')
    const other = view('crashing')
    await reaches(one, 'reading')
    const pending = one.records({ from: 0, count: 1 })
    await Promise.all([
      fails(pending, 'reader-stopped'),
      fails(other.locate(NAME), 'reader-stopped'),
    ])
    assert.deepEqual([one.state.phase, one.state.rows, one.state.revision], ['failed', 0, 1])
    assert.equal(one.state.problem?.code, 'reader-stopped')
    await fails(one.locate(NAME), 'reader-stopped')
    one.dispose()
    assert.equal(await view('orders').locate(NAME), 42)
  })

  it('fails alone where it cannot begin', async () => {
    const other = view('orders')
    assert.equal((await reaches(view('refused'), 'failed')).problem?.code, 'no')
    assert.equal(await other.locate(NAME), 42)
  })

  it('keeps the thread until it is let go of', async () => {
    const one = view('orders')
    await reaches(one, 'reading')
    await heard()
    await new Promise(resolve => setTimeout(resolve, 20))
    assert.equal(await one.locate(NAME), 42)
    const pending = one.records({ from: 0, count: 1 })
    one.dispose()
    one.dispose()
    await fails(pending, 'closed')
    await fails(one.locate(NAME), 'closed')
    const deadline = Date.now() + 10_000
    const opened = () => logged.filter(line => line.startsWith('opened')).length
    while (opened() < 2 && Date.now() < deadline) {
      await new Promise(resolve => setTimeout(resolve, 10))
      await heard()
    }
    assert.equal(opened(), 2)
  })

  it('fails when the reader is closed, and after', async () => {
    const one = view('orders')
    await reader.close()
    assert.equal(one.state.problem?.code, 'closed')
    assert.equal(view('orders').state.phase, 'failed')
  })
})
