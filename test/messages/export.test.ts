import assert from 'node:assert/strict'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { exporter } from '../../src/formats/records/exporter.ts'
import type { Cluster } from '../../src/kafka/cluster.ts'
import { recordAt, type RecordPage } from '../../src/kafka/page.ts'
import type { PartitionProgress, ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import type { RecordView, RowsRequest } from '../../src/kafka/recordView.ts'
import {
  chosenSteps,
  percentOf,
  shownSteps,
  topicSteps,
} from '../../src/vscode/messages/exportSteps.ts'
import { pageParts } from '../../src/vscode/messages/pageParts.ts'
import { writeExport, type ExportStep } from '../../src/vscode/messages/writeExport.ts'
import { pageOf } from '../run/fixtures.ts'
import { auto, heldWith, recordWith, utf8 } from './samples.ts'

const page = (count: number, first = 0n, errors: RecordPage['errors'] = []): RecordPage => ({
  ...pageOf(
    0,
    Array.from({ length: count }, (_, n) => [first + BigInt(n), 1, `v${first + BigInt(n)}`]),
  ),
  errors,
})
const lines = () => exporter('jsonl', { topic: 'orders', formats: auto })
const { signal } = new AbortController()
const nothing = () => undefined

async function* given(...steps: readonly ExportStep[]): AsyncGenerator<ExportStep> {
  for (const step of steps) yield await Promise.resolve(step)
}

async function all(steps: AsyncIterable<ExportStep>): Promise<ExportStep[]> {
  const list: ExportStep[] = []
  for await (const step of steps) list.push(step)
  return list
}

describe('a file of records', () => {
  let folder: string
  let path: string
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'export-'))
    path = join(folder, 'orders.jsonl')
  })
  afterEach(() => rm(folder, { recursive: true }))

  const offsets = async () =>
    (await readFile(path, 'utf8'))
      .trimEnd()
      .split('\n')
      .map(line => (JSON.parse(line) as { offset: number }).offset)

  it('has all of them in order, and nothing is left beside it', async () => {
    const progress: unknown[] = []
    const written = await writeExport(
      path,
      lines(),
      given(
        { pages: [page(450), page(10, 450n)], percent: 50 },
        { records: Array.from({ length: 300 }, (_, n) => recordWith({ offset: BigInt(460 + n) })) },
      ),
      signal,
      ({ records }, percent) => progress.push([records, percent]),
    )
    assert.deepEqual(
      await offsets(),
      Array.from({ length: 760 }, (_, n) => n),
    )
    assert.deepEqual(progress, [
      [460, 50],
      [760, undefined],
    ])
    assert.deepEqual([written.records, written.errors], [760, 0])
    assert.equal(written.bytes, (await readFile(path)).length)
    assert.deepEqual(await readdir(folder), ['orders.jsonl'])
  })

  it('tells what could not be read where it stood', async () => {
    const errors = [
      { offset: 7n, message: 'bad batch' },
      { offset: 999n, message: 'bad end' },
    ]
    const written = await writeExport(
      path,
      lines(),
      given({ pages: [page(3), page(400, 8n, errors)] }),
      signal,
      nothing,
    )
    const found = await offsets()
    assert.deepEqual(found.slice(0, 6), [0, 1, 2, 7, 8, 9])
    assert.equal(found.at(-1), 999)
    assert.deepEqual([written.records, written.errors, found.length], [403, 2, 405])
  })

  it('has its head even without a record', async () => {
    const csv = exporter('csv', { topic: 'orders', formats: auto })
    const written = await writeExport(path, csv, given(), signal, nothing)
    assert.match(await readFile(path, 'utf8'), /^topic,partition,/)
    assert.equal(written.records, 0)
  })

  it('is as it was before where writing fails or is cancelled', async () => {
    await writeFile(path, 'before')
    const failing = async function* (): AsyncGenerator<ExportStep> {
      yield await Promise.resolve({ pages: [page(5)] })
      throw new Error('the broker went away')
    }
    await assert.rejects(writeExport(path, lines(), failing(), signal, nothing), /went away/)
    const controller = new AbortController()
    const cancelled = writeExport(
      path,
      lines(),
      given({ pages: [page(5)] }, { pages: [page(5)] }),
      controller.signal,
      () => {
        controller.abort(new Error('cancelled'))
      },
    )
    await assert.rejects(cancelled, /cancelled/)
    assert.equal(await readFile(path, 'utf8'), 'before')
    assert.deepEqual(await readdir(folder), ['orders.jsonl'])
  })

  it('takes nothing while the disk is busy', async () => {
    let taken = 0
    let waiting = 0
    const steps = async function* (): AsyncGenerator<ExportStep> {
      for (let n = 0; n < 20; n++) {
        taken++
        waiting = Math.max(waiting, taken - n)
        yield await Promise.resolve({ pages: [page(100, BigInt(n * 100))] })
      }
    }
    await writeExport(path, lines(), steps(), signal, nothing)
    assert.equal(waiting, 1)
    assert.equal((await offsets()).length, 2000)
  })
})

describe('parts of a page', () => {
  it('have every record and every error once', () => {
    const errors = [0n, 12n, 15n, 99n].map(offset => ({ offset, message: 'bad' }))
    for (const size of [1, 3, 7, 10, 50]) {
      const parts = [...pageParts(page(10, 10n, errors), size)]
      assert.ok(parts.every(({ count }) => count <= size))
      assert.deepEqual(
        parts.flatMap(part => Array.from({ length: part.count }, (_, n) => recordAt(part, n))),
        Array.from({ length: 10 }, (_, n) => recordAt(page(10, 10n), n)),
      )
      assert.deepEqual(
        parts.flatMap(part => part.errors),
        errors,
      )
    }
  })
})

