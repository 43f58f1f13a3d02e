import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import type { BlockStates } from './blockStates.ts'
import { countFailures } from './results.ts'
import type { Runs } from './runs.ts'

/** Ms before a run is shown: most are over by then. */
const PATIENCE = 400

/** Says in the status bar what runs, also when its file is closed; a click stops it. */
export function registerRunStatus(states: BlockStates, runs: Runs): Disposable {
  const store = new DisposableStore()
  const item = store.add(
    vscode.window.createStatusBarItem('kafkaWorkbench.runs', vscode.StatusBarAlignment.Left),
  )
  item.name = 'Kafka Runs'
  item.command = 'kafkaWorkbench.stopRuns'
  let timer: NodeJS.Timeout | undefined
  let isShown = false
  const draw = () => {
    timer = undefined
    isShown = runs.active.length > 0
    if (!isShown) {
      item.hide()
      return
    }
    item.text = `$(sync~spin) ${statusText(runs, states.scheduled)}`
    item.tooltip = 'Stop all runs of .kafka files'
    item.show()
  }
  const update = () => {
    if (isShown) draw()
    else if (runs.active.length > 0) timer ??= setTimeout(draw, PATIENCE)
  }
  store.add(states.onDidTurn(update))
  store.add(runs.onDidChange(update))
  store.add(toDisposable(() => clearTimeout(timer)))
  store.add(showFailures(states))
  return store
}

/** Says of the file that is looked at what went wrong in it, which may be out of sight. */
function showFailures(states: BlockStates): Disposable {
  const store = new DisposableStore()
  const item = store.add(
    vscode.window.createStatusBarItem('kafkaWorkbench.failures', vscode.StatusBarAlignment.Left),
  )
  item.name = 'Kafka Failures'
  item.command = 'kafkaWorkbench.goToFailure'
  const update = () => {
    const document = vscode.window.activeTextEditor?.document
    const failed = document ? countFailures(document, states) : 0
    if (failed === 0) {
      item.hide()
      return
    }
    item.text = `$(error) ${failed} failed`
    item.tooltip = `${failed === 1 ? 'A block' : `${failed} blocks`} of this .kafka file failed in the last run. Click to go to the next one.`
    item.show()
  }
  store.add(states.onDidTurn(update))
  store.add(vscode.window.onDidChangeActiveTextEditor(update))
  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document === vscode.window.activeTextEditor?.document) update()
    }),
  )
  return store
}

/** `orders.kafka 2/5`, `2 scheduled producers`. */
function statusText({ active }: Runs, scheduled: number): string {
  const [first] = active
  if (!first || scheduled >= active.length)
    return `${scheduled} scheduled ${scheduled === 1 ? 'producer' : 'producers'}`
  if (active.length > 1) return `${active.length} Kafka runs`
  const name = first.uri.slice(first.uri.lastIndexOf('/') + 1)
  return `${decodeURIComponent(name)} ${first.ended}/${first.blocks}`
}
