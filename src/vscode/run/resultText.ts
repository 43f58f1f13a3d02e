import type { Problem } from '../../base/problem.ts'
import type { ProduceOutcome } from '../../kafka/cluster.ts'
import { count } from '../../lag/format.ts'
import { lasting, numbersOf } from '../../report/words.ts'
import type { ProduceResult } from '../../run/events.ts'
import { CANCELLED, type BlockResult } from '../../run/results.ts'
import type { BlockState, ManyTotals } from './blockState.ts'

export interface InlineResult {
  readonly tone: 'good' | 'bad' | 'busy'
  readonly text: string
  /** Markdown, shown on hover. */
  readonly details?: string
}

/** What stands behind a block's header line; undefined: nothing to tell. Empty: only on hover. */
export function inlineResult(state: BlockState): InlineResult | undefined {
  const result = resultOfState(state)
  return result?.tone === 'bad' && state.inTesting ? { ...result, text: '' } : result
}

function resultOfState(state: BlockState): InlineResult | undefined {
  switch (state.kind) {
    case 'connecting':
    case 'sending':
      return undefined
    case 'running':
      return state.text === undefined ? undefined : { tone: 'busy', text: state.text }
    case 'ended':
      return endedOf(state.result, state.told)
    case 'produced':
      return resultOf(state.result)
    case 'sendingMany':
      return { tone: 'busy', text: `${progressOf(state.totals)}…` }
    case 'producedMany':
      return manyOf(state.totals, state.stopped)
    case 'scheduled':
      if (!state.last) return undefined
      return {
        ...lastOf(state.last),
        tone: toneOf(state.last),
        text: `${count(state.sent)} sent · ${summary(state.last)}`,
      }
    case 'stopped':
      return { ...lastOf(state.last), tone: 'good', text: `stopped after ${records(state.sent)}` }
    case 'failed':
      return {
        tone: 'bad',
        text: `✗ ${oneLine(state.problem.message)}`,
        details: detailsOfProblem(state.problem),
      }
  }
}

/** `✓ partition 2 · offset 881 · latency 14 ms`, `✗ no matching record within 15s · closest: …`. */
function endedOf(result: BlockResult, told: string): InlineResult {
  const details = fenced(told)
  const { failure, problem, notice } = result
  switch (result.status) {
    case 'passed':
      return { tone: 'good', text: `✓ ${passedOf(result)}`, details }
    case 'skipped':
      return { tone: 'good', text: oneLine(`– skipped · ${notice ?? ''}`), details }
    case 'stopped':
      return { tone: 'good', text: stoppedOf(problem), details }
    case 'failed':
    case 'refused':
      return {
        tone: 'bad',
        text: oneLine(`✗ ${failure ? failedOf(result) : (problem?.message ?? result.status)}`),
        details,
      }
  }
}

/** `– not sent: cancelled` is what somebody wanted: neither good nor bad. */
function stoppedOf(problem: Problem | undefined): string {
  if (problem?.code !== CANCELLED) return 'stopped'
  const [first = '', ...rest] = problem.message.replace(/\.$/, '')
  return `– ${first.toLowerCase()}${rest.join('')}`
}

/** In short: the numbers that the hover tells besides are left out. */
function passedOf(result: BlockResult): string {
  const { details, milliseconds } = result
  if (details.kind !== 'expected') return numbersOf(result)
  const { record, matched, read } = details
  if (!record) return `no record matched · ${records(read)} read · ${lasting(milliseconds)}`
  const { partition, offset, latency } = record
  return [
    ...(matched > 1 ? [records(matched)] : []),
    `partition ${partition}`,
    `offset ${count(offset)}`,
    latency === undefined ? lasting(milliseconds) : `latency ${lasting(latency)}`,
  ].join(' · ')
}

/** What was expected, and what came closest to it. */
function failedOf({ failure, details }: BlockResult): string {
  const message = failure?.message ?? ''
  const [first, ...others] = failure?.closest?.differences ?? []
  if (first) {
    const more = others.length > 0 ? `, ${others.length} more` : ''
    return `${message} · closest: ${first.path} expected ${first.expected} got ${first.actual}${more}`
  }
  if (details.kind === 'group')
    return `${message} · lag ${details.lag === undefined ? 'unknown' : count(details.lag)}`
  return message
}

