import assert from 'node:assert/strict'
import { ProblemError } from '../../../src/base/problem.ts'
import { AUTO } from '../../../src/kafka/format.ts'
import type { PartitionProgress, ReadRequest, ReadUpdate } from '../../../src/kafka/reading.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import type { Rows, ViewRequest, ViewState } from '../../../src/kafka/recordView.ts'
import type { ViewAnswers } from '../../../src/reading/messages.ts'
import { HeldView, type Scan } from '../../../src/reading/view/heldView.ts'
import { packRecords } from '../../../src/reading/view/packRecords.ts'
import { pageOf, pageWith, record } from './pages.ts'

const formats = { key: AUTO, value: AUTO }

/** A view and the read that it began, of which a test says what it brings. */
class Bench {
  readonly view: HeldView
  readonly states: ViewState[] = []
  readonly scans: { request: ReadRequest; run: Parameters<Scan>[1] }[] = []
  readonly #ends: PromiseWithResolvers<undefined>[] = []

  constructor(more: Partial<ViewRequest> & { readonly read?: Partial<ReadRequest> } = {}) {
    const { read, ...rest } = more
    const request: ReadRequest = { topic: 'orders', from: { all: { kind: 'earliest' } }, ...read }
    this.view = new HeldView({
      request: {
        topic: 'orders',
        source: { kind: 'read', request },
        formats,
        budgetBytes: 8 * 1024 * 1024,
        ...rest,
      },
      scan: (asked, run) => {
        this.scans.push({ request: asked, run })
        const end = Promise.withResolvers<undefined>()
        this.#ends.push(end)
        run.signal.addEventListener('abort', () => end.resolve(undefined))
        return end.promise
      },
      tell: state => void this.states.push(state),
    })
    void this.view.run()
  }

  get phase(): string | undefined {
    return this.states.at(-1)?.phase
  }

  emit(update: Partial<ReadUpdate>, scan = 0): Promise<void> {
    const { run } = this.scans[scan] ?? assert.fail('nothing is read')
    return run.emit({
      pages: [],
      progress: [],
      bytesRead: 0,
      recordsRead: 0,
      done: false,
      ...update,
    })
  }

  end(scan = 0): void {
    this.#ends[scan]?.resolve(undefined)
  }

  fail(error: Error): void {
    this.#ends[0]?.reject(error)
  }

  ask<Name extends keyof ViewAnswers>(
    kind: Name,
    asked: ViewAnswers[Name]['asked'],
    signal = new AbortController().signal,
  ): Promise<ViewAnswers[Name]['answer']> {
    return this.view.answer({ kind, asked } as Parameters<HeldView['answer']>[0], signal)
  }

  async names(): Promise<string> {
    const { rows } = await this.ask<'rows'>('rows', { from: 0, count: 100 })
    return rows.map(({ partition, offset }) => `${partition}:${offset}`).join(', ')
  }
}

function progress(position: number, more: Partial<PartitionProgress> = {}): PartitionProgress {
  return { partition: 0, position: BigInt(position), startOffset: 0n, done: false, ...more }
}

/** What is there once pending promises have moved on. */
async function until<T>(find: () => T | undefined): Promise<T> {
  for (let turn = 0; turn < 100; turn++) {
    const found = find()
    if (found !== undefined) return found
    await new Promise(resolve => setImmediate(resolve))
  }
  return assert.fail('it never came')
}

const some = (...offsets: readonly number[]) =>
  pageOf(offsets.map(offset => record(0, offset, 1000 + offset, { value: `{"n":${offset}}` })))

