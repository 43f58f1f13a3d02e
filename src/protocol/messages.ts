import type { Problem } from '../base/problem.ts'
import type {
  HexBytes,
  HexRequest,
  RecordDetail,
  RecordName,
  Rows,
  RowsRequest,
  Shown,
  Timeline,
  ViewPhase,
} from '../kafka/recordView.ts'

export type {
  Cell,
  DetailPart,
  HexBytes,
  HexRequest,
  NoteRow,
  RecordDetail,
  RecordName,
  RecordRow,
  Row,
  Rows,
  RowsRequest,
  Shown,
  Timeline,
} from '../kafka/recordView.ts'

/**
 * The message viewer's contract. The records stay with the reader; the view knows how many rows
 * there are and pulls those that it shows. Offsets are decimal strings.
 */
export interface MessagesHost {
  readonly requests: {
    /** Rows number `from` up to `from + count`; those that are gone or not yet there are left out. */
    rows(params: RowsRequest): Rows
    timeline(params: { readonly bins: number }): Timeline
    /** A record with key and value decoded as the state says, or as asked here. */
    detail(params: RecordName & { readonly decodeAs?: Partial<DecodeAs> }): RecordDetail
    hex(params: HexRequest): HexBytes
    /** Which groups have passed the record. Asks the coordinators each time. */
    readBy(params: RecordName): ReadBy
    /** Row number of a record, undefined where it is not held. */
    locate(params: RecordName | { readonly timestamp: number }): number | undefined

    /** What a text in the filter field is, without running it. */
    checkFilter(text: string): FilterCheck
    /** Reads anew with this filter; empty: without one. */
    filter(text: string): undefined
    /** Keeps a filter under a name, or forgets it. */
    saveFilter(params: { readonly text: string; readonly name: string }): undefined
    forgetFilter(params: { readonly text: string; readonly saved: boolean }): undefined

    /** Opens a record as a document beside the view. */
    open(row: RecordName): undefined
    /** Opens two records beside each other in a diff editor. */
    compare(params: { readonly left: RecordName; readonly right: RecordName }): undefined
    /** How many records are in the clipboard now; why others are not was told. */
    copy(params: { readonly records: readonly RecordName[]; readonly what: CopyWhat }): number
    /** Sends the records again, to a topic to be chosen, after a preview. */
    reproduce(params: { readonly records: readonly RecordName[] }): undefined
    /** Writes records to a file: these, all that are shown, or the whole topic. */
    exportRecords(params: {
      readonly what: 'shown' | 'topic' | { readonly records: readonly RecordName[] }
    }): undefined
    /** Opens the lag panel of a group. */
    openLag(params: { readonly group: string } & RecordName): undefined
    /** Asks for an offset or a time and shows it: in the rows that are held, else reading anew. */
    jump(params?: undefined): undefined
    /** Asks the person for another choice, and starts again. */
    choose(what: 'topic' | 'from' | 'to' | 'partitions'): undefined
    /** Starts again with other choices, each as a `.kafka` file writes it: `tail(100)`, `earliest`. */
    read(params: {
      readonly from?: string
      /** Empty: without an end. */
      readonly to?: string
      /** Ends after so many records; empty: however many there are. */
      readonly limit?: string
      /** `0-3,7`; empty: all of them. */
      readonly partitions?: string
    }): undefined
    /** Opens a new `.kafka` file with a PRODUCER for the topic. */
    newProducerFile(): undefined
    /** Shows what the extension logged. */
    showLog(): undefined
  }
  readonly events: {
    /** The view is there and wants to know the state. */
    readonly ready: undefined
    readonly start: undefined
    readonly stop: undefined
    readonly pause: undefined
    readonly resume: undefined
    readonly show: Shown
    /** What keys and values are decoded as in rows and details. */
    readonly decodeAs: DecodeAs
    readonly isolation: 'read_committed' | 'read_uncommitted'
    /** The choices the view makes for itself, kept over a reload and for the next view. */
    readonly layout: Layout
    /**
     * The records that are selected now, at most 10,000: what a command from the palette or a key
     * is about, and a row's menu where its row is one of them.
     */
    readonly selected: readonly RecordName[]
  }
}

export interface MessagesView {
  readonly requests: object
  readonly events: {
    /** At most four times a second while records come, ten times where they are followed. */
    readonly state: MessagesState
    /**
     * Scroll to this row and select it. `record` is the one that stands there, where it is known:
     * rows may change places before the view has pulled it.
     */
    readonly reveal: { readonly row: number; readonly record?: RecordName }
    /**
     * What a command asks of the active view. `compare`: the two records that are selected, else
     * the selected one with the one whose menu was opened last.
     */
    readonly command: 'focusFilter' | 'compare' | 'showDetail' | 'toggleNotes'
  }
}

