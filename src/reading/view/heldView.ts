import { problemOf, type Problem } from '../../base/problem.ts'
import type { RecordFormats } from '../../kafka/format.ts'
import type { RecordPage } from '../../kafka/page.ts'
import type { PartitionProgress, ReadRequest, ReadUpdate } from '../../kafka/reading.ts'
import { recordSize, type KafkaRecord } from '../../kafka/record.ts'
import type {
  RecordName,
  Rows,
  RowsRequest,
  ViewPhase,
  ViewRequest,
  ViewState,
} from '../../kafka/recordView.ts'
import { compileFilter, type PageFilter } from '../filtering/filter.ts'
import type { ViewAction, ViewAnswer, ViewAsk } from '../messages.ts'
import { pageBytes } from '../pages.ts'
import { Fields } from './fields.ts'
import { newPlace, placeInBlock } from './block.ts'
import { detailOf, hexOf } from './recordDetail.ts'
import { recordOf } from './recordOf.ts'
import { completed, reread, type RereadOptions } from './reread.ts'
import { rowOf, valueIn } from './rows.ts'
import { RecordStore } from './store.ts'
import { TimeCounts } from './timeline.ts'
import { Undecodable } from './undecodable.ts'

/** One read of partitions, as `scan` does it: rejects where there is nothing to read. */
export type Scan = (
  request: ReadRequest,
  run: {
    readonly signal: AbortSignal
    readonly emit: (update: ReadUpdate) => Promise<void>
    readonly observe?: (page: RecordPage) => void
  },
) => Promise<void>

export interface HeldViewOptions {
  readonly request: ViewRequest
  readonly scan: Scan
  tell(state: ViewState): void
}

/** Ms between two reports of the state. */
const PACE = 100
const MOST_ROWS = 1000
/** Questions about the rows are let in at least so often while pages are taken in, in ms. */
const TURN_MS = 10
/** Records that are looked at for fields when the formats change. */
const RESAMPLED = 200
/** Bytes around the records themselves, such as this object. */
const FIXED_BYTES = 16 * 1024

/** The records of one view, how they come, and what is asked about them. Lives in the worker. */
export class HeldView {
  readonly #request: ViewRequest
  readonly #options: HeldViewOptions
  readonly #store: RecordStore
  readonly #counts: TimeCounts
  readonly #fields = new Fields()
  readonly #stopped = new AbortController()
  readonly #isolation: ReadRequest['isolation']
  /** Of a view that is fed; a read filters by itself. */
  readonly #filter: PageFilter | undefined
  #formats: RecordFormats
  #phase: ViewPhase = 'connecting'
  #problem: Problem | undefined
  /** Holds back the reader, and knows what was going on. */
  #gate: { readonly phase: ViewPhase; readonly opened: PromiseWithResolvers<undefined> } | undefined
  #progress: readonly PartitionProgress[] = []
  #bytesRead = 0
  #recordsRead = 0
  #recordsMatched = 0
  #filterFailures: ViewState['filterFailures']
  #errors = 0
  readonly #undecodable: Undecodable
  readonly #notes = { gaps: 0, missingOffsets: 0, aborted: 0, abortedRecords: 0, markers: 0 }
  /** An update that is being taken in, and those behind it. */
  #taking: Promise<unknown> | undefined
  /** The record that was read again last: a hex view asks for its lines one after another. */
  #reread: KafkaRecord | undefined
  #timer: NodeJS.Timeout | undefined
  #toldAt = 0
  #disposed = false

  constructor(options: HeldViewOptions) {
    const { source, budgetBytes, formats } = options.request
    const filter = source.kind === 'read' ? source.request.filter : source.filter
    this.#options = options
    this.#request = options.request
    this.#formats = formats
    this.#counts = new TimeCounts(filter !== undefined)
    this.#undecodable = new Undecodable(this.#counts, formats)
    this.#store = new RecordStore(Math.max(0, budgetBytes - this.#counts.bytes - FIXED_BYTES))
    this.#isolation = source.kind === 'read' ? source.request.isolation : undefined
    this.#filter = source.kind === 'fed' && filter ? compileFilter(filter) : undefined
  }

