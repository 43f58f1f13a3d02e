import assert from 'node:assert/strict'
import type { PartitionProgress } from '../../src/kafka/reading.ts'
import type { RecordName, RecordView } from '../../src/kafka/recordView.ts'
import { DEFAULT_LAYOUT, keptLayout } from '../../src/vscode/messages/layout.ts'
import { keptReadings } from '../../src/vscode/messages/keptReadings.ts'
import { messagesMemory } from '../../src/vscode/messages/memory.ts'
import { NO_FILTERS, withRun } from '../../src/vscode/messages/keptFilters.ts'
import { topicReading, withFilter, withProperties } from '../../src/vscode/messages/reading.ts'
import { Reveal } from '../../src/vscode/messages/reveal.ts'
import { Revisions } from '../../src/vscode/messages/revisions.ts'
import { heldBackAt, messagesState, partitionState } from '../../src/vscode/messages/state.ts'
import { auto, heldWith, sessionWith, until } from './samples.ts'

const progressWith = (more: Partial<PartitionProgress> = {}): PartitionProgress => ({
  partition: 0,
  position: 50n,
  startOffset: 0n,
  done: false,
  ...more,
})
const none: ReadonlyMap<number, never> = new Map<number, never>()

describe('how far a partition is', () => {
  it('is a share of the way to its end', () => {
    const percent = (more: Partial<PartitionProgress>) =>
      partitionState(progressWith(more), none).percent
    assert.equal(percent({}), undefined)
    assert.equal(percent({ endOffset: 200n }), 25)
    assert.equal(percent({ startOffset: 40n, endOffset: 60n, highWatermark: 1000n }), 50)
    assert.equal(percent({ highWatermark: 100n, lastStableOffset: 50n }), 100)
    assert.equal(percent({ done: true }), 100)
    assert.equal(percent({ startOffset: 50n, endOffset: 50n }), 100)
    assert.equal(percent({ position: 2n ** 60n, endOffset: 2n ** 61n }), 50)
  })

  it('has exact offsets, and none that is not known', () => {
    const huge = 2n ** 62n + 1n
    assert.deepEqual(
      partitionState(
        progressWith({ position: huge, highWatermark: huge, logStartOffset: 3n }),
        none,
      ),
      {
        partition: 0,
        percent: 100,
        position: '4611686018427387905',
        logStartOffset: '3',
        highWatermark: '4611686018427387905',
      },
    )
    const problem = { code: 'X', message: 'No leader.' }
    assert.deepEqual(partitionState(progressWith({ position: 0n, problem }), none), {
      partition: 0,
      problem,
    })
  })

  it('says what holds its end back, and who', () => {
    const held = progressWith({ highWatermark: 90n, lastStableOffset: 70n })
    assert.equal(heldBackAt(held), 70n)
    assert.equal(heldBackAt(progressWith({ highWatermark: 90n, lastStableOffset: 90n })), undefined)
    const producers = [{ producerId: 4012n, producerEpoch: 0, startOffset: 70n, lastTimestamp: 5 }]
    const state = partitionState(held, new Map([[0, producers]]))
    assert.equal(state.lastStableOffset, '70')
    assert.deepEqual(state.openTransactions, [
      { producerId: '4012', startOffset: '70', lastTimestamp: 5 },
    ])
    const free = partitionState(progressWith({ highWatermark: 90n }), new Map([[0, producers]]))
    assert.equal(free.openTransactions, undefined)
  })
})

describe('the state of a view', () => {
  const parts = {
    reading: topicReading('local', 'orders'),
    cluster: 'Local',
    session: sessionWith(),
    shown: { notes: true, backwards: false, duplicates: false },
    formats: auto,
    revision: 3,
    filters: NO_FILTERS,
    layout: DEFAULT_LAYOUT,
    canProduce: true,
    notice: undefined,
    defaultOffset: 'latest' as const,
    openTransactions: none,
  }

  it('is there before anything is held', () => {
    const state = messagesState(parts)
    assert.deepEqual(
      [state.topic, state.cluster, state.from, state.partitions, state.count, state.progress],
      ['orders', 'Local', 'last 100 of each partition', 'all', 0, []],
    )
    assert.equal(state.filter, '')
    assert.equal(state.isolation, 'read_committed')
    assert.deepEqual(state.saved, parts.reading)
  })

  it('tells what is held, and how it goes', () => {
    const held = heldWith({
      rows: 7,
      dropped: 2,
      recordsMatched: 5,
      progress: [progressWith(), progressWith({ partition: 1 })],
      filterFailures: { count: 1, first: 'no such field' },
    })
    const problem = { code: 'X', message: 'No leader.' }
    const state = messagesState({
      ...parts,
      session: sessionWith({ held, problem, startedAt: 10, joined: true }),
      reading: withFilter(parts.reading, 'size > 1'),
    })
    assert.deepEqual([state.count, state.dropped, state.recordsMatched], [7, 2, 5])
    assert.deepEqual([state.partitions, state.filter, state.revision], ['all 2', 'size > 1', 3])
    assert.deepEqual([state.problem, state.startedAt, state.endedAt], [problem, 10, undefined])
    assert.deepEqual(state.filterFailures, { count: 1, first: 'no such field' })
    assert.equal('group' in state, false)
  })

  it('names the group only where it is joined, and the session speaks first', () => {
    const reading = { ...parts.reading, text: { ...parts.reading.text, group: 'billing' } }
    const state = (joined: boolean) =>
      messagesState({
        ...parts,
        reading: withProperties(reading, { isolation: 'read_uncommitted' }),
        notice: 'from the panel',
        session: sessionWith({ joined, notice: joined ? 'from the session' : undefined }),
      })
    assert.equal(state(true).group, 'billing')
    assert.equal(state(false).group, undefined)
    assert.equal(state(true).notice, 'from the session')
    assert.equal(state(false).notice, 'from the panel')
    assert.equal(state(false).isolation, 'read_uncommitted')
  })
})

