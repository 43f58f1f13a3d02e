/**
 * Hands items from one side to the other, one at a time: `put` resolves when its item was taken or
 * the queue has ended, so that a slow taker holds up the putter.
 */
export class Handover<T> implements AsyncIterable<T> {
  readonly #items: { readonly item: T; readonly taken: () => void }[] = []
  #wake: () => void = () => undefined
  #ended = false

  get ended(): boolean {
    return this.#ended
  }

  put(item: T): Promise<void> {
    if (this.#ended) return Promise.resolve()
    return new Promise(taken => {
      this.#items.push({ item, taken })
      this.#wake()
    })
  }

  /** What is put after this is dropped; what was put before is still handed over. */
  end(): void {
    this.#ended = true
    this.#wake()
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<T> {
    for (;;) {
      const next = this.#items.shift()
      if (next) {
        next.taken()
        yield next.item
      } else if (this.#ended) {
        return
      } else {
        await new Promise<void>(resolve => (this.#wake = resolve))
      }
    }
  }
}
