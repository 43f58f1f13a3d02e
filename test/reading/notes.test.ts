import assert from 'node:assert/strict'
import { gzipSync } from 'node:zlib'
import type { PageNote } from '../../src/kafka/page.ts'
import { withCount } from '../../src/reading/pages.ts'
import { pagesOf, type Wanted } from './decoded.ts'
import { batch, marker, message, record, TRANSACTIONAL } from './write.ts'

/** A batch of these offsets that ends where the last of them does, or at `last`. */
function records(offsets: readonly number[], last = offsets.at(-1) ?? 0, more = {}): Buffer {
  const first = offsets[0] ?? last
  return batch({
    baseOffset: BigInt(first),
    lastOffsetDelta: last - first,
    records: offsets.map(offset => ({ offsetDelta: offset - first, value: `${offset}` })),
    ...more,
  })
}

/** In short: `gap 3-5 (2)`: from offset 3 up to 5, two are missing. */
function inShort(note: PageNote): string {
  const span = `${note.kind} ${note.offset}-${note.nextOffset}`
  if (note.kind === 'gap') return `${span} (${note.missing})`
  if (note.kind === 'aborted') return `${span} (${note.records} of ${note.producerId})`
  return `${span} (${note.committed ? 'commit' : 'abort'} of ${note.producerId})`
}

function notesIn(log: readonly Buffer[], wanted: Wanted = {}): string[] {
  const pages = pagesOf(Buffer.concat(log), { notes: true, ...wanted })
  return pages.flatMap(page => page.notes ?? []).map(inShort)
}

const txn = (producerId: bigint) => ({ producerId, attributes: TRANSACTIONAL })

