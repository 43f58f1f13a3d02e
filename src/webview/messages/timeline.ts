import { count, duration, plural } from '../../lag/format.ts'
import type { Timeline } from '../../protocol/messages.ts'
import { ticksOf } from './axis.ts'
import { begun, extended, moved, rangeOf, type Extent, type Range } from './brush.ts'
import { rangeInWords } from './words.ts'

const HEIGHT = 60
/** The two rows of bars, from their tops; one of both heights without a filter. */
const TOP = 6
const ROW = 17
const GAP = 4
const BASE = TOP + 2 * ROW + GAP
/** Px from bar to bar. */
const BAR = 4
const LABEL_ROOM = 76
/** Px that a pointer moves before it is a drag. */
const DRAG = 3
/** Px around an edge that take hold of it. */
const GRIP = 5

export interface TimelineOptions {
  /** The person chose a range, or none. `done`: not in the middle of a drag. */
  onRange(range: Range | undefined, done: boolean): void
}

export interface TimelineShown {
  readonly data: Timeline | undefined
  readonly filtered: boolean
  readonly range: Range | undefined
}

/** Records over time: what was read, what matched, where it went wrong, and a range of it to look at. */
export class TimelineChart {
  readonly element = document.createElement('canvas')
  readonly tip = document.createElement('div')
  readonly #options: TimelineOptions
  #shown: TimelineShown = { data: undefined, filtered: false, range: undefined }
  #range: Range | undefined
  #drag: Drag | undefined
  #width = 0
  #colors: Colors | undefined

  constructor(options: TimelineOptions) {
    this.#options = options
    this.element.tabIndex = 0
    this.element.setAttribute('role', 'slider')
    this.element.setAttribute('aria-roledescription', 'time range')
    this.element.setAttribute('aria-label', 'Time range')
    this.tip.className = 'tip'
    this.tip.hidden = true
    this.#listen()
  }

