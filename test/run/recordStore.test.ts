import assert from 'node:assert/strict'
import { chunkOfPage, RecordStore } from '../../src/run/recordStore.ts'
import { pageOf } from './fixtures.ts'

const page = (partition: number, ...records: (readonly [number, number])[]) =>
  chunkOfPage(
    pageOf(
      partition,
      records.map(([offset, time]) => [BigInt(offset), time, 'x'] as const),
    ),
  )

const shown = (store: RecordStore, from = 0, count = 100) => {
  const { from: first, records } = store.rows(from, count)
  return [first, records.map(({ partition, offset }) => `${partition}:${offset}`).join(' ')]
}

describe('the record store', () => {
  it('keeps records in the order of their time while reading catches up', () => {
    const store = new RecordStore(1_000_000)
    store.add([page(0, [0, 10], [1, 30]), page(1, [0, 20])])
    const before = store.revision
    store.add([page(1, [1, 25], [2, 40])])
    assert.deepEqual(shown(store), [0, '0:0 1:0 1:1 0:1 1:2'])
    assert.notEqual(store.revision, before, 'rows changed places')
  })

  it('never changes the order within a partition', () => {
    const store = new RecordStore(1_000_000)
    store.add([page(0, [0, 50], [1, 10], [2, 60]), page(1, [0, 55])])
    assert.deepEqual(shown(store), [0, '0:0 0:1 1:0 0:2'])
  })

  it('appends what comes after it has settled', () => {
    const store = new RecordStore(1_000_000)
    store.add([page(0, [0, 100])])
    store.settle()
    const { revision } = store
    store.add([page(1, [0, 20])])
    assert.deepEqual(shown(store), [0, '0:0 1:0'])
    assert.equal(store.revision, revision)
  })

  it('drops the oldest rows when its budget is full, and keeps their numbers', () => {
    const one = chunkOfPage(pageOf(0, [[0n, 0, 'x'.repeat(1000)]])).bytes
    const store = new RecordStore(4 * (one + 64))
    for (let i = 0; i < 10; i++) {
      store.add([chunkOfPage(pageOf(0, [[BigInt(i), i, 'x'.repeat(1000)]]))])
      assert.ok(store.bytes <= store.budget)
    }
    assert.deepEqual([store.count, store.dropped], [4, 6])
    assert.deepEqual(shown(store), [6, '0:6 0:7 0:8 0:9'])
    assert.deepEqual(shown(store, 7, 2), [7, '0:7 0:8'])
    assert.equal(store.find(0, 5n), undefined)
    assert.equal(store.find(0, 6n)?.offset, 6n)
  })

  it('counts a page until its last row is gone', () => {
    const big = chunkOfPage(
      pageOf(0, [
        [0n, 1, 'x'.repeat(500)],
        [1n, 3, 'x'.repeat(500)],
      ]),
    )
    const small = chunkOfPage(pageOf(1, [[0n, 2, 'y']]))
    const store = new RecordStore(big.bytes + 2 * 64)
    store.add([big, small])
    assert.deepEqual(shown(store), [2, '0:1'])
    assert.equal(store.bytes, big.bytes + 64)
  })

  it('shows what could not be read at its place', () => {
    const store = new RecordStore(1_000_000)
    const read = pageOf(0, [
      [0n, 1, 'a'],
      [5n, 2, 'b'],
    ])
    store.add([chunkOfPage({ ...read, errors: [{ offset: 3n, message: 'bad batch' }] })])
    assert.deepEqual(shown(store), [0, '0:0 0:3 0:5'])
    assert.equal(store.find(0, 3n)?.error, 'bad batch')
  })

  it('forgets everything when it is cleared', () => {
    const store = new RecordStore(1_000_000)
    store.add([page(0, [0, 1])])
    store.clear()
    assert.deepEqual([store.count, store.bytes, store.dropped], [0, 0, 0])
    store.add([page(0, [0, 1])])
    assert.deepEqual(shown(store), [0, '0:0'])
  })
})
