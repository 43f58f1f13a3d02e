import * as vscode from 'vscode'
import { failureText, failureThere } from '../../report/failure.ts'
import { nameOf, type BlockOutcome } from '../../report/outcome.ts'
import { numbersOf } from '../../report/words.ts'
import type { Difference } from '../../run/results.ts'

/** Why a block did not pass, at its line; what differs is shown beside what came. */
export function messageOf(outcome: BlockOutcome, location: vscode.Location): vscode.TestMessage {
  const text = failureThere(outcome)
  const differences = outcome.result.failure?.closest?.differences ?? []
  const message =
    differences.length > 0
      ? vscode.TestMessage.diff(
          text,
          sideOf(differences, ({ expected }) => expected),
          sideOf(differences, ({ actual }) => actual),
        )
      : new vscode.TestMessage(text)
  message.location = location
  return message
}

/** `status: "PAID"`, a line for each. */
function sideOf(differences: readonly Difference[], side: (one: Difference) => string): string {
  return differences.map(one => `${one.path}: ${side(one)}`).join('\n')
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
