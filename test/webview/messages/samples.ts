import { ProblemError } from '../../../src/base/problem.ts'
import type {
  Cell,
  DetailPart,
  HexRequest,
  MessagesState,
  RecordDetail,
  RecordName,
} from '../../../src/protocol/messages.ts'

/** Records of a made-up topic for pages that show views without a broker, by their offset. */
const ORDER = {
  id: 'o-483632',
  status: 'FAILED',
  amount: 272.5,
  currency: 'EUR',
  reason: 'timeout',
  placedAt: '2026-11-20T13:39:21.804Z',
  gift: false,
  coupon: null,
  customer: { id: 'c-12938', city: 'Graz' },
  items: [
    { sku: 'KB-104', qty: 1, price: 219 },
    { sku: 'MS-220', qty: 2, price: 64.5 },
  ],
}
const LATER = {
  ...ORDER,
  id: 'o-483639',
  amount: 890.08,
  coupon: 'AUTUMN',
  gift: undefined,
  customer: { id: 'c-69174', city: 'Porto' },
}
const MANY = `{"many":[${Array.from({ length: 20_000 }, (_, i) => `{"n":${i},"name":"item ${i}","ok":${i % 2 === 0}}`).join(',')}]}`
const LONG = 'A text that goes on and on, with words that fill several lines. '.repeat(12)

const VALUES: Readonly<Record<string, string>> = {
  752511: JSON.stringify(ORDER),
  753797: JSON.stringify(LATER),
  100: MANY,
  101: MANY.replace('item 7777', 'item seven').replace('"n":15000,', ''),
  102: JSON.stringify({ note: LONG, list: [], empty: {}, 'odd name': 1e21, big: 'x' }),
  103: '{"a":12345678901234567890.10,"a":2,"deep":' + '['.repeat(60) + ']'.repeat(60) + '}',
  104: `2026-11-20 13:39:21 INFO  a line of a log\n\tat somewhere\n${LONG}\nlast`,
  106: '',
}

function cellOf(offset: string, text: string): Cell {
  if (offset === '105')
    return {
      kind: 'error',
      text: 'Not decoded: schema 42 is not in the registry.',
      bytes: '0000000001026f2d34383336',
    }
  if (offset === '107') return { kind: 'null' }
  if (text.startsWith('{')) return { kind: 'json', text }
  return { kind: 'text', text }
}

const CUT_AT = 1_048_576

function part(cell: Cell, whole: number, cut = false): DetailPart {
  const format = {
    null: 'null',
    text: 'string',
    json: 'json',
    binary: 'bytes(base64)',
    error: 'auto',
  }
  return { format: format[cell.kind], cell, bytes: whole, cut }
}

export function valueOf(offset: string): string {
  return (
    VALUES[offset] ?? JSON.stringify({ ...ORDER, id: `o-${offset}`, amount: Number(offset) / 8 })
  )
}

const KEYS: Readonly<Record<string, DetailPart>> = {
  753797: part({ kind: 'text', text: 'o-483639' }, 8),
  109: part({ kind: 'json', text: '{"id":"o-109","part":[1,2]}' }, 27),
  110: part(
    { kind: 'error', text: 'This is no "long": it has 5 bytes instead of 8.', bytes: '6f2d3131' },
    5,
  ),
  111: part({ kind: 'null' }, -1),
}

/** As a host answers `detail`. */
export function detailOf({ partition, offset }: RecordName): RecordDetail {
  if (offset === '404')
    throw new ProblemError({
      code: 'OFFSET_OUT_OF_RANGE',
      message: 'orders-2 has no record at offset 404 any more.',
      advice: 'Read again from the earliest offset.',
    })
  const text = valueOf(offset)
  const cut = offset === '108'
  const value = cut
    ? { kind: 'json' as const, text: `[${MANY},${MANY}]`.slice(0, CUT_AT) }
    : cellOf(offset, text)
  const whole = cut ? 10_695_475 : value.kind === 'null' ? -1 : text.length
  return {
    topic: 'orders',
    partition,
    offset,
    timestamp: 1_795_181_959_613 + (offset === '753797' ? 326 : 0),
    key: KEYS[offset] ?? part({ kind: 'text', text: 'o-483632' }, 8),
    value: part(value, whole, cut),
    headers: [
      { name: 'trace-id', value: { kind: 'text', text: '4bf92f3577b34da6a3ce929d0e0e4736' } },
      { name: 'source', value: { kind: 'text', text: 'checkout-web' } },
      { name: 'source', value: { kind: 'null' } },
    ],
    size: Math.max(0, whole) + 60,
  }
}

/** As a host answers `hex`. */
export function hexOf({ name, part, from, count }: HexRequest) {
  const total = detailOf(name)[part].bytes
  const text = valueOf(name.offset)
  const start = from % text.length
  const bytes = new TextEncoder().encode(
    (text + text).slice(start, start + Math.min(count, total - from)),
  )
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return { from, hex, total }
}

export const STATE: MessagesState = {
  saved: { id: 'v', clusterId: 'local', adjustable: true, text: { properties: {} } },
  topic: 'orders',
  cluster: 'local',
  from: 'earliest',
  partitions: 'all 6',
  adjustable: true,
  isolation: 'read_committed',
  decodeAs: { key: 'auto', value: 'auto' },
  filter: '',
  filters: { history: [], saved: [] },
  shown: { notes: true, backwards: false, duplicates: false },
  layout: { widths: {}, hidden: [], folded: [], valueView: 'tree' },
  canProduce: true,
  phase: 'done',
  count: 10,
  dropped: 0,
  revision: 1,
  recordsShown: 10,
  recordsHeld: 10,
  recordsRead: 10,
  recordsMatched: 10,
  errors: 0,
  notes: { gaps: 0, missingOffsets: 0, aborted: 0, abortedRecords: 0, markers: 0 },
  bytesRead: 1000,
  recordsPerSecond: 0,
  bytesPerSecond: 0,
  memory: 1000,
  budget: 64_000_000,
  progress: [],
  fields: [],
}
