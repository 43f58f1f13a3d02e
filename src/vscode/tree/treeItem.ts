import * as vscode from 'vscode'
import type { TreeNode } from './nodes.ts'
import type { Presentation } from './presentation.ts'

/** A presentation as VS Code wants it. The tooltip is made when it is asked for. */
export function toTreeItem(node: TreeNode, look: Presentation): vscode.TreeItem {
  const { None, Collapsed } = vscode.TreeItemCollapsibleState
  const item = new vscode.TreeItem(look.label, look.expandable ? Collapsed : None)
  item.id = node.id
  item.contextValue = look.contextValue
  item.iconPath = new vscode.ThemeIcon(
    look.icon.id,
    look.icon.color === undefined ? undefined : new vscode.ThemeColor(look.icon.color),
  )
  if (look.description !== undefined) item.description = look.description
  if (look.command) {
    const { id, title } = look.command
    item.command = { command: id, title, arguments: [node] }
  }
  return item
}
