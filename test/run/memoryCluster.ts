import { ProblemError } from '../../src/base/problem.ts'
import type {
  Cluster,
  GroupOffsets,
  NewTopic,
  OutgoingRecord,
  ProduceOutcome,
  Transaction,
} from '../../src/kafka/cluster.ts'
import type { Group } from '../../src/kafka/model.ts'
import type { Position, ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import type { KafkaRecord } from '../../src/kafka/record.ts'
import type { RecordPage } from '../../src/kafka/page.ts'
import { compileCondition } from '../../src/expression/compile.ts'
import { recordVariables } from '../../src/run/recordVariables.ts'
import { fakeCluster, groupOf } from './fixtures.ts'

/** A Kafka in memory: what is produced can be read. One replica, one leader, no failures. */
export interface MemoryCluster {
  readonly cluster: Cluster
  readonly logs: Map<string, KafkaRecord[][]>
  readonly groups: Map<string, { readonly group: Group; readonly offsets: GroupOffsets['offsets'] }>
  /** What was done, in order. */
  readonly calls: string[]
  /** Called after each record that is written: what an application does. */
  react: ((record: KafkaRecord) => void) | undefined
  append(topic: string, record: Partial<OutgoingRecord>, partition?: number): KafkaRecord
}

interface Held extends KafkaRecord {
  /** Written in a transaction that is not over. */
  open?: boolean
  aborted?: boolean
}

export function memoryCluster(topics: Readonly<Record<string, number>>): MemoryCluster {
  const logs = new Map<string, Held[][]>()
  for (const [topic, partitions] of Object.entries(topics)) logs.set(topic, empty(partitions))
  const waiting = new Set<() => void>()
  const calls: string[] = []
  const groups: MemoryCluster['groups'] = new Map()
  const changed = () => {
    for (const wake of waiting) wake()
    waiting.clear()
  }
  const write = (
    topic: string,
    record: Partial<OutgoingRecord>,
    partition: number,
    open = false,
  ): Held => {
    const log = logs.get(topic)?.[partition]
    if (!log)
      throw new ProblemError({ code: 'UNKNOWN_TOPIC_OR_PARTITION', message: `No ${topic}.` })
    const held: Held = {
      topic,
      partition,
      offset: BigInt(log.length),
      timestamp: record.timestamp ?? 1_000,
      key: record.key ?? null,
      value: record.value ?? null,
      headers: record.headers ?? [],
      open,
    }
    log.push(held)
    memory.react?.(held)
    changed()
    return held
  }
  const produce = (
    topic: string,
    records: readonly OutgoingRecord[],
    into?: Held[],
  ): ProduceOutcome[] =>
    records.map(record => {
      const held = write(topic, record, record.partition ?? 0, into !== undefined)
      into?.push(held)
      const { partition, offset, timestamp } = held
      return { partition, offset, timestamp }
    })
  const transaction = (id: string): Transaction => {
    const written: Held[] = []
    const end = (word: string, aborted: boolean) => {
      calls.push(`${word} ${id}`)
      for (const held of written) Object.assign(held, { open: false, aborted })
      changed()
      return Promise.resolve()
    }
    return {
      produce: ({ topic, records }) => {
        calls.push(`produce ${topic} in ${id}`)
        return Promise.resolve(produce(topic, records, written))
      },
      commit: () => end('commit', false),
      abort: () => end('abort', true),
    }
  }
  const fake = fakeCluster()
  const cluster: Cluster = {
    ...fake.cluster,
    describeTopics: names =>
      fakeCluster({
        topics: Object.fromEntries([...logs].map(([name, log]) => [name, log.length])),
      }).cluster.describeTopics(names),
    listOffsets: queries => {
      calls.push(`mark ${[...new Set(queries.map(({ topic }) => topic))].join()}`)
      return Promise.resolve(
        queries.map(({ topic, partition, at }) => {
          const end = BigInt(logs.get(topic)?.[partition]?.length ?? 0)
          return { topic, partition, offset: at === 'earliest' ? 0n : end }
        }),
      )
    },
    describeGroups: wanted =>
      Promise.resolve(
        wanted.map(
          ({ groupId }) =>
            groups.get(groupId)?.group ??
            groupOf(groupId, { problem: { code: 'GROUP_ID_NOT_FOUND', message: 'No group.' } }),
        ),
      ),
    committedOffsets: ids =>
      Promise.resolve(
        ids.map(groupId => ({ groupId, offsets: groups.get(groupId)?.offsets ?? [] })),
      ),
    createTopics: (wanted: readonly NewTopic[]) => {
      for (const { name, partitions } of wanted) {
        calls.push(`create ${name}`)
        logs.set(name, empty(partitions ?? 1))
      }
      return Promise.resolve(wanted.map(({ name }) => ({ name })))
    },
    deleteTopics: names => {
      for (const name of names) logs.delete(name)
      return Promise.resolve(names.map(name => ({ name })))
    },
    produce: ({ topic, records }) => {
      calls.push(`produce ${topic}`)
      return Promise.resolve().then(() => produce(topic, records))
    },
    transaction: id => {
      calls.push(`begin ${id}`)
      return Promise.resolve(transaction(id))
    },
    read: (request, { signal }) => read(request, logs, waiting, signal),
  }
  const memory: MemoryCluster = {
    cluster,
    logs,
    groups,
    calls,
    react: undefined,
    append: (topic, record, partition = 0) => write(topic, record, partition),
  }
  return memory
}

function empty(partitions: number): Held[][] {
  return Array.from({ length: partitions }, () => [])
}

async function* read(
  request: ReadRequest,
  logs: ReadonlyMap<string, readonly (readonly Held[])[]>,
  waiting: Set<() => void>,
  signal: AbortSignal,
): AsyncGenerator<ReadUpdate> {
  const log = logs.get(request.topic) ?? []
  const partitions = request.partitions ?? log.map((_, index) => index)
  const place = (position: Position, partition: number) => {
    const end = log[partition]?.length ?? 0
    if (position.kind === 'offset') return Number(position.offset)
    if (position.kind === 'tail') return Math.max(0, end - position.count)
    return position.kind === 'latest' || position.kind === 'time' ? end : 0
  }
  const at = new Map(
    partitions.map(partition => [
      partition,
      place(request.from.byPartition?.get(partition) ?? request.from.all, partition),
    ]),
  )
  const { to } = request
  const ends = new Map(
    partitions.map(partition => [
      partition,
      to ? place(to.byPartition?.get(partition) ?? to.all, partition) : Infinity,
    ]),
  )
  const conditions = (request.filter?.expressions ?? []).map(text => {
    const compiled = compileCondition(text)
    if ('problem' in compiled) throw new Error(compiled.problem.message)
    return compiled
  })
  let recordsRead = 0
  let recordsMatched = 0
  while (!signal.aborted) {
    const pages: RecordPage[] = []
    for (const partition of partitions) {
      for (;;) {
        const next = at.get(partition) ?? 0
        const held = log[partition]?.[next]
        if (!held || next >= (ends.get(partition) ?? 0)) break
        if (held.open && request.isolation !== 'read_uncommitted') break
        at.set(partition, next + 1)
        if (held.aborted && request.isolation !== 'read_uncommitted') continue
        if (request.limit !== undefined && recordsMatched >= request.limit) break
        recordsRead++
        const formats = request.filter?.formats
        const isWanted = conditions.every(
          condition => formats && condition.evaluate(recordVariables(held, formats)) === true,
        )
        if (!isWanted) continue
        recordsMatched++
        pages.push(pageWith(held))
      }
    }
    const done =
      (request.limit !== undefined && recordsMatched >= request.limit) ||
      partitions.every(partition => (at.get(partition) ?? 0) >= (ends.get(partition) ?? 0))
    yield { pages, progress: [], bytesRead: 0, recordsRead, recordsMatched, done }
    if (done) return
    await new Promise<void>(resolve => {
      waiting.add(resolve)
      signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }
}

function pageWith({
  topic,
  partition,
  offset,
  timestamp,
  key,
  value,
  headers,
}: KafkaRecord): RecordPage {
  const bytes: number[] = []
  const put = (part: Uint8Array | null) => {
    const start = bytes.length
    bytes.push(...(part ?? []))
    return [Int32Array.of(start), Int32Array.of(part?.length ?? -1)] as const
  }
  const [keyStarts, keyLengths] = put(key)
  const [valueStarts, valueLengths] = put(value)
  const headerStarts = Int32Array.of(bytes.length)
  const varint = (number: number) => {
    for (let rest = number < 0 ? 1 : number * 2; ; rest >>>= 7) {
      if (rest < 128) return void bytes.push(rest)
      bytes.push((rest & 127) | 128)
    }
  }
  varint(headers.length)
  for (const [name, content] of headers) {
    const encoded = new TextEncoder().encode(name)
    varint(encoded.length)
    bytes.push(...encoded)
    varint(content?.length ?? -1)
    bytes.push(...(content ?? []))
  }
  return {
    topic,
    partition,
    count: 1,
    offsets: BigInt64Array.of(offset),
    timestamps: Float64Array.of(timestamp),
    keyStarts,
    keyLengths,
    valueStarts,
    valueLengths,
    headerStarts,
    bytes: Uint8Array.from(bytes),
    errors: [],
  }
}
