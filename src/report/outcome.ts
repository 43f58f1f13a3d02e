import type { Problem } from '../base/problem.ts'
import type { ProblemReport } from '../language/report.ts'
import type { BlockKind } from '../language/tree.ts'
import type { BlockResult } from '../run/results.ts'

/** What became of a run of files: what every report is made of. Its texts hold no secret. */
export interface RunOutcome {
  /** Ms since the epoch, and ms. */
  readonly startedAt: number
  readonly milliseconds: number
  /** In the order in which they were asked for, whatever the order in which they ended. */
  readonly files: readonly FileOutcome[]
}

export interface FileOutcome {
  /** As it is named to people. */
  readonly file: string
  readonly startedAt: number
  readonly milliseconds: number
  /** The value of `{{$run}}`. Absent: it did not run. */
  readonly run?: string
  /** What the checks found in its text. With an error in it nothing of the file runs. */
  readonly problems: readonly ProblemReport[]
  /** Why it did not run at all, other than by `problems`. */
  readonly refusal?: Refusal
  /** Those that the run ended, in the order of the run. */
  readonly blocks: readonly BlockOutcome[]
  /** Why the run was ended before its time: Ctrl-C, or the time allowed. */
  readonly endedEarly?: Problem
}

export interface Refusal {
  readonly problem: Problem
  /** The exit code that it stands for; 0: it was left out on purpose. */
  readonly exit: 0 | 1 | 2 | 3
}

export interface BlockOutcome {
  readonly kind: BlockKind
  readonly label?: string
  readonly group?: string
  /** Of its keyword, from 1. */
  readonly line: number
  readonly column: number
  readonly result: BlockResult
}

/** `EXPECT priced`, `EXPECT GROUP billing`, `CONSUMER audit`, `PRODUCER`. */
export function nameOf({
  kind,
  label,
  group,
}: Pick<BlockOutcome, 'kind' | 'label' | 'group'>): string {
  if (group !== undefined) return kind === 'EXPECT' ? `EXPECT GROUP ${group}` : `${kind} ${group}`
  return label === undefined ? kind : `${kind} ${label}`
}

/** The exit codes of a run; the highest counts (kafka-file specification, section 7). */
export const EXIT_OF = { passed: 0, badOptions: 1, invalid: 2, runtime: 3, expectation: 4 } as const

/** The highest exit code of all that went wrong. */
export function exitCodeOf({ files }: Pick<RunOutcome, 'files'>): number {
  return Math.max(EXIT_OF.passed, ...files.map(fileExitCode))
}

function fileExitCode(file: FileOutcome): number {
  const invalid = file.problems.some(({ severity }) => severity === 'error')
  return Math.max(
    file.refusal?.exit ?? EXIT_OF.passed,
    invalid ? EXIT_OF.invalid : EXIT_OF.passed,
    file.endedEarly ? EXIT_OF.runtime : EXIT_OF.passed,
    ...file.blocks.map(blockExitCode),
  )
}

function blockExitCode({ result }: BlockOutcome): number {
  switch (result.status) {
    case 'passed':
    case 'skipped':
      return EXIT_OF.passed
    case 'refused':
      return EXIT_OF.invalid
    case 'stopped':
      return EXIT_OF.runtime
    case 'failed':
      return result.failure ? EXIT_OF.expectation : EXIT_OF.runtime
  }
}

/** It neither passed nor was left out. */
export function isWrong({ result }: BlockOutcome): boolean {
  return result.status !== 'passed' && result.status !== 'skipped'
}

export interface Totals {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
  /** Refused by the checks, or because something in it is not defined. */
  readonly refused: number
  readonly stopped: number
}

/** Blocks by what became of them. */
export function totalsOf(blocks: readonly BlockOutcome[]): Totals {
  const of = (status: BlockResult['status']) =>
    blocks.filter(({ result }) => result.status === status).length
  return {
    passed: of('passed'),
    failed: of('failed'),
    skipped: of('skipped'),
    refused: of('refused'),
    stopped: of('stopped'),
  }
}
