import type { Row, Rows, RowsRequest } from '../../protocol/messages.ts'

const BLOCK = 100
/** Blocks kept: what is far from the window is pulled again when it is looked at again. */
const MOST_BLOCKS = 120
/** Asked for at once: while somebody drags the scroll bar, what he passed is never asked for. */
const MOST_ASKED = 3
/** Blocks ahead of the window, in the direction it moves. */
const AHEAD = 2

interface Block {
  readonly revision: number
  /** Rows that there were when it was pulled: a last block grows. */
  readonly end: number
  readonly rows: ReadonlyMap<number, Row>
}

/** The rows that were pulled from the host, in blocks by row number. */
export class RowPages {
  readonly #pull: (request: RowsRequest) => Promise<Rows>
  readonly #onRows: () => void
  readonly #blocks = new Map<number, Block>()
  readonly #asked = new Set<number>()
  #wanted: readonly number[] = []
  #revision = 0
  #end = 0
  #from = 0

  constructor(pull: (request: RowsRequest) => Promise<Rows>, onRows: () => void) {
    this.#pull = pull
    this.#onRows = onRows
  }

  /** What is known of the host's rows now. What was pulled before is shown until its successor came. */
  update(revision: number, end: number): void {
    if (revision !== this.#revision && end < this.#end) this.#blocks.clear()
    this.#revision = revision
    this.#end = end
    this.#ask()
  }

  /** The row, as far as it was pulled. */
  row(number: number): Row | undefined {
    const block = this.#blocks.get(Math.floor(number / BLOCK))
    return block?.rows.get(number)
  }

  /** The row, where it was pulled in the order that holds now. */
  fresh(number: number): Row | undefined {
    const block = this.#blocks.get(Math.floor(number / BLOCK))
    return block?.revision === this.#revision ? block.rows.get(number) : undefined
  }

  /** Rows `from` up to `to` are looked at: they are pulled, and then those that come next. */
  want(from: number, to: number): void {
    const down = from >= this.#from
    this.#from = from
    const seen = blocksOf(from, to)
    const first = seen[0] ?? 0
    const last = seen.at(-1) ?? first
    const ahead = Array.from({ length: AHEAD }, (_, index) =>
      down ? last + 1 + index : first - 1 - index,
    )
    const behind = down ? first - 1 : last + 1
    this.#wanted = [...seen, ...ahead, behind]
    this.#ask()
  }

  #ask(): void {
    for (const start of this.#wanted) {
      if (this.#asked.size >= MOST_ASKED) return
      if (this.#isDue(start)) void this.#askFor(start)
    }
  }

  #isDue(start: number): boolean {
    if (start < 0 || start * BLOCK >= this.#end || this.#asked.has(start)) return false
    const block = this.#blocks.get(start)
    if (!block || block.revision < this.#revision) return true
    return block.end < Math.min(this.#end, (start + 1) * BLOCK)
  }

  async #askFor(start: number): Promise<void> {
    this.#asked.add(start)
    const end = this.#end
    let came: Rows | undefined
    try {
      came = await this.#pull({ from: start * BLOCK, count: BLOCK })
    } catch {
      // It is asked for again with the next state or the next look.
    }
    this.#asked.delete(start)
    if (!came) return
    this.#keep(start, came, end)
    this.#onRows()
    this.#ask()
  }

  #keep(start: number, { from, revision, rows }: Rows, end: number): void {
    this.#blocks.delete(start)
    this.#blocks.set(start, {
      revision,
      end,
      rows: new Map(rows.map((row, index) => [from + index, row])),
    })
    for (const [oldest] of this.#blocks) {
      if (this.#blocks.size <= MOST_BLOCKS) return
      if (!this.#wanted.includes(oldest)) this.#blocks.delete(oldest)
    }
  }
}

function blocksOf(from: number, to: number): number[] {
  const first = Math.floor(from / BLOCK)
  const last = Math.floor(Math.max(from, to - 1) / BLOCK)
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}
