import type { Layout, RecordName, RecordRow, Row } from '../../protocol/messages.ts'
import { COLUMNS, fitted, gridTemplate, type Columns } from './columns.ts'
import { createHeader } from './header.ts'
import type { RowPages } from './pages.ts'
import type { Highlight } from './preview.ts'
import { createRow, type RowContext, type RowElement } from './rows.ts'
import { heightsOf, isScaled, scrolledTop, scrollTopAt, type Heights } from './scale.ts'
import { Selection } from './selection.ts'
import { dayOf } from './words.ts'
import { dayInWords } from './axis.ts'

const ROW = 22
const NARROW_ROW = 44
const OVERSCAN = 12
/** Rows looked at for the record before a row, past rows that are no records. */
const MOST_NOTES = 8
const NARROW = '(max-width: 560px)'

/**
 * How another row was chosen: `one` is to be shown, `seen` only where one is shown already,
 * `added` to others or taken from them, `more` are several at once.
 */
export type Choice = 'one' | 'seen' | 'added' | 'more'

export interface ListOptions {
  readonly pages: RowPages
  readonly layout: () => Layout
  onSelect(how: Choice): void
  /** Wants to see the row in full. */
  onOpen(row: RecordRow): void
  /** Wants it as a document. */
  onOpenDocument(row: RecordRow): void
  onCopy(): void
  /** Too many rows to select them all. */
  onTooMany(count: number): void
  onResize(widths: Layout['widths'], done: boolean): void
  readonly openColumns: (anchor: HTMLElement) => void
  showAborted(): void
  /** The list moved away from its end, or back to it. */
  onFollow(following: boolean): void
  /** The rows that are looked at are others now. */
  onLook(): void
}

/** A list of as many rows as there are, of which only those in the window exist as elements. */
export class RecordList {
  readonly element = box('list')
  readonly selection = new Selection()
  readonly #grid = box('grid')
  readonly #scroller = box('scroll')
  readonly #canvas = box('rows')
  readonly #rows: RowElement[] = []
  readonly #options: ListOptions
  readonly #header
  readonly #narrow = matchMedia(NARROW)
  readonly #calm = matchMedia('(prefers-reduced-motion: reduce)')
  #context: RowContext = { topic: '', highlight: {} }
  /** Those that there is room for. */
  #columns: Columns = { widths: {}, hidden: [] }
  #first = 0
  #end = 0
  #heights: Heights = heightsOf(0, 0)
  /** Where the window stands in the rows, px. */
  #top = 0
  #scrolled = 0
  #freshFrom = Infinity
  /** The rows that the canvas says it owns. */
  #owned = ''
  #painting = false
  /** The row whose menu was opened last. */
  #menuRow: number | undefined
  #menuIsOpen = false
  /** Stays at the end while new records come. */
  following = true

