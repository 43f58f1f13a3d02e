import { open } from 'node:fs/promises'
import { resolve } from 'node:path'
import { LARGEST_TEXT, TOO_LARGE } from '../language/limits.ts'
import { reportOf, type FileReport, type ProblemReport } from '../language/report.ts'
import { newExpressionCheck } from '../run/expressionCheck.ts'
import { findFiles, STANDARD_INPUT } from './files.ts'
import { EXIT, type Terminal } from './terminal.ts'

type Content = { readonly text: string } | { readonly refused: string; readonly exit: number }

/**
 * `kafkafile check`: parses and checks files without a cluster. The exit code is 2 where a file
 * has an error, 1 where an argument names nothing; the highest wins.
 */
export async function check(
  args: readonly string[],
  options: { readonly json: boolean },
  terminal: Terminal,
): Promise<number> {
  const { files, missing } = await findFiles(args.length > 0 ? args : ['.'], terminal.folder)
  for (const message of missing) terminal.complain(`kafkafile: ${message}\n`)
  const knowledge = { checkExpression: newExpressionCheck() }
  let exit: number = missing.length > 0 ? EXIT.badOptions : EXIT.passed
  const totals = { files: 0, error: 0, warning: 0, information: 0 }
  for (const name of files) {
    const content = await contentOf(name, terminal)
    if ('refused' in content) {
      terminal.complain(`kafkafile: ${content.refused}\n`)
      exit = Math.max(exit, content.exit)
      continue
    }
    const report = reportOf(name, content.text, knowledge)
    totals.files++
    for (const problem of report.problems) totals[problem.severity]++
    if (report.problems.some(problem => problem.severity === 'error')) exit = EXIT.invalid
    await terminal.print(options.json ? `${JSON.stringify(report)}\n` : readable(report))
  }
  if (!options.json) await terminal.print(`${summary(totals)}\n`)
  return exit
}

async function contentOf(name: string, terminal: Terminal): Promise<Content> {
  try {
    const bytes =
      name === STANDARD_INPUT ? await readAll(terminal.input) : await readFile(terminal, name)
    if (bytes) return { text: decoded(bytes) }
    return {
      refused: `${name}: ${TOO_LARGE}`,
      exit: EXIT.invalid,
    }
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error)
    return { refused: `${name}: cannot be read: ${why}.`, exit: EXIT.badOptions }
  }
}

/** UTF-8, or UTF-16 where a byte order mark says so; the mark is not part of the text. */
function decoded(bytes: Uint8Array): string {
  const [first, second] = bytes
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes)
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes)
  return new TextDecoder().decode(bytes)
}

/** `undefined`: too large. */
async function readFile(terminal: Terminal, name: string): Promise<Uint8Array | undefined> {
  const file = await open(resolve(terminal.folder, name))
  try {
    const { size } = await file.stat()
    if (size > LARGEST_TEXT) return undefined
    return await readAll(file.createReadStream({ autoClose: false }))
  } finally {
    await file.close()
  }
}

/** `undefined`: too large. A device or a pipe says no size beforehand. */
async function readAll(input: AsyncIterable<unknown>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of input) {
    if (!(chunk instanceof Uint8Array)) continue
    size += chunk.length
    if (size > LARGEST_TEXT) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, size)
}

function readable(report: FileReport): string {
  return report.problems.map(problem => `${lineOf(report.file, problem)}\n`).join('')
}

function lineOf(file: string, { line, column, severity, code, message }: ProblemReport): string {
  return `${file}:${line}:${column} ${severity} ${code} ${message}`
}

function summary(totals: {
  readonly files: number
  readonly error: number
  readonly warning: number
}): string {
  const counted = (count: number, word: string) => `${count} ${word}${count === 1 ? '' : 's'}`
  return `${counted(totals.files, 'file')}, ${counted(totals.error, 'error')}, ${counted(totals.warning, 'warning')}`
}