/** As it stands, whatever is in it. */
function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}text\n${text}\n${fence}`
}

/** `12,000 records · 40,000 per second`. */
function progressOf({ acknowledged, milliseconds }: ManyTotals): string {
  const perSecond = milliseconds > 0 ? Math.round((acknowledged * 1000) / milliseconds) : 0
  return [records(acknowledged), ...(perSecond > 0 ? [`${count(perSecond)} per second`] : [])].join(
    ' · ',
  )
}

function manyOf(totals: ManyTotals, isStopped: boolean): InlineResult {
  const { failed, failures, acknowledged } = totals
  const stopped = isStopped ? 'stopped after ' : ''
  const details = detailsOfTotals(totals)
  if (failed === 0)
    return { tone: 'good', text: `${isStopped ? stopped : '✓ '}${progressOf(totals)}`, details }
  const first = oneLine(failures[0]?.message ?? '')
  const of = records(acknowledged + failed)
  return {
    tone: 'bad',
    text: `✗ ${stopped}${count(failed)} of ${of} not written: ${first}`,
    details,
  }
}

function detailsOfTotals({ topic, acknowledged, failed, failures, last }: ManyTotals): string {
  const rest = failed - failures.length
  const place = last ? placeOf(last.outcome).join(', ') : undefined
  return [
    `**${escaped(topic)}**, ${records(acknowledged)}${place === undefined ? '' : `, the last in ${place}`}`,
    ...failures.map(({ message }) => `- ${escaped(message)}`),
    ...(rest > 0 ? [`- and ${count(rest)} more`] : []),
  ].join('\n\n')
}

function lastOf(last: ProduceResult | undefined): { readonly details?: string } {
  return last ? { details: detailsOf(last) } : {}
}

function resultOf(result: ProduceResult): InlineResult {
  const tone = toneOf(result)
  const sign = tone === 'good' ? '✓' : '✗'
  return { tone, text: `${sign} ${summary(result)}`, details: detailsOf(result) }
}

function toneOf({ outcomes }: ProduceResult): 'good' | 'bad' {
  return outcomes.some(({ problem }) => problem) ? 'bad' : 'good'
}

/** `partition 2 · offset 881 · 14 ms`, `10 records · 6 partitions · 14 ms`, or what failed. */
function summary(result: ProduceResult | undefined): string {
  if (!result) return ''
  const failed = result.outcomes.filter(({ problem }) => problem)
  const problem = failed[0]?.problem
  if (problem) {
    const which =
      failed.length === result.outcomes.length || result.outcomes.length === 1
        ? ''
        : `${count(failed.length)} of ${records(result.outcomes.length)} not written: `
    return `${which}${oneLine(problem.message)}`
  }
  const time = `${Math.round(result.milliseconds)}\u00a0ms`
  const [only] = result.outcomes
  if (only && result.outcomes.length === 1) return [...placeOf(only), time].join(' · ')
  return [records(result.outcomes.length), partitionsOf(result), time].join(' · ')
}

function placeOf({ partition, offset }: ProduceOutcome): string[] {
  return [
    ...(partition === undefined ? [] : [`partition ${partition}`]),
    offset === undefined ? 'sent' : `offset ${count(offset)}`,
  ]
}

function partitionsOf({ outcomes }: ProduceResult): string {
  const partitions = new Set(outcomes.map(({ partition }) => partition))
  const [only] = partitions
  return partitions.size === 1 ? `partition ${only ?? '?'}` : `${partitions.size} partitions`
}

function records(n: number): string {
  return `${count(n)} ${n === 1 ? 'record' : 'records'}`
}

/** Outcomes that a hover lists; the others are counted. */
const MOST_LISTED = 20

function detailsOf({ topic, outcomes, milliseconds }: ProduceResult): string {
  const rows = outcomes.slice(0, MOST_LISTED).map(({ partition, offset, problem }, index) => {
    const place = `| ${index + 1} | ${partition ?? '–'} | ${offset === undefined ? '–' : count(offset)} |`
    return `${place} ${problem ? escaped(problem.message) : 'written'} |`
  })
  const rest = outcomes.length - rows.length
  return [
    `**${escaped(topic)}**, ${records(outcomes.length)}, ${Math.round(milliseconds)}\u00a0ms`,
    '',
    '| | partition | offset | |',
    '| --: | --: | --: | --- |',
    ...rows,
    ...(rest > 0 ? ['', `and ${count(rest)} more`] : []),
  ].join('\n')
}

function detailsOfProblem({ message, advice, detail }: Problem): string {
  return [message, advice, detail]
    .filter(text => text !== undefined)
    .map(escaped)
    .join('\n\n')
}

function escaped(text: string): string {
  return text.replace(/[\\`*_{}[\]()#+\-!|<>]/g, '\\$&').replace(/\s+/g, ' ')
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ')
  return line.length > 160 ? `${line.slice(0, 159)}…` : line
}