describe('notes on what a log holds besides records', () => {
  const cases: Record<string, [log: readonly Buffer[], wanted: Wanted, notes: readonly string[]]> =
    {
      'none where nothing is missing': [[records([0, 1]), records([2, 3])], {}, []],
      'between batches': [[records([0, 1]), records([5])], {}, ['gap 2-5 (3)']],
      'inside a batch': [[records([0, 2, 3, 6])], {}, ['gap 1-2 (1)', 'gap 4-6 (2)']],
      'at both ends of a batch': [
        [records([3, 4], 6), records([9])],
        { from: 2n },
        ['gap 2-3 (1)', 'gap 5-7 (2)', 'gap 7-9 (2)'],
      ],
      'a batch that compaction emptied': [
        [records([0]), records([], 4), records([6])],
        {},
        ['gap 1-6 (5)'],
      ],
      'at the end of what came': [[records([0]), records([], 4)], {}, ['gap 1-5 (4)']],
      'no further than is read': [[records([0]), records([20])], { to: 10n }, ['gap 1-10 (9)']],
      'not before the start': [[records([0, 4, 5])], { from: 4n }, []],
      'from the start on': [[records([0, 4, 5])], { from: 2n }, ['gap 2-4 (2)']],
      'in compressed batches': [
        [records([0, 3], 3, { attributes: 1, compress: gzipSync })],
        {},
        ['gap 1-3 (2)'],
      ],
      'markers, and what was committed before them': [
        [records([0, 1], 1, txn(7n)), marker(2n, 7n, 1), records([3])],
        { aborted: [] },
        ['marker 2-3 (commit of 7)'],
      ],
      'aborted batches of a transaction as one': [
        [records([0, 1], 1, txn(7n)), records([2], 2, txn(7n)), marker(3n, 7n, 0), records([4])],
        { aborted: [{ producerId: 7n, firstOffset: 0n }] },
        ['aborted 0-3 (3 of 7)', 'marker 3-4 (abort of 7)'],
      ],
      'aborted batches of two transactions': [
        [records([0], 0, txn(7n)), records([1], 1, txn(8n)), marker(2n, 8n, 0), marker(3n, 7n, 0)],
        {
          aborted: [
            { producerId: 7n, firstOffset: 0n },
            { producerId: 8n, firstOffset: 1n },
          ],
        },
        [
          'aborted 0-1 (1 of 7)',
          'aborted 1-2 (1 of 8)',
          'marker 2-3 (abort of 8)',
          'marker 3-4 (abort of 7)',
        ],
      ],
      'aborted batches with records between them as two': [
        [records([0], 0, txn(7n)), records([1]), records([2], 2, txn(7n))],
        { aborted: [{ producerId: 7n, firstOffset: 0n }] },
        ['aborted 0-1 (1 of 7)', 'aborted 2-3 (1 of 7)'],
      ],
      'what was aborted is seen where it is asked for': [
        [records([0], 0, txn(7n)), marker(1n, 7n, 0)],
        {},
        ['marker 1-2 (abort of 7)'],
      ],
      'nothing for a batch that cannot be read': [
        [records([0]), records([1, 2], 2, { attributes: 1 }), records([4])],
        {},
        ['gap 3-4 (1)'],
      ],
      'nothing for records that cannot be read': [
        [
          batch({
            baseOffset: 0n,
            lastOffsetDelta: 9,
            count: 3,
            records: [
              { offsetDelta: 0, value: 'long enough' },
              { offsetDelta: 3, value: 'long enough' },
            ],
          }),
          records([12]),
        ],
        {},
        ['gap 1-3 (2)', 'gap 10-12 (2)'],
      ],
      'in the old formats': [
        [
          message({ offset: 0n, format: 1, value: 'a' }),
          message({ offset: 3n, format: 0, value: 'b' }),
        ],
        {},
        ['gap 1-3 (2)'],
      ],
    }
  for (const [name, [log, wanted, notes]] of Object.entries(cases)) {
    it(`tell: ${name}`, () => assert.deepEqual(notesIn(log, wanted), notes))
  }

  it('are not made where nobody asks', () => {
    const log = Buffer.concat([records([0]), marker(3n, 7n, 1)])
    assert.deepEqual(
      pagesOf(log).map(page => page.notes),
      [undefined],
    )
  })

  it('are a thousand gaps at most on a page, and miss no offset', () => {
    const offsets = Array.from({ length: 9_000 }, (_, index) => index * 3)
    const [page, ...others] = pagesOf(records(offsets), { notes: true })
    assert.ok(page)
    assert.equal(others.length, 0)
    const notes = page.notes ?? []
    assert.ok(notes.length >= 500 && notes.length <= 1_000, `${notes.length}`)
    assert.equal(
      notes.reduce((sum, note) => sum + (note.kind === 'gap' ? note.missing : 0), 0),
      8_999 * 2,
    )
    for (const [index, { offset }] of notes.slice(1).entries()) {
      assert.ok(offset >= (notes[index]?.nextOffset ?? 0n))
    }
  })

  it('of transactions close a page when there are many', () => {
    const log = Array.from({ length: 2_500 }, (_, index) => marker(BigInt(index), 7n, 1))
    const pages = pagesOf(Buffer.concat(log), { notes: true })
    assert.deepEqual(
      pages.map(page => page.notes?.length),
      [1_000, 1_000, 500],
    )
  })

  it('behind the last record that a limit lets through are not told', () => {
    const [page] = pagesOf(records([0, 2, 4]), { notes: true })
    assert.ok(page)
    assert.deepEqual(withCount(page, 2).notes?.map(inShort), ['gap 1-2 (1)', 'gap 3-4 (1)'])
    assert.deepEqual(withCount(page, 1).notes?.map(inShort), ['gap 1-2 (1)'])
  })

  it('are the same on pages that were cut at their size', () => {
    const value = 'x'.repeat(400_000)
    const log = [0, 2, 4, 6].map(offset =>
      batch({ baseOffset: BigInt(offset), records: [{ offsetDelta: 0, value }] }),
    )
    assert.ok(record({ offsetDelta: 0, value }).length * 3 > 1024 * 1024)
    const pages = pagesOf(Buffer.concat(log), { notes: true })
    assert.deepEqual(
      pages.map(page => page.notes?.map(inShort)),
      [['gap 1-2 (1)', 'gap 3-4 (1)'], ['gap 5-6 (1)']],
    )
  })
})
