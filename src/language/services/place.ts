import type { Span } from '../lines.ts'
import type { Block, KafkaFile, Property } from '../tree.ts'

/** What stands at an offset, for the services that ask about one place. */
export interface PlaceInFile {
  /** Counts from 0; one more than the last line after a final line end. */
  readonly line: number
  readonly lineSpan: Span
  /** The line's text up to the offset. */
  readonly before: string
  /** The line's text from the offset on. */
  readonly after: string
  readonly block?: Block
  /** The property of the line. */
  readonly property?: Property
  /** The line belongs to the value or the pattern. */
  readonly inBody: boolean
}

export function placeAt(file: KafkaFile, offset: number): PlaceInFile {
  const { line } = file.lines.placeOf(offset)
  const start = line < file.lines.count ? file.lines.startOf(line) : file.text.length
  const lineSpan = { start, end: Math.max(start, file.lines.endOf(line)) }
  const block = blockOfLine(file, line)
  const property = block?.properties.find(each => each.line === line)
  return {
    line,
    lineSpan,
    before: file.text.slice(start, offset),
    after: file.text.slice(offset, lineSpan.end),
    ...(block && { block }),
    ...(property && { property }),
    inBody: block?.body !== undefined && lineSpan.end >= block.body.span.start,
  }
}

/** The block of a line; the empty line after a final line end still belongs to the last block. */
function blockOfLine(file: KafkaFile, line: number): Block | undefined {
  let low = 0
  let high = file.blocks.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((file.blocks[middle]?.startLine ?? 0) <= line) low = middle + 1
    else high = middle
  }
  const block = file.blocks[low - 1]
  if (!block) return undefined
  const isAfterEnd = line === file.lines.count && block.endLine === line - 1
  return line <= block.endLine || isAfterEnd ? block : undefined
}
