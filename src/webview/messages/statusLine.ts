import { html, nothing, type TemplateResult } from 'lit'
import { bytes, count, duration, plural, shortCount } from '../../lag/format.ts'
import type { MessagesState, PartitionState } from '../../protocol/messages.ts'
import { icon } from '../kit/icon.ts'
import type { Actions, View } from './actions.ts'
import { silentSince } from './silence.ts'
import { isRunning } from './toolbar.ts'
import { heldBack, notesInWords, percentOf, secondsOf } from './words.ts'

/** Above so many partitions the segments would be thinner than a pixel. */
const MOST_SEGMENTS = 24

/** How reading stands: state and time, how much, how far, how fast, how much memory. */
export function statusLine(view: View, hint: string | undefined, actions: Actions): TemplateResult {
  const { state } = view
  return html`<span class="state">${silence(view) ?? phase(state)}</span>
    ${
      hint === undefined
        ? html`<span class="amounts">${amounts(view, actions)}</span>`
        : html`<span class="hint"><span class="cut">${hint}</span></span>`
    }
    <span class="grow"></span>
    <span class="hide2" title="Memory for rows; the oldest are dropped when it is full"
      >memory
      <i class="meter" data-percent=${percentOf(state.memory, state.budget)}></i>
      ${memoryWords(state)}</span
    >`
}

/** `31.2 of 64 MiB`. */
function memoryWords({ memory, budget }: MessagesState): string {
  const [used = '', unit] = bytes(memory).split('\u00a0')
  const [whole = '', wholeUnit = ''] = bytes(budget).split('\u00a0')
  const all = `${whole.replace(/\.0$/, '')}\u00a0${wholeUnit}`
  return unit === wholeUnit ? `${used} of ${all}` : `${used}\u00a0${unit ?? ''} of ${all}`
}

function amounts({ state, selected, now }: View, actions: Actions): TemplateResult {
  return html`<span
      ><span
        ><b>${count(state.recordsRead)}</b> ${state.recordsRead === 1 ? 'record' : 'records'}<span
          class="hide"
          >, ${bytes(state.bytesRead)}</span
        ></span
      ></span
    >
    ${
      state.filter === ''
        ? nothing
        : html`<span
            ><span><b>${count(state.recordsMatched)}</b> matched</span></span
          >`
    }
    ${
      selected > 1
        ? html`<span class="hide2"
            ><span><b>${count(selected)}</b> selected</span></span
          >`
        : nothing
    }
    ${errors(state)} ${dropped(state)} ${notes(state, actions)} ${markers(state, actions)}
    ${held(state, now)}
    ${state.progress.length > 0 ? html`<span class="hide">${meters(state)}</span>` : nothing}
    ${rates(state)}`
}

/** Nothing answers: the rows are as old as the last answer. */
function silence({ state, now }: View): TemplateResult | undefined {
  const since = silentSince(state)
  if (since === undefined) return undefined
  return html`${icon('debug-disconnect', 'warn')}<span
      ><b>As of ${secondsOf(since)}</b>, ${duration(Math.max(0, now - since))} old</span
    >`
}

function phase(state: MessagesState): TemplateResult {
  const took =
    state.startedAt === undefined || state.endedAt === undefined
      ? undefined
      : shortDuration(state.endedAt - state.startedAt)
  const sick = state.progress.filter(({ problem }) => problem).length
  switch (state.phase) {
    case 'connecting':
      return html`${icon('loading codicon-modifier-spin')}<b>Connecting</b>`
    case 'reading':
      return sick > 0
        ? html`${icon('warning', 'warn')}<span
              ><b
                >${count(state.progress.length - sick)} of
                ${plural(state.progress.length, 'partition')}</b
              >
              ${state.progress.length - sick === 1 ? 'goes' : 'go'} on</span
            >`
        : html`${icon('sync codicon-modifier-spin')}<b>Reading</b>`
    case 'following':
      return html`${icon('arrow-down')}<b>Following</b>`
    case 'paused':
      return html`${icon('debug-pause')}<b>Paused</b>`
    case 'stopped':
      return html`${icon('debug-stop')}<span
          ><b>Stopped</b>${took === undefined ? '' : ` after ${took}`}</span
        >`
    case 'done':
      return html`${icon('check')}<span
          ><b>Done</b>${took === undefined ? '' : ` in ${took}`}</span
        >`
    case 'failed':
      return html`${icon('error', 'bad')}<b>Failed</b>`
  }
}

/** A reading of less than ten seconds is told with a decimal. */
function shortDuration(ms: number): string {
  return ms > 0 && ms < 10_000 ? `${Math.max(0.1, ms / 1000).toFixed(1)}\u00a0s` : duration(ms)
}

