import { html, nothing, render, type TemplateResult } from 'lit'
import { count } from '../../../lag/format.ts'
import type {
  CopyWhat,
  DecodeAs,
  Layout,
  MessagesHost,
  MessagesState,
  RecordDetail,
  RecordName,
} from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'
import { icon } from '../../kit/icon.ts'
import { openMenu, type MenuEntry } from '../../kit/menu.ts'
import { rovingFocus } from '../../kit/roving.ts'
import { ask, box } from './elements.ts'
import { createLoading, type Loaded } from './loading.ts'
import { createReadBy } from './readBy.ts'
import { headersBody, metadataBody, sectionView, type Section } from './sections.ts'
import { createParts } from './value.ts'
import { decodedAs, DECODINGS, decodingLabel, recordTitle } from './words.ts'
import './detail.css'

/** One record in full, beside or below the table; over it where the view is narrow. */
export interface DetailPane {
  readonly element: HTMLElement
  /** Shows another record as soon as the host has answered; undefined: none. */
  show(name: RecordName | undefined): void
  update(state: MessagesState): void
  focus(): void
}

export interface DetailOptions {
  readonly host: Pick<Host<MessagesHost>, 'request' | 'send'>
  onClose(): void
  /** The record is to be compared with another one. */
  onCompare(name: RecordName): void
  /** Back to the list, where the pane covers it. */
  onBack(): void
  /** Keeps this part of the layout together with the rest, and tells the host. */
  onLayout(change: Pick<Layout, 'folded' | 'valueView'>): void
}

type Shown = Loaded<RecordName, RecordDetail>

const COPIES: readonly (readonly [CopyWhat, string] | undefined)[] = [
  ['value', 'Value'],
  ['key', 'Key'],
  ['row', 'Row'],
  ['record', 'JSON Line'],
  undefined,
  ['producer', '.kafka PRODUCER'],
  ['kcat', 'kcat Command'],
]

