import { html, render, type TemplateResult } from 'lit'
import { duration, signedCount } from '../../lag/format.ts'
import { addReading, historyOf, LagHistory } from '../../lag/history.ts'
import { partitionName, type GroupReading } from '../../lag/reading.ts'
import {
  updated,
  type LagFacts,
  type LagHost,
  type LagUpdate,
  type LagView,
} from '../../protocol/lag.ts'
import { connectHost } from '../kit/host.ts'
import { pace } from '../kit/pace.ts'
import { GapChart } from './chart.ts'
import { banner, blank, summary, toolbar } from './frame.ts'
import { listenToKeys } from './keys.ts'
import { heldOrder, pressed, sorted, sortOf, type Sort } from './rows.ts'
import { RowWindow } from './rowWindow.ts'
import { table } from './table.ts'
import { isStale, spanShown, type Actions, type View } from './view.ts'
import '../kit/kit.css'
import './lag.css'

const parts = {
  toolbar: part('header', 'toolbar'),
  banner: part('div', ''),
  main: part('main', ''),
}
const chartBox = document.createElement('div')
chartBox.className = 'chart'
const chart = new GapChart(chartBox)
const rowWindow = new RowWindow(parts.main, () => {
  painting.now()
})

let state: LagFacts | undefined
let reading: GroupReading | undefined
let history = new LagHistory()
let order: readonly string[] = []
let changed: ReadonlySet<string> = new Set()
let focused: string | undefined
let pointed = false

const host = connectHost<LagView, LagHost>({
  requests: {},
  events: { state: take },
})
const saved = (host.saved ?? {}) as Partial<Record<string, unknown>>
let sort: Sort = sortOf(saved['sort'])
let selected = typeof saved['selected'] === 'string' ? saved['selected'] : undefined
const painting = pace(paint)

const actions: Actions = {
  pause: paused => {
    host.send('pause', paused)
  },
  setInterval: ms => {
    host.send('interval', ms)
  },
  lookNow: () => {
    host.send('lookNow')
  },
  showLog: () => {
    host.send('showLog')
  },
  copy: partition => {
    host.request('copy', partition).catch(() => undefined)
  },
  openInEditor: () => {
    host.request('openInEditor').catch(() => undefined)
  },
  newConsumerFile: () => {
    host.send('newConsumerFile')
  },
  sortBy: key => {
    sort = pressed(sort, key)
    order = sorted(reading?.partitions ?? [], sort).map(partitionName)
    keep()
  },
  select: partition => {
    selected = partition
    keep()
  },
  focusRow: partition => {
    focused = partition
  },
  reveal: partition => {
    actions.select(partition)
    rowWindow.reveal(order.indexOf(partition))
    rowOf(partition)?.focus()
  },
}

parts.toolbar.setAttribute('role', 'toolbar')
listenToKeys({
  toolbar: parts.toolbar,
  main: parts.main,
  actions,
  isPaused: () => state?.paused ?? false,
  focusAt: index => {
    const name = order[Math.min(Math.max(index, 0), order.length - 1)]
    if (name === undefined) return
    focused = name
    rowWindow.reveal(order.indexOf(name))
    rowOf(name)?.focus()
  },
  indexOf: name => order.indexOf(name),
  pageSize: () => rowWindow.pageSize,
})
parts.main.addEventListener('pointermove', event => {
  pointed = event.target instanceof Element && event.target.closest('.rows tbody') !== null
})
parts.main.addEventListener('pointerleave', () => {
  pointed = false
})
/** A theme changes the body's classes and the variables on the root. */
const themes = new MutationObserver(() => {
  chart.restyle()
})
themes.observe(document.body, { attributeFilter: ['class'] })
themes.observe(document.documentElement, { attributeFilter: ['style'] })

/** Clocks that run between two states: how old, how long, when next. */
setInterval(() => {
  const clocks = state?.status === 'asking' || state?.problem !== undefined
  if (clocks) painting.soon()
}, 500)

open(() => {
  save()
  if (selected !== undefined) rowWindow.reveal(order.indexOf(selected))
})

