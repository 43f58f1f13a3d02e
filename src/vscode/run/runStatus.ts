import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { BlockStates } from './blockStates.ts'

/** Says in the status bar that something sends by a schedule, also when its file is closed. */
export function registerRunStatus(states: BlockStates): Disposable {
  const store = new DisposableStore()
  const item = store.add(
    vscode.window.createStatusBarItem('kafkaWorkbench.scheduled', vscode.StatusBarAlignment.Left),
  )
  item.name = 'Kafka Scheduled Producers'
  item.command = 'kafkaWorkbench.stopAll'
  item.tooltip = 'Stop all running blocks'
  store.add(
    states.onDidTurn(() => {
      const count = states.scheduled
      item.text = `$(sync~spin) ${count} scheduled ${count === 1 ? 'producer' : 'producers'}`
      if (count > 0) item.show()
      else item.hide()
    }),
  )
  return store
}
