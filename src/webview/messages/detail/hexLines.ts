/** One line of a hex view. */
export interface HexLine {
  readonly offset: string
  readonly bytes: string
  readonly text: string
}

/** Hex digits of an offset: as many as the last byte needs, at least four. */
export function offsetDigits(total: number): number {
  return Math.max(4, Math.max(0, total - 1).toString(16).length)
}

/**
 * A line of `perLine` bytes from `from` on; `hex` has pairs of digits without blanks, undefined:
 * not there yet. Bytes that are no printable ASCII are dots.
 */
export function hexLine(
  from: number,
  hex: string | undefined,
  perLine: number,
  digits: number,
): HexLine {
  const pairs = hex?.match(/../g)?.slice(0, perLine) ?? []
  return {
    offset: from.toString(16).padStart(digits, '0'),
    bytes: pairs.join(' ').padEnd(perLine * 3 - 1),
    text: pairs.map(letterOf).join(''),
  }
}

function letterOf(pair: string): string {
  const code = Number.parseInt(pair, 16)
  return code > 0x1f && code < 0x7f ? String.fromCharCode(code) : '·'
}

/** Columns that a line takes, with two blanks between its three parts. */
export function columnsOfLine(perLine: number, digits: number): number {
  return digits + 2 + perLine * 3 - 1 + 2 + perLine
}
