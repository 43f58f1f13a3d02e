import type { Problem } from '../base/problem.ts'
import type {
  OutgoingRecord,
  ProduceOutcome,
  ProduceRequest,
  ProduceSettings,
} from '../kafka/cluster.ts'
import type { AskOptions } from './client.ts'
import { CODE } from './errorCodes.ts'
import { partitionOfKey } from './partitioner.ts'
import { kafkaProblem } from './problems.ts'
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
import { refuseAcks, type ProducerIds } from './producerIds.ts'
import { sizeOf, writeBatch } from './recordBatch.ts'
import type { TopicMetadata } from './routing.ts'
import { append } from './spread.ts'

/**
 * Writes every record to the partition that it names or that its key chooses; one outcome per
 * record, in order; how and how often it is sent: see `sendBatches`.
 */
export function produce(
  context: NumberedContext,
  request: ProduceRequest,
  ask: AskOptions = {},
): Promise<readonly ProduceOutcome[]> {
  if (request.records.length === 0) return Promise.resolve([])
  return numbered(context, request, ask, async writing => {
    const outcomes = await write(context, request, ask, writing)
    return { result: outcomes, failed: outcomes.some(outcome => outcome.problem) }
  })
}

export type NumberedContext = ProduceContext & { readonly producerIds: ProducerIds }

/** Gives who writes a number where the request asks for it (`idempotent`). */
export async function numbered<R>(
  { producerIds }: NumberedContext,
  settings: ProduceSettings,
  ask: AskOptions,
  work: (writing?: Writing) => Promise<{ readonly result: R; readonly failed: boolean }>,
): Promise<R> {
  if (!settings.idempotent) return (await work()).result
  refuseAcks(settings.acks, 'An idempotent producer')
  const numbering = await producerIds.take(ask)
  const { result, failed } = await work({ numbering })
  // After a failure the next number of its partition is not known.
  if (!failed) producerIds.giveBack(numbering)
  return result
}

/** As `produce`, numbered where there is somebody to number for. */
export async function write(
  context: ProduceContext,
  request: ProduceRequest,
  ask: AskOptions,
  writing?: Writing,
): Promise<readonly ProduceOutcome[]> {
  const { topic, records } = request
  if (records.length === 0) return []
  const highest = records.reduce((most, { partition = 0 }) => Math.max(most, partition), 0)
  const found = await findTopic(context, topic, highest, ask)
  const missing = kafkaProblem(found?.errorCode ?? CODE.unknownTopicOrPartition, `Topic ${topic}`)
  if (!found || missing) return records.map(() => (missing ? { problem: missing } : {}))
  const places = placeRecords(records, found)
  const outcomes: ProduceOutcome[] = places.map(place =>
    typeof place === 'number' ? { partition: place } : { problem: place },
  )
  const partitions = new Set(places.filter(place => typeof place === 'number'))
  const unprepared = await writing?.prepare?.(topic, [...partitions])
  if (unprepared) {
    return outcomes.map(outcome => (outcome.problem ? outcome : { problem: unprepared }))
  }
  const sending = { context, topic, settings: request, ask, numbering: writing?.numbering }
  const now = Date.now()
  const batches = batchesOf(request, places, now)
  await sendBatches(sending, batches, ({ partition, indexes }, outcome) => {
    indexes.forEach((index, i) => {
      const { timestamp = now } = records[index] ?? {}
      outcomes[index] = outcome.problem
        ? { partition, problem: outcome.problem }
        : writtenOutcome(partition, outcome.value, i, request.acks === '0', timestamp)
    })
  })
  return outcomes
}

function placeRecords(
  records: readonly OutgoingRecord[],
  topic: TopicMetadata,
): readonly (number | Problem)[] {
  const count = topic.partitions.length
  const choices = choicesOf(topic)
  return records.map(({ partition, key }) => {
    if (partition === undefined) {
      if (key !== null) return partitionOfKey(key, count)
      return choices[Math.floor(Math.random() * choices.length)] ?? 0
    }
    const isThere = Number.isInteger(partition) && partition >= 0 && partition < count
    return isThere ? partition : noSuchPartition(topic, partition)
  })
}

/** `indexes` are the places of the records in the request. */
interface RecordsBatch extends Batch {
  readonly indexes: readonly number[]
}

function batchesOf(
  { topic, records }: ProduceRequest,
  places: readonly (number | Problem)[],
  now: number,
): readonly RecordsBatch[] {
  const byPartition = new Map<number, number[]>()
  places.forEach((place, i) => {
    if (typeof place === 'number') append(byPartition, place, i)
  })
  return [...byPartition].flatMap(([partition, all]) =>
    splitBySize(all, records).map(indexes => {
      const own: OutgoingRecord[] = []
      for (const index of indexes) {
        const record = records[index]
        if (record) own.push(record)
      }
      return {
        topic,
        partition,
        count: indexes.length,
        indexes,
        write: options => writeBatch(own, options, now),
      }
    }),
  )
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