describe('what an export takes', () => {
  const progress = (more: Partial<PartitionProgress> = {}): PartitionProgress => ({
    partition: 0,
    position: 50n,
    startOffset: 0n,
    endOffset: 100n,
    done: false,
    ...more,
  })
  const update = (more: Partial<ReadUpdate>): ReadUpdate => ({
    pages: [],
    progress: [],
    bytesRead: 0,
    recordsRead: 0,
    done: false,
    ...more,
  })
  function reading(...updates: readonly ReadUpdate[]) {
    const asked: ReadRequest[] = []
    const cluster: Pick<Cluster, 'read'> = {
      read: async function* (request) {
        asked.push(request)
        for (const one of updates) yield await Promise.resolve(one)
      },
    }
    return { asked, cluster }
  }

  it('is the whole topic up to its end as of now, with how far that is', async () => {
    const { asked, cluster } = reading(
      update({
        pages: [page(5)],
        progress: [progress(), progress({ partition: 1, position: 0n })],
      }),
      update({ pages: [page(5)], progress: [progress({ position: 100n, done: true })] }),
      update({ progress: [progress({ partition: 1, position: 100n, done: true })], done: true }),
    )
    const steps = await all(topicSteps(cluster, { topic: 'orders' }, signal))
    assert.deepEqual(asked, [
      {
        topic: 'orders',
        from: { all: { kind: 'earliest' } },
        to: { all: { kind: 'latest' } },
      },
    ])
    assert.deepEqual(
      steps.map(({ percent }) => percent),
      [25, 50, 100],
    )
  })

  it('is not taken for whole where a partition could not be read', async () => {
    const problem = { code: 'LEADER_NOT_AVAILABLE', message: 'It has no leader.' }
    const { cluster } = reading(update({ progress: [progress({ problem })] }))
    await assert.rejects(
      all(topicSteps(cluster, { topic: 'orders' }, signal)),
      /Partition 0 could not be read to its end: It has no leader/,
    )
  })

  it('is a share of all offsets', () => {
    assert.equal(percentOf([]), undefined)
    assert.equal(percentOf([progress({ startOffset: 100n, position: 100n })]), 100)
    assert.equal(percentOf([progress({ endOffset: 2n ** 62n, position: 2n ** 61n })]), 50)
    const endless = { partition: 0, position: 5n, startOffset: 0n, done: false }
    assert.equal(percentOf([endless]), undefined)
  })

  function view(rows: number, change: (asked: RowsRequest) => object = () => ({})) {
    const asked: RowsRequest[] = []
    let state = heldWith({ rows, dropped: 10 })
    const fake = {
      get state() {
        return state
      },
      records: (request: RowsRequest) => {
        asked.push(request)
        state = { ...state, ...change(request) }
        return Promise.resolve(
          Array.from({ length: request.count }, (_, n) =>
            recordWith({ offset: BigInt(request.from + n), value: utf8('x'.repeat(10)) }),
          ),
        )
      },
    } as unknown as RecordView
    return { asked, fake }
  }

  it('is what a view shows as it starts, from the first row that is held', async () => {
    const { asked, fake } = view(5000, () => ({ rows: 9000 }))
    const steps = await all(shownSteps(fake, signal))
    const found = steps.flatMap(({ records = [] }) => records.map(({ offset }) => Number(offset)))
    assert.deepEqual(
      found,
      Array.from({ length: 5000 }, (_, n) => 10 + n),
    )
    assert.equal(asked[0]?.count, 64)
    assert.ok(asked.length < 6)
    assert.equal(steps.at(-1)?.percent, 100)
  })

  it('asks for fewer rows at once where they are large', async () => {
    const asked: number[] = []
    const fake = {
      state: heldWith({ rows: 80 }),
      records: ({ from, count }: RowsRequest) => {
        asked.push(count)
        const value = new Uint8Array(2 * 1024 * 1024)
        return Promise.resolve(
          Array.from({ length: count }, (_, n) => recordWith({ offset: BigInt(from + n), value })),
        )
      },
    } as unknown as RecordView
    await all(shownSteps(fake, signal))
    assert.deepEqual([asked[0], asked[1]], [64, 1])
  })

  it('stops where rows change places or are dropped', async () => {
    await assert.rejects(
      all(shownSteps(view(500, () => ({ revision: 1 })).fake, signal)),
      /changed while it was written/,
    )
    await assert.rejects(
      all(shownSteps(view(500, () => ({ dropped: 300 })).fake, signal)),
      /made room for new ones/,
    )
  })

  it('is the chosen records in the order of their names', async () => {
    const fake = {
      record: ({ partition, offset }: { partition: number; offset: string }) =>
        Promise.resolve(recordWith({ partition, offset: BigInt(offset) })),
    } as unknown as RecordView
    const names = Array.from({ length: 20 }, (_, n) => ({ partition: n % 3, offset: String(n) }))
    const steps = await all(chosenSteps(fake, names, signal))
    assert.deepEqual(
      steps.flatMap(({ records = [] }) => records.map(({ offset }) => String(offset))),
      names.map(({ offset }) => offset),
    )
    assert.equal(steps.at(-1)?.percent, 100)
  })
})
