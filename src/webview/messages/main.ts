import { render } from 'lit'
import { withoutRange } from '../../kafka/recordView.ts'
import { count, plural } from '../../lag/format.ts'
import type {
  CopyWhat,
  FieldPath,
  FilterCheck,
  Layout,
  MessagesHost,
  MessagesState,
  MessagesView,
  RecordName,
} from '../../protocol/messages.ts'
import { connectHost } from '../kit/host.ts'
import { rovingFocus } from '../kit/roving.ts'
import type { Actions, View } from './actions.ts'
import { Announcer } from './announcer.ts'
import { banner } from './banner.ts'
import { createCompare } from './compare/compare.ts'
import { createDetail } from './detail/detail.ts'
import { empty } from './empty.ts'
import { unknownFields } from './fields.ts'
import { FilterField } from './filterField.ts'
import { Split } from './layout.ts'
import { RecordList, type Choice } from './list.ts'
import { openColumns } from './menus.ts'
import { RowNames } from './names.ts'
import { RowPages } from './pages.ts'
import { highlightOf, type Highlight } from './preview.ts'
import { silentSince } from './silence.ts'
import { statusLine } from './statusLine.ts'
import { TimelineSection } from './timelineSection.ts'
import { canPause, toolbar } from './toolbar.ts'
import '../kit/kit.css'
import './messages.css'

/** Ms that a hint in the status line stays. */
const HINT_STAYS = 5000
/** Ms after which the host is told what is selected. */
const TELL_SELECTED = 80
/** Selected rows that are found again when rows change places; more are let go. */
const MOST_FOUND = 50
/** So few new rows wait for what is in them. */
const MOST_HELD = 60

let state: MessagesState | undefined
let layout: Layout | undefined
/** Rows that there were when the list last stood at its end. */
let seen = 0
let ran: { readonly filter: string; readonly check: FilterCheck } = {
  filter: '',
  check: { kind: 'none' },
}
let highlight: Highlight = {}
let unknown: readonly FieldPath[] = []
let hint: string | undefined
let hinting: number | undefined
/** The first of two records, while the second is chosen. */
let comparing: RecordName | undefined
/** The one that the detail shows. */
let shownDetail: RecordName | undefined
let selectedNames: readonly RecordName[] = []
/** How often something was selected: what is found out meanwhile is about what was before. */
let selections = 0
let telling: number | undefined
/** The list does not know of the newest rows yet, see `canHold`. */
let held = false
/** How the row was chosen that is not pulled yet. */
let awaited: Choice | undefined

const host = connectHost<MessagesView, MessagesHost>({
  requests: {},
  events: {
    state: takeState,
    reveal,
    command: onCommand,
  },
})

const pages = new RowPages(
  request => host.request('rows', request),
  () => {
    if (held && pages.row(endOf(state) - 1)) growList()
    list.paint()
    const how = awaited
    if (how && list.rowAt(list.selection.active)) onSelect(how)
  },
)

const names = new RowNames({
  row: number => pages.fresh(number),
  pull: request => host.request('rows', request),
})

const actions: Actions = {
  start: () => host.send('start'),
  stop: () => host.send('stop'),
  pause: () => host.send('pause'),
  resume: () => host.send('resume'),
  follow: () => {
    if (list.following) list.stay()
    else list.follow()
    draw()
  },
  choose: what => ask(host.request('choose', what)),
  read: choice => ask(host.request('read', choice)),
  filter: text => filter.use(text),
  show: change => {
    if (state) host.send('show', { ...state.shown, ...change })
  },
  clearRange: () => timeline.clear(),
  isolate: isolation => host.send('isolation', isolation),
  decodeAs: change => {
    if (state) host.send('decodeAs', { ...state.decodeAs, ...change })
  },
  toggleColumn: name => {
    const hidden = layout?.hidden ?? []
    keepLayout({
      hidden: hidden.includes(name) ? hidden.filter(each => each !== name) : [...hidden, name],
    })
  },
  resetColumns: () => keepLayout({ hidden: [], widths: {} }),
  jump: () => ask(host.request('jump')),
  copy: what => ask(copy(what)),
  compare: compareSelected,
  reproduce: () => ask(withSelected(records => host.request('reproduce', { records }))),
  exportRecords: what =>
    ask(
      what === 'selected'
        ? withSelected(records => host.request('exportRecords', { what: { records } }))
        : host.request('exportRecords', { what }),
    ),
  newProducerFile: () => ask(host.request('newProducerFile')),
  showLog: () => ask(host.request('showLog')),
}

