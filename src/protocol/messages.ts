import type { Problem } from '../base/problem.ts'

/**
 * The message viewer's contract. The host owns the records; the view knows how many there are and
 * pulls the rows that it shows. Offsets and counts of bytes beyond a row are decimal strings.
 */
export interface MessagesHost {
  readonly requests: {
    /** Rows number `from` up to `from + count`; those that are gone or not yet there are left out. */
    rows(params: RowsRequest): Rows
    /** Opens a record as a document beside the view. */
    open(row: RecordName): undefined
    /** Copies a record's value, or the whole record as JSON, to the clipboard. */
    copy(params: RecordName & { readonly what: 'value' | 'record' }): undefined
    /** Asks the person where to read from, or which partitions, and starts again. */
    choose(what: 'from' | 'partitions'): undefined
    /** Opens a new `.kafka` file with a PRODUCER for the topic. */
    newProducerFile(): undefined
  }
  readonly events: {
    /** The view is there and wants to know the state. */
    readonly ready: undefined
    readonly start: undefined
    readonly stop: undefined
    readonly pause: undefined
    readonly resume: undefined
  }
}

export interface MessagesView {
  readonly requests: object
  readonly events: {
    /** At most four times a second while records come. */
    readonly state: MessagesState
  }
}

/** A row's number counts the rows that were dropped before it, so dropping renumbers nothing. */
export interface RowsRequest {
  readonly from: number
  readonly count: number
}

export interface Rows {
  /** Number of the first row here. */
  readonly from: number
  /** The order these rows belong to, see `MessagesState.revision`. */
  readonly revision: number
  readonly rows: readonly MessageRow[]
}

export interface RecordName {
  readonly partition: number
  readonly offset: string
}

export interface MessageRow extends RecordName {
  /** Ms since the epoch; absent where the record carries none. */
  readonly timestamp?: number
  readonly key: Cell
  readonly value: Cell
  readonly headers: number
  /** Bytes of key, value and header names and values. */
  readonly size: number
}

/** What a cell shows: cut to what a row can show. `bytes` is the beginning of what failed, in hex. */
export type Cell =
  | { readonly kind: 'null' }
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'json'; readonly text: string }
  /** Bytes that are no text, written as hex or base64. */
  | { readonly kind: 'binary'; readonly text: string }
  | { readonly kind: 'error'; readonly text: string; readonly bytes: string }

/**
 * `connecting` before the first answer; `reading` on the way to the end; `following` at the end of
 * every partition, new records keep coming; `done` at an end that was asked for.
 */
export type MessagesPhase =
  'connecting' | 'reading' | 'following' | 'paused' | 'stopped' | 'done' | 'failed'

export interface MessagesState {
  /** What the view keeps for the host over a reload. */
  readonly saved: SavedReading
  readonly topic: string
  readonly cluster: string
  /** In words: `last 100 of each partition`, `earliest`, `committed offsets of billing`. */
  readonly from: string
  readonly to?: string
  readonly partitions: string
  /** The group that is joined; absent: reading joins none. */
  readonly group?: string
  /** The choices can be changed from the view: not for a block of a file, which says them itself. */
  readonly adjustable: boolean
  readonly phase: MessagesPhase
  /** Why it failed, or what stands in the way while it goes on. */
  readonly problem?: Problem
  /** What the reader should know, such as that a group was not joined (K401). */
  readonly notice?: string
  /** Ms since the epoch. */
  readonly startedAt?: number
  readonly endedAt?: number
  /** Rows that there are now. */
  readonly count: number
  /** Rows that were dropped to stay within `budget`, oldest first. */
  readonly dropped: number
  /** Goes up whenever rows changed places: what was pulled before is stale. */
  readonly revision: number
  readonly recordsRead: number
  readonly bytesRead: number
  readonly recordsPerSecond: number
  readonly bytesPerSecond: number
  /** Bytes held for rows, and the most that may be held. */
  readonly memory: number
  readonly budget: number
  readonly progress: readonly PartitionState[]
}

/** What was read where: enough to read it again. Holds no record and no secret. */
export interface SavedReading {
  readonly id: string
  readonly clusterId: string
  readonly adjustable: boolean
  readonly text: {
    readonly group?: string
    readonly properties: Readonly<Record<string, string>>
  }
}

export interface PartitionState {
  readonly partition: number
  /** 0 to 100; absent: not known. */
  readonly percent?: number
  readonly problem?: Problem
}
