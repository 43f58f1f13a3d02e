import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import type { KafkaRecord } from '../../kafka/record.ts'

const SCHEME = 'kafka-record'
/** Records that can be looked at again in a tab that was left; older ones say that they are gone. */
const MOST_DOCUMENTS = 200

/** Read-only documents of records: what a click in the table opens. */
export interface RecordDocuments extends Disposable {
  open(clusterId: string, record: KafkaRecord, text: string): Promise<void>
  /** Opens the editor that shows how two texts differ. */
  compare(clusterId: string, left: RecordAsText, right: RecordAsText): Promise<void>
}

export interface RecordAsText {
  readonly record: KafkaRecord
  readonly text: string
}

export function createRecordDocuments(): RecordDocuments {
  const store = new DisposableStore()
  const texts = new Map<string, string>()
  const changed = store.add(new vscode.EventEmitter<vscode.Uri>())
  store.add(
    vscode.workspace.registerTextDocumentContentProvider(SCHEME, {
      onDidChange: changed.event,
      provideTextDocumentContent: uri =>
        texts.get(uri.toString()) ?? 'This record is no longer held in memory: open it again.\n',
    }),
  )
  const hold = (clusterId: string, record: KafkaRecord, text: string) => {
    const uri = uriOf(clusterId, record)
    keep(texts, uri.toString(), text)
    changed.fire(uri)
    return uri
  }
  return {
    async open(clusterId, record, text) {
      const uri = hold(clusterId, record, text)
      const document = await vscode.workspace.openTextDocument(uri)
      await vscode.window.showTextDocument(document, {
        viewColumn: vscode.ViewColumn.Beside,
        preserveFocus: true,
        preview: true,
      })
    },
    async compare(clusterId, left, right) {
      const [before, after] = [left, right].map(({ record, text }) => hold(clusterId, record, text))
      const title = `${nameOf(left.record)} ↔ ${nameOf(right.record)}`
      await vscode.commands.executeCommand('vscode.diff', before, after, title)
    },
    dispose: () => {
      store.dispose()
      texts.clear()
    },
  }
}

/** `kafka-record:/orders-2 @ 752511.json?local`: the path is what the tab shows. */
function uriOf(clusterId: string, record: KafkaRecord): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/${nameOf(record)}.json`, query: clusterId })
}

function nameOf({ topic, partition, offset }: KafkaRecord): string {
  return `${topic}-${partition} @ ${offset}`
}

function keep(texts: Map<string, string>, key: string, text: string): void {
  texts.delete(key)
  texts.set(key, text)
  for (const oldest of texts.keys()) {
    if (texts.size <= MOST_DOCUMENTS) return
    texts.delete(oldest)
  }
}
