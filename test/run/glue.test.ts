import assert from 'node:assert/strict'
import { ReadingSession } from '../../src/vscode/messages/session.ts'
import { Anchors, moved } from '../../src/vscode/run/anchors.ts'
import { inlineResult } from '../../src/vscode/run/resultText.ts'
import { fakeClock, fakeCluster, pageOf } from './fixtures.ts'

describe('a place in an edited text', () => {
  it('moves with the text before it', () => {
    assert.equal(moved(10, { offset: 0, removed: 0, inserted: 5 }), 15)
    assert.equal(moved(10, { offset: 10, removed: 0, inserted: 5 }), 15)
    assert.equal(moved(10, { offset: 4, removed: 6, inserted: 1 }), 5)
    assert.equal(moved(10, { offset: 11, removed: 3, inserted: 0 }), 10)
    assert.equal(moved(10, { offset: 8, removed: 4, inserted: 9 }), 8)
  })

  it('keeps the id of a block', () => {
    let next = 0
    const anchors = new Anchors(() => `id${next++}`)
    assert.equal(anchors.idAt(40), 'id0')
    assert.equal(anchors.idAt(80), 'id1')
    anchors.edit([
      { offset: 0, removed: 0, inserted: 10 },
      { offset: 60, removed: 2, inserted: 0 },
    ])
    assert.equal(anchors.find(50), 'id0')
    assert.equal(anchors.find(88), 'id1')
    assert.equal(anchors.find(40), undefined)
  })
})

describe('the result on a block', () => {
  const produced = (...outcomes: readonly object[]) =>
    inlineResult({ kind: 'produced', result: { topic: 'orders', outcomes, milliseconds: 14.2 } })

  it('says what became of the records', () => {
    assert.equal(
      produced({ partition: 2, offset: 88_100n })?.text,
      '✓ partition 2 · offset 88,100 · 14\u00a0ms',
    )
    assert.equal(
      produced({ partition: 2, offset: 1n }, { partition: 0, offset: 1n })?.text,
      '✓ 2 records · 2 partitions · 14\u00a0ms',
    )
    const problem = { code: 'X', message: 'Too large.' }
    assert.deepEqual(
      [produced({ problem })?.text, produced({ problem })?.tone],
      ['✗ Too large.', 'bad'],
    )
    assert.equal(
      produced({ partition: 0, offset: 1n }, { problem })?.text,
      '✗ 1 of 2 records not written: Too large.',
    )
  })

  it('escapes what it did not write itself', () => {
    const result = produced({ problem: { code: 'X', message: 'a | [b](command:c)' } })
    assert.match(result?.details ?? '', /a \\\| \\\[b\\\]\\\(command:c\\\)/)
  })
})

describe('a reading session', () => {
  const plan = { topic: 'orders', fallback: 'latest' } as const
  const options = (fake = fakeCluster()) => ({
    clock: fakeClock(),
    connect: () => Promise.resolve(fake.cluster),
    isOurs: () => false,
    onJoined: () => undefined,
  })
  /** Resolves when the session is in a phase. */
  const reaches = (session: ReadingSession, phase: string) =>
    new Promise<void>(resolve => {
      if (session.phase === phase) resolve()
      session.onDidChange(() => {
        if (session.phase === phase) resolve()
      })
    })
  const update = (offset: bigint, done = false) => ({
    pages: [pageOf(0, [[offset, 1, 'a']])],
    progress: [
      { partition: 0, position: offset + 1n, startOffset: 0n, highWatermark: offset + 1n, done },
    ],
    bytesRead: 1,
    recordsRead: Number(offset) + 1,
    done,
  })

  it('reads, follows, stops, and starts again from nothing', async () => {
    const fake = fakeCluster({ reads: [update(0n), update(1n)] })
    const session = new ReadingSession(options(fake))
    const ended = session.start(plan)
    await reaches(session, 'following')
    session.stop()
    await ended
    assert.deepEqual([session.phase, session.running], ['stopped', false])
    const again = session.start(plan)
    assert.deepEqual([session.store.count, session.phase], [0, 'connecting'])
    await reaches(session, 'following')
    session.dispose()
    await again
    assert.equal(fake.reads.length, 2)
  })

  it('says that it is done, with what it read', async () => {
    const session = new ReadingSession(
      options(fakeCluster({ reads: [update(0n), update(1n, true)] })),
    )
    await session.start({ ...plan, to: { all: { kind: 'latest' } } })
    assert.deepEqual([session.phase, session.store.count, session.recordsRead], ['done', 2, 2])
    assert.deepEqual(session.partitions, [{ partition: 0, percent: 100 }])
  })

  it('says why it failed', async () => {
    const session = new ReadingSession({
      ...options(),
      connect: () => Promise.reject(new Error('refused')),
    })
    await session.start(plan)
    assert.deepEqual([session.phase, session.problem?.message], ['failed', 'refused'])
  })

  it('takes nothing while it is paused', async () => {
    const session = new ReadingSession(
      options(fakeCluster({ reads: [update(0n), update(1n), update(2n)] })),
    )
    let paused = false
    session.onDidChange(() => {
      if (session.store.count === 1 && !paused) {
        paused = true
        session.pause()
      }
    })
    const ended = session.start(plan)
    await reaches(session, 'paused')
    assert.equal(session.store.count, 1)
    const all = new Promise<void>(resolve => {
      session.onDidChange(() => {
        if (session.store.count === 3) resolve()
      })
    })
    session.resume()
    await all
    session.stop()
    await ended
    assert.equal(session.phase, 'stopped')
  })
})
