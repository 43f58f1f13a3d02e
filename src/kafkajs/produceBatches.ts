import { problemOf, type Problem } from '../base/problem.ts'
import type { ProduceOutcome, ProduceSettings } from '../kafka/cluster.ts'
import type { AskOptions, Client } from './client.ts'
import { CODEC_NUMBERS, compressWith } from './compression.ts'
import { CODE, kafkaError } from './errorCodes.ts'
import { createOnFirstUse } from './firstUse.ts'
import { problem } from './problems.ts'
import type { Numbering } from './producerIds.ts'
import { Produce } from './protocol/produce.ts'
import type { BatchOptions } from './recordBatch.ts'
import type { Leaders, TopicMetadata } from './routing.ts'
import { NOT_ASKED, outcomeOf, spread, type Outcome, type Place } from './spread.ts'
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

/** Records of one partition that are sent together. */
export interface Batch {
  readonly topic: string
  readonly partition: number
  /** Of its records. */
  readonly count: number
  /** Its bytes; asked for again when it is sent again. */
  write(options: BatchOptions): Promise<Uint8Array>
}

export interface Written {
  /** Of the first record; absent where the broker does not tell. */
  readonly baseOffset: bigint | undefined
  /** Of the broker, where the topic has it so; ms since the epoch. */
  readonly appendTime: number | undefined
}

/** What batches are sent with. */
export interface Sending {
  readonly context: ProduceContext
  readonly topic: string
  readonly settings: ProduceSettings
  readonly ask: AskOptions
  readonly numbering: Numbering | undefined
  /** What has to end before anything is sent; false: nothing is. */
  readonly after?: Promise<boolean> | undefined
}

/** Well below `message.max.bytes` (1 MiB); one record that is larger is a batch of its own. */
export const MAX_BATCH_BYTES = 512 * 1024
export const MAX_BATCH_RECORDS = 10_000
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

const ACKS: Readonly<Record<NonNullable<ProduceSettings['acks']>, number>> = {
  all: -1,
  '0': 0,
  '1': 1,
}

/**
 * A topic that does not exist is created where the brokers do so on first use. Looked up again
 * where the last answer knows no partition of the highest number that a record names.
 */
export async function findTopic(
  context: ProduceContext,
  topic: string,
  highest: number,
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
  if (highest < (found?.partitions.length ?? 0)) return found
  return (await leaders.topics(names, true, ask)).get(topic)
}

/** The partitions that a record without a key may go to. */
export function choicesOf({ partitions }: TopicMetadata): readonly number[] {
  const led = partitions.filter(({ leaderId }) => leaderId >= 0)
  return (led.length > 0 ? led : partitions).map(({ partitionIndex }) => partitionIndex)
}

export function noSuchPartition({ name, partitions }: TopicMetadata, partition: number): Problem {
  const count = partitions.length
  return problem(
    'no-such-partition',
    `Topic ${name ?? ''} has no partition ${partition}.`,
    count === 1 ? 'Its only partition is 0.' : `Its partitions are 0 to ${count - 1}.`,
  )
}

/**
 * Sends batches, and tells of each what became of it. A request may hold one batch of a partition:
 * the n-th batches of all partitions go together. A batch is sent again only when it was certainly
 * not written, because the broker asked was not the leader or did not know the topic yet, or when it
 * is numbered, so that nothing is written twice. When a batch of a partition fails, the later ones
 * of that partition are not sent: their order would be wrong.
 */
export async function sendBatches<B extends Batch>(
  sending: Sending,
  batches: readonly B[],
  tell: (batch: B, outcome: Outcome<Written>) => void,
): Promise<void> {
  const failed = new Set<number>()
  for (const round of roundsOf(batches)) {
    const ready = round.filter(batch => !failed.has(batch.partition))
    for (const batch of round) if (failed.has(batch.partition)) tell(batch, notSent(batch))
    const written = await sendRound(sending, ready)
    ready.forEach((batch, i) => {
      const outcome = written[i]
      if (!outcome) return
      tell(batch, outcome)
      if (outcome.problem) failed.add(batch.partition)
      else sending.numbering?.wrote(batch.topic, batch.partition, batch.count)
    })
  }
}

function roundsOf<B extends Batch>(batches: readonly B[]): readonly (readonly B[])[] {
  const rounds: B[][] = []
  const next = new Map<number, number>()
  for (const batch of batches) {
    const round = next.get(batch.partition) ?? 0
    next.set(batch.partition, round + 1)
    const into = rounds[round]
    if (into) into.push(batch)
    else rounds[round] = [batch]
  }
  return rounds
}

function notSent({ topic, partition }: Batch): Outcome<Written> {
  return {
    moved: false,
    problem: problem(
      'not-sent',
      `Partition ${topic}-${partition}: not sent, because an earlier record failed.`,
      'See the first failed record of this partition.',
    ),
  }
}

/** Of the record at a place in a batch that was written. */
export function writtenOutcome(
  partition: number,
  { baseOffset, appendTime }: Written,
  index: number,
  unanswered: boolean,
  createTime: number | undefined,
): ProduceOutcome {
  const timestamp = appendTime ?? createTime
  if (baseOffset !== undefined && timestamp !== undefined && !unanswered)
    return { partition, offset: baseOffset + BigInt(index), timestamp }
  return {
    partition,
    ...(baseOffset !== undefined && { offset: baseOffset + BigInt(index) }),
    ...(timestamp !== undefined && !unanswered && { timestamp }),
  }
}

function sendRound(
  sending: Sending,
  batches: readonly Batch[],
): Promise<readonly Outcome<Written>[]> {
  const end = Promise.resolve(sending.after).then(() => Date.now() + RETRY_MS)
  return spread(batches, {
    signal: sending.ask.signal,
    pauses: PAUSES_MS,
    place: (items, refresh) => placesOf(sending, items, refresh),
    ask: async (nodeId, items) => {
      const found: Outcome<Written>[] = []
      for (let at = 0; at < items.length; at += MAX_BATCHES) {
        found.push(...(await sendOnce(sending, nodeId, items.slice(at, at + MAX_BATCHES))))
      }
      const inTime = Date.now() < (await end)
      return found.map(outcome =>
        outcome.problem ? { ...outcome, moved: outcome.moved && inTime } : outcome,
      )
    },
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
    return await askLeader(sending, nodeId, batches)
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

async function askLeader(
  { context: { client }, topic, settings, ask, numbering, after }: Sending,
  nodeId: number,
  batches: readonly Batch[],
): Promise<readonly Outcome<Written>[]> {
  const { acks = 'all', compression = 'none' } = settings
  const codec = CODEC_NUMBERS[compression]
  const compress = (bytes: Uint8Array) =>
    compression === 'none' ? bytes : compressWith(compression, bytes)
  const partitionData = await Promise.all(
    batches.map(async batch => {
      const { partition } = batch
      const producer = numbering?.next(topic, partition)
      const options = { codec, compress, ...(producer && { producer }) }
      return { index: partition, records: await batch.write(options) }
    }),
  )
  if ((await after) === false) return batches.map(notSent)
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
