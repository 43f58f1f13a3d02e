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
  store.add(
    vscode.commands.registerCommand('kafkaWorkbench.goToFailure', () => goToFailure(states)),
  )
  return store
}

/** How many blocks of a document went wrong when they ran last. */
export function countFailures(document: vscode.TextDocument, states: BlockStates): number {
  if (document.languageId !== KAFKA_LANGUAGE) return 0
  return resultsOf(document, states).filter(({ result }) => result.tone === 'bad').length
}

/** Goes to the next block below the caret that went wrong; from the last one to the first. */
async function goToFailure(states: BlockStates): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== KAFKA_LANGUAGE) return
  const failures = resultsOf(editor.document, states)
    .filter(({ result }) => result.tone === 'bad')
    .map(({ range }) => range.start)
  const next = failures.find(({ line }) => line > editor.selection.active.line) ?? failures[0]
  if (next) await goTo(editor, next)
}

/** With the keyboard too, wherever it was. */
async function goTo(editor: vscode.TextEditor, place: vscode.Position): Promise<void> {
  const { document, viewColumn } = editor
  const selection = new vscode.Range(place, place)
  await vscode.window.showTextDocument(document, { selection, ...(viewColumn && { viewColumn }) })
}

/** Goes to the header of the block at the caret and shows what the pointer would see there. */
async function showAtCaret(): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== KAFKA_LANGUAGE) return
  const { document, selection } = editor
  const block = blockAt(fileOf(document), document.offsetAt(selection.active))
  if (!block) return
  await goTo(editor, document.positionAt(block.header.start))
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
