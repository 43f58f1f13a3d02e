import type { Problem } from '../base/problem.ts'
import type { Log } from '../base/log.ts'
import type { ConnectionConfig } from '../kafka/connection.ts'
import type { RecordPage } from '../kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import { pageBytes } from './pages.ts'

/** What the main thread tells the worker. Reads are told apart by a number. */
export type ToWorker =
  /** First, and once. Secrets go this way only: never in arguments or the environment. */
  | { readonly kind: 'open'; readonly config: ConnectionConfig; readonly memoryBudgetBytes: number }
  | { readonly kind: 'read'; readonly id: number; readonly request: ReadRequest }
  /** The consumer has taken so much: see `weightOf`. */
  | { readonly kind: 'taken'; readonly id: number; readonly weight: number }
  | { readonly kind: 'cancel'; readonly id: number }

/** What the worker tells the main thread. */
export type FromWorker =
  | { readonly kind: 'update'; readonly id: number; readonly update: ReadUpdate }
  | { readonly kind: 'failed'; readonly id: number; readonly problem: Problem }
  | { readonly kind: 'log'; readonly level: keyof Log; readonly message: string }

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
