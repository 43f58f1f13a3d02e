import * as vscode from 'vscode'
import type { Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'

/** Which environment of `kafka.env.json` counts, by folder of the workspace. */
export interface ChosenEnvironments extends Disposable {
  /** Undefined: none was chosen, or the document is in no folder of the workspace. */
  of(document: vscode.Uri): string | undefined
  /** Of the folder that a document is in; undefined: no environment. */
  choose(document: vscode.Uri, name: string | undefined): Promise<void>
  readonly onDidChange: Event<void>
}

const KEY = 'kafkaWorkbench.environments'

export function createChosenEnvironments(state: vscode.Memento): ChosenEnvironments {
  const changed = new Emitter<void>()
  const all = () => state.get<Readonly<Record<string, string>>>(KEY, {})
  const keyOf = (document: vscode.Uri) =>
    vscode.workspace.getWorkspaceFolder(document)?.uri.toString()
  return {
    of(document) {
      const key = keyOf(document)
      return key === undefined ? undefined : all()[key]
    },
    async choose(document, name) {
      const key = keyOf(document)
      if (key === undefined) return
      const others = Object.entries(all()).filter(([folder]) => folder !== key)
      await state.update(
        KEY,
        Object.fromEntries(name === undefined ? others : [...others, [key, name]]),
      )
      changed.fire()
    },
    onDidChange: changed.event,
    dispose: () => {
      changed.dispose()
    },
  }
}