const filter = new FilterField({
  check: text => host.request('checkFilter', text),
  run: text => ask(host.request('filter', text)),
  save: (text, name) => ask(host.request('saveFilter', { text, name })),
  forget: (text, saved) => ask(host.request('forgetFilter', { text, saved })),
  onLeave: () => list.focus(),
})

const timeline = new TimelineSection({
  pull: bins => host.request('timeline', { bins }),
  onRange: range => {
    if (!state) return
    host.send('show', { ...withoutRange(state.shown), ...(range && { range }) })
  },
})

const list = new RecordList({
  pages,
  layout: layoutNow,
  onSelect,
  onOpen: row => {
    if (comparing) compareChosen(comparing, row)
    else if (detail.element.isConnected && isSame(shownDetail, row)) detail.focus()
    else showDetail(row)
  },
  onOpenDocument: row => ask(host.request('open', nameOf(row))),
  onCopy: () => ask(copy('row')),
  onTooMany: all =>
    tell(`${count(all)} rows are too many to select; Export takes all that is shown.`),
  onResize: (widths, done) => keepLayout({ widths }, done),
  openColumns: anchor => openColumns(anchor, view, actions),
  showAborted: () => actions.isolate('read_uncommitted'),
  onFollow: () => {
    seen = endOf(state)
    draw()
  },
  onLook: tellDay,
})

const detail = createDetail({
  host,
  onClose: closeDetail,
  onBack: closeDetail,
  onCompare: compareWith,
  onLayout: change => keepLayout(change),
})

const compare = createCompare({ host, onClose: closeCompare })

const split = new Split(list.element, {
  sizes: layoutNow,
  onResize: (sizes, done) => keepLayout(sizes, done),
})

const parts = {
  toolbar: part('header', 'toolbar'),
  banner: part('div', 'banners'),
  filter: place(filter.element),
  timeline: place(timeline.element),
  blank: part('main', 'blank'),
  split: place(split.element),
  status: part('footer', 'status'),
}
const announcer = new Announcer()
const newRecords = document.createElement('button')

function layoutNow(): Layout {
  return layout ?? { widths: {}, hidden: [], folded: ['readBy'], valueView: 'tree' }
}

function view(): View {
  if (!state) throw new Error('There is no state yet.')
  return { state, following: list.following, selected: list.selection.size, now: Date.now() }
}

function takeState(told: MessagesState): void {
  const before = state
  layout ??= told.layout
  const canProduce = told.canProduce && silentSince(told) === undefined
  const next: MessagesState = { ...told, layout, canProduce }
  if (before && next.revision !== before.revision) {
    names.forget()
    void holdStill(next)
  }
  if (!before || next.startedAt !== before.startedAt) begin(next)
  state = next
  host.save(next.saved)
  if (next.filter !== ran.filter) void learnFilter(next.filter)
  pages.update(next.revision, endOf(next))
  if (canHold(next)) holdEnd(next)
  else growList()
  if (!before) list.restyle()
  if (list.following) seen = endOf(next)
  filter.update(next)
  timeline.update(next)
  detail.update(next)
  compare.update(next)
  announcer.follow(next)
  draw()
}

/** A few records at the end that somebody follows come into sight with what is in them, not before. */
function canHold(next: MessagesState): boolean {
  const more = endOf(next) - list.end
  return !held && list.following && list.end > 0 && more > 0 && more <= MOST_HELD
}

