import { failureText, reasonOf } from './failure.ts'
import { EXIT_OF, nameOf, type BlockOutcome, type FileOutcome } from './outcome.ts'
import { numbersOf, sentencesOf } from './words.ts'

/** What test reports count: an EXPECT, and whatever else went wrong or was left out. */
export interface TestCase {
  /** Stays the same as long as the block does; alone in its file. */
  readonly name: string
  readonly file: string
  /** Absent: it is about the file as a whole. */
  readonly line?: number
  readonly column?: number
  readonly milliseconds: number
  readonly outcome: CaseOutcome
}

export type CaseOutcome =
  /** What it did, in numbers. */
  | { readonly kind: 'passed'; readonly numbers: string }
  | { readonly kind: 'skipped'; readonly reason: string }
  /** `failure`: what was expected did not come. `error`: it could not be found out. */
  | {
      readonly kind: 'failure' | 'error'
      readonly code: string
      readonly message: string
      /** All of it, as a terminal shows it. */
      readonly text: string
    }

/**
 * The test cases of a file: each EXPECT, blocks of other kinds that did not pass or did not run, the
 * errors in its text, and what kept it from running.
 */
export function casesOf(file: FileOutcome): readonly TestCase[] {
  const cases = [
    ...file.problems.flatMap(({ severity, code, message, line, column }): TestCase[] => {
      if (severity !== 'error') return []
      const text = `${file.file}:${line}:${column}  ${code} ${message}`
      const outcome = { kind: 'error', code, message, text } as const
      return [
        { name: `${code} (line ${line})`, file: file.file, line, column, milliseconds: 0, outcome },
      ]
    }),
    ...file.blocks.flatMap(block => (counts(block) ? [blockCase(file.file, block)] : [])),
    ...fileCases(file),
  ]
  return withOwnNames(cases)
}

/** Why it did not run, or not to its end. */
function fileCases({ file, refusal, endedEarly }: FileOutcome): readonly TestCase[] {
  return [refusal?.problem, endedEarly].flatMap(problem => {
    if (!problem) return []
    const { code, message } = problem
    const outcome: CaseOutcome =
      refusal?.exit === EXIT_OF.passed
        ? { kind: 'skipped', reason: message }
        : { kind: 'error', code, message, text: `${file}: ${sentencesOf(problem)}` }
    return [{ name: 'the file runs', file, milliseconds: 0, outcome }]
  })
}

function counts({ kind, result }: BlockOutcome): boolean {
  return kind === 'EXPECT' || result.status !== 'passed'
}

function blockCase(file: string, block: BlockOutcome): TestCase {
  const { line, column, result } = block
  const name = (block.label ?? block.group) ? nameOf(block) : `${nameOf(block)} (line ${line})`
  return {
    name,
    file,
    line,
    column,
    milliseconds: result.milliseconds,
    outcome: outcomeOf(file, block),
  }
}

function outcomeOf(file: string, block: BlockOutcome): CaseOutcome {
  const { result } = block
  switch (result.status) {
    case 'passed':
      return { kind: 'passed', numbers: numbersOf(result) }
    case 'skipped':
      return { kind: 'skipped', reason: reasonOf(block) }
    case 'failed':
    case 'refused':
    case 'stopped': {
      const kind = result.failure ? 'failure' : 'error'
      const code = result.problem?.code ?? result.status
      return { kind, code, message: reasonOf(block), text: failureText(file, block) }
    }
  }
}

/** Servers follow a case by its name from run to run, and take two of the same name for one. */
function withOwnNames(cases: readonly TestCase[]): readonly TestCase[] {
  const seen = new Set<string>()
  return cases.map(each => {
    let name = each.name
    for (let n = 2; seen.has(name); n++) name = `${each.name} (${n})`
    seen.add(name)
    return { ...each, name }
  })
}
