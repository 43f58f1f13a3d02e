import { bytes, count, NONE, plural } from '../../lag/format.ts'
import type { Cell, NoteRow, RecordRow, Row } from '../../protocol/messages.ts'
import { COLUMNS, type ColumnName } from './columns.ts'
import { jsonPieces, textPieces, type Highlight, type PreviewPiece } from './preview.ts'
import { dayInWords } from './axis.ts'
import { clockTime, dayAndTime, noteInWords, noteReason, secondsOf } from './words.ts'

/** What a row is shown with. */
export interface RowContext {
  readonly topic: string
  readonly highlight: Highlight
}

export interface RowState {
  readonly number: number
  /** Undefined while it is not pulled. */
  readonly row: Row | undefined
  /** Its day is not that of the record before it. */
  readonly newDay: boolean
  /** Undefined for what cannot be selected. */
  readonly selected: boolean | undefined
}

/** One row's element, filled anew when it shows another record. */
export interface RowElement {
  readonly element: HTMLElement
  /** Whether it shows this row already, with what is in it. */
  shows(number: number): boolean
  show(state: RowState, context: RowContext): void
  place(top: number): void
  hide(): void
  /** It has just arrived. */
  flash(): void
}

type Cells = Readonly<Record<ColumnName, HTMLElement>>

export function createRow(): RowElement {
  const element = document.createElement('div')
  element.className = 'r'
  element.setAttribute('role', 'row')
  element.hidden = true
  const cells = Object.fromEntries(COLUMNS.map(({ name }) => [name, cellElement(name)])) as Cells
  const note = cellElement('note')
  note.setAttribute('aria-colspan', String(COLUMNS.length))
  element.append(...Object.values(cells), note)
  let number: number | undefined
  let row: Row | undefined
  let newDay: boolean | undefined
  let context: RowContext | undefined
  let selected: boolean | undefined
  let top: number | undefined

  const renumber = (to: number) => {
    if (number === to) return
    number = to
    element.id = `row-${to}`
    element.dataset['number'] = String(to)
    element.setAttribute('aria-rowindex', String(to + 2))
    for (const animation of element.getAnimations()) animation.cancel()
  }

  return {
    element,
    shows: asked => number === asked && row !== undefined && !element.hidden,
    show(state, now) {
      renumber(state.number)
      if (element.hidden) element.hidden = false
      if (selected !== state.selected) {
        selected = state.selected
        if (selected === undefined) element.removeAttribute('aria-selected')
        else element.setAttribute('aria-selected', String(selected))
      }
      if (row === state.row && newDay === state.newDay && context === now) return
      row = state.row
      newDay = state.newDay
      context = now
      element.className = classOf(row)
      element.removeAttribute('title')
      note.replaceChildren()
      if (row?.kind === 'record') fillRecord(cells, row, newDay, now)
      else {
        for (const cell of Object.values(cells)) clear(cell)
        if (row) fillNote(note, row, now)
      }
    },
    place(to) {
      if (top === to) return
      top = to
      element.style.top = `${to}px`
    },
    hide() {
      if (!element.hidden) element.hidden = true
    },
    flash() {
      element.animate(
        [
          { backgroundColor: 'color-mix(in srgb, var(--vscode-charts-blue) 10%, transparent)' },
          { backgroundColor: 'transparent' },
        ],
        { duration: 1200, easing: 'ease-out' },
      )
    },
  }
}

function cellElement(name: string): HTMLElement {
  const cell = piece(name, '')
  cell.setAttribute('role', 'gridcell')
  return cell
}

function classOf(row: Row | undefined): string {
  if (!row) return 'r'
  if (row.kind !== 'record') return 'r note'
  return row.value.kind === 'error' || row.key.kind === 'error' ? 'r badrow' : 'r'
}

function clear(cell: HTMLElement): void {
  if (cell.firstChild) cell.replaceChildren()
  cell.removeAttribute('title')
}

