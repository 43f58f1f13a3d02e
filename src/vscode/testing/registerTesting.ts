import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { Runs } from '../run/runs.ts'
import { runTestsOf, wantedTests, type TestVoice, type WantedTests } from './runTests.ts'
import { createTestFiles } from './testFiles.ts'
import { createTestItems } from './testItems.ts'

export interface TestingDeps {
  readonly runs: Runs
  readonly log: Log
}

export interface Testing extends Disposable {
  readonly controller: vscode.TestController
  readonly profile: vscode.TestRunProfile
  /** What the profile does with tests, told to somebody else than the editor. */
  run(tests: readonly vscode.TestItem[], voice: TestVoice): Promise<void>
}

/** The EXPECTs of `.kafka` files in the Testing view. */
export function registerTesting({ runs, log }: TestingDeps): Testing {
  const store = new DisposableStore()
  const controller = store.add(vscode.tests.createTestController('kafkaWorkbench', 'Kafka'))
  const items = createTestItems(controller)
  const files = store.add(createTestFiles(items, log))
  controller.resolveHandler = () => files.find()
  controller.refreshHandler = token => files.find(token)

  const tell = async (
    wanted: readonly WantedTests[],
    voice: TestVoice,
    token: vscode.CancellationToken,
  ) => {
    for (const test of wanted.flatMap(({ tests }) => tests)) voice.enqueued(test)
    for (const each of wanted) await runTestsOf(each, voice, { runs, items }, token)
  }
  const runAll = async (
    request: vscode.TestRunRequest,
    wanted: readonly WantedTests[],
    token: vscode.CancellationToken,
  ) => {
    const run = controller.createTestRun(request)
    const stopping = new vscode.CancellationTokenSource()
    const stop = () => {
      stopping.cancel()
    }
    const cancelling = [run.token, token].map(each => each.onCancellationRequested(stop))
    if (token.isCancellationRequested) stop()
    try {
      await tell(wanted, run, stopping.token)
    } finally {
      for (const each of cancelling) each.dispose()
      stopping.dispose()
      run.end()
    }
  }

  const profile = store.add(
    controller.createRunProfile(
      'Run',
      vscode.TestRunProfileKind.Run,
      async (request, token) => {
        if (request.continuous) {
          onSaves(request, token)
          return
        }
        if (!request.include) await files.find(token)
        await runAll(request, wantedTests(request, controller.items), token)
      },
      true,
      undefined,
      true,
    ),
  )

  /** Runs what is wanted of a file each time that it is saved, one after the other. */
  function onSaves(request: vscode.TestRunRequest, token: vscode.CancellationToken): void {
    const saved = new Set<string>()
    let isRunning = false
    const runSaved = async () => {
      if (isRunning) return
      isRunning = true
      try {
        for (const id of saved) {
          saved.delete(id)
          const wanted = wantedTests(request, controller.items).filter(({ file }) => file.id === id)
          if (wanted.length > 0 && !token.isCancellationRequested)
            await runAll(request, wanted, token)
        }
      } finally {
        isRunning = false
      }
    }
    const saving = vscode.workspace.onDidSaveTextDocument(({ languageId, uri }) => {
      if (languageId !== KAFKA_LANGUAGE) return
      saved.add(uri.toString())
      void runSaved()
    })
    const listening = store.add({
      dispose() {
        saving.dispose()
        ending.dispose()
      },
    })
    const ending = token.onCancellationRequested(() => {
      listening.dispose()
    })
  }

  return {
    controller,
    profile,
    async run(tests, voice) {
      const wanted = wantedTests({ include: tests, exclude: undefined }, controller.items)
      const uncancelled = new vscode.CancellationTokenSource()
      await tell(wanted, voice, uncancelled.token)
      uncancelled.dispose()
    },
    dispose: () => {
      store.dispose()
    },
  }
}
