import type { Span } from '../lines.ts'
import type { Block, FileProblem, Fix, Severity } from '../tree.ts'

/** More than this of one severity helps nobody, and would cost memory in a file of garbage. */
const MOST = 10_000

/** Collects problems in bounded memory. */
export interface Report {
  readonly problems: readonly FileProblem[]
  /** Further problems of this severity are dropped: what only they need is not worth computing. */
  isFull(severity: Severity): boolean
  add(
    code: string,
    severity: Severity,
    span: Span,
    message: string,
    options?: { readonly block?: Block | undefined; readonly fixes?: readonly Fix[] | undefined },
  ): void
}

export function newReport(): Report {
  const problems: FileProblem[] = []
  const counts: Record<Severity, number> = { error: 0, warning: 0, information: 0 }
  return {
    problems,
    isFull: severity => counts[severity] >= MOST,
    add(code, severity, span, message, { block, fixes } = {}) {
      if (++counts[severity] > MOST) return
      problems.push({
        code,
        severity,
        message,
        span,
        ...(block && { block: block.index }),
        ...(fixes && fixes.length > 0 && { fixes }),
      })
    },
  }
}

/** A fix that writes `text` in place of `span`. */
export function replacement(title: string, span: Span, text: string): Fix {
  return { title, edits: [{ span, text }] }
}
