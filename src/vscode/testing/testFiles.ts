import * as vscode from 'vscode'
import { DisposableStore, toDisposable, type Disposable } from '../../base/dispose.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import { LARGEST_TEXT } from '../../language/limits.ts'
import { parse } from '../../language/parse.ts'
import { fileOf, KAFKA_LANGUAGE } from '../language/kafkaDocument.ts'
import type { TestItems } from './testItems.ts'

/** Ms from the last change of a text to its tests. */
const PAUSE = 250
const PATTERN = '**/*.kafka'
const LEFT_OUT = '**/node_modules/**'
/** Files of the workspace that are read; more are told in the log, and shown once they are opened. */
const MOST_FILES = 1_000
const AT_ONCE = 8

export interface TestFiles extends Disposable {
  /** Looks for the files of the workspace, and from then on for what becomes of them. */
  find(token?: vscode.CancellationToken): Promise<void>
}

/**
 * Keeps the tests of the open documents, and once they are asked for those of the workspace's
 * files. Text that is edited counts, not what is saved.
 */
export function createTestFiles(items: TestItems, log: Log): TestFiles {
  const store = new DisposableStore()
  const timers = new Map<string, NodeJS.Timeout>()
  let finding: Promise<void> | undefined
  let isWatching = false

  const soon = (uri: vscode.Uri, after = PAUSE) => {
    const id = uri.toString()
    clearTimeout(timers.get(id))
    timers.set(
      id,
      setTimeout(() => {
        timers.delete(id)
        void look(uri)
      }, after),
    )
  }
  const look = async (uri: vscode.Uri) => {
    const document = openDocument(uri)
    if (document) items.show(uri, fileOf(document))
    else if (isWatching && isInWorkspace(uri)) await read(uri)
    else items.remove(uri)
  }
  const read = async (uri: vscode.Uri) => {
    const text = await textOf(uri)
    const document = openDocument(uri)
    if (store.disposed) return
    if (document) items.show(uri, fileOf(document))
    else if (text === undefined) items.remove(uri)
    else items.show(uri, parse(text).file)
  }
  const watch = () => {
    if (isWatching) return
    isWatching = true
    const watcher = store.add(vscode.workspace.createFileSystemWatcher(PATTERN))
    const changed = async (uri: vscode.Uri) => {
      if (items.has(uri) || (items.size < MOST_FILES && (await isLookedFor(uri)))) soon(uri)
    }
    store.add(watcher.onDidCreate(uri => void changed(uri)))
    store.add(watcher.onDidChange(uri => void changed(uri)))
    const gone = (uri: vscode.Uri) => {
      for (const file of items.under(uri)) void look(file)
    }
    // Of a folder that is deleted its files are not told.
    const deleted = store.add(vscode.workspace.createFileSystemWatcher('**', true, true))
    store.add(deleted.onDidDelete(gone))
    // Of what the editor does itself it knows before the watcher.
    store.add(
      vscode.workspace.onDidDeleteFiles(({ files }) => {
        files.forEach(gone)
      }),
    )
    store.add(
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri } of files) gone(oldUri)
        void find()
      }),
    )
  }
  const find = (token?: vscode.CancellationToken) => {
    finding ??= search(token).finally(() => {
      finding = undefined
    })
    return finding
  }
  const search = async (token?: vscode.CancellationToken) => {
    try {
      watch()
      const found = await vscode.workspace.findFiles(PATTERN, LEFT_OUT, MOST_FILES, token)
      if (found.length === MOST_FILES)
        log.warn(
          `Only the first ${MOST_FILES} .kafka files of the workspace are looked at for tests.`,
        )
      await inTurns(found, read, () => store.disposed || token?.isCancellationRequested === true)
    } catch (error) {
      log.warn(
        `The .kafka files of the workspace could not be looked for: ${problemOf(error).message}`,
      )
    }
  }

  store.add(
    vscode.workspace.onDidOpenTextDocument(document => {
      if (isTestDocument(document)) soon(document.uri, 0)
    }),
  )
  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      if (isTestDocument(document)) soon(document.uri)
    }),
  )
  store.add(
    vscode.workspace.onDidCloseTextDocument(document => {
      if (isTestDocument(document)) soon(document.uri, 0)
    }),
  )
  store.add(
    toDisposable(() => {
      for (const timer of timers.values()) clearTimeout(timer)
      timers.clear()
    }),
  )
  for (const document of vscode.workspace.textDocuments)
    if (isTestDocument(document)) soon(document.uri, 0)
  return {
    find,
    dispose: () => {
      store.dispose()
    },
  }
}

/** A file or a new document: not what is shown of another version of a file. */
function isTestDocument({ languageId, uri }: vscode.TextDocument): boolean {
  return (
    languageId === KAFKA_LANGUAGE &&
    (uri.scheme === 'untitled' || uri.scheme === 'file' || isInWorkspace(uri))
  )
}

function openDocument(uri: vscode.Uri): vscode.TextDocument | undefined {
  const id = uri.toString()
  return vscode.workspace.textDocuments.find(
    document => document.uri.toString() === id && isTestDocument(document),
  )
}

function isInWorkspace(uri: vscode.Uri): boolean {
  return uri.scheme !== 'untitled' && vscode.workspace.getWorkspaceFolder(uri) !== undefined
}

/** Whether the search would find a file: the settings leave some out, and a watcher tells of all. */
async function isLookedFor(uri: vscode.Uri): Promise<boolean> {
  const folder = vscode.workspace.getWorkspaceFolder(uri)
  if (!folder) return false
  const path = uri.path.slice(folder.uri.path.length + 1)
  // Each of these would have a meaning in a pattern, and any character in its place is as good.
  const pattern = new vscode.RelativePattern(folder, path.replaceAll(/[[\]{}*?!]/g, '?'))
  return (await vscode.workspace.findFiles(pattern, LEFT_OUT, 1)).length > 0
}

/** Undefined: it is not there, or too large to be read. */
async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri)
    if (size > LARGEST_TEXT) return undefined
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    return undefined
  }
}

async function inTurns<T>(
  all: readonly T[],
  act: (one: T) => Promise<void>,
  isOver: () => boolean,
): Promise<void> {
  const rest = all.values()
  const turn = async () => {
    for (const one of rest) {
      if (isOver()) return
      await act(one)
    }
  }
  await Promise.all(Array.from({ length: AT_ONCE }, turn))
}
