interface Waiting<T> {
  readonly item: T
  readonly settle: (isDone: boolean) => void
}

/**
 * Hands items from one side to the other, one at a time: `put` resolves when the taker is done with
 * its item, so that a slow taker holds up the putter.
 */
export class Handover<T> implements AsyncIterable<T> {
  readonly #items: Waiting<T>[] = []
  #wake: () => void = () => undefined
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  /** True: the taker asked for the next item. False: it took no more, or the queue had ended. */
  put(item: T): Promise<boolean> {
    if (this.#ended) return Promise.resolve(false)
    return new Promise(settle => {
      this.#items.push({ item, settle })
      this.#wake()
    })
  }

  /** What is put after this is dropped; what was put before is still handed over. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    try {
      for (;;) {
        const [next] = this.#items
        if (next) {
          yield next.item
          this.#items.shift()
          next.settle(true)
        } else if (this.#ended) {
          return
        } else {
          await new Promise<void>(resolve => (this.#wake = resolve))
        }
      }
    } finally {
      this.#ended = true
      for (const { settle } of this.#items.splice(0)) settle(false)
    }
  }
}
