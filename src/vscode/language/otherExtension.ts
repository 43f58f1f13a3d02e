import * as vscode from 'vscode'
import { KAFKA_LANGUAGE } from './kafkaDocument.ts'

const TOLD = 'kafkaWorkbench.otherExtensionTold'

export interface NoticeDeps {
  readonly globalState: vscode.Memento
  readonly extensionId: string
}

/** Says once that another extension owns the language too, what is doubled, and what to do. */
export async function noticeOtherExtension({
  globalState,
  extensionId,
}: NoticeDeps): Promise<void> {
  const other = vscode.extensions.all.find(
    ({ id, packageJSON }) =>
      id.toLowerCase() !== extensionId.toLowerCase() && ownsLanguage(packageJSON),
  )
  if (!other || globalState.get<unknown>(TOLD) === other.id) return
  await globalState.update(TOLD, other.id)
  const manage = 'Show That Extension'
  const chosen = await vscode.window.showInformationMessage(
    `"${nameOf(other)}" also serves .kafka files: lenses, completion, hovers and problems appear twice, and each runs blocks on its own connections. Disable one of the two extensions, for this workspace or everywhere.`,
    manage,
  )
  if (chosen === manage)
    await vscode.commands.executeCommand('workbench.extensions.search', `@installed ${other.id}`)
}

function ownsLanguage(packageJson: unknown): boolean {
  const languages = property(property(packageJson, 'contributes'), 'languages')
  return (
    Array.isArray(languages) &&
    languages.some(language => property(language, 'id') === KAFKA_LANGUAGE)
  )
}

function nameOf({ id, packageJSON }: vscode.Extension<unknown>): string {
  const name = property(packageJSON, 'displayName')
  return typeof name === 'string' && !name.startsWith('%') ? name : id
}

function property(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null
    ? (value as Record<string, unknown>)[name]
    : undefined
}
