import { fitsGrammar } from '../fits.ts'
import { lineEndOf, type Span } from '../lines.ts'
import type { Block, Fix, KafkaFile, Property } from '../tree.ts'
import { parseHeaderParts, type HeaderPart } from '../values/headers.ts'
import { quoted } from '../words.ts'
import type { Report } from './report.ts'

/** K130 to K133: what a `headers:` line loses on its way. */
export function checkHeaders(
  file: KafkaFile,
  block: Block,
  property: Property,
  report: Report,
): void {
  const text = property.value ?? ''
  const parts = parseHeaderParts(text, property.valueSpan.start)
  const inside = commasInside(text)
  let fixes: readonly Fix[] | undefined
  const warn = (code: string, span: Span, message: string) => {
    fixes ??= convertToLines(file, property, parts, inside)
    report.add(code, 'warning', span, message, { block, fixes })
  }
  const seen = new Set<string>()
  parts.forEach((part, index) => {
    const previous = index > 0 && inside.has(index - 1)
    if (previous && (!part.header || inside.get(index - 1) === 'template')) {
      warn(
        'K131',
        part.part.span,
        `A comma ends a header in "headers:", so ${quoted(part.part.text)} is cut off. Use "header:".`,
      )
    } else if (!part.header) {
      if (part.part.text === '') return
      warn(
        'K130',
        part.part.span,
        `${quoted(part.part.text)} has no "=" and is not sent as a header.`,
      )
    } else {
      checkPart(part, seen, warn)
    }
  })
}

function checkPart(
  { header, lost }: HeaderPart,
  seen: Set<string>,
  warn: (code: string, span: Span, message: string) => void,
): void {
  if (!header) return
  if (lost) {
    warn(
      'K131',
      lost,
      `A second "=" ends the value of the header ${quoted(header.name.text)}; the rest is not sent. Use "header:".`,
    )
  }
  if (header.name.text === '') {
    warn('K133', header.value.span, 'This header has no name and is sent with an empty one.')
  }
  if (seen.has(header.name.text)) {
    warn(
      'K132',
      header.name.span,
      `The header ${quoted(header.name.text)} is given twice; "headers:" sends only the last one. Use "header:".`,
    )
  }
  seen.add(header.name.text)
}

/** Which commas stand inside a template or inside quotes and brackets, by their number. */
function commasInside(text: string): ReadonlyMap<number, 'template' | 'brackets'> {
  const inside = new Map<number, 'template' | 'brackets'>()
  let comma = 0
  let depth = 0
  let quote = false
  let template = -1
  for (let at = 0; at < text.length; at++) {
    const unit = text[at]
    if (unit === ',') {
      if (template > at) inside.set(comma, 'template')
      else if (quote || depth > 0) inside.set(comma, 'brackets')
      comma++
    } else if (unit === '{' && text[at + 1] === '{' && template < at) {
      template = text.indexOf('}}', at)
      if (template < 0) return inside
      at++
    } else if (template < at) {
      if (unit === '"') quote = !quote
      else if (!quote && (unit === '{' || unit === '[' || unit === '(')) depth++
      else if (!quote && (unit === '}' || unit === ']' || unit === ')'))
        depth = Math.max(0, depth - 1)
    }
  }
  return inside
}

/**
 * Says the same with one `header:` line each, and with what got lost; nothing where a name is empty or
 * has blanks, because such a line would be no property.
 */
function convertToLines(
  file: KafkaFile,
  property: Property,
  parts: readonly HeaderPart[],
  inside: ReadonlyMap<number, 'template' | 'brackets'>,
): readonly Fix[] {
  const whole: string[] = []
  parts.forEach(({ part }, index) => {
    const last = whole.length - 1
    if (index > 0 && inside.has(index - 1) && whole[last] !== undefined) {
      whole[last] += file.text.slice(parts[index - 1]?.part.span.end ?? 0, part.span.end)
    } else if (part.text !== '') {
      whole.push(part.text)
    }
  })
  const lines = whole.map(text => {
    const equals = text.indexOf('=')
    if (equals < 0) return `${text} =`
    return `${text.slice(0, equals).trim()} = ${text.slice(equals + 1).trim()}`.trimEnd()
  })
  if (!lines.every(line => fitsGrammar('header', line))) return []
  const text = lines.map(line => `header: ${line}`).join(lineEndOf(file))
  return [{ title: 'Convert to "header:" lines', edits: [{ span: property.span, text }] }]
}
