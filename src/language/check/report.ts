import type { Span } from '../lines.ts'
import type { Settings } from '../settings.ts'
import type { Block, FileProblem, Fix, KafkaFile, Severity } from '../tree.ts'
import type { KnownCluster } from './knowledge.ts'

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

/** What the checks of one block need to know, and where they report. */
export interface BlockCheck {
  readonly file: KafkaFile
  readonly block: Block
  readonly settings: Settings
  /** What is known of the cluster that the block goes to. */
  readonly cluster: KnownCluster | undefined
  readonly report: Report
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
