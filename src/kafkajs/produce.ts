import { problemOf, type Problem } from '../base/problem.ts'
import type { OutgoingRecord, ProduceOutcome, ProduceRequest } from '../kafka/cluster.ts'
import type { AskOptions, Client } from './client.ts'
import { CODEC_NUMBERS, compressWith } from './compression.ts'
import { CODE, kafkaError } from './errorCodes.ts'
import { createOnFirstUse } from './firstUse.ts'
import { partitionOfKey } from './partitioner.ts'
import { kafkaProblem, problem } from './problems.ts'
import { refuseAcks, type Numbering, type ProducerIds } from './producerIds.ts'
import { Produce } from './protocol/produce.ts'
import { sizeOf, writeBatch, type TimedRecord } from './recordBatch.ts'
import type { Leaders, TopicMetadata } from './routing.ts'
import { append, NOT_ASKED, outcomeOf, spread, type Outcome, type Place } from './spread.ts'
import { pause } from './waiting.ts'

export interface ProduceContext {
  readonly client: Client
  readonly leaders: Leaders
}

/** Who writes, where the broker is to know what it has written already. */
export interface Writing {
  readonly numbering: Numbering
  /** Called with the partitions before the first record goes to them; a problem is that of all. */
  prepare?(topic: string, partitions: readonly number[]): Promise<Problem | undefined>
}

/** Well below `message.max.bytes` (1 MiB); one record that is larger is a batch of its own. */
const MAX_BATCH_BYTES = 512 * 1024
const MAX_BATCH_RECORDS = 10_000
/** Batches in one request, which a broker refuses above 100 MiB (`socket.request.max.bytes`). */
const MAX_BATCHES = 64
/** How long the leader may wait for its followers, ms. */
const ACKS_TIMEOUT_MS = 15_000

/** Before each new attempt, ms: a broker needs a while to hear of a new topic or a new leader. */
const PAUSES_MS = [50, 100, 200, 400, 800, 1_600, 2_000]
/** A topic that is not known at all is more likely a slip than new. */
const UNKNOWN_TOPIC_ATTEMPTS = 3
/** No attempt begins later than this after the first one, ms. */
const RETRY_MS = 10_000

const ACKS: Readonly<Record<NonNullable<ProduceRequest['acks']>, number>> = {
  all: -1,
  '0': 0,
  '1': 1,
}

/** Records of one partition that are sent together; `indexes` are their places in the request. */
interface Batch {
  readonly topic: string
  readonly partition: number
  readonly indexes: readonly number[]
  readonly records: readonly TimedRecord[]
}

/**
 * Writes every record to the partition that it names or that its key chooses; one outcome per
 * record, in order. A batch is sent again only when it was certainly not written, because the broker
 * asked was not the leader or did not know the topic yet, or when it is numbered (`idempotent`), so
 * that nothing is written twice. When a batch of a partition fails, the later ones of that partition
 * are not sent: their order would be wrong.
 */
export async function produce(
  context: ProduceContext & { readonly producerIds: ProducerIds },
  request: ProduceRequest,
  ask: AskOptions = {},
): Promise<readonly ProduceOutcome[]> {
  if (!request.idempotent || request.records.length === 0) return write(context, request, ask)
  refuseAcks(request.acks, 'An idempotent producer')
  const numbering = await context.producerIds.take(ask)
  const outcomes = await write(context, request, ask, { numbering })
  // After a failure the next number of its partition is not known.
  if (outcomes.every(({ problem }) => !problem)) context.producerIds.giveBack(numbering)
  return outcomes
}

