import type { Span } from '../lines.ts'

/** A value that was read, or one sentence about what is wrong with it. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      readonly message: string
      /** What is wrong, in the text that was read; absent: all of it. */
      readonly span?: Span
      /** What to write in its place. */
      readonly suggestion?: string
    }

export function good<T>(value: T): Outcome<T> {
  return { ok: true, value }
}

export function bad(
  message: string,
  details: { span?: Span; suggestion?: string } = {},
): Outcome<never> {
  return { ok: false, message, ...details }
}
