import { count, duration, plural } from '../../../lag/format.ts'
import type { Cell, DetailPart, RecordDetail } from '../../../protocol/messages.ts'
import type { Content } from './comparison.ts'
import type { Comparison } from './jsonDiff.ts'

/** A value or key as it is compared. */
export function contentOf({ cell, cut }: DetailPart): Content {
  switch (cell.kind) {
    case 'null':
      return { text: 'null', json: true, cut: false }
    case 'json':
      return { text: cell.text, json: true, cut }
    case 'text':
      return { text: cell.text, json: false, cut }
    case 'binary':
      return { text: inLines(cell.text), json: false, cut }
    case 'error':
      return { text: `${cell.text}\n${inLines(cell.bytes)}`, json: false, cut }
  }
}

function inLines(text: string): string {
  return text.match(/.{1,64}/g)?.join('\n') ?? ''
}

/** `5 of 10 fields differ · keys differ · 2 of 2 headers same` */
export function summary(comparison: Comparison, left: RecordDetail, right: RecordDetail): string {
  const { different, compared, unit } = comparison
  const values =
    different === 0
      ? `${unit === 'field' ? 'values' : 'texts'} same`
      : `${count(different)} of ${plural(compared, unit)} ${different === 1 ? 'differs' : 'differ'}`
  const keys = isSameCell(left.key.cell, right.key.cell) ? 'keys same' : 'keys differ'
  const parts = [values, keys, headerWords(left.headers, right.headers)]
  if (left.value.cut || right.value.cut) parts.unshift('only the beginnings')
  return parts.join(' · ')
}

type Headers = RecordDetail['headers']

/** Headers are the same where name and value are, wherever they stand. */
function headerWords(left: Headers, right: Headers): string {
  const all = Math.max(left.length, right.length)
  if (all === 0) return 'no headers'
  return `${count(left.length - without(left, right).length)} of ${plural(all, 'header')} same`
}

/** Which headers only one side has: `left only: source; right only: source, trace-id`. */
export function headerDifferences(left: RecordDetail, right: RecordDetail): string {
  const sides = [
    ['left only', without(left.headers, right.headers)],
    ['right only', without(right.headers, left.headers)],
  ] as const
  return sides
    .filter(([, headers]) => headers.length > 0)
    .map(([side, headers]) => `${side}: ${headers.map(({ name }) => name).join(', ')}`)
    .join('; ')
}

/** Those of `headers` that `others` has not, or not as often. */
function without(headers: Headers, others: Headers): Headers {
  const rest = others.map(header => JSON.stringify(header))
  return headers.filter(header => {
    const at = rest.indexOf(JSON.stringify(header))
    if (at >= 0) rest.splice(at, 1)
    return at < 0
  })
}

function isSameCell(a: Cell, b: Cell): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** A key in a few words: `key o-483632`. */
export function keyWords({ key: { cell } }: RecordDetail): string {
  switch (cell.kind) {
    case 'null':
      return 'no key'
    case 'error':
      return 'key not decoded'
    case 'text':
    case 'json':
    case 'binary':
      return `key ${cell.text.slice(0, 80)}`
  }
}

/** How much later the right one was: `0.3 s later`; empty where a time is not known. */
export function laterWords(left: RecordDetail, right: RecordDetail): string {
  if (left.timestamp === undefined || right.timestamp === undefined) return ''
  const ms = right.timestamp - left.timestamp
  if (ms === 0) return 'at the same time'
  return `${gap(Math.abs(ms))} ${ms > 0 ? 'later' : 'earlier'}`
}

function gap(ms: number): string {
  if (ms < 100) return `${ms}\u00a0ms`
  return ms < 10_000 ? `${(ms / 1000).toFixed(1)}\u00a0s` : duration(ms)
}
