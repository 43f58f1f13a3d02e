import { BURROW_DEFAULTS, burrowStatus, type BurrowCommit } from './burrow.ts'
import { ownerOf, type Ownerships } from './owners.ts'
import {
  addToRate,
  LONG_RATE,
  MINIMUM_SAMPLES,
  newRate,
  rateValue,
  SHORT_RATE,
  type Rate,
} from './rate.ts'
import {
  partitionName,
  type Movement,
  type Owner,
  type Ownership,
  type PartitionReading,
  type PartitionSample,
} from './reading.ts'
import { judge, MINIMUM_QUIET, movementOf, type Evidence } from './verdict.ts'

/** What is remembered of one partition from look to look. Plain data, replaced at each look. */
export interface PartitionTrack {
  readonly sample: PartitionSample
  readonly owner: Owner | undefined
  readonly ownership: Ownership
  readonly at: number
  readonly endAsOf: number | undefined
  readonly watchedSince: number
  /** How far the group is: the commit, or for a share group the end minus its lag. */
  readonly position: bigint | undefined
  readonly lag: bigint | undefined
  readonly lastChange: number | undefined
  readonly lastCaughtUp: number | undefined
  readonly lastOwned: number | undefined
  readonly aheadFor: number
  readonly rewind: { readonly from: bigint; readonly back: bigint; readonly at: number } | undefined
  readonly gone: { readonly offset: bigint; readonly at: number } | undefined
  readonly movement: Movement
  readonly rates: Rates
  /** Burrow's window on polled data: an entry whenever the commit changed. */
  readonly commits: readonly BurrowCommit[]
  readonly logEndOffsets: readonly bigint[]
}

interface Rates {
  readonly produce: Rate
  readonly consume: Rate
  readonly steadyProduce: Rate
  readonly steadyConsume: Rate
}

/** What all partitions of one look share. */
export interface Look {
  readonly at: number
  readonly interval: number
  readonly share: boolean
  readonly ownerships: Ownerships
}

const SLOTS = 10

/** Compares what was seen now with what is remembered. */
export function advance(
  before: PartitionTrack | undefined,
  seen: PartitionSample,
  look: Look,
): PartitionTrack {
  const sample = withLastKnown(before?.sample, seen)
  const lag = lagOf(sample, look.share)
  const position = positionOf(sample, lag, look.share)
  const { owner, ownership } = ownerOf(partitionName(seen), look.ownerships, before?.owner)
  const next = { sample, lag, position, owner, ownership }
  const rates = ratesAfter(before, next, look)
  return {
    sample,
    ownership,
    at: look.at,
    watchedSince: before?.watchedSince ?? look.at,
    aheadFor: isAhead(sample) ? (before?.aheadFor ?? 0) + 1 : 0,
    movement: movementAfter(before, lag, rates, look.at),
    rates,
    commits: commitsAfter(before, sample, lag, look.at),
    logEndOffsets: endsAfter(before, seen),
    owner,
    position,
    lag,
    endAsOf: seen.logEndOffset === undefined ? before?.endAsOf : look.at,
    lastChange: lastChangeAfter(before, position, look.at),
    lastCaughtUp: lag === 0n ? look.at : before?.lastCaughtUp,
    lastOwned: owner ? look.at : before?.lastOwned,
    rewind: rewindAfter(before, position, look.at),
    gone: goneAfter(before, seen, look.at),
  }
}

/** What the panel tells of a partition. */
export function readPartition(track: PartitionTrack, look: Look): PartitionReading {
  const { sample, rates } = track
  const verdict = judge(evidenceOf(track, look))
  const reading: Mutable<PartitionReading> = {
    topic: sample.topic,
    partition: sample.partition,
    ownership: track.ownership,
    lagIsBound: verdict.kind === 'no-commit',
    watchedSince: track.watchedSince,
    verdict,
    burrow: burrowOf(track, look.at),
  }
  const produceRate = shown(rates.produce)
  const consumeRate = track.position === undefined ? undefined : shown(rates.consume)
  if (track.owner) reading.owner = track.owner
  if (sample.committedOffset !== undefined) reading.committedOffset = sample.committedOffset
  if (sample.logStartOffset !== undefined) reading.logStartOffset = sample.logStartOffset
  if (sample.logEndOffset !== undefined) reading.logEndOffset = sample.logEndOffset
  if (track.lag !== undefined && verdict.kind !== 'topic-deleted') reading.lag = track.lag
  if (produceRate !== undefined) reading.produceRate = produceRate
  if (consumeRate !== undefined) reading.consumeRate = consumeRate
  if (track.lastChange !== undefined) reading.lastChange = track.lastChange
  return reading
}

