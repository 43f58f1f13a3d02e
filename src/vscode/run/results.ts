import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { BlockStates } from './blockStates.ts'
import { inlineResult, type InlineResult } from './resultText.ts'

const COLORS: Readonly<Record<InlineResult['tone'], vscode.ThemeColor>> = {
  good: new vscode.ThemeColor('editorCodeLens.foreground'),
  busy: new vscode.ThemeColor('editorCodeLens.foreground'),
  bad: new vscode.ThemeColor('list.errorForeground'),
}

/** Shows what became of each PRODUCER behind its header line, with the details on hover. */
export function registerResults(states: BlockStates): Disposable {
  const store = new DisposableStore()
  const decoration = store.add(
    vscode.window.createTextEditorDecorationType({
      after: { margin: '0 0 0 2em' },
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
    }),
  )
  const show = (editor: vscode.TextEditor) => {
    if (editor.document.languageId !== KAFKA_LANGUAGE) return
    editor.setDecorations(decoration, decorationsOf(editor.document, states))
  }
  const showIn = (uri?: string) => {
    for (const editor of vscode.window.visibleTextEditors)
      if (uri === undefined || editor.document.uri.toString() === uri) show(editor)
  }
  store.add(states.onDidChange(showIn))
  store.add(
    vscode.window.onDidChangeVisibleTextEditors(() => {
      showIn()
    }),
  )
  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (document.languageId === KAFKA_LANGUAGE) showIn(document.uri.toString())
    }),
  )
  return store
}

function decorationsOf(
  document: vscode.TextDocument,
  states: BlockStates,
): vscode.DecorationOptions[] {
  return states.blocks(document).flatMap(({ block, state }) => {
    const result = inlineResult(state)
    if (!result) return []
    return {
      range: document.lineAt(block.startLine).range,
      renderOptions: { after: { contentText: result.text, color: COLORS[result.tone] } },
      ...(result.details !== undefined && {
        hoverMessage: new vscode.MarkdownString(result.details),
      }),
    }
  })
}
