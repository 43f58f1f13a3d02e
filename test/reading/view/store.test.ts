import assert from 'node:assert/strict'
import type { RecordPage } from '../../../src/kafka/page.ts'
import type { KafkaRecord } from '../../../src/kafka/record.ts'
import type { Row, Shown } from '../../../src/kafka/recordView.ts'
import { AUTO } from '../../../src/kafka/format.ts'
import { recordOf } from '../../../src/reading/view/recordOf.ts'
import { rowOf } from '../../../src/reading/view/rows.ts'
import { RecordStore } from '../../../src/reading/view/store.ts'
import { pageOf, pageWith, randomOf, record } from './pages.ts'

const PLENTY = 64 * 1024 * 1024
const EVERYTHING: Shown = { notes: true, markers: true, backwards: true, duplicates: false }
const formats = { key: AUTO, value: AUTO }

function rowsOf(store: RecordStore, from = 0, count = Infinity): Row[] {
  return store
    .rowsFrom(from, count)
    .rows.map(held =>
      rowOf(held, { formats, shown: store.shown, repeatedAt: store.repeatedAt(held) }),
    )
}

const nameOf = (row: Row) =>
  `${row.partition}:${row.offset}${row.kind === 'record' ? '' : ` ${row.kind}`}`
const names = (store: RecordStore, from?: number, count?: number) =>
  rowsOf(store, from, count).map(nameOf).join(', ')

function added(store: RecordStore, ...pages: readonly RecordPage[]): RecordStore {
  for (const page of pages) store.add(page)
  store.flush()
  return store
}

const times = (partition: number, ...records: readonly (readonly [number, number])[]) =>
  pageOf(records.map(([offset, time]) => record(partition, offset, time, { value: 'x' })))

const marker = (offset: number) => ({
  kind: 'marker' as const,
  offset: BigInt(offset),
  nextOffset: BigInt(offset + 1),
  committed: true,
  producerId: 4n,
})

