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

interface Anchor {
  readonly place: number
  /** Units of the keyword that stands there. */
  readonly length: number
  /** Where the text was taken out that the keyword stood in, and how much of it. */
  readonly gone?: { readonly offset: number; readonly length: number }
}

/**
 * Names for blocks that hold while the text around them is edited. One whose keyword is taken out
 * has no place, so that its name does not pass to the block that moves up, until the same amount of
 * text comes back there: the change was undone, or pasted where it was cut.
 */
export class Anchors {
  readonly #anchors = new Map<string, Anchor>()
  readonly #newId: () => string

  constructor(newId: () => string) {
    this.#newId = newId
  }

  /** The id of the block whose keyword, of that length, stands at `place`; made when it has none. */
  idAt(place: number, length: number): string {
    const known = this.find(place)
    if (known !== undefined) return known
    const id = this.#newId()
    this.#anchors.set(id, { place, length })
    return id
  }

  find(place: number): string | undefined {
    for (const [id, anchor] of this.#anchors) if (!anchor.gone && anchor.place === place) return id
    return undefined
  }

  /** Edits of one change, whose offsets all count in the text before it. */
  edit(edits: readonly Edit[]): void {
    const fromTheEnd = [...edits].sort((a, b) => b.offset - a.offset)
    for (const [id, anchor] of this.#anchors)
      this.#anchors.set(id, fromTheEnd.reduce(afterEdit, anchor))
  }

  forget(id: string): void {
    this.#anchors.delete(id)
  }
}

function afterEdit(anchor: Anchor, edit: Edit): Anchor {
  const { place, length, gone } = anchor
  const { offset, removed, inserted } = edit
  if (gone) return comesBack(gone, edit) ? { place, length } : lostAfter(anchor, gone, edit)
  const isWithin = offset <= place && offset + removed >= place + length
  // The keyword alone is about to be written anew, and text put in its place begins there.
  const isItsOwn = offset === place && (removed === length || inserted > 0)
  if (isWithin && !isItsOwn) return { place, length, gone: { offset, length: removed } }
  return { place: moved(place, edit), length }
}

function comesBack(gone: NonNullable<Anchor['gone']>, { offset, removed, inserted }: Edit) {
  return offset === gone.offset && removed === 0 && inserted === gone.length
}

/** Both places move alike, so that the one within the text that is gone stays right. */
function lostAfter(anchor: Anchor, gone: NonNullable<Anchor['gone']>, edit: Edit): Anchor {
  const offset = moved(gone.offset, edit)
  const place = anchor.place + offset - gone.offset
  return { ...anchor, place, gone: { ...gone, offset } }
}
