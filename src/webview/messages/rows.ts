import type { Cell, MessageRow } from '../../protocol/messages.ts'
import { bytes, count, NONE } from '../../lag/format.ts'
import { clockTime, dayAndTime, dayOf } from './words.ts'

/** One row's element, filled anew when it shows another record. */
export interface RowElement {
  readonly element: HTMLElement
  show(row: MessageRow | undefined, number: number): void
}

const COLUMNS = ['time', 'p', 'off', 'key', 'val', 'hc', 'sz'] as const

export function createRow(): RowElement {
  const element = document.createElement('div')
  element.className = 'r'
  element.setAttribute('role', 'row')
  const cells = COLUMNS.map(name => {
    const cell = document.createElement('span')
    cell.className = name
    cell.setAttribute('role', 'gridcell')
    element.append(cell)
    return cell
  })
  let shown: MessageRow | undefined
  return {
    element,
    show(row, number) {
      element.id = `row-${number}`
      element.dataset['number'] = String(number)
      element.setAttribute('aria-rowindex', String(number + 1))
      if (row === shown && row !== undefined) return
      shown = row
      fill(element, cells, row)
    },
  }
}

function fill(element: HTMLElement, cells: readonly HTMLElement[], row: MessageRow | undefined) {
  element.classList.toggle('badrow', row?.value.kind === 'error')
  if (!row) {
    for (const cell of cells) cell.replaceChildren()
    delete element.dataset['vscodeContext']
    return
  }
  const [time, partition, offset, key, value, headers, size] = cells
  fillTime(time, row.timestamp)
  setText(partition, String(row.partition))
  setText(offset, count(BigInt(row.offset)))
  fillCell(key, row.key)
  fillCell(value, row.value)
  setText(headers, row.headers === 0 ? NONE : String(row.headers))
  setText(size, bytes(row.size))
  element.dataset['vscodeContext'] = JSON.stringify({
    webviewSection: 'record',
    partition: row.partition,
    offset: row.offset,
    preventDefaultContextMenuItems: true,
  })
}

/** The day is there for every row and shown only where not all rows are of today. */
function fillTime(cell: HTMLElement | undefined, timestamp: number | undefined): void {
  if (!cell) return
  cell.title = timestamp === undefined ? 'no timestamp' : dayAndTime(timestamp)
  if (timestamp === undefined) cell.replaceChildren(piece('dim', NONE))
  else cell.replaceChildren(piece('day', `${dayOf(timestamp)} `), clockTime(timestamp))
}

function setText(cell: HTMLElement | undefined, text: string): void {
  if (cell) cell.textContent = text
}

function fillCell(cell: HTMLElement | undefined, content: Cell): void {
  if (!cell) return
  cell.title = content.kind === 'null' ? 'null' : content.text
  cell.replaceChildren(...cellContent(content))
}

function cellContent(cell: Cell): Node[] {
  switch (cell.kind) {
    case 'null':
      return [piece('dim', 'null')]
    case 'text':
      return [document.createTextNode(cell.text)]
    case 'json':
      return jsonPieces(cell.text)
    case 'binary':
      return [piece('dim', cell.text)]
    case 'error':
      return [icon('error', 'bad'), piece('why', cell.text), piece('dim mono', cell.bytes)]
  }
}

/** JSON on one line with its keys dimmed, so that the values can be read across rows. */
function jsonPieces(text: string): Node[] {
  const nodes: Node[] = []
  let last = 0
  for (const match of text.matchAll(/"(?:[^"\\]|\\.)*"(?=\s*:)/g)) {
    if (match.index > last) nodes.push(document.createTextNode(text.slice(last, match.index)))
    nodes.push(piece('k', match[0]))
    last = match.index + match[0].length
  }
  nodes.push(document.createTextNode(text.slice(last)))
  return nodes
}

function piece(className: string, text: string): HTMLElement {
  const span = document.createElement('span')
  span.className = className
  span.textContent = text
  return span
}

function icon(name: string, className: string): HTMLElement {
  const span = piece(`codicon codicon-${name} ${className}`, '')
  span.setAttribute('aria-hidden', 'true')
  return span
}
