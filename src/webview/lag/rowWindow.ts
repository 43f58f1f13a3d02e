import type { Window } from './table.ts'

/** Fewer rows than this are all drawn. */
const ALL = 200
/** Rows that are drawn above and below those in sight. */
const MARGIN = 20

/** Which rows of a long table are drawn, from where its scroller stands. */
export class RowWindow {
  readonly #scroller: HTMLElement
  #rowHeight = 22
  #drawn: Window | undefined

  constructor(scroller: HTMLElement, onMove: () => void) {
    this.#scroller = scroller
    scroller.addEventListener('scroll', () => {
      if (this.#drawn && this.#isOutside(this.#drawn)) onMove()
    })
  }

  get pageSize(): number {
    return Math.max(1, Math.floor(this.#scroller.clientHeight / this.#rowHeight) - 1)
  }

  window(rows: number): Window {
    const rowHeight = this.#rowHeight
    if (rows <= ALL) {
      this.#drawn = undefined
      return { first: 0, count: rows, rowHeight }
    }
    const { first, last } = this.#inSight()
    const from = Math.min(Math.max(0, first - MARGIN), rows)
    this.#drawn = { first: from, count: Math.min(rows, last + MARGIN) - from, rowHeight }
    return this.#drawn
  }

  /** After painting: a row of two lines is higher. */
  measure(rows: number): void {
    const row = this.#scroller.querySelector<HTMLElement>('tbody tr:not(.spacer)')
    if (rows > 0 && row && row.offsetHeight > 0) this.#rowHeight = row.offsetHeight
  }

  reveal(index: number): void {
    const body = this.#body()
    if (!body || index < 0) return
    const top = body.offsetTop + index * this.#rowHeight
    const { scrollTop, clientHeight } = this.#scroller
    const header = 26
    if (top - header < scrollTop) this.#scroller.scrollTop = top - header
    else if (top + this.#rowHeight > scrollTop + clientHeight)
      this.#scroller.scrollTop = top + this.#rowHeight - clientHeight
    this.#scroller.dispatchEvent(new Event('scroll'))
  }

  #body(): { readonly offsetTop: number } | undefined {
    const body = this.#scroller.querySelector('tbody')
    if (!body) return undefined
    const { top } = body.getBoundingClientRect()
    return {
      offsetTop: top - this.#scroller.getBoundingClientRect().top + this.#scroller.scrollTop,
    }
  }

  #inSight(): { readonly first: number; readonly last: number } {
    const { scrollTop, clientHeight } = this.#scroller
    const above = scrollTop - (this.#body()?.offsetTop ?? 0)
    const first = Math.max(0, Math.floor(above / this.#rowHeight))
    return { first, last: Math.max(first, 0) + Math.ceil(clientHeight / this.#rowHeight) }
  }

  #isOutside({ first, count }: Window): boolean {
    const seen = this.#inSight()
    return seen.first < first || seen.last > first + count
  }
}
