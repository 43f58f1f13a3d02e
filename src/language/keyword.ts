import type { KafkaFile, BlockKind } from './tree.ts'

/** The block that a line opens, by what it starts with. */
export function keywordAt(text: string, start: number, end: number): BlockKind | undefined {
  switch (text.charCodeAt(start)) {
    case 80: // P: level 1 opens a block with any line that starts so, `PRODUCERS x` too
      return text.startsWith('PRODUCER', start) ? 'PRODUCER' : undefined
    case 67:
      return text.startsWith('CONSUMER', start) ? 'CONSUMER' : undefined
    case 69:
      return isWholeWord(text, 'EXPECT', start, end) ? 'EXPECT' : undefined
    case 84:
      return isWholeWord(text, 'TOPIC', start, end) ? 'TOPIC' : undefined
    case 68:
      return isWholeWord(text, 'DEFAULTS', start, end) ? 'DEFAULTS' : undefined
    default:
      return undefined
  }
}

function isWholeWord(text: string, word: string, start: number, end: number): boolean {
  if (!text.startsWith(word, start)) return false
  const after = start + word.length
  return after >= end || text[after] === ' ' || text[after] === '\t'
}

/** The block keyword that a line starts with, wherever the line stands. */
export function keywordOfLine(file: KafkaFile, line: number): BlockKind | undefined {
  return keywordAt(file.text, file.lines.startOf(line), file.lines.endOf(line))
}

/** A line at this offset separates blocks. */
export function isSeparator(text: string, start: number): boolean {
  return text.startsWith('###', start)
}
