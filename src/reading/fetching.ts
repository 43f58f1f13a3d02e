import type { Problem } from '../base/problem.ts'
import type { RecordPage } from '../kafka/page.ts'
import type { Client } from '../kafkajs/client.ts'
import { CODE, kafkaError } from '../kafkajs/errorCodes.ts'
import { kafkaProblem } from '../kafkajs/problems.ts'
import { Fetch } from '../kafkajs/protocol/fetch.ts'
import { unlessAborted } from './aborting.ts'
import { decodePages, isInPlace } from './decode.ts'
import { farthestOffset, walkBatches, type Batch, type BatchWalk } from './heads.ts'
import { giveUp, type PartitionRead } from './partitionRead.ts'

/** The newest version that names topics, and is understood by every broker from 2.3 to 4.2. */
const FETCH_VERSION = 11
/** How long a broker holds a fetch that has nothing to answer. Data ends the wait at once. */
export const MAX_WAIT_MS = 500
/** Beyond the wait; the broker may be slow, the network too. */
const ANSWER_TIMEOUT_MS = 30_000

export const MAX_PARTITION_FETCH_BYTES = 4 * 1024 * 1024
/** A batch that a broker will not send whole in fewer bytes than these is not waited for. */
const MAX_GROWN_FETCH_BYTES = 64 * 1024 * 1024
/** After so many answers in a row that bring a partition nothing on, it is given up. */
const MAX_FRUITLESS = 12

export interface FetchContext {
  readonly client: Client
  readonly topic: string
  readonly committedOnly: boolean
  /** Whether pages tell what the log holds besides records. */
  readonly notes?: boolean
  /** Whether a batch is known to hold nothing that is wanted. */
  readonly passBy?: (batch: Batch) => boolean
  /** The connection that this read has to itself. */
  readonly lane: string
  /** How many bytes one answer may have. */
  readonly maxBytes: number
  /** Ends every wait of this read. */
  readonly signal: AbortSignal
  /** The caller wants no more: what is on its way is not waited for either. */
  readonly cancelled: AbortSignal
  /** Requests that are not answered yet. */
  readonly inFlight: Set<InFlight>
}

interface InFlight {
  readonly nodeId: number
  readonly answer: Promise<unknown>
}

/** What one answer means for the partitions that were asked for. */
export interface FetchOutcome {
  readonly bytes: number
  readonly fetched: readonly FetchedPart[]
  /** Another leader, or another position, must be found for these. */
  readonly displaced: readonly PartitionRead[]
  /** Something about a partition has become known, or changed. */
  readonly news: boolean
}

/** Records of one partition, not yet decoded. */
export interface FetchedPart {
  readonly read: PartitionRead
  /** Where reading goes on behind them. */
  readonly next: bigint
  /** Decodes as it is iterated. */
  readonly pages: Iterable<RecordPage>
  /** The pages point into the answer, and so share one buffer with those of other parts. */
  readonly inPlace: boolean
}

type Answer = Awaited<ReturnType<typeof sendFetch>>
type AnsweredPartition = Answer['responses'][number]['partitions'][number]

/** Rejects with `ProblemError`, or with the reason of the signal. */
export function sendFetch(
  context: FetchContext,
  nodeId: number,
  reads: readonly PartitionRead[],
): Promise<ReturnType<typeof Fetch.decode>> {
  const { client, topic, committedOnly, lane, maxBytes, signal, cancelled } = context
  const answer = client.send(
    nodeId,
    Fetch,
    {
      maxWaitMs: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes,
      isolationLevel: committedOnly ? 1 : 0,
      topics: [
        {
          topic,
          partitions: reads.map(read => ({
            partition: read.partition,
            fetchOffset: read.position,
            partitionMaxBytes: read.fetchBytes,
          })),
        },
      ],
    },
    { atMost: FETCH_VERSION, lane, signal: cancelled, timeout: MAX_WAIT_MS + ANSWER_TIMEOUT_MS },
  )
  const entry = { nodeId, answer }
  context.inFlight.add(entry)
  const settled = () => context.inFlight.delete(entry)
  // A cancelled request rejects at once, but its answer is still on its way.
  answer.then(settled, () => cancelled.aborted || settled())
  return unlessAborted(answer, signal)
}

/**
 * Leaves the lane free for another read: waits for what is still on its way, or, where the read was
 * cancelled by then, closes its connections: a broker answers what comes after a fetch that waits
 * for records only when that one is over.
 */
export async function releaseLane(context: FetchContext): Promise<void> {
  const { client, lane, inFlight, cancelled } = context
  if (!cancelled.aborted) await Promise.allSettled([...inFlight].map(({ answer }) => answer))
  const nodes = new Set([...inFlight].map(({ nodeId }) => nodeId))
  await Promise.allSettled(
    [...nodes].map(async nodeId => (await client.connection(nodeId, { lane })).close()),
  )
}

/**
 * Takes over where an answer leads each partition, decoding nothing yet: positions have moved when
 * this returns, so that the next fetch can be sent before the pages are decoded.
 */
