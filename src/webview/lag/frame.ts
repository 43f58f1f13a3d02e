import { html, nothing, type TemplateResult } from 'lit'
import { count, duration, signedRate, timeOfDay } from '../../lag/format.ts'
import { partitionName, type GroupReading } from '../../lag/reading.ts'
import type { Tone } from '../../lag/verdict.ts'
import { summarize, typeWords, type Mention } from '../../lag/words.ts'
import { icon } from '../kit/icon.ts'
import { isStale, type Actions, type View } from './view.ts'

const INTERVALS = [1000, 2000, 5000, 10_000, 30_000]
/** Before this nothing says that it is asking: most answers are faster. */
const ASKING_SHOWS = 300
const WAITING_SHOWS = 2000

export function toolbar(view: View, actions: Actions): TemplateResult {
  const { state, reading } = view
  const sub = [state.cluster, ...(reading ? [typeWords(reading)] : [])].join(' · ')
  return html`<div class="title">
      ${icon('pulse')}
      <h1 class="cut" title=${state.groupId}>${state.groupId}</h1>
      <span class="dim hide cut">${sub}</span>
    </div>
    <span class="grow"></span>
    <span class="asof tabular" role="timer" aria-live="off">${asOf(view)}</span>
    ${interval(state.interval, actions)} ${pauseButton(state.paused, actions)}
    ${button('refresh', 'Look now', 'R', actions.lookNow)}
    ${
      reading
        ? html`<span class="sep hide2"></span>
            ${button('copy', 'Copy as text', 'Ctrl+C', () => actions.copy())}
            ${button('go-to-file', 'Open in an editor', '', actions.openInEditor)}`
        : nothing
    }`
}

function asOf(view: View): string {
  const { reading, state, now } = view
  if (!reading) return state.paused ? 'paused' : ''
  const time = `as of ${timeOfDay(reading.at)}`
  if (isStale(view)) return `${time}, ${duration(now - reading.at)} old`
  return state.paused ? `paused, ${time}` : time
}

function interval(ms: number, actions: Actions): TemplateResult {
  const choices = INTERVALS.includes(ms) ? INTERVALS : [...INTERVALS, ms].sort((a, b) => a - b)
  return html`<span class="choice hide2">
    <select
      title="How often to look"
      aria-label="How often to look"
      @change=${(event: Event) => {
        actions.setInterval(Number((event.target as HTMLSelectElement).value))
      }}
    >
      ${choices.map(
        each =>
          html`<option value=${each} .selected=${each === ms}>every ${duration(each)}</option>`,
      )}
    </select>
    ${icon('chevron-down')}
  </span>`
}

function pauseButton(paused: boolean, actions: Actions): TemplateResult {
  const label = paused ? 'Go on' : 'Pause updates'
  return html`<button
    class="ib"
    title="${label} (Space)"
    aria-label=${label}
    aria-pressed=${paused}
    @click=${() => {
      actions.pause(!paused)
    }}
  >
    ${icon(paused ? 'debug-continue' : 'debug-pause')}
  </button>`
}

function button(name: string, label: string, key: string, act: () => void): TemplateResult {
  const title = key ? `${label} (${key})` : label
  return html`<button class="ib" title=${title} aria-label=${label} @click=${act}>
    ${icon(name)}
  </button>`
}

/** The last look failed: what is wrong, what happens next, what one can do. */
export function banner(view: View, actions: Actions): TemplateResult | typeof nothing {
  const { problem, nextTryAt, paused } = view.state
  if (!problem) return nothing
  const left = nextTryAt === undefined ? undefined : Math.max(0, nextTryAt - view.now)
  const next =
    left === undefined || paused
      ? nothing
      : html` Next try in <span class="tabular">${duration(Math.ceil(left / 1000) * 1000)}</span>.`
  return html`<div class="banner" role="alert">
    ${icon('error')}
    <span class="cut" title=${problem.detail ?? ''}
      ><b>${problem.message}</b>${problem.advice ? ` ${problem.advice}` : ''}<span aria-live="off"
        >${next}</span
      ></span
    >
    <span class="grow"></span>
    <button class="link" @click=${actions.lookNow}>Try now</button>
    <span class="sep"></span>
    <button class="link" @click=${actions.showLog}>Show log</button>
  </div>`
}

/** The first two lines and the facts. */
export function summary(view: View, reading: GroupReading, actions: Actions): TemplateResult {
  const { headline, mentions, tone, icon: sign } = summarize(reading)
  const stale = isStale(view)
  const lower = headline.charAt(0).toLowerCase() + headline.slice(1).replace(':', ',')
  const verdict = stale
    ? html`${icon('debug-disconnect')}
        <h2>Unknown: ${staleReason(view)}</h2>
        <p>
          The last reading said: ${lower}. Nothing below has been checked since
          ${timeOfDay(reading.at)}.
        </p>`
    : html`${icon(sign, toneClass(tone))}
        <h2 class=${tone === 'calm' ? 'calm' : ''}>${headline}</h2>
        <p>${mentions.map((each, index) => [index > 0 ? ', ' : '', mention(each, actions)])}</p>`
  return html`<section class="summary" aria-label="Verdict">
    <div class="verdict">${verdict}</div>
    ${facts(reading, stale)}
  </section>`
}