function holdEnd(next: MessagesState): void {
  const end = endOf(next)
  if (pages.row(end - 1)) {
    growList()
    return
  }
  held = true
  pages.want(Math.max(0, end - MOST_HELD), end)
}

function growList(): void {
  held = false
  if (state) list.update(state.dropped, endOf(state))
}

/** Another reading. One that has an end is read from its top, one that goes on at its end. */
function begin(next: MessagesState): void {
  seen = 0
  if (next.to === undefined) list.follow()
  else list.stay()
}

/** What the filter that runs is about, to mark it in the rows and to find a slip. */
async function learnFilter(text: string): Promise<void> {
  ran = { filter: text, check: { kind: 'none' } }
  let check: FilterCheck = ran.check
  if (text !== '')
    try {
      check = await host.request('checkFilter', text)
    } catch {
      return
    }
  if (ran.filter !== text) return
  ran = { filter: text, check }
  highlight = highlightOf(text, check)
  draw()
}

/** Brings a row into sight that may stand elsewhere before it is pulled, so its name counts. */
function reveal({ row, record }: MessagesView['events']['reveal']): void {
  list.reveal(row)
  if (!record) return
  selectedNames = [record]
  if (shownDetail) showDetail(record)
}

/** Rows changed places: what is selected and what is looked at is found again. */
async function holdStill(next: MessagesState): Promise<void> {
  const { active, size } = list.selection
  const isOnly = size === 1 && active !== undefined && list.selection.has(active)
  const activeRow = (isOnly ? selectedNames[0] : undefined) ?? list.rowAt(active)
  const anchor = list.anchor(activeRow)
  const before = selections
  const few = selectedNames.length <= MOST_FOUND ? selectedNames : []
  const chosen = isOnly && activeRow ? [activeRow] : few
  const locate = (name: RecordName) =>
    host
      .request('locate', { partition: name.partition, offset: name.offset })
      .catch(() => undefined)
  const [at, activeAt, ...found] = await Promise.all([
    anchor ? locate(anchor.name) : undefined,
    activeRow ? locate(activeRow) : undefined,
    ...chosen.map(locate),
  ])
  if (state?.revision !== next.revision || selections !== before) return
  list.selection.renumber(
    found.filter(row => row !== undefined),
    activeAt,
  )
  if (anchor && at !== undefined) list.shift(at - anchor.number)
  if (list.selection.size !== selectedNames.length) tellSelected()
  list.paint()
}

function draw(): void {
  if (!state) return
  const now = view()
  unknown = ran.check.kind === 'expression' ? unknownFields(ran.check.paths, state.fields) : []
  list.show(state.topic, highlight)
  parts.toolbar.setAttribute('aria-label', `Reading ${state.topic}`)
  render(toolbar(now, view, actions), parts.toolbar)
  document.body.classList.toggle('stale', silentSince(state) !== undefined)
  render(banner(state, now.now, actions), parts.banner)
  parts.split.hidden = state.count === 0
  parts.blank.hidden = state.count > 0
  if (state.count === 0) drawBlank(now)
  render(statusLine(now, hint, actions), parts.status)
  for (const bar of parts.status.querySelectorAll<HTMLElement>('[data-percent]'))
    bar.style.setProperty('--p', `${bar.dataset['percent'] ?? '0'}%`)
  const unseen = endOf(state) - seen
  newRecords.hidden = list.following || unseen <= 0 || state.to !== undefined
  newRecords.textContent = `${count(unseen)} new ${unseen === 1 ? 'record' : 'records'} ↓`
}

function drawBlank({ state: about, now }: View): void {
  const when = timeline.words
  render(
    empty({ state: about, now, unknown, ...(when !== undefined && { when }) }, actions),
    parts.blank,
  )
}

/** The heading of the times says which day they are of, unless it is today. */
function tellDay(): void {
  const time = list.topTime
  list.tellDay(time, Date.now())
}

