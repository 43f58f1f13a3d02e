import { silentLog } from '../../src/base/log.ts'
import type { Client } from '../../src/kafkajs/client.ts'
import type { BrokerConnection } from '../../src/kafkajs/connection.ts'
import { CODE } from '../../src/kafkajs/errorCodes.ts'
import type { OffsetContext } from '../../src/kafkajs/offsets.ts'
import { Coordinators, Leaders } from '../../src/kafkajs/routing.ts'
import { unlessAborted } from '../../src/reading/aborting.ts'
import type { Fetch } from '../../src/kafkajs/protocol/fetch.ts'
import type { ListOffsets } from '../../src/kafkajs/protocol/offsets.ts'
import { batch } from './write.ts'

type FetchBody = Parameters<typeof Fetch.encode>[1]
type OffsetsBody = Parameters<typeof ListOffsets.encode>[1]

/** One partition's log: a batch per record, unless bytes are given. */
export interface FakeLog {
  leader: number
  start: bigint
  end: bigint
  /** What a fetch from an offset answers; by default one-record batches up to the end. */
  fetch?: (offset: bigint) => FakeAnswer
}

export interface FakeAnswer {
  readonly errorCode?: number
  readonly records?: Buffer
  readonly aborted?: readonly { producerId: bigint; firstOffset: bigint }[]
}

export interface FakeFetch {
  readonly nodeId: number
  readonly partitions: readonly {
    readonly partition: number
    readonly offset: bigint
    readonly maxBytes: number
  }[]
}

/** Brokers that live in memory and misbehave as told. */
export class FakeCluster {
  readonly topic = 'orders'
  readonly logs: FakeLog[]
  /** Every fetch that was asked, in order. */
  readonly fetches: FakeFetch[] = []
  /** Called before an answer is made. */
  onFetch: (fetch: FakeFetch) => void | Promise<void> = () => undefined
  /** The connections that were closed, as node and lane. */
  readonly closed: string[] = []

  constructor(logs: readonly Partial<FakeLog>[]) {
    this.logs = logs.map(log => ({ leader: 1, start: 0n, end: 10n, ...log }))
  }

  context(): OffsetContext {
    const client = this.#client()
    return { client, leaders: new Leaders(client), coordinators: new Coordinators(client) }
  }

  #client(): Client {
    return {
      config: { bootstrapServers: [], clientId: 'fake' },
      log: silentLog,
      metadata: () => Promise.resolve(this.#metadata()),
      send: (to, api, body, options) =>
        // The fake knows by the key which of the two bodies it got.
        rejectOnAbort(this.#answer(Number(to), api.key, body), options?.signal) as Promise<never>,
      connection: (to, options) => Promise.resolve(this.#connection(`${to} ${options?.lane}`)),
      brokerIds: () => Promise.resolve([1]),
      addressOf: () => undefined,
      close: () => undefined,
    }
  }

  #connection(name: string): BrokerConnection {
    return {
      address: { host: 'fake', port: 1 },
      ranges: new Map(),
      closed: false,
      lastUsed: 0,
      inFlight: 0,
      send: () => Promise.reject(new Error('Ask the client.')),
      close: () => void this.closed.push(name),
    }
  }

  #metadata(): Awaited<ReturnType<Client['metadata']>> {
    return {
      throttleTimeMs: 0,
      brokers: [],
      clusterId: null,
      controllerId: 1,
      topics: [
        {
          errorCode: 0,
          name: this.topic,
          isInternal: false,
          partitions: this.logs.map(({ leader }, partitionIndex) => ({
            errorCode: leader < 0 ? CODE.leaderNotAvailable : 0,
            partitionIndex,
            leaderId: leader,
            replicaNodes: [],
            isrNodes: [],
          })),
        },
      ],
    }
  }

  async #answer(nodeId: number, key: number, body: unknown): Promise<unknown> {
    if (key === 2) return this.#offsets(body as OffsetsBody)
    return this.#fetch(nodeId, body as FetchBody)
  }

  #offsets(body: OffsetsBody): unknown {
    const partitions = body.topics[0]?.partitions ?? []
    return {
      topics: [
        {
          name: this.topic,
          partitions: partitions.map(({ partitionIndex, timestamp }) => {
            const log = this.logs[partitionIndex]
            const offset = timestamp === -2n ? log?.start : log?.end
            return { partitionIndex, errorCode: 0, timestamp: -1n, offset }
          }),
        },
      ],
    }
  }

  async #fetch(nodeId: number, body: FetchBody): Promise<unknown> {
    const asked = body.topics[0]?.partitions ?? []
    const fetch: FakeFetch = {
      nodeId,
      partitions: asked.map(({ partition, fetchOffset, partitionMaxBytes }) => ({
        partition,
        offset: fetchOffset,
        maxBytes: partitionMaxBytes,
      })),
    }
    this.fetches.push(fetch)
    await this.onFetch(fetch)
    // An answer comes later than the question, also where there is nothing to wait for.
    await new Promise(resolve => setImmediate(resolve))
    return {
      responses: [
        {
          topic: this.topic,
          partitions: fetch.partitions.map(part => this.#part(nodeId, part.partition, part.offset)),
        },
      ],
    }
  }

  #part(nodeId: number, partitionIndex: number, offset: bigint): unknown {
    const log = this.logs[partitionIndex]
    const { errorCode = 0, records, aborted } = log ? partOf(log, nodeId, offset) : {}
    return {
      partitionIndex,
      errorCode,
      highWatermark: log?.end,
      lastStableOffset: log?.end,
      logStartOffset: log?.start,
      abortedTransactions: aborted ?? null,
      preferredReadReplica: -1,
      records: records ?? null,
    }
  }
}

/** As the real client does it. */
function rejectOnAbort(work: Promise<unknown>, signal: AbortSignal | undefined): Promise<unknown> {
  return signal ? unlessAborted(work, signal) : work
}

function partOf(log: FakeLog, nodeId: number, offset: bigint): FakeAnswer {
  if (log.leader !== nodeId) return { errorCode: CODE.notLeaderOrFollower }
  if (log.fetch) return log.fetch(offset)
  if (offset < log.start || offset > log.end) return { errorCode: CODE.offsetOutOfRange }
  return { records: oneRecordBatches(offset, log.end) }
}

/** Two batches at most, so that reading takes several fetches. */
export function oneRecordBatches(from: bigint, end: bigint): Buffer {
  const batches: Buffer[] = []
  for (let offset = from; offset < end && offset < from + 2n; offset++) {
    batches.push(batch({ baseOffset: offset, records: [{ offsetDelta: 0, value: `${offset}` }] }))
  }
  return Buffer.concat(batches)
}
