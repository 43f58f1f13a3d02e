import type { Problem } from '../base/problem.ts'
import type { ProduceOutcome } from '../kafka/cluster.ts'
import type { PartitionProgress } from '../kafka/reading.ts'
import type { Chunk } from './recordStore.ts'

/**
 * What a running block tells. A run never throws: what goes wrong is an event, and every run says
 * at its end that it ended and why.
 */
export type RunEvent = ProduceEvent | ConsumeEvent

export type ProduceEvent =
  /** The records are made and on their way. */
  | { readonly kind: 'sending'; readonly count: number }
  | { readonly kind: 'produced'; readonly result: ProduceResult }
  /** A scheduled PRODUCER waits until then (ms since the epoch). */
  | { readonly kind: 'waiting'; readonly until: number }
  | Ended

export type ConsumeEvent =
  | {
      readonly kind: 'started'
      /** `browse` joins no group and commits nothing. */
      readonly mode: 'browse' | 'join'
      /** Why it is not what the block seems to ask for (K401). */
      readonly notice?: string
    }
  | {
      readonly kind: 'joined'
      readonly memberId: string
      readonly partitions: readonly number[]
    }
  | { readonly kind: 'rebalancing' }
  | { readonly kind: 'records'; readonly chunks: readonly Chunk[] }
  | {
      readonly kind: 'progress'
      readonly partitions: readonly PartitionProgress[]
      readonly bytesRead: number
      readonly recordsRead: number
      /** Every readable partition stands at its end. */
      readonly caughtUp: boolean
    }
  /** Something stands in the way and the run goes on. */
  | { readonly kind: 'problem'; readonly problem: Problem }
  | Ended

export interface Ended {
  readonly kind: 'ended'
  /** `refused`: the block cannot run as it stands, and nothing was sent or read. */
  readonly reason: 'done' | 'stopped' | 'failed' | 'refused'
  readonly problem?: Problem
}

/** What became of the records of one send, in order. */
export interface ProduceResult {
  readonly topic: string
  readonly outcomes: readonly ProduceOutcome[]
  /** From the send to its answer, ms. */
  readonly milliseconds: number
}
