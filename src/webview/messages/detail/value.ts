import { html, nothing, type TemplateResult } from 'lit'
import type {
  Cell,
  DetailPart,
  Layout,
  MessagesHost,
  RecordName,
} from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'
import { icon } from '../../kit/icon.ts'
import { createHex, type HexView } from './hex.ts'
import { parseJson, type JsonTree } from './json.ts'
import { createText } from './text.ts'
import { createTree, type ScrollPlace } from './tree.ts'
import { decodingLabel, sizeWords } from './words.ts'

export type ValueViewName = Layout['valueView']

const VIEWS: readonly { readonly name: ValueViewName; readonly label: string }[] = [
  { name: 'tree', label: 'Tree' },
  { name: 'text', label: 'Text' },
  { name: 'hex', label: 'Hex' },
]

export interface PartActions {
  decodeAs(part: 'key' | 'value', format: string): void
  chooseView(view: ValueViewName): void
  openWhole(): void
}

/** The two parts of a record that have bytes, each drawn into elements of its own. */
export interface Parts {
  /** Takes the parts of another record; what is asked for the one before is given up. */
  take(name: RecordName, key: DetailPart, value: DetailPart): void
  value(wanted: ValueViewName): TemplateResult
  key(): TemplateResult
  focus(): boolean
}

interface Taken {
  readonly name: RecordName
  readonly key: DetailPart
  readonly value: DetailPart
  readonly tree: JsonTree | undefined
}

export function createParts(
  host: Pick<Host<MessagesHost>, 'request'>,
  place: ScrollPlace,
  actions: PartActions,
): Parts {
  const tree = createTree(place)
  const text = createText(place.scroller)
  const keyText = createText(place.scroller)
  const hex = createHex(place)
  const keyHex = createHex(place)
  let taken: Taken | undefined

  const showHex = (view: HexView, part: 'key' | 'value', { name, [part]: { bytes } }: Taken) => {
    const key = `${name.partition} ${name.offset}`
    view.show(key, bytes, (from, count, signal) =>
      host.request('hex', { name, part, from, count }, { signal }),
    )
    return view.element
  }

  const viewElement = (view: ValueViewName, of: Taken) => {
    if (view === 'hex') return showHex(hex, 'value', of)
    if (view === 'tree' && of.tree) {
      tree.show(of.tree, 'value')
      return tree.element
    }
    text.show(of.tree ? { tree: of.tree } : { text: textOf(of.value.cell) })
    return text.element
  }

  return {
    take(name, key, value) {
      const before =
        taken?.name.partition === name.partition && taken.name.offset === name.offset
          ? taken
          : undefined
      if (!before) for (const view of [hex, keyHex]) view.clear()
      const sameValue = before && textOf(before.value.cell) === textOf(value.cell)
      // The same tree again stays open as it was.
      const tree = sameValue && value.cell.kind === 'json' ? before.tree : treeOf(value)
      taken = { name, key, value, tree }
    },
    value(wanted) {
      if (!taken) return html``
      const { value } = taken
      if (value.cell.kind === 'null')
        return html`<p>
          <span class="mono tok-word">null</span>
          <span class="dim">deletes the key where the topic is compacted</span>
        </p>`
      const view = viewOf(wanted, taken)
      return html`<div class="head views">
          ${tabs(view, taken, actions)}
          <span class="dim cut">${sizeWords(value, taken.tree)}</span>
          ${value.cut ? openWhole(actions) : nothing}
        </div>
        ${value.cell.kind === 'error' ? refusal('value', value, actions) : nothing}
        <div id="value-view" role="tabpanel">${viewElement(view, taken)}</div>`
    },
    key() {
      if (!taken) return html``
      const { key } = taken
      switch (key.cell.kind) {
        case 'null':
          return html`<p class="mono tok-word">null</p>`
        case 'error':
          return html`${refusal('key', key, actions)}${showHex(keyHex, 'key', taken)}`
        case 'json':
        case 'text':
        case 'binary':
          if (key.bytes === 0) return html`<p class="dim">empty</p>`
          keyText.show({ text: key.cell.text })
          return html`${keyText.element}${
            key.cut
              ? html`<p class="dim">${sizeWords(key, undefined)} ${openWhole(actions)}</p>`
              : nothing
          }`
      }
    },
    focus() {
      if (!taken) return false
      for (const { element } of [tree, text, hex]) {
        if (!element.isConnected || element.offsetParent === null) continue
        element.focus({ preventScroll: true })
        return true
      }
      return false
    },
  }
}

function treeOf({ cell, cut }: DetailPart): JsonTree | undefined {
  return cell.kind === 'json' ? parseJson(cell.text, cut) : undefined
}

function textOf(cell: Cell): string {
  return cell.kind === 'null' || cell.kind === 'error' ? '' : cell.text
}

/** The view that is wanted, or else the best that there is for this value. */
function viewOf(wanted: ValueViewName, { value, tree }: Taken): ValueViewName {
  if (value.cell.kind === 'error') return 'hex'
  return wanted === 'tree' && !tree ? 'text' : wanted
}

function hasView(view: ValueViewName, { value, tree }: Taken): boolean {
  if (view === 'hex') return true
  return view === 'tree' ? tree !== undefined : value.cell.kind !== 'error'
}

function tabs(view: ValueViewName, taken: Taken, actions: PartActions): TemplateResult {
  return html`<span class="seg" role="tablist" aria-label="Show the value as" @keydown=${onTabKey}>
    ${VIEWS.map(({ name, label }) => {
      const there = hasView(name, taken)
      return html`<button
        role="tab"
        aria-selected=${name === view ? 'true' : 'false'}
        aria-controls="value-view"
        tabindex=${name === view ? '0' : '-1'}
        ?disabled=${!there}
        title=${there ? '' : name === 'tree' ? 'The value is not JSON' : 'The value is not decoded'}
        @click=${() => actions.chooseView(name)}
      >
        ${label}
      </button>`
    })}
  </span>`
}

function onTabKey(event: KeyboardEvent): void {
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
  const list = event.currentTarget
  if (step === undefined || !(list instanceof HTMLElement)) return
  const all = [...list.querySelectorAll<HTMLButtonElement>('button:not([disabled])')]
  const now = all.indexOf(document.activeElement as HTMLButtonElement)
  const next = all[(now + step + all.length) % all.length]
  next?.focus()
  next?.click()
  event.preventDefault()
}

function openWhole(actions: PartActions): TemplateResult {
  return html`<button class="link" @click=${() => actions.openWhole()}>
    Open whole in editor
  </button>`
}

/** Why a part is not decoded, and what else it can be looked at as. */
function refusal(part: 'key' | 'value', { cell, format }: DetailPart, actions: PartActions) {
  if (cell.kind !== 'error') return nothing
  const others = ['auto', 'string', 'bytes(hex)'].filter(other => other !== format)
  return html`<p class="trouble">${icon('error', 'bad')}<span>${cell.text}</span></p>
    <p class="others">
      <span class="dim">Decode as</span>
      ${others.map(
        other =>
          html`<button class="link" @click=${() => actions.decodeAs(part, other)}>
            ${decodingLabel(other)}
          </button>`,
      )}
    </p>`
}
