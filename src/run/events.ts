import type { Problem } from '../base/problem.ts'
import type { ProduceOutcome } from '../kafka/cluster.ts'

/**
 * What a running PRODUCER tells. A run never throws: what goes wrong is an event, and every run
 * says at its end that it ended and why.
 */
export type ProduceEvent =
  /** The records are made and on their way. */
  | { readonly kind: 'sending'; readonly count: number }
  | { readonly kind: 'produced'; readonly result: ProduceResult }
  /** A scheduled PRODUCER waits until then (ms since the epoch). */
  | { readonly kind: 'waiting'; readonly until: number }
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
