import { AUTO, type RecordFormats } from '../../src/kafka/format.ts'
import type { KafkaRecord } from '../../src/kafka/record.ts'
import { NOTHING_HELD, type ViewState } from '../../src/kafka/recordView.ts'
import type { SessionState } from '../../src/vscode/messages/session.ts'

export const utf8 = (text: string) => new TextEncoder().encode(text)

export function recordWith(more: Partial<KafkaRecord> = {}): KafkaRecord {
  return {
    topic: 'orders',
    partition: 2,
    offset: 9_007_199_254_740_993n,
    timestamp: Date.UTC(2026, 10, 20),
    key: utf8('o-1'),
    value: utf8('{"id": 9007199254740993}'),
    headers: [],
    ...more,
  }
}

export const auto: RecordFormats = { key: AUTO, value: AUTO }

export const heldWith = (more: Partial<ViewState> = {}): ViewState => ({
  phase: 'reading',
  ...NOTHING_HELD,
  ...more,
})

export const sessionWith = (more: Partial<SessionState> = {}): SessionState => ({
  phase: 'reading',
  problem: undefined,
  notice: undefined,
  startedAt: undefined,
  endedAt: undefined,
  joined: false,
  rate: { records: 0, bytes: 0 },
  budgetBytes: 64,
  held: undefined,
  ...more,
})

/** Polls until `holds`; fails with `what` after two seconds. */
export async function until(what: string, holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 2_000
  while (!holds()) {
    if (Date.now() > deadline) throw new Error(`not seen: ${what}`)
    await new Promise(resolve => setImmediate(resolve))
  }
}
