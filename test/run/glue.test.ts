import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import type { JoinUpdate } from '../../src/kafka/cluster.ts'
import { AUTO } from '../../src/kafka/format.ts'
import { parse } from '../../src/language/parse.ts'
import { ReadingSession, type SessionOptions } from '../../src/vscode/messages/session.ts'
import { Anchors, moved } from '../../src/vscode/run/anchors.ts'
import { inlineResult } from '../../src/vscode/run/resultText.ts'
import { writesOf } from '../../src/vscode/run/writes.ts'
import { fakeClock, fakeCluster, groupOf, type FakeCluster } from './fixtures.ts'

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
    assert.equal(anchors.idAt(40, 8), 'id0')
    assert.equal(anchors.idAt(80, 6), 'id1')
    anchors.edit([
      { offset: 0, removed: 0, inserted: 10 },
      { offset: 60, removed: 2, inserted: 0 },
    ])
    assert.equal(anchors.find(50), 'id0')
    assert.equal(anchors.find(88), 'id1')
    assert.equal(anchors.find(40), undefined)
  })

  it('passes the id of a block that is taken out to no other, and gives it back', () => {
    let next = 0
    const anchors = new Anchors(() => `id${next++}`)
    anchors.idAt(0, 6)
    anchors.idAt(20, 6)
    anchors.edit([{ offset: 0, removed: 20, inserted: 0 }])
    assert.equal(anchors.find(0), 'id1')
    anchors.edit([{ offset: 0, removed: 0, inserted: 20 }])
    assert.deepEqual([anchors.find(0), anchors.find(20)], ['id0', 'id1'])
    anchors.edit([{ offset: 10, removed: 30, inserted: 40 }])
    assert.deepEqual([anchors.find(0), anchors.find(10)], ['id0', undefined])
  })

  it('keeps the id of a block whose keyword is written anew', () => {
    const anchors = new Anchors(() => 'id')
    anchors.idAt(10, 8)
    anchors.edit([{ offset: 10, removed: 8, inserted: 1 }])
    anchors.edit([{ offset: 11, removed: 0, inserted: 7 }])
    assert.equal(anchors.find(10), 'id')
    anchors.edit([{ offset: 10, removed: 8, inserted: 0 }])
    assert.equal(anchors.find(10), 'id')
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

  it('counts many records, and lists the first that failed', () => {
    const totals = {
      topic: 'orders',
      sent: 12_000,
      acknowledged: 12_000,
      failed: 0,
      failures: [],
      last: {
        topic: 'orders',
        record: { key: null, value: null, headers: [] },
        outcome: { partition: 2, offset: 5n },
      },
      milliseconds: 400,
    }
    const text = (more: object, stopped = false) =>
      inlineResult({ kind: 'producedMany', totals: { ...totals, ...more }, stopped })
    assert.equal(text({})?.text, '✓ 12,000 records · 30,000 per second')
    assert.match(text({})?.details ?? '', /the last in partition 2, offset 5/)
    assert.equal(text({}, true)?.text, 'stopped after 12,000 records · 30,000 per second')
    const failures = [{ code: 'bad-row', message: 'a.csv:3: 1 field.' }]
    assert.deepEqual(
      [text({ failed: 3, failures })?.text, text({ failed: 3, failures })?.tone],
      ['✗ 3 of 12,003 records not written: a.csv:3: 1 field.', 'bad'],
    )
    assert.match(text({ failed: 3, failures })?.details ?? '', /and 2 more/)
    const sending = inlineResult({ kind: 'sendingMany', totals })
    assert.equal(sending?.text, '12,000 records · 30,000 per second…')
  })

  it('escapes what it did not write itself', () => {
    const result = produced({ problem: { code: 'X', message: 'a | [b](command:c)' } })
    assert.match(result?.details ?? '', /a \\\| \\\[b\\\]\\\(command:c\\\)/)
  })
})

