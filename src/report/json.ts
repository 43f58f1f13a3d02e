import type { Problem } from '../base/problem.ts'
import type { ProblemReport } from '../language/report.ts'
import type { BlockKind } from '../language/tree.ts'
import type { BlockResult, ExpectFailure } from '../run/results.ts'
import {
  exitCodeOf,
  totalsOf,
  type BlockOutcome,
  type FileOutcome,
  type RunOutcome,
  type Totals,
} from './outcome.ts'

/**
 * What `--report json=FILE` writes. Offsets and lag are decimal strings, for they may exceed what a
 * JSON number keeps exactly; times are ISO 8601, durations milliseconds, lines and columns count
 * from 1. What is absent is left out. Fields may be added, none changes its meaning in `version` 1.
 */
export interface RunDocument {
  readonly format: 'kafkafile-run'
  readonly version: 1
  readonly startedAt: string
  readonly milliseconds: number
  /**
   * That of the process: 0 passed, 1 bad options, 2 a file does not validate, 3 run-time error, 4 an
   * EXPECT failed, 130 ended by Ctrl-C, 143 by SIGTERM.
   */
  readonly exitCode: number
  /** Blocks by status. */
  readonly totals: Totals
  readonly files: readonly FileDocument[]
}

export interface FileDocument {
  readonly file: string
  readonly startedAt: string
  readonly milliseconds: number
  /** The value of `{{$run}}`. */
  readonly run?: string
  /** As `kafkafile check --json` prints them; with an error among them nothing of the file ran. */
  readonly problems: readonly ProblemReport[]
  /** Why nothing of it ran, or not all. */
  readonly problem?: ProblemDocument
  readonly blocks: readonly BlockDocument[]
}

export type ProblemDocument = Pick<Problem, 'code' | 'message' | 'advice'>

export interface BlockDocument {
  readonly kind: BlockKind
  readonly label?: string
  readonly group?: string
  readonly line: number
  readonly column: number
  readonly status: BlockResult['status']
  readonly startedAt: string
  readonly milliseconds: number
  /** Why it did not pass, or was skipped. */
  readonly problem?: ProblemDocument
  readonly notice?: string
  /** What it did, by its kind. */
  readonly details?: Told<Exclude<BlockResult['details'], { readonly kind: 'none' }>>
  /** Of an EXPECT whose records did not come. */
  readonly failure?: Told<ExpectFailure>
  /** By name; secrets are `***`. */
  readonly captures?: Readonly<Record<string, string>>
}

/** The same data with decimal strings in the place of `bigint`. */
export type Told<T> = T extends bigint ? string : { readonly [K in keyof T]: Told<T[K]> }

/** `exitCode`: of the process, where it does not follow from what became of the files. */
export function jsonReport(run: RunOutcome, exitCode = exitCodeOf(run)): string {
  return `${JSON.stringify(runDocument(run, exitCode), undefined, 2)}\n`
}

export function runDocument(run: RunOutcome, exitCode: number): RunDocument {
  return {
    format: 'kafkafile-run',
    version: 1,
    startedAt: time(run.startedAt),
    milliseconds: whole(run.milliseconds),
    exitCode,
    totals: totalsOf(run.files.flatMap(({ blocks }) => blocks)),
    files: run.files.map(fileDocument),
  }
}

function fileDocument(file: FileOutcome): FileDocument {
  const problem = file.refusal?.problem ?? file.endedEarly
  return {
    file: file.file,
    startedAt: time(file.startedAt),
    milliseconds: whole(file.milliseconds),
    ...(file.run !== undefined && { run: file.run }),
    problems: file.problems,
    ...(problem && { problem: problemDocument(problem) }),
    blocks: file.blocks.map(blockDocument),
  }
}

function blockDocument({ kind, label, group, line, column, result }: BlockOutcome): BlockDocument {
  const { status, problem, notice, failure, captures } = result
  return {
    kind,
    ...(label !== undefined && { label }),
    ...(group !== undefined && { group }),
    line,
    column,
    status,
    startedAt: time(result.startedAt),
    milliseconds: whole(result.milliseconds),
    ...(problem && { problem: problemDocument(problem) }),
    ...(notice !== undefined && { notice }),
    ...detailsDocument(result),
    ...(failure && { failure: told(failure) }),
    ...(captures.length > 0 && { captures: Object.fromEntries(captures) }),
  }
}

/** The outcomes of the single records of a send are left out: their sums say enough. */
function detailsDocument({ details }: BlockResult): Pick<BlockDocument, 'details'> {
  if (details.kind === 'none') return {}
  if (details.kind !== 'produced') return { details: told(details) }
  const { kind, topic, sent, acknowledged, failed, failures, last } = details
  return {
    details: told({
      kind,
      topic,
      sent,
      acknowledged,
      ...(failed !== undefined && { failed }),
      ...(failures && { failures }),
      ...(last && { last }),
    }),
  }
}

function problemDocument({ code, message, advice }: Problem): ProblemDocument {
  return { code, message, ...(advice !== undefined && { advice }) }
}

function told<T>(data: T): Told<T>
function told(data: unknown): unknown {
  if (typeof data === 'bigint') return data.toString()
  if (Array.isArray(data)) return data.map(item => told<unknown>(item))
  if (typeof data !== 'object' || data === null) return data
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, told<unknown>(value)]))
}

function time(ms: number): string {
  return new Date(ms).toISOString()
}

function whole(ms: number): number {
  return Math.max(0, Math.round(ms))
}
