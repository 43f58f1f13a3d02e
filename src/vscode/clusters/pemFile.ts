import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import * as vscode from 'vscode'
import type { ReadPem } from './connectionConfig.ts'

/** No certificate is that long; a wrong file should not be read into memory. */
const LONGEST = 1024 * 1024

/**
 * Reads PEM files. `~` is the home directory; a relative path starts at the first workspace
 * folder, so that a repository can bring the CA of its own test broker.
 */
export const readPemFile: ReadPem = async path => {
  const uri = vscode.Uri.file(resolve(path))
  const { size } = await vscode.workspace.fs.stat(uri)
  if (size > LONGEST) throw new Error(`The file has ${size} bytes; a PEM file has a few thousand.`)
  return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
}

function resolve(path: string): string {
  const root = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? homedir()
  const full = path.replace(/^~(?=$|[\\/])/, homedir()).replace(/^\$\{workspaceFolder\}/, root)
  return isAbsolute(full) ? full : join(root, full)
}
