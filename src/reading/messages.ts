import type { Problem } from '../base/problem.ts'
import type { Log } from '../base/log.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { RecordFormats } from '../kafka/format.ts'
import type { RecordPage } from '../kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { KafkaRecord } from '../kafka/record.ts'
import type {
  HexBytes,
  HexRequest,
  RecordDetail,
  RecordName,
  Rows,
  RowsRequest,
  Shown,
  Timeline,
  ViewRequest,
  ViewState,
} from '../kafka/recordView.ts'
import { pageBytes } from './pages.ts'

/** What the main thread tells the worker. Reads are told apart by a number. */
export type ToWorker =
  /** First, and once. Secrets go this way only: never in arguments or the environment. */
  | { readonly kind: 'open'; readonly config: ConnectionConfig; readonly memoryBudgetBytes: number }
  | { readonly kind: 'read'; readonly id: number; readonly request: ReadRequest }
  /** The consumer has taken so much: see `weightOf`. */
  | { readonly kind: 'taken'; readonly id: number; readonly weight: number }
  | { readonly kind: 'cancel'; readonly id: number }
  /** A view begins; views and reads share their numbers. */
  | { readonly kind: 'view'; readonly id: number; readonly request: ViewRequest }
  | { readonly kind: 'viewDo'; readonly id: number; readonly action: ViewAction }
  | { readonly kind: 'ask'; readonly id: number; readonly call: number; readonly ask: ViewAsk }
  /** Nobody waits for the answer any more. */
  | { readonly kind: 'forget'; readonly id: number; readonly call: number }
  /** These topics may be read soon. */
  | { readonly kind: 'warmUp'; readonly topics: readonly string[] }
  /** Asks for a sign of life. */
  | { readonly kind: 'ping' }

/** What a view is told, in the order in which it is told. */
export type ViewAction =
  | { readonly kind: 'pause' | 'resume' | 'stop' | 'settle' | 'dispose' }
  | { readonly kind: 'feed'; readonly pages: readonly RecordPage[] }
  | { readonly kind: 'show'; readonly shown: Shown }
  | { readonly kind: 'decodeAs'; readonly formats: RecordFormats }

/** What a view is asked, and what it answers: see `RecordView`. */
export interface ViewAnswers {
  readonly rows: { readonly asked: RowsRequest; readonly answer: Rows }
  readonly locate: {
    readonly asked: RecordName | { readonly timestamp: number }
    readonly answer: number | undefined
  }
  readonly timeline: { readonly asked: number; readonly answer: Timeline }
  readonly detail: {
    readonly asked: { readonly name: RecordName; readonly formats: Partial<RecordFormats> }
    readonly answer: RecordDetail
  }
  readonly hex: { readonly asked: HexRequest; readonly answer: HexBytes }
  readonly record: { readonly asked: RecordName; readonly answer: KafkaRecord }
  readonly records: { readonly asked: RowsRequest; readonly answer: readonly KafkaRecord[] }
}

export type ViewAsk = {
  [Name in keyof ViewAnswers]: { readonly kind: Name; readonly asked: ViewAnswers[Name]['asked'] }
}[keyof ViewAnswers]

export type ViewAnswer = ViewAnswers[keyof ViewAnswers]['answer']

/** What the worker tells the main thread. */
export type FromWorker =
  | { readonly kind: 'update'; readonly id: number; readonly update: ReadUpdate }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'state'; readonly id: number; readonly state: ViewState }
  | { readonly kind: 'answer'; readonly id: number; readonly call: number; readonly answer: Answer }
  | { readonly kind: 'pong' }
  | { readonly kind: 'log'; readonly level: keyof Log; readonly message: string }

/** What came of a question. */
export type Answer = { readonly value: ViewAnswer } | { readonly problem: Problem }

/** An update without records takes room too. */
const UPDATE_BYTES = 1024

/** What an update counts for in the bounded room between the threads, in bytes. */
export function weightOf(update: ReadUpdate): number {
  return update.pages.reduce((sum, page) => sum + pageBytes(page), UPDATE_BYTES)
}

/** The buffers that move to the other thread instead of being copied. */
export function buffersOf(pages: readonly RecordPage[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>()
  for (const { bytes, offsets } of pages) {
    // A page's columns share one buffer; its bytes may share one with other pages of the update.
    for (const { buffer } of [bytes, offsets]) {
      if (buffer instanceof ArrayBuffer) buffers.add(buffer)
    }
  }
  return [...buffers]
}