describe('a reading session', () => {
  const plan = { topic: 'orders', fallback: 'latest' } as const
  const joining = { ...plan, group: 'g' } as const
  const withGroup = { groups: [groupOf('g')] }

  function begin(fake: FakeCluster, more: Partial<SessionOptions> = {}) {
    const joined: string[] = []
    const session = new ReadingSession({
      clock: fakeClock(),
      connect: () => Promise.resolve(fake.cluster),
      isOurs: () => false,
      onJoined: memberId => void joined.push(memberId),
      budgetBytes: () => 1000,
      ...more,
    })
    return { session, joined }
  }

  /** Resolves when the session is in a phase. */
  const reaches = (session: ReadingSession, phase: string) =>
    new Promise<void>(resolve => {
      if (session.phase === phase) resolve()
      session.onDidChange(() => {
        if (session.phase === phase) resolve()
      })
    })
  const viewOf = async (session: ReadingSession, fake: FakeCluster, count = 1) => {
    if (fake.views.length < count)
      await new Promise<void>(resolve => {
        session.onDidChange(() => {
          if (fake.views.length >= count) resolve()
        })
      })
    return fake.views[count - 1] ?? assert.fail('no view')
  }

  it('reads into a view, follows, stops, and starts again with another view', async () => {
    const fake = fakeCluster()
    const { session } = begin(fake)
    const ended = session.start(plan)
    assert.deepEqual([session.phase, session.view], ['connecting', undefined])
    const view = await viewOf(session, fake)
    assert.deepEqual(view.request, {
      topic: 'orders',
      source: {
        kind: 'read',
        request: { topic: 'orders', from: { all: { kind: 'latest' } }, fallback: 'latest' },
      },
      formats: { key: AUTO, value: AUTO },
      budgetBytes: 1000,
    })
    assert.equal(session.view, view)
    assert.equal(session.cluster, fake.cluster)
    view.say({ phase: 'following', recordsRead: 6, bytesRead: 60, rows: 6 })
    const { phase, held, joined, rate } = session.state
    assert.deepEqual([phase, held?.rows, joined], ['following', 6, false])
    assert.deepEqual(rate, { records: 2, bytes: 20 })
    session.stop()
    await ended
    assert.deepEqual([session.phase, session.running, session.view], ['stopped', false, view])
    assert.deepEqual(view.told, ['show notes', 'stop'])
    const again = session.start({ ...plan, valueFormat: { name: 'long', parameters: [] } })
    assert.equal(session.view, undefined)
    assert.equal(view.told.at(-1), 'dispose')
    const other = await viewOf(session, fake, 2)
    assert.equal(other.request.formats.value.name, 'long')
    session.dispose()
    await again
    assert.deepEqual(other.told, ['show notes', 'stop', 'dispose'])
  })

  it('says that it is done, or why it failed', async () => {
    const fake = fakeCluster()
    const { session } = begin(fake)
    const done = session.start({ ...plan, to: { all: { kind: 'latest' } } })
    const view = await viewOf(session, fake)
    view.say({ phase: 'done' })
    await done
    assert.deepEqual([session.phase, session.running], ['done', false])
    const failed = session.start(plan)
    const problem = { code: 'X', message: 'Gone.' }
    const next = await viewOf(session, fake, 2)
    next.say({ phase: 'failed', problem })
    await failed
    assert.deepEqual([session.phase, session.state.problem], ['failed', problem])
    await session.start({ ...plan, topic: 'missing' })
    assert.equal(session.state.problem?.code, 'UNKNOWN_TOPIC_OR_PARTITION')
    assert.equal(fake.views.length, 2)
  })

  it('ended when it ended, whatever is shown of it later', async () => {
    const fake = fakeCluster()
    const clock = fakeClock()
    const { session } = begin(fake, { clock })
    const done = session.start({ ...plan, to: { all: { kind: 'latest' } } })
    const view = await viewOf(session, fake)
    view.say({ phase: 'done', rows: 7 })
    await done
    const { endedAt } = session.state
    await clock.sleep(2800)
    view.say({ phase: 'done', rows: 3 })
    assert.deepEqual([session.state.endedAt, session.state.held?.rows], [endedAt, 3])
  })

  it('fails where there is no connection, and where it is refused', async () => {
    const { session } = begin(fakeCluster(), {
      connect: () => Promise.reject(new Error('refused')),
    })
    await session.start(plan)
    assert.deepEqual([session.phase, session.state.problem?.message], ['failed', 'refused'])
    session.refuse({ code: 'K', message: 'Not so.' })
    assert.deepEqual([session.phase, session.state.problem?.code], ['failed', 'K'])
  })

  it('pauses and goes on, and says why it does not join', async () => {
    const fake = fakeCluster({ groups: [groupOf('g', { memberIds: ['theirs'] })] })
    const { session } = begin(fake)
    const ended = session.start(joining)
    const view = await viewOf(session, fake)
    session.pause()
    view.say({ phase: 'reading' })
    session.pause()
    session.resume()
    assert.deepEqual(view.told, ['show notes', 'pause', 'resume'])
    assert.match(session.state.notice ?? '', /has 1 active member/)
    session.stop()
    await ended
  })

  it('keeps what is shown for the next reading, but for the range of time', async () => {
    const fake = fakeCluster()
    const { session } = begin(fake)
    session.show({ notes: false, backwards: true, duplicates: false, range: { from: 1, to: 2 } })
    const ended = session.start(plan)
    const view = await viewOf(session, fake)
    session.decodeAs({ key: AUTO, value: { name: 'long', parameters: [] } })
    session.show({ ...session.shown, range: { from: 3, to: 4 } })
    assert.deepEqual(view.told, ['show', 'decode auto long', 'show range'])
    assert.equal(session.formats.value.name, 'long')
    session.stop()
    await ended
  })

  const joined = { kind: 'joined', memberId: 'm', partitions: [0] } as const
  const record = {
    topic: 'orders',
    partition: 0,
    offset: 1n,
    timestamp: 1,
    key: null,
    value: null,
    headers: [],
  }

  it('feeds what its member of a group gets', async () => {
    const filter = { expressions: ['true'], formats: { key: AUTO, value: AUTO } }
    const fake = fakeCluster({
      ...withGroup,
      joins: [joined, { kind: 'records', records: [record] }],
    })
    const { session, joined: members } = begin(fake)
    const ended = session.start({ ...joining, filter })
    await reaches(session, 'following')
    const view = await viewOf(session, fake)
    assert.deepEqual(view.request.source, { kind: 'fed', filter })
    assert.equal(view.request.topic, 'orders')
    view.say({ phase: 'following', recordsRead: 1 })
    session.pause()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual([session.state.joined, members], [true, ['m']])
    assert.deepEqual(view.fed, [record])
    session.stop()
    await ended
    assert.deepEqual(view.told, ['show notes', 'stop', 'stop'])
  })

  it('ends with its membership, and fails with what ended it', async () => {
    const problem = { code: 'X', message: 'Gone.' }
    const ends = (updates: readonly JoinUpdate[]) => {
      const fake = fakeCluster(withGroup)
      const join = () => Readable.from(updates) as AsyncIterable<JoinUpdate>
      return begin({ ...fake, cluster: { ...fake.cluster, join } }).session
    }
    const failed = ends([joined, { kind: 'problem', problem }])
    await failed.start(joining)
    assert.deepEqual([failed.phase, failed.state.problem], ['failed', problem])
    const done = ends([{ kind: 'problem', problem }, joined])
    await done.start(joining)
    assert.deepEqual([done.phase, done.state.problem], ['done', undefined])
  })

  it('leaves its group where its records are seen no more', async () => {
    const fake = fakeCluster({ ...withGroup, joins: [joined] })
    const { session } = begin(fake)
    const ended = session.start(joining)
    await reaches(session, 'following')
    const view = await viewOf(session, fake)
    const problem = { code: 'reader-stopped', message: 'Crashed.' }
    view.say({ phase: 'failed', problem })
    await ended
    assert.deepEqual([session.phase, session.state.problem], ['failed', problem])
  })
})

