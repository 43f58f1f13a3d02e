import type * as vscode from 'vscode'
import { savedReading, type Reading } from './reading.ts'

/**
 * What each open view reads, as it was chosen last. The editor writes what a view keeps for itself
 * only now and then: after a plain reload of a browser that may be what was chosen before.
 */
export interface KeptReadings {
  /** What the view reads that was brought back with `saved`. */
  latest(saved: Reading): Reading
  /** A view reads this now; `before`: the id of what it read until now. */
  keep(reading: Reading, before: string): void
  /** The view was closed. */
  forget(id: string): void
}

export function keptReadings(state: vscode.Memento): KeptReadings {
  const write = (id: string, reading: Reading) => {
    if (JSON.stringify(state.get(keyOf(id))) !== JSON.stringify(reading))
      void state.update(keyOf(id), reading)
  }
  return {
    latest: saved => savedReading(state.get(keyOf(saved.id))) ?? saved,
    keep(reading, before) {
      write(reading.id, reading)
      if (before !== reading.id) write(before, reading)
    },
    forget(id) {
      void state.update(keyOf(id), undefined)
    },
  }
}

function keyOf(id: string): string {
  return `messages.reading ${id}`
}
