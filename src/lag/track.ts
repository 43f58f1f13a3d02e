import { burrowGroupStatus } from './burrow.ts'
import { isManual, ownershipsOf } from './owners.ts'
import {
  advance,
  passedBetween,
  readPartition,
  type Look,
  type PartitionTrack,
} from './partition.ts'
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
  byPartition,
  partitionName,
  type Direction,
  type GroupReading,
  type GroupSample,
  type PartitionReading,
} from './reading.ts'

/** Turns the looks at one group into readings. Keeps only what the next look is compared with. */
export class GroupTrack {
  #partitions = new Map<string, PartitionTrack>()
  #lastAt: number | undefined
  #produce: Rate = newRate(SHORT_RATE)
  #consume: Rate = newRate(SHORT_RATE)
  #steadyProduce: Rate = newRate(LONG_RATE)
  #steadyConsume: Rate = newRate(LONG_RATE)
  #trend: Trend | undefined

  add(sample: GroupSample): GroupReading {
    const { group, at } = sample
    const share = group.type === 'share'
    const look: Look = { at, interval: sample.interval, share, ownerships: ownershipsOf(group) }
    const before = this.#partitions
    this.#partitions = new Map(
      sample.partitions.map(seen => {
        const name = partitionName(seen)
        return [name, advance(before.get(name), seen, look)]
      }),
    )
    this.#addRates(before, look)
    const tracks = [...this.#partitions.values()]
    return this.#read(sample, tracks.map(track => readPartition(track, look)).sort(byPartition))
  }

  #addRates(before: ReadonlyMap<string, PartitionTrack>, look: Look): void {
    const last = this.#lastAt
    this.#lastAt = look.at
    if (last === undefined || look.at - last > 3 * look.interval) {
      this.#produce = newRate(SHORT_RATE)
      this.#consume = newRate(SHORT_RATE)
      this.#steadyProduce = newRate(LONG_RATE)
      this.#steadyConsume = newRate(LONG_RATE)
      this.#trend = undefined
      return
    }
    let produced = 0
    let consumed = 0
    for (const [name, track] of this.#partitions) {
      const passed = passedBetween(before.get(name), track)
      produced += passed.produced
      consumed += passed.consumed
    }
    this.#produce = addToRate(this.#produce, produced, look.at - last)
    this.#consume = addToRate(this.#consume, consumed, look.at - last)
    this.#steadyProduce = addToRate(this.#steadyProduce, produced, look.at - last)
    this.#steadyConsume = addToRate(this.#steadyConsume, consumed, look.at - last)
    this.#follow(look.at)
  }

  #follow(at: number): void {
    if (this.#steadyProduce.samples < MINIMUM_SAMPLES) return
    const produce = rateValue(this.#steadyProduce) ?? 0
    const consume = rateValue(this.#steadyConsume) ?? 0
    this.#trend = trendAfter(this.#trend, produce, consume, at)
  }

  #read({ group, at }: GroupSample, partitions: readonly PartitionReading[]): GroupReading {
    const produceRate = this.#produce.samples < 2 ? undefined : rateValue(this.#produce)
    const consumeRate = this.#consume.samples < 2 ? undefined : rateValue(this.#consume)
    const { problem, groupEpoch } = group
    return {
      groupId: group.groupId,
      type: group.type,
      manual: isManual(group),
      at,
      partitions,
      burrow: burrowGroupStatus(partitions.map(p => p.burrow)),
      ...totals(partitions),
      ...(problem ? { problem } : { state: group.state, members: group.members.length }),
      ...(groupEpoch === undefined ? {} : { groupEpoch }),
      ...(produceRate === undefined ? {} : { produceRate }),
      ...(consumeRate === undefined ? {} : { consumeRate }),
      ...(this.#trend
        ? { trend: { direction: this.#trend.direction, since: this.#trend.since } }
        : {}),
    }
  }
}

function totals(
  partitions: readonly PartitionReading[],
): Pick<GroupReading, 'totalLag' | 'totalIsPartial' | 'maximum'> {
  let totalLag: bigint | undefined
  let maximum: GroupReading['maximum']
  for (const { topic, partition, lag } of partitions) {
    if (lag === undefined) continue
    totalLag = (totalLag ?? 0n) + lag
    if (!maximum || lag > maximum.lag) maximum = { topic, partition, lag }
  }
  const counted = partitions.filter(({ verdict }) => verdict.kind !== 'topic-deleted')
  return {
    totalIsPartial: counted.some(({ lag }) => lag === undefined),
    ...(totalLag === undefined ? {} : { totalLag }),
    ...(maximum ? { maximum } : {}),
  }
}

interface Trend {
  readonly direction: Direction
  readonly since: number
  /** Another direction that shows, from when, and for how many looks. */
  readonly next?: { readonly direction: Direction; readonly since: number; readonly looks: number }
}

/** A direction must show for three looks before it is told: an arrow that flickers says nothing. */
const STEADY_LOOKS = 3

function trendAfter(
  before: Trend | undefined,
  produce: number,
  consume: number,
  at: number,
): Trend {
  const direction = directionOf(produce, consume)
  if (!before) return { direction, since: at }
  if (direction === before.direction) return { direction, since: before.since }
  const next =
    before.next?.direction === direction ? before.next : { direction, since: at, looks: 0 }
  if (next.looks + 1 >= STEADY_LOOKS) return { direction, since: next.since }
  return { ...before, next: { ...next, looks: next.looks + 1 } }
}

function directionOf(produce: number, consume: number): Direction {
  const slope = produce - consume
  const threshold = Math.max(0.2, 0.03 * Math.max(produce, consume))
  if (Math.abs(slope) <= threshold) return 'flat'
  return slope > 0 ? 'rising' : 'falling'
}