/** There are thousands of these a look: fields are set one by one, which is several times as fast as spreading. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] }

function evidenceOf(track: PartitionTrack, look: Look): Evidence {
  const { sample, rates } = track
  return {
    now: look.at,
    share: look.share,
    ownership: track.ownership,
    committedOffset: sample.committedOffset,
    logStartOffset: sample.logStartOffset,
    logEndOffset: sample.logEndOffset,
    lag: track.lag,
    endProblem: sample.endProblem ?? sample.commitProblem,
    endAsOf: track.endAsOf,
    aheadFor: track.aheadFor,
    watchedSince: track.watchedSince,
    lastChange: track.lastChange,
    lastCaughtUp: track.lastCaughtUp,
    commitSpan: spanOf(track.commits),
    lastOwned: track.lastOwned,
    rewind: track.rewind,
    gone: track.gone,
    movement: track.movement,
    consumeRate: rateValue(rates.steadyConsume) ?? 0,
    produceRate: rateValue(rates.steadyProduce) ?? 0,
  }
}

/** Records that came in and that were read between the two looks; nothing over a discontinuity. */
export function passedBetween(
  before: PartitionTrack | undefined,
  now: PartitionTrack,
): { readonly produced: number; readonly consumed: number } {
  if (!before) return { produced: 0, consumed: 0 }
  return {
    produced: forward(before.sample.logEndOffset, now.sample.logEndOffset),
    consumed: forward(before.position, now.position),
  }
}

function forward(from: bigint | undefined, to: bigint | undefined): number {
  if (from === undefined || to === undefined || to < from) return 0
  return Number(to - from)
}

/** A value that could not be read keeps its last one; what is gone is gone. */
function withLastKnown(
  before: PartitionSample | undefined,
  seen: PartitionSample,
): PartitionSample {
  if (!before) return seen
  const sample: Mutable<PartitionSample> = { ...seen }
  if (seen.commitProblem && before.committedOffset !== undefined)
    sample.committedOffset = before.committedOffset
  if (seen.endProblem && seen.logEndOffset === undefined && before.logEndOffset !== undefined)
    sample.logEndOffset = before.logEndOffset
  if (seen.logStartOffset === undefined && before.logStartOffset !== undefined)
    sample.logStartOffset = before.logStartOffset
  return sample
}

/** Offsets from the commit to the end, never below 0; readable ones only where records were lost. */
function lagOf(sample: PartitionSample, share: boolean): bigint | undefined {
  if (share) return sample.reportedLag
  const { committedOffset, logStartOffset, logEndOffset } = sample
  if (logEndOffset === undefined) return undefined
  const from = committedOffset ?? logStartOffset
  if (from === undefined) return undefined
  const readableFrom = logStartOffset !== undefined && logStartOffset > from ? logStartOffset : from
  return readableFrom > logEndOffset ? 0n : logEndOffset - readableFrom
}

function positionOf(sample: PartitionSample, lag: bigint | undefined, share: boolean) {
  if (!share) return sample.committedOffset
  if (lag === undefined || sample.logEndOffset === undefined) return undefined
  return sample.logEndOffset - lag
}

function isAhead({ committedOffset, logEndOffset }: PartitionSample): boolean {
  if (committedOffset === undefined || logEndOffset === undefined) return false
  return committedOffset > logEndOffset
}

interface Next {
  readonly sample: PartitionSample
  readonly position: bigint | undefined
  readonly owner: Owner | undefined
}

function ratesAfter(before: PartitionTrack | undefined, next: Next, look: Look): Rates {
  if (!before || isDiscontinuous(before, next, look)) return NO_RATES
  const ms = look.at - before.at
  const produced = forward(before.sample.logEndOffset, next.sample.logEndOffset)
  const consumed = forward(before.position, next.position)
  const { rates } = before
  return {
    produce: addToRate(rates.produce, produced, ms),
    consume: addToRate(rates.consume, consumed, ms),
    steadyProduce: addToRate(rates.steadyProduce, produced, ms),
    steadyConsume: addToRate(rates.steadyConsume, consumed, ms),
  }
}

