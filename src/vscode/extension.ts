import * as vscode from 'vscode'

/** Wires the parts together: the only place that knows all of them. */
export function activate(context: vscode.ExtensionContext): void {
  const log = vscode.window.createOutputChannel('Kafka Workbench', { log: true })
  context.subscriptions.push(log)
}
