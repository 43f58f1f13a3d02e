import type { Disposable } from '../base/dispose.ts'
import type { Event } from '../base/events.ts'
import type { Problem } from '../base/problem.ts'
import type { RecordFilter } from './filter.ts'
import type { RecordFormats } from './format.ts'
import type { PartitionProgress, ReadRequest } from './reading.ts'
import type { KafkaRecord } from './record.ts'

/**
 * Records held near the reader, in the order of their time, and looked at row by row. What a view
 * says about rows is made to be shown: offsets are decimal strings, so that it can go to a webview
 * as it is.
 */
export interface RecordView extends Disposable {
  readonly state: ViewState
  /** At most ten times a second while records come; at once where the phase changes. */
  readonly onDidChange: Event<ViewState>
  /** Takes nothing more from the brokers until `resume`. */
  pause(): void
  resume(): void
  /** Ends reading; what is held stays. */
  stop(): void
  /** More records of a view that reads nothing itself (`source.kind` is `fed`). */
  feed(records: readonly KafkaRecord[]): void
  /** From here on new records are added at the end, whatever their time: somebody follows them. */
  settle(): void
  /** What is shown of what is held. Rows are numbered anew, and `revision` goes up. */
  show(shown: Shown): void
  /** How keys and values are shown from now on. */
  decodeAs(formats: RecordFormats): void

  rows(request: RowsRequest): Promise<Rows>
  /** Number of the row of this record, or of the first at or after a time; undefined: not held. */
  locate(place: RecordName | { readonly timestamp: number }): Promise<number | undefined>
  /** What is held and read over time, in about `bins` bins. */
  timeline(bins: number): Promise<Timeline>
  detail(name: RecordName, formats?: Partial<RecordFormats>): Promise<RecordDetail>
  /** Lines of a hex view: `count` bytes from `from` on. */
  hex(request: HexRequest): Promise<HexBytes>
  /** The whole record, read again from the broker where only its beginning is held. */
  record(name: RecordName, ask?: { readonly signal?: AbortSignal }): Promise<KafkaRecord>
  /**
   * The records of rows `from` up to `from + count`, whole. Rows that are no records are left out; a
   * record that is not in the log any more and of which only the beginning is held has an `error`.
   */
  records(
    request: RowsRequest,
    ask?: { readonly signal?: AbortSignal },
  ): Promise<readonly KafkaRecord[]>
}

export interface ViewRequest {
  readonly topic: string
  /** `fed`: a consumer that joined its group brings the records, which are filtered here. */
  readonly source:
    | { readonly kind: 'read'; readonly request: ReadRequest }
    | { readonly kind: 'fed'; readonly filter?: RecordFilter }
  readonly formats: RecordFormats
  /** Bytes of memory for what is held; the oldest rows make room for new ones. */
  readonly budgetBytes: number
}

/**
 * `connecting` before the first answer; `reading` on the way to the end; `following` at the end of
 * every partition, new records keep coming; `done` at an end that was asked for.
 */
export type ViewPhase =
  'connecting' | 'reading' | 'following' | 'paused' | 'stopped' | 'done' | 'failed'

export interface ViewState {
  readonly phase: ViewPhase
  readonly problem?: Problem
  /** Rows that can be asked for: numbers from `dropped` up to `dropped + rows`. */
  readonly rows: number
  /** Rows that made room for newer ones, oldest first. Their numbers are not used again. */
  readonly dropped: number
  /** Goes up whenever rows changed places: what was asked for before is stale. */
  readonly revision: number
  /** Records that are held and shown; less than are held where a range of time is shown. */
  readonly recordsShown: number
  readonly recordsHeld: number
  /** Since reading began. */
  readonly recordsRead: number
  readonly recordsMatched: number
  readonly bytesRead: number
  /**
   * Records for which the filter could not be evaluated. Those that were ruled out before it was
   * evaluated, for want of a text that it asks for, are not among them.
   */
  readonly filterFailures?: { readonly count: number; readonly first: string }
  /**
   * Batches and records that could not be read since reading began, and records of which the key
   * or the value is not in the format that it is shown in.
   */
  readonly errors: number
  /** What the log holds besides records, as far as it was read: counted also where not shown. */
  readonly notes: {
    readonly gaps: number
    readonly missingOffsets: number
    readonly aborted: number
    readonly abortedRecords: number
    /** Markers that end transactions. */
    readonly markers: number
  }
  readonly memoryBytes: number
  readonly progress: readonly PartitionProgress[]
  /** Names of fields seen in JSON values, as an expression writes them: `value.customer.id`. */
  readonly fields: readonly string[]
}