describe('a view in the worker', () => {
  it('says how far it is: connecting, reading, done', async () => {
    const bench = new Bench({ read: { to: { all: { kind: 'latest' } } } })
    assert.equal(bench.view.state.phase, 'connecting')
    assert.equal(bench.scans[0]?.request.notes, true)
    await bench.emit({
      pages: [some(0, 1)],
      progress: [progress(2)],
      recordsRead: 2,
      bytesRead: 40,
    })
    assert.equal(bench.phase, 'reading')
    assert.equal(bench.states.at(-1)?.rows, 2, 'the first rows are told at once')
    await bench.emit({ progress: [progress(2, { done: true })], recordsRead: 2, done: true })
    assert.equal(bench.phase, 'done')
    const { recordsRead, recordsMatched, recordsHeld, fields } = bench.view.state
    assert.deepEqual([recordsRead, recordsMatched, recordsHeld, fields], [2, 2, 2, ['value.n']])
    assert.deepEqual(bench.view.state.progress, [progress(2, { done: true })])
  })

  it('follows once every partition is at its end, and puts what comes at the end', async () => {
    const bench = new Bench()
    const stable = { highWatermark: 9n, lastStableOffset: 2n }
    await bench.emit({ pages: [some(0)], progress: [progress(1, stable)] })
    assert.equal(bench.phase, 'reading')
    await bench.emit({ pages: [some(1)], progress: [progress(2, stable)] })
    assert.equal(bench.phase, 'following')
    await bench.emit({ pages: [pageOf([record(1, 0, 5)])] })
    bench.view.act({ kind: 'show', shown: { notes: true, backwards: false, duplicates: false } })
    assert.equal(await bench.names(), '0:0, 0:1, 1:0')
  })

  it('is at the end of what is not committed where that is read', async () => {
    const bench = new Bench({ read: { isolation: 'read_uncommitted' } })
    const open = { highWatermark: 9n, lastStableOffset: 2n }
    await bench.emit({ progress: [progress(2, open)] })
    assert.equal(bench.phase, 'reading')
    await bench.emit({ progress: [progress(9, open)] })
    assert.equal(bench.phase, 'following')
  })

  it('answers while it takes in much at once, and takes it in its order', async () => {
    const bench = new Bench()
    const pages = Array.from({ length: 300 }, (_, n) =>
      pageOf(
        Array.from({ length: 100 }, (_, at) => record(n, at, 1000 + at, { value: '{"n":1}' })),
      ),
    )
    const turns: number[] = []
    const look = () => {
      turns.push(bench.view.state.recordsHeld)
      looking = setImmediate(look)
    }
    let looking = setImmediate(look)
    await Promise.all([
      bench.emit({ pages: [...pages, ...pages], recordsRead: 60_000 }),
      bench.emit({ pages: [], recordsRead: 60_001 }),
      bench.emit({ pages: [], recordsRead: 60_002 }),
    ])
    clearImmediate(looking)
    assert.ok(turns.length > 1, `the thread was free ${turns.length} times`)
    assert.equal(bench.view.state.recordsRead, 60_002)
  })

  it('takes nothing more once it is stopped in the middle', async () => {
    const bench = new Bench()
    const page = pageOf(Array.from({ length: 100 }, (_, at) => record(0, at, at, { value: 'x' })))
    const stop = setImmediate(() => bench.view.act({ kind: 'stop' }))
    await bench.emit({ pages: Array.from({ length: 2000 }, () => page), recordsRead: 200_000 })
    clearImmediate(stop)
    assert.equal(bench.phase, 'stopped')
    assert.equal(bench.view.state.recordsRead, 0)
  })

  it('holds the reader back while it is paused', async () => {
    const bench = new Bench()
    await bench.emit({ pages: [some(0)], progress: [progress(1, { highWatermark: 5n })] })
    bench.view.act({ kind: 'pause' })
    assert.equal(bench.phase, 'paused')
    let taken = false
    const held = bench.emit({ pages: [some(1)] }).then(() => (taken = true))
    await new Promise(resolve => setImmediate(resolve))
    assert.equal(taken, false)
    bench.view.act({ kind: 'resume' })
    await held
    assert.equal(bench.phase, 'reading')
    assert.equal(await bench.names(), '0:0, 0:1')
  })

  it('keeps what it holds when it is stopped, also while it is paused', async () => {
    const bench = new Bench()
    await bench.emit({ pages: [some(0)], progress: [progress(1, { highWatermark: 5n })] })
    bench.view.act({ kind: 'pause' })
    const held = bench.emit({})
    bench.view.act({ kind: 'stop' })
    await held
    assert.equal(bench.phase, 'stopped')
    assert.ok(bench.scans[0]?.run.signal.aborted)
    await bench.emit({ pages: [some(1)] })
    assert.equal(await bench.names(), '0:0')
  })

  it('says why reading failed, and keeps what it holds', async () => {
    const bench = new Bench()
    await bench.emit({ pages: [some(0)], progress: [progress(1)] })
    bench.fail(new ProblemError({ code: 'X', message: 'Gone.' }))
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(bench.states.at(-1)?.problem, { code: 'X', message: 'Gone.' })
    assert.equal(bench.phase, 'failed')
    assert.equal(await bench.names(), '0:0')
  })

  it('tells no more than a few states while much comes', async () => {
    const bench = new Bench()
    await bench.emit({ pages: [some(0)], progress: [progress(1)] })
    const before = bench.states.length
    for (let offset = 1; offset < 200; offset++) await bench.emit({ pages: [some(offset)] })
    assert.equal(bench.states.length, before)
    bench.view.act({ kind: 'dispose' })
  })

  it('counts what the log holds besides records, and what could not be read', async () => {
    const bench = new Bench()
    const page = pageWith(0, {
      errors: [{ offset: 9n, message: 'bad' }],
      notes: [
        { kind: 'gap', offset: 1n, nextOffset: 5n, missing: 4 },
        { kind: 'gap', offset: 6n, nextOffset: 8n, missing: 2 },
        { kind: 'aborted', offset: 8n, nextOffset: 9n, records: 7, producerId: 1n },
        { kind: 'marker', offset: 10n, nextOffset: 11n, committed: true, producerId: 1n },
      ],
    })
    await bench.emit({ pages: [page] })
    assert.deepEqual(bench.view.state.notes, {
      gaps: 2,
      missingOffsets: 6,
      aborted: 1,
      abortedRecords: 7,
      markers: 1,
    })
    assert.equal(bench.view.state.errors, 1)
  })

  it('counts over time also what a filter leaves out', async () => {
    const bench = new Bench({ read: { filter: { expressions: ['offset == 1'], formats } } })
    bench.scans[0]?.run.observe?.(some(0, 1, 2))
    await bench.emit({ pages: [some(1)], recordsRead: 3, recordsMatched: 1 })
    const { read, matched } = await bench.ask<'timeline'>('timeline', 10)
    assert.deepEqual(
      [read, matched],
      [
        [1, 1, 1],
        [0, 1, 0],
      ],
    )
    const { recordsRead, recordsMatched, fields } = bench.view.state
    assert.deepEqual([recordsRead, recordsMatched, fields], [3, 1, ['value.n']])
  })

  it('reads again what it holds the beginning of, once', async () => {
    const value = `"${'x'.repeat(60_000)}"`
    const large = record(0, 5, 1000, { key: 'k', value })
    const bench = new Bench({ read: { isolation: 'read_uncommitted' } })
    await bench.emit({ pages: [pageOf([large])] })
    const name = { partition: 0, offset: '5' }
    const asked = bench.ask<'detail'>('detail', { name, formats: {} })
    assert.deepEqual(bench.scans[1]?.request, {
      topic: 'orders',
      partitions: [0],
      from: { all: { kind: 'offset', offset: 5n } },
      to: { all: { kind: 'offset', offset: 6n } },
      isolation: 'read_uncommitted',
    })
    await bench.emit({ pages: [pageOf([large])], done: true }, 1)
    bench.end(1)
    const detail = await asked
    assert.deepEqual(
      [detail.value.bytes, detail.value.cut, detail.value.format],
      [60_002, false, 'json'],
    )
    const hex = await bench.ask<'hex'>('hex', { name, part: 'value', from: 59_999, count: 99 })
    assert.deepEqual(hex, { from: 59_999, hex: '787822', total: 60_002 })
    assert.equal(bench.scans.length, 2)
    assert.ok(bench.view.state.memoryBytes > 60_000)
  })

  it('reads again together what stands close, in the order of the rows', async () => {
    const value = 'x'.repeat(60_000)
    const large = (partition: number, offset: number) =>
      record(partition, offset, 1000 + offset, { value: `${partition}:${offset} ${value}` })
    const bench = new Bench()
    await bench.emit({
      pages: [
        pageOf([large(0, 1), large(0, 9), large(0, 100)]),
        pageOf([record(1, 1, 0, { value: 'small' }), large(1, 2)]),
      ],
    })
    await bench.names()
    bench.view.act({ kind: 'settle' })
    const asked = bench.ask<'records'>('records', { from: 0, count: 10 })
    const answers = [[large(0, 1), large(0, 5), large(0, 9)], [large(0, 101)], [large(1, 2)]]
    const stretches: string[] = []
    for (const [at, answer] of answers.entries()) {
      const { request } = await until(() => bench.scans[at + 1])
      const { from, to } = request
      const ends = [from.all, to?.all].map(end => (end?.kind === 'offset' ? end.offset : '?'))
      stretches.push(`${request.partitions?.join() ?? ''}:${ends.join('-')}`)
      await bench.emit({ pages: [pageOf(answer)], done: true }, at + 1)
      bench.end(at + 1)
    }
    assert.deepEqual(stretches, ['0:1-10', '0:100-101', '1:2-3'])
    const records = await asked
    assert.deepEqual(
      records.map(({ value: bytes }) =>
        Buffer.from(bytes ?? [])
          .toString()
          .split(' ')
          .at(0),
      ),
      ['small', '0:1', '1:2', '0:9', ''],
    )
    assert.match(records[4]?.error ?? '', /Offset 100 of partition 0 is no longer in the topic/)
  })

  it('says so where a record is in the topic no longer', async () => {
    const bench = new Bench()
    const asked = bench.ask<'record'>('record', { partition: 0, offset: '5' })
    await bench.emit({ pages: [some(6)], done: true }, 1)
    bench.end(1)
    await assert.rejects(asked, /Offset 5 of partition 0 is no longer in the topic/)
  })

  it('gives up reading again when nobody waits for it', async () => {
    const bench = new Bench()
    const cancel = new AbortController()
    const asked = bench.ask<'record'>('record', { partition: 0, offset: '5' }, cancel.signal)
    cancel.abort(new Error('Cancelled.'))
    await assert.rejects(asked, /Cancelled/)
    assert.ok(bench.scans[1]?.run.signal.aborted)
  })

  it('gives whole records with bytes of their own, and no notes', async () => {
    const gap = { kind: 'gap', offset: 1n, nextOffset: 5n, missing: 4 } as const
    const bench = new Bench()
    await bench.emit({ pages: [{ ...some(0, 5), notes: [gap] }] })
    const records: readonly KafkaRecord[] = await bench.ask<'records'>('records', {
      from: 0,
      count: 10,
    })
    assert.deepEqual(
      records.map(({ offset }) => offset),
      [0n, 5n],
    )
    for (const { value } of records) assert.equal(value?.byteLength, value?.buffer.byteLength)
  })

  it('shows keys and values as it is told, and finds fields anew', async () => {
    const bench = new Bench()
    await bench.emit({ pages: [some(0)] })
    const { revision } = bench.view.state
    bench.view.act({
      kind: 'decodeAs',
      formats: { key: AUTO, value: { name: 'bytes', parameters: ['hex'] } },
    })
    assert.ok(bench.view.state.revision > revision, 'rows that were asked for before are stale')
    const { rows }: Rows = await bench.ask<'rows'>('rows', { from: 0, count: 1 })
    const [row] = rows
    assert.ok(row?.kind === 'record')
    assert.deepEqual(row.value, { kind: 'binary', text: '7b226e223a307d' })
    assert.deepEqual(bench.view.state.fields, [])
    bench.view.act({ kind: 'decodeAs', formats })
    assert.deepEqual(bench.view.state.fields, ['value.n'])
  })

  it('counts what is not in its format among the errors, also over time', async () => {
    const long = { key: AUTO, value: { name: 'long', parameters: [] } }
    const bench = new Bench({ formats: long })
    const bad = { offset: 9n, message: 'unreadable' }
    const values = ['8 bytes!', 'no', '8 bytes!', 'no']
    const page = pageOf(
      values.map((value, n) => record(0, n, 1000 * n, { value })),
      { errors: [bad] },
    )
    await bench.emit({ pages: [page, pageOf([record(1, 0, 2000)])] })
    const errors = async () => {
      const { errors: bins } = await bench.ask<'timeline'>('timeline', 4)
      return [bench.view.state.errors, bins]
    }
    assert.deepEqual(await errors(), [3, [0, 1, 0, 2]], 'a null is fine in any format')
    bench.view.act({ kind: 'decodeAs', formats })
    assert.deepEqual(await errors(), [1, [0, 0, 0, 1]])
    const unknown = { key: AUTO, value: { name: 'avro', parameters: [] } }
    bench.view.act({ kind: 'decodeAs', formats: unknown })
    assert.deepEqual(await errors(), [5, [1, 1, 1, 2]])
  })

  it('takes what it is fed, and filters it', async () => {
    const filter = { text: { text: '1', ignoreCase: false }, formats }
    const bench = new Bench({ source: { kind: 'fed', filter } })
    assert.equal(bench.phase, 'following')
    assert.equal(bench.scans.length, 0)
    const records = [0, 1, 2].map(offset => record(0, offset, 1000, { value: `v${offset}` }))
    bench.view.act({ kind: 'feed', pages: packRecords(records) })
    bench.view.act({ kind: 'stop' })
    assert.equal(await bench.names(), '0:1')
    const { recordsRead, recordsMatched, bytesRead } = bench.view.state
    assert.deepEqual([recordsRead, recordsMatched], [3, 1])
    assert.ok(bytesRead > 0)
    const { read, matched } = await bench.ask<'timeline'>('timeline', 10)
    assert.deepEqual([read, matched], [[3], [1]])
  })

  it('tells nothing once it is let go', async () => {
    const bench = new Bench()
    const { length } = bench.states
    bench.view.act({ kind: 'dispose' })
    await bench.emit({ pages: [some(0)] })
    assert.equal(bench.states.length, length)
    assert.ok(bench.scans[0]?.run.signal.aborted)
  })
})
