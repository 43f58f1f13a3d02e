import type { RecordName } from '../../kafka/recordView.ts'
import type { ReadingSession } from './session.ts'

/**
 * Brings a record into sight that may not be held yet, in a page that may not be loaded yet. Only
 * the record that was wanted last counts.
 */
export class Reveal {
  readonly #session: Pick<ReadingSession, 'view' | 'phase'>
  readonly #show: (row: number, record?: RecordName) => void
  readonly #missing: (name: RecordName) => void
  #wanted: RecordName | undefined
  /** Found before there was a page to show it. */
  #found: { readonly row: number; readonly record?: RecordName } | undefined
  #ready = false
  #looking = false

  constructor(
    session: Pick<ReadingSession, 'view' | 'phase'>,
    show: (row: number, record?: RecordName) => void,
    missing: (name: RecordName) => void,
  ) {
    this.#session = session
    this.#show = show
    this.#missing = missing
  }

  want(name: RecordName): void {
    this.#wanted = name
    this.look()
  }

  show(row: number, record?: RecordName): void {
    this.#wanted = undefined
    if (this.#ready) this.#show(row, record)
    else this.#found = { row, ...(record && { record }) }
  }

  /** The page is there, or there again. */
  ready(): void {
    this.#ready = true
    const found = this.#found
    this.#found = undefined
    if (found) this.#show(found.row, found.record)
  }

  /** Looks whether the record is held by now. */
  look(): void {
    const { view, phase } = this.#session
    if (!this.#wanted || !view || this.#looking || phase === 'connecting') return
    void this.#find(this.#wanted, view)
  }

  async #find(wanted: RecordName, view: NonNullable<ReadingSession['view']>): Promise<void> {
    this.#looking = true
    const { phase } = this.#session
    try {
      const row = await view.locate(wanted)
      if (wanted !== this.#wanted || view !== this.#session.view) return
      if (row !== undefined) this.show(row, wanted)
      else if (isOver(phase)) this.#giveUp(wanted)
    } catch {
      // The view was let go of; the next one is asked again.
    } finally {
      this.#looking = false
    }
  }

  #giveUp(name: RecordName): void {
    this.#wanted = undefined
    this.#missing(name)
  }
}

/** What was asked for has been read, as far as it is there. */
function isOver(phase: ReadingSession['phase']): boolean {
  return phase === 'following' || phase === 'done'
}
