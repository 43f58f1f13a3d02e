import type { Span } from '../lines.ts'
import type { Block, FileProblem, Fix, Severity } from '../tree.ts'

/** More than this of one severity helps nobody, and would cost memory in a file of garbage. */
const MOST = 10_000

/** Collects problems in bounded memory. */
export interface Report {
  readonly problems: readonly FileProblem[]
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

const LONGEST_QUOTE = 60

/** Text in quotes, cut in the middle of nowhere if it is long, on one line. */
export function quoted(text: string): string {
  const line = text.length > LONGEST_QUOTE ? `${text.slice(0, LONGEST_QUOTE)}…` : text
  return `"${line.replaceAll(/\s+/g, ' ')}"`
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(suggestion: string | undefined, suffix = ''): string {
  return suggestion === undefined ? '' : ` Did you mean "${suggestion}${suffix}"?`
}

/** A fix that writes `text` in place of `span`. */
export function replacement(title: string, span: Span, text: string): Fix {
  return { title, edits: [{ span, text }] }
}
