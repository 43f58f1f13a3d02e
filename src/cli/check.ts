import { check as findProblems } from '../language/check/check.ts'
import { parse } from '../language/parse.ts'
import { reportOfFile, type FileReport, type ProblemReport } from '../language/report.ts'
import { newCheckKnowledge } from './checkKnowledge.ts'
import { contentOf } from './fileContent.ts'
import { findFiles } from './files.ts'
import { EXIT, type Terminal } from './terminal.ts'

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
  let exit: number = missing.length > 0 ? EXIT.badOptions : EXIT.passed
  const knowledge = newCheckKnowledge(terminal, problem => {
    terminal.complain(`kafkafile: ${problem}\n`)
    exit = EXIT.invalid
  })
  const totals = { files: 0, error: 0, warning: 0, information: 0 }
  for (const name of files) {
    const content = await contentOf(name, terminal)
    if ('refused' in content) {
      terminal.complain(`kafkafile: ${name}: ${content.refused}\n`)
      exit = Math.max(exit, content.exit)
      continue
    }
    const { file } = parse(content.text)
    const report = reportOfFile(name, file, findProblems(file, await knowledge.of(name, file)))
    totals.files++
    for (const problem of report.problems) totals[problem.severity]++
    if (report.problems.some(problem => problem.severity === 'error')) exit = EXIT.invalid
    await terminal.print(options.json ? `${JSON.stringify(report)}\n` : readable(report))
  }
  if (!options.json) await terminal.print(`${summary(totals)}\n`)
  return exit
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