function errors({ errors: bad, filterFailures }: MessagesState): TemplateResult {
  return html`${
    bad > 0
      ? html`<span
          class="hide2"
          title="Records and batches that could not be read or decoded; reading goes on."
          >${icon('error', 'bad')}<span><b>${count(bad)}</b> bad</span></span
        >`
      : nothing
  }
  ${
    filterFailures && filterFailures.count > 0
      ? html`<span class="hide" title=${`${filterFailures.first}\n${FAILED_IN_FILTER}`}
          >${icon('question')}<span
            ><b>${count(filterFailures.count)}</b> could not be evaluated</span
          ></span
        >`
      : nothing
  }`
}

const FAILED_IN_FILTER =
  'Such records do not match. Records without a text that the filter asks for are ruled out before it is evaluated, and are not counted here.'

function dropped(state: MessagesState): TemplateResult | typeof nothing {
  if (state.dropped === 0) return nothing
  return html`<span title="The budget of memory is full: the oldest rows make room for new ones."
    >${icon('warning', 'warn')}<span>oldest <b>${count(state.dropped)}</b> dropped</span></span
  >`
}

/** With a filter the rows leave out what is no record: it is counted here, and a press brings it back. */
function notes(state: MessagesState, actions: Actions): TemplateResult | typeof nothing {
  const words = notesInWords(state)
  if (words === '' || (state.shown.notes && state.filter === '')) return nothing
  return eye(words, 'gaps and aborted transactions', state.shown.notes, () =>
    actions.show({ notes: !state.shown.notes }),
  )
}

/** Markers take offsets that are not in the rows: who misses them finds them here. */
function markers({ notes: counted, shown }: MessagesState, actions: Actions) {
  const { notes: withNotes, markers: withMarkers = false } = shown
  if (counted.markers === 0 || !withNotes) return nothing
  const words = plural(counted.markers, 'transaction marker')
  return eye(words, 'the offsets that markers of transactions take', withMarkers, () =>
    actions.show({ markers: !withMarkers }),
  )
}

function eye(words: string, what: string, seen: boolean, press: () => void): TemplateResult {
  return html`<button
    class="ib text hide"
    aria-pressed=${seen}
    title=${seen ? `Hide ${what}` : `Show ${what} among the rows`}
    @click=${press}
  >
    ${icon(seen ? 'eye' : 'eye-closed')}<span>${words}</span>
  </button>`
}

function held(state: MessagesState, now: number): TemplateResult | typeof nothing {
  const words = heldBack(state.topic, state.progress, now)
  if (!words || state.isolation === 'read_uncommitted') return nothing
  return html`<span class="hide" title=${words.detail}
    >${icon('lock')}<span>${words.text}</span></span
  >`
}

function rates(state: MessagesState): TemplateResult | typeof nothing {
  const { recordsPerSecond, bytesPerSecond } = rateOf(state)
  if (state.recordsRead === 0 || (!isRunning(state.phase) && recordsPerSecond === 0)) return nothing
  return html`<span class="wide"
    >${shortCount(Math.round(recordsPerSecond))} records/s,
    ${bytes(Math.round(bytesPerSecond))}/s</span
  >`
}

/** Of a reading that reached its end: over all of it, however short it was. */
function rateOf(state: MessagesState): Pick<MessagesState, 'recordsPerSecond' | 'bytesPerSecond'> {
  const { phase: now, startedAt, endedAt, recordsRead, bytesRead } = state
  if (now !== 'done' || startedAt === undefined || endedAt === undefined) return state
  const seconds = Math.max(1, endedAt - startedAt) / 1000
  return { recordsPerSecond: recordsRead / seconds, bytesPerSecond: bytesRead / seconds }
}

function meters({ progress, phase: now }: MessagesState): TemplateResult {
  const done = progress.filter(({ percent }) => percent === 100).length
  const all = plural(progress.length, 'partition')
  const words =
    done === progress.length
      ? now === 'following'
        ? 'all at the end'
        : `${count(done)} of ${all}`
      : `${count(done)} of ${all} at the end`
  if (progress.length > MOST_SEGMENTS) return html`${words}`
  return html`<span class="parts" role="img" aria-label=${words}
      >${progress.map(
        partition =>
          html`<i
            class=${partition.problem ? 'x' : ''}
            data-percent=${partition.percent ?? 0}
            title=${segmentWords(partition)}
          ></i>`,
      )}</span
    ><span class="wide" aria-hidden="true">${words}</span>`
}

function segmentWords(partition: PartitionState): string {
  const { percent, position, highWatermark, problem } = partition
  const place =
    position === undefined || highWatermark === undefined
      ? ''
      : `, at offset ${count(BigInt(position))} of ${count(BigInt(highWatermark))}`
  const how = problem?.message ?? (percent === undefined ? 'not known' : `${percent} %`)
  return `partition ${partition.partition}: ${how}${place}`
}