  constructor(options: ListOptions) {
    this.#options = options
    this.#header = createHeader({
      columns: () => this.#columns,
      onResize: (widths, done) => {
        options.onResize(widths, done)
      },
      openMenu: options.openColumns,
      onLeave: () => {
        this.focus()
      },
    })
    this.#scroller.append(this.#canvas)
    this.#grid.append(this.#header.element, this.#scroller)
    this.element.append(this.#grid)
    this.#describe()
    this.#listen()
  }

  /** Rows number `first` up to `end` exist now. */
  update(first: number, end: number): void {
    const gone = Math.max(0, Math.min(first, this.#end) - this.#first)
    if (this.following && end > this.#end && this.#end > 0) this.#freshFrom = this.#end
    this.selection.keepWithin(first, end)
    const top = this.#top - gone * this.#rowHeight
    this.#first = first
    this.#end = end
    this.#grid.setAttribute('aria-rowcount', String(end + 1))
    this.#measure()
    this.#moveTo(this.following ? Infinity : top)
    this.paint()
  }

  /** Behind the last row that it knows of. */
  get end(): number {
    return this.#end
  }

  /** What the rows are shown with. */
  show(topic: string, highlight: Highlight): void {
    if (topic === this.#context.topic && highlight === this.#context.highlight) return
    this.#context = { topic, highlight }
    this.#grid.setAttribute('aria-label', `Records of ${topic}`)
    this.paint()
  }

  /** Widths and columns anew. */
  restyle(): void {
    const room = this.#narrow.matches ? 0 : this.element.clientWidth
    this.#columns = fitted(this.#options.layout(), room)
    this.element.style.setProperty('--cols', gridTemplate(this.#columns))
    for (const { name } of COLUMNS)
      this.element.classList.toggle(`no-${name}`, this.#columns.hidden.includes(name))
    this.#header.update()
  }

  /** Draws once before the next frame. */
  paint(): void {
    if (this.#painting) return
    this.#painting = true
    requestAnimationFrame(() => {
      this.#painting = false
      this.#draw()
    })
  }

  follow(): void {
    this.#setFollowing(true)
    this.#moveTo(Infinity)
    this.paint()
  }

  stay(): void {
    this.#setFollowing(false)
  }

  focus(): void {
    this.#grid.focus({ preventScroll: true })
  }

  get hasFocus(): boolean {
    return this.#grid === document.activeElement
  }

  /** Selects the row and brings it into the window. */
  reveal(number: number): void {
    this.selection.only(number)
    this.#goTo(number, true)
    this.#options.onSelect('seen')
  }

  /** The records of the rows that are selected, as far as they were pulled. */
  rowAt(number: number | undefined): RecordRow | undefined {
    return number === undefined ? undefined : asRecord(this.#options.pages.row(number))
  }

  get menuRow(): RecordRow | undefined {
    return this.rowAt(this.#menuRow)
  }

  /**
   * The record to hold still while rows change places: the selected one if it is seen, else the top
   * one. `selected` is its name, where that is known already.
   */
  anchor(
    selected: RecordName | undefined,
  ): { readonly name: RecordName; readonly number: number } | undefined {
    if (this.following || this.#top === 0) return undefined
    const { active } = this.selection
    const isSeen = active !== undefined && this.#isSeen(active)
    const seen = isSeen ? active : this.#firstVisible()
    const row = (isSeen ? selected : undefined) ?? this.#options.pages.row(seen)
    return row && { name: { partition: row.partition, offset: row.offset }, number: seen }
  }

  /** Rows stand so many places further down than before. */
  shift(rows: number): void {
    this.#moveTo(this.#top + rows * this.#rowHeight)
    this.paint()
  }

  /** The day of what is seen first, where it is not today. */
  tellDay(time: number | undefined, now: number): void {
    const isToday = time === undefined || dayOf(time) === dayOf(now)
    this.#header.tellDay(isToday ? '' : dayInWords(time))
  }

  get #rowHeight(): number {
    return this.#narrow.matches ? NARROW_ROW : ROW
  }

  #describe(): void {
    this.#grid.tabIndex = 0
    this.#grid.setAttribute('role', 'grid')
    this.#grid.setAttribute('aria-label', 'Records')
    this.#grid.setAttribute('aria-multiselectable', 'true')
    this.#scroller.tabIndex = -1
    this.#scroller.setAttribute('role', 'presentation')
    this.#canvas.setAttribute('role', 'rowgroup')
  }

  #listen(): void {
    this.#scroller.addEventListener('scroll', () => {
      this.#onScroll()
    })
    this.#scroller.addEventListener('scrollend', () => {
      this.#moveTo(this.#top)
    })
    this.#scroller.addEventListener('focus', () => {
      this.focus()
    })
    this.#grid.addEventListener('keydown', event => {
      if (event.target === this.#grid && this.#onKey(event)) event.preventDefault()
    })
    this.#canvas.addEventListener('mousedown', event => {
      if (event.shiftKey) event.preventDefault()
    })
    this.#canvas.addEventListener('click', event => {
      this.#onClick(event)
    })
    this.#canvas.addEventListener('dblclick', event => {
      const row = this.rowAt(numberOf(event.target))
      if (row && !isControl(event.target)) this.#options.onOpenDocument(row)
    })
    this.#grid.addEventListener('contextmenu', event => {
      this.#onMenu(event)
    })
    for (const name of ['pointermove', 'pointerdown', 'keydown'] as const)
      this.#grid.addEventListener(name, event => {
        // While the editor's menu is open nothing of this is heard.
        if (this.#menuIsOpen && !isMenuKey(event)) this.#endMenu()
      })
    this.#canvas.addEventListener('pointerover', event => {
      tellWhatIsCut(event.target)
    })
    this.#scroller.addEventListener(
      'wheel',
      event => {
        this.#onWheel(event)
      },
      { passive: false },
    )
    new ResizeObserver(() => {
      this.#onResize()
    }).observe(this.#scroller)
    new ResizeObserver(() => {
      this.restyle()
    }).observe(this.element)
    this.#narrow.addEventListener('change', () => {
      const at = this.#top / (this.#narrow.matches ? ROW : NARROW_ROW)
      this.#measure()
      this.#moveTo(this.following ? Infinity : at * this.#rowHeight)
      this.paint()
    })
  }

  #measure(): void {
    const rows = (this.#end - this.#first) * this.#rowHeight
    const heights = heightsOf(rows, this.#scroller.clientHeight)
    if (heights.canvas !== this.#heights.canvas) this.#canvas.style.height = `${heights.canvas}px`
    this.#heights = heights
  }

  #moveTo(top: number): void {
    const { rows, view } = this.#heights
    this.#top = Math.round(Math.max(0, Math.min(rows - view, top)))
    const scrollTop = scrollTopAt(this.#top, this.#heights)
    if (Math.abs(this.#scroller.scrollTop - scrollTop) > 0.5) this.#scroller.scrollTop = scrollTop
    this.#scrolled = this.#scroller.scrollTop
  }

  #onScroll(): void {
    const before = this.#top
    const { scrollTop, clientHeight } = this.#scroller
    // The window grew and the browser moved the rows with it: nobody scrolled.
    if (clientHeight !== this.#heights.view) {
      this.#onResize()
      return
    }
    this.#top = Math.round(scrolledTop(this.#top, this.#scrolled, scrollTop, this.#heights))
    this.#scrolled = scrollTop
    this.#settle(before)
    this.paint()
  }

  /** The row that the keyboard is at stays in sight when a record opens below. */
  #onResize(): void {
    const { active } = this.selection
    const wasSeen = active !== undefined && this.#isSeen(active)
    this.#measure()
    this.#moveTo(this.following ? Infinity : this.#top)
    if (wasSeen && !this.#isSeen(active)) this.#goTo(active, false)
    this.paint()
  }

  /** On the scale of all rows a wheel would leap over thousands: it goes by lines. */
  #onWheel(event: WheelEvent): void {
    if (!isScaled(this.#heights) || event.ctrlKey || event.deltaY === 0) return
    event.preventDefault()
    const unit = [1, this.#rowHeight, this.#heights.view][event.deltaMode] ?? 1
    const before = this.#top
    this.#moveTo(this.#top + event.deltaY * unit)
    this.#settle(before)
    this.paint()
  }

  /** Up leaves the end, down to the end stays there. */
  #settle(before: number): void {
    const { rows, view } = this.#heights
    const atEnd = this.#top + view >= rows - 4
    if (!atEnd && this.following && this.#top < before) this.#setFollowing(false)
    if (atEnd && !this.following && this.#top > before) this.#setFollowing(true)
  }

  #setFollowing(following: boolean): void {
    if (this.following === following) return
    this.following = following
    this.#freshFrom = Infinity
    this.#options.onFollow(following)
  }

  #onClick(event: MouseEvent): void {
    const number = numberOf(event.target)
    if (number === undefined) return
    this.focus()
    if (isControl(event.target)) {
      this.#options.showAborted()
      return
    }
    if (!this.rowAt(number)) return
    if (event.ctrlKey || event.metaKey) this.selection.toggle(number)
    else if (event.shiftKey) this.selection.extend(number)
    else this.selection.only(number)
    this.#stand(number)
    this.#options.onSelect(
      event.ctrlKey || event.metaKey ? 'added' : event.shiftKey ? 'more' : 'one',
    )
  }

  /** What the editor's menu is told of the row; the selection stays. */
  #onMenu(event: MouseEvent): void {
    const number = numberOf(event.target) ?? this.selection.active
    const row = this.rowAt(number)
    this.#menuRow = row ? number : undefined
    this.#menuIsOpen = row !== undefined
    const context = row
      ? {
          webviewSection: 'record',
          partition: row.partition,
          offset: row.offset,
          selectedRecords: this.selection.size,
          isSelected: number !== undefined && this.selection.has(number),
          preventDefaultContextMenuItems: true,
        }
      : { preventDefaultContextMenuItems: true }
    this.#grid.dataset['vscodeContext'] = JSON.stringify(context)
    this.#draw()
  }

  #endMenu(): void {
    this.#menuIsOpen = false
    this.paint()
  }

  #onKey(event: KeyboardEvent): boolean {
    const { active } = this.selection
    const row = this.rowAt(active)
    if (event.ctrlKey || event.metaKey) return this.#onCommand(event, row)
    if (event.altKey) return false
    if (isMenuKey(event)) return this.#openMenuOf(active)
    if (event.key === 'Enter' && row) this.#options.onOpen(row)
    else if (event.key === 'Enter' && this.#isAborted(active)) this.#options.showAborted()
    else if (event.key === 'ArrowUp' && !event.shiftKey && (active ?? Infinity) <= this.#first)
      this.#header.focus()
    else return this.#move(event)
    return true
  }

  #onCommand(event: KeyboardEvent, row: RecordRow | undefined): boolean {
    const { active } = this.selection
    if (event.key === 'c' && this.selection.size > 0) this.#options.onCopy()
    else if (event.key === 'a') this.#selectAll()
    else if (event.key === 'Enter' && row) this.#options.onOpenDocument(row)
    else if (event.key === ' ' && active !== undefined) {
      this.selection.toggle(active)
      this.paint()
      this.#options.onSelect('added')
    } else if (event.key === 'ArrowUp' || event.key === 'ArrowDown') return this.#move(event)
    else return false
    return true
  }

  #selectAll(): void {
    if (!this.selection.all(this.#first, this.#end)) {
      this.#options.onTooMany(this.#end - this.#first)
      return
    }
    this.paint()
    this.#options.onSelect('more')
  }

  /** A menu from the keyboard opens at its row. */
  #openMenuOf(number: number | undefined): boolean {
    const element = this.#rows.find(({ element: each }) => numberOf(each) === number)?.element
    if (number === undefined || !element || !this.#isSeen(number)) return false
    const { left, bottom } = element.getBoundingClientRect()
    element.dispatchEvent(
      new MouseEvent('contextmenu', {
        bubbles: true,
        cancelable: true,
        clientX: left + 24,
        clientY: bottom,
      }),
    )
    return true
  }

  #move(event: KeyboardEvent): boolean {
    const target = this.#destination(event.key)
    if (target === undefined) return false
    const isPlain = !event.ctrlKey && !event.metaKey && !event.shiftKey
    const number = this.#rowNear(target.to, target.step, isPlain)
    if (number === undefined) return true
    if (event.ctrlKey || event.metaKey) this.selection.move(number)
    else if (event.shiftKey) this.selection.extend(number)
    else this.selection.only(number)
    this.#stand(number)
    this.#options.onSelect(this.selection.size === 1 ? 'seen' : 'more')
    return true
  }

  #destination(key: string): { readonly to: number; readonly step: number } | undefined {
    const page = Math.max(1, Math.floor(this.#heights.view / this.#rowHeight) - 1)
    const first = this.#firstVisible()
    const now = this.selection.active
    switch (key) {
      case 'ArrowDown':
        return { to: now === undefined ? first : now + 1, step: 1 }
      case 'ArrowUp':
        return { to: (now ?? first) - 1, step: -1 }
      case 'PageDown':
        return { to: (now ?? first) + page, step: 1 }
      case 'PageUp':
        return { to: (now ?? first) - page, step: -1 }
      case 'Home':
        return { to: this.#first, step: 1 }
      case 'End':
        return { to: this.#end - 1, step: -1 }
      default:
        return undefined
    }
  }

  /**
   * The row itself, or past rows that are no records the next one. What an aborted transaction
   * left can be stood at: Enter shows it.
   */
  #rowNear(target: number, step: number, withAborted: boolean): number | undefined {
    if (this.#end === this.#first) return undefined
    let number = Math.max(this.#first, Math.min(this.#end - 1, target))
    while (this.#isNote(number) && !(withAborted && this.#isAborted(number))) {
      number += step
      if (number < this.#first || number >= this.#end) return undefined
    }
    return number
  }

  #isNote(number: number): boolean {
    const row = this.#options.pages.row(number)
    return row !== undefined && row.kind !== 'record'
  }

  #isAborted(number: number | undefined): boolean {
    return number !== undefined && this.#options.pages.row(number)?.kind === 'aborted'
  }

  /** Who looks at a row wants it to stand still. */
  #stand(number: number): void {
    if (number < this.#end - 1) this.#setFollowing(false)
    this.#goTo(number, false)
  }

  #goTo(number: number, centred: boolean): void {
    const height = this.#rowHeight
    const top = (number - this.#first) * height
    const { view } = this.#heights
    if (centred) {
      this.#setFollowing(false)
      if (!this.#isSeen(number)) this.#moveTo(top - Math.floor(view / height / 3) * height)
    } else if (top < this.#top) this.#moveTo(top)
    else if (top + height > this.#top + view) this.#moveTo(top + height - view)
    this.#draw()
  }

  #isSeen(number: number): boolean {
    const top = (number - this.#first) * this.#rowHeight
    return top >= this.#top && top + this.#rowHeight <= this.#top + this.#heights.view
  }

  #firstVisible(): number {
    return this.#first + Math.ceil(this.#top / this.#rowHeight)
  }

  #draw(): void {
    const height = this.#rowHeight
    const seen = this.#first + Math.floor(this.#top / height)
    const from = Math.max(this.#first, seen - OVERSCAN)
    const inView = Math.ceil(this.#heights.view / height) + 1
    const to = Math.min(this.#end, seen + inView + OVERSCAN)
    this.#options.pages.want(seen, Math.min(this.#end, seen + inView))
    this.#grow(to - from)
    const offset = this.#scrolled - this.#top
    for (let number = from; number < to; number++) {
      // The same element shows the same row while it is in the window: hover holds still.
      const row = this.#rows[number % this.#rows.length]
      row?.place((number - this.#first) * height + offset)
      if (row) this.#fill(row, number)
    }
    this.#hideOthers(from, Math.max(0, to - from))
    this.#tellOrder(from, to)
    this.#tellActive()
    this.#options.onLook()
  }

  #fill(element: RowElement, number: number): void {
    const row = this.#options.pages.row(number)
    const arrives = number >= this.#freshFrom && row && !element.shows(number)
    const isNote = row !== undefined && row.kind !== 'record'
    const selected = isNote ? undefined : this.selection.has(number) && row !== undefined
    element.show({ number, row, newDay: this.#isNewDay(number, row), selected }, this.#context)
    element.element.toggleAttribute('data-active', number === this.selection.active)
    element.element.toggleAttribute('data-menu', this.#menuIsOpen && number === this.#menuRow)
    if (arrives && !this.#calm.matches) element.flash()
  }

  #isNewDay(number: number, row: Row | undefined): boolean {
    if (row?.kind !== 'record' || row.timestamp === undefined) return false
    for (let back = number - 1; back >= this.#first && back >= number - MOST_NOTES; back--) {
      const before = this.#options.pages.row(back)
      if (before?.kind === 'record' && before.timestamp !== undefined)
        return dayOf(before.timestamp) !== dayOf(row.timestamp)
      if (!before) return false
    }
    return false
  }

  /** The time of the first record that is seen: the heading tells its day. */
  get topTime(): number | undefined {
    for (let number = this.#firstVisible(); number < this.#firstVisible() + MOST_NOTES; number++) {
      const row = this.rowAt(number)
      if (row?.timestamp !== undefined) return row.timestamp
    }
    return undefined
  }

  /** Elements are used again in a ring: how they follow each other is told apart from where they are. */
  #tellOrder(from: number, to: number): void {
    const owned = `${from} ${to}`
    if (owned === this.#owned) return
    this.#owned = owned
    const ids = Array.from({ length: Math.max(0, to - from) }, (_, index) => `row-${from + index}`)
    this.#canvas.setAttribute('aria-owns', ids.join(' '))
  }

  #tellActive(): void {
    const { active } = this.selection
    if (active === undefined) this.#grid.removeAttribute('aria-activedescendant')
    else this.#grid.setAttribute('aria-activedescendant', `row-${active}`)
  }

  #grow(count: number): void {
    if (count <= this.#rows.length) return
    while (this.#rows.length < count + OVERSCAN) {
      const row = createRow()
      this.#rows.push(row)
      this.#canvas.append(row.element)
    }
  }

  #hideOthers(from: number, count: number): void {
    for (const [index, row] of this.#rows.entries()) {
      const distance = (index - (from % this.#rows.length) + this.#rows.length) % this.#rows.length
      if (distance >= count) row.hide()
    }
  }
}

function asRecord(row: Row | undefined): RecordRow | undefined {
  return row?.kind === 'record' ? row : undefined
}

function numberOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('.r') : undefined
  const number = row?.dataset['number']
  return number === undefined ? undefined : Number(number)
}

function isMenuKey(event: Event): boolean {
  if (!(event instanceof KeyboardEvent)) return false
  return event.key === 'ContextMenu' || (event.key === 'F10' && event.shiftKey)
}

function isControl(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('[data-act]') !== null
}

/** The whole text of what is cut, once the pointer is over it. */
function tellWhatIsCut(target: EventTarget | null): void {
  const cell = target instanceof Element ? target.closest<HTMLElement>('.r > *') : null
  if (cell?.title !== '' || cell.classList.contains('note')) return
  const inner = cell.querySelector<HTMLElement>('.cut') ?? cell
  const isCut = cell.scrollWidth > cell.clientWidth || inner.scrollWidth > inner.clientWidth
  if (isCut) cell.title = cell.textContent
}

function box(className: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  return element
}
