import { plainPath } from './fields.ts'
import type { FilterCheck } from '../../protocol/messages.ts'

/** What made a record match, as far as it can be seen in its row. */
export interface Highlight {
  readonly text?: RegExp
  /** Plain paths, see `plainPath`. */
  readonly fields?: ReadonlySet<string>
}

export interface PreviewPiece {
  /** `name`: a field's name, dimmed so that values can be read across rows. */
  readonly kind: 'plain' | 'name' | 'hit'
  readonly text: string
}

/** What to mark for a filter, as the host took it. */
export function highlightOf(filter: string, check: FilterCheck): Highlight {
  if (check.kind === 'expression')
    return { fields: new Set(check.paths.map(({ path }) => plainPath(path))) }
  if (check.kind !== 'text') return {}
  const text = check.exact ? filter.trim().replace(/^(["'])(.*)\1$/s, '$2') : filter.trim()
  if (text === '') return {}
  const pattern = text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return { text: new RegExp(pattern, check.exact ? 'g' : 'gi') }
}

/** A text with what was searched for marked. */
export function textPieces(text: string, { text: pattern }: Highlight): readonly PreviewPiece[] {
  return marked(text, 'plain', pattern)
}

function marked(
  text: string,
  kind: PreviewPiece['kind'],
  pattern: RegExp | undefined,
): PreviewPiece[] {
  if (!pattern) return [{ kind, text }]
  const pieces: PreviewPiece[] = []
  let last = 0
  for (const match of text.matchAll(pattern)) {
    if (match.index > last) pieces.push({ kind, text: text.slice(last, match.index) })
    pieces.push({ kind: 'hit', text: match[0] })
    last = match.index + match[0].length
  }
  if (last < text.length) pieces.push({ kind, text: text.slice(last) })
  return pieces
}

const JSON_TOKENS = /"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s{}[\],:"]+|\s+/g

/**
 * JSON on one line, its names dimmed, and the values marked that a filter is about. `root` is what
 * an expression calls the whole. The text may end anywhere.
 */
export function jsonPieces(
  text: string,
  root: 'key' | 'value',
  highlight: Highlight,
): readonly PreviewPiece[] {
  const pieces: PreviewPiece[] = []
  const open: { readonly object: boolean; readonly path: string }[] = []
  let name: string | undefined
  const push = (piece: PreviewPiece) => {
    const before = pieces.at(-1)
    if (before?.kind !== piece.kind) pieces.push(piece)
    else pieces[pieces.length - 1] = { kind: piece.kind, text: before.text + piece.text }
  }
  const path = () => {
    const container = open.at(-1)
    if (!container) return root
    return container.object ? `${container.path}.${name ?? ''}` : container.path
  }
  for (const [token] of text.matchAll(JSON_TOKENS)) {
    const first = token.charAt(0)
    const awaitsName = open.at(-1)?.object === true && name === undefined
    if (awaitsName && first === '"') {
      name = token.replace(/^"|"$/g, '')
      marked(token, 'name', highlight.text).forEach(push)
      continue
    }
    if (first === '{' || first === '[') {
      open.push({ object: first === '{', path: path() })
      name = undefined
    } else if (first === '}' || first === ']') open.pop()
    else if (first === ',') name = undefined
    else if (first !== ':' && token.trim() !== '') {
      if (highlight.fields?.has(path())) push({ kind: 'hit', text: token })
      else marked(token, 'plain', highlight.text).forEach(push)
      continue
    }
    push({ kind: first === ':' ? 'name' : 'plain', text: token })
  }
  return pieces
}
