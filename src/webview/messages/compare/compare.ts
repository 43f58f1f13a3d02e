import { html, nothing, render } from 'lit'
import { plural } from '../../../lag/format.ts'
import type {
  MessagesHost,
  MessagesState,
  RecordDetail,
  RecordName,
} from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'
import { icon } from '../../kit/icon.ts'
import { rovingFocus } from '../../kit/roving.ts'
import { ask, box, span } from '../detail/elements.ts'
import { createLoading, type Loaded } from '../detail/loading.ts'
import { createVirtualRows } from '../detail/virtual.ts'
import { recordTitle } from '../detail/words.ts'
import { clockTime, dayAndTime } from '../words.ts'
import { compare, markedParts, onlyDifferences, type Compared } from './comparison.ts'
import { inOneColumn, type Line } from './lines.ts'
import { contentOf, headerDifferences, keyWords, laterWords, summary } from './words.ts'
import './compare.css'

/** Two records beside each other, below the table. */
export interface ComparePane {
  readonly element: HTMLElement
  show(left: RecordName, right: RecordName): void
  /** Forgets what was shown. */
  hide(): void
  update(state: MessagesState): void
  focus(): void
}

export interface CompareOptions {
  readonly host: Pick<Host<MessagesHost>, 'request' | 'send'>
  onClose(): void
}

interface Two<T> {
  readonly left: T
  readonly right: T
}

const ROW = 20
/** Letters of a line that are drawn, and those that a tooltip shows. */
const MOST_TEXT = 1000

export function createCompare(options: CompareOptions): ComparePane {
  const { host } = options
  const element = document.createElement('section')
  element.className = 'cmp'
  element.setAttribute('aria-label', 'Two records compared')
  const bar = box('bar')
  const scroller = box('scroller')
  const content = box('content')
  const heads = box('heads')
  const narrow = matchMedia('(max-width: 560px)')
  scroller.tabIndex = 0
  scroller.setAttribute('role', 'document')
  scroller.setAttribute('aria-label', 'Differences')
  rovingFocus(bar)

  let state: MessagesState | undefined
  let shown: Loaded<Two<RecordName>, Two<RecordDetail>> = { kind: 'none' }
  let compared: Compared | undefined
  let lines: readonly Line[] = []
  let onlyDifferent = false

  const virtual = createVirtualRows({
    scroller,
    content,
    rowHeight: ROW,
    covered: 0,
    createRow: () => box('ln'),
    fill(row, index) {
      const line = lines[index]
      if (compared && line) fillLine(row, line, compared)
    },
  })
  content.append(heads, virtual.element)
  scroller.append(content)
  element.append(bar, scroller)

  const loading = createLoading<Two<RecordName>, Two<RecordDetail>>(
    async ({ left, right }, signal) => {
      const [a, b] = await Promise.all(
        [left, right].map(name => host.request('detail', name, { signal })),
      )
      if (!a || !b) throw new Error('the host answered nothing')
      return { left: a, right: b }
    },
    loaded => {
      shown = loaded
      compared =
        loaded.kind === 'here'
          ? compare(contentOf(loaded.answer.left.value), contentOf(loaded.answer.right.value))
          : undefined
      scroller.scrollTop = 0
      arrange()
      draw()
    },
  )

  const arrange = () => {
    const rows = compared ? (onlyDifferent ? onlyDifferences(compared) : compared.rows) : []
    lines = narrow.matches ? inOneColumn(rows) : rows
    virtual.setCount(lines.length)
  }

  const names = () => (shown.kind === 'none' ? undefined : shown.name)

  const swap = () => {
    const now = names()
    if (now) loading.load({ left: now.right, right: now.left })
  }

  const openDiff = () => {
    const now = names()
    if (now) ask(host.request('compare', now))
  }

  const draw = () => {
    render(barView(), bar)
    render(headsView(), heads)
    element.setAttribute('aria-busy', String(shown.kind === 'waiting'))
  }

  const barView = () => {
    const button = (sign: string, title: string, run: () => void) =>
      html`<button class="ib" title=${title} aria-label=${title} @click=${run}>
        ${icon(sign)}
      </button>`
    return html`<h1>Compare</h1>
      <span class="dim cut" role="status" title=${wordsInFull()}>${words()}</span>
      <span class="grow"></span>
      <button
        class="ib text"
        aria-pressed=${onlyDifferent ? 'true' : 'false'}
        title="Only what differs"
        aria-label="Only differences"
        @click=${() => {
          onlyDifferent = !onlyDifferent
          scroller.scrollTop = 0
          arrange()
          draw()
        }}
      >
        ${icon('eye')}<span class="hide2">Only differences</span>
      </button>
      ${button('arrow-swap', 'Swap sides', swap)}
      ${button('go-to-file', 'Open in the diff editor', openDiff)}
      ${button('close', 'Close (Escape)', () => options.onClose())}`
  }

  const words = (): string => {
    switch (shown.kind) {
      case 'none':
        return ''
      case 'waiting':
        return 'Reading the records…'
      case 'failed':
        return `${shown.problem.message} ${shown.problem.advice ?? ''}`.trim()
      case 'here':
        return compared ? summary(compared, shown.answer.left, shown.answer.right) : ''
    }
  }

  const wordsInFull = (): string => {
    const headers =
      shown.kind === 'here' ? headerDifferences(shown.answer.left, shown.answer.right) : ''
    return headers === '' ? words() : `${words()}\n${headers}`
  }

  const headsView = () => {
    if (shown.kind === 'none') return nothing
    const { name } = shown
    const answer = shown.kind === 'here' ? shown.answer : undefined
    const later = answer ? laterWords(answer.left, answer.right) : ''
    return html`${headView(name.left, answer?.left, '')}${headView(name.right, answer?.right, later)}`
  }

  const headView = (name: RecordName, detail: RecordDetail | undefined, more: string) => {
    const facts = detail
      ? [timeOf(detail), keyWords(detail), more].filter(fact => fact !== '').join(' · ')
      : ''
    const full =
      detail?.timestamp === undefined ? facts : `${dayAndTime(detail.timestamp)} · ${facts}`
    return html`<div class="cut" title=${full}>
      <b>${recordTitle(state?.topic ?? '', name)}</b> <span class="dim tabular">${facts}</span>
    </div>`
  }

  narrow.addEventListener('change', arrange)
  element.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    options.onClose()
  })

  return {
    element,
    show: (left, right) => loading.load({ left, right }),
    hide: () => loading.clear(),
    update(next) {
      const before = state
      state = next
      const now = names()
      const decoded =
        before?.decodeAs.key !== next.decodeAs.key || before.decodeAs.value !== next.decodeAs.value
      if (before && decoded && now) loading.load(now)
      else if (before?.topic !== next.topic) draw()
    },
    focus: () => scroller.focus({ preventScroll: true }),
  }
}

