import { html, nothing, type TemplateResult } from 'lit'
import type { MessagesPhase, MessagesState, PartitionState } from '../../protocol/messages.ts'
import { bytes, count, duration } from '../../lag/format.ts'
import { icon } from '../kit/icon.ts'

/** What the buttons do. */
export interface Actions {
  readonly start: () => void
  readonly stop: () => void
  readonly pause: () => void
  readonly resume: () => void
  readonly follow: () => void
  readonly choose: (what: 'from' | 'partitions') => void
  readonly newProducerFile: () => void
}

const RUNNING: readonly MessagesPhase[] = ['connecting', 'reading', 'following', 'paused']

export function isRunning(phase: MessagesPhase): boolean {
  return RUNNING.includes(phase)
}

/** The toolbar reads as a sentence: what is read, from where, and what to do about it. */
export function toolbar(
  state: MessagesState,
  following: boolean,
  actions: Actions,
): TemplateResult {
  return html`<div class="title">
      ${icon('inbox')}
      <h1 class="cut" title=${state.topic}>${state.topic}</h1>
      <span class="dim cut cluster mid" title="Cluster">${state.cluster}</span>
    </div>
    <span class="sep"></span>
    ${choice(state, 'from', 'from', state.from, actions)}
    ${state.to === undefined ? nothing : html`<span class="fixed cut mid">until ${state.to}</span>`}
    ${choice(state, 'partitions', 'partitions', state.partitions, actions)}
    ${controls(state, actions)}
    <button
      class="ib text"
      aria-pressed=${following}
      title="Stay at the newest record (F)"
      @click=${actions.follow}
    >
      ${icon('arrow-down')}<span class="hide2">Follow</span>
    </button>
    <span class="grow"></span>
    ${
      state.group === undefined
        ? html`<span class="dim hide" title="No group is joined and nothing is committed."
            >no group</span
          >`
        : html`<span
            class="dim cut hide2"
            title="Reading as a member of this group; offsets are committed."
            >joined ${state.group}</span
          >`
    }`
}

function choice(
  state: MessagesState,
  what: 'from' | 'partitions',
  word: string,
  text: string,
  actions: Actions,
): TemplateResult {
  const narrow = what === 'partitions' ? 'mid' : ''
  if (!state.adjustable)
    return html`<span class="fixed cut ${narrow}"><span class="dim">${word}</span> ${text}</span>`
  return html`<button
    class="pick ${narrow}"
    aria-haspopup="listbox"
    @click=${() => {
      actions.choose(what)
    }}
  >
    <span class="dim hide2">${word}</span><span class="cut">${text}</span>${icon('chevron-down')}
  </button>`
}

function controls(state: MessagesState, actions: Actions): TemplateResult {
  const running = isRunning(state.phase)
  const paused = state.phase === 'paused'
  return html`<span class="set">
    ${button('play', running ? 'Read again from the start' : 'Start', actions.start)}
    ${button('debug-stop', 'Stop', actions.stop, !running)}
    ${
      state.group !== undefined
        ? nothing
        : button(
            paused ? 'debug-continue' : 'debug-pause',
            paused ? 'Go on (Space)' : 'Pause (Space)',
            paused ? actions.resume : actions.pause,
            !running || state.phase === 'connecting',
          )
    }
  </span>`
}

function button(name: string, title: string, action: () => void, disabled = false): TemplateResult {
  return html`<button
    class="ib"
    title=${title}
    aria-label=${title}
    ?disabled=${disabled}
    @click=${action}
  >
    ${icon(name)}
  </button>`
}

/** What stands in the way or should be known, above the table while it goes on. */
export function banner(state: MessagesState): TemplateResult | typeof nothing {
  const sick = state.progress.filter(partition => partition.problem)
  if (state.problem && state.count > 0) return alert('', 'error', problemText(state.problem))
  if (sick.length > 0)
    return alert('warning', 'warning', partitionWords(sick, state.progress.length))
  if (state.problem && state.phase !== 'failed')
    return alert('warning', 'warning', problemText(state.problem))
  return state.notice === undefined ? nothing : alert('note', 'info', state.notice)
}

function problemText(problem: { readonly message: string; readonly advice?: string }): string {
  return problem.advice === undefined ? problem.message : `${problem.message} ${problem.advice}`
}

function partitionWords(sick: readonly PartitionState[], all: number): string {
  const first = sick[0]?.problem
  const rest = all - sick.length
  const more = sick.length > 1 ? ` (${sick.length} partitions)` : ''
  const others = rest > 0 ? ` The other ${rest === 1 ? 'partition goes' : `${rest} go`} on.` : ''
  return `${first ? problemText(first) : ''}${more}${others}`
}

function alert(tone: string, name: string, text: string): TemplateResult {
  return html`<div class="banner ${tone}" role="alert">
    ${icon(name)}<span class="cut">${text}</span>
  </div>`
}

