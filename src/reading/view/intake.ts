import type { RecordPage } from '../../kafka/page.ts'
import {
  adoptedBlock,
  BlockBuilder,
  newPlace,
  placeInPage,
  rowOfExtra,
  type Block,
  type Extra,
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

/** Makes blocks of pages. Knows of each partition where it has come to. */
export class Intake {
  readonly #mostBytes: number
  readonly #reached = new Map<number, Reached>()
  readonly #place = newPlace()

  /** `mostBytes`: a block is closed once it has so many. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
  }

  *blocksOf(page: RecordPage): Generator<NewBlock> {
    const extras = extrasOf(page)
    if (page.count + extras.length === 0) return
    const reached = this.#reachedIn(page.partition)
    const whole = this.#adopted(page, extras, reached)
    if (whole) yield whole
    else yield* this.#copied(page, extras, reached)
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
    let builder = new BlockBuilder(this.#mostBytes)
    let times: number[] = []
    let rows: number[] = []
    for (const row of rowsInOrder(page, extras)) {
      if (row < count) {
        placeInPage(page, row, place)
        place.backwards = isBehind(place.timestamp, reached.timestamp)
        advance(reached, place.timestamp)
        rows.push(builder.add(place))
      } else {
        const extra = extras[row - count]
        if (extra) rows.push(builder.addExtra(extra))
      }
      times.push(reached.time)
      if (!builder.full) continue
      yield newBlock(builder, times, rows)
      builder = new BlockBuilder(this.#mostBytes)
      times = []
      rows = []
    }
    if (!builder.empty) yield newBlock(builder, times, rows)
    place.bytes = NO_BYTES
  }
}

const NO_BYTES = new Uint8Array()

function newBlock(
  builder: BlockBuilder,
  times: readonly number[],
  rows: readonly number[],
): NewBlock {
  return {
    block: builder.finish(),
    times: Float64Array.from(times),
    rows: Uint32Array.from(rows),
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
function backwardsIn({ timestamps, count }: RecordPage, first: number): Uint8Array | undefined {
  let bits: Uint8Array | undefined
  let before = first
  for (let row = 0; row < count; row++) {
    const timestamp = timestamps[row] ?? -1
    if (isBehind(timestamp, before)) {
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
