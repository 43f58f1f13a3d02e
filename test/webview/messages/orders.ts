import type { MessagesState, NoteRow, RecordRow } from '../../../src/protocol/messages.ts'

/** Records of a made-up topic, made from their number: a million of them cost nothing. */
export const PARTITIONS = 6
export const FIRST_OFFSET = 690_000
/** Ms between two records. */
export const PACE = 3.6
/** The first record's time. */
export const START = new Date('2026-11-20T13:02:10').getTime()
/** Of so many records one is a match of the filter. */
export const STRIDE = 80

const CITIES = ['Berlin', 'Lyon', 'Seoul', 'Porto', 'Graz', 'Oslo', 'Turin', 'Ghent']
const REASONS = ['card_declined', 'no_stock', 'address', 'fraud_check', 'timeout']
const STATES = ['PAID', 'NEW', 'SHIPPED', 'PAID', 'PACKED', 'FAILED']

function seeded(seed: number): () => number {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

export function timeOf(index: number): number {
  return Math.round(START + index * PACE)
}

export function valueOf(index: number): Record<string, unknown> {
  const next = seeded(index * 7919 + 13)
  const pick = <T>(all: readonly T[]) => all[Math.floor(next() * all.length)]
  const failed = index % STRIDE === 0
  const status = failed ? 'FAILED' : pick(STATES)
  return {
    id: `o-${480_000 + index}`,
    status,
    amount: Math.round(((failed ? 100 : 4) + next() * 900) * 100) / 100,
    currency: next() > 0.3 ? 'EUR' : 'KRW',
    ...(status === 'FAILED' && { reason: pick(REASONS) }),
    customer: { id: `c-${Math.floor(10_000 + next() * 89_999)}`, city: pick(CITIES) },
    items: 1 + Math.floor(next() * 5),
  }
}

export function isBad(index: number): boolean {
  return index % (STRIDE * 40) === STRIDE * 3
}

export function recordOf(index: number): RecordRow {
  const value = JSON.stringify(valueOf(index))
  return {
    kind: 'record',
    partition: index % PARTITIONS,
    offset: String(FIRST_OFFSET + Math.floor(index / PARTITIONS)),
    timestamp: timeOf(index),
    key: { kind: 'text', text: `o-${480_000 + index}` },
    value: isBad(index)
      ? {
          kind: 'error',
          text: 'Not decoded: schema 42 is not in the registry',
          bytes: '000000002a106f2d34383336',
        }
      : { kind: 'json', text: value },
    headers: index % 9 === 0 ? 3 : 2,
    headerText: 'trace-id: 4bf92f3577b34da6, source: checkout-web',
    size: value.length + 40,
    ...(index % 50 === 7 && { backwards: true as const }),
    ...(index % 50 === 9 && {
      repeatedAt: String(FIRST_OFFSET + Math.floor(index / PARTITIONS) + 70),
    }),
  }
}

export function indexOf(partition: number, offset: string): number {
  return (Number(offset) - FIRST_OFFSET) * PARTITIONS + partition
}

/** What stands before this record, where something does. */
export function noteOf(index: number): NoteRow | undefined {
  const at = index % 1000
  const partition = index % PARTITIONS
  const offset = FIRST_OFFSET + Math.floor(index / PARTITIONS)
  const row = { partition, offset: String(offset) }
  if (at === 10) return { ...row, kind: 'gap', lastOffset: String(offset + 311), count: 312 }
  if (at === 16)
    return {
      ...row,
      kind: 'aborted',
      lastOffset: String(offset + 6),
      count: 7,
      producerId: '4012',
    }
  if (at === 24)
    return {
      ...row,
      kind: 'marker',
      lastOffset: row.offset,
      count: 1,
      producerId: '4018',
      committed: true,
    }
  return undefined
}

export const FIELDS = [
  'value.id',
  'value.status',
  'value.amount',
  'value.currency',
  'value.reason',
  'value.customer',
  'value.customer.id',
  'value.customer.city',
  'value.items',
]

export const FILTER = 'value.status == "FAILED" && value.amount > 100'

export const STATE: MessagesState = {
  saved: {
    id: 'view-1',
    clusterId: 'local',
    adjustable: true,
    text: { properties: { topic: 'orders', from: 'tail(1000000)', to: 'latest' } },
  },
  topic: 'orders',
  cluster: 'local',
  from: 'last 1,000,000',
  partitions: `all ${PARTITIONS}`,
  adjustable: true,
  isolation: 'read_committed',
  decodeAs: { key: 'auto', value: 'auto' },
  filter: '',
  filters: {
    history: [
      { text: FILTER, matched: 12_500 },
      { text: 'value.customer.city == "Graz"', matched: 61_733 },
      { text: 'key.startsWith("o-4836")', matched: 100 },
      { text: 'headers["source"] == "import"', matched: 0 },
    ],
    saved: [{ text: 'value.amount > 800', name: 'Large orders' }],
  },
  shown: { notes: true, markers: true, backwards: true, duplicates: true },
  layout: { widths: {}, hidden: [], folded: ['readBy'], valueView: 'tree' },
  canProduce: true,
  phase: 'done',
  startedAt: START,
  count: 0,
  dropped: 0,
  revision: 1,
  recordsShown: 0,
  recordsHeld: 0,
  recordsRead: 0,
  recordsMatched: 0,
  errors: 0,
  notes: { gaps: 0, missingOffsets: 0, aborted: 0, abortedRecords: 0, markers: 0 },
  bytesRead: 0,
  recordsPerSecond: 0,
  bytesPerSecond: 0,
  memory: 31.2 * 1024 * 1024,
  budget: 64 * 1024 * 1024,
  progress: Array.from({ length: PARTITIONS }, (_, partition) => ({
    partition,
    percent: 100,
    position: '856667',
    logStartOffset: '0',
    highWatermark: '856667',
  })),
  fields: FIELDS,
}

/** Of a reading that has come to its end. */
export const ENDED: Partial<MessagesState> = { to: 'end as of now', endedAt: START + 2400 }