describe('the rows of a view', () => {
  it('stand in the order of their time, and change places while reading goes on', () => {
    const store = added(new RecordStore(PLENTY), times(0, [0, 10], [1, 30]), times(1, [0, 20]))
    const { revision } = store
    added(store, times(1, [1, 25], [2, 40]))
    assert.equal(names(store), '0:0, 1:0, 1:1, 0:1, 1:2')
    assert.ok(store.revision > revision)
  })

  it('keep their marks where they are copied', () => {
    const store = new RecordStore(PLENTY)
    store.show(EVERYTHING)
    const large = 'x'.repeat(20_000)
    const back = [record(0, 0, 50, { value: large }), record(0, 1, 10), record(0, 2, 60)]
    added(store, pageOf(back))
    for (let offset = 0; offset < 300; offset++) added(store, times(1, [offset, offset]))
    assert.deepEqual(
      rowsOf(store)
        .filter(row => row.kind === 'record' && row.backwards)
        .map(nameOf),
      ['0:1'],
    )
  })

  it('keep bytes of their own where pages share theirs', () => {
    const page = pageOf([record(0, 0, 0, { key: 'key', value: 'value' })])
    const answer = new Uint8Array(page.bytes.length + 10)
    answer.set(page.bytes, 5)
    const bytes = answer.subarray(5, 5 + page.bytes.length)
    const store = added(new RecordStore(PLENTY), { ...page, bytes })
    answer.fill(0)
    const [row] = rowsOf(store)
    assert.deepEqual(row?.kind === 'record' && row.value, { kind: 'text', text: 'value' })
  })

  it('keep the revision where rows only come at the end', () => {
    const store = added(new RecordStore(PLENTY), times(0, [0, 10]), times(1, [0, 20]))
    const { revision } = store
    added(store, times(0, [1, 20], [2, 21]))
    assert.equal(store.revision, revision)
  })

  it('keep the order of offsets in a partition, whatever their times say', () => {
    const store = new RecordStore(PLENTY)
    added(store, times(0, [0, 50], [1, 10], [2, 60]), times(1, [0, 55]), times(0, [3, 20]))
    assert.equal(names(store), '0:0, 0:1, 1:0, 0:2, 0:3')
    assert.deepEqual(
      rowsOf(store).map(row => row.kind === 'record' && row.backwards),
      [undefined, undefined, undefined, undefined, undefined],
    )
    store.show(EVERYTHING)
    assert.deepEqual(
      rowsOf(store).map(row => row.kind === 'record' && row.backwards),
      [undefined, true, undefined, undefined, true],
    )
  })

  it('go back in time against the record before them, though a filter left that one out', () => {
    const sizes = { small: 10, large: 200 } as const
    for (const [name, length] of Object.entries(sizes)) {
      const store = new RecordStore(PLENTY)
      const value = 'x'.repeat(length)
      const page = pageOf(Array.from({ length: 100 }, (_, n) => record(0, 2 * n, n, { value })))
      const timesBefore = Float64Array.from(page.timestamps, (_, n) => (n % 10 === 3 ? n + 1 : n))
      added(store, { ...page, timesBefore })
      store.show(EVERYTHING)
      const back = rowsOf(store).flatMap(row =>
        row.kind === 'record' && row.backwards ? Number(row.offset) : [],
      )
      assert.deepEqual(back, [6, 26, 46, 66, 86, 106, 126, 146, 166, 186], name)
    }
  })

  it('come at the end once somebody follows them', () => {
    const store = added(new RecordStore(PLENTY), times(0, [0, 100]))
    store.settle()
    const { revision } = store
    added(store, times(1, [0, 20]))
    added(store, times(2, [0, 10], [1, 12]), times(3, [0, 11]))
    assert.equal(names(store), '0:0, 1:0, 2:0, 3:0, 2:1')
    assert.equal(store.revision, revision)
    assert.equal(store.numberAtTime(100), 0)
  })

  it('are seen after the next flush, and can be found before', () => {
    const store = new RecordStore(PLENTY)
    store.add(times(0, [7, 1]))
    assert.equal(store.rows, 0)
    assert.ok(store.find(0, 7))
    store.flush()
    assert.equal(names(store), '0:7')
  })

  it('tell what could not be read, at its place', () => {
    const page = times(0, [0, 1], [5, 2])
    const store = added(new RecordStore(PLENTY), {
      ...page,
      errors: [{ offset: 3n, message: 'bad batch' }],
    })
    assert.equal(names(store), '0:0, 0:3, 0:5')
    assert.deepEqual(rowsOf(store, 1, 1)[0], {
      kind: 'record',
      partition: 0,
      offset: '3',
      key: { kind: 'null' },
      value: { kind: 'error', text: 'bad batch', bytes: '' },
      headers: 0,
      headerText: '',
      size: 0,
    })
    const held = store.find(0, 3)
    assert.equal(held && recordOf('orders', held)?.error, 'bad batch')
    assert.equal(store.numberOfRecord(0, 3), 1)
  })

  const notes = () =>
    pageOf([record(0, 0, 10), record(0, 5, 20), record(0, 9, 30)], {
      notes: [
        { kind: 'marker', offset: 6n, nextOffset: 7n, committed: false, producerId: 4n },
        { kind: 'gap', offset: 1n, nextOffset: 5n, missing: 4 },
        { kind: 'aborted', offset: 7n, nextOffset: 9n, records: 2, producerId: 4n },
      ],
    })

  it('tell gaps, markers and aborted transactions, and do not where they are not to', () => {
    const store = added(new RecordStore(PLENTY), notes(), times(1, [0, 15]))
    store.show(EVERYTHING)
    assert.deepEqual(rowsOf(store).slice(1, 2), [
      { kind: 'gap', partition: 0, offset: '1', lastOffset: '4', count: 4 },
    ])
    assert.equal(names(store), '0:0, 0:1 gap, 1:0, 0:5, 0:6 marker, 0:7 aborted, 0:9')
    assert.deepEqual([store.rows, store.recordsShown, store.recordsHeld], [7, 4, 4])
    store.show({ ...EVERYTHING, notes: false })
    assert.equal(names(store), '0:0, 1:0, 0:5, 0:9')
    assert.equal(names(store, 2, 1), '0:5')
    assert.deepEqual([store.rows, store.recordsShown, store.recordsHeld], [4, 4, 4])
    assert.equal(store.numberOfRecord(0, 9), 3)
    assert.equal(store.numberAtTime(20), 2)
    store.show({ ...EVERYTHING, notes: false, range: { from: 15, to: 30 } })
    assert.equal(names(store), '1:0, 0:5')
    assert.equal(store.numberOfRecord(0, 9), undefined)
    assert.equal(store.numberAtTime(25), undefined)
  })

  it('are without the markers of transactions where only other notes are shown', () => {
    const store = added(new RecordStore(PLENTY), notes(), times(1, [0, 15]))
    store.show({ ...EVERYTHING, markers: false })
    assert.equal(names(store), '0:0, 0:1 gap, 1:0, 0:5, 0:7 aborted, 0:9')
    assert.equal(names(store, 4, 2), '0:7 aborted, 0:9')
    assert.deepEqual([store.rows, store.recordsShown, store.recordsHeld], [6, 4, 4])
    assert.equal(store.numberOfRecord(0, 9), 5)
    assert.equal(store.numberAtTime(30), 5)
    store.show({ ...EVERYTHING, notes: false })
    assert.equal(names(store), '0:0, 1:0, 0:5, 0:9', 'with no notes there are no markers')
  })

  it('are counted right where markers that are not shown are dropped with the oldest', () => {
    const each = (offset: number) =>
      pageOf([record(0, offset, offset, { value: 'x'.repeat(1000) })], {
        notes: [marker(offset + 1)],
      })
    const store = new RecordStore(256 * 1024)
    store.show({ ...EVERYTHING, markers: false })
    for (let offset = 0; offset < 2000; offset += 2) added(store, each(offset))
    const first = 1000 - store.rows
    assert.ok(store.rows < 500, `${store.rows} rows`)
    assert.equal(store.dropped, first)
    assert.equal(names(store, first, 2), `0:${2 * first}, 0:${2 * first + 2}`)
    assert.equal(store.numberOfRecord(0, 1998), 999)
    store.show(EVERYTHING)
    assert.equal(store.dropped + store.rows, 2000)
  })

  it('are the notes of a page without records, too', () => {
    const gap = { kind: 'gap', offset: 3n, nextOffset: 9n, missing: 6 } as const
    const store = added(new RecordStore(PLENTY), times(0, [2, 5]), pageWith(0, { notes: [gap] }))
    assert.equal(names(store), '0:2, 0:3 gap')
  })

  it('are those of a range of time', () => {
    const store = added(
      new RecordStore(PLENTY),
      times(0, [0, 10], [1, 20], [2, 30], [3, 40]),
      times(1, [0, 25]),
    )
    const { revision } = store
    store.show({ ...EVERYTHING, range: { from: 20, to: 40 } })
    assert.equal(names(store), '0:1, 1:0, 0:2')
    assert.deepEqual([store.rows, store.recordsShown, store.recordsHeld], [3, 3, 5])
    assert.ok(store.revision > revision)
    assert.equal(store.numberAtTime(0), 0)
    store.show(EVERYTHING)
    assert.equal(store.rows, 5)
  })

  it('name the latest record with the same key in the same partition', () => {
    const keys = (partition: number, ...all: readonly (readonly [number, string])[]) =>
      pageOf(all.map(([offset, key]) => record(partition, offset, offset, { key })))
    const store = added(
      new RecordStore(PLENTY),
      keys(0, [0, 'a'], [1, 'b'], [2, 'a']),
      keys(1, [0, 'a']),
      pageOf([record(2, 0, 1), record(2, 1, 2)]),
    )
    const repeated = () =>
      Object.fromEntries(
        rowsOf(store).flatMap(row =>
          row.kind === 'record' && row.repeatedAt !== undefined
            ? [[nameOf(row), row.repeatedAt]]
            : [],
        ),
      )
    assert.deepEqual(repeated(), {})
    store.show({ ...EVERYTHING, duplicates: true })
    assert.deepEqual(repeated(), { '0:0': '2' })
    added(store, keys(0, [3, 'b'], [4, 'a']))
    assert.deepEqual(repeated(), { '0:0': '4', '0:1': '3', '0:2': '4' })
  })
})

