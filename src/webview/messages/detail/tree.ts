import { openMenu, type MenuEntry } from '../../kit/menu.ts'
import { box, columnsIn } from './elements.ts'
import { hasName, isContainer, nameOf, pathOf, stringOf, written, type JsonTree } from './json.ts'
import { fillRow, indentOf, isLong, type ShownTree } from './treeRow.ts'
import {
  isString,
  linesOfString,
  openAtFirst,
  rowOf,
  rowsOf,
  setOpen,
  type TreeRows,
} from './treeRows.ts'
import { createVirtualRows } from './virtual.ts'

/** A value as a tree: one tab stop, arrows as in the editor's own trees. */
export interface TreeView {
  readonly element: HTMLElement
  /** Shows this tree as it opens at first; the same one again stays as it was left. */
  show(tree: JsonTree, root: string): void
}

export interface ScrollPlace {
  readonly scroller: HTMLElement
  readonly content: HTMLElement
}

const ROW = 22
/** Height of a section's heading, which stays at the top. */
export const HEADING = 32
const EMPTY: TreeRows = { length: 0, node: new Int32Array(0), line: new Int32Array(0) }

export function createTree(place: ScrollPlace): TreeView {
  const element = box('tree', 'tree')
  element.tabIndex = 0
  element.setAttribute('aria-label', 'Value as a tree')
  let shown: ShownTree | undefined
  let typed = { text: '', at: 0 }
  const id = (row: number) => `tree-row-${row}`

  const virtual = createVirtualRows({
    ...place,
    rowHeight: ROW,
    covered: HEADING,
    createRow: () => box('node', 'treeitem'),
    fill(row, index) {
      if (!shown) return
      row.id = id(index)
      fillRow(row, shown, index)
    },
  })
  element.append(virtual.element)

  const arrange = () => {
    if (!shown) return
    shown.rows = rowsOf(shown.tree, shown)
    virtual.setCount(shown.rows.length)
  }

  const activate = (row: number, reveal = true) => {
    if (!shown) return
    shown.active = Math.max(0, Math.min(shown.rows.length - 1, row))
    if (reveal) virtual.reveal(shown.active)
    virtual.refresh()
    element.setAttribute('aria-activedescendant', id(shown.active))
  }

  const nodeAt = (row: number) => shown?.rows.node[row] ?? 0

  const setNodeOpen = (node: number, open: boolean, deep: boolean) => {
    if (!shown || !isContainer(shown.tree, node)) return
    if (deep) setOpen(shown.tree, shown.open, node, open)
    else shown.open[node] = open ? 1 : 0
    arrange()
    activate(rowOf(shown.tree, shown.rows, node))
  }

  const setWhole = (node: number, whole: boolean) => {
    if (!shown || !isString(shown.tree, node)) return
    const columns = shown.columns - 2 * indentOf(shown.tree, node) - 4
    if (whole) shown.whole.set(node, linesOfString(shown.tree, node, columns))
    else shown.whole.delete(node)
    arrange()
    activate(rowOf(shown.tree, shown.rows, node))
  }

  const toggle = (row: number, deep = false) => {
    if (!shown) return
    const node = nodeAt(row)
    if (isContainer(shown.tree, node)) setNodeOpen(node, !shown.open[node], deep)
    else if (isLong(shown, node)) setWhole(node, !shown.whole.has(node))
  }

  const left = (row: number) => {
    if (!shown) return
    const node = nodeAt(row)
    if (shown.whole.has(node)) setWhole(node, false)
    else if (isUnfolded(shown, node)) setNodeOpen(node, false, false)
    else activate(rowOf(shown.tree, shown.rows, parentRow(shown.tree, node)))
  }

  const right = (row: number) => {
    if (!shown) return
    const node = nodeAt(row)
    if (isUnfolded(shown, node) || shown.whole.has(node)) activate(row + 1)
    else if ((shown.tree.count[node] ?? 0) > 0 || isLong(shown, node)) toggle(row)
  }

  const find = (letter: string, at: number) => {
    if (!shown) return
    const { tree, rows, active } = shown
    typed = { text: (at - typed.at < 800 ? typed.text : '') + letter.toLowerCase(), at }
    const first = typed.text.length > 1 ? active : active + 1
    for (let step = 0; step < rows.length; step++) {
      const row = (first + step) % rows.length
      if (rows.line[row] !== -1) continue
      if (!nameOf(tree, nodeAt(row)).toLowerCase().startsWith(typed.text)) continue
      activate(row)
      return
    }
  }

  const onKey = (event: KeyboardEvent) => {
    if (!shown || event.altKey) return
    if (event.ctrlKey || event.metaKey) {
      if (event.key.toLowerCase() !== 'c' || (getSelection()?.toString() ?? '') !== '') return
      copy(valueText(shown.tree, nodeAt(shown.active)))
      event.preventDefault()
      event.stopPropagation()
      return
    }
    const row = shown.active
    const page = virtual.pageSize()
    const moves: Readonly<Record<string, () => void>> = {
      ArrowDown: () => activate(row + 1),
      ArrowUp: () => activate(row - 1),
      PageDown: () => activate(row + page),
      PageUp: () => activate(row - page),
      Home: () => activate(0),
      End: () => activate((shown?.rows.length ?? 1) - 1),
      ArrowLeft: () => left(row),
      ArrowRight: () => right(row),
      Enter: () => toggle(row),
      ' ': () => toggle(row),
    }
    const move = moves[event.key]
    if (move) move()
    else if (event.key.length === 1) find(event.key, event.timeStamp)
    else return
    event.preventDefault()
    event.stopPropagation()
  }

  const rowAt = (target: EventTarget | null) => {
    const row = target instanceof Element ? target.closest<HTMLElement>('.node') : null
    return row ? Number(row.dataset['row']) : undefined
  }

  const menuOf = (node: number): MenuEntry[] => {
    if (!shown) return []
    const { tree, root } = shown
    const path = pathOf(tree, node, root)
    const value = written(tree, node)
    const scalar = !isContainer(tree, node) && value.length < 1000
    const expression = `${path} == ${value}`
    return [
      { label: 'Copy Value', run: () => copy(valueText(tree, node)) },
      { label: 'Copy Path', detail: shortened(path), run: () => copy(path) },
      ...(hasName(tree, node) ? [{ label: 'Copy Name', run: () => copy(nameOf(tree, node)) }] : []),
      ...(scalar
        ? [
            {
              label: 'Copy as Expression',
              detail: shortened(expression),
              run: () => copy(expression),
            },
          ]
        : []),
      ...((tree.count[node] ?? 0) > 0
        ? [
            'line' as const,
            { label: 'Expand All Within', run: () => setNodeOpen(node, true, true) },
            { label: 'Collapse All Within', run: () => setNodeOpen(node, false, true) },
          ]
        : []),
    ]
  }

  element.addEventListener('keydown', onKey)
  element.addEventListener('focus', () => {
    // Nothing is drawn anew here: what is pressed must still be there when it is let go.
    element.setAttribute('aria-activedescendant', id(shown?.active ?? 0))
  })
  element.addEventListener('mousedown', event => {
    // The tree keeps the focus: its buttons come and go.
    if (!(event.target instanceof Element) || !event.target.closest('.more')) return
    event.preventDefault()
    element.focus({ preventScroll: true })
  })
  element.addEventListener('click', event => {
    const row = rowAt(event.target)
    if (row === undefined || (getSelection()?.toString() ?? '') !== '') return
    activate(row, false)
    const onButton = event.target instanceof Element && event.target.closest('.more')
    const node = nodeAt(row)
    if (onButton || (shown && isContainer(shown.tree, node))) toggle(row, event.altKey)
  })
  element.addEventListener('contextmenu', event => {
    const row = rowAt(event.target) ?? shown?.active ?? 0
    activate(row, false)
    event.preventDefault()
    const anchor = document.getElementById(id(row))?.querySelector<HTMLElement>('.label')
    if (anchor) openMenu(anchor, { label: 'Field', entries: () => menuOf(nodeAt(row)) })
  })
  new ResizeObserver(() => {
    if (!shown || element.clientWidth === 0) return
    const columns = columnsIn(element)
    if (columns === shown.columns) return
    shown.columns = columns
    const whole = [...shown.whole.keys()]
    for (const node of whole) {
      const room = columns - 2 * indentOf(shown.tree, node) - 4
      shown.whole.set(node, linesOfString(shown.tree, node, room))
    }
    if (whole.length > 0) arrange()
    else virtual.refresh()
  }).observe(element)

  return {
    element,
    show(tree, root) {
      if (tree === shown?.tree) return
      const open = openAtFirst(tree)
      const columns = element.clientWidth > 0 ? columnsIn(element) : 50
      shown = { tree, root, open, whole: new Map(), rows: EMPTY, active: 0, columns }
      element.removeAttribute('aria-activedescendant')
      arrange()
    },
  }
}

function copy(text: string): void {
  void navigator.clipboard.writeText(text)
}

function shortened(text: string): string {
  return text.length > 40 ? `…${text.slice(-39)}` : text
}

/** A string without its quotes; anything else as it is written. */
function valueText(tree: JsonTree, node: number): string {
  const text = written(tree, node)
  return isString(tree, node) ? stringOf(text) : text
}

function isUnfolded({ tree, open }: ShownTree, node: number): boolean {
  return open[node] === 1 && (tree.count[node] ?? 0) > 0
}

function parentRow(tree: JsonTree, node: number): number {
  const parent = tree.parent[node] ?? 0
  return parent <= 0 ? node : parent
}
