import { render } from 'lit'
import { count } from '../../lag/format.ts'
import type {
  MessageRow,
  MessagesHost,
  MessagesState,
  MessagesView,
} from '../../protocol/messages.ts'
import { connectHost } from '../kit/host.ts'
import { banner, empty, isRunning, status, toolbar, type Actions } from './frame.ts'
import { RecordList } from './list.ts'
import { RowPages } from './pages.ts'
import '../kit/kit.css'
import './messages.css'

const parts = {
  toolbar: part('toolbar', 'toolbar', 'Reading'),
  banner: part('banners'),
  blank: part('blank'),
  split: part('split'),
  status: part('status', 'status'),
}
const jump = document.createElement('button')
jump.className = 'btn jump'
jump.hidden = true

let state: MessagesState | undefined
/** Rows that there were when the list last stood at its end. */
let seen = 0

const host = connectHost<MessagesView, MessagesHost>({
  requests: {},
  events: { state: showState },
})

const pages = new RowPages(
  request => host.request('rows', request),
  () => {
    list.paint()
  },
)
const list = new RecordList({
  pages,
  open: row => {
    void host.request('open', nameOf(row))
  },
  copy: row => {
    void host.request('copy', { ...nameOf(row), what: 'record' })
  },
  onFollow: () => {
    seen = endOf(state)
    draw()
  },
})

const actions: Actions = {
  start: () => {
    host.send('start')
  },
  stop: () => {
    host.send('stop')
  },
  pause: () => {
    host.send('pause')
  },
  resume: () => {
    host.send('resume')
  },
  follow: () => {
    if (list.following) list.stay()
    else list.follow()
    draw()
  },
  choose: what => {
    void host.request('choose', what)
  },
  newProducerFile: () => {
    void host.request('newProducerFile')
  },
}

function showState(next: MessagesState): void {
  if (state && next.revision !== state.revision && next.count === 0) seen = 0
  state = next
  host.save(next.saved)
  pages.update(next.revision, endOf(next))
  list.update(next.dropped, endOf(next))
  if (list.following) seen = endOf(next)
  draw()
}

function draw(): void {
  if (!state) return
  render(toolbar(state, list.following, actions), parts.toolbar)
  render(banner(state), parts.banner)
  parts.split.hidden = state.count === 0
  parts.blank.hidden = state.count > 0
  if (state.count === 0) render(empty(state, actions), parts.blank)
  render(status(state), parts.status)
  for (const bar of parts.status.querySelectorAll<HTMLElement>('[data-percent]'))
    bar.style.setProperty('--p', `${bar.dataset['percent'] ?? '0'}%`)
  const unseen = endOf(state) - seen
  jump.hidden = list.following || unseen <= 0
  jump.textContent = `${count(unseen)} new ${unseen === 1 ? 'record' : 'records'} ↓`
}

function endOf(of: MessagesState | undefined): number {
  return of ? of.dropped + of.count : 0
}

function nameOf({ partition, offset }: MessageRow) {
  return { partition, offset }
}

function part(className: string, role?: string, label?: string): HTMLElement {
  const element = document.createElement('div')
  element.className = className
  if (role) element.setAttribute('role', role)
  if (label) element.setAttribute('aria-label', label)
  document.body.append(element)
  return element
}

function onKey(event: KeyboardEvent): void {
  const inButton = event.target instanceof HTMLButtonElement
  if (event.ctrlKey || event.metaKey || event.altKey || !state) return
  if (event.key === ' ' && !inButton && state.group === undefined && isRunning(state.phase)) {
    if (state.phase === 'paused') actions.resume()
    else actions.pause()
    event.preventDefault()
  } else if (event.key === 'f') actions.follow()
}

parts.split.append(list.element)
list.element.append(jump)
jump.addEventListener('click', () => {
  list.follow()
  list.focus()
})
document.addEventListener('keydown', onKey)
host.send('ready')
