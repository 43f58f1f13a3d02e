/** A choice in a menu. */
export interface MenuItem {
  readonly label: string
  readonly icon?: string
  /** At the right, dim: a key, a count. */
  readonly detail?: string
  readonly tooltip?: string
  /** Set for what is on or off; `group` makes it one of several. */
  readonly checked?: boolean
  readonly group?: true
  readonly mono?: true
  readonly disabled?: boolean
  /** The menu stays open and is filled anew. */
  readonly stays?: true
  readonly items?: () => readonly MenuEntry[]
  run?(): void
  /** What Delete does; the menu is filled anew. */
  remove?(): void
}

export type MenuEntry = MenuItem | 'line' | { readonly heading: string }

export interface MenuOptions {
  readonly label: string
  /** Asked again whenever the menu is filled anew. */
  readonly entries: () => readonly MenuEntry[]
  /** `listbox` for a choice of texts. */
  readonly role?: 'menu' | 'listbox'
  /** Where it is at least as wide as its anchor. */
  readonly wide?: boolean
  onClose?(): void
}

export interface Menu {
  readonly element: HTMLElement
  close(): void
}

const GAP = 4
const EDGE = 8

let open: { readonly anchor: HTMLElement; readonly menu: Menu } | undefined

/**
 * Opens a menu below `anchor` and gives it the focus; the same anchor again closes it. Arrows,
 * Home, End and letters move, Enter and Space choose, Escape and Tab close, Left and Right go out
 * of and into a further menu.
 */
export function openMenu(anchor: HTMLElement, options: MenuOptions): Menu | undefined {
  const again = open?.anchor === anchor
  open?.menu.close()
  if (again) return undefined
  const back = document.activeElement
  anchor.setAttribute('aria-expanded', 'true')
  const menu = show(options, boxOf(anchor), reason => {
    open = undefined
    document.removeEventListener('pointerdown', outside, true)
    window.removeEventListener('blur', close)
    window.removeEventListener('resize', close)
    anchor.removeAttribute('aria-expanded')
    if (reason !== 'left' && back instanceof HTMLElement && back.isConnected) back.focus()
    options.onClose?.()
  })
  const close = () => {
    menu.close()
  }
  const outside = (event: PointerEvent) => {
    const target = event.target
    if (target instanceof Element && !target.closest('.menu') && !anchor.contains(target))
      menu.close()
  }
  document.addEventListener('pointerdown', outside, true)
  window.addEventListener('blur', close)
  window.addEventListener('resize', close)
  open = { anchor, menu }
  return menu
}

/** The box a menu is put below of, or, for a further menu, beside of. */
interface Box {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  readonly beside?: true
}

function boxOf(element: HTMLElement): Box {
  const { left, right, top, bottom } = element.getBoundingClientRect()
  return { left, right, top, bottom }
}

type Reason = 'chosen' | 'escaped' | 'left'

function show(options: MenuOptions, box: Box, onClose: (reason: Reason) => void): Menu {
  const element = document.createElement('ul')
  element.className = 'menu'
  element.setAttribute('role', options.role ?? 'menu')
  element.setAttribute('aria-label', options.label)
  element.tabIndex = -1
  let closed = false
  let further: Menu | undefined
  let letters = { text: '', at: 0 }

  const finish = (reason: Reason) => {
    if (closed) return
    closed = true
    further?.close()
    element.remove()
    onClose(reason)
  }

  const fill = (focused: number) => {
    element.replaceChildren(...options.entries().map(entry => entryElement(entry, options.role)))
    const all = choices(element)
    ;(all[Math.min(focused, all.length - 1)] ?? element).focus({ preventScroll: false })
  }

  const itemOf = (choice: HTMLElement): MenuItem | undefined => {
    const entry = options.entries()[[...element.children].indexOf(choice)]
    return typeof entry === 'object' && 'label' in entry ? entry : undefined
  }

  const enter = (choice: HTMLElement, item: MenuItem) => {
    further?.close()
    const { items } = item
    if (!items) return
    choice.setAttribute('aria-expanded', 'true')
    further = show(
      { label: item.label, entries: items },
      { ...boxOf(choice), beside: true },
      reason => {
        further = undefined
        choice.removeAttribute('aria-expanded')
        if (reason === 'chosen') finish('chosen')
        else if (!closed) choice.focus()
      },
    )
  }

  const choose = (choice: HTMLElement) => {
    const item = itemOf(choice)
    if (!item || item.disabled) return
    if (item.items) {
      enter(choice, item)
      return
    }
    const at = choices(element).indexOf(choice)
    if (item.stays) {
      item.run?.()
      fill(at)
      return
    }
    finish('chosen')
    item.run?.()
  }

  const onKey = (event: KeyboardEvent) => {
    const all = choices(element)
    const at = all.indexOf(document.activeElement as HTMLElement)
    const now = all[at]
    const item = now ? itemOf(now) : undefined
    event.stopPropagation()
    if (event.key === 'Tab') {
      finish('escaped')
      return
    }
    if (event.key === 'Escape' || (event.key === 'ArrowLeft' && box.beside)) finish('escaped')
    else if ((event.key === 'Enter' || event.key === ' ') && now) choose(now)
    else if (event.key === 'ArrowRight' && now && item?.items) enter(now, item)
    else if (event.key === 'Delete' && item?.remove) {
      item.remove()
      fill(at)
    } else {
      const to = destination(event, all, at)
      if (to === undefined) return
      all[to]?.focus()
    }
    event.preventDefault()
  }

  const destination = (event: KeyboardEvent, all: readonly HTMLElement[], at: number) => {
    const last = all.length - 1
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: at >= last ? 0 : at + 1,
      ArrowUp: at <= 0 ? last : at - 1,
      Home: 0,
      End: last,
    }
    const step = steps[event.key]
    if (step !== undefined) return step
    if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return undefined
    letters = {
      text: (event.timeStamp - letters.at < 800 ? letters.text : '') + event.key.toLowerCase(),
      at: event.timeStamp,
    }
    const found = all.findIndex(choice =>
      choice.textContent.trim().toLowerCase().startsWith(letters.text),
    )
    return found < 0 ? undefined : found
  }

  element.addEventListener('keydown', onKey)
  element.addEventListener('click', event => {
    const choice = event.target instanceof Element ? event.target.closest('li') : null
    if (choice) choose(choice)
  })
  element.addEventListener('pointermove', event => {
    const choice = event.target instanceof Element ? event.target.closest('li') : null
    if (choice?.matches('[tabindex]') && choice !== document.activeElement && !further)
      choice.focus({ preventScroll: true })
  })
  document.body.append(element)
  element.classList.toggle('wide', options.wide === true)
  element.style.setProperty('--width', `${box.right - box.left}px`)
  fill(firstFocused(options.entries()))
  place(element, box)
  return {
    element,
    close: () => {
      finish('left')
    },
  }
}

