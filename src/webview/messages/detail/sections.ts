import { html, nothing, type TemplateResult } from 'lit'
import { bytes, count, NONE } from '../../../lag/format.ts'
import type { Cell, RecordDetail } from '../../../protocol/messages.ts'
import { icon } from '../../kit/icon.ts'
import { dayAndTime } from '../words.ts'
import { decodingLabel, zoneOf } from './words.ts'

/** The parts of the pane, by the names that the layout keeps. */
export type SectionName = 'value' | 'key' | 'headers' | 'readBy' | 'metadata'

export interface Section {
  readonly name: SectionName
  readonly title: string
  /** Beside the heading. */
  readonly extra?: unknown
  body(): unknown
}

export function sectionView(section: Section, open: boolean, toggle: () => void): TemplateResult {
  const { name, title, extra = nothing } = section
  return html`<section class="sec" data-section=${name}>
    <div class="head">
      <h2>
        <button
          class="fold"
          aria-expanded=${open ? 'true' : 'false'}
          aria-controls="sec-${name}"
          @click=${toggle}
        >
          ${icon(open ? 'chevron-down' : 'chevron-right')}${title}
        </button>
      </h2>
      ${extra}
    </div>
    <div id="sec-${name}" ?hidden=${!open}>${open ? section.body() : nothing}</div>
  </section>`
}

export function headersBody({ headers }: RecordDetail): TemplateResult {
  if (headers.length === 0) return html`<p class="dim">no headers</p>`
  return html`<dl class="kv">
    ${headers.map(
      ({ name, value }) =>
        html`<dt title=${name}>${name === '' ? html`<i>no name</i>` : name}</dt>
          <dd class="wrap">${cellView(value)}</dd>`,
    )}
  </dl>`
}

function cellView(cell: Cell): TemplateResult {
  switch (cell.kind) {
    case 'null':
      return html`<span class="mono tok-word">null</span>`
    case 'error':
      return html`${icon('error', 'bad small')} ${cell.text}
        <span class="mono dim">${cell.bytes}</span>`
    case 'text':
    case 'json':
      return cell.text === ''
        ? html`<span class="dim">empty</span>`
        : html`<span class="mono">${cell.text}</span>`
    case 'binary':
      return html`<span class="mono dim">${cell.text}</span>`
  }
}

export function metadataBody(detail: RecordDetail): TemplateResult {
  const { timestamp, partition, offset, size, key, value, headers } = detail
  const parts = `${partWords(key.bytes)} key, ${partWords(value.bytes)} value`
  const rows: readonly (readonly [string, string])[] = [
    ...(timestamp === undefined
      ? [['Time', 'the record carries none'] as const]
      : [
          ['Time', `${dayAndTime(timestamp)} ${zoneOf(timestamp)}`] as const,
          ['UTC', new Date(timestamp).toISOString()] as const,
          ['Timestamp', `${timestamp} ms`] as const,
        ]),
    ['Topic', detail.topic],
    ['Partition', String(partition)],
    ['Offset', count(BigInt(offset))],
    ['Size', `${bytes(size)}: ${parts}${headers.length > 0 ? ', and headers' : ''}`],
    ['Key format', decodingLabel(key.format)],
    ['Value format', decodingLabel(value.format)],
  ]
  return html`<dl class="kv">
    ${rows.map(
      ([name, text]) =>
        html`<dt>${name}</dt>
          <dd class="wrap tabular">${text}</dd>`,
    )}
  </dl>`
}

function partWords(size: number): string {
  return size < 0 ? NONE : bytes(size)
}