const NO_RATES: Rates = {
  produce: newRate(SHORT_RATE),
  consume: newRate(SHORT_RATE),
  steadyProduce: newRate(LONG_RATE),
  steadyConsume: newRate(LONG_RATE),
}

/** After which earlier rates say nothing: a step back, a loss, another owner, a long silence. */
function isDiscontinuous(before: PartitionTrack, next: Next, look: Look): boolean {
  return (
    look.at - before.at > 3 * look.interval ||
    wentBack(before.position, next.position) ||
    wentBack(before.sample.logEndOffset, next.sample.logEndOffset) ||
    isLost(next.sample) !== isLost(before.sample) ||
    (before.owner !== undefined && before.owner.memberId !== next.owner?.memberId)
  )
}

function wentBack(from: bigint | undefined, to: bigint | undefined): boolean {
  return from !== undefined && (to === undefined || to < from)
}

function isLost({ committedOffset, logStartOffset }: PartitionSample): boolean {
  if (committedOffset === undefined || logStartOffset === undefined) return false
  return committedOffset < logStartOffset
}

function movementAfter(
  before: PartitionTrack | undefined,
  lag: bigint | undefined,
  rates: Rates,
  at: number,
): Movement {
  const caughtUp = before?.lastCaughtUp
  if (lag === undefined) return 'measuring'
  if (lag === 0n || (caughtUp !== undefined && at - caughtUp <= MINIMUM_QUIET)) return 'fine'
  if (rates.steadyConsume.samples < MINIMUM_SAMPLES) return 'measuring'
  const produce = rateValue(rates.steadyProduce) ?? 0
  return movementOf(lag, produce, rateValue(rates.steadyConsume) ?? 0, before?.movement ?? 'fine')
}

function commitsAfter(
  before: PartitionTrack | undefined,
  { committedOffset }: PartitionSample,
  lag: bigint | undefined,
  at: number,
): readonly BurrowCommit[] {
  const commits = before?.commits ?? []
  if (committedOffset === undefined || commits.at(-1)?.offset === committedOffset) return commits
  return [
    ...commits.slice(1 - SLOTS),
    { offset: committedOffset, timestamp: at, ...(lag === undefined ? {} : { lag }) },
  ]
}

function endsAfter(before: PartitionTrack | undefined, { logEndOffset }: PartitionSample) {
  const ends = before?.logEndOffsets ?? []
  return logEndOffset === undefined ? ends : [...ends.slice(1 - SLOTS), logEndOffset]
}

/** With fewer than three commits the pace of a consumer is not known. */
function spanOf(commits: readonly BurrowCommit[]): number {
  const [first] = commits
  const last = commits.at(-1)
  return first && last && commits.length >= 3 ? last.timestamp - first.timestamp : 0
}

function lastChangeAfter(
  before: PartitionTrack | undefined,
  position: bigint | undefined,
  at: number,
) {
  return before && before.position !== position ? at : before?.lastChange
}

/** Stands until the offset is again where it had been. */
function rewindAfter(before: PartitionTrack | undefined, position: bigint | undefined, at: number) {
  const rewind = before?.rewind
  if (position === undefined) return undefined
  if (before?.position !== undefined && position < before.position) {
    const from = rewind && rewind.from > before.position ? rewind.from : before.position
    return { from, back: from - position, at }
  }
  return rewind && position < rewind.from ? rewind : undefined
}

function goneAfter(before: PartitionTrack | undefined, seen: PartitionSample, at: number) {
  if (seen.committedOffset !== undefined || seen.commitProblem) return undefined
  const offset = before?.sample.committedOffset
  return offset === undefined ? before?.gone : { offset, at }
}

function burrowOf(track: PartitionTrack, at: number) {
  const window = {
    commits: track.commits,
    slots: SLOTS,
    logEndOffsets: track.logEndOffsets,
    currentLag: track.lag ?? 0n,
  }
  return burrowStatus(window, BURROW_DEFAULTS, Math.floor(at / 1000))
}

/** Two intervals are the least that can be called a rate. */
function shown(rate: Rate): number | undefined {
  return rate.samples < 2 ? undefined : rateValue(rate)
}
