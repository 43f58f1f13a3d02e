import { createReadStream } from 'node:fs'
import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'

/**
 * The text of a file that a `.kafka` file names, relative to it. Files outside the workspace's
 * folders are refused, and so is everything in a document that lies in none.
 */
export async function readWorkspaceFile(document: vscode.Uri, path: string): Promise<string> {
  return new TextDecoder().decode(await readWorkspaceBytes(document, path))
}

/** The same as bytes. */
export async function readWorkspaceBytes(document: vscode.Uri, path: string): Promise<Uint8Array> {
  const uri = uriOf(document, path)
  try {
    return await vscode.workspace.fs.readFile(uri)
  } catch (error) {
    throw unreadable(path, error)
  }
}

/** The same in pieces, so that it may be of any size; where the editor cannot, in one. */
export async function* streamWorkspaceFile(
  document: vscode.Uri,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const uri = uriOf(document, path)
  if (uri.scheme !== 'file') {
    yield await readWorkspaceBytes(document, path)
    return
  }
  const pieces: AsyncIterable<Uint8Array> = createReadStream(uri.fsPath, {
    signal,
    highWaterMark: PIECE_BYTES,
  })
  try {
    yield* pieces
  } catch (error) {
    signal.throwIfAborted()
    throw unreadable(path, error)
  }
}

const PIECE_BYTES = 256 * 1024

function uriOf(document: vscode.Uri, path: string): vscode.Uri {
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
  return uri
}

function unreadable(path: string, cause: unknown): ProblemError {
  return new ProblemError(
    {
      code: 'unreadable',
      message: `"${path}" cannot be read.`,
      advice: 'Check its path: it is relative to this file.',
    },
    { cause },
  )
}
