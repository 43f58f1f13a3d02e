import type { MessageRow, Rows, RowsRequest } from '../../protocol/messages.ts'

const BLOCK = 100
/** Blocks kept: what is far from the window is pulled again when it is looked at again. */
const MOST_BLOCKS = 60

interface Block {
  rows: ReadonlyMap<number, MessageRow>
  /** Shown until its successor is there. */
  stale: boolean
  asked: boolean
}

/** The rows that were pulled from the host, in blocks by row number. */
export class RowPages {
  readonly #pull: (request: RowsRequest) => Promise<Rows>
  readonly #onRows: () => void
  readonly #blocks = new Map<number, Block>()
  #revision = 0
  #end = 0

  constructor(pull: (request: RowsRequest) => Promise<Rows>, onRows: () => void) {
    this.#pull = pull
    this.#onRows = onRows
  }

  /** What is known of the host's rows now: blocks that are out of date are marked so. */
  update(revision: number, end: number): void {
    if (revision !== this.#revision) for (const block of this.#blocks.values()) block.stale = true
    else if (end > this.#end) this.#markStale(Math.floor(this.#end / BLOCK))
    if (end < this.#end) this.#blocks.clear()
    this.#revision = revision
    this.#end = end
  }

  /** The row, if it was pulled; else it is pulled now. */
  row(number: number): MessageRow | undefined {
    const start = Math.floor(number / BLOCK)
    const block = this.#blocks.get(start)
    if (!block || (block.stale && !block.asked)) void this.#ask(start)
    return block?.rows.get(number)
  }

  #markStale(start: number): void {
    const block = this.#blocks.get(start)
    if (block) block.stale = true
  }

  async #ask(start: number): Promise<void> {
    const block = this.#blocks.get(start) ?? { rows: new Map(), stale: false, asked: false }
    block.asked = true
    block.stale = false
    this.#blocks.delete(start)
    this.#blocks.set(start, block)
    this.#forgetOldest()
    try {
      const { from, revision, rows } = await this.#pull({ from: start * BLOCK, count: BLOCK })
      block.rows = new Map(rows.map((row, index) => [from + index, row]))
      if (revision !== this.#revision) block.stale = true
    } catch {
      block.stale = true
    }
    block.asked = false
    this.#onRows()
  }

  #forgetOldest(): void {
    for (const [start] of this.#blocks) {
      if (this.#blocks.size <= MOST_BLOCKS) return
      this.#blocks.delete(start)
    }
  }
}
