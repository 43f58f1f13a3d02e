import {
  hasName,
  isContainer,
  NUMBER,
  OBJECT,
  STRING,
  written,
  writtenName,
  type JsonTree,
} from './json.ts'

/** Lines of the tree printed with indents: a node, or `~node` for the end of a container. */
export type JsonLines = Int32Array

export function linesOf(tree: JsonTree): JsonLines {
  const lines = new Int32Array(tree.size + filled(tree))
  let length = 0
  let open = -1
  for (let node = 0; node < tree.size; node++) {
    while (open >= 0 && tree.next[open] === node) {
      lines[length++] = ~open
      open = tree.parent[open] ?? -1
    }
    lines[length++] = node
    if ((tree.count[node] ?? 0) > 0) open = node
  }
  for (; open >= 0; open = tree.parent[open] ?? -1) lines[length++] = ~open
  return lines
}

function filled(tree: JsonTree): number {
  let containers = 0
  for (let node = 0; node < tree.size; node++) if ((tree.count[node] ?? 0) > 0) containers++
  return containers
}

export interface Piece {
  readonly kind: 'plain' | 'name' | 'string' | 'number' | 'word'
  readonly text: string
}

/** Deeper lines are not indented further: they could not be read any more. */
const MOST_INDENT = 32

/** The pieces of one printed line, with its indent and its comma. */
export function piecesOf(tree: JsonTree, line: number): Piece[] {
  const node = line < 0 ? ~line : line
  const pieces: Piece[] = []
  const indent = '  '.repeat(Math.min(tree.depth[node] ?? 0, MOST_INDENT))
  if (line >= 0 && hasName(tree, node)) {
    pieces.push({ kind: 'plain', text: indent })
    pieces.push({ kind: 'name', text: writtenName(tree, node) })
    pieces.push({ kind: 'plain', text: ': ' })
  } else if (indent !== '') pieces.push({ kind: 'plain', text: indent })
  pieces.push(valuePiece(tree, line))
  if (hasComma(tree, line)) pieces.push({ kind: 'plain', text: ',' })
  return pieces
}

/** A scalar, or the brackets that a line shows of a container. */
export function valuePiece(tree: JsonTree, line: number): Piece {
  const node = line < 0 ? ~line : line
  if (isContainer(tree, node)) return { kind: 'plain', text: brackets(tree, node, line < 0) }
  const kind = tree.kind[node]
  const text = written(tree, node)
  return { kind: kind === STRING ? 'string' : kind === NUMBER ? 'number' : 'word', text }
}

function brackets(tree: JsonTree, node: number, closing: boolean): string {
  const both = tree.kind[node] === OBJECT ? '{}' : '[]'
  if (tree.count[node] === 0) return both
  return closing ? both.slice(1) : both.slice(0, 1)
}

function hasComma(tree: JsonTree, line: number): boolean {
  const node = line < 0 ? ~line : line
  if (line >= 0 && (tree.count[node] ?? 0) > 0) return false
  const parent = tree.parent[node] ?? -1
  return parent >= 0 && (tree.index[node] ?? 0) + 1 < (tree.count[parent] ?? 0)
}