const UNREACHABLE = new Set([
  'refused',
  'timeout',
  'no-answer',
  'unreachable',
  'unknown-host',
  'connection-failed',
  'connection-lost',
  'broker-gone',
  'closed-early',
])

function staleReason({ state }: View): string {
  return UNREACHABLE.has(state.problem?.code ?? '')
    ? 'the broker does not answer'
    : 'the last look failed'
}

export function toneClass(tone: Tone): string {
  return tone === 'calm' ? 'dim' : tone
}

function mention({ text, partition }: Mention, actions: Actions): TemplateResult {
  if (!partition) return html`${text}`
  return html`<button
    class="link"
    @click=${() => {
      actions.reveal(partitionName(partition))
    }}
  >
    ${text}
  </button>`
}

function facts(reading: GroupReading, stale: boolean): TemplateResult {
  const { maximum, members } = reading
  return html`<dl class="facts tabular">
    ${fact('Total lag', totalLag(reading, stale), slope(reading, stale))}
    ${maximum && maximum.lag > 0n ? fact('Largest lag', count(maximum.lag), partitionName(maximum)) : nothing}
    ${fact('Members', members === undefined ? '?' : count(members), stateWords(reading))}
  </dl>`
}

function fact(name: string, value: unknown, small: unknown): TemplateResult {
  return html`<div>
    <dt>${name}</dt>
    <dd>${value}<small>${small}</small></dd>
  </div>`
}

const MOVES = { rising: 'growing', falling: 'closing', flat: 'steady' }

function totalLag(
  { totalLag: total, totalIsPartial, trend }: GroupReading,
  stale: boolean,
): unknown {
  if (total === undefined) return '?'
  const text = `${totalIsPartial ? '≥ ' : ''}${count(total)}`
  if (stale || !trend || total === 0n) return text
  const { direction } = trend
  return html`<span class="arrow ${direction}" role="img" aria-label=${direction}></span> ${text}`
}

/** The direction is steadied, the rate is of now: where the two differ, the direction is said alone. */
function slope(reading: GroupReading, stale: boolean): string {
  const { produceRate, consumeRate, trend, at, totalLag: total } = reading
  if (produceRate === undefined || consumeRate === undefined || !trend) return ''
  const change = produceRate - consumeRate
  const perSecond = signedRate(change)
  if (stale) return `then ${perSecond}`
  if (total === 0n) return 'nothing unread'
  const agrees = trend.direction === 'rising' ? change >= 0.5 : change <= -0.5
  const lasting = at - trend.since >= 1000 ? ` for ${duration(at - trend.since)}` : ''
  const since = `${MOVES[trend.direction]}${lasting}`
  return trend.direction !== 'flat' && agrees ? `${perSecond}, ${since}` : since
}

function stateWords({ state, groupEpoch, problem }: GroupReading): string {
  if (problem) return problem.message
  const epoch = groupEpoch === undefined ? '' : ` · epoch ${count(groupEpoch)}`
  return `${state ?? '?'}${epoch}`
}

/** What stands there when there is no reading. */
export function blank(view: View, actions: Actions): TemplateResult | typeof nothing {
  switch (view.state.status) {
    case 'asking':
      return view.state.problem || view.state.paused ? nothing : asking(view, actions)
    case 'no-offsets':
      return noOffsets(view, actions)
    case 'unknown-group':
      return unknownGroup(view)
    case 'measured':
      return nothing
  }
}

function asking({ state, now }: View, actions: Actions): TemplateResult | typeof nothing {
  const waited = now - (state.askingSince ?? now)
  if (waited < ASKING_SHOWS) return nothing
  if (waited < WAITING_SHOWS)
    return html`<div class="empty" role="status"><p>Asking ${state.address}…</p></div>`
  return html`<div class="empty" role="status">
    <p>Waiting for ${state.address}, <span class="tabular">${duration(waited)}</span></p>
    <div class="row">
      <button
        class="btn secondary"
        @click=${() => {
          actions.pause(true)
        }}
      >
        Cancel
      </button>
    </div>
  </div>`
}

function noOffsets({ state }: View, actions: Actions): TemplateResult {
  return html`<div class="empty" role="status">
    <h1>${state.groupId} has no offsets yet</h1>
    <p>
      The group exists, and it has never committed. Start a consumer with
      <span class="mono">group.id=${state.groupId}</span>; this panel keeps looking and fills
      itself.
    </p>
    <p class="dim">
      If it should have offsets: topics that you may not DESCRIBE are left out by the broker without
      a word.
    </p>
    <div class="row">
      <button class="btn" @click=${actions.newConsumerFile}>New .kafka File with a Consumer</button>
    </div>
  </div>`
}

function unknownGroup({ state }: View): TemplateResult {
  return html`<div class="empty" role="status">
    <h1>There is no group ${state.groupId}</h1>
    <p>
      ${state.cluster} knows no group of this name: it was never there, was deleted, or its offsets
      have expired. This panel keeps looking and fills itself when a consumer starts with
      <span class="mono">group.id=${state.groupId}</span>.
    </p>
  </div>`
}
