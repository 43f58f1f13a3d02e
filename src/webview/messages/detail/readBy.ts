import { html, nothing, type TemplateResult } from 'lit'
import { problemOf, type Problem } from '../../../base/problem.ts'
import { timeOfDay } from '../../../lag/format.ts'
import type { MessagesHost, ReadBy, RecordName } from '../../../protocol/messages.ts'
import type { Host } from '../../kit/host.ts'
import { icon } from '../../kit/icon.ts'
import { ask } from './elements.ts'
import { groupsRead, readByWords, type GroupRead } from './words.ts'

/**
 * Which groups have passed the record. Asks the coordinators only when a person opens the section
 * or wants it looked at now; what they said of a partition holds for its other records.
 */
export interface ReadBySection {
  look(name: RecordName): void
  /** Another topic or cluster: what was known holds no longer. */
  forget(): void
  summary(name: RecordName): string
  body(name: RecordName): TemplateResult
}

interface Known {
  readonly at: number
  readonly answer: ReadBy
}

export function createReadBy(
  host: Pick<Host<MessagesHost>, 'request'>,
  onChange: () => void,
): ReadBySection {
  const known = new Map<number, Known>()
  let asking: { readonly partition: number; readonly end: AbortController } | undefined

  const look = async (name: RecordName) => {
    asking?.end.abort()
    const now = { partition: name.partition, end: new AbortController() }
    asking = now
    onChange()
    const answer = await host
      .request('readBy', name, { signal: now.end.signal })
      .catch((error: unknown): ReadBy => ({ groups: [], problem: problemOf(error) }))
    if (asking !== now) return
    asking = undefined
    known.set(name.partition, { at: Date.now(), answer })
    onChange()
  }

  const openLag = (group: string, name: RecordName) => {
    ask(host.request('openLag', { group, ...name }))
  }

  const lookNow = (name: RecordName) =>
    html`<button class="link" @click=${() => void look(name)}>Look now</button>`

  return {
    look: name => void look(name),
    forget() {
      asking?.end.abort()
      asking = undefined
      known.clear()
    },
    summary(name) {
      const found = known.get(name.partition)
      return found && !found.answer.problem
        ? readByWords(groupsRead(found.answer, name.offset))
        : ''
    },
    body(name) {
      if (asking?.partition === name.partition)
        return html`<p class="dim">Asking the coordinators…</p>`
      const found = known.get(name.partition)
      if (!found)
        return html`<p class="dim">The groups are asked when you want to know. ${lookNow(name)}</p>`
      const { answer, at } = found
      const groups = groupsRead(answer, name.offset)
      return html`${
          groups.length === 0
            ? emptyOrProblem(answer.problem)
            : html`<dl class="kv">
                ${groups.map(group => groupRow(group, () => openLag(group.group, name)))}
              </dl>`
        }
        ${groups.length > 0 && answer.problem ? problemLine(answer.problem) : nothing}
        <p class="dim">As of ${timeOfDay(at)}. ${lookNow(name)}</p>`
    },
  }
}

function groupRow({ group, passed, words }: GroupRead, open: () => void): TemplateResult {
  const sign = passed === undefined ? 'question' : passed ? 'check' : 'circle-large-outline'
  return html`<dt>
      <button class="link cut" title="Open the lag of ${group}" @click=${open}>${group}</button>
    </dt>
    <dd>${icon(sign, 'small')} ${words}</dd>`
}

function emptyOrProblem(problem: Problem | undefined): TemplateResult {
  return problem
    ? problemLine(problem)
    : html`<p>No group has committed an offset in this partition.</p>`
}

function problemLine({ message, advice }: Problem): TemplateResult {
  return html`<p class="trouble">
    ${icon('warning', 'warn')}<span>${message} ${advice ?? ''}</span>
  </p>`
}