  /** Reads until the end, or until it is stopped. A view that is fed only waits. */
  async run(): Promise<void> {
    const { source } = this.#request
    if (source.kind === 'fed') {
      this.#store.settle()
      this.#setPhase('following')
      return
    }
    const { signal } = this.#stopped
    try {
      await this.#options.scan(
        { ...source.request, notes: true },
        {
          signal,
          emit: update => this.#take(update),
          ...(source.request.filter && { observe: page => this.#observe(page) }),
        },
      )
    } catch (error) {
      if (!signal.aborted) this.fail(problemOf(error))
    }
  }

  /** Reading cannot go on; what is held stays. */
  fail(problem: Problem): void {
    this.#problem = problem
    this.#setPhase('failed')
  }

  act(action: ViewAction): void {
    switch (action.kind) {
      case 'pause':
        this.#pause()
        return
      case 'resume':
        this.#resume()
        return
      case 'stop':
        this.#stop()
        return
      case 'settle':
        this.#store.settle()
        this.#change()
        return
      case 'dispose':
        this.#dispose()
        return
      case 'feed':
        for (const page of action.pages) this.#feed(page)
        this.#change()
        return
      case 'show':
        this.#store.show(action.shown)
        this.#tell()
        return
      case 'decodeAs':
        this.#decodeAs(action.formats)
    }
  }

  async answer(ask: ViewAsk, signal: AbortSignal): Promise<ViewAnswer> {
    switch (ask.kind) {
      case 'rows':
        return this.#rows(ask.asked)
      case 'locate':
        this.#store.flush()
        return 'timestamp' in ask.asked
          ? this.#store.numberAtTime(ask.asked.timestamp)
          : this.#store.numberOfRecord(ask.asked.partition, Number(ask.asked.offset))
      case 'timeline':
        return this.#counts.timeline(ask.asked)
      case 'detail': {
        const { name, formats } = ask.asked
        return detailOf(await this.#record(name, signal), { ...this.#formats, ...formats })
      }
      case 'hex': {
        const { name, part, from, count } = ask.asked
        return hexOf((await this.#record(name, signal))[part], from, count)
      }
      case 'record':
        return this.#record(ask.asked, signal)
      case 'records':
        return this.#records(ask.asked, signal)
    }
  }

  get state(): ViewState {
    const store = this.#store
    return {
      phase: this.#phase,
      ...(this.#problem && { problem: this.#problem }),
      rows: store.rows,
      dropped: store.dropped,
      revision: store.revision,
      recordsShown: store.recordsShown,
      recordsHeld: store.recordsHeld,
      recordsRead: this.#recordsRead,
      recordsMatched: this.#recordsMatched,
      bytesRead: this.#bytesRead,
      ...(this.#filterFailures && { filterFailures: this.#filterFailures }),
      errors: this.#errors + this.#undecodable.count,
      notes: { ...this.#notes },
      memoryBytes: store.bytes + this.#counts.bytes + FIXED_BYTES + this.#rereadBytes,
      progress: this.#progress,
      fields: this.#fields.names,
    }
  }

  get #rereadBytes(): number {
    return this.#reread ? recordSize(this.#reread) : 0
  }

  #setPhase(phase: ViewPhase): void {
    this.#phase = phase
    this.#tell()
  }

  /** The state is told soon. */
  #change(): void {
    if (this.#disposed) return
    this.#timer ??= setTimeout(() => this.#tell(), Math.max(0, this.#toldAt + PACE - Date.now()))
  }

  #tell(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (this.#disposed) return
    this.#toldAt = Date.now()
    this.#store.flush()
    this.#options.tell(this.state)
  }

  #pause(): void {
    const isRunning = this.#phase === 'reading' || this.#phase === 'following'
    if (!isRunning || this.#request.source.kind === 'fed') return
    this.#gate = { phase: this.#phase, opened: Promise.withResolvers() }
    this.#setPhase('paused')
  }

  #resume(): void {
    if (!this.#gate) return
    const { phase, opened } = this.#gate
    this.#gate = undefined
    opened.resolve(undefined)
    this.#setPhase(phase)
  }

  #stop(): void {
    this.#stopped.abort(new Error('Stopped.'))
    this.#gate?.opened.resolve(undefined)
    this.#gate = undefined
    if (!isOver(this.#phase)) this.#setPhase('stopped')
  }

  #dispose(): void {
    this.#disposed = true
    clearTimeout(this.#timer)
    this.#stop()
    this.#reread = undefined
  }

  /** Several leaders bring updates: each is taken in as a whole, in the order in which they come. */
  async #take(update: ReadUpdate): Promise<void> {
    const taken = this.#taking
      ? this.#taking.then(() => this.#takeNow(update))
      : this.#takeNow(update)
    const settled = Promise.allSettled([taken])
    this.#taking = settled
    await settled
    if (this.#taking === settled) this.#taking = undefined
    await taken
    await this.#gate?.opened.promise
  }

  async #takeNow(update: ReadUpdate): Promise<void> {
    let turnStartedAt = performance.now()
    for (const page of update.pages) {
      if (isOver(this.#phase)) return
      this.#add(page)
      if (performance.now() - turnStartedAt < TURN_MS) continue
      await new Promise(resolve => setImmediate(resolve))
      turnStartedAt = performance.now()
    }
    if (isOver(this.#phase)) return
    this.#bytesRead = update.bytesRead
    this.#recordsRead = update.recordsRead
    this.#recordsMatched = update.recordsMatched ?? update.recordsRead
    this.#filterFailures = update.filterFailures
    if (update.progress.length > 0) this.#progress = update.progress
    this.#advance(update)
  }

  #advance({ done }: ReadUpdate): void {
    if (done) this.#setPhase('done')
    else if (this.#phase === 'connecting') this.#setPhase('reading')
    else if (this.#store.waitsForFirst) this.#tell()
    else this.#change()
    const hasEnd = this.#request.source.kind === 'read' && this.#request.source.request.to
    if (hasEnd || this.#phase !== 'reading' || !this.#isCaughtUp()) return
    this.#store.settle()
    this.#setPhase('following')
  }

  /** Every partition that can be read stands at its end. */
  #isCaughtUp(): boolean {
    const all = this.#isolation === 'read_uncommitted'
    return (
      this.#progress.length > 0 &&
      this.#progress.every(({ done, problem, position, highWatermark, lastStableOffset }) => {
        if (done || problem) return true
        const end = all ? highWatermark : (lastStableOffset ?? highWatermark)
        return end !== undefined && position >= end
      })
    )
  }

  #observe(page: RecordPage): void {
    this.#counts.addRead(page)
    this.#fields.sample(page, jsonParts(this.#formats))
  }

  #add(page: RecordPage): void {
    this.#counts.addMatched(page)
    const { source } = this.#request
    if (source.kind === 'fed' || !source.request.filter) {
      this.#fields.sample(page, jsonParts(this.#formats))
    }
    this.#errors += page.errors.filter(({ moved }) => !moved).length
    for (const note of page.notes ?? []) {
      if (note.kind === 'gap') {
        this.#notes.gaps++
        this.#notes.missingOffsets += note.missing
      } else if (note.kind === 'aborted') {
        this.#notes.aborted++
        this.#notes.abortedRecords += note.records
      } else this.#notes.markers++
    }
    this.#undecodable.add(page)
    this.#store.add(page)
  }

  #feed(page: RecordPage): void {
    if (isOver(this.#phase)) return
    this.#recordsRead += page.count
    this.#bytesRead += pageBytes(page)
    if (this.#filter) this.#counts.addRead(page)
    const kept = this.#filter ? this.#filter.apply(page) : page
    const { count, first } = this.#filter?.failures ?? { count: 0 }
    if (first !== undefined) this.#filterFailures = { count, first }
    this.#recordsMatched += kept.count
    this.#add(kept)
  }

  #decodeAs(formats: RecordFormats): void {
    this.#formats = formats
    this.#store.outdate()
    this.#undecodable.recount(formats, this.#store.blocks())
    this.#fields.clear()
    const json = jsonParts(formats)
    if (json.value) {
      const place = newPlace()
      for (const { block, row } of this.#store.sample(RESAMPLED)) {
        placeInBlock(block, row, place)
        this.#fields.addJson('value', valueIn(place).bytes ?? new Uint8Array())
      }
    }
    this.#change()
  }

  #rows({ from, count }: RowsRequest): Rows {
    const store = this.#store
    const held = store.rowsFrom(from, Math.min(count, MOST_ROWS))
    const { shown, revision } = store
    const formats = this.#formats
    const rows = held.rows.map(row =>
      rowOf(row, { formats, shown, repeatedAt: store.repeatedAt(row) }),
    )
    return { from: held.from, revision, rows }
  }

  #records({ from, count }: RowsRequest, signal: AbortSignal): Promise<KafkaRecord[]> {
    const { topic } = this.#request
    const place = newPlace()
    // Taken first: rows may be dropped while some are read again.
    const parts = this.#store
      .rowsFrom(from, count)
      .rows.filter(({ extra }) => extra === undefined || extra.kind === 'error')
      .map(row => {
        const whole = recordOf(topic, row)
        if (whole) return whole
        placeInBlock(row.block, row.row, place)
        return { partition: place.partition, offset: `${place.offset}` }
      })
    return completed(parts, this.#rereading, signal)
  }

  async #record(name: RecordName, signal: AbortSignal): Promise<KafkaRecord> {
    const held = this.#store.find(name.partition, Number(name.offset))
    return (held && recordOf(this.#request.topic, held)) ?? this.#readAgain(name, signal)
  }

  async #readAgain(name: RecordName, cancelled: AbortSignal): Promise<KafkaRecord> {
    const { partition, offset } = name
    const last = this.#reread
    if (last?.partition === partition && last.offset === BigInt(offset)) return last
    return (this.#reread = await reread(name, this.#rereading, cancelled))
  }

  get #rereading(): RereadOptions {
    return {
      topic: this.#request.topic,
      isolation: this.#isolation,
      scan: this.#options.scan,
    }
  }
}

function isOver(phase: ViewPhase): boolean {
  return phase === 'done' || phase === 'stopped' || phase === 'failed'
}

/** Parts that are looked into for fields. */
function jsonParts({ key, value }: RecordFormats): {
  readonly key: boolean
  readonly value: boolean
} {
  return { key: isJson(key.name), value: isJson(value.name) }
}

function isJson(format: string): boolean {
  return format === 'auto' || format === 'json'
}
