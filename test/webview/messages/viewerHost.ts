/**
 * Stands for the host of the message viewer in a page without an editor and a broker. The address
 * says what there is: `rows=1000000`, `filter=…`, `range=from-to` (numbers of records),
 * `phase=following`, `state=empty|error|failed|connecting`. `window.fake` is for tests.
 */
import { openChannel, type Port } from '../../../src/protocol/channel.ts'
import type {
  FilterCheck,
  MessagesHost,
  MessagesState,
  MessagesView,
  RecordDetail,
  RecordName,
  Row,
  Rows,
  RowsRequest,
  Timeline,
} from '../../../src/protocol/messages.ts'
import {
  ENDED,
  FIRST_OFFSET,
  indexOf,
  isBad,
  noteOf,
  PACE,
  PARTITIONS,
  recordOf,
  START,
  STATE,
  STRIDE,
  timeOf,
  valueOf,
} from './orders.ts'

const query = new URLSearchParams(location.search)
let total = Number(query.get('rows') ?? 1_000_000)
const asked: [name: string, params: unknown][] = []
const listeners: ((message: unknown) => void)[] = []
let kept: unknown

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      // As VS Code does: what crosses is JSON, and it crosses later.
      const text = JSON.stringify(message)
      setTimeout(() => {
        for (const listener of listeners) listener(JSON.parse(text))
      })
    },
    getState: () => kept,
    setState: (value: unknown) => {
      kept = value
    },
  }),
})

const port: Port = {
  post: message => {
    window.postMessage(JSON.parse(JSON.stringify(message)), '*')
  },
  onMessage: listener => {
    listeners.push(listener)
    return { dispose: () => undefined }
  },
}

/** Without a filter the notes of each thousand records stand among them. */
const NOTES = [10, 16, 24]

let state: MessagesState = first()

function first(): MessagesState {
  const filter = query.get('filter') ?? ''
  const phase = (query.get('phase') ?? 'done') as MessagesState['phase']
  const [from, to] = query.get('range')?.split('-').map(Number) ?? []
  const range =
    from === undefined || to === undefined ? {} : { range: { from: timeOf(from), to: timeOf(to) } }
  const live = phase !== 'done'
  return counted({
    ...(live ? { ...STATE, from: 'now on' } : { ...STATE, ...ENDED }),
    filter,
    phase,
    shown: { ...STATE.shown, ...range },
    ...(live && { recordsPerSecond: 20, bytesPerSecond: 6400 }),
    ...special(query.get('state') ?? ''),
  })
}

function special(name: string): Partial<MessagesState> {
  switch (name) {
    case 'empty':
      return { filter: 'value.state == "FAILED" && value.amount > 100' }
    case 'error':
      return {
        phase: 'reading',
        progress: STATE.progress.map(partition => ({
          ...partition,
          percent: 70 + partition.partition,
          ...(partition.partition === 4 && {
            problem: {
              code: 'LEADER_NOT_AVAILABLE',
              message: 'orders-4 has no leader.',
              advice: 'Reading stands at offset 742,118 and goes on by itself.',
            },
          }),
        })),
      }
    case 'failed':
      return {
        phase: 'failed',
        problem: {
          code: 'refused',
          message: 'localhost:9092 does not answer: connection refused.',
          advice: 'Next try in 8 s.',
        },
      }
    case 'connecting':
      return { phase: 'connecting', startedAt: Date.now() - 4000 }
    case 'held':
      return {
        progress: STATE.progress.map(partition => ({
          ...partition,
          ...(partition.partition === 2 && {
            lastStableOffset: '856600',
            openTransactions: [
              { producerId: '4018', startOffset: '856600', lastTimestamp: Date.now() - 240_000 },
            ],
          }),
        })),
      }
    default:
      return {}
  }
}

/** The numbers of the records that are shown, as a stretch with a stride. */
function shownRecords({ filter, shown }: MessagesState) {
  if (filter.includes('value.state ') || total === 0) return { from: 0, count: 0, stride: 1 }
  const stride = filter === '' ? 1 : STRIDE
  const first = shown.range ? Math.max(0, (shown.range.from - START) / PACE) : 0
  const end = shown.range ? Math.min(total, (shown.range.to - START) / PACE) : total
  const from = Math.ceil(first / stride) * stride
  return { from, count: Math.max(0, Math.ceil((end - from) / stride)), stride }
}

function hasNotes({ filter, shown }: MessagesState): boolean {
  return shown.notes && filter === '' && !shown.range
}

