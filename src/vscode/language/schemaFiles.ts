import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter, type Event } from '../../base/events.ts'
import type { Log } from '../../base/log.ts'
import { problemOf } from '../../base/problem.ts'
import type { compileJsonSchema } from '../../formats/jsonSchema.ts'
import { hasSchemas } from '../../language/check/schemas.ts'
import type { Knowledge } from '../../language/check/knowledge.ts'
import type { KafkaFile } from '../../language/tree.ts'
import { newSchemaCheck, type SchemaFile } from '../../run/schemaCheck.ts'
import { workspaceFiles } from '../run/workspaceFile.ts'

/** The schemas that documents name, for the services of the language. */
export interface SchemaFiles extends Disposable {
  /** Undefined where the file has no schema; what is not known yet is read meanwhile. */
  checkOf(document: vscode.Uri, file: KafkaFile): Knowledge['schemaOf']
  /** The text of a schema's file, as far as it is known. */
  textOf(document: vscode.Uri, path: string): string | undefined
  /** Files were read, or changed. */
  readonly onDidChange: Event<void>
}

/** A larger file is no schema that is read while somebody types. */
const LARGEST_BYTES = 1024 * 1024
const MOST_FILES = 200

interface Entry {
  readonly document: vscode.Uri
  readonly path: string
  /** What was read last, also while it is read anew; absent: nothing yet, or it is too large. */
  file?: SchemaFile
}

export function createSchemaFiles(log: Log): SchemaFiles {
  const store = new DisposableStore()
  const changed = store.add(new Emitter<void>())
  const known = new Map<string, Entry>()
  let compile: typeof compileJsonSchema | undefined
  let isAsked = false
  const checks = new Map<string, NonNullable<Knowledge['schemaOf']>>()

  const readAnew = () => {
    for (const [key, entry] of known) void read(key, entry)
  }
  const watcher = store.add(
    vscode.workspace.createFileSystemWatcher('**/*.{json,avsc,proto,jsonschema}'),
  )
  store.add(watcher.onDidChange(readAnew))
  store.add(watcher.onDidCreate(readAnew))
  store.add(watcher.onDidDelete(readAnew))

  async function loadLibrary(): Promise<void> {
    try {
      compile = (await import('../../formats/jsonSchema.ts')).compileJsonSchema
      checks.clear()
      changed.fire()
    } catch (error) {
      log.debug(`Schemas cannot be checked: ${problemOf(error).message}`)
    }
  }

  async function read(key: string, entry: Entry): Promise<void> {
    const file = await schemaFile(entry.document, entry.path)
    if (known.get(key) !== entry || isSame(file, entry.file)) return
    if (file) entry.file = file
    else delete entry.file
    changed.fire()
  }

  function fileOf(document: vscode.Uri, path: string): SchemaFile | undefined {
    const key = `${vscode.Uri.joinPath(document, '..').toString()} ${path}`
    const entry = known.get(key)
    if (entry) return entry.file
    if (known.size >= MOST_FILES) known.clear()
    const added: Entry = { document, path }
    known.set(key, added)
    void read(key, added)
    return undefined
  }

  return {
    checkOf(document, file) {
      if (!hasSchemas(file)) return undefined
      if (!isAsked) {
        isAsked = true
        void loadLibrary()
      }
      const folder = vscode.Uri.joinPath(document, '..').toString()
      const check = checks.get(folder) ?? newSchemaCheck(path => fileOf(document, path), compile)
      checks.set(folder, check)
      return check
    },
    textOf(document, path) {
      const file = fileOf(document, path)
      return file && 'text' in file ? file.text : undefined
    },
    onDidChange: changed.event,
    dispose: () => {
      store.dispose()
      known.clear()
    },
  }
}

function isSame(a: SchemaFile | undefined, b: SchemaFile | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Undefined: it is too large. */
async function schemaFile(document: vscode.Uri, path: string): Promise<SchemaFile | undefined> {
  const reading = new AbortController()
  const pieces: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const piece of workspaceFiles(document).stream(path, reading.signal)) {
      bytes += piece.length
      if (bytes > LARGEST_BYTES) return undefined
      pieces.push(piece.slice())
    }
    return { text: new TextDecoder().decode(Buffer.concat(pieces)) }
  } catch (error) {
    return { problem: problemOf(error) }
  }
}
