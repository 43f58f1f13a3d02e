import * as vscode from 'vscode'
import type { KafkaFile } from '../../language/tree.ts'
import { rangeOf } from '../language/convert.ts'
import { expectationsOf, type Expectation } from './expectations.ts'

/** The tests of the window: a file, and below it its EXPECTs. */
export interface TestItems {
  /** Shows a file as its text is now; one without an EXPECT is none of the tests. */
  show(uri: vscode.Uri, file: KafkaFile): void
  remove(uri: vscode.Uri): void
  has(uri: vscode.Uri): boolean
  /** Files that are this one, or in this folder. */
  under(uri: vscode.Uri): readonly vscode.Uri[]
  /** Files. */
  readonly size: number
}

export function createTestItems(controller: vscode.TestController): TestItems {
  const { items } = controller
  return {
    show(uri, file) {
      const expectations = expectationsOf(file)
      const id = uri.toString()
      if (expectations.length === 0) {
        items.delete(id)
        return
      }
      const item = items.get(id) ?? fileItem(uri, controller)
      const children = expectations.map(expectation => {
        const child =
          item.children.get(expectation.id) ??
          controller.createTestItem(expectation.id, expectation.label, uri)
        present(child, expectation, file)
        return child
      })
      // Those that are known keep what became of them.
      if (isOther(item.children, children)) item.children.replace(children)
      if (items.get(id) !== item) items.add(item)
    },
    remove(uri) {
      items.delete(uri.toString())
    },
    has: uri => items.get(uri.toString()) !== undefined,
    under: folder =>
      Array.from(items, ([id, { uri }]) =>
        uri && `${id}/`.startsWith(`${folder.toString()}/`) ? [uri] : [],
      ).flat(),
    get size() {
      return items.size
    },
  }
}

function fileItem(uri: vscode.Uri, controller: vscode.TestController): vscode.TestItem {
  return controller.createTestItem(uri.toString(), vscode.workspace.asRelativePath(uri), uri)
}

function present(
  item: vscode.TestItem,
  { block, label, skip, tags }: Expectation,
  file: KafkaFile,
): void {
  const description = skip === undefined ? '' : skip === '' ? 'skipped' : `skipped: ${skip}`
  const sortText = String(block.index).padStart(6, '0')
  const names = item.tags.map(({ id }) => id)
  item.range = rangeOf(file, block.header)
  if (item.label !== label) item.label = label
  if ((item.description ?? '') !== description) item.description = description
  if (item.sortText !== sortText) item.sortText = sortText
  if (names.join() !== tags.join()) item.tags = tags.map(tag => new vscode.TestTag(tag))
}

function isOther(known: vscode.TestItemCollection, wanted: readonly vscode.TestItem[]): boolean {
  return known.size !== wanted.length || wanted.some(({ id }) => !known.get(id))
}
