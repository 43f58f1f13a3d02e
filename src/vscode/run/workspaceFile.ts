import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'

/**
 * The text of a file that a `.kafka` file names, relative to it. Files outside the workspace's
 * folders are refused, and so is everything in a document that lies in none.
 */
export async function readWorkspaceFile(document: vscode.Uri, path: string): Promise<string> {
  const uri =
    path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path)
      ? document.with({ path: vscode.Uri.file(path).path })
      : vscode.Uri.joinPath(document, '..', path)
  if (document.scheme === 'untitled' || !vscode.workspace.getWorkspaceFolder(uri))
    throw new ProblemError({
      code: 'outside-workspace',
      message: `"${path}" is not a file of this workspace.`,
      advice: 'Save this file in the workspace and put the other one there too.',
    })
  try {
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch (error) {
    throw new ProblemError(
      {
        code: 'unreadable',
        message: `"${path}" cannot be read.`,
        advice: 'Check its path: it is relative to this file.',
      },
      { cause: error },
    )
  }
}