export type CopyWhat =
  /** A record's value, its key, or the whole as a JSON line. */
  | 'value'
  | 'key'
  | 'record'
  /** The row as its columns show it, separated by tabs. */
  | 'row'
  /** A PRODUCER block that sends the record again. */
  | 'producer'
  /** A command line for kcat that sends the record again. */
  | 'kcat'

/** Names of formats with their parameters as a `.kafka` file writes them: `auto`, `string(latin1)`. */
export interface DecodeAs {
  readonly key: string
  readonly value: string
}

/** Widths in px by column, those that are hidden, and the share of the detail. Kept by the host. */
export interface Layout {
  readonly widths: Readonly<Record<string, number>>
  readonly hidden: readonly string[]
  /** In px, where it stands beside the table. */
  readonly detailWidth?: number
  /** In percent, where it stands below the table. */
  readonly detailHeight?: number
  /** Sections of the detail that are folded. */
  readonly folded: readonly string[]
  /** How a value is looked at. */
  readonly valueView: 'tree' | 'text' | 'hex'
}

export interface ReadBy {
  readonly groups: readonly {
    readonly group: string
    /** Absent: it has committed nothing here, or may not be seen. */
    readonly committedOffset?: string
    /** Whether the record lies before the committed offset. */
    readonly passed?: boolean
    readonly problem?: Problem
  }[]
  readonly problem?: Problem
}

export type FilterCheck =
  | { readonly kind: 'none' }
  /** Searched as text; `exact` where it stands in quotes. */
  | { readonly kind: 'text'; readonly exact: boolean }
  | { readonly kind: 'expression'; readonly paths: readonly FieldPath[] }
  | {
      readonly kind: 'error'
      readonly message: string
      /** Where it went wrong, from 0, in UTF-16 units. */
      readonly from: number
      readonly to: number
    }

/** A field that an expression names, such as `value.status`, and where it stands in the text. */
export interface FieldPath {
  readonly path: string
  readonly from: number
  readonly to: number
}

export interface KeptFilter {
  readonly text: string
  /** Set for a saved one. */
  readonly name?: string
  /** How many records matched when it ran last. */
  readonly matched?: number
}

export type MessagesPhase = ViewPhase

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
  readonly isolation: 'read_committed' | 'read_uncommitted'
  readonly decodeAs: DecodeAs
  /** As it stands in the field when it ran; empty: none. */
  readonly filter: string
  readonly filters: {
    /** Newest first. */
    readonly history: readonly KeptFilter[]
    readonly saved: readonly KeptFilter[]
  }
  readonly shown: Shown
  /** As it was kept; the view goes on from it when it begins. */
  readonly layout: Layout
  /** Whether the workspace is trusted and the topic may be written to, as far as is known. */
  readonly canProduce: boolean
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
  readonly recordsShown: number
  readonly recordsHeld: number
  readonly recordsRead: number
  readonly recordsMatched: number
  readonly filterFailures?: { readonly count: number; readonly first: string }
  readonly errors: number
  readonly notes: {
    readonly gaps: number
    readonly missingOffsets: number
    readonly aborted: number
    readonly abortedRecords: number
    readonly markers: number
  }
  readonly bytesRead: number
  readonly recordsPerSecond: number
  readonly bytesPerSecond: number
  /** Bytes held for rows, and the most that may be held. */
  readonly memory: number
  readonly budget: number
  readonly progress: readonly PartitionState[]
  /** Fields seen in values, as an expression writes them; empty: not known. */
  readonly fields: readonly string[]
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
  readonly filter?: string
  /** Where the person chose it in the view. */
  readonly decodeAs?: DecodeAs
  readonly shown?: Shown
}

export interface PartitionState {
  readonly partition: number
  /** 0 to 100; absent: not known. */
  readonly percent?: number
  readonly position?: string
  readonly logStartOffset?: string
  readonly highWatermark?: string
  /** Told where it differs from the high watermark: an open transaction holds it back. */
  readonly lastStableOffset?: string
  /** Producers with an open transaction, once they were asked for. */
  readonly openTransactions?: readonly {
    readonly producerId: string
    readonly startOffset: string
    readonly lastTimestamp?: number
  }[]
  readonly problem?: Problem
  /** With a problem that may pass: since when, and when it is tried again; ms since the epoch. */
  readonly failingSince?: number
  readonly nextTryAt?: number
}