/** The one that is chosen among several, else the first. */
function firstFocused(entries: readonly MenuEntry[]): number {
  const items = entries.filter(entry => typeof entry === 'object' && 'label' in entry)
  return Math.max(
    0,
    items.filter(item => !item.disabled).findIndex(item => item.group && item.checked),
  )
}

function choices(menu: HTMLElement): HTMLElement[] {
  return [...menu.querySelectorAll<HTMLElement>(':scope > [tabindex]')]
}

function place(element: HTMLElement, box: Box): void {
  const { offsetWidth: width, offsetHeight: height } = element
  const right = innerWidth - EDGE - width
  const left = box.beside
    ? box.right + width + EDGE <= innerWidth
      ? box.right - GAP
      : box.left - width + GAP
    : box.left
  const below = box.beside ? box.top - 5 : box.bottom + GAP
  const fits = below + height + EDGE <= innerHeight
  const above = box.beside ? innerHeight - EDGE - height : box.top - GAP - height
  element.style.left = `${Math.max(EDGE, Math.min(left, right))}px`
  element.style.top = `${Math.max(EDGE, fits ? below : above)}px`
}

function entryElement(entry: MenuEntry, role: MenuOptions['role']): HTMLElement {
  const element = document.createElement('li')
  if (entry === 'line') {
    element.className = 'line'
    element.setAttribute('role', 'separator')
    return element
  }
  if ('heading' in entry) {
    element.className = 'heading'
    element.setAttribute('role', 'presentation')
    element.textContent = entry.heading
    return element
  }
  describe(element, entry, role)
  const sign = entry.checked ? 'check' : entry.icon
  element.append(
    sign === undefined ? piece('gap', '') : codicon(sign),
    piece(entry.mono ? 'cut mono' : 'cut', entry.label),
  )
  if (entry.detail !== undefined) element.append(piece('dim', entry.detail))
  if (entry.items) element.append(codicon('chevron-right'))
  return element
}

function describe(element: HTMLElement, item: MenuItem, role: MenuOptions['role']): void {
  const kind = item.checked === undefined ? '' : item.group ? 'radio' : 'checkbox'
  element.setAttribute('role', role === 'listbox' ? 'option' : `menuitem${kind}`)
  if (item.checked !== undefined)
    element.setAttribute(
      role === 'listbox' ? 'aria-selected' : 'aria-checked',
      String(item.checked),
    )
  if (item.items) element.setAttribute('aria-haspopup', 'menu')
  if (item.tooltip !== undefined) element.title = item.tooltip
  if (item.disabled) element.setAttribute('aria-disabled', 'true')
  else element.tabIndex = -1
}

function codicon(name: string): HTMLElement {
  const span = piece(`codicon codicon-${name}`, '')
  span.setAttribute('aria-hidden', 'true')
  return span
}

function piece(className: string, text: string): HTMLElement {
  const span = document.createElement('span')
  span.className = className
  span.textContent = text
  return span
}
