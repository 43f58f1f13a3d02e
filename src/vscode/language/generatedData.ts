import * as vscode from 'vscode'

export const GENERATED_DATA = 'kafkaWorkbench.producers.faker.enabled'

/** Whether expressions such as `{{string.uuid}}` make data; off: they are sent as they stand. */
export function generatesData(resource?: vscode.Uri): boolean {
  return (
    vscode.workspace.getConfiguration(undefined, resource).get<unknown>(GENERATED_DATA, true) !==
    false
  )
}