describe('revisions of rows', () => {
  it('are never those of the view before', () => {
    const revisions = new Revisions()
    const [a, b] = [{}, {}]
    const seen = [
      revisions.of(undefined, 0),
      revisions.of(a, 0),
      revisions.of(a, 4),
      revisions.of(b, 0),
      revisions.of(b, 2),
      revisions.of(undefined, 0),
    ]
    assert.equal(new Set(seen).size, seen.length)
    assert.deepEqual(
      seen.toSorted((x, y) => x - y),
      seen,
    )
    assert.equal(revisions.of(undefined, 0), seen.at(-1))
  })
})

describe('a layout that is kept', () => {
  it('comes back, and what makes no sense does not', () => {
    const layout = {
      widths: { key: 120 },
      hidden: ['size'],
      folded: ['headers'],
      valueView: 'hex' as const,
      detailWidth: 500,
    }
    assert.deepEqual(keptLayout(JSON.parse(JSON.stringify(layout))), layout)
    for (const odd of [
      undefined,
      7,
      { widths: { a: -1, b: 'x' }, hidden: 'all', valueView: 'x', detailWidth: NaN },
    ])
      assert.deepEqual(keptLayout(odd), DEFAULT_LAYOUT)
  })
})

function memento() {
  const values = new Map<string, unknown>()
  return {
    values,
    keys: () => [...values.keys()],
    get: <T>(key: string, otherwise?: T) => (values.get(key) as T | undefined) ?? otherwise,
    update: (key: string, value: unknown) => {
      values.set(key, value === undefined ? undefined : JSON.parse(JSON.stringify(value)))
      return Promise.resolve()
    },
  }
}

describe('the memory of views', () => {
  it('keeps filters per topic of a cluster, as another window left them', () => {
    const state = memento()
    const [one, other] = [messagesMemory(state), messagesMemory(state)]
    one.changeFilters('local', 'orders', kept => withRun(kept, 'a'))
    other.changeFilters('local', 'orders', kept => withRun(kept, 'b'))
    assert.deepEqual(one.filters('local', 'orders').history, [{ text: 'b' }, { text: 'a' }])
    assert.deepEqual(one.filters('local', 'payments'), NO_FILTERS)
    assert.deepEqual(one.filters('prod', 'orders'), NO_FILTERS)
  })

  it('starts the next view as the last one was arranged', () => {
    const memory = messagesMemory(memento())
    assert.deepEqual(memory.layout(), DEFAULT_LAYOUT)
    memory.keepLayout({ ...DEFAULT_LAYOUT, hidden: ['size'] })
    assert.deepEqual(memory.layout().hidden, ['size'])
  })
})

describe('what open views read', () => {
  const orders = topicReading('local', 'orders')
  const chosen = { ...orders, filter: 'size > 1' }

  it('comes back as it was chosen last, whatever the editor has kept', () => {
    const state = memento()
    assert.deepEqual(keptReadings(state).latest(orders), orders)
    keptReadings(state).keep(chosen, chosen.id)
    assert.deepEqual(keptReadings(state).latest(orders), chosen)
  })

  it('is another topic where the view was taken there', () => {
    const state = memento()
    const payments = topicReading('local', 'payments')
    keptReadings(state).keep(payments, orders.id)
    assert.deepEqual(keptReadings(state).latest(orders), payments)
    assert.deepEqual(keptReadings(state).latest(payments), payments)
  })

  it('is forgotten with the view, and what makes no sense is left out', async () => {
    const state = memento()
    keptReadings(state).keep(chosen, chosen.id)
    keptReadings(state).forget(chosen.id)
    assert.deepEqual(keptReadings(state).latest(orders), orders)
    await state.update(state.keys()[0] ?? '', { text: 7 })
    assert.deepEqual(keptReadings(state).latest(orders), orders)
  })
})

describe('a record that is to be shown', () => {
  function fixture() {
    const rows = new Map<string, number>()
    const log: string[] = []
    const session: { view: RecordView | undefined; phase: 'connecting' | 'reading' | 'following' } =
      { view: undefined, phase: 'connecting' }
    const view = {
      locate: ({ partition, offset }: RecordName) =>
        Promise.resolve(rows.get(`${partition}:${offset}`)),
    } as unknown as RecordView
    const reveal = new Reveal(
      session,
      (row, record) => log.push(`row ${row} of ${record?.partition}:${record?.offset}`),
      ({ offset }) => log.push(`missing ${offset}`),
    )
    return { rows, log, session, view, reveal }
  }
  const name = { partition: 0, offset: '5' }

  it('waits until it is held, and until there is a page', async () => {
    const { rows, log, session, view, reveal } = fixture()
    reveal.want(name)
    Object.assign(session, { view, phase: 'reading' })
    reveal.look()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(log, [])
    rows.set('0:5', 12)
    reveal.look()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(log, [])
    reveal.ready()
    assert.deepEqual(log, ['row 12 of 0:5'])
    reveal.ready()
    reveal.look()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(log, ['row 12 of 0:5'])
  })

  it('is missed once all is read', async () => {
    const { log, session, view, reveal } = fixture()
    reveal.ready()
    Object.assign(session, { view, phase: 'following' })
    reveal.want(name)
    await until('an answer', () => log.length > 0)
    reveal.look()
    await new Promise(resolve => setImmediate(resolve))
    assert.deepEqual(log, ['missing 5'])
  })
})
