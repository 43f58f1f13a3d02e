import { ARRAY, isContainer, STRING, stringOf, written, type JsonTree } from './json.ts'

/** What is unfolded in a tree. */
export interface Unfolded {
  /** 1 for each container that is open. */
  readonly open: Uint8Array
  /** Strings that are shown whole, each as the lines that it takes. */
  readonly whole: ReadonlyMap<number, readonly string[]>
}

/** The rows that a tree shows, in columns. */
export interface TreeRows {
  readonly length: number
  readonly node: Int32Array
  /** Line of a string that is shown whole; -1: the node's own row. */
  readonly line: Int32Array
}

/** A container at the top is not shown itself unless it is empty: its fields are the tree. */
export function isRootShown(tree: JsonTree): boolean {
  return (tree.count[0] ?? 0) === 0
}

/** Level of a row, from 0. */
export function levelOf(tree: JsonTree, node: number): number {
  return Math.max(0, (tree.depth[node] ?? 0) - 1)
}

/** Deeper containers are closed at first. */
const FIRST_LEVELS = 4

/**
 * Containers that are open at first: from the top down as long as all rows together are not more
 * than `most`, and of an array only its first element, which shows what the others look like.
 */
export function openAtFirst(tree: JsonTree, most = 60): Uint8Array {
  const open = new Uint8Array(tree.size)
  if (isRootShown(tree)) return open
  open[0] = 1
  let rows = tree.count[0] ?? 0
  const queue = [0]
  for (const parent of queue) {
    if (rows > most || (tree.depth[parent] ?? 0) >= FIRST_LEVELS) break
    for (const node of childrenOf(tree, parent)) {
      const count = tree.count[node] ?? 0
      if (count > 0 && rows + count <= most) {
        open[node] = 1
        rows += count
        queue.push(node)
      }
      if (tree.kind[parent] === ARRAY) break
    }
  }
  return open
}

export function* childrenOf(tree: JsonTree, parent: number): Generator<number> {
  const end = tree.next[parent] ?? 0
  for (let node = parent + 1; node < end; node = tree.next[node] ?? end) yield node
}

export function rowsOf(tree: JsonTree, { open, whole }: Unfolded): TreeRows {
  let room = tree.size
  for (const lines of whole.values()) room += lines.length
  const rows = { length: 0, node: new Int32Array(room), line: new Int32Array(room) }
  const add = (node: number, line: number) => {
    rows.node[rows.length] = node
    rows.line[rows.length++] = line
  }
  for (let node = isRootShown(tree) ? 0 : 1; node < tree.size;) {
    add(node, -1)
    whole.get(node)?.forEach((_, line) => add(node, line))
    node = isContainer(tree, node) && !open[node] ? (tree.next[node] ?? tree.size) : node + 1
  }
  return rows
}

/** Number of the row that shows the node; where it is folded away, of the container around it. */
export function rowOf(tree: JsonTree, rows: TreeRows, node: number): number {
  let low = 0
  let high = rows.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((rows.node[middle] ?? 0) <= node) low = middle
    else high = middle - 1
  }
  const found = rows.node[low] ?? 0
  if (found !== node && node >= (tree.next[found] ?? 0)) return Math.max(0, low)
  return low - Math.max(0, (rows.line[low] ?? -1) + 1)
}

/** Opens or closes the container and all that it holds. */
export function setOpen(tree: JsonTree, open: Uint8Array, node: number, value: boolean): void {
  open.fill(value ? 1 : 0, node, tree.next[node])
}

/**
 * The text of a string in lines of at most `columns`, where an East Asian letter takes two. A word
 * is parted only where it is long.
 */
export function linesOfString(tree: JsonTree, node: number, columns: number): string[] {
  return stringOf(written(tree, node))
    .split(/\r\n|\r|\n/)
    .flatMap(line => wrapped(line, Math.max(8, columns)))
}

/** A blank further back than this does not end a line. */
const LONG_WORD = 16

function wrapped(line: string, columns: number): string[] {
  const lines: string[] = []
  let start = 0
  let width = 0
  for (let at = 0; at < line.length;) {
    const code = line.codePointAt(at) ?? 0
    const needed = columnsOf(code)
    if (width + needed > columns) {
      const blank = line.lastIndexOf(' ', at - 1)
      const end = blank > start && at - blank <= LONG_WORD ? blank + 1 : at
      lines.push(line.slice(start, end))
      start = at = end
      width = 0
      continue
    }
    width += needed
    at += code > 0xffff ? 2 : 1
  }
  lines.push(line.slice(start))
  return lines
}

/** Hangul, kana, ideographs, full-width forms and emoji are twice as wide as a letter. */
function columnsOf(code: number): number {
  const wide =
    (code >= 0x1100 && code <= 0x115f) ||
    (code >= 0x2e80 && code <= 0xa4cf) ||
    (code >= 0xac00 && code <= 0xd7a3) ||
    (code >= 0xf900 && code <= 0xfaff) ||
    (code >= 0xfe30 && code <= 0xfe6f) ||
    (code >= 0xff00 && code <= 0xff60) ||
    (code >= 0x1f300 && code <= 0x1faff) ||
    (code >= 0x20000 && code <= 0x3fffd)
  return wide ? 2 : 1
}

export function isString(tree: JsonTree, node: number): boolean {
  return tree.kind[node] === STRING
}