/** As `produce`, numbered where there is somebody to number for. */
export async function write(
  context: ProduceContext,
  request: ProduceRequest,
  ask: AskOptions,
  writing?: Writing,
): Promise<readonly ProduceOutcome[]> {
  if (request.records.length === 0) return []
  const { topic } = request
  const found = await findTopic(context, request, ask)
  const missing = kafkaProblem(found?.errorCode ?? CODE.unknownTopicOrPartition, `Topic ${topic}`)
  if (!found || missing) return request.records.map(() => (missing ? { problem: missing } : {}))
  const places = placeRecords(request.records, found)
  const outcomes: ProduceOutcome[] = places.map(place =>
    typeof place === 'number' ? { partition: place } : { problem: place },
  )
  const partitions = new Set(places.filter(place => typeof place === 'number'))
  const unprepared = await writing?.prepare?.(topic, [...partitions])
  if (unprepared) {
    return outcomes.map(outcome => (outcome.problem ? outcome : { problem: unprepared }))
  }
  const sending: Sending = { context, request, ask, numbering: writing?.numbering, outcomes }
  for (const round of roundsOf(request, places, Date.now())) {
    const failed = failedPartitions(outcomes)
    const ready = round.filter(batch => !failed.has(batch.partition))
    for (const batch of round) if (failed.has(batch.partition)) skip(batch, outcomes)
    await sendRound(sending, ready)
  }
  return outcomes
}

interface Sending {
  readonly context: ProduceContext
  readonly request: ProduceRequest
  readonly ask: AskOptions
  readonly numbering: Numbering | undefined
  /** By their place in the request; filled as the answers come. */
  readonly outcomes: ProduceOutcome[]
}

/**
 * A topic that does not exist is created where the brokers do so on first use. Looked up again
 * where a record names a partition that was not there the last time.
 */
async function findTopic(
  context: ProduceContext,
  { topic, records }: ProduceRequest,
  ask: AskOptions,
): Promise<TopicMetadata | undefined> {
  const { leaders } = context
  const names = new Set([topic])
  let found = (await leaders.topics(names, false, ask)).get(topic)
  for (const [attempt, ms] of PAUSES_MS.entries()) {
    const code = found?.errorCode ?? CODE.unknownTopicOrPartition
    const isUnknown = code === CODE.unknownTopicOrPartition && attempt < UNKNOWN_TOPIC_ATTEMPTS
    if (code !== CODE.leaderNotAvailable && !isUnknown) break
    await pause(ms, ask.signal)
    found = (await leaders.topics(names, true, ask)).get(topic)
  }
  if (found?.errorCode === CODE.unknownTopicOrPartition) {
    return createOnFirstUse(context, topic, ask)
  }
  const count = found?.partitions.length ?? 0
  if (records.every(({ partition = 0 }) => partition < count)) return found
  return (await leaders.topics(names, true, ask)).get(topic)
}

function placeRecords(
  records: readonly OutgoingRecord[],
  topic: TopicMetadata,
): readonly (number | Problem)[] {
  const count = topic.partitions.length
  const led = topic.partitions.filter(({ leaderId }) => leaderId >= 0)
  const choices = (led.length > 0 ? led : topic.partitions).map(
    ({ partitionIndex }) => partitionIndex,
  )
  return records.map(({ partition, key }) => {
    if (partition === undefined) {
      if (key !== null) return partitionOfKey(key, count)
      return choices[Math.floor(Math.random() * choices.length)] ?? 0
    }
    if (Number.isInteger(partition) && partition >= 0 && partition < count) return partition
    return problem(
      'no-such-partition',
      `Topic ${topic.name ?? ''} has no partition ${partition}.`,
      count === 1 ? 'Its only partition is 0.' : `Its partitions are 0 to ${count - 1}.`,
    )
  })
}

/** A request may hold one batch per partition: the n-th batches of all partitions go together. */
function roundsOf(
  { topic, records }: ProduceRequest,
  places: readonly (number | Problem)[],
  now: number,
): readonly (readonly Batch[])[] {
  const byPartition = new Map<number, number[]>()
  places.forEach((place, i) => {
    if (typeof place === 'number') append(byPartition, place, i)
  })
  const rounds: Batch[][] = []
  for (const [partition, indexes] of byPartition) {
    splitBySize(indexes, records).forEach((part, round) => {
      const timed = part.flatMap(index => {
        const record = records[index]
        return record ? { ...record, timestamp: record.timestamp ?? now } : []
      })
      const batch = { topic, partition, indexes: part, records: timed }
      const into = rounds[round]
      if (into) into.push(batch)
      else rounds[round] = [batch]
    })
  }
  return rounds
}