export function applyAnswer(
  context: FetchContext,
  reads: readonly PartitionRead[],
  answer: Answer,
): FetchOutcome {
  const displaced: PartitionRead[] = []
  const fetched: FetchedPart[] = []
  let bytes = 0
  let news = false
  const byNumber = new Map(reads.map(read => [read.partition, read]))
  for (const part of answer.responses.flatMap(response => response.partitions)) {
    const read = byNumber.get(part.partitionIndex)
    if (!read) continue
    bytes += part.records?.length ?? 0
    if (part.errorCode !== CODE.none) {
      if (isDisplaced(read, part.errorCode, context.topic)) displaced.push(read)
      continue
    }
    news = takeWatermarks(read, part) || news
    const records = advance(context, read, part)
    if (records) fetched.push(records)
  }
  return { bytes, fetched, displaced, news: news || fetched.length + displaced.length > 0 }
}

/** Whether that changed anything worth telling. */
function takeWatermarks(read: PartitionRead, part: AnsweredPartition): boolean {
  const { highWatermark, lastStableOffset, logStartOffset, problem } = read
  read.problem = undefined
  read.failingSince = undefined
  read.highWatermark = known(part.highWatermark)
  read.lastStableOffset = known(part.lastStableOffset)
  read.logStartOffset = known(part.logStartOffset ?? -1n)
  return (
    problem !== undefined ||
    highWatermark !== read.highWatermark ||
    lastStableOffset !== read.lastStableOffset ||
    logStartOffset !== read.logStartOffset
  )
}

/** Undefined where there is nothing to decode. */
function advance(
  context: FetchContext,
  read: PartitionRead,
  part: AnsweredPartition,
): FetchedPart | undefined {
  const records = part.records ?? new Uint8Array()
  const from = read.position
  const end = read.range?.end
  const walk = walkBatches(records, from, farthestOffset(from, part.highWatermark))
  if (walk.nextOffset !== undefined && walk.nextOffset > from) read.position = walk.nextOffset
  countFruitless(read, records.length, walk)
  if (end !== undefined && read.position >= end) read.done = true
  if (walk.batches.length + walk.errors.length === 0) return undefined
  const next = read.position
  const aborted = context.committedOnly ? (part.abortedTransactions ?? []) : undefined
  const { topic, notes = false, passBy } = context
  const { partition } = read
  const to = end ?? next
  const wanted = { topic, partition, records, walk, from, to, aborted, notes }
  const pages = decodePages({ ...wanted, ...(passBy && { passBy }) })
  return { read, next, pages, inPlace: isInPlace(walk) }
}

/** -1 where the broker does not tell. */
function known(offset: bigint): bigint | undefined {
  return offset < 0n ? undefined : offset
}

/**
 * Keeps a partition from being asked for ever: for a batch that is never sent whole, for heads that
 * make no sense, and for an end that the log has lost (an unclean election cuts the log short).
 */
function countFruitless(read: PartitionRead, length: number, walk: BatchWalk): void {
  const end = read.range?.end
  if (length === 0) {
    const available = read.highWatermark ?? read.position
    const lost = end !== undefined && read.position < end && available <= read.position
    read.fruitless = lost ? read.fruitless + 1 : 0
    if (read.fruitless > MAX_FRUITLESS) giveUp(read, logCut(read))
    return
  }
  if (walk.batches.length > 0) {
    read.fruitless = 0
    read.fetchBytes = Math.max(
      read.fetchBytes,
      Math.min(read.fetchBytes * 2, MAX_PARTITION_FETCH_BYTES),
    )
    return
  }
  read.fruitless++
  read.fetchBytes = Math.min(read.fetchBytes * 2, MAX_GROWN_FETCH_BYTES)
  if (read.fruitless > MAX_FRUITLESS) giveUp(read, unreadable(read))
}

function logCut(read: PartitionRead): Problem {
  return {
    code: 'log-cut',
    message: `Partition ${read.partition} ended at offset ${read.position}, before the end it had when reading started.`,
    advice: 'Its log was cut back, as an unclean leader election does it.',
  }
}

function unreadable(read: PartitionRead): Problem {
  return {
    code: 'unreadable',
    message: `Partition ${read.partition} cannot be read from offset ${read.position} on: what the broker sends is corrupt.`,
    advice: 'Start behind it.',
  }
}

/** False where the partition cannot be read at all. */
function isDisplaced(read: PartitionRead, code: number, topic: string): boolean {
  const problem = kafkaProblem(code, `Partition ${topic}-${read.partition}`)
  // Whoever may not even describe the topic does not get as far as here.
  const advice = 'Ask for an ACL that allows Read on the topic.'
  read.problem =
    problem && code === CODE.topicAuthorizationFailed ? { ...problem, advice } : problem
  read.outOfRange = code === CODE.offsetOutOfRange
  const mayPass = read.outOfRange || kafkaError(code).retriable
  if (!mayPass) read.done = true
  return mayPass
}
