import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { GivenText } from '../../language/given.ts'
import { linesOf, type Span } from '../../language/lines.ts'
import {
  environmentNames,
  readEnvironment,
  type Environment,
  type EnvironmentText,
  type EnvironmentTexts,
} from '../../run/environments.ts'
import { membersOf, notJson } from '../../run/jsonPlaces.ts'

export const ENVIRONMENT_FILE = 'kafka.env.json'
export const PRIVATE_ENVIRONMENT_FILE = 'kafka.private.env.json'

/** A larger one is no file of environments. */
const LARGEST_BYTES = 1024 * 1024

/** The environments of the workspace, for the services of the language. */
export interface EnvironmentFiles extends Disposable {
  /** What is known by now of the files that count for a document; the rest is read meanwhile. */
  of(document: vscode.Uri): KnownEnvironments
  /** Resolves when what `of` gives is known. */
  load(document: vscode.Uri): Promise<void>
  /** The files that count for a document, read anew. */
  read(document: vscode.Uri): Promise<EnvironmentTexts>
  /** Files were read, or changed. */
  readonly onDidChange: Event<void>
}

export interface KnownEnvironments {
  /** False while the files are being read, and where one of them cannot be used. */
  readonly isRead: boolean
  readonly names: readonly string[]
  /** The values of an environment; without a name those that are there in all. */
  given(name: string | undefined): ReadonlyMap<string, GivenText>
  /** Name of the cluster that an environment goes to. */
  cluster(name: string | undefined): string | undefined
  /** The file of values that are kept to oneself. */
  readonly private?: vscode.Uri
  /** Where a name is declared in the files. */
  placesOf(name: string): readonly { readonly uri: vscode.Uri; readonly range: vscode.Range }[]
}

interface FoundFile extends EnvironmentText {
  readonly uri: vscode.Uri
}

interface Found {
  readonly public?: FoundFile
  readonly private?: FoundFile
}

export function createEnvironmentFiles(): EnvironmentFiles {
  const store = new DisposableStore()
  const changed = store.add(new Emitter<void>())
  const byFolder = new Map<string, Found | 'reading'>()
  const forget = () => {
    byFolder.clear()
    changed.fire()
  }
  const watcher = store.add(
    vscode.workspace.createFileSystemWatcher(
      `**/{${ENVIRONMENT_FILE},${PRIVATE_ENVIRONMENT_FILE}}`,
    ),
  )
  store.add(watcher.onDidChange(forget))
  store.add(watcher.onDidCreate(forget))
  store.add(watcher.onDidDelete(forget))

  const read = async (folder: vscode.Uri, top: vscode.Uri, key: string) => {
    const found = await findIn(folder, top)
    if (byFolder.get(key) !== 'reading') return
    byFolder.set(key, found)
    changed.fire()
  }

  return {
    of(document) {
      const top = vscode.workspace.getWorkspaceFolder(document)?.uri
      if (!top) return { ...NONE, isRead: true }
      const folder = vscode.Uri.joinPath(document, '..')
      const key = folder.toString()
      const found = byFolder.get(key)
      if (!found) {
        byFolder.set(key, 'reading')
        void read(folder, top, key)
      }
      return found === undefined || found === 'reading' ? NONE : knownOf(found)
    },
    async load(document) {
      const top = vscode.workspace.getWorkspaceFolder(document)?.uri
      if (!top) return
      const folder = vscode.Uri.joinPath(document, '..')
      const key = folder.toString()
      if (typeof byFolder.get(key) === 'object') return
      byFolder.set(key, 'reading')
      await read(folder, top, key)
    },
    async read(document) {
      const top = vscode.workspace.getWorkspaceFolder(document)?.uri
      return top ? findIn(vscode.Uri.joinPath(document, '..'), top) : {}
    },
    onDidChange: changed.event,
    dispose: () => {
      store.dispose()
      byFolder.clear()
    },
  }
}

const NONE: KnownEnvironments = {
  isRead: false,
  names: [],
  given: () => new Map(),
  cluster: () => undefined,
  placesOf: () => [],
}

async function findIn(folder: vscode.Uri, top: vscode.Uri): Promise<Found> {
  const [open, hidden] = await Promise.all([
    nearest(ENVIRONMENT_FILE, folder, top),
    nearest(PRIVATE_ENVIRONMENT_FILE, folder, top),
  ])
  return { ...(open && { public: open }), ...(hidden && { private: hidden }) }
}

/** The file in the folder or in the nearest one above it, up to the folder of the workspace. */
export async function nearest(
  name: string,
  folder: vscode.Uri,
  top: vscode.Uri,
): Promise<FoundFile | undefined> {
  for (let at = folder; at.path.startsWith(top.path); at = vscode.Uri.joinPath(at, '..')) {
    const uri = vscode.Uri.joinPath(at, name)
    const text = await textOf(uri)
    if (text !== undefined) return { name, text, uri }
    if (at.path === top.path || at.path === '/') return undefined
  }
  return undefined
}

async function textOf(uri: vscode.Uri): Promise<string | undefined> {
  try {
    const { size } = await vscode.workspace.fs.stat(uri)
    if (size > LARGEST_BYTES) return undefined
    return new TextDecoder().decode(await vscode.workspace.fs.readFile(uri))
  } catch {
    return undefined
  }
}

function knownOf(found: Found): KnownEnvironments {
  const texts: EnvironmentTexts = found
  const known = new Map<string | undefined, Environment>()
  const environment = (name: string | undefined): Environment => {
    const before = known.get(name)
    if (before) return before
    const read = readEnvironment(texts, name)
    const now = 'environment' in read ? read.environment : { values: new Map() }
    known.set(name, now)
    return now
  }
  const files = [found.private, found.public].filter(file => file !== undefined)
  return {
    isRead: 'environment' in readEnvironment(texts, undefined),
    names: environmentNames(texts),
    given: name => environment(name).values,
    cluster: name => environment(name).cluster,
    ...(found.private && { private: found.private.uri }),
    placesOf: name =>
      files.flatMap(({ uri, text }) =>
        spansOf(text, name).map(span => ({ uri, range: rangeIn(text, span) })),
      ),
  }
}

function spansOf(text: string, name: string): readonly Span[] {
  if (notJson(text)) return []
  return (membersOf(text) ?? []).flatMap(({ span }) =>
    (membersOf(text, span) ?? []).flatMap(member =>
      member.name === name ? [member.nameSpan] : [],
    ),
  )
}

function rangeIn(text: string, { start, end }: Span): vscode.Range {
  const lines = linesOf(text)
  const from = lines.placeOf(start)
  const to = lines.placeOf(end)
  return new vscode.Range(from.line, from.column, to.line, to.column)
}
