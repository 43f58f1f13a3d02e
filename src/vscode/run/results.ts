import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { blockAt } from '../../language/tree.ts'
import { fileOf, KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { BlockStates } from './blockStates.ts'
import { inlineResult, type InlineResult } from './resultText.ts'

const COLORS: Readonly<Record<InlineResult['tone'], vscode.ThemeColor>> = {
  good: new vscode.ThemeColor('editorCodeLens.foreground'),
  busy: new vscode.ThemeColor('editorCodeLens.foreground'),
  bad: new vscode.ThemeColor('errorForeground'),
}

/** Shows what became of each block behind its header line, with the details on hover. */
export function registerResults(states: BlockStates): Disposable {
  const store = new DisposableStore()
  const rangeBehavior = vscode.DecorationRangeBehavior.ClosedOpen
  const text = store.add(
    vscode.window.createTextEditorDecorationType({ after: { margin: '0 0 0 2em' }, rangeBehavior }),
  )
  // What failed further down is seen beside the scroll bar.
  const mark = store.add(
    vscode.window.createTextEditorDecorationType({
      overviewRulerColor: new vscode.ThemeColor('editorOverviewRuler.errorForeground'),
      overviewRulerLane: vscode.OverviewRulerLane.Right,
      rangeBehavior,
    }),
  )
  const show = (editor: vscode.TextEditor) => {
    if (editor.document.languageId !== KAFKA_LANGUAGE) return
    const shown = resultsOf(editor.document, states)
    editor.setDecorations(text, shown.map(decorationOf))
    editor.setDecorations(
      mark,
      shown.filter(({ result }) => result.tone === 'bad').map(({ range }) => range),
    )
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
  store.add(vscode.commands.registerCommand('kafkaWorkbench.showResult', showAtCaret))
  return store
}

/** Goes to the header of the block at the caret and shows what the pointer would see there. */
async function showAtCaret(): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== KAFKA_LANGUAGE) return
  const { document, selection } = editor
  const block = blockAt(fileOf(document), document.offsetAt(selection.active))
  if (!block) return
  const start = document.positionAt(block.header.start)
  editor.selection = new vscode.Selection(start, start)
  editor.revealRange(new vscode.Range(start, start))
  await vscode.commands.executeCommand('editor.action.showHover', {
    focus: 'autoFocusImmediately',
  })
}

interface ShownResult {
  readonly range: vscode.Range
  readonly result: InlineResult
}

function resultsOf(document: vscode.TextDocument, states: BlockStates): readonly ShownResult[] {
  return states.blocks(document).flatMap(({ block, state }) => {
    const result = inlineResult(state)
    return result ? { range: document.lineAt(block.startLine).range, result } : []
  })
}

function decorationOf({ range, result }: ShownResult): vscode.DecorationOptions {
  return {
    range,
    renderOptions: { after: { contentText: result.text, color: COLORS[result.tone] } },
    ...(result.details !== undefined && {
      hoverMessage: new vscode.MarkdownString(result.details),
    }),
  }
}
