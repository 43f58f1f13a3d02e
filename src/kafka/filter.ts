import type { RecordFormats } from './format.ts'

/** Which records are wanted: all that is given must hold. */
export interface RecordFilter {
  /** Searched as bytes in key, value, and names and values of headers, before anything is decoded. */
  readonly text?: TextFilter
  /** CEL conditions (kafka-file specification, section 4). An evaluation error is no match. */
  readonly expressions?: readonly string[]
  /** What `key` and `value` of the expressions are decoded as. */
  readonly formats: RecordFormats
}

export interface TextFilter {
  readonly text: string
  /** ASCII letters only: others are compared as they are. */
  readonly ignoreCase: boolean
}