function splitBySize(
  indexes: readonly number[],
  records: readonly OutgoingRecord[],
): readonly (readonly number[])[] {
  const parts: number[][] = []
  let size = Infinity
  for (const index of indexes) {
    const record = records[index]
    const bytes = record ? sizeOf(record) : 0
    const last = parts.at(-1)
    if (last && size + bytes <= MAX_BATCH_BYTES && last.length < MAX_BATCH_RECORDS) {
      last.push(index)
      size += bytes
    } else {
      parts.push([index])
      size = bytes
    }
  }
  return parts
}

function failedPartitions(outcomes: readonly ProduceOutcome[]): ReadonlySet<number> {
  return new Set(
    outcomes.flatMap(({ partition, problem: found }) =>
      found && partition !== undefined ? [partition] : [],
    ),
  )
}

function skip({ topic, partition, indexes }: Batch, outcomes: ProduceOutcome[]): void {
  const notSent = problem(
    'not-sent',
    `Partition ${topic}-${partition}: not sent, because an earlier record failed.`,
    'See the first failed record of this partition.',
  )
  for (const index of indexes) outcomes[index] = { partition, problem: notSent }
}

interface Written {
  readonly baseOffset: bigint | undefined
  readonly appendTime: number | undefined
}

async function sendRound(sending: Sending, batches: readonly Batch[]): Promise<void> {
  const { ask, request, outcomes, numbering } = sending
  const end = Date.now() + RETRY_MS
  const written = await spread(batches, {
    signal: ask.signal,
    pauses: PAUSES_MS,
    place: (items, refresh) => placesOf(sending, items, refresh),
    ask: async (nodeId, items) => {
      const found: Outcome<Written>[] = []
      for (let at = 0; at < items.length; at += MAX_BATCHES) {
        found.push(...(await sendOnce(sending, nodeId, items.slice(at, at + MAX_BATCHES))))
      }
      const inTime = Date.now() < end
      return found.map(outcome =>
        outcome.problem ? { ...outcome, moved: outcome.moved && inTime } : outcome,
      )
    },
  })
  batches.forEach((batch, i) => {
    const outcome = written[i]
    if (!outcome) return
    tell(batch, outcome, request.acks === '0', outcomes)
    if (!outcome.problem) numbering?.wrote(batch.topic, batch.partition, batch.records.length)
  })
}

/** Where the leaders cannot be asked for a while, that is a problem of each batch. */
async function placesOf(
  { context, ask }: Sending,
  batches: readonly Batch[],
  refresh: boolean,
): Promise<readonly Place[]> {
  try {
    const places = await context.leaders.place(batches, refresh, ask)
    return places.map(place =>
      'problem' in place ? { ...place, moved: place.moved || mayAppear(place.problem) } : place,
    )
  } catch (error) {
    ask.signal?.throwIfAborted()
    const found = problemOf(error)
    return batches.map(() => ({ problem: found, moved: found.code !== 'closed' }))
  }
}

/** A new topic, or one that has no leader until it is elected. */
function mayAppear({ code }: Problem): boolean {
  return code === 'UNKNOWN_TOPIC_OR_PARTITION' || code === 'LEADER_NOT_AVAILABLE'
}

function tell(
  { partition, indexes, records }: Batch,
  outcome: Outcome<Written>,
  unanswered: boolean,
  outcomes: ProduceOutcome[],
): void {
  indexes.forEach((index, i) => {
    if (outcome.problem) {
      outcomes[index] = { partition, problem: outcome.problem }
      return
    }
    const { baseOffset, appendTime } = outcome.value
    const timestamp = appendTime ?? records[i]?.timestamp
    outcomes[index] = {
      partition,
      ...(baseOffset !== undefined && { offset: baseOffset + BigInt(i) }),
      ...(timestamp !== undefined && !unanswered && { timestamp }),
    }
  })
}

/**
 * A request that broke off may have been carried out, so that only one that was never sent, or whose
 * batches are numbered, may be sent again.
 */