function rowCount(of: MessagesState): number {
  const { count } = shownRecords(of)
  if (!hasNotes(of)) return count
  return (
    count + Math.floor(count / 1000) * NOTES.length + NOTES.filter(at => at < count % 1000).length
  )
}

function rowAt(number: number): Row {
  const { from, stride } = shownRecords(state)
  if (!hasNotes(state)) return recordOf(from + number * stride)
  const thousand = Math.floor(number / (1000 + NOTES.length))
  let at = number % (1000 + NOTES.length)
  for (const note of NOTES) {
    if (at === note) return noteOf(thousand * 1000 + note) ?? recordOf(thousand * 1000 + note)
    if (at < note) break
    at--
  }
  return recordOf(thousand * 1000 + at)
}

function numberOf(index: number): number | undefined {
  const { from, count, stride } = shownRecords(state)
  if (!hasNotes(state)) {
    const number = (index - from) / stride
    return Number.isInteger(number) && number >= 0 && number < count ? number : undefined
  }
  const at = index % 1000
  const before = NOTES.filter(note => note <= at).length
  return Math.floor(index / 1000) * (1000 + NOTES.length) + at + before
}

function counted(of: MessagesState): MessagesState {
  const isFailed = of.phase === 'failed' || of.phase === 'connecting'
  const matched = shownRecords({ ...of, shown: { ...of.shown, range: undefined } as never }).count
  return {
    ...of,
    count: isFailed ? 0 : rowCount(of),
    recordsShown: shownRecords(of).count,
    recordsHeld: matched,
    recordsRead: isFailed ? 0 : total,
    recordsMatched: matched,
    bytesRead: total * 410,
    errors: Math.floor(total / (STRIDE * 40)),
    notes: { gaps: 3, missingOffsets: 936, aborted: 2, abortedRecords: 14, markers: 1204 },
  }
}

const STEPS = [1, 2, 5, 10, 15, 30].flatMap(n => [n, n * 60]).sort((a, b) => a - b)

function timeline(bins: number): Timeline {
  const span = (total * PACE) / 1000
  const step = (STEPS.find(each => span / each <= bins) ?? 3600) * 1000
  const start = Math.floor(START / step) * step
  const count = Math.ceil((timeOf(total) - start) / step)
  const wave = (bin: number) => {
    const u = bin / count
    return 0.46 + 0.2 * Math.sin(u * 9) + (0.24 * ((bin * 7919) % 97)) / 97
  }
  const peak = (bin: number) => Math.exp(-(((bin / count - 0.64) / 0.045) ** 2))
  const bin = (each: (bin: number) => number) => Array.from({ length: count }, (_, i) => each(i))
  const none = state.filter.includes('value.state ')
  return {
    start,
    binMs: step,
    read: bin(i => Math.round(wave(i) * 4800)),
    matched: bin(i =>
      none
        ? 0
        : state.filter === ''
          ? Math.round(wave(i) * 4800)
          : Math.round(8 + 8 * wave(i) + 60 * peak(i)),
    ),
    errors: bin(i => (Math.abs(i / count - 0.62) < 0.004 ? 2 : 0)),
    timeless: 0,
  }
}

