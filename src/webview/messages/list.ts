import type { MessageRow } from '../../protocol/messages.ts'
import { createRow, type RowElement } from './rows.ts'
import type { RowPages } from './pages.ts'
import { dayOf } from './words.ts'

const ROW = 22
const NARROW_ROW = 44
const OVERSCAN = 8

export interface ListOptions {
  readonly pages: RowPages
  open(row: MessageRow): void
  copy(row: MessageRow): void
  /** The list moved away from its end, or back to it. */
  onFollow(following: boolean): void
}

/** A list of as many rows as there are, of which only those in the window exist as elements. */
export class RecordList {
  readonly element: HTMLElement
  readonly #scroller: HTMLElement
  readonly #canvas: HTMLElement
  readonly #rows: RowElement[] = []
  readonly #options: ListOptions
  readonly #narrow = matchMedia('(max-width: 560px)')
  #first = 0
  #end = 0
  #active: number | undefined
  #freshFrom = Infinity
  #painting = false
  /** Stays at the end while new records come. */
  following = true

  constructor(options: ListOptions) {
    this.#options = options
    this.element = document.createElement('div')
    this.element.className = 'list'
    this.#scroller = box('scroll')
    this.#canvas = box('rows')
    this.#scroller.append(this.#canvas)
    this.element.append(header(), this.#scroller)
    this.#describe()
    this.#listen()
  }

  /** Rows number `first` up to `end` exist now. */
  update(first: number, end: number): void {
    const gone = Math.min(first, this.#end) - this.#first
    const rowHeight = this.#rowHeight
    const top = this.#scroller.scrollTop
    if (this.following && end > this.#end && this.#end > 0) this.#freshFrom = this.#end
    if (end < this.#end) this.#active = undefined
    this.#first = first
    this.#end = end
    this.#scroller.setAttribute('aria-rowcount', String(end))
    this.#canvas.style.height = `${(end - first) * rowHeight}px`
    if (this.following) this.#scroller.scrollTop = this.#scroller.scrollHeight
    else if (gone > 0) this.#scroller.scrollTop = Math.max(0, top - gone * rowHeight)
    this.paint()
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
    this.#scroller.scrollTop = this.#scroller.scrollHeight
    this.paint()
  }

  stay(): void {
    this.#setFollowing(false)
  }

  focus(): void {
    this.#scroller.focus({ preventScroll: true })
  }

  get #rowHeight(): number {
    return this.#narrow.matches ? NARROW_ROW : ROW
  }

  #describe(): void {
    this.#scroller.tabIndex = 0
    this.#scroller.setAttribute('role', 'grid')
    this.#scroller.setAttribute('aria-label', 'Records')
    this.#canvas.setAttribute('role', 'rowgroup')
  }

  #listen(): void {
    this.#scroller.addEventListener('scroll', () => {
      this.#onScroll()
    })
    this.#scroller.addEventListener('keydown', event => {
      this.#onKey(event)
    })
    this.#canvas.addEventListener('click', event => {
      const number = numberOf(event.target)
      if (number !== undefined) this.#activate(number, true)
    })
    this.#canvas.addEventListener('contextmenu', event => {
      const number = numberOf(event.target)
      if (number !== undefined) this.#activate(number, false)
    })
    new ResizeObserver(() => {
      this.update(this.#first, this.#end)
    }).observe(this.#scroller)
  }

  #onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.#scroller
    const atEnd = scrollTop + clientHeight >= scrollHeight - 4
    if (!atEnd && this.following && scrollTop < this.#lastTop) this.#setFollowing(false)
    if (atEnd && !this.following && scrollTop > this.#lastTop) this.#setFollowing(true)
    this.#lastTop = scrollTop
    this.paint()
  }

  #lastTop = 0

  #setFollowing(following: boolean): void {
    if (this.following === following) return
    this.following = following
    this.#options.onFollow(following)
  }

  #onKey(event: KeyboardEvent): void {
    const row = this.#active === undefined ? undefined : this.#options.pages.row(this.#active)
    if (event.key === 'Enter' && row) this.#options.open(row)
    else if (event.key === 'c' && (event.ctrlKey || event.metaKey) && row) this.#options.copy(row)
    else if (!this.#move(event)) return
    event.preventDefault()
  }

  #move(event: KeyboardEvent): boolean {
    const page = Math.max(1, Math.floor(this.#scroller.clientHeight / this.#rowHeight) - 1)
    const now = this.#active ?? this.#firstVisible() - 1
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: now + 1,
      ArrowUp: now - 1,
      PageDown: now + page,
      PageUp: now - page,
      Home: this.#first,
      End: this.#end - 1,
    }
    const target = steps[event.key]
    if (target === undefined || event.ctrlKey || event.metaKey || event.altKey) return false
    this.#activate(Math.max(this.#first, Math.min(this.#end - 1, target)), false)
    return true
  }

  #firstVisible(): number {
    return this.#first + Math.floor(this.#scroller.scrollTop / this.#rowHeight)
  }

  /** Who looks at a row wants it to stand still. */
  #activate(number: number, open: boolean): void {
    this.#active = number
    if (number < this.#end - 1) this.#setFollowing(false)
    this.#reveal(number)
    this.#draw()
    const row = this.#options.pages.row(number)
    if (open && row) this.#options.open(row)
  }

  #reveal(number: number): void {
    const top = (number - this.#first) * this.#rowHeight
    const { scrollTop, clientHeight } = this.#scroller
    if (top < scrollTop) this.#scroller.scrollTop = top
    else if (top + this.#rowHeight > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + this.#rowHeight - clientHeight
  }

  #draw(): void {
    const height = this.#rowHeight
    const from = Math.max(this.#first, this.#firstVisible() - OVERSCAN)
    const shown = Math.ceil(this.#scroller.clientHeight / height) + 2 * OVERSCAN
    const count = Math.max(0, Math.min(shown, this.#end - from))
    this.#grow(count)
    const days = new Set<string>()
    for (let i = 0; i < count; i++) {
      const number = from + i
      // The same element shows the same row while it is in the window: focus and hover hold still.
      const row = this.#rows[number % this.#rows.length]
      if (row) this.#place(row, number, height, days)
    }
    this.#hideOthers(from, count)
    this.#scroller.toggleAttribute('data-days', !onlyToday(days))
    this.element.toggleAttribute('data-days', !onlyToday(days))
    if (this.#active === undefined) this.#scroller.removeAttribute('aria-activedescendant')
    else this.#scroller.setAttribute('aria-activedescendant', `row-${this.#active}`)
  }

  #place(row: RowElement, number: number, height: number, days: Set<string>): void {
    const content = this.#options.pages.row(number)
    if (content?.timestamp !== undefined) days.add(dayOf(content.timestamp))
    row.show(content, number)
    row.element.hidden = false
    row.element.style.top = `${(number - this.#first) * height}px`
    row.element.setAttribute('aria-selected', String(number === this.#active))
    row.element.classList.toggle('fresh', content !== undefined && number >= this.#freshFrom)
  }

  #grow(count: number): void {
    if (count <= this.#rows.length) return
    while (this.#rows.length < count + OVERSCAN) {
      const row = createRow()
      row.element.hidden = true
      this.#rows.push(row)
      this.#canvas.append(row.element)
    }
  }

  #hideOthers(from: number, count: number): void {
    for (const [index, row] of this.#rows.entries()) {
      const distance = (index - (from % this.#rows.length) + this.#rows.length) % this.#rows.length
      if (distance >= count) row.element.hidden = true
    }
  }
}

function onlyToday(days: ReadonlySet<string>): boolean {
  return days.size === 0 || (days.size === 1 && days.has(dayOf(Date.now())))
}

function numberOf(target: EventTarget | null): number | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('.r') : undefined
  const number = row?.dataset['number']
  return number === undefined ? undefined : Number(number)
}

function header(): HTMLElement {
  const head = box('hd')
  head.setAttribute('aria-hidden', 'true')
  for (const [name, text] of HEADINGS) {
    const cell = document.createElement('span')
    cell.className = name
    cell.textContent = text
    if (name === 'p') cell.title = 'Partition'
    head.append(cell)
  }
  return head
}

const HEADINGS = [
  ['time', 'Time'],
  ['p', 'P'],
  ['off', 'Offset'],
  ['key', 'Key'],
  ['val', 'Value'],
  ['hc', 'Headers'],
  ['sz', 'Size'],
] as const

function box(className: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  return element
}
