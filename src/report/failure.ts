import { visible } from '../base/visible.ts'
import type { Difference, ExpectFailure } from '../run/results.ts'
import { nameOf, type BlockOutcome } from './outcome.ts'
import { counted, numbersOf } from './words.ts'

/**
 * Why a block did not pass, as it reads in the editor, the terminal and JUnit alike (kafka-file
 * specification, section 6). Without a line end after its last line.
 */
export function failureText(file: string, block: BlockOutcome): string {
  return `${visible(file)}:${block.line}:${block.column}  ${failureThere(block)}`
}

/** The same for who sees it at its place. */
export function failureThere(block: BlockOutcome): string {
  const { notice } = block.result
  return [
    `${visible(nameOf(block))} — ${reasonOf(block)}`,
    ...moreOf(block),
    ...(notice === undefined ? [] : [`  note: ${visible(notice)}`]),
  ].join('\n')
}

/** In a sentence: `no matching record within 15s`. */
export function reasonOf({ result }: BlockOutcome): string {
  const { failure, problem, notice, status } = result
  const left = status === 'skipped' ? notice : undefined
  return visible(failure?.message ?? problem?.message ?? left ?? WORDS[status])
}

const WORDS = {
  passed: 'passed',
  failed: 'failed',
  skipped: 'skipped',
  stopped: 'stopped',
  refused: 'cannot run',
} as const

function moreOf({ result }: BlockOutcome): readonly string[] {
  if (result.failure) return expectationLines(result.failure)
  const { problem, details } = result
  const produced = details.kind === 'produced' ? details : undefined
  const sent = produced && produced.sent > 0 ? numbersOf(result) : undefined
  const others = (produced?.failures ?? []).map(({ message }) => message)
  return [problem?.advice, problem?.detail, sent, ...others.slice(0, FAILURES_SHOWN)].flatMap(
    text => (text === undefined || text === problem?.message ? [] : [`  ${visible(text)}`]),
  )
}

/** Of many records that could not be sent, most for the same reason. */
const FAILURES_SHOWN = 3

function expectationLines({ read, closest, undecodable, failures }: ExpectFailure): string[] {
  const lines = [`  ${visible(read)}`]
  if (closest) {
    const { partition, offset, key, why, differences } = closest
    const place = `partition ${partition} offset ${offset}, key ${visible(key)}`
    lines.push(`  closest: ${place} (${visible(why)})`, ...differenceLines(differences))
  }
  for (const [what, told] of [
    ['undecodable', undecodable],
    ['not evaluated', failures],
  ] as const) {
    if (told)
      lines.push(`  ${what}: ${counted(told.count, 'record')} (${withoutFullStop(told.first)})`)
  }
  return lines
}

function withoutFullStop(text: string): string {
  return visible(text).replace(/\.$/, '')
}

/** Longer ones push their own line to the right, not all the others. */
const WIDEST = 40

function differenceLines(differences: readonly Difference[]): string[] {
  const rows = differences.map(({ path, expected, actual }) => [
    visible(path),
    `expected ${visible(expected)}`,
    `got ${visible(actual)}`,
  ])
  const width = (column: number) =>
    Math.min(WIDEST, Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const [paths, expectations] = [width(0) + 4, width(1) + 3]
  return rows.map(([path = '', expected = '', got = '']) =>
    `     ${padded(path, paths)}${padded(expected, expectations)}${got}`.trimEnd(),
  )
}

function padded(text: string, width: number): string {
  return text.length < width ? text.padEnd(width) : `${text}  `
}
