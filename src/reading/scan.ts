import { problemOf, type Problem } from '../base/problem.ts'
import type { RecordPage } from '../kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../kafka/reading.ts'
import type { OffsetContext } from '../kafkajs/offsets.ts'
import { pause, toError } from '../kafkajs/waiting.ts'
import {
  applyAnswer,
  releaseLane,
  sendFetch,
  type FetchContext,
  type FetchedPart,
  type FetchOutcome,
} from './fetching.ts'
import { findLeaders, type Leader } from './leaders.ts'
import { newIntake, type Intake } from './intake.ts'
import { pageBytes, packPages } from './pages.ts'
import { giveUp, newPartitionRead, progressOf, type PartitionRead } from './partitionRead.ts'
import { clampToLog, resolveRanges, type PositionContext, type Resolved } from './positions.ts'

export interface ScanOptions {
  readonly offsets: OffsetContext
  readonly request: ReadRequest
  /** The connections that this read has to itself. */
  readonly lane: string
  readonly signal: AbortSignal
  /** How many bytes of answers may be in memory at a time, all leaders together. */
  readonly memoryBudgetBytes: number
  /** Takes an update; resolves when the next may come. */
  readonly emit: (update: ReadUpdate) => Promise<void>
  /** Is shown every page that is read, before the filter. What it keeps it must copy. */
  readonly observe?: (page: RecordPage) => void
  /** How often a read without an end looks for new partitions, ms. */
  readonly lookForPartitionsMs?: number
}

const LOOK_FOR_PARTITIONS_MS = 5_000

/** The first fetch is small, so that the first records are there soon. */
const FIRST_FETCH_BYTES = 256 * 1024
const MIN_ANSWER_BYTES = 64 * 1024
const MAX_ANSWER_BYTES = 32 * 1024 * 1024
/**
 * Answers start with this size: memory that is still in the processor's cache is read twice as fast
 * (measured). Where an answer takes long to come, they grow, so that fewer are waited for.
 */
const FIRST_ANSWER_BYTES = 4 * 1024 * 1024
const SLOW_ANSWER_MS = 100
/** Per leader an answer is being decoded while another is on its way. */
const ANSWERS_PER_LEADER = 2
/** One update carries about this much, or what one answer brought. */
const UPDATE_BYTES = 1024 * 1024
/** With more partitions than these, progress is told no more often than every 100 ms. */
const OFTEN_TOLD_PARTITIONS = 32
const PROGRESS_INTERVAL_MS = 100
/** Decoding and filtering let the thread's messages in at least so often, in ms. */
const TURN_MS = 10
/** Pauses before a partition's leader is looked up again. */
const FIRST_PAUSE_MS = 100
const LONGEST_PAUSE_MS = 2_000
/** A read that has an end waits so long for a partition that cannot be read. */
const FAILING_LIMIT_MS = 20_000

/**
 * Reads a topic's partitions from their leaders until their ends, or until the signal aborts; then
 * there is no further update. Resolves when the lane is free for another read. Rejects with
 * `ProblemError` where there is no topic to read; everything else that goes wrong is a problem of its
 * partition, and the others go on.
 */
export async function scan(options: ScanOptions): Promise<void> {
  const { offsets, request, signal, observe } = options
  const intake = newIntake(request, observe)
  const leaders = await findLeaders(offsets.leaders, request.topic, signal)
  await new Scan(options, leaders, intake).run()
}

type Asked =
  | {
      readonly reads: readonly PartitionRead[]
      readonly answer: Awaited<Fetched>
      /** Since it was asked for, ms. */
      readonly took: number
    }
  | { readonly reads: readonly PartitionRead[]; readonly error: unknown }
type Fetched = ReturnType<typeof sendFetch>

/** One read from its first to its last update. */
class Scan {
  readonly #options: ScanOptions
  readonly #request: ReadRequest
  readonly #fetch: FetchContext
  readonly #positions: PositionContext
  readonly #reads: PartitionRead[]
  readonly #byLeader = new Map<number, Set<PartitionRead>>()
  /** Partitions whose leader or position must be found first. */
  readonly #unplaced = new Set<PartitionRead>()
  #leaders: ReadonlyMap<number, Leader>
  #placing = false

