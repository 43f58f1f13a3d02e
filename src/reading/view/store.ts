import type { RecordPage } from '../../kafka/page.ts'
import type { NoteRow, Shown } from '../../kafka/recordView.ts'
import {
  BLOCK_BYTES,
  extraIn,
  newPlace,
  offsetIn,
  placeInBlock,
  type Block,
  type Extra,
  type Place,
} from './block.ts'
import { Copier } from './copier.ts'
import { findRow } from './findRow.ts'
import { Intake, type NewBlock } from './intake.ts'
import { LatestByKey } from './latestByKey.ts'
import { NotePlaces } from './notePlaces.ts'
import { ORDER_BYTES, RowOrder } from './order.ts'

/** What a row holds: a record at its place in `block`, or what is no record. */
export interface HeldRow {
  readonly block: Block
  readonly row: number
  readonly extra: Extra | undefined
}

type NoteKind = NoteRow['kind']

interface Slot {
  readonly block: Block
  /** Rows that are still held. */
  live: number
}

/** Slots and rows of a slot are named in 16 bits each, and two names mean nothing. */
const MOST_SLOTS = 0xfffe
const SLOT_BITS = 16
const ROW_MASK = 0xffff
const NOTHING_SHOWN_YET: Shown = { notes: true, backwards: false, duplicates: false }

const MOST_BLOCK_BYTES = 4 * 1024 * 1024
const LEAST_BLOCK_BYTES = 8 * 1024
/** Blocks below this are put together once there are many, or enough to waste a share of memory. */
const SMALL_BYTES = 16 * 1024
const MANY_SMALL = 256
const FEW_SMALL = 8
const SMALL_SHARE = 1 / 32
/** Room is made for some blocks at once, in shares of the budget. */
const SLACK_SHARE = 1 / 32
/** So much of the budget may be taken by rows that are gone, until their blocks are cut down. */
const DEAD_SHARE = 1 / 8
/** A block is cut down once so much of it is gone. */
const CUT_SHARE = 1 / 4

/**
 * Rows in the order of their time, within a budget of bytes: when it is full, the oldest rows go. A
 * partition's rows always keep the order of their offsets, whatever their timestamps say. What is
 * added is seen after the next `flush`.
 */
export class RecordStore {
  readonly budgetBytes: number
  readonly #intake: Intake
  readonly #blockBytes: number
  readonly #manySmall: number
  readonly #slots: (Slot | undefined)[] = []
  readonly #freeSlots: number[] = []
  readonly #order = new RowOrder()
  readonly #notes = new NotePlaces()
  /** Those of the notes that are markers of transactions. */
  readonly #markers = new NotePlaces()
  readonly #place = newPlace()
  #latest: LatestByKey | undefined
  #blocksBytes = 0
  #small = 0
  #shown = NOTHING_SHOWN_YET
  #settled = false
  #revision = 0
  /** Rows that are gone, notes among them or not. */
  #droppedRows = 0
  #droppedNotes = 0
  #droppedMarkers = 0
  /** Number of the first row that is shown. */
  #base = 0
  #extrasAdded = false

  constructor(budgetBytes: number) {
    this.budgetBytes = budgetBytes
    this.#blockBytes = Math.max(LEAST_BLOCK_BYTES, Math.min(MOST_BLOCK_BYTES, budgetBytes / 16))
    const wasteful = (budgetBytes * SMALL_SHARE) / BLOCK_BYTES
    this.#manySmall = Math.max(FEW_SMALL, Math.min(MANY_SMALL, wasteful))
    this.#intake = new Intake(this.#blockBytes)
  }

  /** What is held takes so much memory. */
  get bytes(): number {
    const blocks = this.#blocksBytes + this.#intake.openBytes
    const notes = this.#notes.bytes + this.#markers.bytes
    return blocks + this.#order.bytes + notes + (this.#latest?.bytes ?? 0)
  }

  /** What was added will be the first rows that there are. */
  get waitsForFirst(): boolean {
    return this.#order.length === 0 && this.#order.waiting + this.#intake.openBytes > 0
  }

  get revision(): number {
    return this.#revision
  }

  /** Number of the first row that is shown: so many rows that were shown, or would be, are gone. */
  get dropped(): number {
    return this.#base
  }

  /** Rows that are shown. */
  get rows(): number {
    return this.#numberOf(this.#range().to) - this.#base
  }

