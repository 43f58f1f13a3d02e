import uPlot from 'uplot'
import type { LagHistory } from '../../lag/history.ts'
import { count, duration, rate, shortCount, signedCount, timeOfDay } from '../../lag/format.ts'
import { apart, chartData, largest, marks, type ChartData } from './series.ts'
import 'uplot/dist/uPlot.min.css'

const HEIGHT = 136
const LEFT = 40
const TOP = 20
const BOTTOM = 18
/** Room for the lines' names; a narrow chart tells them in its tooltip only. */
const NAMES_WIDTH = 112
const NARROW = 560

/** Produced against consumed: two lines, and the area between them where one outruns the other. */
export class GapChart {
  readonly #box: HTMLElement
  readonly #tip = element('div', 'tip')
  readonly #producedName = element('span', 'line-name produced')
  readonly #consumedName = element('span', 'line-name consumed')
  #plot: uPlot | undefined
  #data: ChartData = { columns: [[], [], []], gaps: [] }
  #marks: readonly number[] = [0, 1]
  #until = 0
  /** Ms. */
  #span = 600_000
  #stale = false
  #width = 0

  constructor(box: HTMLElement) {
    this.#box = box
    this.#tip.hidden = true
    box.tabIndex = 0
    box.setAttribute('role', 'img')
    box.addEventListener('keydown', event => {
      this.#key(event)
    })
    box.addEventListener('blur', () => {
      this.#point(undefined)
    })
    new ResizeObserver(() => {
      if (box.clientWidth !== this.#width) this.restyle()
    }).observe(box)
  }

  /** `until`, ms since the epoch, is the right edge, `span` ms before it the left one. */
  show(history: LagHistory, until: number, span: number, stale: boolean): void {
    this.#until = until
    this.#span = span
    this.#stale = stale
    this.#data = chartData(history.series(until - span - 5000), until, stale)
    this.#marks = marks(largest(this.#data, (until - span) / 1000) * 1.02)
    this.#box.setAttribute('aria-label', this.#words())
    if (this.#plot) this.#plot.setData(aligned(this.#data))
    else this.restyle()
  }

  /** Colours and sizes anew: the theme or the width changed. */
  restyle(): void {
    this.#width = this.#box.clientWidth
    this.#plot?.destroy()
    this.#plot = undefined
    if (this.#width === 0) return
    this.#plot = new uPlot(this.#options(), aligned(this.#data), this.#box)
    this.#plot.over.append(this.#tip)
    this.#box.append(this.#producedName, this.#consumedName)
    this.#placeNames()
  }

  #options(): uPlot.Options {
    const colors = colorsOf(this.#box)
    const right = this.#width > NARROW ? NAMES_WIDTH : 8
    const font = `11px ${colors.font}`
    const axis = { stroke: colors.dim, font, ticks: { show: false } }
    return {
      pxAlign: 0,
      width: this.#width,
      height: HEIGHT,
      padding: [TOP, right, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: false, y: false }, points: { show: false } },
      scales: {
        x: { time: true, range: () => [(this.#until - this.#span) / 1000, this.#until / 1000] },
        y: { range: () => [0, this.#marks.at(-1) ?? 1] },
      },
      axes: [
        {
          ...axis,
          gap: 3,
          size: BOTTOM,
          space: 90,
          grid: { show: false },
          incrs: [10, 30, 60, 120, 300],
          values: (_, splits, __, ___, step) =>
            splits.map(at => timeOfDay(at * 1000).slice(0, step < 60 ? 8 : 5)),
        },
        {
          ...axis,
          gap: 8,
          size: LEFT,
          grid: { stroke: colors.grid, width: 1 },
          splits: () => [...this.#marks],
          values: (_, splits) => splits.map(shortCount),
        },
      ],
      series: [
        {},
        { stroke: colors.fg, width: 1.5, points: { show: false } },
        { stroke: colors.info, width: 1.5, dash: [5, 2], points: { show: false } },
      ],
      bands: [
        { series: [2, 1], fill: colors.growing },
        { series: [1, 2], fill: colors.closing },
      ],
      hooks: {
        drawClear: [plot => drawGaps(plot, this.#data, colors, font)],
        draw: [() => this.#placeNames()],
        setCursor: [plot => this.#tell(plot)],
      },
    }
  }

  #placeNames(): void {
    const plot = this.#plot
    const [, produced, consumed] = this.#data.columns
    const lastProduced = produced.at(-1)
    const lastConsumed = consumed.at(-1)
    const hidden =
      !plot ||
      this.#stale ||
      this.#width <= NARROW ||
      typeof lastProduced !== 'number' ||
      typeof lastConsumed !== 'number'
    this.#producedName.hidden = hidden
    this.#consumedName.hidden = hidden
    if (hidden) return
    const [a, b] = apart(plot.valToPos(lastProduced, 'y'), plot.valToPos(lastConsumed, 'y'))
    this.#producedName.style.top = `${TOP + a - 8}px`
    this.#consumedName.style.top = `${TOP + b - 8}px`
    this.#producedName.textContent = `produced ${rate(lastProduced)}`
    this.#consumedName.textContent = `consumed ${rate(lastConsumed)}`
  }

  /** The tooltip at the cursor. */
  #tell(plot: uPlot): void {
    const index = plot.cursor.idx
    const [times, produced, consumed] = this.#data.columns
    const at = typeof index === 'number' ? times[index] : undefined
    const p = typeof index === 'number' ? produced[index] : undefined
    const c = typeof index === 'number' ? consumed[index] : undefined
    const left = plot.cursor.left ?? -1
    this.#tip.hidden = at === undefined || left < 0
    if (at === undefined) return
    const known = typeof p === 'number' && typeof c === 'number'
    const lines = known
      ? [`produced ${rate(p)}`, `consumed ${rate(c)}`, gapWords(p - c)]
      : ['no rates known']
    this.#tip.replaceChildren(
      ...[timeOfDay(at * 1000), ...lines].map(text => element('div', '', text)),
    )
    const room = plot.over.clientWidth - this.#tip.offsetWidth - 12
    this.#tip.style.left = `${Math.max(0, Math.min(left + 12, room))}px`
  }

  #key(event: KeyboardEvent): void {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key]
    const plot = this.#plot
    if (event.key === 'Escape') this.#point(undefined)
    if (step === undefined || !plot) return
    event.preventDefault()
    const last = this.#data.columns[0].length - 1
    const from = plot.cursor.idx ?? last + 1
    this.#point(Math.min(last, Math.max(0, from + step)))
  }

  #point(index: number | undefined): void {
    const at = index === undefined ? undefined : this.#data.columns[0][index]
    const left = at === undefined ? -10 : (this.#plot?.valToPos(at, 'x') ?? -10)
    this.#plot?.setCursor({ left, top: at === undefined ? -10 : 0 })
  }

  #words(): string {
    const [, produced, consumed] = this.#data.columns
    const p = produced.at(-1)
    const c = consumed.at(-1)
    const title = `Records per second, last ${duration(this.#span)}.`
    if (typeof p !== 'number' || typeof c !== 'number') return `${title} No rates known yet.`
    return `${title} Produced ${count(p)}, consumed ${count(c)}; ${gapWords(p - c)}.`
  }
}

function gapWords(gap: number): string {
  const text = `gap ${signedCount(gap)}/s`
  return Math.abs(gap) < 0.5 ? text : `${text}, ${gap > 0 ? 'growing' : 'closing'}`
}

/** Consumed below, produced above it: where they are one, the dashes still show. */
function aligned({ columns: [times, produced, consumed] }: ChartData): uPlot.AlignedData {
  return [times, consumed, produced]
}

interface Colors {
  readonly fg: string
  readonly dim: string
  readonly grid: string
  readonly info: string
  readonly growing: string
  readonly closing: string
  readonly hatch: string
  readonly font: string
}

/** A canvas knows no variables: they are resolved on an element that has them. */
function colorsOf(box: HTMLElement): Colors {
  const probe = element('span', 'sr')
  box.append(probe)
  const resolve = (color: string) => {
    probe.style.color = color
    return getComputedStyle(probe).color
  }
  const tint = (variable: string, percent: number) =>
    resolve(`color-mix(in srgb, var(${variable}) ${percent}%, transparent)`)
  const colors = {
    fg: resolve('var(--fg)'),
    dim: resolve('var(--dim)'),
    grid: resolve('var(--grid)'),
    info: resolve('var(--info)'),
    growing: tint('--heat', 28),
    closing: tint('--info', 16),
    hatch: tint('--fg', 18),
    font: getComputedStyle(box).fontFamily,
  }
  probe.remove()
  return colors
}

/** Hatching where nothing is known, with the reason in words where there is room. */
function drawGaps(plot: uPlot, { gaps }: ChartData, colors: Colors, font: string): void {
  const { ctx, bbox } = plot
  const ratio = uPlot.pxRatio
  ctx.save()
  ctx.beginPath()
  ctx.rect(bbox.left, bbox.top, bbox.width, bbox.height)
  ctx.clip()
  for (const { from, to } of gaps) {
    const left = Math.max(bbox.left, plot.valToPos(from, 'x', true))
    const right = Math.min(bbox.left + bbox.width, plot.valToPos(to, 'x', true))
    if (right <= left) continue
    hatch(ctx, { left, right, top: bbox.top, height: bbox.height }, colors.hatch, ratio)
    const text = `no data since ${timeOfDay(from * 1000)}`
    ctx.font = font.replace('11px', `${11 * ratio}px`)
    if (ctx.measureText(text).width > right - left - 8 * ratio) continue
    ctx.fillStyle = colors.dim
    ctx.textAlign = 'center'
    ctx.fillText(text, (left + right) / 2, bbox.top + bbox.height / 2)
  }
  ctx.restore()
}

function hatch(
  ctx: CanvasRenderingContext2D,
  box: { left: number; right: number; top: number; height: number },
  color: string,
  ratio: number,
): void {
  ctx.save()
  ctx.beginPath()
  ctx.rect(box.left, box.top, box.right - box.left, box.height)
  ctx.clip()
  ctx.strokeStyle = color
  ctx.lineWidth = ratio
  ctx.beginPath()
  for (let x = box.left - box.height; x < box.right; x += 8 * ratio) {
    ctx.moveTo(x, box.top + box.height)
    ctx.lineTo(x + box.height, box.top)
  }
  ctx.stroke()
  ctx.restore()
}

function element(name: 'div' | 'span', className: string, text = ''): HTMLElement {
  const made = document.createElement(name)
  made.className = className
  made.textContent = text
  return made
}
