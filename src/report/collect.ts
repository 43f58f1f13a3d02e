import type { ProblemReport } from '../language/report.ts'
import type { KafkaFile } from '../language/tree.ts'
import type { RunEvent } from '../run/events.ts'
import type { BlockResult } from '../run/results.ts'
import type { BlockOutcome, FileOutcome } from './outcome.ts'

/** Turns the events of one file's run into what reports are made of. */
export interface Collector {
  /** The block that the event ended. */
  take(event: RunEvent): BlockOutcome | undefined
  /** What became of the file so far. */
  outcome(): Omit<FileOutcome, 'milliseconds'>
}

export interface CollectedFile {
  /** As it is named to people. */
  readonly name: string
  readonly file: KafkaFile
  readonly problems: readonly ProblemReport[]
  readonly startedAt: number
  /** Takes the secrets of the run out of what the file itself says: labels, messages. */
  readonly redact: (text: string) => string
}

export function newCollector({
  name,
  file,
  problems,
  startedAt,
  redact,
}: CollectedFile): Collector {
  let run: string | undefined
  const blocks: BlockOutcome[] = []
  return {
    take(event) {
      if (event.kind === 'run-started') run = event.run
      if (event.kind !== 'block-ended') return undefined
      const block = blockOutcome(file, event.result, redact)
      if (block) blocks.push(block)
      return block
    },
    outcome: () => ({
      file: name,
      startedAt,
      problems: problems.map(problem => ({ ...problem, message: redact(problem.message) })),
      blocks: [...blocks],
      ...(run !== undefined && { run }),
    }),
  }
}

function blockOutcome(
  file: KafkaFile,
  result: BlockResult,
  redact: (text: string) => string,
): BlockOutcome | undefined {
  const block = file.blocks[result.block]
  if (!block) return undefined
  const { line, column } = file.lines.placeOf(block.keyword.start)
  return {
    kind: block.kind,
    ...(block.label && { label: redact(block.label.text) }),
    ...(block.group && { group: redact(block.group.text) }),
    line: line + 1,
    column: column + 1,
    result,
  }
}
