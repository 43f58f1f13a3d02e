/** Something that holds on to a resource until it is told to let go. Calling twice is harmless. */
export interface Disposable {
  dispose(): void
}

/** A disposable that runs `action` once. */
export function toDisposable(action: () => void): Disposable {
  let done = false
  return {
    dispose() {
      if (done) return
      done = true
      action()
    },
  }
}

/**
 * Owns disposables and disposes them in reverse order of adding. What is added after the end is
 * disposed at once, so that a late answer cannot leak.
 */
export class DisposableStore implements Disposable {
  readonly #items = new Set<Disposable>()
  #disposed = false

  get disposed(): boolean {
    return this.#disposed
  }

  add<T extends Disposable>(item: T): T {
    if (this.#disposed) item.dispose()
    else this.#items.add(item)
    return item
  }

  dispose(): void {
    if (this.#disposed) return
    this.#disposed = true
    for (const item of [...this.#items].reverse()) item.dispose()
    this.#items.clear()
  }
}
