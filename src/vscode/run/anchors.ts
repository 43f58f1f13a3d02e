/** An edit of a text: `removed` units at `offset` are replaced by `inserted` ones. */
export interface Edit {
  readonly offset: number
  readonly removed: number
  readonly inserted: number
}

/**
 * Where a place stands after an edit. What is inserted right at it pushes it on, so that a block
 * keeps its place when a line is put before it; a place within removed text moves to its start.
 */
export function moved(place: number, { offset, removed, inserted }: Edit): number {
  if (offset + removed <= place) return place + inserted - removed
  return offset < place ? offset : place
}

/** Names for blocks that hold while the text around them is edited. */
export class Anchors {
  readonly #places = new Map<string, number>()
  readonly #newId: () => string

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** The id of the block whose keyword stands at `place`, made when it has none. */
  idAt(place: number): string {
    const known = this.find(place)
    if (known !== undefined) return known
    const id = this.#newId()
    this.#places.set(id, place)
    return id
  }

  find(place: number): string | undefined {
    for (const [id, at] of this.#places) if (at === place) return id
    return undefined
  }

  placeOf(id: string): number | undefined {
    return this.#places.get(id)
  }

  /** Edits of one change, whose offsets all count in the text before it. */
  edit(edits: readonly Edit[]): void {
    for (const [id, place] of this.#places)
      this.#places.set(id, [...edits].sort((a, b) => b.offset - a.offset).reduce(moved, place))
  }

  forget(id: string): void {
    this.#places.delete(id)
  }
}
