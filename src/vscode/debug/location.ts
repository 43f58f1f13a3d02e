import * as vscode from 'vscode'

/** Where a thread stands: a file and a line, from 0. */
export interface Location {
  readonly uri: vscode.Uri
  readonly line: number
}

interface StackTrace {
  readonly stackFrames?: readonly {
    readonly line?: number
    readonly source?: { readonly path?: string; readonly sourceReference?: number }
  }[]
}

/** Asks the debug adapter where a thread stands; undefined when that is no file, or no longer. */
export async function locationOf(
  session: vscode.DebugSession,
  threadId: number,
): Promise<Location | undefined> {
  const asked = { threadId, startFrame: 0, levels: 1 }
  const answer = (await session.customRequest('stackTrace', asked)) as StackTrace
  const [frame] = answer.stackFrames ?? []
  const path = frame?.source?.path
  if (path === undefined || frame?.line === undefined) return undefined
  return { uri: uriOf(path), line: frame.line - 1 }
}

/** Answers to extensions name remote files by address, where the editors' documents have a path. */
function uriOf(path: string): vscode.Uri {
  if (!/^[a-z][a-z\d+.-]+:\/\//i.test(path)) return vscode.Uri.file(path)
  const uri = vscode.Uri.parse(path, true)
  return uri.scheme === 'vscode-remote' ? vscode.Uri.file(uri.path) : uri
}