describe('the memory of a view', () => {
  const kilobyte = 'x'.repeat(1000)
  const one = (offset: number, partition = 0, time = offset) =>
    pageOf([record(partition, offset, time, { value: kilobyte })])

  it('holds what fits, drops the oldest rows, and keeps their numbers', () => {
    const store = new RecordStore(100_000)
    for (let offset = 0; offset < 500; offset++) {
      added(store, one(offset))
      assert.ok(store.bytes <= store.budgetBytes)
      assert.equal(store.dropped + store.rows, offset + 1)
    }
    assert.ok(store.rows > 30, String(store.rows))
    assert.equal(names(store, 0, 499), names(store, store.dropped, 499 - store.dropped))
    assert.equal(names(store, 499, 1), '0:499')
    assert.equal(store.numberOfRecord(0, 499), 499)
    assert.equal(store.find(0, 3), undefined)
    assert.equal(store.numberOfRecord(0, store.dropped - 1), undefined)
  })

  it('puts small pages together: a million of them must not take a block each', () => {
    const store = new RecordStore(2_000_000)
    for (let offset = 0; offset < 5000; offset++) {
      added(store, pageOf([record(offset % 7, offset, offset, { value: 'small' })]))
    }
    assert.ok(store.bytes < 1_000_000, String(store.bytes))
    assert.equal(names(store, 4321, 2), '2:4321, 3:4322')
    assert.equal(store.numberOfRecord(2, 4321), 4321)
    assert.equal(store.dropped, 0)
  })

  it('does not keep a page for the few rows of it that are left', () => {
    const store = new RecordStore(400_000)
    // Each page lasts from the first to the last moment; the rest comes in order.
    for (let partition = 0; partition < 8; partition++) {
      const early = Array.from({ length: 15 }, (_, n) =>
        record(partition, n, partition, { value: kilobyte }),
      )
      store.add(pageOf([...early, record(partition, 99, 1_000_000, { value: kilobyte })]))
    }
    for (let offset = 0; offset < 2000; offset++) {
      store.add(pageOf([record(9, offset, 10 + offset, { value: 'y'.repeat(300) })]))
    }
    store.flush()
    assert.ok(store.bytes <= store.budgetBytes)
    // Eight late rows of a kilobyte must not cost their eight pages of 16.
    const late = rowsOf(store).filter(row => row.offset === '99').length
    assert.equal(late, 8)
    assert.ok(store.rows > 600, String(store.rows))
  })

  it('does not keep the bytes of records that a filter left out', () => {
    const page = pageOf(
      Array.from({ length: 1000 }, (_, n) => record(0, n, n, { value: kilobyte })),
    )
    const few = (from: number) => ({
      ...page,
      count: 2,
      offsets: page.offsets.slice(from, from + 2),
      timestamps: page.timestamps.slice(from, from + 2),
      keyStarts: page.keyStarts.slice(from, from + 2),
      keyLengths: page.keyLengths.slice(from, from + 2),
      valueStarts: page.valueStarts.slice(from, from + 2),
      valueLengths: page.valueLengths.slice(from, from + 2),
      headerStarts: page.headerStarts.slice(from, from + 2),
    })
    const store = added(new RecordStore(PLENTY), few(10), few(500))
    assert.equal(names(store), '0:10, 0:11, 0:500, 0:501')
    assert.ok(store.bytes < 30_000, String(store.bytes))
  })

  it('holds the beginning of what is large', () => {
    const value = 'v'.repeat(1_000_000)
    const headers = [['big', 'h'.repeat(100_000)]] as const
    const store = added(
      new RecordStore(PLENTY),
      pageOf([
        record(0, 0, 0, { value, key: 'k' }),
        record(0, 1, 1, { value: 'small', headers }),
        record(0, 2, 2, { key: value, value: 'small' }),
        record(0, 3, 3, { value: 'small', headers: [['a', 'b']] }),
      ]),
    )
    assert.ok(store.bytes < 60_000, String(store.bytes))
    const [first, second, third, last] = rowsOf(store)
    assert.ok(first?.kind === 'record' && second?.kind === 'record' && third?.kind === 'record')
    assert.equal(first.size, 1_000_001)
    assert.ok(first.value.kind === 'text' && first.value.text.startsWith('vvv'))
    assert.equal(second.headers, 1)
    assert.ok(second.size >= 100_008)
    assert.equal(third.size, 1_000_005)
    assert.ok(last?.kind === 'record' && last.headerText === 'a: b' && last.size === 7)
    const whole = store.rowsFrom(0, 4).rows.map(held => recordOf('orders', held) !== undefined)
    assert.deepEqual(whole, [false, false, false, true])
  })

  it('counts dropped rows of a range apart from those outside', () => {
    const store = new RecordStore(100_000)
    for (let offset = 0; offset < 50; offset++) added(store, one(offset))
    store.show({ ...EVERYTHING, range: { from: 45, to: 1000 } })
    const { dropped } = store
    const first = names(store, dropped, 1)
    assert.equal(first, '0:45')
    for (let offset = 50; offset < 80; offset++) added(store, one(offset))
    assert.equal(store.dropped, dropped, 'what was dropped is not shown')
    assert.equal(names(store, dropped, 1), first)
    for (let offset = 80; offset < 300; offset++) added(store, one(offset))
    assert.ok(store.dropped > dropped)
    assert.equal(names(store, dropped + 254, 1), '0:299')
    store.show(EVERYTHING)
    assert.equal(store.dropped + store.rows, 300)
  })

  it('holds at least what came last', () => {
    const store = new RecordStore(20_000)
    added(store, pageOf([record(0, 0, 0, { value: 'x'.repeat(100_000) })]))
    added(store, pageOf([record(0, 1, 1, { value: 'y' })]))
    assert.match(names(store), /0:1$/)
  })
})

