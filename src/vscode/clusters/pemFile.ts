import { homedir } from 'node:os'
import * as vscode from 'vscode'
import type { ReadPem } from './connectionConfig.ts'
import { pemPath, type SettingsPlace } from './pemPath.ts'
import { folderOf } from './settingsFile.ts'

/** No certificate is that long; a wrong file should not be read into memory. */
const LONGEST = 1024 * 1024

/**
 * Reads PEM files of a cluster. A relative path starts at the folder whose settings the cluster
 * stands in, so that a repository can bring the CA of its own test broker, and for a user's cluster
 * at the home directory, so that no repository can supply a CA for it.
 */
export function pemReader(cluster: SettingsPlace): ReadPem {
  return async path => {
    const root = folderOf(cluster)?.fsPath ?? homedir()
    const uri = vscode.Uri.file(pemPath(path, root, homedir()))
    const { size } = await vscode.workspace.fs.stat(uri)
    if (size > LONGEST)
      throw new Error(`The file has ${size} bytes; a PEM file has a few thousand.`)
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  }
}