function check(text: string): FilterCheck {
  if (text.trim() === '') return { kind: 'none' }
  if (/^".*"$/.test(text)) return { kind: 'text', exact: true }
  if (!/[=<>]|\w\(|&&|\|\||\.\w+$/.test(text)) return { kind: 'text', exact: false }
  if (/(?:==|&&|>|<)\s*$/.test(text))
    return {
      kind: 'error',
      message: 'An operand is missing here.',
      from: text.length,
      to: text.length,
    }
  const paths = [...text.matchAll(/\b(?:key|value|headers)(?:\.\w+(?!\()|\["\w+"\])*/g)]
  return {
    kind: 'expression',
    paths: paths.map(({ 0: path, index }) => ({ path, from: index, to: index + path.length })),
  }
}

function detail({ partition, offset }: RecordName): RecordDetail {
  const index = indexOf(partition, offset)
  const row = recordOf(index)
  const value = JSON.stringify({ ...valueOf(index), gift: false, coupon: null })
  return {
    topic: 'orders',
    partition,
    offset,
    timestamp: timeOf(index),
    key: { format: 'string', cell: row.key, bytes: 8, cut: false },
    value: {
      format: 'json',
      cell: isBad(index) ? row.value : { kind: 'json', text: value },
      bytes: row.size,
      cut: false,
    },
    headers: [
      { name: 'trace-id', value: { kind: 'text', text: '4bf92f3577b34da6a3ce929d0e0e4736' } },
      { name: 'source', value: { kind: 'text', text: 'checkout-web' } },
    ],
    size: row.size,
  }
}

function rows({ from, count }: RowsRequest): Rows {
  const end = Math.min(from + count, state.count + state.dropped)
  const first = Math.max(from, state.dropped)
  return {
    from: first,
    revision: state.revision,
    rows: Array.from({ length: Math.max(0, end - first) }, (_, i) => rowAt(first + i)),
  }
}

function change(to: Partial<MessagesState>, changesRows = false): void {
  state = counted({ ...state, ...to })
  if (changesRows) state = { ...state, revision: state.revision + 1 }
  channel.send('state', state)
}

const nothing = () => undefined

const channel = openChannel<MessagesHost, MessagesView>(
  port,
  {
    requests: {
      rows: request => {
        asked.push(['rows', request])
        return rows(request)
      },
      timeline: ({ bins }) => timeline(bins),
      detail,
      hex: ({ from, count }) => ({ from, hex: '00'.repeat(count), total: 239 }),
      readBy: () => ({ groups: [] }),
      locate: place =>
        'timestamp' in place
          ? numberOf(Math.floor((place.timestamp - START) / PACE))
          : numberOf(indexOf(place.partition, place.offset)),
      checkFilter: check,
      filter: text => {
        asked.push(['filter', text])
        const { notes, backwards, duplicates } = state.shown
        const shown = { notes, backwards, duplicates }
        const history = [{ text, matched: 12_500 }, ...state.filters.history]
        change({ filter: text, shown, filters: { ...state.filters, history } }, true)
        return undefined
      },
      saveFilter: params => {
        asked.push(['saveFilter', params])
        change({ filters: { ...state.filters, saved: [...state.filters.saved, params] } })
        return undefined
      },
      forgetFilter: params => {
        asked.push(['forgetFilter', params])
        const without = state.filters.saved.filter(({ text }) => text !== params.text)
        change({ filters: { ...state.filters, saved: without } })
        return undefined
      },
      ...recording([
        'open',
        'reproduce',
        'exportRecords',
        'openLag',
        'jump',
        'choose',
        'read',
        'compare',
        'newProducerFile',
        'showLog',
      ]),
      copy: params => {
        asked.push(['copy', params])
        return fake.copies ? params.records.length : 0
      },
    },
    events: {
      ready: () => {
        channel.send('state', state)
      },
      start: recorded('start', nothing),
      stop: recorded('stop', () => {
        change({ phase: 'stopped' })
      }),
      pause: recorded('pause', () => {
        change({ phase: 'paused' })
      }),
      resume: recorded('resume', () => {
        change({ phase: 'following' })
      }),
      show: shown => {
        asked.push(['show', shown])
        change({ shown }, true)
      },
      decodeAs: decodeAs => {
        change({ decodeAs }, true)
      },
      isolation: isolation => {
        asked.push(['isolation', isolation])
        change({ isolation }, true)
      },
      layout: recorded('layout', nothing),
      selected: recorded('selected', nothing),
    },
  },
  1,
)

type Recorded =
  | 'open'
  | 'reproduce'
  | 'exportRecords'
  | 'openLag'
  | 'jump'
  | 'choose'
  | 'read'
  | 'compare'
  | 'newProducerFile'
  | 'showLog'

function recording(names: readonly Recorded[]): Record<Recorded, (params: unknown) => undefined> {
  return Object.fromEntries(
    names.map(name => [
      name,
      (params: unknown) => {
        asked.push([name, params])
        return undefined
      },
    ]),
  ) as Record<Recorded, (params: unknown) => undefined>
}

function recorded(name: string, then: () => void): (params?: unknown) => void {
  return params => {
    asked.push([name, params])
    then()
  }
}

/** What a test does to the host, and what the host was asked. */
const fake = {
  asked,
  /** Whether what is copied gets into the clipboard. */
  copies: true,
  add: (count: number) => {
    total += count
    change({})
  },
  drop: (count: number) => {
    state = { ...state, dropped: state.dropped + count }
    channel.send('state', { ...state, count: state.count - count })
  },
  /** Rows change places as they do while partitions come in one after the other. */
  reorder: () => {
    change({}, true)
  },
  reveal: (row: number, record?: RecordName) => {
    channel.send('reveal', { row, ...(record && { record }) })
  },
  command: (name: MessagesView['events']['command']) => {
    channel.send('command', name)
  },
  change,
  first: FIRST_OFFSET,
  partitions: PARTITIONS,
}
Object.assign(window, { fake })
export type Fake = typeof fake