  get recordsShown(): number {
    const { from, to } = this.#range()
    return to - from - (this.#notesBefore(to) - this.#notesBefore(from))
  }

  get recordsHeld(): number {
    return this.#order.length - this.#notes.count
  }

  get shown(): Shown {
    return this.#shown
  }

  add(page: RecordPage): void {
    for (const added of this.#intake.add(page)) {
      const needed = added.block.size + added.rows.length * ORDER_BYTES
      if (this.bytes + needed > this.budgetBytes) {
        this.#merge()
        this.#makeRoom(needed)
      }
      this.#hold(added)
    }
    if (this.bytes > this.budgetBytes) this.flush()
  }

  /** From here on new rows go to the end, whatever their time. */
  settle(): void {
    if (this.#settled) return
    this.flush()
    this.#settled = true
  }

  /** What was added takes its place among the rows. */
  flush(): void {
    this.#closeOpen()
    this.#merge()
    if (this.bytes > this.budgetBytes) this.#makeRoom(0)
    if (this.#small >= this.#manySmall) this.#rebuild(({ block }) => block.size < SMALL_BYTES)
  }

  show(shown: Shown): void {
    this.flush()
    this.#shown = shown
    this.#revision++
    this.#base = this.#dropped - this.#droppedHidden
    if (!shown.duplicates) this.#latest = undefined
    else if (!this.#latest) this.#findLatest()
    if (this.bytes > this.budgetBytes) this.#makeRoom(0)
  }

  /** Rows are shown in another way: what was asked for before is stale. */
  outdate(): void {
    this.#revision++
  }

  /** All that is held, and what of it is gone but not cut off yet. */
  *blocks(): Generator<Block> {
    this.flush()
    for (const slot of this.#slots) if (slot) yield slot.block
  }

  /** Rows by their number; those that are gone or not there yet are left out. */
  rowsFrom(from: number, count: number): { readonly from: number; readonly rows: HeldRow[] } {
    const range = this.#range()
    const first = Math.max(from, this.#base)
    const last = Math.min(from + count, this.#base + this.rows)
    const rows: HeldRow[] = []
    for (let number = first; number < last; number++) {
      const index = this.#indexOf(number, range.from)
      const held = this.#heldBy(this.#order.nameAt(index))
      if (held) rows.push(held)
    }
    return { from: first, rows }
  }

  /** Whether or not it is shown, or has its place yet. */
  find(partition: number, offset: number): HeldRow | undefined {
    const name = this.#nameOf(partition, offset)
    return name === undefined ? undefined : this.#heldBy(name)
  }

  /** Number of the row of this record; undefined: not held, or not shown. */
  numberOfRecord(partition: number, offset: number): number | undefined {
    const name = this.#nameOf(partition, offset)
    const index = name === undefined ? -1 : this.#order.indexOf(name)
    const { from, to } = this.#range()
    return index < from || index >= to ? undefined : this.#numberOf(index)
  }

  /** Number of the first row at or after a time; undefined: there is none. */
  numberAtTime(timestamp: number): number | undefined {
    const { from, to } = this.#range()
    const index = Math.max(from, this.#order.firstAt(timestamp))
    const number = this.#numberOf(index)
    return index < to && number < this.#base + this.rows ? number : undefined
  }

  /** Offset of the latest record with the key of this one, where that is another one. */
  repeatedAt({ block, row, extra }: HeldRow): number | undefined {
    if (!this.#latest || extra) return undefined
    placeInBlock(block, row, this.#place)
    const latest = this.#latest.find(this.#place)
    const held = latest === undefined ? undefined : this.#heldBy(latest)
    const offset = held && offsetIn(held.block, held.row)
    return offset === undefined || offset <= this.#place.offset ? undefined : offset
  }

  /** Some records spread over all, newest first. */
  *sample(count: number): Generator<HeldRow> {
    const { length } = this.#order
    const step = Math.max(1, Math.floor(length / count))
    for (let index = length - 1; index >= 0; index -= step) {
      const held = this.#heldBy(this.#order.nameAt(index))
      if (held && !held.extra) yield held
    }
  }

  #closeOpen(): void {
    const open = this.#intake.close()
    if (open) this.#hold(open)
  }

  #merge(): void {
    if (this.#order.waiting === 0) return
    const before = this.#order.length
    const from = this.#order.merge(this.#settled)
    if (from < before) this.#revision++
    this.#findNotes(from)
  }

  #hold({ block, times, rows }: NewBlock): void {
    const slot = this.#takeSlot({ block, live: rows.length })
    const names = rows
    for (let at = 0; at < names.length; at++)
      names[at] = ((slot << SLOT_BITS) | (rows[at] ?? 0)) >>> 0
    this.#order.add(times, names)
    if (block.extras.length > 0) this.#extrasAdded = true
    if (this.#latest) {
      for (const name of names) this.#noteKey(name)
    }
  }

  #takeSlot(slot: Slot): number {
    const number = this.#freeSlots.pop() ?? this.#slots.length
    if (number > MOST_SLOTS) throw new RangeError('Too many blocks.')
    this.#slots[number] = slot
    this.#blocksBytes += slot.block.size
    if (slot.block.size < SMALL_BYTES) this.#small++
    return number
  }

  #freeSlot(number: number): void {
    const slot = this.#slots[number]
    if (!slot) return
    this.#slots[number] = undefined
    this.#freeSlots.push(number)
    this.#blocksBytes -= slot.block.size
    if (slot.block.size < SMALL_BYTES) this.#small--
  }

  #heldBy(name: number): HeldRow | undefined {
    const slot = this.#slots[name >>> SLOT_BITS]
    if (!slot) return undefined
    const row = name & ROW_MASK
    const { block } = slot
    return { block, row, extra: extraIn(block, row) }
  }

  /** What a row is that is no record; undefined for one that is, or that could not be read. */
  #noteKind(name: number): NoteKind | undefined {
    const block = this.#slots[name >>> SLOT_BITS]?.block
    const row = name & ROW_MASK
    if (!block || row < block.rows) return undefined
    const kind = extraIn(block, row)?.kind
    return kind === 'error' ? undefined : kind
  }

  /** Places of the notes that are not shown; undefined: all are. */
  get #hidden(): NotePlaces | undefined {
    if (!this.#shown.notes) return this.#notes
    return this.#shown.markers ? undefined : this.#markers
  }

  #isHidden(kind: NoteKind | undefined): boolean {
    if (kind === undefined) return false
    return !this.#shown.notes || (kind === 'marker' && !this.#shown.markers)
  }

  get #droppedHidden(): number {
    if (!this.#shown.notes) return this.#droppedNotes
    return this.#shown.markers ? 0 : this.#droppedMarkers
  }

  /** Places count from the first row that ever was. */
  get #dropped(): number {
    return this.#droppedRows + this.#droppedNotes
  }

  #findNotes(from: number): void {
    if (!this.#extrasAdded) return
    this.#notes.cut(this.#dropped + from)
    this.#markers.cut(this.#dropped + from)
    for (let index = from; index < this.#order.length; index++) {
      const kind = this.#noteKind(this.#order.nameAt(index))
      if (kind === undefined) continue
      this.#notes.add(this.#dropped + index)
      if (kind === 'marker') this.#markers.add(this.#dropped + index)
    }
  }

  #notesBefore(index: number): number {
    return this.#notes.before(this.#dropped + index)
  }

  /** What is shown, as a part of the order. */
  #range(): { readonly from: number; readonly to: number } {
    const { range } = this.#shown
    if (!range) return { from: 0, to: this.#order.length }
    return { from: this.#order.firstAt(range.from), to: this.#order.firstAt(range.to) }
  }

  /** Number of the row at an index; where it is hidden, of the next one that is not. */
  #numberOf(index: number): number {
    const { from } = this.#range()
    const dropped = this.#dropped
    const hidden = this.#hidden
    const before = hidden ? hidden.before(dropped + index) - hidden.before(dropped + from) : 0
    return this.#base + index - from - before
  }

  #indexOf(number: number, from: number): number {
    const rows = number - this.#base
    const hidden = this.#hidden
    return hidden ? hidden.placeOf(rows, this.#dropped + from) - this.#dropped : from + rows
  }

  #nameOf(partition: number, offset: number): number | undefined {
    this.#closeOpen()
    for (const [number, slot] of this.#slots.entries()) {
      if (!slot) continue
      const row = findRow(slot.block, partition, offset)
      if (row === undefined) continue
      const name = ((number << SLOT_BITS) | row) >>> 0
      // A block keeps rows that are gone until it is cut down.
      if (slot.live === rowsOf(slot.block) || this.#order.indexOf(name) >= 0) return name
    }
    return undefined
  }

  #makeRoom(needed: number): void {
    const slack = this.budgetBytes * SLACK_SHARE
    const target = Math.max(0, this.budgetBytes - needed - slack)
    let mostDead = this.budgetBytes * DEAD_SHARE
    while (this.bytes > target && this.#order.length > 0) {
      this.#dropOldest(target, mostDead)
      if (this.bytes <= target) return
      const worthwhile = this.#deadest(this.bytes - target)
      this.#rebuild(slot => worthwhile.has(slot))
      mostDead *= 2
    }
  }

