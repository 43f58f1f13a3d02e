import * as vscode from 'vscode'
import { failureText } from '../../report/failure.ts'
import { nameOf, type BlockOutcome } from '../../report/outcome.ts'
import { numbersOf } from '../../report/words.ts'

/** Why a block did not pass, at its line; one value that differs is shown beside what came. */
export function messageOf(
  name: string,
  outcome: BlockOutcome,
  location: vscode.Location,
): vscode.TestMessage {
  const text = failureText(name, outcome)
  const differences = outcome.result.failure?.closest?.differences ?? []
  const [first] = differences
  const message =
    first && differences.length === 1
      ? vscode.TestMessage.diff(text, first.expected, first.actual)
      : new vscode.TestMessage(text)
  message.location = location
  return message
}

/** What a block did, as a terminal shows it. */
export function outputOf(name: string, outcome: BlockOutcome): string {
  const { status, notice, captures } = outcome.result
  const isGood = status === 'passed' || status === 'skipped'
  const lines = isGood
    ? [
        `${status === 'passed' ? '✓' : '–'} ${nameOf(outcome)}  ${status === 'passed' ? numbersOf(outcome.result) : 'skipped'}`,
        ...(notice === undefined ? [] : [`  note: ${notice}`]),
      ]
    : [`✗ ${failureText(name, outcome)}`]
  return [...lines, ...captures.map(([key, value]) => `  ${key} = ${value}`), ''].join('\n')
}
