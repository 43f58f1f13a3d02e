import { rovingFocus } from '../kit/roving.ts'
import type { Actions } from './view.ts'

export interface KeyTargets {
  readonly toolbar: HTMLElement
  readonly main: HTMLElement
  readonly actions: Actions
  isPaused(): boolean
  /** Moves the focus to a row, as near as there is one. */
  focusAt(index: number): void
  indexOf(partition: string): number
  pageSize(): number
}

/** One tab stop per part; arrows inside. Space pauses, R looks now, Ctrl+C copies as text. */
export function listenToKeys(targets: KeyTargets): void {
  rovingFocus(targets.toolbar)
  document.addEventListener('keydown', event => {
    if (event.defaultPrevented || event.altKey) return
    const row = rowOf(event.target)
    const handled = row ? moveInTable(targets, row, event) : moveInHeadings(targets, event)
    if (handled || anywhere(targets, row, event)) event.preventDefault()
  })
}

function rowOf(target: EventTarget | null): string | undefined {
  const row = target instanceof Element ? target.closest<HTMLElement>('tbody tr') : null
  return row?.dataset['name']
}

function anywhere(targets: KeyTargets, row: string | undefined, event: KeyboardEvent): boolean {
  const { actions } = targets
  const onControl = event.target instanceof Element && event.target.closest('button, select, input')
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== 'c' || hasTextSelected()) return false
    actions.copy(row)
    return true
  }
  if (onControl) return false
  if (event.key === ' ') actions.pause(!targets.isPaused())
  else if (event.key.toLowerCase() === 'r') actions.lookNow()
  else return false
  return true
}

function hasTextSelected(): boolean {
  return (getSelection()?.toString() ?? '') !== ''
}

function moveInTable(targets: KeyTargets, row: string, event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey) return false
  if (event.key === 'Enter') targets.actions.select(row)
  else if (event.key === 'Escape') targets.actions.select(undefined)
  else {
    const index = targets.indexOf(row)
    const to = destination(event.key, index, targets.pageSize())
    if (to === undefined) return false
    if (event.key === 'ArrowUp' && index === 0) sortedHeading(headings(targets))?.focus()
    else targets.focusAt(to)
  }
  return true
}

/** Above the first row are the headings: Left and Right go along them, Enter sorts. */
function moveInHeadings(targets: KeyTargets, event: KeyboardEvent): boolean {
  const all = headings(targets)
  const index = all.indexOf(event.target as HTMLElement)
  if (index < 0) return false
  if (event.key === 'ArrowDown') targets.focusAt(0)
  else {
    const to = { ArrowLeft: index - 1, ArrowRight: index + 1, Home: 0, End: all.length - 1 }[
      event.key
    ]
    if (to === undefined) return false
    all[Math.min(Math.max(to, 0), all.length - 1)]?.focus()
  }
  return true
}

function headings({ main }: KeyTargets): HTMLElement[] {
  return visible([...main.querySelectorAll<HTMLElement>('thead button')])
}

function sortedHeading(all: readonly HTMLElement[]): HTMLElement | undefined {
  return all.find(heading => heading.closest('[aria-sort]')) ?? all[0]
}

function visible(elements: readonly HTMLElement[]): HTMLElement[] {
  return elements.filter(element => element.offsetParent !== null)
}

function destination(key: string, index: number, page: number): number | undefined {
  switch (key) {
    case 'ArrowDown':
      return index + 1
    case 'ArrowUp':
      return index - 1
    case 'PageDown':
      return index + page
    case 'PageUp':
      return index - page
    case 'Home':
      return 0
    case 'End':
      return Infinity
    default:
      return undefined
  }
}
