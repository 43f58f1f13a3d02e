import * as vscode from 'vscode'
import { formatJsonOf } from '../../language/services/formatJson.ts'
import { blockAt } from '../../language/tree.ts'
import { offsetOf, rangeOf } from './convert.ts'
import { fileOf, KAFKA_LANGUAGE } from './kafkaDocument.ts'

/**
 * The command "Format JSON of Block". It is no formatter that the editor knows of: that would
 * change what is sent whenever a file is saved.
 */
export async function formatJsonOfBlock(): Promise<void> {
  const editor = vscode.window.activeTextEditor
  if (editor?.document.languageId !== KAFKA_LANGUAGE) return
  const file = fileOf(editor.document)
  const block = blockAt(file, offsetOf(file, editor.selection.active))
  const formatted = block ? formatJsonOf(file, block) : OUTSIDE
  if ('refused' in formatted) {
    void vscode.window.showInformationMessage(formatted.refused)
    return
  }
  await editor.edit(edit => {
    for (const { span, text } of formatted.edits) edit.replace(rangeOf(file, span), text)
  })
}

const OUTSIDE = { refused: 'Place the cursor in the block whose JSON is to be formatted.' } as const
