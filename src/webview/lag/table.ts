import { html, nothing, svg, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { count, duration, NONE, plural, rate, timeOfDay, UNKNOWN } from '../../lag/format.ts'
import { partitionName, type GroupReading, type PartitionReading } from '../../lag/reading.ts'
import { lagWords, ownerWords, verdictWords } from '../../lag/words.ts'
import { icon } from '../kit/icon.ts'
import { toneClass } from './frame.ts'
import type { SortKey } from './rows.ts'
import { trendLine } from './trend.ts'
import { spanShown, type Actions, type View } from './view.ts'

const COLUMNS: readonly (readonly [key: SortKey | 'trend', title: string, classes: string])[] = [
  ['partition', 'Partition', ''],
  ['owner', 'Owner', 'opt'],
  ['committed', 'Committed', 'num wide opt'],
  ['start', 'Start', 'num wide2 opt'],
  ['end', 'End', 'num wide opt'],
  ['lag', 'Lag', 'num'],
  ['produced', 'Produced', 'num wide opt'],
  ['consumed', 'Consumed', 'num wide opt'],
  ['change', 'Last change', 'num'],
  ['trend', 'Trend', 'opt trend'],
  ['verdict', 'Verdict', 'v'],
]

/** Which rows are drawn: those in sight and some more, with the height of the others above and below. */
export interface Window {
  readonly first: number
  readonly count: number
  readonly rowHeight: number
}

export function table(
  view: View,
  reading: GroupReading,
  window: Window,
  actions: Actions,
): TemplateResult {
  const byName = new Map(reading.partitions.map(each => [partitionName(each), each]))
  const all = view.order.flatMap(name => byName.get(name) ?? [])
  const rows = all.slice(window.first, window.first + window.count)
  const tabStop = tabStopOf(view, rows)
  return html`<table
    role="grid"
    aria-label="Partitions of ${reading.groupId}, ${plural(all.length, 'partition')}"
    aria-rowcount=${all.length + 1}
  >
    <thead>
      <tr>
        ${COLUMNS.map(column => heading(column, view, reading.at, actions))}
      </tr>
    </thead>
    <tbody>
      ${spacer(window.first * window.rowHeight)}
      ${repeat(rows, partitionName, (partition, index) =>
        row(partition, window.first + index, tabStop, view, reading, actions),
      )}
      ${spacer((all.length - window.first - rows.length) * window.rowHeight)}
    </tbody>
  </table>`
}

function spacer(height: number): TemplateResult | typeof nothing {
  if (height <= 0) return nothing
  return html`<tr class="spacer" aria-hidden="true">
    <td colspan=${COLUMNS.length} height=${height}></td>
  </tr>`
}

/** The table is one tab stop: the row that had the focus, else the selected one, else the first. */
function tabStopOf({ focused, selected }: View, rows: readonly PartitionReading[]) {
  const names = rows.map(partitionName)
  return [focused, selected].find(name => name !== undefined && names.includes(name)) ?? names[0]
}

function heading(
  [key, title, classes]: (typeof COLUMNS)[number],
  view: View,
  at: number,
  actions: Actions,
): TemplateResult {
  if (key === 'trend')
    return html`<th scope="col" class=${classes}>${title}, ${duration(spanShown(view, at))}</th>`
  const { sort } = view
  const mine = sort.key === key
  const direction = sort.descending ? 'descending' : 'ascending'
  return html`<th scope="col" class=${classes} aria-sort=${mine ? direction : nothing}>
    <button
      tabindex="-1"
      @click=${() => {
        actions.sortBy(key)
      }}
    >
      ${title}${mine ? icon(sort.descending ? 'chevron-down' : 'chevron-up', 'small') : nothing}
    </button>
  </th>`
}

function row(
  partition: PartitionReading,
  index: number,
  tabStop: string | undefined,
  view: View,
  reading: GroupReading,
  actions: Actions,
): TemplateResult {
  const name = partitionName(partition)
  const { ownership } = partition
  return html`<tr
    tabindex=${name === tabStop ? 0 : -1}
    data-name=${name}
    class=${view.changed.has(name) ? 'fresh' : ''}
    aria-rowindex=${index + 2}
    aria-selected=${name === view.selected}
    @click=${() => {
      actions.select(name)
    }}
    @focus=${() => {
      actions.focusRow(name)
    }}
  >
    <td title=${name}>${name}</td>
    <td class="opt cut owner ${ownership === 'none' ? 'bad' : ''}" title=${ownerTitle(partition)}>
      <span class=${ownership === 'kept' ? 'dim' : ''}>${ownerWords(partition)}</span>
    </td>
    <td class="num wide opt">${count(partition.committedOffset)}</td>
    <td class="num wide2 opt">${count(partition.logStartOffset)}</td>
    <td class="num wide opt">${count(partition.logEndOffset)}</td>
    ${lagCell(partition)}
    <td class="num wide opt">${rate(partition.produceRate)}</td>
    <td class="num wide opt">${rate(partition.consumeRate)}</td>
    ${changeCell(partition, reading.at)}
    <td class="opt trend">${trend(partition, view, reading.at)}</td>
    ${verdictCell(partition, reading.at)}
  </tr>`
}

function ownerTitle({ owner, ownership }: PartitionReading): string {
  if (!owner) return ownership === 'none' ? 'No member of the group has this partition' : ''
  const kept = ownership === 'kept' ? ', before the rebalance that goes on now' : ''
  return `${owner.memberId} at ${owner.host}${kept}`
}

function lagCell(partition: PartitionReading): TemplateResult {
  const words = lagWords(partition)
  const title = `committed ${count(partition.committedOffset)}, end ${count(partition.logEndOffset)}`
  const bound = 'up to '
  return html`<td class="num" title=${title}>
    ${words.startsWith(bound) ? html`<span class="dim">${bound}</span>${words.slice(bound.length)}` : words}
  </td>`
}

function changeCell({ lastChange, watchedSince, verdict }: PartitionReading, at: number) {
  if (verdict.kind === 'no-commit' || verdict.kind === 'not-reported')
    return html`<td class="num">${NONE}</td>`
  if (lastChange === undefined && at === watchedSince)
    return html`<td class="num dim">${UNKNOWN}</td>`
  if (lastChange === undefined)
    return html`<td
      class="num dim"
      title="No commit since looking began at ${timeOfDay(watchedSince)}"
    >
      ≥ ${duration(at - watchedSince)}
    </td>`
  return html`<td class="num" title="Committed at ${timeOfDay(lastChange)}">
    ${lastChange === at ? 'now' : `${duration(at - lastChange)} ago`}
  </td>`
}

/** So much of what is produced is the usual distance of a consumer that keeps up, seconds. */
const USUAL_DISTANCE = 8

function trend(partition: PartitionReading, view: View, at: number): TemplateResult {
  const span = spanShown(view, at)
  const from = at - span
  const least = Math.max(1, (partition.produceRate ?? 0) * USUAL_DISTANCE)
  const line = trendLine(view.history.trend(partitionName(partition), from), from, at, least)
  if (!line)
    return html`<svg class="spark" viewBox="0 0 96 16" role="img" aria-label="no trend">
      ${svg`<path d="M0 13.5H96" stroke-dasharray="2 3"></path>`}
    </svg>`
  return html`<svg
    class="spark"
    viewBox="0 0 96 16"
    role="img"
    aria-label="lag of the last ${duration(span)}: ${line.words}"
  >
    ${svg`<path d=${line.path}></path><circle cx=${line.x} cy=${line.y} r="1.75"></circle>`}
  </svg>`
}

function verdictCell({ verdict }: PartitionReading, at: number): TemplateResult {
  const { icon: name, tone, word, why } = verdictWords(verdict, at)
  const full = why ? `${word} · ${why}` : word
  return html`<td class="v" title=${full}>
    <div>
      ${icon(name, toneClass(tone))}
      <span class="cut"
        ><span class=${verdict.kind === 'fine' ? 'dim' : ''}>${word}</span
        ><span class="why">${why ? ` · ${why}` : ''}</span></span
      >
    </div>
  </td>`
}
