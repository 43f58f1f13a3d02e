import { html, nothing, type TemplateResult } from 'lit'
import { duration, plural } from '../../lag/format.ts'
import type { MessagesState, PartitionState } from '../../protocol/messages.ts'
import { icon } from '../kit/icon.ts'
import type { Actions } from './actions.ts'
import { nextTry } from './silence.ts'

/** What stands in the way or should be known, above the rows while they stay. */
export function banner(
  state: MessagesState,
  now: number,
  actions: Actions,
): TemplateResult | typeof nothing {
  const sick = state.progress.filter(({ problem }) => problem)
  if (state.problem && state.phase === 'failed')
    return state.count > 0
      ? alert('', 'error', problemText(state.problem), tryAgain(actions))
      : nothing
  if (sick.length > 0)
    return alert(
      'warning',
      'warning',
      html`${partitionWords(sick, state.progress.length)}${nextWords(nextTry(sick), now)}`,
      log(actions),
    )
  if (state.problem) return alert('warning', 'warning', problemText(state.problem), log(actions))
  return state.notice === undefined ? nothing : alert('note', 'info', html`${state.notice}`)
}

interface Told {
  readonly message: string
  readonly advice?: string
}

export function problemText({ message, advice }: Told): TemplateResult {
  return html`<b>${message}</b>${advice === undefined ? '' : ` ${advice}`}`
}

function partitionWords(sick: readonly PartitionState[], all: number): TemplateResult {
  const [first] = sick
  const rest = all - sick.length
  const isSame = sick.every(({ problem }) => problem?.message === first?.problem?.message)
  const isAll = rest === 0 && isSame
  const more = sick.length > 1 && !isAll ? ` So for ${plural(sick.length, 'partition')}.` : ''
  const others =
    rest > 0 ? ` The other ${rest === 1 ? 'partition goes' : `${rest} partitions go`} on.` : ''
  return html`${first?.problem ? problemText(first.problem) : nothing}${more}${others}`
}

/** What happens by itself, and when. */
function nextWords(at: number | undefined, now: number): TemplateResult | typeof nothing {
  if (at === undefined) return nothing
  const left = Math.ceil((at - now) / 1000) * 1000
  return html`<span aria-live="off">
    ${left > 0 ? html`Next try in <span class="tabular">${duration(left)}</span>.` : 'Trying again now.'}</span
  >`
}

function alert(
  tone: string,
  name: string,
  text: TemplateResult,
  links: TemplateResult | typeof nothing = nothing,
): TemplateResult {
  return html`<div class="banner ${tone}" role="alert">
    ${icon(name)}<span class="cut">${text}</span><span class="grow"></span>${links}
  </div>`
}

function log(actions: Actions): TemplateResult {
  return html`<button class="link hide2" @click=${() => actions.showLog()}>Show log</button>`
}

function tryAgain(actions: Actions): TemplateResult {
  return html`<button class="link" @click=${() => actions.start()}>Try again</button>
    <span class="sep hide2"></span>${log(actions)}`
}