function onSelect(how: Choice): void {
  const row = list.rowAt(list.selection.active)
  awaited = row ? undefined : how
  const isComparing = split.second === compare.element
  if (comparing && row && how === 'one') compareChosen(comparing, row)
  else if (list.selection.size === 2 && how === 'added' && !isComparing) compareSelected()
  else if (row && !isComparing && (how === 'one' || (how === 'seen' && shownDetail)))
    showDetail(row)
  tellSelected()
  draw()
}

/** The second of two is there. */
function compareChosen(left: RecordName, right: RecordName): void {
  comparing = undefined
  tell(undefined)
  if (isSame(left, right)) showDetail(right)
  else showCompare(left, nameOf(right))
}

function tellSelected(): void {
  selections++
  selectedNames = knownNames()
  clearTimeout(telling)
  telling = setTimeout(() => {
    const { rows } = list.selection
    const told = telling
    void names.of(rows).then(selected => {
      if (told !== telling) return
      selectedNames = selected
      host.send('selected', selected)
    }, ignore)
  }, TELL_SELECTED)
}

/** Of what is selected, where all of it is there; what is many is asked for. */
function knownNames(): readonly RecordName[] {
  const { rows } = list.selection
  if (rows.length > MOST_FOUND) return []
  const known = rows.map(number => pages.fresh(number)).filter(row => row?.kind === 'record')
  return known.length === rows.length ? known.map(nameOf) : []
}

async function withSelected<T>(
  use: (records: readonly RecordName[]) => Promise<T>,
): Promise<T | undefined> {
  const records = await names.of(list.selection.rows)
  return records.length === 0 ? undefined : use(records)
}

async function copy(what: CopyWhat): Promise<void> {
  await withSelected(async records => {
    const copied = await host.request('copy', { records, what })
    if (copied > 0) tell(`${plural(copied, 'record')} copied`)
  })
}

function showDetail(row: RecordName): void {
  shownDetail = nameOf(row)
  split.show(detail.element, false)
  detail.show(shownDetail)
}

function closeDetail(): void {
  shownDetail = undefined
  comparing = undefined
  detail.show(undefined)
  split.show(undefined, false)
  tell(undefined)
  list.focus()
}

/** The two that are selected; the one that is shown and the one whose menu was opened; or a choice. */
function compareSelected(): void {
  const { rows } = list.selection
  const [left, right] = rows.map(number => list.rowAt(number))
  const menu = list.menuRow
  if (rows.length === 2 && left && right) showCompare(nameOf(left), nameOf(right))
  else if (left && menu && !isSame(left, menu)) showCompare(nameOf(left), nameOf(menu))
  else if (left) compareWith(nameOf(left))
}

/** The next record that is chosen is compared with this one. */
function compareWith(name: RecordName): void {
  const { rows } = list.selection
  const two = rows.map(number => list.rowAt(number)).filter(row => row !== undefined)
  const other = two.length === 2 ? two.find(row => !isSame(row, name)) : undefined
  if (other) {
    showCompare(name, nameOf(other))
    return
  }
  comparing = name
  const place = `${state?.topic ?? ''}-${name.partition} @ ${count(BigInt(name.offset))}`
  tell(`Choose a record to compare with ${place}; Escape leaves it`, true)
  if (split.element.dataset['how'] === 'over') split.show(undefined, false)
  list.focus()
}

function showCompare(left: RecordName, right: RecordName): void {
  split.show(compare.element, true)
  compare.show(left, right)
}

function closeCompare(): void {
  compare.hide()
  const row = list.rowAt(list.selection.active)
  if (row && shownDetail) showDetail(row)
  else split.show(undefined, false)
  list.focus()
}

/** Says something in the status line for a while. */
function tell(text: string | undefined, stays = false): void {
  clearTimeout(hinting)
  hint = text
  if (text !== undefined) announcer.say(text)
  if (text !== undefined && !stays)
    hinting = setTimeout(() => {
      hint = undefined
      draw()
    }, HINT_STAYS)
  draw()
}