async function sendOnce(
  sending: Sending,
  nodeId: number,
  batches: readonly Batch[],
): Promise<readonly Outcome<Written>[]> {
  const { ask, numbering } = sending
  try {
    return await sendBatches(sending, nodeId, batches)
  } catch (error) {
    ask.signal?.throwIfAborted()
    const found = problemOf(error)
    if (!BROKEN_OFF.has(found.code)) {
      return batches.map(() => ({ problem: found, moved: NOT_ASKED.has(found.code) }))
    }
    return batches.map(({ topic, partition }) => ({
      problem: maybeWritten(`${topic}-${partition}`, 'the broker did not answer', found.message),
      moved: numbering !== undefined && found.code !== 'closed',
    }))
  }
}

const BROKEN_OFF = new Set(['connection-lost', 'no-answer', 'closed'])

function maybeWritten(partition: string, why: string, detail: string | undefined): Problem {
  return problem(
    'maybe-written',
    `Partition ${partition}: ${why}, so the record may be written or not.`,
    'Look for it before you send it again.',
    detail,
  )
}

async function sendBatches(
  { context: { client }, request, ask, numbering }: Sending,
  nodeId: number,
  batches: readonly Batch[],
): Promise<readonly Outcome<Written>[]> {
  const { topic, acks = 'all', compression = 'none' } = request
  const codec = CODEC_NUMBERS[compression]
  const compress = (bytes: Uint8Array) =>
    compression === 'none' ? bytes : compressWith(compression, bytes)
  const partitionData = await Promise.all(
    batches.map(async ({ partition, records }) => {
      const producer = numbering?.next(topic, partition)
      const options = { codec, compress, ...(producer && { producer }) }
      return { index: partition, records: await writeBatch(records, options) }
    }),
  )
  const body = {
    transactionalId: numbering?.transactionalId ?? null,
    acks: ACKS[acks],
    timeoutMs: ACKS_TIMEOUT_MS,
    topicData: [{ name: topic, partitionData }],
  }
  if (acks === '0') {
    await client.send(nodeId, Produce, body, { ...ask, answered: false })
    return batches.map(() => ({ value: { baseOffset: undefined, appendTime: undefined } }))
  }
  const { responses } = await client.send(nodeId, Produce, body, ask)
  const toResult = numbering ? toNumberedOutcome : toOutcome
  const answers = new Map(
    responses.flatMap(({ partitionResponses }) =>
      partitionResponses.map(answer => [answer.index, toResult(topic, answer)] as const),
    ),
  )
  return batches.flatMap(({ partition }) => answers.get(partition) ?? [])
}

type Answer = ReturnType<
  (typeof Produce)['decode']
>['responses'][number]['partitionResponses'][number]

/**
 * A leader that loses its place while it waits for the followers answers with an error beside the
 * offset that it gave (`DelayedProduce`): the new leader may have the record.
 */
function toOutcome(topic: string, answer: Answer): Outcome<Written> {
  const said = answer.recordErrors?.[0]?.batchIndexErrorMessage ?? answer.errorMessage
  const appended = Number(answer.logAppendTimeMs)
  const outcome = outcomeOf(
    answer.errorCode,
    `Partition ${topic}-${answer.index}`,
    () => ({
      baseOffset: answer.baseOffset,
      appendTime: appended >= 0 ? appended : undefined,
    }),
    said,
  )
  if (!outcome.problem) return outcome
  const moved = outcome.moved || answer.errorCode === CODE.unknownTopicOrPartition
  if (!moved || answer.baseOffset < 0n) return { ...outcome, moved }
  const { message } = outcome.problem
  const why = 'its leader changed before the record was safe'
  return { problem: maybeWritten(`${topic}-${answer.index}`, why, message), moved: false }
}

/**
 * The broker knows a numbered batch again: it can be sent again after any error that may pass, and
 * one that it has already is written, though its offset may not be told any more.
 */
function toNumberedOutcome(topic: string, answer: Answer): Outcome<Written> {
  if (answer.errorCode === CODE.duplicateSequenceNumber) {
    return { value: { baseOffset: undefined, appendTime: undefined } }
  }
  const outcome = toOutcome(topic, answer)
  return outcome.problem
    ? { ...outcome, moved: outcome.moved || kafkaError(answer.errorCode).retriable }
    : outcome
}
