import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import * as vscode from 'vscode'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import { PRIVATE_ENVIRONMENT_FILE } from '../language/environments.ts'

/** The folders where it was offered. */
const OFFERED = 'kafkaWorkbench.offeredToIgnore'

/** Offers once to keep a file of private values out of git, where git would take it. */
export async function offerToIgnore(
  file: vscode.Uri,
  state: vscode.Memento,
  log: Log,
): Promise<void> {
  const folder = vscode.workspace.getWorkspaceFolder(file)?.uri
  if (!folder || !vscode.workspace.isTrusted || file.scheme !== 'file') return
  const offered = state.get<readonly string[]>(OFFERED, [])
  if (offered.includes(folder.toString())) return
  try {
    if (!(await wouldBeTaken(file))) return
    await state.update(OFFERED, [...new Set([...offered, folder.toString()])])
    const chosen = await vscode.window.showWarningMessage(
      `${PRIVATE_ENVIRONMENT_FILE} holds values that are kept to oneself, and git does not ignore it.`,
      'Add to .gitignore',
    )
    if (chosen) await addTo(vscode.Uri.joinPath(await treeIn(folder, file), '.gitignore'))
  } catch (error) {
    log.debug(`Whether git ignores a file is not known: ${problemOf(error).message}`)
  }
}

const run = promisify(execFile)
const PATIENCE = 5_000

/** The file is in a working tree of git, and nothing there leaves it out. */
export async function wouldBeTaken(file: vscode.Uri): Promise<boolean> {
  const options = { cwd: vscode.Uri.joinPath(file, '..').fsPath, timeout: PATIENCE }
  try {
    await run('git', ['check-ignore', '--quiet', '--', file.fsPath], options)
    return false
  } catch (error) {
    // 1: not ignored; 128: no working tree. Without git there is nothing to tell either.
    return error instanceof Error && 'code' in error && error.code === 1
  }
}

/** The top of the working tree that a file is in, or the folder of the workspace where that is lower. */
async function treeIn(folder: vscode.Uri, file: vscode.Uri): Promise<vscode.Uri> {
  const options = { cwd: vscode.Uri.joinPath(file, '..').fsPath, timeout: PATIENCE }
  const { stdout } = await run('git', ['rev-parse', '--show-toplevel'], options)
  const top = vscode.Uri.file(stdout.trimEnd())
  return vscode.workspace.getWorkspaceFolder(top) ? top : folder
}

export async function addTo(file: vscode.Uri): Promise<void> {
  const text = await vscode.workspace.fs.readFile(file).then(
    bytes => new TextDecoder().decode(bytes),
    () => '',
  )
  const before = text === '' || text.endsWith('\n') ? text : `${text}\n`
  const whole = `${before}${PRIVATE_ENVIRONMENT_FILE}\n`
  await vscode.workspace.fs.writeFile(file, new TextEncoder().encode(whole))
}