export function createDetail(options: DetailOptions): DetailPane {
  const { host } = options
  const element = document.createElement('aside')
  element.className = 'detail'
  element.setAttribute('aria-label', 'Record')
  const heading = document.createElement('header')
  const body = box('body')
  const content = box('content')
  body.append(content)
  element.append(heading, body)
  rovingFocus(heading)

  let shown: Shown = { kind: 'none' }
  let wanted: RecordName | undefined
  let state: MessagesState | undefined
  /** Chosen here, until the state says the same. */
  let chosen: DecodeAs | undefined
  /** What was asked for last was to be decoded so. */
  let asked: DecodeAs | undefined
  let layout: Pick<Layout, 'folded' | 'valueView'> | undefined

  const loading = createLoading<RecordName, RecordDetail>(
    (name, signal) => {
      asked = decodings()
      return host.request('detail', { ...name, ...(chosen && { decodeAs: chosen }) }, { signal })
    },
    loaded => {
      if (loaded.kind === 'here') parts.take(loaded.name, loaded.answer.key, loaded.answer.value)
      if (!isSame(nameOf(shown), nameOf(loaded))) body.scrollTop = 0
      shown = loaded
      draw()
    },
  )
  const readBy = createReadBy(host, () => draw())

  const decodings = () => chosen ?? state?.decodeAs ?? { key: 'auto', value: 'auto' }
  const decodeAs = (part: 'key' | 'value', format: string) => {
    chosen = { ...decodings(), [part]: format }
    host.send('decodeAs', chosen)
    again()
  }
  const again = () => {
    if (wanted) loading.load(wanted)
  }

  const keep = (change: Partial<Pick<Layout, 'folded' | 'valueView'>>) => {
    layout = { folded: folded(), valueView: valueView(), ...change }
    options.onLayout(layout)
    draw()
  }
  const folded = () => layout?.folded ?? []
  const valueView = () => layout?.valueView ?? 'tree'

  const parts = createParts(
    host,
    { scroller: body, content },
    {
      decodeAs,
      chooseView: view => keep({ valueView: view }),
      openWhole: () => withName(name => ask(host.request('open', name))),
    },
  )

  const withName = (run: (name: RecordName) => void) => {
    const name = nameOf(shown)
    if (name) run(name)
  }

  const draw = () => {
    const name = nameOf(shown)
    render(name ? headingView(name) : nothing, heading)
    render(bodyView(), content)
    element.setAttribute('aria-busy', String(shown.kind === 'waiting'))
  }

  const topic = () => (shown.kind === 'here' ? shown.answer.topic : (state?.topic ?? ''))

  const headingView = (name: RecordName) => {
    const button = (sign: string, title: string, run: (event: Event) => void, more = '') =>
      html`<button class="ib ${more}" title=${title} aria-label=${title} @click=${run}>
        ${icon(sign)}
      </button>`
    return html`${button('arrow-left', 'Back to the list', () => options.onBack(), 'back')}
      <h1 class="cut">${recordTitle(topic(), name)}</h1>
      <span class="grow"></span>
      <button
        class="ib"
        title="Copy…"
        aria-label="Copy"
        aria-haspopup="menu"
        @click=${(event: Event) => openCopies(event.currentTarget, name)}
      >
        ${icon('copy')}
      </button>
      ${button('go-to-file', 'Open in an editor', () => ask(host.request('open', name)))}
      ${
        state?.canProduce
          ? button('send', 'Send again…', () => ask(host.request('reproduce', { records: [name] })))
          : nothing
      }
      ${button('compare-changes', 'Compare with another record', () => options.onCompare(name))}
      ${button('close', 'Close (Escape)', () => options.onClose())}`
  }

  const openCopies = (anchor: EventTarget | null, name: RecordName) => {
    if (!(anchor instanceof HTMLElement)) return
    const entries = (): MenuEntry[] =>
      COPIES.map(copy =>
        copy
          ? {
              label: copy[1],
              run: () => ask(host.request('copy', { records: [name], what: copy[0] })),
            }
          : 'line',
      )
    openMenu(anchor, { label: 'Copy', entries })
  }

  const bodyView = (): TemplateResult | typeof nothing => {
    switch (shown.kind) {
      case 'none':
        return nothing
      case 'waiting':
        return html`<p class="say dim" role="status">Reading the record…</p>`
      case 'failed':
        return html`<p class="say trouble">
            ${icon('error', 'bad')}
            <span>${shown.problem.message} ${shown.problem.advice ?? ''}</span>
          </p>
          <p class="say"><button class="link" @click=${again}>Try again</button></p>`
      case 'here':
        return html`${
          shown.answer.error === undefined
            ? nothing
            : html`<p class="say trouble">
                ${icon('error', 'bad')}<span>${shown.answer.error}</span>
              </p>`
        }
        ${sections(shown.answer).map(section =>
          sectionView(section, !folded().includes(section.name), () => toggle(section)),
        )}`
    }
  }

  const toggle = ({ name }: Section) => {
    const opens = folded().includes(name)
    keep({ folded: opens ? folded().filter(each => each !== name) : [...folded(), name] })
    if (opens && name === 'readBy') withName(name => readBy.look(name))
  }

  const sections = (detail: RecordDetail): Section[] => {
    const name = { partition: detail.partition, offset: detail.offset }
    return [
      {
        name: 'value',
        title: 'Value',
        extra: decodingChoice('value', detail),
        body: () => parts.value(valueView()),
      },
      { name: 'key', title: 'Key', extra: decodingChoice('key', detail), body: () => parts.key() },
      {
        name: 'headers',
        title: 'Headers',
        extra: html`<span class="badge">${count(detail.headers.length)}</span>`,
        body: () => headersBody(detail),
      },
      {
        name: 'readBy',
        title: 'Read by',
        extra: html`<span class="dim">${readBy.summary(name)}</span>`,
        body: () => readBy.body(name),
      },
      { name: 'metadata', title: 'Metadata', body: () => metadataBody(detail) },
    ]
  }

  const decodingChoice = (part: 'key' | 'value', detail: RecordDetail) => html`
    <span class="grow"></span>
    <span class="dim as">decoded as</span>
    <button
      class="ib text decoding"
      aria-haspopup="menu"
      title="Decode every ${part} as…"
      aria-label="The ${part} is decoded as ${decodedAs(decodings()[part], detail[part])}"
      @click=${(event: Event) => openDecodings(event.currentTarget, part)}
    >
      ${decodedAs(decodings()[part], detail[part])}${icon('chevron-down', 'small')}
    </button>
  `

  const openDecodings = (anchor: EventTarget | null, part: 'key' | 'value') => {
    if (!(anchor instanceof HTMLElement)) return
    const now = decodings()[part]
    const known = DECODINGS.some(({ format }) => format === now)
    const all = known ? DECODINGS : [...DECODINGS, { format: now, label: decodingLabel(now) }]
    openMenu(anchor, {
      label: `Decode every ${part} as`,
      entries: () =>
        all.map(({ format, label }) => ({
          label,
          checked: format === now,
          group: true,
          run: () => decodeAs(part, format),
        })),
    })
  }

  element.addEventListener('keydown', event => {
    if (event.key !== 'Escape' || event.defaultPrevented) return
    event.preventDefault()
    options.onClose()
  })

  return {
    element,
    show(name) {
      wanted = name
      if (!name) loading.clear()
      else loading.load(name)
    },
    update(next) {
      const before = state
      state = next
      layout ??= { folded: next.layout.folded, valueView: next.layout.valueView }
      const elsewhere = before?.topic !== next.topic || before.cluster !== next.cluster
      if (elsewhere) readBy.forget()
      if (chosen && isSameDecoding(chosen, next.decodeAs)) chosen = undefined
      if (asked && !isSameDecoding(asked, decodings())) again()
      if (elsewhere || before.canProduce !== next.canProduce) draw()
    },
    focus() {
      if (parts.focus()) return
      heading.querySelector<HTMLElement>('[tabindex="0"]')?.focus({ preventScroll: true })
    },
  }
}

function nameOf(shown: Shown): RecordName | undefined {
  return shown.kind === 'none' ? undefined : shown.name
}

function isSame(a: RecordName | undefined, b: RecordName | undefined): boolean {
  return a?.partition === b?.partition && a?.offset === b?.offset
}

function isSameDecoding(a: DecodeAs, b: DecodeAs): boolean {
  return a.key === b.key && a.value === b.value
}
