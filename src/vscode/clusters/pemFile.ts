import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import * as vscode from 'vscode'
import type { SavedCluster } from './clusters.ts'
import type { ReadPem } from './connectionConfig.ts'

/** No certificate is that long; a wrong file should not be read into memory. */
const LONGEST = 1024 * 1024

/**
 * Reads PEM files of a cluster. `~` is the home directory. A relative path starts at the workspace
 * folder for a workspace's cluster, so that a repository can bring the CA of its own test broker,
 * and at the home directory for a user's, so that no repository can supply a CA for it.
 */
export function pemReader(scope: SavedCluster['scope']): ReadPem {
  return path => readPem(scope, path)
}

async function readPem(scope: SavedCluster['scope'], path: string): Promise<string> {
  const uri = vscode.Uri.file(resolve(scope, path))
  const { size } = await vscode.workspace.fs.stat(uri)
  if (size > LONGEST) throw new Error(`The file has ${size} bytes; a PEM file has a few thousand.`)
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
}

function resolve(scope: SavedCluster['scope'], path: string): string {
  const folder =
    scope === 'workspace' ? vscode.workspace.workspaceFolders?.[0]?.uri.fsPath : undefined
  const root = folder ?? homedir()
  const full = path.replace(/^~(?=$|[\\/])/, homedir()).replace(/^\$\{workspaceFolder\}/, root)
  return isAbsolute(full) ? full : join(root, full)
}
