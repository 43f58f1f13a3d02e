/** Places of notes among all rows, counted from the first row that ever was. */
export class NotePlaces {
  #places = new Float64Array(64)
  #head = 0
  #end = 0

  get count(): number {
    return this.#end - this.#head
  }

  get bytes(): number {
    return this.#places.byteLength
  }

  /** How many notes stand before a place. */
  before(place: number): number {
    let low = this.#head
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle] ?? 0) < place) low = middle + 1
      else high = middle
    }
    return low - this.#head
  }

  /** The place of the row that has so many rows but no notes before it, and is none. */
  placeOf(rows: number, from: number): number {
    let low = this.#head + this.before(from)
    const first = low
    let high = this.#end
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#places[middle] ?? 0) - from - (middle - first) <= rows) low = middle + 1
      else high = middle
    }
    return from + rows + (low - first)
  }

  /** Later than all there are. */
  add(place: number): void {
    if (this.#end === this.#places.length) this.#grow()
    this.#places[this.#end++] = place
  }

  /** Forgets those at and after a place. */
  cut(place: number): void {
    this.#end = this.#head + this.before(place)
  }

  /** Forgets those before a place. */
  drop(place: number): void {
    this.#head += this.before(place)
  }

  #grow(): void {
    const kept = this.#places.subarray(this.#head, this.#end)
    const grown = new Float64Array(Math.max(64, kept.length * 2))
    grown.set(kept)
    this.#places = grown
    this.#end -= this.#head
    this.#head = 0
  }
}
