import { toDisposable, type Disposable } from './dispose.ts'

/** Subscribes a listener; disposing what is returned ends the subscription. */
export type Event<T> = (listener: (value: T) => void) => Disposable

/** The firing side of an event. A listener that throws does not keep the others from hearing. */
export class Emitter<T> implements Disposable {
  readonly #listeners = new Set<(value: T) => void>()
  readonly #onError: (error: unknown) => void

  constructor(onError: (error: unknown) => void = () => undefined) {
    this.#onError = onError
  }

  readonly event: Event<T> = listener => {
    const own = (value: T) => {
      listener(value)
    }
    this.#listeners.add(own)
    return toDisposable(() => this.#listeners.delete(own))
  }

  get hasListeners(): boolean {
    return this.#listeners.size > 0
  }

  fire(value: T): void {
    for (const listener of [...this.#listeners]) {
      try {
        listener(value)
      } catch (error) {
        this.#onError(error)
      }
    }
  }

  dispose(): void {
    this.#listeners.clear()
  }
}
