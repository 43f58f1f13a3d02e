/** A part of a filter with a colour of its own. */
export interface Token {
  readonly kind: 'string' | 'number' | 'word' | 'plain'
  readonly text: string
}

const TOKENS =
  /(?<string>"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)|(?<number>(?<![\w.])\d+(?:\.\d+)?(?:[eE][+-]?\d+)?u?(?!\w))|(?<word>(?<![\w.])(?:true|false|null|in)(?!\w))/g

/** An expression in the parts that an editor would colour. Together they are the whole text. */
export function tokensOf(expression: string): readonly Token[] {
  const tokens: Token[] = []
  let last = 0
  const plain = (to: number) => {
    if (to > last) tokens.push({ kind: 'plain', text: expression.slice(last, to) })
  }
  for (const match of expression.matchAll(TOKENS)) {
    plain(match.index)
    const kind =
      match.groups?.['string'] !== undefined
        ? 'string'
        : match.groups?.['number'] !== undefined
          ? 'number'
          : 'word'
    tokens.push({ kind, text: match[0] })
    last = match.index + match[0].length
  }
  plain(expression.length)
  return tokens
}

/** A stretch of a text that is underlined, and how. */
export interface Mark {
  readonly from: number
  readonly to: number
  readonly kind: 'unknown' | 'error'
}

export interface Piece {
  readonly kind: Token['kind']
  readonly mark?: Mark['kind']
  readonly text: string
}

/** Tokens cut where a mark begins or ends. An error of no length marks the character before it. */
export function piecesOf(tokens: readonly Token[], marks: readonly Mark[]): readonly Piece[] {
  const wide = marks.map(mark =>
    mark.to > mark.from ? mark : { ...mark, from: Math.max(0, mark.from - 1), to: mark.from },
  )
  const pieces: Piece[] = []
  let at = 0
  for (const { kind, text } of tokens) {
    const end = at + text.length
    const cuts = wide.flatMap(({ from, to }) => [from, to]).filter(cut => cut > at && cut < end)
    const edges = [...new Set([at, ...cuts, end])].sort((a, b) => a - b)
    for (const [index, from] of edges.slice(0, -1).entries()) {
      const to = edges[index + 1] ?? end
      const mark = wide.find(each => each.from <= from && each.to >= to)?.kind
      pieces.push({
        kind,
        text: text.slice(from - at, to - at),
        ...(mark !== undefined && { mark }),
      })
    }
    at = end
  }
  return pieces
}