/** What stands in place of the table while there is no record. */
export function empty(state: MessagesState, actions: Actions): TemplateResult {
  if (state.phase === 'failed')
    return emptyBox(
      `${state.topic} cannot be read`,
      state.problem ? problemText(state.problem) : 'No reason was given.',
      html`<button class="btn" @click=${actions.start}>Try Again</button>`,
    )
  if (state.phase === 'connecting')
    return emptyBox(undefined, `Asking ${state.cluster} for ${state.topic}…`)
  if (state.phase === 'reading' || state.phase === 'paused')
    return emptyBox(undefined, `Reading ${state.topic} from ${state.from}…`)
  if (state.phase === 'stopped')
    return emptyBox(
      'Nothing is being read',
      `Reading ${state.topic} was stopped before a record came.`,
      html`<button class="btn" @click=${actions.start}>Start</button>`,
    )
  return nothingThere(state, actions)
}

function nothingThere(state: MessagesState, actions: Actions): TemplateResult {
  const waits = state.phase === 'following'
  return emptyBox(
    waits ? `No record in ${state.topic} so far` : `No record in this part of ${state.topic}`,
    waits
      ? `Read from ${state.from}, and there was nothing. New records appear here as they come.`
      : `Read from ${state.from}${state.to === undefined ? '' : ` until ${state.to}`}, and there was nothing.`,
    html`<button class="btn" @click=${actions.newProducerFile}>
        New .kafka File with a Producer
      </button>
      ${
        state.adjustable
          ? html`<button
              class="btn secondary"
              @click=${() => {
                actions.choose('from')
              }}
            >
              Read from…
            </button>`
          : nothing
      }`,
  )
}

function emptyBox(
  title: string | undefined,
  text: string,
  buttons: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="empty" role="status">
    ${title === undefined ? nothing : html`<h1>${title}</h1>`}
    <p>${text}</p>
    ${buttons === nothing ? nothing : html`<div class="row">${buttons}</div>`}
  </div>`
}

export function status(state: MessagesState): TemplateResult {
  return html`<span class="state">${phase(state)}</span>
    <span
      ><span
        ><b>${count(state.recordsRead)}</b> ${state.recordsRead === 1 ? 'record' : 'records'}<span
          class="hide2"
          >, ${bytes(state.bytesRead)}</span
        ></span
      ></span
    >
    ${
      state.dropped > 0
        ? html`<span title="The budget of memory is full: the oldest rows make room for new ones."
            >${icon('warning', 'warn')}<span
              >oldest <b>${count(state.dropped)}</b> dropped</span
            ></span
          >`
        : nothing
    }
    ${
      isRunning(state.phase)
        ? html`<span class="hide"
            >${count(state.recordsPerSecond)} records/s,
            ${bytes(Math.round(state.bytesPerSecond))}/s</span
          >`
        : nothing
    }
    ${state.progress.length > 0 ? html`<span class="hide">${meters(state.progress)}</span>` : nothing}
    <span class="grow"></span>
    <span class="hide2" title="Memory for rows; the oldest are dropped when it is full"
      >memory
      <i class="meter" data-percent=${percent(state.memory, state.budget)}></i>
      ${bytes(state.memory)} of ${bytes(state.budget)}</span
    >`
}

function phase(state: MessagesState): TemplateResult {
  const took =
    state.startedAt === undefined || state.endedAt === undefined
      ? ''
      : ` after ${duration(state.endedAt - state.startedAt)}`
  switch (state.phase) {
    case 'connecting':
      return html`${icon('loading codicon-modifier-spin')}<b>Connecting</b>`
    case 'reading':
      return html`${icon('sync codicon-modifier-spin')}<b>Reading</b>`
    case 'following':
      return html`${icon('arrow-down')}<b>Following</b>`
    case 'paused':
      return html`${icon('debug-pause')}<b>Paused</b>`
    case 'stopped':
      return html`${icon('debug-stop')}<span><b>Stopped</b>${took}</span>`
    case 'done':
      return html`${icon('check')}<span><b>Done</b>${took}</span>`
    case 'failed':
      return html`${icon('error', 'bad')}<b>Failed</b>`
  }
}

/** Above so many partitions the segments would be thinner than a pixel. */
const MOST_SEGMENTS = 24

function meters(progress: readonly PartitionState[]): TemplateResult {
  const done = progress.filter(({ percent }) => percent === 100).length
  const words = `${done} of ${progress.length} ${progress.length === 1 ? 'partition' : 'partitions'} at the end`
  if (progress.length > MOST_SEGMENTS) return html`${words}`
  return html`<span class="parts" role="img" aria-label=${words}
      >${progress.map(
        ({ partition, percent, problem }) =>
          html`<i
            class=${problem ? 'x' : ''}
            data-percent=${percent ?? 0}
            title=${`partition ${partition}: ${problem?.message ?? (percent === undefined ? 'not known' : `${percent} %`)}`}
          ></i>`,
      )}</span
    ><span class="wide">${words}</span>`
}

function percent(part: number, whole: number): number {
  return whole === 0 ? 0 : Math.min(100, Math.round((100 * part) / whole))
}