/** Takes over a part of the layout; the host is told when the person has let go. */
function keepLayout(change: Partial<Layout>, done = true): void {
  layout = { ...layoutNow(), ...change }
  if (state) state = { ...state, layout }
  list.restyle()
  split.update()
  if (!done) return
  host.send('layout', layout)
  if (state) detail.update(state)
}

function onCommand(command: MessagesView['events']['command']): void {
  if (command === 'focusFilter') filter.focus()
  else if (command === 'compare') compareSelected()
  else if (command === 'toggleNotes') actions.show({ notes: !(state?.shown.notes ?? true) })
  else onSelect('one')
}

/** What the host could not do it has told the person already. */
function ask(asked: Promise<unknown>): void {
  asked.catch(ignore)
}

function ignore(): void {
  // Nobody waits for it.
}

function endOf(of: MessagesState | undefined): number {
  return of ? of.dropped + of.count : 0
}

function nameOf({ partition, offset }: RecordName): RecordName {
  return { partition, offset }
}

function isSame(a: RecordName | undefined, b: RecordName): boolean {
  return a?.partition === b.partition && a.offset === b.offset
}

function part(name: string, className: string): HTMLElement {
  const element = document.createElement(name)
  element.className = className
  return place(element)
}

function place(element: HTMLElement): HTMLElement {
  document.body.append(element)
  return element
}

function onKey(event: KeyboardEvent): void {
  if (event.defaultPrevented || !state || event.altKey) return
  const target = event.target instanceof Element ? event.target : undefined
  if ((event.ctrlKey || event.metaKey) && !event.shiftKey) {
    if (event.key.toLowerCase() === 'f') filter.focus()
    else return
    event.preventDefault()
    return
  }
  if (event.ctrlKey || event.metaKey || target?.closest('input, textarea, [role=textbox]')) return
  const inControl = target?.closest('button, select, [role=menu], [role=tree]')
  if (event.key === ' ' && !inControl && canPause(state)) {
    if (state.phase === 'paused') actions.resume()
    else actions.pause()
  } else if (event.key.toLowerCase() === 'f' && !event.shiftKey) actions.follow()
  else if (event.key === 'Escape') leave()
  else return
  event.preventDefault()
}

/** Escape: out of the choice, the comparison, the detail, the selection of many, in this order. */
function leave(): void {
  if (comparing) {
    comparing = undefined
    tell(undefined)
  } else if (split.second === compare.element) closeCompare()
  else if (split.second) closeDetail()
  else if (list.selection.size > 1 && list.selection.active !== undefined) {
    list.selection.only(list.selection.active)
    list.paint()
    tellSelected()
    draw()
  }
}

newRecords.className = 'btn jump'
newRecords.hidden = true
newRecords.addEventListener('click', () => {
  list.follow()
  list.focus()
})
list.element.append(newRecords)
parts.toolbar.setAttribute('role', 'toolbar')
parts.status.setAttribute('aria-label', 'Status')
place(announcer.element)
rovingFocus(parts.toolbar)
document.addEventListener('keydown', onKey)
// The editor's own menu is for a text that one writes.
document.body.dataset['vscodeContext'] = '{"preventDefaultContextMenuItems":true}'
parts.filter.dataset['vscodeContext'] = '{"preventDefaultContextMenuItems":false}'
/** A theme changes the body's classes and the variables on the root. */
const themes = new MutationObserver(() => {
  timeline.restyle()
})
themes.observe(document.body, { attributeFilter: ['class'] })
themes.observe(document.documentElement, { attributeFilter: ['style'] })
/** Clocks that run between two states: how long one waits, and how old the rows are. */
setInterval(() => {
  if (state && (state.phase === 'connecting' || silentSince(state) !== undefined)) draw()
}, 500)
host.send('ready')
