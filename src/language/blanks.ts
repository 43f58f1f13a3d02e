import type { Span } from './lines.ts'
import type { Word } from './tree.ts'

/** White space as `String.prototype.trim` knows it. */
function isBlank(code: number): boolean {
  if (code === 32 || (code >= 9 && code <= 13)) return true
  if (code < 0xa0) return false
  return (
    code === 0xa0 ||
    code === 0xfeff ||
    code === 0x1680 ||
    (code >= 0x2000 && code <= 0x200a) ||
    code === 0x2028 ||
    code === 0x2029 ||
    code === 0x202f ||
    code === 0x205f ||
    code === 0x3000
  )
}

/** The span without the white space at its ends; an empty one stands at `start`. */
export function trimmed(text: string, start: number, end: number): Span {
  let from = start
  let to = end
  while (from < to && isBlank(text.charCodeAt(from))) from++
  if (from === to) return { start, end: start }
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return { start: from, end: to }
}

/** The trimmed text between two offsets, with its place. */
export function wordOf(text: string, start: number, end: number): Word {
  const span = trimmed(text, start, end)
  return { text: text.slice(span.start, span.end), span }
}
