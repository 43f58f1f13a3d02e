import type { Problem } from '../base/problem.ts'
import type { ProduceResult } from './events.ts'

/** The code of what a person who was asked did not want: nothing is wrong. */
export const CANCELLED = 'cancelled'

/** What became of one block. Texts hold no secret: they went through the run's redaction. */
export interface BlockResult {
  /** Place in `KafkaFile.blocks`. */
  readonly block: number
  /**
   * `refused`: it cannot run as it stands, or something in it is not defined; nothing was sent.
   * `failed`: of an EXPECT, what was expected did not come; of others, they went wrong.
   */
  readonly status: 'passed' | 'failed' | 'skipped' | 'stopped' | 'refused'
  /** Ms since the epoch, and ms. */
  readonly startedAt: number
  readonly milliseconds: number
  /** Why it did not pass, or why it was skipped. */
  readonly problem?: Problem
  /** Of an EXPECT that failed. */
  readonly failure?: ExpectFailure
  readonly details:
    | { readonly kind: 'none' }
    | ({ readonly kind: 'produced' } & ProducedSummary)
    | ({ readonly kind: 'consumed' } & ConsumedSummary)
    | ({ readonly kind: 'expected' } & ExpectedSummary)
    | {
        readonly kind: 'group'
        readonly group: string
        readonly lag?: bigint
        readonly state?: string
      }
    | {
        readonly kind: 'topic'
        readonly topic: string
        readonly did: 'created' | 'kept' | 'recreated'
      }
  /** What the reader should know, such as that a group was not joined (K401). */
  readonly notice?: string
  /** Names and values that the block captured; a secret is `***`. */
  readonly captures: readonly (readonly [name: string, text: string])[]
}

export interface ProducedSummary {
  readonly topic: string
  readonly sent: number
  readonly acknowledged: number
  /** Not made, or not acknowledged; the first of the reasons stand in `failures`. */
  readonly failed?: number
  readonly failures?: readonly Problem[]
  /** The last acknowledged one. */
  readonly last?: { readonly partition: number; readonly offset?: bigint }
  /** The result of a single send of few records, as the editor shows it. */
  readonly result?: ProduceResult
}

export interface ConsumedSummary {
  readonly topic: string
  readonly read: number
  readonly matched: number
  /** The file that was written. */
  readonly output?: string
}

export interface ExpectedSummary {
  readonly topic: string
  readonly read: number
  readonly matched: number
  /** The record that was found, of several the last. */
  readonly record?: {
    readonly partition: number
    readonly offset: bigint
    readonly latency?: number
  }
}

/** Why an EXPECT failed, with what helps to see it (kafka-file specification, section 6). */
export interface ExpectFailure {
  /** `no matching record within 15s`. */
  readonly message: string
  /** `read 34 records from orders-priced [0-2] since 12:00:01.250 (run mark)`. */
  readonly read: string
  readonly closest?: {
    readonly partition: number
    readonly offset: bigint
    readonly key: string
    /** In words: `key differs`. */
    readonly why: string
    readonly differences: readonly Difference[]
  }
  readonly undecodable?: {
    readonly count: number
    readonly first: string
  }
  /** Records for which a condition could not be evaluated. */
  readonly failures?: { readonly count: number; readonly first: string }
}

/** `status  expected "PRICED"  got "REJECTED"`. */
export interface Difference {
  readonly path: string
  readonly expected: string
  readonly actual: string
}
