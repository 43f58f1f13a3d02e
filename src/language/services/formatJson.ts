import { lineEndOf } from '../lines.ts'
import { propertyOf, type Block, type KafkaFile, type TextEdit } from '../tree.ts'
import { readJson, type TokenKind } from '../values/json.ts'

export type Formatted = { readonly text: string } | { readonly refused: string }

/** Deeper values would be mostly blanks. */
const DEEPEST = 500

interface Piece {
  readonly kind: TokenKind
  readonly start: number
  readonly end: number
}

/**
 * JSON with one field per line. Texts, numbers and templates stay exactly as they are written;
 * only the blanks between them change. What is not JSON is refused.
 */
export function formatJson(text: string, lineEnd: string, indent = '  '): Formatted {
  const pieces: Piece[] = []
  const problem = readJson(text, { templates: true }, (kind, start, end) => {
    pieces.push({ kind, start, end })
  })
  if (problem) return { refused: `This is not JSON: it should have ${problem.expected}.` }
  let result = ''
  let depth = 0
  for (const [index, { kind, start, end }] of pieces.entries()) {
    const opens = kind === '{' || kind === '['
    const closes = kind === '}' || kind === ']'
    const next = pieces[index + 1]?.kind
    const before = pieces[index - 1]?.kind
    if (closes) {
      depth--
      if (before !== '{' && before !== '[') result += lineEnd + indent.repeat(depth)
    }
    result += text.slice(start, end)
    if (opens) {
      depth++
      if (depth > DEEPEST) return { refused: 'This JSON is nested too deeply.' }
    }
    if (kind === ':') result += ' '
    else if (kind === ',' || (opens && next !== '}' && next !== ']'))
      result += lineEnd + indent.repeat(depth)
  }
  return { text: result }
}

/** Formats the value of a PRODUCER or the pattern of an EXPECT, on request. */
export function formatJsonOf(
  file: KafkaFile,
  block: Block,
): { readonly edits: readonly TextEdit[] } | { readonly refused: string } {
  const { body } = block
  if (!body) return { refused: `This ${block.kind} has no JSON.` }
  if (propertyOf(block, 'records')?.value)
    return { refused: 'The value holds many records, each on a line of its own.' }
  const formatted = formatJson(body.text, lineEndOf(file))
  if ('refused' in formatted) return formatted
  return { edits: formatted.text === body.text ? [] : [{ span: body.span, text: formatted.text }] }
}
