/** The other clients: programs that are started for each run, and kafkajs. */
import { spawn, type StdioOptions } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { Kafka, logLevel } from 'kafkajs'
import { harden } from '../../src/kafkajs/harden.ts'
import type { Dataset } from './data.ts'
import type { Place } from './place.ts'

/** Milliseconds from the start of a program to its end. Its output goes nowhere. */
export function timeProgram(command: string, args: readonly string[]): Promise<number> {
  const started = performance.now()
  return new Promise((resolve, reject) => {
    const stdio: StdioOptions = ['ignore', 'ignore', 'ignore']
    const child = spawn(command, args, { stdio, timeout: 120_000 })
    child.on('error', reject)
    child.on('exit', code => {
      if (code === 0) resolve(performance.now() - started)
      else reject(new Error(`${command} exited with code ${code}`))
    })
  })
}

const kcatArgs = ({ topic }: Dataset, { bootstrapServers }: Place) => [
  ...['-C', '-b', bootstrapServers, '-t', topic, '-o', 'beginning'],
  // An empty format writes nothing for a record.
  ...['-q', '-f', ''],
]

/** kcat to the end of the topic, as one uses it. */
export function kcatToEnd(dataset: Dataset, place: Place): Promise<number> {
  return timeProgram('kcat', [...kcatArgs(dataset, place), '-e'])
}

/** The same told the number of records, so that it need not find out that there are no more. */
export function kcatCounted(dataset: Dataset, place: Place): Promise<number> {
  return timeProgram('kcat', [...kcatArgs(dataset, place), '-c', `${dataset.shape.records}`])
}

/** `kcat | grep`, the usual way to find a text in a topic. */
export function kcatGrep(dataset: Dataset, place: Place): Promise<number> {
  const { topic, shape } = dataset
  const kcat = `kcat -C -b ${place.bootstrapServers} -t ${topic} -o beginning -q -e`
  return timeProgram('sh', ['-c', `${kcat} | grep -F '${shape.text}'`])
}

/** Java's console consumer for so many records; it ends as soon as it has them. */
export function consoleConsumer(
  { topic }: Dataset,
  { bootstrapServers, jars, java }: Place,
  records: number,
): Promise<number> {
  return timeProgram(java.command, [
    ...['-cp', jars.classPath, 'org.apache.kafka.tools.consumer.ConsoleConsumer'],
    ...['--bootstrap-server', bootstrapServers, '--topic', topic],
    ...['--from-beginning', '--max-messages', `${records}`],
  ])
}

export interface MemberTimes {
  /** From `run` to the first record: a connected client joins a group that nobody is in. */
  readonly joinMs: number
  /** From its first fetch to the last record. */
  readonly readMs: number
}

/** kafkajs's consumer. */
export async function kafkajsConsumer(
  { topic, shape }: Dataset,
  { bootstrapServers }: Place,
): Promise<MemberTimes> {
  harden()
  const kafka = new Kafka({ brokers: [bootstrapServers], logLevel: logLevel.NOTHING })
  const consumer = kafka.consumer({ groupId: `bench-${randomUUID()}` })
  await consumer.connect()
  try {
    await consumer.subscribe({ topic, fromBeginning: true })
    const started = performance.now()
    let fetched: number | undefined
    let first: number | undefined
    let count = 0
    consumer.on('consumer.fetch_start', () => (fetched ??= performance.now()))
    const last = await new Promise<number>((resolve, reject) => {
      consumer.on('consumer.crash', ({ payload }) => reject(payload.error))
      void consumer.run({
        autoCommit: false,
        eachBatch: ({ batch }) => {
          first ??= performance.now()
          count += batch.messages.length
          if (count >= shape.records) resolve(performance.now())
          return Promise.resolve()
        },
      })
    })
    return { joinMs: (first ?? last) - started, readMs: last - (fetched ?? last) }
  } finally {
    await consumer.disconnect()
  }
}
