import { createHash } from 'node:crypto'
import * as vscode from 'vscode'
import { createTurns } from '../clusters/turns.ts'

/**
 * What `{{$secret name}}` stands for, in VS Code's SecretStorage. Bound to the folder of the
 * workspace: a file that comes with another repository cannot name it and send it elsewhere.
 */
export interface FileSecrets {
  /** Asks for it where it is not kept yet, and keeps it. Undefined: nobody answered. */
  get(document: vscode.Uri, name: string, signal: AbortSignal): Promise<string | undefined>
  /** Forgets all those of the folder that a document is in; how many there were. */
  forget(document: vscode.Uri): Promise<number>
  /** How often those of the folder were forgotten: what holds one from before is out of date. */
  timesForgotten(document: vscode.Uri): number
}

/** The names that were ever kept, by folder: storage does not list its keys. */
const INDEX = 'kafkaWorkbench.fileSecrets'

export function createFileSecrets(
  storage: vscode.SecretStorage,
  state: vscode.Memento,
  question: typeof ask = ask,
): FileSecrets {
  const forgotten = new Map<string, number>()
  const index = () => state.get<Readonly<Record<string, readonly string[]>>>(INDEX, {})
  return {
    async get(document, name, signal) {
      const folder = folderOf(document)
      const known = await storage.get(keyOf(folder, name))
      if (known !== undefined) return known
      const given = await question(
        {
          title: `Secret ${name}`,
          prompt: `The value of {{$secret ${name}}}. It is kept in the secret storage, for the files of this folder only.`,
          password: true,
        },
        signal,
      )
      if (given === undefined || given === '') return undefined
      await storage.store(keyOf(folder, name), given)
      const names = new Set(index()[folder]).add(name)
      await state.update(INDEX, { ...index(), [folder]: [...names] })
      return given
    },
    async forget(document) {
      const folder = folderOf(document)
      const { [folder]: names = [], ...others } = index()
      forgotten.set(folder, (forgotten.get(folder) ?? 0) + 1)
      await Promise.all(names.map(name => storage.delete(keyOf(folder, name))))
      await state.update(INDEX, others)
      return names.length
    },
    timesForgotten: document => forgotten.get(folderOf(document)) ?? 0,
  }
}

function folderOf(document: vscode.Uri): string {
  const folder = vscode.workspace.getWorkspaceFolder(document)?.uri ?? document
  return folder.toString()
}

function keyOf(folder: string, name: string): string {
  const digest = createHash('sha256')
    .update(JSON.stringify([folder, name]))
    .digest('hex')
  return `kafkaWorkbench.fileSecret.${digest}`
}

const inTurn = createTurns()

/** Asks one question at a time; the signal closes it. Undefined: nobody answered. */
export function ask(
  options: vscode.InputBoxOptions,
  signal: AbortSignal,
): Promise<string | undefined> {
  return inTurn(signal, async () => {
    const source = new vscode.CancellationTokenSource()
    const close = () => {
      source.cancel()
    }
    signal.addEventListener('abort', close)
    try {
      const all = { ...options, ignoreFocusOut: true }
      return await vscode.window.showInputBox(all, source.token)
    } finally {
      signal.removeEventListener('abort', close)
      source.dispose()
    }
  })
}