describe('what several blocks write', () => {
  const writes = (text: string, times = 1) => {
    const { file } = parse(text)
    return writesOf(file, file.blocks, times)
  }
  const producer = (topic: string, more = '') => `PRODUCER\ntopic: ${topic}\n${more}x\n###\n`

  it('is told all together, and not of one alone', () => {
    assert.equal(writes(producer('a')), undefined)
    assert.equal(writes(`${producer('a')}EXPECT\ntopic: a\n\nCONSUMER\ntopic: a\n`), undefined)
    assert.equal(writes(producer('a') + producer('a')), 'send 2 records to "a"')
    assert.equal(
      writes(`TOPIC\ntopic: a\n\n${producer('a', 'record-count: 3\n')}${producer('b')}`, 2),
      'make sure of topic "a", and send 8 records to "a" and "b"',
    )
    assert.equal(
      writes(`DEFAULTS\ntopic: d\n\nPRODUCER\nx\n###\nCONSUMER g\nto: now\n`),
      'send 1 record to "d", and read "d" in group "g", which commits offsets',
    )
  })

  it('has no number where that is known only in the end', () => {
    for (const more of ['every: 1s\n', 'rate: 5/s\n', 'records: lines\n', 'record-count: {{n}}\n'])
      assert.equal(writes(producer('a', more) + producer('b')), 'send records to "a" and "b"')
  })

  it('names few topics', () => {
    const all = ['a', 'b', 'c', 'd', 'e', 'f', 'g'].map(topic => producer(topic)).join('')
    assert.equal(writes(all), 'send 7 records to "a", "b", "c", "d", "e" and 2 more')
  })
})
