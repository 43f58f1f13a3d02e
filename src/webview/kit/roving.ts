/** One tab stop for all controls of `bar`; Left, Right, Home and End go along them. */
export function rovingFocus(bar: HTMLElement): void {
  bar.addEventListener('keydown', event => {
    move(bar, event)
  })
  bar.addEventListener('focusin', event => {
    rove(bar, event.target as HTMLElement)
  })
  new MutationObserver(() => {
    rove(bar, undefined)
  }).observe(bar, { childList: true, subtree: true })
}

function controls(bar: HTMLElement): HTMLElement[] {
  return [...bar.querySelectorAll<HTMLElement>('button, select')].filter(
    control => control.offsetParent !== null,
  )
}

function move(bar: HTMLElement, event: KeyboardEvent): void {
  const all = controls(bar)
  const index = all.indexOf(event.target as HTMLElement)
  const steps: Partial<Record<string, number>> = {
    ArrowRight: index + 1,
    ArrowLeft: index - 1 + all.length,
    Home: 0,
    End: all.length - 1,
  }
  const to = steps[event.key]
  if (to === undefined || index < 0) return
  event.preventDefault()
  all[to % all.length]?.focus()
}

/** The control that had the focus is the tab stop; at first the first. */
function rove(bar: HTMLElement, focused: HTMLElement | undefined): void {
  const all = controls(bar)
  const stop = focused ?? all.find(control => control.tabIndex === 0) ?? all[0]
  const chosen = stop && all.includes(stop) ? stop : all[0]
  for (const control of all) control.tabIndex = control === chosen ? 0 : -1
}
