import { check } from './check/check.ts'
import type { Knowledge } from './check/knowledge.ts'
import type { Lines, Span } from './lines.ts'
import { parse } from './parse.ts'
import type { Block, BlockKind, FileProblem, KafkaFile, Severity } from './tree.ts'

/**
 * What `kafkafile check --json` prints for a file (specification, section 7.1). Lines and columns
 * count from 1, columns in UTF-16 units; what is absent is left out.
 */
export interface FileReport {
  readonly file: string
  readonly blocks: readonly BlockReport[]
  readonly problems: readonly ProblemReport[]
}

export interface BlockReport {
  readonly kind: BlockKind
  readonly label?: string
  readonly group?: string
  readonly startLine: number
  /** The last line that belongs to the block. */
  readonly endLine: number
  readonly properties: readonly {
    readonly name: string
    readonly value?: string
    readonly line: number
  }[]
  /** The record value of a PRODUCER as it would be sent, before templates. */
  readonly value?: string
  /** Of an EXPECT. */
  readonly pattern?: string
}

export interface ProblemReport {
  readonly code: string
  readonly severity: Severity
  readonly line: number
  readonly column: number
  readonly endLine: number
  readonly endColumn: number
  readonly message: string
}

/** Parses and checks a text, with what is known of its surroundings. */
export function reportOf(name: string, text: string, knowledge: Knowledge = {}): FileReport {
  const { file } = parse(text)
  return reportOfFile(name, file, check(file, knowledge))
}

/** The report of a file that is parsed and checked already. */
export function reportOfFile(
  name: string,
  file: KafkaFile,
  problems: readonly FileProblem[],
): FileReport {
  return {
    file: name,
    blocks: file.blocks.map(blockReport),
    problems: problems.map(({ code, severity, span, message }) => ({
      code,
      severity,
      ...rangeOf(file.lines, span),
      message,
    })),
  }
}

function rangeOf(lines: Lines, span: Span) {
  const start = lines.placeOf(span.start)
  const end = lines.placeOf(span.end)
  return {
    line: start.line + 1,
    column: start.column + 1,
    endLine: end.line + 1,
    endColumn: end.column + 1,
  }
}

function blockReport(block: Block): BlockReport {
  return {
    kind: block.kind,
    ...(block.label && { label: block.label.text }),
    ...(block.group && { group: block.group.text }),
    startLine: block.startLine + 1,
    endLine: block.endLine + 1,
    properties: block.properties.map(({ name, value, line }) => ({
      name,
      ...(value !== undefined && { value }),
      line: line + 1,
    })),
    ...(block.body && { [block.kind === 'EXPECT' ? 'pattern' : 'value']: block.body.text }),
  }
}
