/**
 * Browsers end an element's height near 33,000,000 px, and long before that they place what is in
 * it by whole and half px, as their floats allow: rows would stand unevenly.
 */
export const MOST_HEIGHT = 2_000_000

/** How tall the rows really are, how tall their element may be, and what of it is seen. */
export interface Heights {
  readonly rows: number
  readonly canvas: number
  readonly view: number
}

export function heightsOf(rows: number, view: number): Heights {
  return { rows, canvas: Math.min(rows, MOST_HEIGHT), view }
}

/** Where the rows stand, in px of their real height, when the scroll bar says `scrollTop`. */
export function rowTopAt(scrollTop: number, heights: Heights): number {
  return scrollTop * ratio(heights)
}

/** What the scroll bar says when the rows stand at `top`. */
export function scrollTopAt(top: number, heights: Heights): number {
  return top / ratio(heights)
}

function ratio({ rows, canvas, view }: Heights): number {
  return canvas <= view || rows === canvas ? 1 : (rows - view) / (canvas - view)
}

/** Whether a px of the scroll bar is more than one of the rows. */
export function isScaled({ rows, canvas }: Heights): boolean {
  return rows !== canvas
}

/**
 * Where the rows stand after the scroll bar moved. A small step moves the rows by as much, not by
 * what it is on the scale of all of them: a press on the bar goes by a page even where there are
 * ten million.
 */
export function scrolledTop(top: number, before: number, now: number, heights: Heights): number {
  const { rows, canvas, view } = heights
  if (rows === canvas) return now
  if (now <= 0) return 0
  if (now >= canvas - view - 1) return rows - view
  if (Math.abs(now - before) > view) return rowTopAt(now, heights)
  return Math.max(0, Math.min(rows - view, top + now - before))
}