function fillRecord(cells: Cells, row: RecordRow, newDay: boolean, context: RowContext): void {
  fillTime(cells.time, row, newDay, context)
  cells.partition.textContent = String(row.partition)
  cells.offset.textContent = count(BigInt(row.offset))
  cells.offset.title = `${context.topic}-${row.partition} @ ${count(BigInt(row.offset))}, ${plural(row.headers, 'header')}, ${bytes(row.size)}`
  fillKey(cells.key, row, context)
  cells.value.replaceChildren(...cellContent(row.value, 'value', context.highlight))
  cells.headers.textContent = row.headers === 0 ? NONE : String(row.headers)
  cells.headers.title = row.headerText
  cells.size.textContent = bytes(row.size)
  for (const cell of [cells.key, cells.value]) cell.removeAttribute('title')
}

function fillTime(
  cell: HTMLElement,
  { timestamp, backwards, partition }: RecordRow,
  newDay: boolean,
  { topic }: RowContext,
): void {
  if (timestamp === undefined) {
    cell.replaceChildren(piece('dim', NONE))
    cell.title = 'no timestamp'
    return
  }
  // With the day there is room for the minute; the row's tooltip says the rest.
  const text = newDay
    ? `${dayInWords(timestamp)} ${secondsOf(timestamp).slice(0, 5)}`
    : clockTime(timestamp)
  cell.replaceChildren(text)
  cell.title = dayAndTime(timestamp)
  if (!backwards) return
  const words = `earlier than the record before it in ${topic}-${partition}`
  cell.append(sign('arrow-up', 'warn', words))
  cell.title += `, ${words}`
}

function fillKey(cell: HTMLElement, row: RecordRow, { highlight }: RowContext): void {
  cell.classList.toggle('dim', row.repeatedAt !== undefined)
  cell.replaceChildren(...cellContent(row.key, 'key', highlight))
  if (row.repeatedAt !== undefined)
    cell.prepend(sign('versions', '', `the key comes again at ${count(BigInt(row.repeatedAt))}`))
}

function fillNote(cell: HTMLElement, row: NoteRow, { topic }: RowContext): void {
  const words = piece('cut', noteInWords(topic, row))
  cell.title = noteReason(row)
  cell.replaceChildren(icon(NOTE_ICONS[row.kind], ''), words)
  if (row.kind !== 'aborted') return
  const button = document.createElement('button')
  button.className = 'link'
  button.dataset['act'] = 'showAborted'
  button.tabIndex = -1
  button.textContent = 'Show'
  button.title = 'Read again with read_uncommitted (Enter)'
  cell.append(button)
}

const NOTE_ICONS = { gap: 'fold', aborted: 'circle-slash', marker: 'milestone' } as const

function cellContent(cell: Cell, part: 'key' | 'value', highlight: Highlight): Node[] {
  switch (cell.kind) {
    case 'null':
      return [piece('dim', 'null')]
    case 'text':
      return textPieces(cell.text, highlight).map(pieceElement)
    case 'json':
      return jsonPieces(cell.text, part, highlight).map(pieceElement)
    case 'binary':
      return [piece('dim', cell.text)]
    case 'error':
      return [
        icon('error', 'bad'),
        piece('why cut', cell.text),
        piece('dim mono', spaced(cell.bytes)),
      ]
  }
}

/** Hex digits as pairs. */
function spaced(hex: string): string {
  return hex.replace(/([0-9a-f]{2})(?=[0-9a-f])/gi, '$1 ')
}

const PIECES = { plain: '', name: 'k', hit: 'hit' } as const

function pieceElement({ kind, text }: PreviewPiece): Node {
  return kind === 'plain' ? document.createTextNode(text) : piece(PIECES[kind], text)
}

function piece(className: string, text: string): HTMLElement {
  const span = document.createElement('span')
  if (className !== '') span.className = className
  if (text !== '') span.textContent = text
  return span
}

function icon(name: string, className: string): HTMLElement {
  const span = piece(`codicon codicon-${name} ${className}`, '')
  span.setAttribute('aria-hidden', 'true')
  return span
}

function sign(name: string, className: string, words: string): HTMLElement {
  const span = piece(`codicon codicon-${name} sign ${className}`, '')
  span.setAttribute('role', 'img')
  span.setAttribute('aria-label', words)
  span.title = words
  return span
}
