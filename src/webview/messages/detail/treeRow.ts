import { count } from '../../../lag/format.ts'
import { pieceElement, span } from './elements.ts'
import { hasName, isContainer, nameOf, OBJECT, writtenName, type JsonTree } from './json.ts'
import { valuePiece } from './jsonLines.ts'
import { isRootShown, isString, levelOf, type TreeRows } from './treeRows.ts'

/** A tree as it is shown now. */
export interface ShownTree {
  readonly tree: JsonTree
  readonly root: string
  readonly open: Uint8Array
  readonly whole: Map<number, readonly string[]>
  rows: TreeRows
  active: number
  columns: number
}

/** Further in, rows are not indented more. */
const MOST_INDENT = 16
/** Letters of a row that can be seen at all. */
const MOST_TEXT = 500

export function indentOf(tree: JsonTree, node: number): number {
  return Math.min(levelOf(tree, node), MOST_INDENT)
}

/** The string does not fit in its row, or has more than one line. */
export function isLong({ tree, columns }: ShownTree, node: number): boolean {
  if (!isString(tree, node)) return false
  const length = (tree.end[node] ?? 0) - (tree.start[node] ?? 0)
  return 2 * indentOf(tree, node) + 4 + nameLength(tree, node) + length > columns
}

function nameLength(tree: JsonTree, node: number): number {
  return hasName(tree, node) ? (tree.nameEnd[node] ?? 0) - (tree.nameStart[node] ?? 0) : 3
}

export function fillRow(row: HTMLElement, shown: ShownTree, index: number): void {
  const { tree, rows, active } = shown
  const node = rows.node[index] ?? 0
  const line = rows.line[index] ?? -1
  row.dataset['row'] = String(index)
  row.style.setProperty('--d', String(indentOf(tree, node)))
  row.classList.toggle('active', index === active)
  row.setAttribute('aria-selected', String(index === active))
  describe(row, shown, node, line)
  if (line >= 0) {
    row.replaceChildren(
      span('tw', ''),
      span('tok-string line', shown.whole.get(node)?.[line] ?? ''),
    )
    return
  }
  const label = span('label', '')
  label.append(...nameParts(tree, node), ...valueParts(shown, node))
  row.replaceChildren(twistie(shown, node), label)
  if (isLong(shown, node)) row.append(more(shown.whole.has(node)))
}

function describe(row: HTMLElement, { tree, open }: ShownTree, node: number, line: number): void {
  row.setAttribute('aria-level', String(levelOf(tree, node) + (line >= 0 ? 2 : 1)))
  const parent = tree.parent[node] ?? -1
  row.setAttribute('aria-setsize', String(parent < 0 ? 1 : (tree.count[parent] ?? 1)))
  row.setAttribute('aria-posinset', String((tree.index[node] ?? 0) + 1))
  const opens = line < 0 && (tree.count[node] ?? 0) > 0
  if (opens) row.setAttribute('aria-expanded', String(open[node] === 1))
  else row.removeAttribute('aria-expanded')
}

function twistie({ tree, open }: ShownTree, node: number): HTMLElement {
  const place = span('tw', '')
  if ((tree.count[node] ?? 0) === 0) return place
  const sign = span(`codicon codicon-chevron-${open[node] ? 'down' : 'right'} small`, '')
  sign.setAttribute('aria-hidden', 'true')
  place.append(sign)
  return place
}

function nameParts(tree: JsonTree, node: number): Node[] {
  if (isRootShown(tree)) return []
  const name = hasName(tree, node) ? plainName(tree, node) : nameOf(tree, node)
  return [span('tok-name', clipped(name)), document.createTextNode(': ')]
}

/** A name without its quotes where it can be read without them. */
function plainName(tree: JsonTree, node: number): string {
  const name = nameOf(tree, node)
  return /^\S+$/.test(name) && !name.includes(':') ? name : writtenName(tree, node)
}

function clipped(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text
}

function valueParts({ tree }: ShownTree, node: number): Node[] {
  if (!isContainer(tree, node) || (tree.count[node] ?? 0) === 0) {
    const piece = valuePiece(tree, node)
    const element = pieceElement({ ...piece, text: clipped(piece.text) })
    return [element]
  }
  const held = count(tree.count[node] ?? 0)
  const cut = tree.cut && tree.next[node] === tree.size ? '…' : ''
  return [span('dim', tree.kind[node] === OBJECT ? `{${held}${cut}}` : `[${held}${cut}]`)]
}

function more(whole: boolean): HTMLElement {
  const button = document.createElement('button')
  button.className = 'link more'
  button.tabIndex = -1
  button.textContent = whole ? 'show less' : 'show all'
  return button
}
