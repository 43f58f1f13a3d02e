import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import * as vscode from 'vscode'
import type { Internals } from '../../src/vscode/extension.ts'

/** The running extension's own parts. */
export async function internals(): Promise<Internals> {
  const extension = vscode.extensions.getExtension<Internals | undefined>(
    'kafka-workbench.kafka-workbench',
  )
  assert.ok(extension)
  const parts = await extension.activate()
  assert.ok(parts, 'the extension does not run in test mode')
  return parts
}

/** Polls until `ask` gives something; fails with `what` after the deadline. */
export async function until<T>(
  what: string,
  ask: () => T | undefined | false | Promise<T | undefined | false>,
  deadlineMs = 10_000,
): Promise<T> {
  const deadline = Date.now() + deadlineMs
  while (Date.now() < deadline) {
    const answer = await ask()
    if (answer !== undefined && answer !== false) return answer
    await sleep(50)
  }
  return assert.fail(`not seen within ${deadlineMs / 1000} s: ${what}`)
}

/** The broker that the runner gave; without one the suites that need it are skipped. */
export function givenBroker(): string | undefined {
  return process.env['KAFKA_WORKBENCH_TEST_BROKER']
}

const CLUSTERS = 'clusters'

/** Writes `kafkaWorkbench.clusters` as somebody would by hand. */
export async function writeClusters(
  value: unknown,
  target = vscode.ConfigurationTarget.Global,
): Promise<void> {
  await vscode.workspace.getConfiguration('kafkaWorkbench').update(CLUSTERS, value, target)
}

/** Undoes `writeClusters` in all places. */
export async function clearClusters(): Promise<void> {
  await writeClusters(undefined)
  await writeClusters(undefined, vscode.ConfigurationTarget.Workspace)
}