/** What a view says of itself before anything was read. */
export const NOTHING_HELD: Omit<ViewState, 'phase' | 'problem'> = {
  rows: 0,
  dropped: 0,
  revision: 0,
  recordsShown: 0,
  recordsHeld: 0,
  recordsRead: 0,
  recordsMatched: 0,
  bytesRead: 0,
  errors: 0,
  notes: { gaps: 0, missingOffsets: 0, aborted: 0, abortedRecords: 0, markers: 0 },
  memoryBytes: 0,
  progress: [],
  fields: [],
}

export interface Shown {
  /** Only records with from <= timestamp < to, ms since the epoch. */
  readonly range?: { readonly from: number; readonly to: number }
  /** Rows for gaps and aborted transactions. */
  readonly notes: boolean
  /** With `notes`: rows for the markers that end transactions, too. */
  readonly markers?: boolean
  /** Marks records whose time is before that of the record before them in the partition. */
  readonly backwards: boolean
  /** Marks records whose key stands in a later record that is held, too. */
  readonly duplicates: boolean
}

/** All that is shown, whatever its time. */
export function withoutRange(shown: Shown): Shown {
  const all = { ...shown }
  Reflect.deleteProperty(all, 'range')
  return all
}

/** A row's number counts the rows that were dropped before it, so dropping renumbers nothing. */
export interface RowsRequest {
  readonly from: number
  readonly count: number
}

export interface Rows {
  /** Number of the first row here. */
  readonly from: number
  /** The order these rows belong to, see `ViewState.revision`. */
  readonly revision: number
  readonly rows: readonly Row[]
}

export interface RecordName {
  readonly partition: number
  readonly offset: string
}

export type Row = RecordRow | NoteRow

export interface RecordRow extends RecordName {
  readonly kind: 'record'
  /** Ms since the epoch; absent where the record carries none. */
  readonly timestamp?: number
  readonly key: Cell
  readonly value: Cell
  readonly headers: number
  /** The first headers in short: `trace-id: a, source: web`. */
  readonly headerText: string
  /** Bytes of key, value and header names and values. */
  readonly size: number
  /** Its time is before that of the record before it in the partition. */
  readonly backwards?: true
  /** Offset of the latest record with the same key that is held, in the same partition. */
  readonly repeatedAt?: string
}

/** Offsets without a record; `offset` is the first of them, `lastOffset` the last. */
export interface NoteRow extends RecordName {
  readonly kind: 'gap' | 'aborted' | 'marker'
  readonly lastOffset: string
  /** Offsets that are gone, or records that were left out. */
  readonly count: number
  readonly producerId?: string
  /** Of a marker. */
  readonly committed?: boolean
}

/** What a cell shows: cut to what a row can show. `bytes` is the beginning of what failed, in hex. */
export type Cell =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }
  /** Bytes that are no text, written as hex or base64. */
  | { readonly kind: 'binary'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string; readonly bytes: string }

export interface Timeline {
  /** Ms since the epoch of the first bin's start; the bins follow each other without a gap. */
  readonly start: number
  /** Ms that a bin takes: a round number of a clock. */
  readonly binMs: number
  /** Records per bin: all that were read, and those for which the filter holds. */
  readonly read: readonly number[]
  readonly matched: readonly number[]
  /** Batches and records that could not be read or decoded, see `ViewState.errors`. */
  readonly errors: readonly number[]
  /** Records without a time, in no bin. */
  readonly timeless: number
  /**
   * A few records, read whether they match or not, whose times are far from those of all others:
   * they are counted in the first and the last bin. Absent: there are none.
   */
  readonly wild?: { readonly earlier: number; readonly later: number }
}

export interface RecordDetail extends RecordName {
  readonly topic: string
  readonly timestamp?: number
  readonly key: DetailPart
  readonly value: DetailPart
  /** In order, duplicates kept. */
  readonly headers: readonly { readonly name: string; readonly value: Cell }[]
  readonly size: number
  /** Why the record cannot be read. */
  readonly error?: string
}

export interface DetailPart {
  /** What it was decoded as: for `auto`, what it turned out to be. */
  readonly format: string
  /** `json`: the text as it was sent, numbers and blanks untouched. */
  readonly cell: Cell
  /** Bytes of the whole; -1: null. */
  readonly bytes: number
  /** The text above is only the beginning. */
  readonly cut: boolean
}

export interface HexRequest {
  readonly name: RecordName
  readonly part: 'key' | 'value'
  readonly from: number
  readonly count: number
}

export interface HexBytes {
  readonly from: number
  /** Bytes as pairs of hex digits, without blanks. */
  readonly hex: string
  /** Bytes of the whole. */
  readonly total: number
}
