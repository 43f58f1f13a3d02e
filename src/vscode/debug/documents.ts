import type * as vscode from 'vscode'
import { findConsumers, type SourceConsumer } from '../../source/consumers.ts'

/** Languages whose text is looked at for consumers. */
export const LANGUAGES = ['javascript', 'typescript', 'javascriptreact', 'typescriptreact']

/** What is longer is a bundle that nobody reads. */
const LONGEST_TEXT = 512 * 1024

interface Seen {
  readonly version: number
  readonly consumers: readonly SourceConsumer[]
}

const seen = new WeakMap<vscode.TextDocument, Seen>()

/** The consumers in a document; looked for again only when its text has changed. */
export function consumersOf(document: vscode.TextDocument): readonly SourceConsumer[] {
  if (!LANGUAGES.includes(document.languageId)) return []
  const known = seen.get(document)
  if (known?.version === document.version) return known.consumers
  const text = document.getText()
  const consumers = text.length > LONGEST_TEXT ? [] : findConsumers(text)
  seen.set(document, { version: document.version, consumers })
  return consumers
}
