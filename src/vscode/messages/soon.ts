import type { Disposable } from '../../base/dispose.ts'

/** One call to come: of the times that it was asked for, at the earliest. */
export class Soon implements Disposable {
  readonly #call: () => void
  #timer: NodeJS.Timeout | undefined
  #due = Infinity

  constructor(call: () => void) {
    this.#call = call
  }

  /** In so many ms, if not sooner. */
  in(ms: number): void {
    const due = performance.now() + ms
    if (due >= this.#due) return
    clearTimeout(this.#timer)
    this.#due = due
    this.#timer = setTimeout(() => {
      this.cancel()
      this.#call()
    }, ms)
  }

  cancel(): void {
    clearTimeout(this.#timer)
    this.#due = Infinity
  }

  dispose(): void {
    this.cancel()
  }
}
