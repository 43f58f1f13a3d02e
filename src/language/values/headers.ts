import { wordOf } from '../blanks.ts'
import type { Span } from '../lines.ts'
import type { Word } from '../tree.ts'

/** A header to send; its value is a template, or null. */
export interface WrittenHeader {
  readonly name: Word
  readonly value: Word | null
}

/** Reads one `header:` line: `name = value`, `name =`, `name = null`. */
export function parseHeader(text: string, base = 0): WrittenHeader | undefined {
  const equals = text.indexOf('=')
  if (equals < 0) return undefined
  const name = shifted(wordOf(text, 0, equals), base)
  const value = shifted(wordOf(text, equals + 1, text.length), base)
  return { name, value: value.text === 'null' ? null : value }
}

/** One part of a `headers:` line, between its commas. */
export interface HeaderPart {
  readonly part: Word
  /** Absent: there is no `=`, the part is not sent. */
  readonly header?: { readonly name: Word; readonly value: Word }
  /** What follows a second `=` and is not sent. */
  readonly lost?: Span
}

/** Takes a `headers:` line apart exactly as level 1 does. */
export function parseHeaderParts(text: string, base = 0): readonly HeaderPart[] {
  const parts: HeaderPart[] = []
  let start = 0
  while (start <= text.length) {
    const comma = text.indexOf(',', start)
    const end = comma < 0 ? text.length : comma
    parts.push(partOf(text, start, end, base))
    start = end + 1
  }
  return parts
}

function partOf(text: string, start: number, end: number, base: number): HeaderPart {
  const part = shifted(wordOf(text, start, end), base)
  const content = text.slice(start, end)
  const equals = content.indexOf('=')
  if (equals < 0) return { part }
  const second = content.indexOf('=', equals + 1)
  const valueEnd = second < 0 ? end : start + second
  return {
    part,
    header: {
      name: shifted(wordOf(text, start, start + equals), base),
      value: shifted(wordOf(text, start + equals + 1, valueEnd), base),
    },
    ...(second >= 0 && { lost: { start: base + start + second, end: base + end } }),
  }
}

/** The headers that level 1 sends for a `headers:` line: of a repeated name the last one. */
export function parseHeaders(text: string, base = 0): readonly WrittenHeader[] {
  const byName = new Map<string, WrittenHeader>()
  for (const { header } of parseHeaderParts(text, base)) {
    if (header) byName.set(header.name.text, header)
  }
  return [...byName.values()]
}

function shifted(word: Word, base: number): Word {
  return { text: word.text, span: { start: base + word.span.start, end: base + word.span.end } }
}
