import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { ProblemError } from '../../base/problem.ts'
import { guarded } from '../clusters/clusterCommands.ts'
import { KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { FileSecrets } from './fileSecrets.ts'
import { offerToIgnore } from './ignorePrivate.ts'
import type { EnvironmentSources } from './surroundings.ts'

export interface EnvironmentDeps {
  readonly environments: EnvironmentSources
  readonly secrets: FileSecrets
  /** Remembers what was offered. */
  readonly state: vscode.Memento
  readonly log: Log
}

/** The environment of the `.kafka` file that is looked at: in the status bar, and to choose. */
export function registerEnvironments(deps: EnvironmentDeps): Disposable {
  const { environments, secrets, state, log } = deps
  const store = new DisposableStore()
  const item = store.add(
    vscode.window.createStatusBarItem(
      'kafkaWorkbench.environment',
      vscode.StatusBarAlignment.Left,
      39,
    ),
  )
  item.name = 'Kafka Environment'
  item.command = 'kafkaWorkbench.selectEnvironment'
  const update = () => {
    const document = kafkaDocument()
    if (!document) {
      item.hide()
      return
    }
    draw(item, document.uri, environments)
    const { private: hidden } = environments.files.of(document.uri)
    if (hidden) void offerToIgnore(hidden, state, log)
  }
  store.add(vscode.window.onDidChangeActiveTextEditor(update))
  store.add(environments.files.onDidChange(update))
  store.add(environments.chosen.onDidChange(update))
  store.add(
    vscode.commands.registerCommand(
      'kafkaWorkbench.selectEnvironment',
      guarded(log, argument => select(argument, environments)),
    ),
  )
  store.add(
    vscode.commands.registerCommand(
      'kafkaWorkbench.forgetFileSecrets',
      guarded(log, () => forget(secrets)),
    ),
  )
  update()
  return store
}

function kafkaDocument(): vscode.TextDocument | undefined {
  const document = vscode.window.activeTextEditor?.document
  return document?.languageId === KAFKA_LANGUAGE ? document : undefined
}

function draw(
  item: vscode.StatusBarItem,
  document: vscode.Uri,
  { files, chosen }: EnvironmentSources,
): void {
  const { names } = files.of(document)
  const name = chosen.of(document)
  if (names.length === 0 && name === undefined) {
    item.hide()
    return
  }
  const isThere = name === undefined || names.includes(name)
  item.text = `$(${isThere ? 'symbol-variable' : 'warning'}) ${name ?? 'No environment'}`
  item.tooltip = isThere
    ? 'The environment that .kafka files of this folder are run with.'
    : `There is no environment "${name}" in the kafka.env.json that counts for this file.`
  item.show()
}

interface EnvironmentItem extends vscode.QuickPickItem {
  readonly environment?: string
}

/** A name as argument chooses it without asking; null chooses none. */
async function select(argument: unknown, { files, chosen }: EnvironmentSources): Promise<void> {
  const document = kafkaDocument()
  if (!document) throw new ProblemError(NO_FILE)
  const { uri } = document
  if (typeof argument === 'string' || argument === null) {
    await chosen.choose(uri, argument ?? undefined)
    return
  }
  await files.load(uri)
  const now = chosen.of(uri)
  const items = [undefined, ...files.of(uri).names].map((environment): EnvironmentItem => ({
    label: environment ?? 'No environment',
    ...(environment !== undefined && { environment }),
    ...(environment === now && { description: 'chosen' }),
  }))
  const picked = await vscode.window.showQuickPick(items, {
    title: 'Kafka Environment',
    placeHolder: 'With which environment are the files of this folder run?',
  })
  if (picked) await chosen.choose(uri, picked.environment)
}

const NO_FILE = {
  code: 'no-file',
  message: 'No .kafka file is open.',
  advice: 'Open the one that the environment is for.',
}

async function forget(secrets: FileSecrets): Promise<void> {
  const document = kafkaDocument()
  if (!document) throw new ProblemError(NO_FILE)
  const count = await secrets.forget(document.uri)
  const what = count === 1 ? '1 secret was' : `${count} secrets were`
  void vscode.window.showInformationMessage(`${what} forgotten. Files that need one ask again.`)
}
