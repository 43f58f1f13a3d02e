/**
 * Burrow's evaluation of a consumer, rule by rule: no thresholds, a consumer is judged by its own
 * history. Source: linkedin/Burrow, core/internal/evaluator/caching.go. The panel's own verdict,
 * which also knows members and log starts, is in `verdict.ts`; neither bends for the other.
 */
export type BurrowStatus = 'OK' | 'WARN' | 'STOP' | 'STALL' | 'REWIND'
export type BurrowGroupStatus = 'OK' | 'WARN' | 'ERR'

export interface BurrowCommit {
  readonly offset: bigint
  /** When it was committed, ms since the epoch. */
  readonly timestamp: number
  /** At commit time; absent: not known. */
  readonly lag?: bigint
}

/** What Burrow keeps of one partition. */
export interface BurrowWindow {
  /** Oldest first. */
  readonly commits: readonly BurrowCommit[]
  /** How many commits the window can hold. */
  readonly slots: number
  /** The newest log end offsets seen. */
  readonly logEndOffsets: readonly bigint[]
  /** Newest log end offset minus newest commit, at least 0. */
  readonly currentLag: bigint
}

export interface BurrowSettings {
  /** `allowed-lag`. */
  readonly allowedLag: bigint
  /** `minimum-complete`: below this share of filled slots a partition is not judged. */
  readonly minimumComplete: number
}

/** Ten slots of which three must be filled: a single commit proves nothing in an editor. */
export const BURROW_DEFAULTS: BurrowSettings = { allowedLag: 0n, minimumComplete: 0.3 }

/** The status of one partition. `now` is in whole seconds, as Burrow reads it. */
export function burrowStatus(
  window: BurrowWindow,
  settings: BurrowSettings,
  now: number,
): BurrowStatus {
  const { commits } = window
  if (commits.length === 0 || completeness(window) < settings.minimumComplete) return 'OK'
  if (window.currentLag <= settings.allowedLag) return 'OK'
  if (isStopped(commits, window.logEndOffsets, now)) return 'STOP'
  if (isRewound(commits)) return 'REWIND'
  if (wasCaughtUp(commits, settings.allowedLag)) return 'OK'
  if (isStalled(commits)) return 'STALL'
  if (isLagNotDecreasing(commits)) return 'WARN'
  return 'OK'
}

/** Filled slots of all slots, 0 to 1. */
export function completeness(window: BurrowWindow): number {
  return window.commits.length / window.slots
}

/**
 * The last commit is older than the whole window is long, and the consumer was not at the end
 * within the broker's window (else it only just got something to do).
 */
export function isStopped(
  commits: readonly BurrowCommit[],
  logEndOffsets: readonly bigint[],
  now: number,
): boolean {
  const first = commits[0]
  const last = commits.at(-1)
  if (!first || !last) return false
  const age = now * 1000 - last.timestamp
  const span = last.timestamp - first.timestamp
  return age > span && !logEndOffsets.some(end => end <= last.offset)
}

/** The first drop of the offset, if it was not made good by a later commit. Later drops are not seen. */
export function isRewound(commits: readonly BurrowCommit[]): boolean {
  for (const [index, commit] of commits.entries()) {
    const before = commits[index - 1]
    if (before && commit.offset < before.offset)
      return !commits.slice(index + 1).some(later => later.offset >= before.offset)
  }
  return false
}

/** Some commit stood within the allowed lag. */
export function wasCaughtUp(commits: readonly BurrowCommit[], allowedLag: bigint): boolean {
  return commits.some(commit => commit.lag !== undefined && commit.lag <= allowedLag)
}

/** Commits come, the offset stands still. */
export function isStalled(commits: readonly BurrowCommit[]): boolean {
  return commits.every(commit => commit.offset === commits[0]?.offset)
}

/** No known lag is below the one before it. */
export function isLagNotDecreasing(commits: readonly BurrowCommit[]): boolean {
  const lags = commits.flatMap(commit => (commit.lag === undefined ? [] : [commit.lag]))
  return lags.every((lag, index) => lag >= (lags[index - 1] ?? 0n))
}

/** The worst partition's, where STOP, STALL and REWIND are all errors. */
export function burrowGroupStatus(partitions: readonly BurrowStatus[]): BurrowGroupStatus {
  if (partitions.some(status => status !== 'OK' && status !== 'WARN')) return 'ERR'
  return partitions.includes('WARN') ? 'WARN' : 'OK'
}
