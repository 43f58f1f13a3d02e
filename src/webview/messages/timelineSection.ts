import { html, nothing, render } from 'lit'
import { count } from '../../lag/format.ts'
import type { MessagesState, Shown, Timeline } from '../../protocol/messages.ts'
import { pace } from '../kit/pace.ts'
import type { Range } from './brush.ts'
import { isRunning } from './toolbar.ts'
import { mostInWords, TimelineChart } from './timeline.ts'
import { rangeInWords, wildInWords } from './words.ts'

/** Ms between two looks while records come. */
const PACE = 500
/** Ms of no key after which a range that was moved by keys is shown. */
const SETTLED = 150

export interface TimelineSectionOptions {
  pull(bins: number): Promise<Timeline>
  onRange(range: Shown['range']): void
}

/** The timeline with its heading: which time, how much of it, and how high the bars go. */
export class TimelineSection {
  readonly element = document.createElement('section')
  readonly #head = document.createElement('div')
  readonly #chart: TimelineChart
  readonly #options: TimelineSectionOptions
  readonly #pulling = pace(() => {
    void this.#pull()
  }, PACE)
  #state: MessagesState | undefined
  #data: Timeline | undefined
  #asked = ''
  /** What the person chose and the host has not said yet. */
  #wanted: { readonly range: Range | undefined } | undefined
  #settling: number | undefined

  constructor(options: TimelineSectionOptions) {
    this.#options = options
    this.#chart = new TimelineChart({
      onRange: (range, done) => {
        this.#choose(range, done)
      },
    })
    this.element.className = 'timeline'
    this.element.setAttribute('aria-label', 'Timeline')
    this.#head.className = 'head'
    this.element.append(this.#head, this.#chart.element, this.#chart.tip)
    new ResizeObserver(() => {
      this.#pulling.soon()
    }).observe(this.element)
  }

  update(state: MessagesState): void {
    const before = this.#state
    this.#state = state
    this.element.hidden = state.recordsRead === 0
    if (this.#wanted && sameRange(this.#wanted.range, state.shown.range)) this.#wanted = undefined
    const about = `${state.revision}/${state.recordsRead}/${state.recordsMatched}/${state.errors}/${state.dropped}`
    if (about !== this.#asked) {
      this.#asked = about
      if (before && isRunning(state.phase) && before.phase === state.phase) this.#pulling.soon()
      else this.#pulling.now()
    }
    this.#show()
  }

  restyle(): void {
    this.#chart.restyle()
  }

  clear(): void {
    this.#choose(undefined, true)
  }

  /** The times that there are records of, in words. */
  get words(): string | undefined {
    const { extent } = this.#chart
    return extent && rangeInWords(extent.from, extent.to, Date.now())
  }

  async #pull(): Promise<void> {
    try {
      this.#data = await this.#options.pull(this.#chart.bins)
      this.#show()
    } catch {
      // The next state asks again.
    }
  }

  #choose(range: Range | undefined, done: boolean): void {
    this.#wanted = { range }
    this.#show()
    clearTimeout(this.#settling)
    if (done)
      this.#settling = setTimeout(() => {
        this.#options.onRange(range)
      }, SETTLED)
  }

  get #range(): Range | undefined {
    return this.#wanted ? this.#wanted.range : this.#state?.shown.range
  }

  #show(): void {
    const state = this.#state
    if (!state) return
    const filtered = state.filter !== ''
    this.#chart.show({ data: this.#data, filtered, range: this.#range })
    render(this.#heading(state, filtered), this.#head)
  }

  #heading(state: MessagesState, filtered: boolean) {
    const data = this.#data
    return html`<h2>Timeline</h2>
      <span class="dim cut tabular">${this.#text(state)}</span>
      ${
        this.#range
          ? html`<button
              class="link"
              title="Show all times (Escape)"
              @click=${() => {
                this.clear()
              }}
            >
              Clear
            </button>`
          : nothing
      }
      <span class="grow"></span>
      ${
        data && data.read.length > 0
          ? html`<span class="legend hide2"
              ><span><i class="read"></i>read, ${mostInWords(data.read, data.binMs)}</span
              >${filtered ? html`<span><i class="matched"></i>matched, ${mostInWords(data.matched, data.binMs).replace(/ in .*/, '')}</span>` : nothing}</span
            >`
          : nothing
      }`
  }

  #text(state: MessagesState): string {
    const range = this.#range
    const noun = state.filter === '' ? 'records' : 'matches'
    const held = count(state.recordsHeld)
    const timeless = this.#data?.timeless ?? 0
    const without = timeless > 0 ? `, ${count(timeless)} without a time` : ''
    const wild = this.#data?.wild ? `, ${wildInWords(this.#data.wild)}` : ''
    if (range) {
      const time = rangeInWords(range.from, range.to, Date.now())
      return this.#wanted ? time : `${time}, ${count(state.recordsShown)} of ${held} ${noun}`
    }
    return `${this.words ?? ''}${this.words === undefined ? '' : ', '}${held} ${noun}${without}${wild}`
  }
}

function sameRange(a: Range | undefined, b: Range | undefined): boolean {
  return a?.from === b?.from && a?.to === b?.to
}
