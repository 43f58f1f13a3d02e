import { randomUUID } from 'node:crypto'
import * as vscode from 'vscode'
import { DisposableStore, type Disposable } from '../../base/dispose.ts'
import { Emitter } from '../../base/events.ts'
import type { Block } from '../../language/tree.ts'
import { fileOf } from '../language/kafkaDocument.ts'
import { Anchors } from './anchors.ts'
import { isBusy, type BlockState } from './blockState.ts'

/** A block of a document by a name that holds while the text around it is edited. */
export interface BlockId {
  readonly uri: string
  readonly id: string
}

interface DocumentStates {
  readonly anchors: Anchors
  readonly states: Map<string, BlockState>
}

/** What each block does or did, by document and block; follows the edits of the documents. */
export class BlockStates implements Disposable {
  readonly #documents = new Map<string, DocumentStates>()
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
  }

  /** Names the block, for as long as it lives. */
  idOf(document: vscode.TextDocument, block: Block): BlockId {
    const uri = document.uri.toString()
    return { uri, id: this.#of(uri).anchors.idAt(block.keyword.start) }
  }

  /** The block's name, if it was named before. */
  knownId(document: vscode.TextDocument, block: Block): BlockId | undefined {
    const uri = document.uri.toString()
    const id = this.#documents.get(uri)?.anchors.find(block.keyword.start)
    return id === undefined ? undefined : { uri, id }
  }

  state(document: vscode.TextDocument, block: Block): BlockState | undefined {
    const known = this.knownId(document, block)
    return known && this.get(known)
  }

  get({ uri, id }: BlockId): BlockState | undefined {
    return this.#documents.get(uri)?.states.get(id)
  }

  set({ uri, id }: BlockId, state: BlockState): void {
    const { states } = this.#of(uri)
    const before = states.get(id)
    states.set(id, state)
    this.#changed.fire(uri)
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
    this.#running.set(keyOf(block), controller)
    return controller
  }

  end(block: BlockId, controller: AbortController): void {
    if (this.#running.get(keyOf(block)) === controller) this.#running.delete(keyOf(block))
  }

  stop(block: BlockId): void {
    this.#running.get(keyOf(block))?.abort()
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
    const states = { anchors: new Anchors(randomUUID), states: new Map<string, BlockState>() }
    this.#documents.set(uri, states)
    return states
  }
}

function keyOf({ uri, id }: BlockId): string {
  return `${uri} ${id}`
}
