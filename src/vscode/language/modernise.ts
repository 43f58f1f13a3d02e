import * as vscode from 'vscode'
import { oldNamesOf, type OldName } from '../../language/services/modernise.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { rangeOf } from './convert.ts'
import { generatesData } from './generatedData.ts'
import { fileOf } from './kafkaDocument.ts'

/** Marks our hints among the diagnostics; no code of a problem. */
const MODERNISE = 'modernise'

/** Old faker names as hints: three dots under the name, nothing in the list of problems. */
export function oldNameHints(document: vscode.TextDocument): readonly vscode.Diagnostic[] {
  const file = fileOf(document)
  return oldNames(document, file).map(({ name, span, edit }) => {
    const hint = new vscode.Diagnostic(
      rangeOf(file, span),
      `"${name}" is a name of an older faker and works as it is. Today it is "${edit.text}".`,
      vscode.DiagnosticSeverity.Hint,
    )
    hint.code = MODERNISE
    hint.source = 'Kafka'
    return hint
  })
}

/** Where generated data is switched off, the names are only text. */
function oldNames(document: vscode.TextDocument, file: KafkaFile): readonly OldName[] {
  return generatesData(document.uri) ? oldNamesOf(file) : []
}

/** Quick fixes for the old names at a place: this one, or all of the file. */
export const moderniseProvider: vscode.CodeActionProvider = {
  provideCodeActions(document, range, context) {
    const file = fileOf(document)
    const all = oldNames(document, file)
    const here = all.filter(({ span }) => range.intersection(rangeOf(file, span)))
    if (here.length === 0) return []
    const diagnostics = context.diagnostics.filter(({ code }) => code === MODERNISE)
    const action = (title: string, names: readonly OldName[]) => {
      const fix = new vscode.CodeAction(title, vscode.CodeActionKind.QuickFix)
      fix.diagnostics = diagnostics
      fix.edit = new vscode.WorkspaceEdit()
      for (const { edit } of names)
        fix.edit.replace(document.uri, rangeOf(file, edit.span), edit.text)
      return fix
    }
    return [
      ...here.map(name => action(`Modernise: "${name.edit.text}"`, [name])),
      ...(all.length > here.length
        ? [action(`Modernise all ${all.length} old faker names of this file`, all)]
        : []),
    ]
  },
}
