import type { Problem } from '../base/problem.ts'
import type { OutgoingRecord, ProduceOutcome } from '../kafka/cluster.ts'
import type { BlockResult } from './results.ts'

/**
 * What a running PRODUCER tells. A run never throws: what goes wrong is an event, and every run
 * says at its end that it ended and why.
 */
export type ProduceEvent =
  /** The records are made and on their way. */
  | { readonly kind: 'sending'; readonly count: number }
  | { readonly kind: 'produced'; readonly result: ProduceResult }
  /** Of many records: how far it has come. */
  | { readonly kind: 'progress'; readonly totals: ProduceTotals }
  /** A scheduled PRODUCER waits until then (ms since the epoch). */
  | { readonly kind: 'waiting'; readonly until: number }
  | Ended

export interface Ended {
  readonly kind: 'ended'
  /** `refused`: the block cannot run as it stands, and nothing was sent or read. */
  readonly reason: 'done' | 'stopped' | 'failed' | 'refused'
  readonly problem?: Problem
  /** What became of all that was sent; absent where nothing was. */
  readonly totals?: ProduceTotals
}

/** What became of the records of one send, in order. */
export interface ProduceResult {
  readonly topic: string
  readonly outcomes: readonly ProduceOutcome[]
  /** From the send to its answer, ms. */
  readonly milliseconds: number
}

/** What became of many records, in numbers. */
export interface ProduceTotals {
  /** As the block says it; with a template, that of the last record. */
  readonly topic: string
  readonly sent: number
  /** Without a problem; with acks 0 nobody confirms it. */
  readonly acknowledged: number
  /** Not made, or not acknowledged. */
  readonly failed: number
  /** The first of the failures. */
  readonly failures: readonly Problem[]
  /** The last acknowledged one. */
  readonly last?: LastRecord
  readonly milliseconds: number
}

export interface LastRecord {
  readonly topic: string
  readonly record: OutgoingRecord
  readonly outcome: ProduceOutcome
}

/**
 * What the run of a file tells, in order: that it started, the blocks one after the other, that it
 * ended. A run throws for nothing. Texts hold no secret: they went through the run's redaction.
 */
export type RunEvent =
  | {
      readonly kind: 'run-started'
      /** The value of `{{$run}}`. */
      readonly run: string
      /** Ms since the epoch. */
      readonly startedAt: number
      /** Places in `KafkaFile.blocks` of all that the run was asked to run, in order. */
      readonly blocks: readonly number[]
    }
  | { readonly kind: 'block-started'; readonly block: number; readonly startedAt: number }
  | { readonly kind: 'block-progress'; readonly block: number; readonly progress: BlockProgress }
  /** Of each block that `run-started` names, in that order, also of those that did not run. */
  | { readonly kind: 'block-ended'; readonly block: number; readonly result: BlockResult }
  | { readonly kind: 'run-ended'; readonly summary: RunSummary }

export type BlockProgress =
  /** `-- @delay`, or a paced PRODUCER until its next record: ms since the epoch. */
  | { readonly kind: 'waiting'; readonly until: number }
  | { readonly kind: 'sending'; readonly count: number }
  | { readonly kind: 'sent'; readonly result: ProduceResult }
  /** Of many records: how far it has come. */
  | { readonly kind: 'producing'; readonly totals: ProduceTotals }
  | { readonly kind: 'reading'; readonly read: number; readonly matched: number }
  /** What an EXPECT GROUP sees while it waits, in words: `lag 12, Stable`. */
  | { readonly kind: 'looking'; readonly text: string }
  /** What a CONSUMER without `output-to` prints. */
  | { readonly kind: 'output'; readonly bytes: Uint8Array }

export interface RunSummary {
  readonly startedAt: number
  readonly milliseconds: number
  /** Blocks by what became of them. */
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  readonly stopped: number
  readonly refused: number
  /** The signal ended it: Ctrl-C, Stop, or the time allowed for the whole run. */
  readonly interrupted: boolean
}
