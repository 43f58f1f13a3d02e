import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { Location } from './location.ts'

export interface LineNote {
  readonly text: string
  readonly tone: 'quiet' | 'warning' | 'error'
  readonly hover: vscode.MarkdownString
}

const COLORS: Readonly<Record<LineNote['tone'], string>> = {
  quiet: 'editorCodeLens.foreground',
  warning: 'editorWarning.foreground',
  error: 'editorError.foreground',
}

/**
 * Notes behind lines of code, each in every visible editor of its file. An editor that comes back
 * into sight is a new object without them, so they are set again whenever editors change.
 */
export class LineNotes implements Disposable {
  readonly #store = new DisposableStore()
  readonly #type = this.#store.add(
    vscode.window.createTextEditorDecorationType({
      rangeBehavior: vscode.DecorationRangeBehavior.ClosedClosed,
    }),
  )
  readonly #notes = new Map<string, { readonly location: Location; readonly note: LineNote }>()

  constructor() {
    this.#store.add(vscode.window.onDidChangeVisibleTextEditors(() => this.#draw()))
  }

  dispose(): void {
    this.#notes.clear()
    this.#store.dispose()
  }

  set(owner: string, location: Location, note: LineNote): void {
    this.#notes.set(owner, { location, note })
    this.#draw()
  }

  clear(owner: string): void {
    if (this.#notes.delete(owner)) this.#draw()
  }

  #draw(): void {
    for (const editor of vscode.window.visibleTextEditors) {
      const uri = editor.document.uri.toString()
      const own = [...this.#notes.values()].filter(
        ({ location }) => location.uri.toString() === uri,
      )
      editor.setDecorations(
        this.#type,
        own.map(({ location, note }) => decoration(editor.document, location, note)),
      )
    }
  }
}

/** The line above the stopped one is free: on its own line inline values would push the note away. */
function decoration(
  document: vscode.TextDocument,
  { line }: Location,
  note: LineNote,
): vscode.DecorationOptions {
  const above = Math.min(Math.max(line - 1, 0), document.lineCount - 1)
  const { end } = document.lineAt(above).range
  return {
    range: new vscode.Range(end, end),
    hoverMessage: note.hover,
    renderOptions: {
      after: {
        contentText: note.text,
        color: new vscode.ThemeColor(COLORS[note.tone]),
        margin: '0 0 0 2em',
        fontStyle: 'normal',
      },
    },
  }
}