  /** The blocks of which most is gone, as many as it takes to make so much room. */
  #deadest(room: number): ReadonlySet<Slot> {
    const dying = this.#slots
      .filter(slot => slot !== undefined)
      .map(slot => ({ slot, gone: 1 - slot.live / rowsOf(slot.block) }))
      .filter(({ gone }) => gone >= CUT_SHARE)
      .sort((a, b) => b.gone - a.gone)
    const chosen = new Set<Slot>()
    let freed = 0
    for (const { slot, gone } of dying) {
      if (freed >= room) break
      chosen.add(slot)
      freed += gone * slot.block.size
    }
    return chosen
  }

  /** Until there is room, or until so many bytes belong to rows that are gone. */
  #dropOldest(target: number, mostDead: number): void {
    const { length } = this.#order
    const { from, to } = this.#range()
    let dead = this.#deadBytes()
    let count = 0
    let notes = 0
    let markers = 0
    let hidden = 0
    for (; count < length && this.bytes > target && dead < mostDead; count++) {
      const name = this.#order.nameAt(count)
      const number = name >>> SLOT_BITS
      const slot = this.#slots[number]
      if (!slot) continue
      const kind = this.#extrasAdded ? this.#noteKind(name) : undefined
      if (kind !== undefined) notes++
      if (kind === 'marker') markers++
      if (count < from || count >= to || this.#isHidden(kind)) hidden++
      if (kind === undefined) this.#forgetKey(name)
      dead += slot.block.size / rowsOf(slot.block)
      if (--slot.live > 0) continue
      dead -= slot.block.size
      this.#freeSlot(number)
    }
    this.#order.drop(count)
    this.#droppedRows += count - notes
    this.#droppedNotes += notes
    this.#droppedMarkers += markers
    this.#notes.drop(this.#dropped)
    this.#markers.drop(this.#dropped)
    this.#base += count - hidden
  }

  #deadBytes(): number {
    let dead = 0
    for (const slot of this.#slots) {
      if (slot) dead += (1 - slot.live / rowsOf(slot.block)) * slot.block.size
    }
    return dead
  }

  /** Copies what is held of these blocks into new ones. Nothing may wait to be merged. */
  #rebuild(wanted: (slot: Slot) => boolean): void {
    const marked = this.#slots.map(slot => slot !== undefined && wanted(slot))
    if (!marked.includes(true)) return
    const copier = new Copier(this.#blockBytes)
    const latest: number[] = []
    for (let index = 0; index < this.#order.length; index++) {
      const name = this.#order.nameAt(index)
      if (marked[name >>> SLOT_BITS] !== true) continue
      const held = this.#heldBy(name)
      if (!held) continue
      copier.add(held, index)
      if (this.#forgetKey(name)) latest.push(index)
    }
    marked.forEach((is, number) => {
      if (is) this.#freeSlot(number)
    })
    for (const { block, rows, indexes } of copier.finish()) {
      const slot = this.#takeSlot({ block, live: rows.length })
      rows.forEach((row, at) => {
        this.#order.rename(indexes[at] ?? 0, ((slot << SLOT_BITS) | row) >>> 0)
      })
    }
    for (const index of latest) this.#noteKey(this.#order.nameAt(index))
  }

  #findLatest(): void {
    this.#latest = new LatestByKey((name, place) => this.#placeOf(name, place))
    for (let index = 0; index < this.#order.length; index++) {
      this.#noteKey(this.#order.nameAt(index))
    }
  }

  #placeOf(name: number, place: Place): boolean {
    const held = this.#heldBy(name)
    if (!held || held.extra) return false
    placeInBlock(held.block, held.row, place)
    return true
  }

  #noteKey(name: number): void {
    if (this.#placeOf(name, this.#place)) this.#latest?.add(name, this.#place)
  }

  /** Whether the record was the latest with its key. */
  #forgetKey(name: number): boolean {
    if (!this.#latest || !this.#placeOf(name, this.#place)) return false
    return this.#latest.remove(name, this.#place)
  }
}

function rowsOf({ rows, extras }: Block): number {
  return rows + extras.length
}
