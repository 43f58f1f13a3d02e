import { visible } from '../base/visible.ts'
import type { ProblemReport } from '../language/report.ts'
import { failureText, reasonOf } from './failure.ts'
import {
  isWrong,
  nameOf,
  totalsOf,
  type BlockOutcome,
  type FileOutcome,
  type RunOutcome,
} from './outcome.ts'
import { counted, lasting, numbersOf, sentencesOf } from './words.ts'

/** How a run is told to people. */
export interface TextOptions {
  /** Escape sequences of a terminal. */
  readonly colours: boolean
  /** `quiet`: only what is wrong. `verbose`: captures, warnings and notices as well. */
  readonly detail: 'quiet' | 'normal' | 'verbose'
}

/** Pieces of the report, each with its line ends; empty where there is nothing to say. */
export interface TextReport {
  /** Before a file's first block. */
  head(file: string): string
  block(file: string, block: BlockOutcome): string
  /** After a file's last block: what is about the file as a whole. */
  tail(file: FileOutcome): string
  /** After all files. */
  totals(run: RunOutcome): string
}

export function textReport({ colours, detail }: TextOptions): TextReport {
  const paint = colours ? painted : plain
  const quiet = detail === 'quiet'
  return {
    head: file => (quiet ? '' : `${paint('bold', visible(file))}\n`),
    block(file, block) {
      if (!isWrong(block)) return quiet ? '' : goodBlock(block, detail === 'verbose', paint)
      const [head = '', ...rest] = failureText(file, block).split('\n')
      const lines = [`${paint('red', mark(block))} ${paint('red', head)}`, ...rest]
      return lines.map(line => `${quiet ? '' : '  '}${line}\n`).join('')
    },
    tail(file) {
      const shown = file.problems.filter(
        ({ severity }) => severity === 'error' || detail === 'verbose',
      )
      const lines = shown.map(problem => problemLine(file.file, problem, paint))
      for (const problem of [file.refusal?.problem, file.endedEarly]) {
        if (problem)
          lines.push(paint('red', `${visible(file.file)}: ${visible(sentencesOf(problem))}`))
      }
      return lines.map(line => `${quiet ? '' : '  '}${line}\n`).join('')
    },
    totals: run => (quiet ? '' : `${totalsLine(run, paint)}\n`),
  }
}

type Colour = 'red' | 'green' | 'yellow' | 'dim' | 'bold'
type Paint = (colour: Colour, text: string) => string

const CODES: Readonly<Record<Colour, readonly [on: number, off: number]>> = {
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
  dim: [2, 22],
  bold: [1, 22],
}

function painted(colour: Colour, text: string): string {
  const [on, off] = CODES[colour]
  return `\u001b[${on}m${text}\u001b[${off}m`
}

function plain(_: Colour, text: string): string {
  return text
}

function mark({ result }: BlockOutcome): string {
  return { passed: '✓', failed: '✗', refused: '✗', stopped: '■', skipped: '–' }[result.status]
}

function goodBlock(block: BlockOutcome, verbose: boolean, paint: Paint): string {
  const { result } = block
  const name = `${visible(nameOf(block))}${(block.label ?? block.group) ? '' : ` (line ${block.line})`}`
  const line =
    result.status === 'skipped'
      ? paint('yellow', `${mark(block)} ${name}  skipped: ${reasonOf(block)}`)
      : `${paint('green', mark(block))} ${name}  ${paint('dim', visible(numbersOf(result)))}`
  const notes = [
    ...(result.notice === undefined || result.status === 'skipped'
      ? []
      : [`note: ${result.notice}`]),
    ...(verbose ? result.captures.map(([key, value]) => `${key} = ${value}`) : []),
  ]
  return [`  ${line}\n`, ...notes.map(note => `      ${paint('dim', visible(note))}\n`)].join('')
}

function problemLine(
  file: string,
  { line, column, severity, code, message }: ProblemReport,
  paint: Paint,
): string {
  const text = `${visible(file)}:${line}:${column}  ${severity} ${code} ${visible(message)}`
  return paint(severity === 'error' ? 'red' : 'yellow', text)
}

function totalsLine({ files, milliseconds }: RunOutcome, paint: Paint): string {
  const { passed, failed, skipped, refused, stopped } = totalsOf(files.flatMap(each => each.blocks))
  const broken = files.filter(isBroken).length
  const part = (colour: Colour, n: number, word: string) =>
    n === 0 ? [] : [paint(colour, `${n} ${word}`)]
  const parts = [
    paint(passed > 0 ? 'green' : 'dim', `${passed} passed`),
    ...part('red', failed, 'failed'),
    ...part('red', refused, 'cannot run'),
    ...part('red', stopped, 'stopped'),
    ...part('yellow', skipped, 'skipped'),
  ]
  const not = broken === 0 ? '' : paint('red', ` (${broken} not run)`)
  const blocks = `${counted(files.length, 'file')}${not}: ${parts.join(', ')}`
  return `${blocks} · ${lasting(milliseconds)}`
}

function isBroken({ problems, refusal }: FileOutcome): boolean {
  return refusal !== undefined || problems.some(({ severity }) => severity === 'error')
}