  readonly #stop = new AbortController()
  readonly #tasks = new Set<Promise<void>>()
  readonly #ended = Promise.withResolvers<undefined>()
  #failure: Error | undefined

  readonly #intake: Intake
  #answerBytes: number
  #bytesRead = 0
  #progressToldAt = 0
  #turnStartedAt = 0
  #news = true

  constructor(options: ScanOptions, leaders: ReadonlyMap<number, Leader>, intake: Intake) {
    const { request, offsets, lane, memoryBudgetBytes } = options
    this.#options = options
    this.#request = request
    this.#leaders = leaders
    this.#intake = intake
    const wanted = new Set(request.partitions ?? leaders.keys())
    this.#reads = [...wanted].map(partition => newPartitionRead(partition, FIRST_FETCH_BYTES))
    const brokers = new Set([...leaders.values()].map(leader => leader.nodeId)).size
    const share = memoryBudgetBytes / (ANSWERS_PER_LEADER * Math.max(1, brokers))
    this.#fetch = {
      client: offsets.client,
      topic: request.topic,
      committedOnly: request.isolation !== 'read_uncommitted',
      notes: request.notes ?? false,
      passBy: batch => intake.passBy(batch),
      lane,
      maxBytes: Math.floor(Math.min(Math.max(share, MIN_ANSWER_BYTES), MAX_ANSWER_BYTES)),
      signal: AbortSignal.any([options.signal, this.#stop.signal]),
      cancelled: options.signal,
      inFlight: new Set(),
    }
    this.#answerBytes = Math.min(FIRST_ANSWER_BYTES, this.#fetch.maxBytes)
    this.#positions = { offsets, fetch: this.#fetch, request }
  }

  async run(): Promise<void> {
    const over = new AbortController()
    void this.#lookForPartitions(AbortSignal.any([over.signal, this.#fetch.signal]))
    try {
      await this.#read()
    } finally {
      over.abort()
      await releaseLane(this.#fetch)
    }
  }

  async #read(): Promise<void> {
    for (const read of this.#reads) {
      if (this.#leaders.has(read.partition)) this.#unplaced.add(read)
      else giveUp(read, noSuchPartition(this.#request.topic, read.partition, this.#leaders.size))
    }
    if (!this.#intake.full) this.#spawn(this.#placeAll(0, true))
    if (this.#tasks.size > 0) await this.#ended.promise
    if (this.#failure) throw this.#failure
    if (this.#options.signal.aborted) return
    await this.#tell([], true)
  }

  /** A topic that is followed as a whole can get more partitions; they are read from their start. */
  async #lookForPartitions(signal: AbortSignal): Promise<void> {
    const { offsets, request, lookForPartitionsMs = LOOK_FOR_PARTITIONS_MS } = this.#options
    if (request.to || request.partitions) return
    while (!signal.aborted) {
      try {
        await pause(lookForPartitionsMs, signal)
        this.#addPartitions(await findLeaders(offsets.leaders, request.topic, signal))
      } catch {
        // Those that are read say what is wrong; these are looked for again.
      }
    }
  }

  #addPartitions(leaders: ReadonlyMap<number, Leader>): void {
    const known = new Set(this.#reads.map(read => read.partition))
    const added = [...leaders.keys()]
      .filter(partition => !known.has(partition))
      .map(partition => newPartitionRead(partition, FIRST_FETCH_BYTES, true))
    if (added.length === 0 || this.#intake.full) return
    this.#leaders = leaders
    for (const read of added) {
      this.#reads.push(read)
      this.#unplaced.add(read)
    }
    if (!this.#placing) this.#spawn(this.#placeAll(0, true))
  }

  #spawn(task: Promise<void>): void {
    this.#tasks.add(task)
    task
      .catch((error: unknown) => {
        if (this.#fetch.signal.aborted) return
        this.#failure = toError(error)
        this.#stop.abort()
      })
      .finally(() => {
        this.#tasks.delete(task)
        if (this.#tasks.size === 0) this.#ended.resolve(undefined)
      })
  }

  /** Finds leaders and positions until every partition has both, or is given up. */
  async #placeAll(firstPause: number, leadersAreNew = false): Promise<void> {
    this.#placing = true
    let wait = firstPause
    let fresh = leadersAreNew
    this.#planTry(wait)
    while (this.#unplaced.size > 0) {
      if (wait > 0) await pause(wait, this.#fetch.signal)
      wait = Math.min(Math.max(wait * 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
      if (!fresh) await this.#refreshLeaders()
      fresh = false
      await this.#place()
      this.#dropFailing()
      this.#planTry(wait)
      if (this.#news) await this.#tell([], false)
    }
    this.#placing = false
  }

  #planTry(wait: number): void {
    for (const read of this.#unplaced) read.nextTryAt = wait > 0 ? Date.now() + wait : undefined
  }

  async #refreshLeaders(): Promise<void> {
    const { offsets, request } = this.#options
    const { signal } = this.#fetch
    try {
      this.#leaders = await findLeaders(offsets.leaders, request.topic, signal)
    } catch (error) {
      signal.throwIfAborted()
      const problem = problemOf(error)
      this.#leaders = new Map([...this.#leaders.keys()].map(partition => [partition, { problem }]))
    }
  }

  async #place(): Promise<void> {
    const led = [...this.#unplaced].filter(read => {
      const leader = this.#leaders.get(read.partition)
      if (leader?.nodeId !== undefined) return true
      if (leader) read.problem = leader.problem
      return false
    })
    const resolved = await Promise.all([
      resolveRanges(
        this.#positions,
        led.filter(read => !read.range),
        partition => this.#leaders.get(partition)?.nodeId ?? -1,
      ),
      clampToLog(
        this.#positions,
        led.filter(read => read.outOfRange),
      ),
    ])
    await this.#tellNotes(resolved.flat())
    this.#assign(led.filter(read => read.range && !read.outOfRange))
    this.#news = true
  }

  /** All are assigned before the first is asked for, so that they are asked for together. */
  #assign(reads: readonly PartitionRead[]): void {
    const idle = new Set<number>()
    for (const read of reads) {
      this.#unplaced.delete(read)
      const nodeId = this.#leaders.get(read.partition)?.nodeId
      if (nodeId === undefined || read.done) continue
      const others = this.#byLeader.get(nodeId)
      if (!others) idle.add(nodeId)
      this.#byLeader.set(nodeId, (others ?? new Set()).add(read))
    }
    for (const nodeId of idle) this.#spawn(this.#readFrom(nodeId))
  }

  #dropFailing(): void {
    for (const read of this.#unplaced) if (this.#isHopeless(read)) this.#unplaced.delete(read)
  }

  /** What cannot be read for long is over in a read that has an end; a live one keeps trying. */
  #isHopeless(read: PartitionRead): boolean {
    read.failingSince ??= Date.now()
    if (this.#request.to && Date.now() - read.failingSince >= FAILING_LIMIT_MS) read.done = true
    return read.done
  }

  /** Fetches from one leader; the next request is on its way while an answer is decoded. */
  async #readFrom(nodeId: number): Promise<void> {
    let ahead: Promise<Asked> | undefined
    for (;;) {
      const pending = ahead ?? this.#ask(nodeId)
      if (!pending) break
      ahead = undefined
      const asked = await pending
      if ('error' in asked) {
        this.#fetch.signal.throwIfAborted()
        const problem = problemOf(asked.error)
        for (const read of asked.reads) read.problem = problem
        this.#displace(nodeId, asked.reads)
        await this.#tell([], false)
        continue
      }
      const outcome = applyAnswer(this.#fetch, asked.reads, asked.answer)
      this.#growAnswers(outcome.bytes, asked.took)
      this.#settle(nodeId, asked.reads, outcome)
      if (outcome.fetched.length > 0) ahead = this.#ask(nodeId)
      await this.#deliver(outcome)
    }
    this.#byLeader.delete(nodeId)
  }

  /** Undefined where nothing is left to ask this leader for. */
  #ask(nodeId: number): Promise<Asked> | undefined {
    const reads = [...(this.#byLeader.get(nodeId) ?? [])]
    if (reads.length === 0) return undefined
    const sentAt = performance.now()
    const context = { ...this.#fetch, maxBytes: this.#answerBytes }
    return sendFetch(context, nodeId, reads).then(
      answer => ({ reads, answer, took: performance.now() - sentAt }),
      (error: unknown) => ({ reads, error }),
    )
  }

  #growAnswers(bytes: number, took: number): void {
    if (took < SLOW_ANSWER_MS || bytes < this.#answerBytes / 2) return
    this.#answerBytes = Math.min(this.#answerBytes * 2, this.#fetch.maxBytes)
  }

  /**
   * A broker fills an answer in the order of the request until it is full (KIP-74), so partitions
   * that got something go to the end of the line.
   */
  #settle(nodeId: number, asked: readonly PartitionRead[], outcome: FetchOutcome): void {
    const reads = this.#byLeader.get(nodeId)
    for (const { read } of outcome.fetched) {
      reads?.delete(read)
      reads?.add(read)
    }
    for (const read of asked) if (read.done) reads?.delete(read)
    this.#displace(nodeId, outcome.displaced)
    this.#bytesRead += outcome.bytes
    this.#news ||= outcome.news
  }

  #displace(nodeId: number, displaced: readonly PartitionRead[]): void {
    if (displaced.length === 0) return
    for (const read of displaced) {
      this.#byLeader.get(nodeId)?.delete(read)
      if (!this.#isHopeless(read)) this.#unplaced.add(read)
    }
    this.#news = true
    if (!this.#placing) this.#spawn(this.#placeAll(pauseFor(displaced)))
  }

  /**
   * Pages that share a buffer go into one update, the last one: a buffer can move to another thread
   * only once.
   */
  async #deliver({ fetched }: FetchOutcome): Promise<void> {
    let pages: RecordPage[] = []
    let size = 0
    this.#turnStartedAt = performance.now()
    for (const part of ownPagesFirst(fetched)) {
      for (const page of part.pages) {
        if (this.#intake.full) break
        const wanted = this.#intake.take(part, page)
        if (wanted) pages.push(wanted)
        size += pageBytes(page)
        await this.#giveWay()
        if (size < UPDATE_BYTES || part.inPlace) continue
        await this.#tell(pages, false)
        pages = []
        size = 0
      }
      if (!this.#intake.full) part.read.delivered = part.next
    }
    if (pages.length > 0 || this.#news) await this.#tell(pages, false)
    if (this.#intake.full) this.#stop.abort()
  }

  /** Nothing else in this thread runs while pages are decoded: a cancel would not be heard. */
  async #giveWay(): Promise<void> {
    if (performance.now() - this.#turnStartedAt < TURN_MS) return
    await new Promise(resolve => setImmediate(resolve))
    this.#options.signal.throwIfAborted()
    this.#turnStartedAt = performance.now()
  }

  async #tellNotes(resolved: readonly Resolved[]): Promise<void> {
    const pages = resolved.flatMap(({ read, note }) =>
      note ? [...packPages({ topic: this.#request.topic, partition: read.partition }, [note])] : [],
    )
    if (pages.length > 0) await this.#tell(pages, false)
  }

  async #tell(pages: readonly RecordPage[], done: boolean): Promise<void> {
    const now = Date.now()
    const due =
      done ||
      this.#reads.length <= OFTEN_TOLD_PARTITIONS ||
      now - this.#progressToldAt >= PROGRESS_INTERVAL_MS
    if (due) {
      this.#progressToldAt = now
      this.#news = false
    }
    if (!due && pages.length === 0) return
    await this.#options.emit({
      pages,
      progress: due ? this.#reads.map(progressOf) : [],
      bytesRead: this.#bytesRead,
      ...this.#intake.counts,
      done,
    })
  }
}

function ownPagesFirst(parts: readonly FetchedPart[]): FetchedPart[] {
  return parts.toSorted((a, b) => Number(a.inPlace) - Number(b.inPlace))
}

/** The longer partitions cannot be read, the longer the pause before the next attempt. */
function pauseFor(displaced: readonly PartitionRead[]): number {
  const moved = displaced.filter(read => !read.outOfRange)
  if (moved.length === 0) return 0
  const now = Date.now()
  const failingFor = Math.max(...moved.map(read => now - (read.failingSince ?? now)))
  return Math.min(Math.max(failingFor / 2, FIRST_PAUSE_MS), LONGEST_PAUSE_MS)
}

function noSuchPartition(topic: string, partition: number, count: number): Problem {
  return {
    code: 'no-such-partition',
    message: `Partition ${partition} does not exist: topic "${topic}" has partitions 0-${count - 1}.`,
  }
}
