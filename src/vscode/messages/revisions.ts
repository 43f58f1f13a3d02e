/**
 * One number for the order of rows through all views that a panel has one after the other: each
 * counts its own revisions from the beginning, and a page of the one before must be stale.
 */
export class Revisions {
  #view: object | undefined
  #base = 0
  #latest = 0

  of(view: object | undefined, revision: number): number {
    if (view !== this.#view) {
      this.#view = view
      this.#base = this.#latest + 1
    }
    const unique = this.#base + revision
    this.#latest = Math.max(this.#latest, unique)
    return unique
  }
}
