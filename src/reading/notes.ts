import type { PageNote } from '../kafka/page.ts'

/** Offsets that bring no record to be seen. */
export interface Passed {
  readonly offset: bigint
  readonly nextOffset: bigint
  /** Why not, where it is not that they are gone. */
  readonly note?: PageNote
}

/** More gaps than these on a page are told two in one, again and again. */
const MAX_GAPS = 1000

/** Finds out what a log holds besides records, as a part of it is gone through in order. */
export interface NoteTaker {
  /** The records of one batch, which ends before `nextOffset`; undefined: not known where. */
  records(offsets: BigInt64Array, nextOffset: bigint | undefined): void
  pass(passed: Passed): void
  /** What was found since it was asked last. */
  take(): PageNote[]
}

/** From the offset on at which the part begins. */
export function newNoteTaker(from: bigint): NoteTaker {
  let expected = from
  let notes: PageNote[] = []
  let gaps = 0

  const missUntil = (offset: bigint) => {
    if (offset <= expected) return
    if (gaps === MAX_GAPS) {
      notes = joinGaps(notes)
      gaps = notes.filter(({ kind }) => kind === 'gap').length
    }
    const missing = Number(offset - expected)
    notes.push({ kind: 'gap', offset: expected, nextOffset: offset, missing })
    gaps++
  }
  const goOn = (offset: bigint) => {
    if (offset > expected) expected = offset
  }

  return {
    records(offsets, nextOffset) {
      const first = offsets[0]
      if (first === undefined) return
      const last = offsets[offsets.length - 1] ?? first
      if (last - first === BigInt(offsets.length - 1)) missUntil(first)
      else {
        for (const offset of offsets) {
          missUntil(offset)
          expected = offset + 1n
        }
      }
      goOn(last + 1n)
      if (nextOffset === undefined) return
      missUntil(nextOffset)
      goOn(nextOffset)
    },
    pass({ offset, nextOffset, note }) {
      missUntil(offset)
      if (note) addNote(notes, note)
      goOn(nextOffset)
    },
    take() {
      const taken = notes
      notes = []
      gaps = 0
      return taken
    },
  }
}

/** Batches of one aborted transaction that follow each other are one note. */
function addNote(notes: PageNote[], note: PageNote): void {
  const last = notes.at(-1)
  const joined =
    last?.kind === 'aborted' &&
    note.kind === 'aborted' &&
    last.producerId === note.producerId &&
    last.nextOffset === note.offset
  if (!joined) {
    notes.push(note)
    return
  }
  const records = last.records + note.records
  notes[notes.length - 1] = { ...last, nextOffset: note.nextOffset, records }
}

/** Every two gaps with nothing but records between them as one: the span has both in it. */
function joinGaps(notes: readonly PageNote[]): PageNote[] {
  const joined: PageNote[] = []
  let single = false
  for (const note of notes) {
    const last = joined.at(-1)
    if (single && last?.kind === 'gap' && note.kind === 'gap') {
      const missing = last.missing + note.missing
      joined[joined.length - 1] = { ...last, nextOffset: note.nextOffset, missing }
      single = false
    } else {
      joined.push(note)
      single = true
    }
  }
  return joined
}
