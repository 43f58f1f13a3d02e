import type { Piece } from './jsonLines.ts'

export function box(className: string, role?: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  if (role) element.setAttribute('role', role)
  return element
}

export function span(className: string, text: string): HTMLElement {
  const element = document.createElement('span')
  element.className = className
  element.textContent = text
  return element
}

/** A piece of JSON in the colour of its kind. */
export function pieceElement({ kind, text }: Piece): Node {
  return kind === 'plain' ? document.createTextNode(text) : span(`tok-${kind}`, text)
}

/** How many letters of the editor's font stand in one line of the element. */
export function columnsIn(element: HTMLElement): number {
  const { fontSize, fontFamily } = getComputedStyle(element)
  const font = `${fontSize} ${fontFamily}`
  if (font !== measured.font) measured = { font, width: widthOf(font) }
  return Math.max(8, Math.floor(element.clientWidth / measured.width))
}

let measured = { font: '', width: 8 }

function widthOf(font: string): number {
  const context = document.createElement('canvas').getContext('2d')
  if (!context) return measured.width
  context.font = font
  return context.measureText('0'.repeat(100)).width / 100
}

/** Asks the host for something that it does, and of which it tells the person itself. */
export function ask(asked: Promise<unknown>): void {
  asked.catch(() => undefined)
}
