import type { RecordPage } from '../../kafka/page.ts'
import {
  adoptedBlock,
  BlockBuilder,
  newPlace,
  placeInPage,
  rowOfExtra,
  type Block,
  type Extra,
  type Place,
} from './block.ts'

/** A block, and its rows in the order in which they stand in their partition. */
export interface NewBlock {
  readonly block: Block
  /** Ms since the epoch, raised so that a partition's rows never change places. */
  readonly times: Float64Array
  /** Numbers of rows in the block. */
  readonly rows: Uint32Array
}

/** Where a partition's rows have come to. */
interface Reached {
  time: number
  timestamp: number
}

/** A page below this is put together with others. */
const SMALL_PAGE_BYTES = 16 * 1024
/** What is put together is closed at so much, so that a flush finds little to do. */
const MOST_OPEN_ROWS = 8192
const MOST_OPEN_BYTES = 1024 * 1024

/**
 * Makes blocks of pages: a page that fills its bytes becomes a block as it is; of others, records
 * are copied into a block that is open until it is full, or until `close`. Knows of each partition
 * where it has come to.
 */
export class Intake {
  readonly #mostBytes: number
  readonly #reached = new Map<number, Reached>()
  readonly #place = newPlace()
  #open: OpenBlock | undefined

  /** `mostBytes`: no block has much more. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  /** What the open block takes in memory. */
  get openBytes(): number {
    return this.#open?.bytes ?? 0
  }

  /** Blocks that are complete, in the order of their records. */
  *add(page: RecordPage): Generator<NewBlock> {
    const extras = extrasOf(page)
    if (page.count + extras.length === 0) return
    const reached = this.#reachedIn(page.partition)
    const whole = this.#adopted(page, extras, reached)
    if (!whole) {
      yield* this.#copied(page, extras, reached)
      return
    }
    // What came before stays before.
    const open = this.close()
    if (open) yield open
    yield whole
  }

  /** The open block, if there is one. */
  close(): NewBlock | undefined {
    const block = this.#open?.finish()
    this.#open = undefined
    return block
  }

  #reachedIn(partition: number): Reached {
    let reached = this.#reached.get(partition)
    if (!reached) {
      reached = { time: -1, timestamp: -1 }
      this.#reached.set(partition, reached)
    }
    return reached
  }

  #adopted(page: RecordPage, extras: readonly Extra[], reached: Reached): NewBlock | undefined {
    const { count, timestamps } = page
    if (page.bytes.length < SMALL_PAGE_BYTES) return undefined
    const backwards = backwardsIn(page, reached.timestamp)
    const block = adoptedBlock(page, backwards, extras, this.#mostBytes)
    if (!block) return undefined
    const times = new Float64Array(count + extras.length)
    const rows = new Uint32Array(count + extras.length)
    let to = 0
    let { time } = reached
    let next = 0
    for (let row = 0; row < count; row++) {
      if (next < extras.length) {
        for (const before = page.offsets[row] ?? 0n; isBefore(extras[next], before); next++) {
          times[to] = time
          rows[to++] = rowOfExtra(next)
        }
      }
      const timestamp = timestamps[row] ?? -1
      if (timestamp > time) time = timestamp
      times[to] = time
      rows[to++] = row
    }
    for (; next < extras.length; next++) {
      times[to] = time
      rows[to++] = rowOfExtra(next)
    }
    reached.time = time
    if (count > 0) reached.timestamp = timestamps[count - 1] ?? -1
    return { block, times, rows }
  }

  *#copied(
    page: RecordPage,
    extras: readonly Extra[],
    reached: Reached,
  ): Generator<NewBlock, void, undefined> {
    const { count } = page
    const place = this.#place
    for (const row of rowsInOrder(page, extras)) {
      const open = (this.#open ??= new OpenBlock(Math.min(this.#mostBytes, MOST_OPEN_BYTES)))
      const extra = extras[row - count]
      if (extra) open.addExtra(extra, reached.time)
      else {
        placeInPage(page, row, place)
        place.backwards = isBehind(place.timestamp, page.timesBefore?.[row] ?? reached.timestamp)
        advance(reached, place.timestamp)
        open.add(place, reached.time)
      }
      const closed = open.full ? this.close() : undefined
      if (closed) yield closed
    }
    // Lets go of the page.
    place.bytes = NO_BYTES
  }
}

