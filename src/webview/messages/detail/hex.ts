import { ProblemError, problemOf } from '../../../base/problem.ts'
import { bytes } from '../../../lag/format.ts'
import type { HexBytes } from '../../../protocol/messages.ts'
import { box, columnsIn, span } from './elements.ts'
import { columnsOfLine, hexLine, offsetDigits } from './hexLines.ts'
import { HEADING, type ScrollPlace } from './tree.ts'
import { createVirtualRows } from './virtual.ts'

/** Bytes as hex, pulled page by page as they come into sight. */
export interface HexView {
  readonly element: HTMLElement
  /** Shows `total` bytes; `key` names them, so that the same again asks for nothing. */
  show(key: string, total: number, ask: HexAsk): void
  /** Forgets the bytes and what is asked for. */
  clear(): void
}

export type HexAsk = (from: number, count: number, signal: AbortSignal) => Promise<HexBytes>

const ROW = 22
const PAGE = 4096
const MOST_PAGES = 64
/** A browser's element cannot be higher than some 33,000,000 px. */
const MOST_LINES = 1_400_000

interface Shown {
  readonly key: string
  readonly total: number
  readonly ask: HexAsk
  readonly end: AbortController
  /** Pages by number: hex digits, or why they are not there; undefined: on the way. */
  readonly pages: Map<number, { readonly hex: string } | { readonly problem: string } | undefined>
}

export function createHex(place: ScrollPlace): HexView {
  const element = box('hex')
  element.tabIndex = 0
  element.setAttribute('role', 'group')
  const foot = box('dim foot')
  let shown: Shown | undefined
  let perLine = 8

  const virtual = createVirtualRows({
    ...place,
    rowHeight: ROW,
    covered: HEADING,
    createRow: () => {
      const row = box('bytes')
      row.append(span('dim', ''), '  ', span('', ''), '  ', span('tok-string', ''))
      return row
    },
    fill(row, index) {
      if (shown) fillLine(row, shown, index * perLine)
    },
  })
  element.append(virtual.element, foot)

  const fillLine = (row: HTMLElement, of: Shown, from: number) => {
    const page = pageAt(of, Math.floor(from / PAGE))
    const at = (from % PAGE) * 2
    const hex = page && 'hex' in page ? page.hex.slice(at, at + perLine * 2) : undefined
    const line = hexLine(from, hex, perLine, offsetDigits(of.total))
    const [offset, bytes, text] = row.querySelectorAll('span')
    if (offset) offset.textContent = line.offset
    if (bytes) bytes.textContent = line.bytes
    if (text) text.textContent = page && 'problem' in page ? page.problem : line.text
  }

  const pageAt = (of: Shown, number: number) => {
    const page = of.pages.get(number)
    if (page === undefined && !of.pages.has(number)) void pull(of, number)
    return page
  }

  const pull = async (of: Shown, number: number) => {
    of.pages.set(number, undefined)
    try {
      const from = number * PAGE
      const { hex } = await of.ask(from, Math.min(PAGE, of.total - from), of.end.signal)
      of.pages.set(number, { hex })
    } catch (error) {
      if (of.end.signal.aborted) return
      of.pages.set(number, { problem: messageOf(error) })
    }
    forgetOldest(of)
    if (of === shown) virtual.refresh()
  }

  const arrange = () => {
    if (!shown) return
    const columns = columnsIn(element)
    perLine = columnsOfLine(16, offsetDigits(shown.total)) <= columns ? 16 : 8
    const lines = Math.ceil(shown.total / perLine)
    const most = Math.min(lines, MOST_LINES)
    virtual.setCount(most)
    foot.hidden = most === lines
    foot.textContent = `The first ${bytes(most * perLine)} of ${bytes(shown.total)}. The rest can be seen in an editor.`
  }

  const clear = () => {
    shown?.end.abort()
    shown = undefined
    virtual.setCount(0)
    foot.hidden = true
  }

  new ResizeObserver(() => {
    if (element.clientWidth > 0) arrange()
  }).observe(element)

  return {
    element,
    clear,
    show(key, total, ask) {
      if (shown?.key === key && shown.total === total) return
      clear()
      shown = { key, total, ask, end: new AbortController(), pages: new Map() }
      element.setAttribute('aria-label', `${bytes(total)} as hex`)
      arrange()
    },
  }
}

function forgetOldest({ pages }: Shown): void {
  for (const [number, page] of pages) {
    if (pages.size <= MOST_PAGES) return
    if (page) pages.delete(number)
  }
}

function messageOf(error: unknown): string {
  return error instanceof ProblemError ? error.problem.message : problemOf(error).message
}
