import type { PackedValues, ProduceValuesRequest, ValuesOutcome } from '../kafka/cluster.ts'
import type { AskOptions } from './client.ts'
import { CODE } from './errorCodes.ts'
import { partitionOfKey } from './partitioner.ts'
import { kafkaProblem } from './problems.ts'
import { numbered, type NumberedContext } from './produce.ts'
import {
  choicesOf,
  findTopic,
  MAX_BATCH_BYTES,
  MAX_BATCH_RECORDS,
  noSuchPartition,
  sendBatches,
  type Batch,
  type ProduceContext,
  writtenOutcome,
  type Writing,
} from './produceBatches.ts'
import { frameOf, writeValues, type ValueFrame } from './valueBatch.ts'
import type { TopicMetadata } from './routing.ts'

/** As `produce`, for values of which nothing but the bytes is known. */
export async function produceValues(
  context: NumberedContext,
  request: ProduceValuesRequest,
  ask: AskOptions = {},
): Promise<readonly ValuesOutcome[]> {
  if (request.values.count === 0 || (await mustNotBegin(request))) return []
  return numbered(context, request, ask, async writing => {
    const outcomes = await writeAllValues(context, request, ask, writing)
    return { result: outcomes, failed: outcomes.some(({ outcome }) => outcome.problem) }
  })
}

/** Numbers follow one another: what is numbered begins when what is before it has ended. */
async function mustNotBegin({ idempotent, after }: ProduceValuesRequest): Promise<boolean> {
  return idempotent === true && (await after) === false
}

/** As `produceValues`, numbered where there is somebody to number for. */
export async function writeAllValues(
  context: ProduceContext,
  request: ProduceValuesRequest,
  ask: AskOptions,
  writing?: Writing,
): Promise<readonly ValuesOutcome[]> {
  const { topic, common, values, acks, after } = request
  if (writing && (await after) === false) return []
  const found = await findTopic(context, topic, common.partition ?? 0, ask)
  const missing = kafkaProblem(found?.errorCode ?? CODE.unknownTopicOrPartition, `Topic ${topic}`)
  if (!found || missing) {
    return [{ count: values.count, outcome: missing ? { problem: missing } : {} }]
  }
  const partitions = partitionsFor(request, found)
  if ('problem' in partitions) return [{ count: values.count, outcome: partitions }]
  const timestamp = common.timestamp ?? Date.now()
  const frame = frameOf(common, timestamp)
  const batches = runsOf(values, frame, partitions.length).map(({ from, to }, i): ValuesBatch => ({
    topic,
    partition: partitions[i % partitions.length] ?? 0,
    count: to - from,
    index: i,
    write: options => writeValues(values, { from, to }, frame, options),
  }))
  const unprepared = await writing?.prepare?.(topic, [
    ...new Set(batches.map(({ partition }) => partition)),
  ])
  if (unprepared) return [{ count: values.count, outcome: { problem: unprepared } }]
  const outcomes: ValuesOutcome[] = []
  const numbering = writing?.numbering
  const sending = { context, topic, settings: request, ask, numbering, after }
  await sendBatches(sending, batches, ({ partition, count, index }, sent) => {
    const outcome = sent.problem
      ? { partition, problem: sent.problem }
      : writtenOutcome(partition, sent.value, count - 1, acks === '0', timestamp)
    outcomes[index] = { count, outcome }
  })
  return (await after) === false ? [] : outcomes
}

interface ValuesBatch extends Batch {
  /** Of its outcome. */
  readonly index: number
}

/**
 * Where the values may go: to one partition where that is said, else to all, beginning with any, as
 * the next call does: over many calls each gets as much.
 */
function partitionsFor(
  { common: { partition, key } }: ProduceValuesRequest,
  topic: TopicMetadata,
): readonly number[] | { readonly problem: ReturnType<typeof noSuchPartition> } {
  const count = topic.partitions.length
  if (partition !== undefined) {
    const isThere = Number.isInteger(partition) && partition >= 0 && partition < count
    return isThere ? [partition] : { problem: noSuchPartition(topic, partition) }
  }
  if (key !== null) return [partitionOfKey(key, count)]
  const choices = choicesOf(topic)
  const first = Math.floor(Math.random() * choices.length)
  return [...choices.slice(first), ...choices.slice(0, first)]
}

/** A run that goes to one partition is not shorter, where there are so many values; as Java's `batch.size`. */
const MIN_RUN_BYTES = 16 * 1024

interface Run {
  readonly from: number
  readonly to: number
}

/** Cuts values into runs for so many partitions, none of them too long for a batch. */
function runsOf(values: PackedValues, frame: ValueFrame, partitions: number): readonly Run[] {
  const { bounds, count } = values
  const whole = frame.most * count + (bounds[2 * count - 1] ?? 0) - (bounds[0] ?? 0)
  const most = Math.min(MAX_BATCH_BYTES, Math.max(MIN_RUN_BYTES, Math.ceil(whole / partitions)))
  const runs: Run[] = []
  let from = 0
  let size = 0
  for (let i = 0; i < count; i++) {
    const bytes = frame.most + (bounds[2 * i + 1] ?? 0) - (bounds[2 * i] ?? 0)
    if (i > from && (size + bytes > most || i - from >= MAX_BATCH_RECORDS)) {
      runs.push({ from, to: i })
      from = i
      size = 0
    }
    size += bytes
  }
  runs.push({ from, to: count })
  return runs
}
