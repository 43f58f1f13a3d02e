import { casesOf, type TestCase } from './cases.ts'
import type { RunOutcome } from './outcome.ts'

/** A run in the Test Anything Protocol, version 14: a test point for each case of each file. */
export function tapReport(run: RunOutcome): string {
  const cases = run.files.flatMap(casesOf)
  const lines = cases.flatMap((each, index) => caseLines(each, index + 1))
  return ['TAP version 14', `1..${cases.length}`, ...lines, ''].join('\n')
}

function caseLines(each: TestCase, number: number): readonly string[] {
  const { outcome } = each
  const point = `${number} - ${escaped(`${each.file} ${each.name}`)}`
  switch (outcome.kind) {
    case 'passed':
      return [`ok ${point}`, ...diagnostics(each, {})]
    case 'skipped':
      return [`ok ${point} # SKIP ${escaped(outcome.reason)}`]
    case 'failure':
    case 'error': {
      const { kind, code, message, text } = outcome
      return [`not ok ${point}`, ...diagnostics(each, { message, severity: kind, code }, text)]
    }
  }
}

/** A line break would end the test point, and `#` begin a directive. */
function escaped(text: string): string {
  return text
    .replaceAll('\\', '\\\\')
    .replaceAll('#', '\\#')
    .replaceAll(/[\r\n]+/g, ' ')
}

/** A block of YAML; quoted texts as JSON, which YAML understands. */
function diagnostics(
  { file, line, column, milliseconds }: TestCase,
  more: Readonly<Record<string, string>>,
  text?: string,
): readonly string[] {
  return [
    '  ---',
    ...Object.entries(more).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    `  file: ${JSON.stringify(file)}`,
    ...(line === undefined ? [] : [`  line: ${line}`, `  column: ${column ?? 1}`]),
    `  duration_ms: ${Math.round(milliseconds)}`,
    ...(text === undefined ? [] : [`  report: ${JSON.stringify(text)}`]),
    '  ...',
  ]
}
