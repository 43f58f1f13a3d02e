import * as vscode from 'vscode'
import { ProblemError } from '../../base/problem.ts'
import type { SavedCluster } from './clusters.ts'
import { rootFor, type SettingsPlace } from './pemPath.ts'
import { bareId, prefixOfId, toEntry, withEntry, type ClusterList } from './settings.ts'

export const SECTION = 'kafkaWorkbench'
const SETTING = 'clusters'
const WORKSPACE_PREFIX = 'workspace:'

/** A list and how it is written back. */
interface Place extends ClusterList {
  readonly target: vscode.ConfigurationTarget
  readonly folder?: vscode.Uri
}

/**
 * Every list of clusters that counts now, the user's first. `get()` would let a workspace's list
 * replace the user's; so each scope is read on its own. A workspace that is not trusted has none.
 */
export function clusterLists(): readonly ClusterList[] {
  return places()
}

function places(): readonly Place[] {
  const found = vscode.workspace.getConfiguration(SECTION).inspect<unknown>(SETTING)
  const user: Place = {
    scope: 'user',
    prefix: '',
    place: 'user settings',
    value: found?.globalValue,
    target: vscode.ConfigurationTarget.Global,
  }
  if (!vscode.workspace.isTrusted) return [user]
  const workspace: Place = {
    scope: 'workspace',
    prefix: WORKSPACE_PREFIX,
    place: 'workspace settings',
    value: found?.workspaceValue,
    target: vscode.ConfigurationTarget.Workspace,
  }
  return [user, workspace, ...folderPlaces()]
}

/** With a single folder open, its settings are the workspace's. */
function folderPlaces(): readonly Place[] {
  if (vscode.workspace.workspaceFile === undefined) return []
  return (vscode.workspace.workspaceFolders ?? []).map(folder => ({
    scope: 'workspace' as const,
    prefix: `folder:${folder.name.replaceAll(':', '_')}:`,
    place: `settings of folder "${folder.name}"`,
    value: vscode.workspace.getConfiguration(SECTION, folder.uri).inspect<unknown>(SETTING)
      ?.workspaceFolderValue,
    target: vscode.ConfigurationTarget.WorkspaceFolder,
    folder: folder.uri,
  }))
}

/** The folder that paths of a cluster start at; a user's cluster has none. */
export function folderOf(place: SettingsPlace): vscode.Uri | undefined {
  const { workspaceFile, workspaceFolders } = vscode.workspace
  return rootFor(place, {
    byPrefix: new Map(folderPlaces().map(({ prefix, folder }) => [prefix, folder])),
    // The file of a workspace that is not saved yet stands somewhere among VS Code's own.
    workspace:
      workspaceFile?.scheme === 'file' ? vscode.Uri.joinPath(workspaceFile, '..') : undefined,
    first: workspaceFolders?.[0]?.uri,
  })
}

/** What is put before the id of a new cluster of this scope. */
export function prefixOf(scope: SavedCluster['scope']): string {
  return scope === 'workspace' ? WORKSPACE_PREFIX : ''
}

function placeOf(cluster: SavedCluster): Place {
  const prefix = prefixOfId(cluster.id)
  const place = places().find(one => one.scope === cluster.scope && one.prefix === prefix)
  if (place) return place
  throw new ProblemError({
    code: 'settings',
    message: `"${cluster.name}" belongs to settings that cannot be written now.`,
    advice: 'Open its workspace and trust it.',
  })
}

/** Writes one entry, or removes it; what else stands in the list stays. */
export async function writeEntry(cluster: SavedCluster, remove: boolean): Promise<void> {
  const place = placeOf(cluster)
  if (place.value !== undefined && !Array.isArray(place.value)) {
    throw new ProblemError({
      code: 'settings',
      message: `"kafkaWorkbench.clusters" in ${place.place} is not a list, so nothing can be added.`,
      advice: 'Correct it in the settings file first.',
    })
  }
  const next = withEntry(place.value, bareId(cluster), remove ? undefined : toEntry(cluster))
  try {
    await vscode.workspace
      .getConfiguration(SECTION, place.folder)
      .update(SETTING, next.length === 0 ? undefined : next, place.target)
  } catch (error) {
    throw new ProblemError({
      code: 'settings',
      message: `The ${place.place} cannot be written.`,
      advice: 'See whether the settings file has an error or unsaved changes.',
      detail: error instanceof Error ? error.message : String(error),
    })
  }
}

/** Opens the file in which the clusters of this place stand. */
export async function openSettings(place: SettingsPlace): Promise<void> {
  const key = `${SECTION}.${SETTING}`
  const prefix = place.id === undefined ? '' : prefixOfId(place.id)
  if (prefix !== '' && prefix !== WORKSPACE_PREFIX) {
    const folder = folderOf(place)
    if (folder)
      await vscode.window.showTextDocument(vscode.Uri.joinPath(folder, '.vscode', 'settings.json'))
    return
  }
  const command =
    place.scope === 'workspace'
      ? 'workbench.action.openWorkspaceSettingsFile'
      : 'workbench.action.openSettingsJson'
  await vscode.commands.executeCommand(command, { revealSetting: { key, edit: false } })
}