/** Everything, at first and when an update was lost. */
function open(then: () => void): void {
  host.request('open').then(
    ({ state: first, history: series }) => {
      state = undefined
      history = historyOf(series)
      take(first)
      then()
    },
    () => undefined,
  )
}

function take({ reading: update, ...next }: LagUpdate): void {
  const newReading = update && updated(reading, update)
  if (update && !newReading) {
    open(() => undefined)
    return
  }
  const before = state
  state = next
  if (newReading && newReading.at !== reading?.at) {
    if (before) addReading(history, newReading)
    changed = changesBetween(reading, newReading)
    order = orderOf(newReading)
  }
  reading = newReading
  const asBefore = before?.paused === next.paused && before.status === next.status
  if (asBefore) painting.soon()
  else painting.now()
}

/** The order is held while somebody points at a row or has the focus in the table. */
function orderOf({ partitions }: GroupReading): readonly string[] {
  const held = pointed || Boolean(document.activeElement?.closest('.rows tbody'))
  return (held ? heldOrder(order, partitions) : sorted(partitions, sort)).map(partitionName)
}

function changesBetween(before: GroupReading | undefined, now: GroupReading): ReadonlySet<string> {
  const kinds = new Map(before?.partitions.map(each => [partitionName(each), each.verdict.kind]))
  const differs = now.partitions.filter(each => {
    const kind = kinds.get(partitionName(each))
    return kind !== undefined && kind !== each.verdict.kind
  })
  return new Set(differs.map(partitionName))
}

/** With whose lag it is, so that a reloaded window can restore the panel. */
function save(): void {
  if (state) host.save({ clusterId: state.clusterId, groupId: state.groupId, sort, selected })
}

function keep(): void {
  save()
  painting.now()
}

function paint(): void {
  if (!state) return
  const now = Date.now()
  const view: View = {
    state,
    reading,
    history,
    sort,
    order,
    selected,
    focused,
    changed,
    now,
  }
  document.title = `${state.groupId} · lag`
  parts.toolbar.setAttribute('aria-label', `Lag of ${state.groupId}`)
  parts.main.classList.toggle('stale', isStale(view))
  render(toolbar(view, actions), parts.toolbar)
  render(banner(view, actions), parts.banner)
  render(reading ? body(view, reading) : blank(view, actions), parts.main)
  if (!reading) return
  rowWindow.measure(order.length)
  const until = chartEnd(view, reading)
  chart.show(history, until, spanShown(view, until), isStale(view))
}

function body(view: View, shown: GroupReading): TemplateResult {
  return html`${summary(view, shown, actions)}
    <section class="gap" aria-label="Produced and consumed">
      <div class="head">
        <h2>Produced and consumed</h2>
        <span class="dim cut">${chartWords(view, shown)}</span>
        <span class="grow"></span>
        <span class="dim span">${duration(spanShown(view, chartEnd(view, shown)))}</span>
      </div>
      ${chartBox}
    </section>
    <div class="rows">${table(view, shown, rowWindow.window(order.length), actions)}</div>`
}

/** The chart ends with the last look; when later ones failed, it says so up to now. */
function chartEnd(view: View, { at }: GroupReading): number {
  return isStale(view) ? view.now : at
}

function chartWords(view: View, { produceRate, consumeRate, trend }: GroupReading): string {
  if (produceRate === undefined || consumeRate === undefined || isStale(view)) return 'records/s'
  const gap = produceRate - consumeRate
  const growing = trend?.direction === 'rising' && gap >= 0.5 ? ', growing' : ''
  const closing = trend?.direction === 'falling' && gap <= -0.5 ? ', closing' : ''
  return `records/s · gap ${signedCount(gap)}${growing}${closing}`
}

function rowOf(name: string): HTMLElement | null {
  return parts.main.querySelector<HTMLElement>(`tr[data-name="${CSS.escape(name)}"]`)
}

function part(name: 'header' | 'div' | 'main', className: string): HTMLElement {
  const made = document.createElement(name)
  if (className) made.className = className
  document.body.append(made)
  return made
}
