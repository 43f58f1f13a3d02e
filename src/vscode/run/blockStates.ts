import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import type { Block } from '../../language/tree.ts'
import { fileOf } from '../language/kafkaDocument.ts'
import { Anchors } from './anchors.ts'
import { isBusy, type BlockState } from './blockState.ts'

/** A block by a name that holds while the text around it is edited, and while its file is renamed. */
export interface BlockId {
  readonly id: string
}

interface DocumentStates {
  uri: string
  readonly anchors: Anchors
  readonly states: Map<string, BlockState>
}

/** What each block does or did, by document and block; follows the edits of the documents. */
export class BlockStates implements Disposable {
  readonly #documents = new Map<string, DocumentStates>()
  /** The document of each block, by its id. */
  readonly #owners = new Map<string, DocumentStates>()
  readonly #running = new Map<string, AbortController>()
  readonly #changed = new Emitter<string>()
  /** Fires with the address of the document. */
  readonly onDidChange = this.#changed.event
  readonly #turned = new Emitter<void>()
  /** A block began or ended something: not for each record of a schedule. */
  readonly onDidTurn = this.#turned.event
  readonly #store = new DisposableStore()

  constructor() {
    this.#store.add(this.#changed)
    this.#store.add(this.#turned)
    this.#store.add(
      vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
        const edits = contentChanges.map(({ rangeOffset, rangeLength, text }) => ({
          offset: rangeOffset,
          removed: rangeLength,
          inserted: text.length,
        }))
        this.#documents.get(document.uri.toString())?.anchors.edit(edits)
      }),
    )
    this.#store.add(
      vscode.workspace.onDidRenameFiles(({ files }) => {
        for (const { oldUri, newUri } of files) this.#rename(oldUri.toString(), newUri.toString())
      }),
    )
  }

  /** Names the block, for as long as it lives. */
  idOf(document: vscode.TextDocument, { keyword }: Block): BlockId {
    const own = this.#of(document.uri.toString())
    const id = own.anchors.idAt(keyword.start, keyword.end - keyword.start)
    this.#owners.set(id, own)
    return { id }
  }

  /** The block's name, if it was named before. */
  knownId(document: vscode.TextDocument, block: Block): BlockId | undefined {
    const uri = document.uri.toString()
    const id = this.#documents.get(uri)?.anchors.find(block.keyword.start)
    return id === undefined ? undefined : { id }
  }

  state(document: vscode.TextDocument, block: Block): BlockState | undefined {
    const known = this.knownId(document, block)
    return known && this.get(known)
  }

  get({ id }: BlockId): BlockState | undefined {
    return this.#owners.get(id)?.states.get(id)
  }

  set({ id }: BlockId, state: BlockState): void {
    const own = this.#owners.get(id)
    if (!own) return
    const before = own.states.get(id)
    own.states.set(id, state)
    this.#changed.fire(own.uri)
    if (before?.kind !== state.kind) this.#turned.fire()
  }

  /** The blocks of a document that have a state, as they stand in its text now. */
  blocks(document: vscode.TextDocument): { readonly block: Block; readonly state: BlockState }[] {
    return fileOf(document).blocks.flatMap(block => {
      const state = this.state(document, block)
      return state ? [{ block, state }] : []
    })
  }

  /** Begins a run of the block, alone or with others: it is aborted when one of them is stopped. */
  begin(block: BlockId, controller = new AbortController()): AbortController {
    this.#running.set(block.id, controller)
    return controller
  }

  end(block: BlockId, controller: AbortController): void {
    if (this.#running.get(block.id) === controller) this.#running.delete(block.id)
  }

  stop(block: BlockId): void {
    this.#running.get(block.id)?.abort()
  }

  stopAll(): void {
    for (const controller of this.#running.values()) controller.abort()
  }

  /** How many PRODUCERs send by a schedule now. */
  get scheduled(): number {
    let count = 0
    for (const { states } of this.#documents.values())
      for (const state of states.values()) if (state.kind === 'scheduled') count++
    return count
  }

  isBusy(block: BlockId): boolean {
    return isBusy(this.get(block))
  }

  dispose(): void {
    this.stopAll()
    this.#store.dispose()
  }

  #of(uri: string): DocumentStates {
    const known = this.#documents.get(uri)
    if (known) return known
    const states = { uri, anchors: new Anchors(randomUUID), states: new Map<string, BlockState>() }
    this.#documents.set(uri, states)
    return states
  }

  /** Of a file, or of all in a folder. */
  #rename(before: string, after: string): void {
    for (const [uri, own] of [...this.#documents]) {
      if (uri !== before && !uri.startsWith(`${before}/`)) continue
      this.#documents.delete(uri)
      own.uri = after + uri.slice(before.length)
      this.#documents.set(own.uri, own)
      this.#changed.fire(own.uri)
    }
    this.#turned.fire()
  }
}
