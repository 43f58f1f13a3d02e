import { BlockBuilder, newPlace, placeInBlock, type Block } from './block.ts'
import type { HeldRow } from './store.ts'

interface Copied {
  readonly block: Block
  readonly rows: readonly number[]
  /** Where the rows are in the order. */
  readonly indexes: readonly number[]
}

/** Copies rows of several blocks into as few as there can be. */
export class Copier {
  readonly #blockBytes: number
  readonly #done: Copied[] = []
  readonly #place = newPlace()
  #builder: BlockBuilder
  #rows: number[] = []
  #indexes: number[] = []

  constructor(blockBytes: number) {
    this.#blockBytes = blockBytes
    this.#builder = new BlockBuilder(blockBytes)
  }

  add({ block, row, extra }: HeldRow, index: number): void {
    if (extra) this.#rows.push(this.#builder.addExtra(extra))
    else {
      placeInBlock(block, row, this.#place)
      this.#rows.push(this.#builder.add(this.#place))
    }
    this.#indexes.push(index)
    if (this.#builder.full) this.#close()
  }

  finish(): readonly Copied[] {
    if (!this.#builder.empty) this.#close()
    return this.#done
  }

  #close(): void {
    this.#done.push({ block: this.#builder.finish(), rows: this.#rows, indexes: this.#indexes })
    this.#builder = new BlockBuilder(this.#blockBytes)
    this.#rows = []
    this.#indexes = []
  }
}
