import * as vscode from 'vscode'
import { problemOf } from '../../base/problem.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { newCollector } from '../../report/collect.ts'
import { isWrong, type BlockOutcome } from '../../report/outcome.ts'
import { fileOf } from '../language/kafkaDocument.ts'
import type { Runs, WantedRun } from '../run/runs.ts'
import { expectationsOf } from './expectations.ts'
import type { TestItems } from './testItems.ts'
import { messageOf, outputOf } from './testMessages.ts'

/** What is told of tests while they run. */
export type TestVoice = Pick<
  vscode.TestRun,
  'enqueued' | 'started' | 'passed' | 'failed' | 'errored' | 'skipped' | 'appendOutput'
>

/** Of a file, the tests that are wanted. */
export interface WantedTests {
  readonly file: vscode.TestItem
  readonly tests: readonly vscode.TestItem[]
}

/** The tests that a request asks for, by their files. */
export function wantedTests(
  { include, exclude }: Pick<vscode.TestRunRequest, 'include' | 'exclude'>,
  all: vscode.TestItemCollection,
): readonly WantedTests[] {
  const left = new Set(exclude)
  const files = new Map<vscode.TestItem, Set<vscode.TestItem>>()
  for (const item of include ?? Array.from(all, ([, file]) => file)) {
    const file = item.parent ?? item
    const tests = files.get(file) ?? new Set()
    if (left.has(file)) continue
    for (const test of item.parent ? [item] : Array.from(item.children, ([, child]) => child))
      if (!left.has(test)) tests.add(test)
    if (tests.size > 0) files.set(file, tests)
  }
  return Array.from(files, ([file, tests]) => ({ file, tests: [...tests] }))
}

export interface TestDeps {
  readonly runs: Runs
  readonly items: TestItems
}

/**
 * Runs the tests of a file in a session of its own. An EXPECT says what comes of the blocks above
 * it, so the file runs from its first block to the last EXPECT that is wanted; all of it if all
 * are. Throws for nothing: what goes wrong is told of the tests.
 */
export async function runTestsOf(
  { file: fileItem, tests }: WantedTests,
  voice: TestVoice,
  deps: TestDeps,
  token: vscode.CancellationToken,
): Promise<void> {
  const { uri } = fileItem
  if (!uri || token.isCancellationRequested) return
  try {
    const document = await vscode.workspace.openTextDocument(uri)
    const file = fileOf(document)
    // The text may have changed since its tests were shown.
    deps.items.show(uri, file)
    const wanted = new Set(tests.map(({ id }) => id))
    const what = wantedRun(file, wanted)
    const options = { newSession: true, inTesting: true }
    const teller = newTeller(fileItem, file, voice)
    for await (const event of deps.runs.run(document, what, options, token)) {
      if (event.kind === 'block-started') teller.started(event.block)
      if (event.kind === 'block-progress' && event.progress.kind === 'output')
        teller.printed(event.block, event.progress.bytes)
      const outcome = teller.collector.take(event)
      if (outcome) teller.ended(outcome)
    }
  } catch (error) {
    const message = new vscode.TestMessage(problemOf(error).message)
    for (const test of tests) voice.errored(test, message)
  }
}

function wantedRun(file: KafkaFile, wanted: ReadonlySet<string>): WantedRun {
  const expectations = expectationsOf(file)
  if (expectations.every(({ id }) => wanted.has(id))) return { kind: 'file', blocks: [] }
  const last = expectations.findLast(({ id }) => wanted.has(id))?.block.index ?? -1
  return { kind: 'blocks', blocks: Array.from({ length: last + 1 }, (_, index) => index) }
}

/** Tells of the tests what the run tells of blocks. */
function newTeller(fileItem: vscode.TestItem, file: KafkaFile, voice: TestVoice) {
  const name = fileItem.label
  const tests = new Map(
    expectationsOf(file).map(({ id, block }) => [block.index, fileItem.children.get(id)]),
  )
  /** Blocks above that are no tests and went wrong: why the tests below them cannot pass. */
  const above: vscode.TestMessage[] = []
  const decoder = new TextDecoder()
  const print = (text: string, test: vscode.TestItem | undefined) => {
    voice.appendOutput(text.replaceAll(/\r?\n/g, '\r\n'), undefined, test)
  }
  const locationOf = ({ line, column }: BlockOutcome, test: vscode.TestItem | undefined) =>
    new vscode.Location(
      fileItem.uri ?? vscode.Uri.file(name),
      // It follows the text while that is edited.
      test?.range ?? new vscode.Position(line - 1, column - 1),
    )
  return {
    collector: newCollector({
      name,
      file,
      problems: [],
      startedAt: 0,
      // What the run tells went through its redaction; labels are the file's own text.
      redact: text => text,
    }),
    started(block: number): void {
      const test = tests.get(block)
      if (test) voice.started(test)
    },
    printed(block: number, bytes: Uint8Array): void {
      print(decoder.decode(bytes, { stream: true }), tests.get(block))
    },
    ended(outcome: BlockOutcome): void {
      const { block, status, milliseconds, failure } = outcome.result
      const test = tests.get(block)
      const location = locationOf(outcome, test)
      // Without its place: there it would stand beside what the block itself shows.
      print(outputOf(name, outcome), test)
      if (!isWrong(outcome)) {
        if (test && status === 'passed') voice.passed(test, milliseconds)
        else if (test) voice.skipped(test)
        return
      }
      // Somebody stopped it, here or beside its block, or did not want what it asked about.
      if (status === 'stopped') {
        if (test) voice.skipped(test)
        return
      }
      const message = messageOf(outcome, location)
      if (!test) {
        above.push(message)
        voice.errored(fileItem, message, milliseconds)
      } else if (failure) voice.failed(test, [message, ...above], milliseconds)
      else voice.errored(test, [message, ...above], milliseconds)
    },
  }
}
