import * as vscode from 'vscode'

/**
 * For what asks while a webview is in front. When the command palette closes, the editor gives the
 * focus back to the webview by a message that it sends 50 ms later: what was opened meanwhile would
 * lose the focus to it, and close.
 */
export const STAYING = { ignoreFocusOut: true } as const

/** `STAYING` where a webview is in front; elsewhere a press beside the list closes it. */
export function stayingOverWebview(): { readonly ignoreFocusOut?: true } {
  const tab = vscode.window.tabGroups.activeTabGroup.activeTab
  return tab?.input instanceof vscode.TabInputWebview ? STAYING : {}
}