const NO_BYTES = new Uint8Array()

/** A block that records of several pages are copied into. */
class OpenBlock {
  readonly #builder: BlockBuilder
  readonly #times: number[] = []
  readonly #rows: number[] = []
  #inOrder = true

  constructor(mostBytes: number) {
    this.#builder = new BlockBuilder(mostBytes)
  }

  get bytes(): number {
    return this.#builder.bytes + this.#times.length * 16
  }

  get full(): boolean {
    return this.#builder.full || this.#rows.length >= MOST_OPEN_ROWS
  }

  add(place: Place, time: number): void {
    this.#put(this.#builder.add(place), time)
  }

  addExtra(extra: Extra, time: number): void {
    this.#put(this.#builder.addExtra(extra), time)
  }

  finish(): NewBlock {
    const times = this.#times
    const rows = this.#rows
    const block = this.#builder.finish()
    if (this.#inOrder)
      return { block, times: Float64Array.from(times), rows: Uint32Array.from(rows) }
    // Sorting is stable: of rows with the same time, what came first stays first.
    const order = Array.from(times.keys()).sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
    return {
      block,
      times: Float64Array.from(order, at => times[at] ?? 0),
      rows: Uint32Array.from(order, at => rows[at] ?? 0),
    }
  }

  #put(row: number, time: number): void {
    if (time < (this.#times.at(-1) ?? time)) this.#inOrder = false
    this.#times.push(time)
    this.#rows.push(row)
  }
}

function advance(reached: Reached, timestamp: number): void {
  if (timestamp > reached.time) reached.time = timestamp
  reached.timestamp = timestamp
}

function isBehind(timestamp: number, before: number): boolean {
  return timestamp >= 0 && timestamp < before
}

/** A bit for each record whose time is before that of the record before it; undefined: none is. */
function backwardsIn(page: RecordPage, first: number): Uint8Array | undefined {
  const { timestamps, timesBefore, count } = page
  let bits: Uint8Array | undefined
  let before = first
  for (let row = 0; row < count; row++) {
    const timestamp = timestamps[row] ?? -1
    if (isBehind(timestamp, timesBefore?.[row] ?? before)) {
      bits ??= new Uint8Array((count + 7) >>> 3)
      bits[row >>> 3] = (bits[row >>> 3] ?? 0) | (1 << (row & 7))
    }
    before = timestamp
  }
  return bits
}

/** Errors and notes of a page, by offset; no more than a block can name. */
function extrasOf({ partition, errors, notes = [] }: RecordPage): Extra[] {
  if (errors.length + notes.length === 0) return []
  const failed = errors.map(error => ({ kind: 'error' as const, partition, ...error }))
  const told = notes.map(note => ({ ...note, partition }))
  return [...failed, ...told].sort((a, b) => compare(a.offset, b.offset))
}

function compare(a: bigint, b: bigint): number {
  return a < b ? -1 : Number(a > b)
}

function isBefore(extra: Extra | undefined, offset: bigint): boolean {
  return extra !== undefined && extra.offset < offset
}

/** Numbers of records, and from `count` on of extras, by offset. */
function* rowsInOrder({ count, offsets }: RecordPage, extras: readonly Extra[]): Generator<number> {
  let next = 0
  for (let row = 0; row < count; row++) {
    if (next < extras.length) {
      const offset = offsets[row] ?? 0n
      for (; isBefore(extras[next], offset); next++) yield count + next
    }
    yield row
  }
  for (; next < extras.length; next++) yield count + next
}
