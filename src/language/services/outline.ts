import type { Span } from '../lines.ts'
import { runnableOf, type Runnable } from '../runnable.ts'
import { settingsOf } from '../settings.ts'
import type { Block, BlockKind, KafkaFile } from '../tree.ts'

export interface FoldingRange {
  /** Counts from 0, like `endLine`, which belongs to it. */
  readonly startLine: number
  readonly endLine: number
}

/** One region per block of two lines or more, without the blank lines at its end. */
export function foldingRanges(file: KafkaFile): readonly FoldingRange[] {
  return file.blocks.flatMap(block => {
    const endLine = lastFilledLine(file, block)
    return endLine > block.startLine ? [{ startLine: block.startLine, endLine }] : []
  })
}

function lastFilledLine(file: KafkaFile, block: Block): number {
  let line = block.endLine
  while (
    line > block.startLine &&
    file.text.slice(file.lines.startOf(line), file.lines.endOf(line)).trim() === ''
  ) {
    line--
  }
  return line
}

export interface FileSymbol {
  readonly name: string
  readonly detail: string
  readonly kind: BlockKind | 'variable'
  readonly span: Span
  /** What is selected when the symbol is chosen. */
  readonly selection: Span
}

/** The blocks and variables of a file, in its order; a block without a name has its title's. */
export function symbolsOf(file: KafkaFile): readonly FileSymbol[] {
  const titles = new Map(file.separators.map(({ line, title }) => [line, title.text]))
  const variables = file.variables.map(({ name, value, span, nameSpan }): FileSymbol => ({
    name: `@${name}`,
    detail: value,
    kind: 'variable',
    span,
    selection: nameSpan,
  }))
  const blocks = file.blocks.map((block): FileSymbol => {
    const title = titles.get(block.startLine - 1) ?? ''
    const own = block.label?.text ?? (block.group && groupTitle(block))
    const topic = block.properties.findLast(property => property.name === 'topic')?.value
    return {
      name: own === undefined ? (title === '' ? block.kind : title) : `${block.kind} ${own}`,
      detail: topic ?? '',
      kind: block.kind,
      span: block.span,
      selection: block.keyword,
    }
  })
  return [...variables, ...blocks].sort((a, b) => a.span.start - b.span.start)
}

function groupTitle(block: Block): string {
  const group = block.group?.text ?? ''
  return block.kind === 'EXPECT' ? `GROUP ${group}` : group
}

/** What the editor needs to put lenses on a block; which ones depends on its state. */
export interface BlockLens {
  readonly block: Block
  /** The line of the keyword, counted from 0. */
  readonly line: number
  readonly span: Span
  readonly kind: BlockKind
  readonly topic?: string
  /** Absent: a CONSUMER that browses. */
  readonly group?: string
  /** The interval of a scheduled PRODUCER, as it is written. */
  readonly every?: string
  readonly runnable: Runnable
}

export function lensesOf(file: KafkaFile): readonly BlockLens[] {
  const settings = settingsOf(file)
  const runnable = runnableOf(file)
  return file.blocks
    .filter(block => block.kind !== 'DEFAULTS')
    .map(block => {
      const topic = settings.one(block, 'topic')?.value
      const every = block.kind === 'PRODUCER' ? settings.one(block, 'every')?.value : undefined
      return {
        block,
        line: block.startLine,
        span: block.keyword,
        kind: block.kind,
        ...(topic && { topic }),
        ...(block.group && { group: block.group.text }),
        ...(every && { every }),
        runnable: runnable(block),
      }
    })
}
