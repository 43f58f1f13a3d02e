import type { PartitionProgress, ReadUpdate } from '../kafka/reading.ts'

/** One line about how far a read is, rewritten in place. */
export interface Progress {
  take(update: ReadUpdate): void
  /** Takes the line away, before something else is printed. */
  clear(): void
}

const NO_PROGRESS: Progress = {
  take() {
    // Nobody looks.
  },
  clear() {
    // Nothing to take away.
  },
}

const EVERY_MS = 200
const CLEAR_LINE = '\r\u001b[K'

/** `write` goes to a terminal; without one there is no progress. */
export function newProgress(write: ((text: string) => void) | undefined): Progress {
  if (!write) return NO_PROGRESS
  let shownAt = performance.now()
  let shown = false
  let known: readonly PartitionProgress[] = []
  return {
    take(update) {
      if (update.progress.length > 0) known = update.progress
      const now = performance.now()
      if (update.done || now - shownAt < EVERY_MS) return
      shownAt = now
      shown = true
      write(`${CLEAR_LINE}${progressText(update, known)}`)
    },
    clear() {
      if (shown) write(CLEAR_LINE)
      shown = false
    },
  }
}

function progressText(update: ReadUpdate, known: readonly PartitionProgress[]): string {
  const { recordsRead, recordsMatched, bytesRead } = update
  const share = shareOf(known)
  return [
    `${counted(recordsRead)} records read`,
    recordsMatched === undefined ? '' : `${counted(recordsMatched)} matched`,
    `${(bytesRead / 1e6).toFixed(1)} MB`,
    share === undefined ? '' : `${share} %`,
  ]
    .filter(part => part !== '')
    .join(' · ')
}

function counted(count: number): string {
  return count.toLocaleString('en-US')
}

/** Undefined where a partition has no known end. */
function shareOf(known: readonly PartitionProgress[]): number | undefined {
  let [done, all] = [0n, 0n]
  for (const { position, startOffset, endOffset } of known) {
    if (endOffset === undefined) return undefined
    done += position - startOffset
    all += endOffset - startOffset
  }
  return all > 0n ? Number((done * 100n) / all) : undefined
}