/** What the store says of rows, found in the plainest way. */
class Model {
  rows: { name: string; time: number; timestamp: number; partition: number; kind: string }[] = []
  #waiting: Model['rows'] = []
  readonly #reached = new Map<number, number>()

  add(page: RecordPage): void {
    const { partition } = page
    const all = [
      ...Array.from(page.offsets, (offset, row) => ({
        offset,
        timestamp: page.timestamps[row] ?? -1,
        kind: '',
      })),
      ...page.errors.map(({ offset }) => ({ offset, timestamp: -1, kind: '' })),
      ...(page.notes ?? []).map(({ offset, kind }) => ({ offset, timestamp: -1, kind })),
    ].sort((a, b) => Number(a.offset - b.offset))
    for (const { offset, timestamp, kind } of all) {
      const time = Math.max(this.#reached.get(partition) ?? -1, timestamp)
      this.#reached.set(partition, time)
      const name = `${partition}:${offset}${kind === '' ? '' : ` ${kind}`}`
      this.#waiting.push({ name, time, timestamp, partition, kind })
    }
  }

  flush(): void {
    // Sorting is stable: what came first stays first.
    this.rows = [...this.rows, ...this.#waiting].sort((a, b) => a.time - b.time)
    this.#waiting = []
  }

  names({ range, notes, markers }: Shown): string[] {
    return this.rows
      .filter(row => !range || (row.time >= range.from && row.time < range.to))
      .filter(({ kind }) => kind === '' || (notes && (markers === true || kind !== 'marker')))
      .map(({ name }) => name)
  }
}

function randomPages(seed: number, count: number): RecordPage[] {
  const random = randomOf(seed)
  const offsets = [0, 0, 0, 0]
  const clocks = [0, 50, 100, 400]
  return Array.from({ length: count }, () => {
    const partition = random(4)
    const next = () => (offsets[partition] = (offsets[partition] ?? 0) + 1 + random(2))
    const records: KafkaRecord[] = []
    const errors: { offset: bigint; message: string }[] = []
    const notes: NonNullable<RecordPage['notes']>[number][] = []
    for (let left = random(30); left >= 0; left--) {
      const offset = next()
      const time = (clocks[partition] = (clocks[partition] ?? 0) + random(9))
      const what = random(40)
      if (what === 0) errors.push({ offset: BigInt(offset), message: 'bad' })
      else if (what === 1) notes.push(marker(offset))
      else if (what < 4)
        notes.push({
          kind: 'gap',
          offset: BigInt(offset),
          nextOffset: BigInt(offset + 1),
          missing: 1,
        })
      else {
        const timestamp = what === 5 ? time - random(100) : what === 6 ? -1 : time
        const value = 'v'.repeat(what === 7 ? 20_000 : random(60))
        const headers = random(3) === 0 ? ([['h', 'x'.repeat(random(20))]] as const) : []
        const key = random(5) === 0 ? {} : { key: `k${random(9)}` }
        records.push(record(partition, offset, timestamp, { ...key, value, headers }))
      }
    }
    return records.length > 0
      ? pageOf(records, { errors, notes })
      : pageWith(partition, { errors, notes })
  })
}

describe('the rows of a view, against a plain list', function () {
  this.timeout(20_000)
  for (let seed = 1; seed <= 5; seed++) {
    it(`are the same: ${seed}`, () => {
      const random = randomOf(seed + 1000)
      const store = new RecordStore(PLENTY)
      const model = new Model()
      for (const page of randomPages(seed, 120)) {
        store.add(page)
        model.add(page)
        if (random(4) > 0) continue
        store.flush()
        model.flush()
        const from = random(900)
        const shown: Shown = {
          notes: random(2) === 0,
          markers: random(2) === 0,
          backwards: false,
          duplicates: random(3) === 0,
          ...(random(2) === 0 && { range: { from, to: from + random(600) } }),
        }
        if (random(3) === 0) store.show(shown)
        const wanted = model.names(store.shown)
        assert.equal(store.rows, wanted.length)
        const at = random(wanted.length + 1)
        assert.equal(names(store, at, 20), wanted.slice(at, at + 20).join(', '))
        if (random(20) === 0) assert.deepEqual(rowsOf(store).map(nameOf), wanted)
        const one = wanted[at]
        if (one === undefined || one.includes(' ')) continue
        const [partition, offset] = one.split(':').map(Number)
        assert.equal(store.numberOfRecord(partition ?? -1, offset ?? -1), at)
      }
    })

    it(`are whole, in order and in bounds where memory is short: ${seed}`, () => {
      const random = randomOf(seed + 2000)
      const store = new RecordStore(60_000 + random(60_000))
      const seen = new Map<string, KafkaRecord>()
      let total = 0
      let before = new Map<number, string>()
      if (seed % 3 === 0) store.settle()
      store.show({ ...EVERYTHING, duplicates: seed % 4 === 0 })
      let { revision } = store
      for (const page of randomPages(seed, 200)) {
        store.add(page)
        total += page.count + page.errors.length + (page.notes?.length ?? 0)
        page.offsets.forEach((offset, row) => {
          const value = new Uint8Array(page.valueLengths[row] ?? 0).fill(118)
          seen.set(`${page.partition}:${offset}`, {
            ...record(page.partition, Number(offset), page.timestamps[row] ?? -1),
            value,
          })
        })
        assert.ok(store.bytes <= store.budgetBytes, `${store.bytes} of ${store.budgetBytes}`)
        if (random(24) > 0) continue
        store.flush()
        assert.ok(store.bytes <= store.budgetBytes)
        assert.equal(store.dropped + store.rows, total)
        checkRows(store, seen)
        checkRepeated(store)
        const records = rowsOf(store).filter(({ kind }) => kind === 'record').length
        assert.equal(store.recordsHeld, records)
        const now = numbered(store)
        if (store.revision === revision) {
          for (const [number, name] of before) {
            if (number >= store.dropped) assert.equal(now.get(number), name)
          }
        }
        before = now
        revision = store.revision
      }
      assert.ok(store.dropped > 0)
    })
  }
})

function numbered(store: RecordStore): Map<number, string> {
  const { from } = store.rowsFrom(0, 1)
  return new Map(rowsOf(store).map((row, index) => [from + index, nameOf(row)]))
}

/** A partition's rows in the order of their offsets, none twice, each with the bytes it came with. */
function checkRows(store: RecordStore, seen: ReadonlyMap<string, KafkaRecord>): void {
  const last = new Map<number, bigint>()
  for (const held of store.rowsFrom(0, Infinity).rows) {
    const found = recordOf('orders', held)
    if (!found) continue
    assert.ok((last.get(found.partition) ?? -1n) < found.offset)
    last.set(found.partition, found.offset)
    if (found.error !== undefined) continue
    const wanted = seen.get(`${found.partition}:${found.offset}`)
    assert.deepEqual(
      [found.timestamp, found.value?.length],
      [wanted?.timestamp, wanted?.value?.length],
    )
    assert.ok(found.value?.every(byte => byte === 118))
  }
}

/** Each record names the latest one that is held with its key, and only where there is one. */
function checkRepeated(store: RecordStore): void {
  if (!store.shown.duplicates) return
  const latest = new Map<string, string>()
  const rows = rowsOf(store).flatMap(row => (row.kind === 'record' ? [row] : []))
  const keyOf = ({ partition, key }: (typeof rows)[number]) =>
    key.kind === 'text' ? `${partition} ${key.text}` : undefined
  for (const row of rows) {
    const key = keyOf(row)
    if (key !== undefined) latest.set(key, row.offset)
  }
  for (const row of rows) {
    const key = keyOf(row)
    const wanted = key === undefined ? undefined : latest.get(key)
    assert.equal(row.repeatedAt, wanted === row.offset ? undefined : wanted)
  }
}
