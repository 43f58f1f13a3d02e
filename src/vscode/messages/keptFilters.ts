import type { KeptFilter } from '../../protocol/messages.ts'

/** The filters of a topic: those that ran, newest first, and those that have a name. */
export interface KeptFilters {
  readonly history: readonly KeptFilter[]
  readonly saved: readonly KeptFilter[]
}

/** So many that ran are kept per topic. */
export const MOST_HISTORY = 50
/** A longer text is a paste gone wrong; it runs, but is not kept. */
const LONGEST = 4_000

export const NO_FILTERS: KeptFilters = { history: [], saved: [] }

/** Puts a filter that runs now before the others. */
export function withRun(kept: KeptFilters, text: string): KeptFilters {
  if (text.trim() === '' || text.length > LONGEST) return kept
  const others = kept.history.filter(filter => filter.text !== text)
  return { ...kept, history: [{ text }, ...others].slice(0, MOST_HISTORY) }
}

/** Notes how many records matched when a filter ran last, wherever it is kept. */
export function withMatched(kept: KeptFilters, text: string, matched: number): KeptFilters {
  const note = (filter: KeptFilter) => (filter.text === text ? { ...filter, matched } : filter)
  return { history: kept.history.map(note), saved: kept.saved.map(note) }
}

/** Gives a filter a name; one with this name, and the name that this text had, go. */
export function withSaved(kept: KeptFilters, text: string, name: string): KeptFilters {
  const known = [...kept.saved, ...kept.history].find(filter => filter.text === text)
  const others = kept.saved.filter(filter => filter.text !== text && filter.name !== name)
  const saved = [...others, { ...known, text, name }]
  return { ...kept, saved: saved.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1)) }
}

export function without(kept: KeptFilters, text: string, from: 'history' | 'saved'): KeptFilters {
  return { ...kept, [from]: kept[from].filter(filter => filter.text !== text) }
}

/** What was kept, as it comes from storage: what has another shape is left out. */
export function keptFilters(stored: unknown): KeptFilters {
  if (typeof stored !== 'object' || stored === null) return NO_FILTERS
  const { history, saved } = stored as Record<string, unknown>
  return {
    history: listOf(history).slice(0, MOST_HISTORY),
    saved: listOf(saved).filter(({ name }) => name !== undefined),
  }
}

function listOf(stored: unknown): KeptFilter[] {
  if (!Array.isArray(stored)) return []
  return stored.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null) return []
    const { text, name, matched } = item as Record<string, unknown>
    if (typeof text !== 'string') return []
    return {
      text,
      ...(typeof name === 'string' && { name }),
      ...(typeof matched === 'number' && { matched }),
    }
  })
}
