/** Rows of one height inside of something that scrolls; only those in sight are elements. */
export interface VirtualRows {
  /** As high as all rows together. */
  readonly element: HTMLElement
  /** From now on there are so many rows, all filled anew. */
  setCount(count: number): void
  /** Fills the rows in sight anew. */
  refresh(): void
  /** Scrolls as little as needed to bring the row into sight. */
  reveal(index: number): void
  /** Rows that fit between the edges. */
  pageSize(): number
}

export interface VirtualOptions {
  readonly scroller: HTMLElement
  /** All that scrolls: the rows move when something above them changes its height. */
  readonly content: HTMLElement
  readonly rowHeight: number
  /** Height at the top of the scroller that something sticky covers. */
  readonly covered: number
  createRow(): HTMLElement
  fill(row: HTMLElement, index: number): void
}

const OVERSCAN = 6

interface Slot {
  readonly row: HTMLElement
  index: number
}

export function createVirtualRows(options: VirtualOptions): VirtualRows {
  const { scroller, rowHeight } = options
  const element = document.createElement('div')
  element.className = 'virtual'
  element.setAttribute('role', 'none')
  const slots: Slot[] = []
  let count = 0

  /** Where the scroller's upper edge is, seen from the first row. */
  const offset = () => scroller.getBoundingClientRect().top - element.getBoundingClientRect().top

  const grow = (size: number) => {
    if (size <= slots.length) return
    while (slots.length < size) {
      const row = options.createRow()
      element.append(row)
      slots.push({ row, index: -1 })
    }
    for (const slot of slots) slot.index = -1
  }

  const paint = () => {
    if (!element.isConnected || element.clientWidth === 0) return
    const top = offset()
    const from = Math.max(0, Math.floor(top / rowHeight) - OVERSCAN)
    const to = Math.min(count, Math.ceil((top + scroller.clientHeight) / rowHeight) + OVERSCAN)
    grow(Math.max(0, to - from))
    const used = new Set<Slot>()
    for (let index = from; index < to; index++) {
      const slot = slots[index % slots.length]
      if (!slot) continue
      used.add(slot)
      if (slot.index !== index) put(slot, index)
    }
    for (const slot of slots) if (!used.has(slot)) hide(slot)
  }

  const put = (slot: Slot, index: number) => {
    slot.index = index
    slot.row.hidden = false
    slot.row.style.setProperty('transform', `translateY(${index * rowHeight}px)`)
    options.fill(slot.row, index)
  }

  const hide = (slot: Slot) => {
    slot.index = -1
    slot.row.hidden = true
  }

  const refresh = () => {
    for (const slot of slots) slot.index = -1
    paint()
  }

  scroller.addEventListener('scroll', paint, { passive: true })
  const sizes = new ResizeObserver(paint)
  for (const watched of [scroller, options.content, element]) sizes.observe(watched)

  return {
    element,
    refresh,
    setCount(to) {
      count = to
      element.style.setProperty('height', `${count * rowHeight}px`)
      refresh()
    },
    reveal(index) {
      const top = index * rowHeight - offset()
      const room = scroller.clientHeight
      if (top < options.covered) scroller.scrollTop += top - options.covered
      else if (top + rowHeight > room) scroller.scrollTop += top + rowHeight - room
      paint()
    },
    pageSize: () =>
      Math.max(1, Math.floor((scroller.clientHeight - options.covered) / rowHeight) - 1),
  }
}
