/** Parts of a text, or of its lines, that are laid out together. */
export interface Block {
  readonly from: number
  readonly to: number
}

/**
 * A text in blocks of some 4,000 letters that end at the end of a line; a line that is longer than
 * 16,000 is parted.
 */
export function textBlocks(text: string, usual = 4000, most = 16_000): Block[] {
  const blocks: Block[] = []
  for (let from = 0; from < text.length;) {
    const newline = text.indexOf('\n', from + usual)
    const end = newline < 0 ? text.length : newline + 1
    const to = end - from <= most ? end : partedAt(text, from + most)
    blocks.push({ from, to })
    from = to
  }
  return blocks
}

/** Not between the two halves of one letter. */
function partedAt(text: string, at: number): number {
  const code = text.charCodeAt(at)
  return code >= 0xdc00 && code <= 0xdfff ? at - 1 : at
}

/** Printed lines in blocks. */
export function lineBlocks(lines: number, each = 80): Block[] {
  const blocks: Block[] = []
  for (let from = 0; from < lines; from += each)
    blocks.push({ from, to: Math.min(lines, from + each) })
  return blocks
}
