import {
  COLUMNS,
  flexible,
  resized,
  STEP,
  visibleColumns,
  widthOf,
  type Column,
  type Columns,
} from './columns.ts'

export interface HeaderOptions {
  readonly columns: () => Columns
  /** `done`: the person has let go. */
  readonly onResize: (widths: Columns['widths'], done: boolean) => void
  openMenu(anchor: HTMLElement): void
  /** Down from the headings, into the rows. */
  onLeave(): void
}

/** The headings over the rows: they tell and change how wide the columns are. */
export interface Header {
  readonly element: HTMLElement
  focus(): void
  update(): void
  /** What stands beside the heading of the times; empty: nothing. */
  tellDay(day: string): void
}

export function createHeader(options: HeaderOptions): Header {
  const element = document.createElement('div')
  element.className = 'hd'
  element.setAttribute('role', 'row')
  element.setAttribute('aria-rowindex', '1')
  const cells = COLUMNS.map(column => headingOf(column, options))
  element.append(...cells)
  element.addEventListener('keydown', event => {
    if (onKey(event, cells, options)) event.preventDefault()
  })
  element.addEventListener('contextmenu', event => {
    const cell =
      event.target instanceof Element ? event.target.closest<HTMLElement>('.hd > *') : null
    event.preventDefault()
    event.stopPropagation()
    options.openMenu(cell ?? element)
  })
  return {
    element,
    focus: () => {
      visible(cells)[0]?.focus()
    },
    update: () => {
      const wide = flexible(visibleColumns(options.columns()))
      for (const [index, column] of COLUMNS.entries())
        cells[index]?.classList.toggle('flexible', column.name === wide)
    },
    tellDay: day => {
      const heading = cells[0]?.firstElementChild
      const text = day === '' ? 'Time' : `Time, ${day}`
      if (heading && heading.textContent !== text) heading.textContent = text
    },
  }
}

function headingOf(column: Column, options: HeaderOptions): HTMLElement {
  const cell = document.createElement('span')
  cell.className = column.name
  cell.dataset['column'] = column.name
  cell.setAttribute('role', 'columnheader')
  cell.tabIndex = -1
  if (column.heading !== column.title) cell.setAttribute('aria-label', column.title)
  cell.title = `${column.title}\nShift+Left and Shift+Right change its width, Enter chooses columns`
  const text = document.createElement('span')
  text.className = 'cut'
  text.textContent = column.heading
  const sash = document.createElement('i')
  sash.className = 'sash'
  sash.setAttribute('aria-hidden', 'true')
  sash.addEventListener('pointerdown', event => {
    drag(event, sash, column, options)
  })
  sash.addEventListener('dblclick', () => {
    options.onResize(resized(options.columns(), column, column.width), true)
  })
  cell.append(text, sash)
  return cell
}

function drag(
  down: PointerEvent,
  sash: HTMLElement,
  column: Column,
  { columns, onResize }: HeaderOptions,
): void {
  if (down.button !== 0) return
  down.preventDefault()
  const start = widthOf(column, columns())
  const sign = growsToLeft(column, columns()) ? -1 : 1
  const to = (event: PointerEvent) =>
    resized(columns(), column, start + sign * (event.clientX - down.clientX))
  const move = (event: PointerEvent) => {
    onResize(to(event), false)
  }
  const up = (event: PointerEvent) => {
    sash.removeEventListener('pointermove', move)
    sash.classList.remove('on')
    if (event.type === 'pointerup') onResize(to(event), true)
  }
  sash.setPointerCapture(down.pointerId)
  sash.classList.add('on')
  sash.addEventListener('pointermove', move)
  sash.addEventListener('pointerup', up, { once: true })
  sash.addEventListener('pointercancel', up, { once: true })
}

/** What stands right of the column that takes the rest has its free edge at the left. */
function growsToLeft(column: Column, columns: Columns): boolean {
  const names = visibleColumns(columns).map(({ name }) => name)
  const wide = flexible(visibleColumns(columns))
  return wide !== undefined && names.indexOf(column.name) > names.indexOf(wide)
}

function onKey(event: KeyboardEvent, cells: readonly HTMLElement[], options: HeaderOptions) {
  const all = visible(cells)
  const at = all.indexOf(event.target as HTMLElement)
  const cell = all[at]
  const column = COLUMNS.find(({ name }) => name === cell?.dataset['column'])
  if (!cell || !column || event.ctrlKey || event.metaKey || event.altKey) return false
  const sideways = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
  if (sideways !== undefined && event.shiftKey) {
    const columns = options.columns()
    const width = widthOf(column, columns) + sideways * STEP
    options.onResize(resized(columns, column, width), true)
  } else if (sideways !== undefined) all[at + sideways]?.focus()
  else if (event.key === 'Home') all[0]?.focus()
  else if (event.key === 'End') all.at(-1)?.focus()
  else if (event.key === 'ArrowDown' || event.key === 'Escape') options.onLeave()
  else if (event.key === 'Enter' || event.key === ' ') options.openMenu(cell)
  else return false
  return true
}

function visible(cells: readonly HTMLElement[]): HTMLElement[] {
  return cells.filter(cell => cell.offsetParent !== null)
}