function timeOf({ timestamp }: RecordDetail): string {
  return timestamp === undefined ? '' : clockTime(timestamp)
}

function fillLine(row: HTMLElement, line: Line, compared: Compared): void {
  if ('skipped' in line) {
    row.className = 'ln skipped'
    row.replaceChildren(span('cut', `${plural(line.skipped, 'line')} the same`))
    return
  }
  const { left, right, changed } = line
  row.className = line.only ? 'ln one' : 'ln'
  if (line.only !== 'right') row.replaceChildren(sideOf('left', left, right, changed, compared))
  else row.replaceChildren()
  if (line.only !== 'left') row.append(sideOf('right', right, left, changed, compared))
}

function sideOf(
  side: 'left' | 'right',
  own: number | undefined,
  other: number | undefined,
  changed: boolean,
  compared: Compared,
): HTMLElement {
  if (own === undefined) return box('none')
  const element = box(changed ? (side === 'left' ? 'del' : 'ins') : '')
  const parts = compared[side].line(own)
  const text = span('cut', '')
  const whole = parts.before + parts.value + parts.after
  if (whole.length > 40) element.title = clipped(whole.trim())
  if (!changed) text.textContent = clipped(whole)
  else {
    const against = side === 'left' ? compared.right : compared.left
    const marked = markedParts(parts, other === undefined ? undefined : against.line(other), side)
    text.append(clipped(marked.before), mark(marked.marked), clipped(marked.after))
  }
  const sign = span('sign', changed ? (side === 'left' ? '−' : '+') : '')
  if (changed) sign.setAttribute('aria-label', side === 'left' ? 'left:' : 'right:')
  element.append(sign, text)
  return element
}

function mark(text: string): Node {
  if (text === '') return document.createTextNode('')
  const element = document.createElement('em')
  element.textContent = clipped(text)
  return element
}

function clipped(text: string): string {
  return text.length > MOST_TEXT ? `${text.slice(0, MOST_TEXT)}…` : text
}
