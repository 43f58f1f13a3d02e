import { ProblemError, type Problem } from '../../base/problem.ts'
import { recordAt, type RecordPage } from '../../kafka/page.ts'
import type { ReadRequest } from '../../kafka/reading.ts'
import type { KafkaRecord } from '../../kafka/record.ts'
import type { RecordName } from '../../kafka/recordView.ts'
import type { Scan } from './heldView.ts'

/** Reading a stretch again may take so long, ms. */
const REREAD_TIMEOUT = 30_000
/** Records that stand so close in their partition are read together, and what lies between them. */
const NEAR = 16n
/** No more than these offsets at once: what lies between is read for nothing. */
const MOST_TOGETHER = 128n

/** One partition's offsets from the first to the last that is wanted. */
interface Stretch {
  readonly partition: number
  readonly offsets: bigint[]
}

export interface RereadOptions {
  readonly topic: string
  readonly isolation: ReadRequest['isolation']
  readonly scan: Scan
}

/**
 * The record whole, from the broker. Rejects with `ProblemError` where it is not in the log any more,
 * or does not come in time.
 */
export async function reread(
  name: RecordName,
  options: RereadOptions,
  cancelled: AbortSignal,
): Promise<KafkaRecord> {
  const found = await readAll([name], options, cancelled)
  const record = found.get(keyOf(name))
  if (!record) throw new ProblemError(gone(name))
  return record
}

/**
 * These in their order, those whole of which only the name is given. One that is not in the log any
 * more says so as its `error`; rejects with `ProblemError` where they do not come in time.
 */
export async function completed(
  parts: readonly (KafkaRecord | RecordName)[],
  options: RereadOptions,
  cancelled: AbortSignal,
): Promise<KafkaRecord[]> {
  const names = parts.filter(isName)
  const found = await readAll(names, options, cancelled)
  return parts.map(part =>
    isName(part) ? (found.get(keyOf(part)) ?? goneRecord(options.topic, part)) : part,
  )
}

function isName(part: KafkaRecord | RecordName): part is RecordName {
  return !('value' in part)
}

function goneRecord(topic: string, name: RecordName): KafkaRecord {
  return {
    topic,
    partition: name.partition,
    offset: BigInt(name.offset),
    timestamp: -1,
    key: null,
    value: null,
    headers: [],
    error: gone(name).message,
  }
}

async function readAll(
  names: readonly RecordName[],
  options: RereadOptions,
  cancelled: AbortSignal,
): Promise<ReadonlyMap<string, KafkaRecord>> {
  const found = new Map<string, KafkaRecord>()
  for (const stretch of stretchesOf(names)) {
    for (const record of await readStretch(stretch, options, cancelled)) {
      found.set(keyOf({ partition: record.partition, offset: `${record.offset}` }), record)
    }
  }
  return found
}

function keyOf({ partition, offset }: RecordName): string {
  return `${partition}:${offset}`
}

function stretchesOf(names: readonly RecordName[]): readonly Stretch[] {
  const places = names
    .map(({ partition, offset }) => ({ partition, offset: BigInt(offset) }))
    .sort((a, b) => a.partition - b.partition || Number(a.offset - b.offset))
  const stretches: Stretch[] = []
  for (const { partition, offset } of places) {
    const last = stretches.at(-1)
    const [first = offset] = last?.offsets ?? []
    const before = last?.offsets.at(-1) ?? offset
    const isNear = offset - before <= NEAR && offset - first < MOST_TOGETHER
    if (last?.partition === partition && isNear) last.offsets.push(offset)
    else stretches.push({ partition, offsets: [offset] })
  }
  return stretches
}

async function readStretch(
  stretch: Stretch,
  { topic, isolation, scan }: RereadOptions,
  cancelled: AbortSignal,
): Promise<readonly KafkaRecord[]> {
  const { partition, offsets } = stretch
  const first = offsets[0] ?? 0n
  const last = offsets.at(-1) ?? first
  const wanted = new Set(offsets)
  const records: KafkaRecord[] = []
  const timeout = AbortSignal.timeout(REREAD_TIMEOUT)
  const request: ReadRequest = {
    topic,
    partitions: [partition],
    from: { all: { kind: 'offset', offset: first } },
    to: { all: { kind: 'offset', offset: last + 1n } },
    ...(isolation !== undefined && { isolation }),
  }
  try {
    await scan(request, {
      signal: AbortSignal.any([cancelled, timeout]),
      emit: ({ pages }) => {
        for (const page of pages) records.push(...recordsIn(page, wanted))
        return Promise.resolve()
      },
    })
  } catch (error) {
    if (!timeout.aborted) throw error
  }
  cancelled.throwIfAborted()
  if (timeout.aborted) throw new ProblemError(tooSlow({ partition, offset: `${first}` }))
  return records
}

function* recordsIn(page: RecordPage, wanted: ReadonlySet<bigint>): Generator<KafkaRecord> {
  for (let row = 0; row < page.count; row++) {
    if (wanted.has(page.offsets[row] ?? -1n)) yield withOwnBytes(recordAt(page, row))
  }
}

/** A record's bytes are views into the page, which would go along to another thread. */
function withOwnBytes(record: KafkaRecord): KafkaRecord {
  const own = (bytes: Uint8Array | null) => (bytes ? new Uint8Array(bytes) : null)
  return {
    ...record,
    key: own(record.key),
    value: own(record.value),
    headers: record.headers.map(([name, value]) => [name, own(value)]),
  }
}

function gone({ partition, offset }: RecordName): Problem {
  return {
    code: 'gone',
    message: `Offset ${offset} of partition ${partition} is no longer in the topic.`,
    advice: 'It was deleted by retention or compaction since it was read.',
  }
}

function tooSlow({ partition, offset }: RecordName): Problem {
  return {
    code: 'timeout',
    message: `Offset ${offset} of partition ${partition} could not be read within ${REREAD_TIMEOUT / 1000} s.`,
    advice: 'Try again.',
  }
}
