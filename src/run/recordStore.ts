import { recordAt, type RecordPage } from '../kafka/page.ts'
import type { KafkaRecord } from '../kafka/record.ts'

/** Some records that share memory: a page of a reader, or records handed over one by one. */
export interface Chunk {
  readonly count: number
  /** What keeping the chunk costs. */
  readonly bytes: number
  at(index: number): KafkaRecord
  timestampAt(index: number): number
  partitionAt(index: number): number
  offsetAt(index: number): bigint
}

/** Bytes that a row costs beside its chunk: a guess that is right within a factor of two. */
const ROW_BYTES = 64

interface Row {
  readonly chunk: HeldChunk
  readonly index: number
  /** The timestamp, raised so that a partition's records never change places. */
  readonly time: number
}

interface HeldChunk extends Chunk {
  live: number
}

/**
 * Records in the order of their time, within a budget of bytes: when it is full, the oldest rows
 * go. A partition's records always keep the order of their offsets, whatever their timestamps say.
 */
export class RecordStore {
  readonly budget: number
  #rows: Row[] = []
  #bytes = 0
  #dropped = 0
  #revision = 0
  /** Rows before it stay where they are: what came while reading caught up is in order, the rest is appended. */
  #settled = 0
  readonly #lastTime = new Map<number, number>()

  constructor(budget: number) {
    this.budget = budget
  }

  get count(): number {
    return this.#rows.length
  }

  get bytes(): number {
    return this.#bytes
  }

  get dropped(): number {
    return this.#dropped
  }

  /** Goes up whenever rows changed places. */
  get revision(): number {
    return this.#revision
  }

  add(chunks: readonly Chunk[]): void {
    const added = chunks.flatMap(chunk => this.#hold(chunk))
    if (added.length === 0) return
    added.sort((a, b) => a.time - b.time)
    this.#merge(added)
    this.#dropOldest()
  }

  /** From here on new records go to the end: a reader that sees the rows is not disturbed. */
  settle(): void {
    this.#settled = this.#rows.length
  }

  /** Rows by their number, which counts those that were dropped before them. */
  rows(from: number, count: number): { readonly from: number; readonly records: KafkaRecord[] } {
    const start = Math.max(0, from - this.#dropped)
    const end = Math.max(start, from + count - this.#dropped)
    return { from: start + this.#dropped, records: this.#rows.slice(start, end).map(recordOf) }
  }

  find(partition: number, offset: bigint): KafkaRecord | undefined {
    const found = this.#rows.find(
      ({ chunk, index }) =>
        chunk.partitionAt(index) === partition && chunk.offsetAt(index) === offset,
    )
    return found && recordOf(found)
  }

  clear(): void {
    this.#rows = []
    this.#bytes = 0
    this.#dropped = 0
    this.#settled = 0
    this.#lastTime.clear()
    this.#revision++
  }

  #hold(chunk: Chunk): Row[] {
    if (chunk.count === 0) return []
    const held: HeldChunk = { ...chunk, live: chunk.count }
    this.#bytes += chunk.bytes
    const rows: Row[] = []
    for (let index = 0; index < chunk.count; index++) {
      const partition = chunk.partitionAt(index)
      const time = Math.max(this.#lastTime.get(partition) ?? -Infinity, chunk.timestampAt(index))
      this.#lastTime.set(partition, time)
      rows.push({ chunk: held, index, time })
    }
    this.#bytes += rows.length * ROW_BYTES
    return rows
  }

  #merge(added: Row[]): void {
    const first = added[0]?.time ?? 0
    const rows = this.#rows
    let start = rows.length
    while (start > this.#settled && (rows[start - 1]?.time ?? 0) > first) start--
    if (start < rows.length) {
      this.#revision++
      const moved = rows.splice(start)
      for (const row of mergeByTime(moved, added)) rows.push(row)
    } else {
      for (const row of added) rows.push(row)
    }
  }

  #dropOldest(): void {
    let count = 0
    while (this.#bytes > this.budget && count < this.#rows.length - 1) {
      const row = this.#rows[count++]
      if (!row) break
      this.#bytes -= ROW_BYTES
      if (--row.chunk.live === 0) this.#bytes -= row.chunk.bytes
    }
    if (count === 0) return
    this.#rows.splice(0, count)
    this.#dropped += count
    this.#settled = Math.max(0, this.#settled - count)
  }
}

function recordOf(row: Row): KafkaRecord {
  return row.chunk.at(row.index)
}

/** Two lists in order made one; of equals, those that were there come first. */
function mergeByTime(there: readonly Row[], added: readonly Row[]): Row[] {
  const merged: Row[] = []
  let next = 0
  for (const row of there) {
    for (let other = added[next]; other && other.time < row.time; other = added[++next])
      merged.push(other)
    merged.push(row)
  }
  return merged.concat(added.slice(next))
}

/** A page's records; what could not be read stands among them, as a record with its error. */
export function chunkOfPage(page: RecordPage): Chunk {
  const order = orderOf(page)
  return {
    count: page.count + page.errors.length,
    bytes: page.bytes.byteLength + page.count * PAGE_ROW_BYTES,
    at: index => entryAt(page, order?.[index] ?? index),
    timestampAt: index => page.timestamps[order?.[index] ?? index] ?? -1,
    partitionAt: () => page.partition,
    offsetAt: index => offsetOf(page, order?.[index] ?? index),
  }
}

/** Entries from `page.count` on are its errors. */
function entryAt(page: RecordPage, entry: number): KafkaRecord {
  const error = page.errors[entry - page.count]
  if (!error) return recordAt(page, entry)
  const { topic, partition } = page
  const nothing = { key: null, value: null, headers: [], timestamp: -1 }
  return { topic, partition, offset: error.offset, ...nothing, error: error.message }
}

/** Entries by offset, where errors stand between records. */
function orderOf(page: RecordPage): number[] | undefined {
  if (page.errors.length === 0) return undefined
  const entries = Array.from({ length: page.count + page.errors.length }, (_, entry) => entry)
  return entries.sort((a, b) => Number(offsetOf(page, a) - offsetOf(page, b)))
}

function offsetOf(page: RecordPage, entry: number): bigint {
  return page.offsets[entry] ?? page.errors[entry - page.count]?.offset ?? -1n
}

/** What a page's columns hold per record. */
const PAGE_ROW_BYTES = 36

export function chunkOfRecords(records: readonly KafkaRecord[]): Chunk {
  return {
    count: records.length,
    bytes: records.reduce((sum, record) => sum + recordSize(record), 0),
    at: index => {
      const record = records[index]
      if (!record) throw new RangeError(`no record ${index}`)
      return record
    },
    timestampAt: index => records[index]?.timestamp ?? -1,
    partitionAt: index => records[index]?.partition ?? -1,
    offsetAt: index => records[index]?.offset ?? -1n,
  }
}

/** Bytes of a record's key, value and headers, uncompressed and without framing. */
export function recordSize(record: KafkaRecord): number {
  const headers = record.headers.reduce(
    (sum, [name, value]) => sum + name.length + (value?.length ?? 0),
    0,
  )
  return (record.key?.length ?? 0) + (record.value?.length ?? 0) + headers
}
