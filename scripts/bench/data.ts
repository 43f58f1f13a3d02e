/** The topics that are read: JSON records of two sizes, written by the Java producer. */
import { execFile } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { Kafka, logLevel } from 'kafkajs'
import type { Place } from './place.ts'

const execute = promisify(execFile)

export const CODECS = ['none', 'gzip', 'snappy', 'lz4', 'zstd'] as const
export type Codec = (typeof CODECS)[number]

export interface Shape {
  readonly name: '100B' | '1KiB'
  readonly bytes: number
  readonly records: number
  /** What the filters look for, in the text of a record and as a condition on it. */
  readonly text: string
  readonly expression: string
}

export interface Dataset {
  /** As in the JSON of the result: `gzip_1KiB`. */
  readonly name: string
  readonly topic: string
  readonly shape: Shape
  readonly codec: Codec
}

const PARTITIONS = 3
/** Distinct records, of which the producer picks one at random each time. */
const DISTINCT = 30_000

export function shapes(scale: number): Shape[] {
  return [
    {
      name: '100B',
      bytes: 100,
      records: 1_000_000 * scale,
      text: '"Vienna"',
      expression: 'value.amount > 950',
    },
    {
      name: '1KiB',
      bytes: 1024,
      records: 300_000 * scale,
      text: '"Vienna"',
      expression: 'value.customer.id > 950000',
    },
  ]
}

export function datasets(scale: number): Dataset[] {
  return shapes(scale).flatMap(shape =>
    CODECS.map(codec => ({
      name: `${codec}_${shape.name}`,
      topic: `bench-${codec}-${shape.name}`,
      shape,
      codec,
    })),
  )
}

/** Creates and fills the topics, with the producer's own defaults but for the codec. */
export async function produceAll(all: readonly Dataset[], place: Place): Promise<void> {
  const kafka = new Kafka({ brokers: [place.bootstrapServers], logLevel: logLevel.NOTHING })
  const admin = kafka.admin()
  await admin.connect()
  await admin.createTopics({
    topics: all.map(({ topic }) => ({ topic, numPartitions: PARTITIONS, replicationFactor: 1 })),
  })
  await admin.disconnect()
  for (const shape of new Set(all.map(dataset => dataset.shape))) {
    const records = Array.from({ length: DISTINCT }, jsonOf(shape))
    await writeFile(payloads(place, shape), records.join('\n'))
  }
  for (const dataset of all) await produce(dataset, place)
}

const payloads = ({ folder }: Place, { name }: Shape) => join(folder, `${name}.jsonl`)

async function produce({ topic, codec, shape }: Dataset, place: Place): Promise<void> {
  await execute(place.java.command, [
    ...['-cp', place.jars.classPath, 'org.apache.kafka.tools.ProducerPerformance'],
    ...['--bootstrap-server', place.bootstrapServers, '--topic', topic],
    ...['--num-records', `${shape.records}`, '--throughput', '-1'],
    ...['--payload-file', payloads(place, shape)],
    ...['--command-property', `compression.type=${codec}`],
  ])
}

const CITIES = 'Berlin Hamburg Paris Madrid Rome Vienna Prague Oslo Lisbon Dublin'.split(' ')
const STATES = 'created paid shipped delivered returned cancelled'.split(' ')
const WORDS =
  'lorem ipsum dolor sit amet consectetur adipiscing elit sed do eiusmod tempor incididunt ut labore et dolore magna aliqua'.split(
    ' ',
  )

/** JSON records of so many bytes, one after another: the same on every run. */
export function jsonOf({ bytes }: Pick<Shape, 'bytes'>): () => string {
  let state = 42
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const one = (words: readonly string[]) => words[below(words.length)] ?? ''
  const hex = (length: number) => Array.from({ length }, () => below(16).toString(16)).join('')
  const padded = (start: string, next: () => string) => {
    let text = start
    while (text.length < bytes - 2) text += next()
    return `${text.slice(0, bytes - 2)}"}`
  }
  const item = () =>
    `{"sku":"SKU-${10_000 + below(90_000)}","quantity":${1 + below(9)},"price":${below(100_000) / 100},"title":"${one(WORDS)} ${one(WORDS)}"}`
  const small = () =>
    padded(
      `{"id":${100_000 + below(900_000)},"type":"${one(STATES)}","city":"${one(CITIES)}","amount":${below(1000)},"n":"`,
      () => hex(1),
    )
  const large = () => {
    let text = `{"order":{"id":"${hex(8)}-${hex(4)}-${hex(12)}","status":"${one(STATES)}"},"customer":{"id":${below(1e6)},"name":"${one(WORDS)}","city":"${one(CITIES)}"},"items":[${item()}`
    while (text.length < bytes * 0.75) text += `,${item()}`
    return padded(`${text}],"note":"`, () => `${one(WORDS)} `)
  }
  return bytes < 500 ? small : large
}
