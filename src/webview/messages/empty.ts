import { html, nothing, type TemplateResult } from 'lit'
import { count, duration, plural } from '../../lag/format.ts'
import type { FieldPath, MessagesState } from '../../protocol/messages.ts'
import type { Actions } from './actions.ts'
import { problemText } from './banner.ts'
import { nearest } from './fields.ts'
import { heldBack } from './words.ts'

/** Before this nothing says that it is asking: most answers are faster. */
const ASKING_SHOWS = 300
const WAITING_SHOWS = 2000

export interface Emptiness {
  readonly state: MessagesState
  readonly now: number
  /** Fields that the filter names and no record has. */
  readonly unknown: readonly FieldPath[]
  /** What the timeline is about, in words. */
  readonly when?: string
}

/** What stands in place of the rows while there is none. */
export function empty(about: Emptiness, actions: Actions): TemplateResult | typeof nothing {
  const { state } = about
  switch (state.phase) {
    case 'failed':
      return failed(state, actions)
    case 'connecting':
      return connecting(about, actions)
    case 'reading':
    case 'paused':
      return reading(state, actions)
    case 'stopped':
    case 'following':
    case 'done':
      if (state.shown.range && state.recordsHeld > 0) return nothingInRange(state, actions)
      if (state.filter !== '' && state.recordsRead > 0) return noMatch(about, actions)
      return state.phase === 'stopped' ? stopped(state, actions) : nothingThere(about, actions)
  }
}

function failed(state: MessagesState, actions: Actions): TemplateResult {
  return box(
    `${state.topic} cannot be read`,
    html`${state.problem ? problemText(state.problem) : 'No reason was given.'}`,
    html`<button class="btn" @click=${() => actions.start()}>Try Again</button>
      <button class="btn secondary" @click=${() => actions.showLog()}>Show Log</button>`,
  )
}

function connecting({ state, now }: Emptiness, actions: Actions): TemplateResult | typeof nothing {
  const waited = now - (state.startedAt ?? now)
  if (waited < ASKING_SHOWS) return nothing
  if (waited < WAITING_SHOWS) return box(undefined, html`Asking ${state.cluster}…`)
  return box(
    undefined,
    html`Waiting for ${state.cluster}, <span class="tabular">${duration(waited)}</span>`,
    html`<button class="btn secondary" @click=${() => actions.stop()}>Cancel</button>`,
  )
}

function reading(state: MessagesState, actions: Actions): TemplateResult {
  const so = state.recordsRead === 0 ? '' : `, ${plural(state.recordsRead, 'record')} so far`
  return state.filter === ''
    ? box(undefined, html`Reading ${state.topic} from ${state.from}${so}…`)
    : box(
        undefined,
        html`No match yet. Reading ${state.topic} from ${state.from}${so}…`,
        html`<button class="btn secondary" @click=${() => actions.stop()}>Stop</button>`,
      )
}

function stopped(state: MessagesState, actions: Actions): TemplateResult {
  return box(
    'Nothing is being read',
    html`Reading ${state.topic} was stopped before a record came.`,
    html`<button class="btn" @click=${() => actions.start()}>Read</button>`,
  )
}

function nothingInRange(state: MessagesState, actions: Actions): TemplateResult {
  return box(
    'No record in this range of time',
    html`${plural(state.recordsHeld, 'record')} ${state.recordsHeld === 1 ? 'is' : 'are'} outside of
    it.`,
    html`<button class="btn" @click=${() => actions.clearRange()}>Show All</button>`,
  )
}

/** What was read, the likely slip, and the ways out. */
function noMatch({ state, unknown, when }: Emptiness, actions: Actions): TemplateResult {
  const [slip] = unknown
  const meant = slip && nearest(slip.path, state.fields)
  const read = `${plural(state.recordsRead, 'record')}${when === undefined ? '' : ` from ${when}`} ${state.recordsRead === 1 ? 'was' : 'were'} read.`
  const failures = state.filterFailures
  const why = slip
    ? html` None that was looked at has a field
        <span class="mono">${slip.path}</span
        >${meant === undefined ? '.' : html`; there is <span class="mono">${meant}</span>.`}`
    : failures && failures.count > 0
      ? html` For ${count(failures.count)} the condition could not be decided: ${failures.first}`
      : nothing
  const fixed =
    slip && meant !== undefined
      ? state.filter.slice(0, slip.from) + meant + state.filter.slice(slip.to)
      : undefined
  return box(
    state.phase === 'following' ? 'No record matches so far' : 'No record matches',
    html`${read}${why}`,
    html`${
        fixed === undefined
          ? nothing
          : html`<button class="btn" @click=${() => actions.filter(fixed)}>Use ${meant}</button>`
      }
      <button
        class="btn ${fixed === undefined ? '' : 'secondary'}"
        @click=${() => actions.filter('')}
      >
        Clear Filter
      </button>
      ${fromEarliest(state, actions)}`,
  )
}

function fromEarliest(state: MessagesState, actions: Actions): TemplateResult | typeof nothing {
  if (!state.adjustable || state.saved.text.properties['from'] === 'earliest') return nothing
  return html`<button class="btn secondary" @click=${() => actions.read({ from: 'earliest' })}>
    Read from Earliest
  </button>`
}

function nothingThere({ state, now }: Emptiness, actions: Actions): TemplateResult {
  const held =
    state.isolation === 'read_committed' ? heldBack(state.topic, state.progress, now) : undefined
  const waits = state.phase === 'following'
  const isAll = state.progress.length > 0 && state.progress.every(isEmpty)
  const title = isAll
    ? `${state.topic} is empty`
    : waits
      ? `No record in ${state.topic} so far`
      : `No record in this part of ${state.topic}`
  const until = state.to === undefined ? '' : ` until ${state.to}`
  const text = isAll
    ? 'No partition holds a record.'
    : `Read from ${state.from}${until}, and there was nothing.`
  return box(
    title,
    html`${text}${held ? html` <span title=${held.detail}>${held.text}.</span>` : nothing}${waits ? ' New records appear here as they come.' : ''}`,
    html`${
      held && state.adjustable
        ? html`<button class="btn" @click=${() => actions.isolate('read_uncommitted')}>
            Read Uncommitted
          </button>`
        : html`<button class="btn" @click=${() => actions.newProducerFile()}>
            New .kafka File with a Producer
          </button>`
    }
    ${isAll ? nothing : fromEarliest(state, actions)}`,
  )
}

function isEmpty({ logStartOffset, highWatermark }: MessagesState['progress'][number]): boolean {
  return highWatermark !== undefined && logStartOffset === highWatermark
}

function box(
  title: string | undefined,
  text: TemplateResult,
  buttons: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="empty" role="status">
    ${title === undefined ? nothing : html`<h1>${title}</h1>`}
    <p>${text}</p>
    ${buttons === nothing ? nothing : html`<div class="row">${buttons}</div>`}
  </div>`
}
