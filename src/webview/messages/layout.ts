import type { Layout } from '../../protocol/messages.ts'

const LEAST_LIST = 320
const LEAST_DETAIL = 280
const LEAST_SHARE = 20
const MOST_SHARE = 80
const DETAIL_WIDTH = 440
const DETAIL_SHARE = 52
/** Two records side by side need more height than one. */
const PAIR_SHARE = 64
const STEP = 16

/** How the list shares the room: beside the detail, above it, or covered by it. */
export type Arrangement = 'beside' | 'below' | 'over'

export function arrangementOf(width: number): Arrangement {
  if (width >= 1100) return 'beside'
  return width >= 560 ? 'below' : 'over'
}

/** Px the detail takes beside the list, so that both can be read. */
export function detailWidth(wanted: number | undefined, room: number): number {
  const most = Math.max(LEAST_DETAIL, room - LEAST_LIST)
  return Math.round(Math.max(LEAST_DETAIL, Math.min(most, wanted ?? DETAIL_WIDTH)))
}

/** Percent of the height it takes below the list. */
export function detailShare(wanted: number | undefined, usual = DETAIL_SHARE): number {
  return Math.round(Math.max(LEAST_SHARE, Math.min(MOST_SHARE, wanted ?? usual)) * 10) / 10
}

type Sizes = Pick<Layout, 'detailWidth' | 'detailHeight'>

export interface SplitOptions {
  sizes(): Sizes
  onResize(sizes: Sizes, done: boolean): void
}

/** The list and what stands beside or below it, with a sash in between. */
export class Split {
  readonly element = document.createElement('div')
  readonly #sash = document.createElement('div')
  readonly #options: SplitOptions
  #second: HTMLElement | undefined
  /** Always below, whatever the width: two records side by side need it. */
  #below = false

  constructor(list: HTMLElement, options: SplitOptions) {
    this.#options = options
    this.element.className = 'split'
    this.#sash.className = 'divider'
    this.#sash.tabIndex = 0
    this.#sash.setAttribute('role', 'separator')
    this.#sash.setAttribute('aria-label', 'Size of the record')
    this.#sash.addEventListener('pointerdown', event => {
      this.#drag(event)
    })
    this.#sash.addEventListener('dblclick', () => {
      this.#resize(
        this.#isBeside ? { detailWidth: DETAIL_WIDTH } : { detailHeight: this.#usualShare },
      )
    })
    this.#sash.addEventListener('keydown', event => {
      this.#key(event)
    })
    this.element.append(list, this.#sash)
    new ResizeObserver(() => {
      this.update()
    }).observe(this.element)
    this.update()
  }

  /** Puts `second` beside or below the list; undefined: the list is alone. */
  show(second: HTMLElement | undefined, below: boolean): void {
    if (this.#second === second && this.#below === below) return
    if (this.#second !== second) this.#second?.remove()
    this.#second = second
    this.#below = below
    if (second && second.parentElement !== this.element) this.element.append(second)
    this.update()
  }

  get second(): HTMLElement | undefined {
    return this.#second
  }

  update(): void {
    const { clientWidth: width } = this.element
    const arrangement = arrangementOf(width)
    const sizes = this.#options.sizes()
    const how = !this.#second
      ? 'alone'
      : this.#below && arrangement === 'beside'
        ? 'below'
        : arrangement
    this.element.dataset['how'] = how
    this.element.style.setProperty('--detail', `${detailWidth(sizes.detailWidth, width)}px`)
    this.element.style.setProperty(
      '--share',
      `${detailShare(sizes.detailHeight, this.#usualShare)}%`,
    )
    this.#sash.hidden = how === 'alone' || how === 'over'
    this.#sash.setAttribute('aria-orientation', how === 'beside' ? 'vertical' : 'horizontal')
    const [least, most] =
      how === 'beside' ? [LEAST_DETAIL, detailWidth(Infinity, width)] : [LEAST_SHARE, MOST_SHARE]
    this.#sash.setAttribute('aria-valuemin', String(least))
    this.#sash.setAttribute('aria-valuemax', String(most))
    this.#sash.setAttribute(
      'aria-valuenow',
      String(
        how === 'beside'
          ? detailWidth(sizes.detailWidth, width)
          : Math.round(detailShare(sizes.detailHeight, this.#usualShare)),
      ),
    )
  }

  get #usualShare(): number {
    return this.#below ? PAIR_SHARE : DETAIL_SHARE
  }

  get #isBeside(): boolean {
    return this.element.dataset['how'] === 'beside'
  }

  #drag(down: PointerEvent): void {
    if (down.button !== 0) return
    down.preventDefault()
    const box = this.element.getBoundingClientRect()
    const beside = this.#isBeside
    const sizesAt = (event: PointerEvent): Sizes =>
      beside
        ? { detailWidth: detailWidth(box.right - event.clientX, box.width) }
        : { detailHeight: detailShare(((box.bottom - event.clientY) / box.height) * 100) }
    const move = (event: PointerEvent) => {
      this.#resize(sizesAt(event), false)
    }
    const up = (event: PointerEvent) => {
      this.#sash.removeEventListener('pointermove', move)
      this.#sash.classList.remove('on')
      this.#resize(event.type === 'pointerup' ? sizesAt(event) : {}, true)
    }
    this.#sash.setPointerCapture(down.pointerId)
    this.#sash.classList.add('on')
    this.#sash.addEventListener('pointermove', move)
    this.#sash.addEventListener('pointerup', up, { once: true })
    this.#sash.addEventListener('pointercancel', up, { once: true })
  }

  #key(event: KeyboardEvent): void {
    const keys = this.#isBeside ? { ArrowLeft: 1, ArrowRight: -1 } : { ArrowUp: 1, ArrowDown: -1 }
    const step = (keys as Partial<Record<string, number>>)[event.key]
    if (step === undefined) return
    event.preventDefault()
    const { detailWidth: width, detailHeight: share } = this.#options.sizes()
    this.#resize(
      this.#isBeside
        ? {
            detailWidth: detailWidth(
              detailWidth(width, this.element.clientWidth) + step * STEP,
              this.element.clientWidth,
            ),
          }
        : { detailHeight: detailShare(detailShare(share, this.#usualShare) + step * 4) },
    )
  }

  #resize(sizes: Sizes, done = true): void {
    this.#options.onResize(sizes, done)
    this.update()
  }
}
