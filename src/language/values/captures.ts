import { wordOf } from '../blanks.ts'
import type { Span } from '../lines.ts'
import type { Word } from '../tree.ts'

/** `name = expression`. */
export interface WrittenCapture {
  readonly name: Word
  readonly expression: Word
}

const CAPTURE = /^([A-Za-z_][\w-]*)\s*=/

/** Reads the value of `capture:`; `undefined` where it does not start with a name and `=`. */
export function parseCapture(text: string, base = 0): WrittenCapture | undefined {
  const match = CAPTURE.exec(text)
  const name = match?.[1]
  if (!match || name === undefined) return undefined
  const expression = wordOf(text, match[0].length, text.length)
  return {
    name: { text: name, span: { start: base, end: base + name.length } },
    expression: { text: expression.text, span: shifted(expression.span, base) },
  }
}

function shifted({ start, end }: Span, base: number): Span {
  return { start: start + base, end: end + base }
}