  show(shown: TimelineShown): void {
    this.#shown = shown
    if (!this.#drag) this.#range = shown.range
    this.draw()
  }

  /** How many bars there is room for. */
  get bins(): number {
    return Math.max(10, Math.floor(this.element.clientWidth / BAR))
  }

  /** The times that it is about; undefined while there is none. */
  get extent(): Extent | undefined {
    const { data } = this.#shown
    if (!data || data.read.length === 0) return undefined
    const to = data.start + data.read.length * data.binMs
    return { from: data.start, to, step: data.binMs }
  }

  /** Colours anew: the theme changed. */
  restyle(): void {
    this.#colors = undefined
    this.draw()
  }

  draw(): void {
    this.#describe()
    const width = this.element.clientWidth
    const context = this.element.getContext('2d')
    if (width === 0 || !context) return
    const ratio = devicePixelRatio
    this.element.width = Math.round(width * ratio)
    this.element.height = HEIGHT * ratio
    context.scale(ratio, ratio)
    this.#colors ??= colorsOf(this.element)
    context.fillStyle = this.#colors.rule
    context.fillRect(0, BASE, width, 1)
    const { data, filtered } = this.#shown
    const { extent } = this
    if (!data || !extent) return
    const x = (time: number) => ((time - extent.from) / (extent.to - extent.from)) * width
    drawAxis(context, extent, width, x, this.#colors)
    if (filtered) {
      drawBars(context, data.read, { top: TOP, height: ROW, width }, this.#colors.read)
      drawBars(
        context,
        data.matched,
        { top: TOP + ROW + GAP, height: ROW, width },
        this.#colors.matched,
      )
    } else
      drawBars(context, data.read, { top: TOP, height: 2 * ROW + GAP, width }, this.#colors.read)
    drawErrors(context, data.errors, width, this.#colors.bad)
    if (this.#range) drawRange(context, x(this.#range.from), x(this.#range.to), width, this.#colors)
  }

  #listen(): void {
    const { element } = this
    element.addEventListener('pointerdown', event => {
      this.#onDown(event)
    })
    element.addEventListener('pointermove', event => {
      this.#onMove(event)
    })
    element.addEventListener('pointerup', event => {
      this.#onUp(event)
    })
    element.addEventListener('pointercancel', () => {
      this.#drag = undefined
      this.#set(this.#shown.range, true)
    })
    element.addEventListener('pointerleave', () => {
      this.tip.hidden = true
    })
    element.addEventListener('keydown', event => {
      if (this.#onKey(event)) event.preventDefault()
    })
    new ResizeObserver(() => {
      if (element.clientWidth === this.#width) return
      this.#width = element.clientWidth
      this.draw()
    }).observe(element)
  }

  #timeAt(x: number): number {
    const extent = this.extent ?? { from: 0, to: 1 }
    return extent.from + (x / Math.max(1, this.#width)) * (extent.to - extent.from)
  }

  #gripAt(x: number): Grip {
    const { extent } = this
    if (!this.#range || !extent) return 'new'
    const at = (time: number) => ((time - extent.from) / (extent.to - extent.from)) * this.#width
    const from = at(this.#range.from)
    const to = at(this.#range.to)
    if (Math.abs(x - from) <= GRIP) return 'from'
    if (Math.abs(x - to) <= GRIP) return 'to'
    return x > from && x < to ? 'all' : 'new'
  }

  #onDown(event: PointerEvent): void {
    if (event.button !== 0 || !this.extent) return
    this.element.setPointerCapture(event.pointerId)
    this.#drag = { at: event.offsetX, how: this.#gripAt(event.offsetX), from: this.#range }
  }

  #onMove(event: PointerEvent): void {
    const drag = this.#drag
    if (!drag) {
      this.element.dataset['grip'] = this.#gripAt(event.offsetX)
      this.#tell(event.offsetX)
      return
    }
    if (Math.abs(event.offsetX - drag.at) < DRAG && this.#range === drag.from) return
    this.tip.hidden = true
    const range = this.#dragged(drag, event.offsetX)
    if (range) this.#set(range, false)
  }

  #dragged({ at, how, from }: Drag, x: number): Range | undefined {
    const { extent } = this
    if (!extent) return undefined
    const time = this.#timeAt(x)
    if (how === 'new' || !from) return rangeOf(this.#timeAt(at), time, extent)
    if (how === 'from') return rangeOf(time, from.to - extent.step, extent)
    if (how === 'to') return rangeOf(from.from, time, extent)
    return moved(from, Math.round((time - this.#timeAt(at)) / extent.step), extent)
  }

  #onUp(event: PointerEvent): void {
    const drag = this.#drag
    this.#drag = undefined
    if (!drag) return
    const isClick = Math.abs(event.offsetX - drag.at) < DRAG && this.#range === drag.from
    // A click beside the range takes it away, as it does with a selection of text.
    if (!isClick) this.#set(this.#range, true)
    else if (drag.how === 'new' && this.#range) this.#set(undefined, true)
  }

  #onKey(event: KeyboardEvent): boolean {
    const { extent } = this
    if (event.key === 'Escape' && this.#range) {
      this.#set(undefined, true)
      event.stopPropagation()
      return true
    }
    const direction = { ArrowLeft: -1, ArrowRight: 1, PageDown: -10, PageUp: 10 }[event.key]
    if (!extent || event.ctrlKey || event.metaKey || event.altKey) return false
    const steps = direction ?? { Home: -Infinity, End: Infinity }[event.key]
    if (steps === undefined) return false
    const bins = (extent.to - extent.from) / extent.step
    const whole = Math.max(-bins, Math.min(bins, steps))
    if (!this.#range) this.#set(begun(steps, extent), true)
    else
      this.#set(
        event.shiftKey ? extended(this.#range, whole, extent) : moved(this.#range, whole, extent),
        true,
      )
    return true
  }

  #set(range: Range | undefined, done: boolean): void {
    this.#range = range
    this.draw()
    this.#options.onRange(range, done)
  }

  #tell(x: number): void {
    const { data, filtered } = this.#shown
    const { extent } = this
    const bin = extent ? Math.floor((this.#timeAt(x) - extent.from) / extent.step) : -1
    const read = data?.read[bin]
    this.tip.hidden = read === undefined || !extent
    if (!data || !extent || read === undefined) return
    const from = extent.from + bin * extent.step
    const bad = data.errors[bin] ?? 0
    const lines = [
      rangeInWords(from, from + extent.step, Date.now()),
      `${count(read)} read${filtered ? `, ${count(data.matched[bin] ?? 0)} matched` : ''}`,
      ...(bad > 0 ? [plural(bad, 'bad record')] : []),
    ]
    this.tip.replaceChildren(
      ...lines.map(line => {
        const element = document.createElement('div')
        element.textContent = line
        return element
      }),
    )
    const room = this.#width - this.tip.offsetWidth
    const left = this.element.offsetLeft + Math.max(0, Math.min(x + 12, room))
    this.tip.style.left = `${left}px`
    this.tip.style.top = `${this.element.offsetTop + HEIGHT + 4}px`
  }

  #describe(): void {
    const { element, extent } = this
    const range = this.#range
    const set = (name: string, value: number) => {
      element.setAttribute(name, String(Math.round(value)))
    }
    set('aria-valuemin', extent?.from ?? 0)
    set('aria-valuemax', extent?.to ?? 0)
    set('aria-valuenow', range?.from ?? extent?.from ?? 0)
    element.setAttribute('aria-valuetext', this.#words(extent, range))
  }

  #words(extent: Extent | undefined, range: Range | undefined): string {
    const { data } = this.#shown
    if (!extent || !data) return 'nothing read yet'
    if (!range) return `all, ${rangeInWords(extent.from, extent.to, Date.now())}`
    const first = Math.round((range.from - extent.from) / extent.step)
    const end = Math.round((range.to - extent.from) / extent.step)
    const sum = (of: readonly number[]) => of.slice(first, end).reduce((a, b) => a + b, 0)
    return `${rangeInWords(range.from, range.to, Date.now())}, ${plural(sum(data.read), 'record')}, ${count(sum(data.matched))} matched`
  }
}

/** What a pointer has hold of. */
type Grip = 'new' | 'from' | 'to' | 'all'

interface Drag {
  /** Px. */
  readonly at: number
  readonly how: Grip
  readonly from: Range | undefined
}

/** `at most 4,212 in 10 s`. */
export function mostInWords(counts: readonly number[], binMs: number): string {
  const most = counts.reduce((a, b) => Math.max(a, b), 0)
  return `at most ${count(most)} in ${binMs < 1000 ? `${binMs}\u00a0ms` : duration(binMs)}`
}

interface Colors {
  readonly read: string
  readonly matched: string
  readonly rule: string
  readonly edge: string
  readonly dim: string
  readonly bad: string
  readonly veil: string
  readonly font: string
}

/** A canvas knows no variables: they are resolved on an element that has them. */
function colorsOf(canvas: HTMLElement): Colors {
  const probe = document.createElement('span')
  probe.className = 'sr'
  document.body.append(probe)
  const resolve = (color: string) => {
    probe.style.color = color
    return getComputedStyle(probe).color
  }
  const colors = {
    read: resolve('var(--bar)'),
    matched: resolve('var(--info)'),
    rule: resolve('var(--grid)'),
    edge: resolve('var(--fg)'),
    dim: resolve('var(--dim)'),
    bad: resolve('var(--bad)'),
    veil: resolve('color-mix(in srgb, var(--bg) 60%, transparent)'),
    font: getComputedStyle(canvas).fontFamily,
  }
  probe.remove()
  return colors
}

interface Box {
  readonly top: number
  readonly height: number
  readonly width: number
}

/** A bar of at least a px for what is not nothing: one bad hour is seen among millions. */
function drawBars(
  context: CanvasRenderingContext2D,
  counts: readonly number[],
  { top, height, width }: Box,
  color: string,
): void {
  const most = counts.reduce((a, b) => Math.max(a, b), 1)
  const step = width / counts.length
  const gap = step >= 3 ? 1 : 0
  context.fillStyle = color
  for (const [index, each] of counts.entries()) {
    if (each <= 0) continue
    const left = Math.round(index * step)
    const bar = Math.max(1, (each / most) * height)
    const right = Math.max(left + 1, Math.round((index + 1) * step) - gap)
    context.fillRect(left, top + height - bar, right - left, bar)
  }
}

function drawErrors(
  context: CanvasRenderingContext2D,
  errors: readonly number[],
  width: number,
  color: string,
): void {
  context.fillStyle = color
  let last = -Infinity
  for (const [index, each] of errors.entries()) {
    const middle = ((index + 0.5) / errors.length) * width
    if (each <= 0 || middle - last < 6) continue
    last = middle
    context.beginPath()
    context.moveTo(middle, 6)
    context.lineTo(middle + 4, 0)
    context.lineTo(middle - 4, 0)
    context.fill()
  }
}

function drawAxis(
  context: CanvasRenderingContext2D,
  extent: Extent,
  width: number,
  x: (time: number) => number,
  colors: Colors,
): void {
  context.font = `11px ${colors.font}`
  context.fillStyle = colors.dim
  context.textAlign = 'center'
  const most = Math.max(1, Math.floor(width / LABEL_ROOM))
  for (const { at, label } of ticksOf(extent.from, extent.to, most)) {
    const middle = x(at)
    const half = context.measureText(label).width / 2
    if (middle - half >= 0 && middle + half <= width) context.fillText(label, middle, HEIGHT - 3)
  }
}

function drawRange(
  context: CanvasRenderingContext2D,
  from: number,
  to: number,
  width: number,
  colors: Colors,
): void {
  context.fillStyle = colors.veil
  context.fillRect(0, 0, from, BASE)
  context.fillRect(to, 0, width - to, BASE)
  context.fillStyle = colors.edge
  for (const edge of [from, to]) {
    const left = Math.min(width - 1, Math.round(edge))
    context.fillRect(left, 0, 1, BASE)
    context.fillRect(left - 2, 16, 5, 12)
  }
}
