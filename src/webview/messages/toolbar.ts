import { html, nothing, type TemplateResult } from 'lit'
import type { MessagesPhase, MessagesState } from '../../protocol/messages.ts'
import { icon } from '../kit/icon.ts'
import type { Actions, View } from './actions.ts'
import {
  openColumns,
  openExport,
  openFrom,
  openMore,
  openPartitions,
  openUntil,
  type CurrentView,
} from './menus.ts'

const RUNNING: readonly MessagesPhase[] = ['connecting', 'reading', 'following', 'paused']

export function isRunning(phase: MessagesPhase): boolean {
  return RUNNING.includes(phase)
}

/** Whether reading can be held: a joined group goes on. */
export function canPause({ phase, group }: MessagesState): boolean {
  return group === undefined && isRunning(phase) && phase !== 'connecting'
}

type Open = (anchor: HTMLElement, view: CurrentView, actions: Actions) => void

/** The toolbar reads as a sentence: what is read, from where, until when, and what to do about it. */
export function toolbar(view: View, current: CurrentView, actions: Actions): TemplateResult {
  const { state } = view
  const opener = (open: Open) => (event: Event) => {
    open(event.currentTarget as HTMLElement, current, actions)
  }
  return html`<div class="title">
      ${icon('inbox', 'hide2')} ${topic(state, actions)}
      <span class="dim cut cluster wide" title="Cluster">${state.cluster}</span>
    </div>
    <span class="sep hide"></span>
    ${choice(state, 'Where to start', 'from', state.from, '', opener(openFrom))}
    ${choice(state, 'Where to stop', 'until', state.to ?? 'stopped', 'hide', opener(openUntil))}
    ${choice(state, 'Partitions', 'partitions', state.partitions, 'hide', opener(openPartitions))}
    ${uncommitted(state, actions)} ${controls(state, actions)}
    <button
      class="ib text"
      aria-pressed=${view.following}
      aria-label="Follow"
      title="Stay at the newest record (F)"
      @click=${() => actions.follow()}
    >
      ${icon('arrow-down')}<span class="hide2">Follow</span>
    </button>
    <span class="grow"></span>
    ${
      state.group === undefined
        ? nothing
        : html`<span
            class="dim cut hide"
            title="Reading as a member of this group; offsets are committed."
            >joined ${state.group}</span
          >`
    }
    ${menuButton('settings', 'Columns', 'hide', opener(openColumns))}
    ${button('target', 'Jump to an offset or a time (Ctrl+G)', () => actions.jump(), false, 'hide')}
    ${menuButton('export', 'Export', 'hide2', opener(openExport))}
    ${menuButton('ellipsis', 'More actions', '', opener(openMore))}`
}

function topic(state: MessagesState, actions: Actions): TemplateResult {
  if (!state.adjustable) return html`<h1 class="cut" title=${state.topic}>${state.topic}</h1>`
  return html`<button
    class="ib text topic"
    title="${state.topic}: choose another topic"
    @click=${() => actions.choose('topic')}
  >
    <h1 class="cut">${state.topic}</h1>
    ${icon('chevron-down')}
  </button>`
}

function choice(
  state: MessagesState,
  title: string,
  word: string,
  text: string,
  hides: string,
  open: (event: Event) => void,
): TemplateResult {
  const dim = hides === '' ? 'dim hide2' : 'dim'
  if (!state.adjustable)
    return html`<span class="fixed cut ${hides}" title=${`${word} ${text}`}
      ><span class=${dim}>${word}</span> ${text}</span
    >`
  return html`<button
    class="pick ${hides}"
    title=${title}
    aria-label="${word} ${text}"
    aria-haspopup="menu"
    @click=${open}
  >
    <span class=${dim}>${word}</span><span class="cut">${text}</span>${icon('chevron-down')}
  </button>`
}

/** Says that more is read than what is committed, and takes it back. */
function uncommitted(state: MessagesState, actions: Actions): TemplateResult | typeof nothing {
  if (state.isolation === 'read_committed') return nothing
  const words = html`${icon('unlock', 'warn')}<span class="hide2">read_uncommitted</span>`
  if (!state.adjustable) return html`<span class="chip" title=${UNCOMMITTED}>${words}</span>`
  return html`<button
    class="chip"
    aria-label="read_uncommitted, turn it off"
    title=${`${UNCOMMITTED}\nPress to read only what is committed.`}
    @click=${() => actions.isolate('read_committed')}
  >
    ${words}${icon('close')}
  </button>`
}

const UNCOMMITTED = 'Records of aborted and open transactions are read, too.'

/** Run, pause or go on, and stop: two buttons whose place does not change. */
function controls(state: MessagesState, actions: Actions): TemplateResult {
  const running = isRunning(state.phase)
  const first =
    state.phase === 'paused'
      ? button('debug-continue', 'Go on (Space)', () => actions.resume())
      : running && state.group === undefined
        ? button('debug-pause', 'Pause (Space)', () => actions.pause(), !canPause(state))
        : button('play', 'Read again (F5)', () => actions.start(), running)
  return html`<span class="set">
    ${first} ${button('debug-stop', 'Stop (Shift+F5)', () => actions.stop(), !running)}
  </span>`
}

function button(
  name: string,
  title: string,
  act: () => void,
  disabled = false,
  hides = '',
): TemplateResult {
  return html`<button
    class="ib ${hides}"
    title=${title}
    aria-label=${title.replace(/ \(.*/, '')}
    ?disabled=${disabled}
    @click=${act}
  >
    ${icon(name)}
  </button>`
}

function menuButton(
  name: string,
  title: string,
  hides: string,
  open: (event: Event) => void,
): TemplateResult {
  return html`<button
    class="ib ${hides}"
    title=${title}
    aria-label=${title}
    aria-haspopup="menu"
    @click=${open}
  >
    ${icon(name)}
  </button>`
}
