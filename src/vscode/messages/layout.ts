import type { Layout } from '../../protocol/messages.ts'

/** Of a view that nobody has arranged yet. Who has read a record is asked for by unfolding it. */
export const DEFAULT_LAYOUT: Layout = {
  widths: {},
  hidden: [],
  folded: ['readBy'],
  valueView: 'tree',
}

/** A layout as it was kept: what has another shape is as at the beginning. */
export function keptLayout(stored: unknown): Layout {
  if (typeof stored !== 'object' || stored === null) return DEFAULT_LAYOUT
  const { widths, hidden, detailWidth, detailHeight, folded, valueView } = stored as Record<
    string,
    unknown
  >
  return {
    widths: widthsOf(widths),
    hidden: textsOf(hidden),
    folded: Array.isArray(folded) ? textsOf(folded) : DEFAULT_LAYOUT.folded,
    valueView: valueView === 'text' || valueView === 'hex' ? valueView : 'tree',
    ...(isSize(detailWidth) && { detailWidth }),
    ...(isSize(detailHeight) && { detailHeight }),
  }
}

function widthsOf(stored: unknown): Record<string, number> {
  if (typeof stored !== 'object' || stored === null) return {}
  return Object.fromEntries(
    Object.entries(stored).filter((entry): entry is [string, number] => isSize(entry[1])),
  )
}

function textsOf(stored: unknown): string[] {
  return Array.isArray(stored) ? stored.filter(item => typeof item === 'string') : []
}

function isSize(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value > 0
}
