import type { Clock } from '../../src/base/clock.ts'
import { Emitter } from '../../src/base/events.ts'
import type { Problem } from '../../src/base/problem.ts'
import type {
  Cluster,
  JoinRequest,
  JoinUpdate,
  OutgoingRecord,
  ProduceOutcome,
  ProduceRequest,
} from '../../src/kafka/cluster.ts'
import type { Group, Topic } from '../../src/kafka/model.ts'
import type { RecordPage } from '../../src/kafka/page.ts'
import type { ReadRequest, ReadUpdate } from '../../src/kafka/reading.ts'
import type { KafkaRecord } from '../../src/kafka/record.ts'
import type { RecordView, ViewRequest, ViewState } from '../../src/kafka/recordView.ts'
import { parse } from '../../src/language/parse.ts'
import type { Block, KafkaFile } from '../../src/language/tree.ts'
import type { RecordSources } from '../../src/run/recordMaker.ts'

/** What a fake cluster was asked, and what it says. */
export interface FakeCluster {
  readonly cluster: Cluster
  readonly produced: ProduceRequest[]
  readonly joins: JoinRequest[]
  readonly reads: ReadRequest[]
  readonly views: FakeView[]
}

export interface FakeClusterOptions {
  /** Partitions by topic. */
  readonly topics?: Readonly<Record<string, number>>
  readonly groups?: readonly Group[]
  readonly reads?: readonly ReadUpdate[]
  readonly joins?: readonly JoinUpdate[]
  /** Fails the record with this index of a request. */
  readonly failAt?: { readonly index: number; readonly problem: Problem }
}

/** A cluster of data: answers what it was given and remembers what it was asked. */
export function fakeCluster(options: FakeClusterOptions = {}): FakeCluster {
  const topics = options.topics ?? { orders: 6 }
  const produced: ProduceRequest[] = []
  const joins: JoinRequest[] = []
  const reads: ReadRequest[] = []
  const views: FakeView[] = []
  const unused = () => Promise.reject(new Error('not asked in these tests'))
  const cluster: Cluster = {
    describe: unused,
    quorum: unused,
    listTopics: unused,
    describeTopics: names => Promise.resolve(names.map(name => topicOf(name, topics[name]))),
    topicConfigs: unused,
    brokerConfigs: unused,
    logDirectories: unused,
    listOffsets: unused,
    listGroups: unused,
    describeGroups: wanted =>
      Promise.resolve(
        wanted.flatMap(({ groupId }) => options.groups?.filter(g => g.groupId === groupId) ?? []),
      ),
    committedOffsets: unused,
    shareGroupOffsets: unused,
    createTopics: unused,
    deleteTopics: unused,
    produce: request => {
      produced.push(request)
      return Promise.resolve(
        request.records.map((record, index) => outcomeOf(record, index, options.failAt)),
      )
    },
    transaction: unused,
    join: (request, { signal }) => {
      joins.push(request)
      return thenWait(options.joins ?? [], signal)
    },
    read: (request, { signal }) => {
      reads.push(request)
      return thenWait(options.reads ?? [], signal)
    },
    view: request => {
      const view = fakeView(request)
      views.push(view)
      return view
    },
    openTransactions: unused,
    close: () => Promise.resolve(),
  }
  return { cluster, produced, joins, reads, views }
}

/** A view that holds nothing, says what a test has it say, and remembers what it was told. */
export interface FakeView extends RecordView {
  readonly request: ViewRequest
  readonly told: string[]
  readonly fed: KafkaRecord[]
  say(state: Partial<ViewState>): void
}

function fakeView(request: ViewRequest): FakeView {
  const told: string[] = []
  const fed: KafkaRecord[] = []
  const changed = new Emitter<ViewState>()
  let state: ViewState = {
    phase: 'connecting',
    rows: 0,
    dropped: 0,
    revision: 0,
    recordsShown: 0,
    recordsHeld: 0,
    recordsRead: 0,
    recordsMatched: 0,
    bytesRead: 0,
    errors: 0,
    notes: { gaps: 0, missingOffsets: 0, aborted: 0, abortedRecords: 0, markers: 0 },
    memoryBytes: 0,
    progress: [],
    fields: [],
  }
  const unused = () => Promise.reject(new Error('not asked in these tests'))
  const tell = (what: string) => () => void told.push(what)
  return {
    request,
    told,
    fed,
    get state() {
      return state
    },
    onDidChange: changed.event,
    say: more => {
      state = { ...state, ...more }
      changed.fire(state)
    },
    pause: tell('pause'),
    resume: tell('resume'),
    stop: tell('stop'),
    settle: tell('settle'),
    dispose: tell('dispose'),
    feed: records => void fed.push(...records),
    show: ({ range, notes }) =>
      void told.push(`show${range ? ' range' : ''}${notes ? ' notes' : ''}`),
    decodeAs: ({ key, value }) => void told.push(`decode ${key.name} ${value.name}`),
    rows: unused,
    locate: unused,
    timeline: unused,
    detail: unused,
    hex: unused,
    record: unused,
    records: unused,
  }
}

function topicOf(name: string, partitions: number | undefined): Topic {
  return {
    name,
    internal: false,
    partitions: Array.from({ length: partitions ?? 0 }, (_, partition) => ({
      partition,
      leader: 0,
      replicas: [0],
      inSyncReplicas: [0],
      offlineReplicas: [],
    })),
    ...(partitions === undefined && {
      problem: { code: 'UNKNOWN_TOPIC_OR_PARTITION', message: `Topic "${name}" does not exist.` },
    }),
  }
}

function outcomeOf(
  record: OutgoingRecord,
  index: number,
  failAt: FakeClusterOptions['failAt'],
): ProduceOutcome {
  const partition = record.partition ?? index % 6
  return failAt?.index === index
    ? { partition, problem: failAt.problem }
    : { partition, offset: BigInt(index), timestamp: 0 }
}

/** What a broker that has nothing more to say does: it waits until nobody asks any more. */
async function* thenWait<T>(updates: readonly T[], signal: AbortSignal): AsyncGenerator<T> {
  for (const update of updates) {
    if (signal.aborted) return
    yield update
  }
  const last = updates.at(-1)
  if (typeof last === 'object' && last !== null && 'done' in last && last.done === true) return
  await new Promise<void>(resolve => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => {
      resolve()
    })
  })
}

/** Time that passes only by sleeping: a test of days takes no time. */
export function fakeClock(now = 1_795_224_732_160): Clock & { readonly sleeps: number[] } {
  const sleeps: number[] = []
  return {
    sleeps,
    now: () => now,
    sleep: (ms, signal) => {
      if (signal?.aborted) return Promise.reject(new Error('aborted'))
      sleeps.push(ms)
      now += ms
      return Promise.resolve()
    },
  }
}

/** Sources that give the same every time. */
export function fakeSources(more: Partial<RecordSources> = {}): RecordSources {
  let uuids = 0
  return {
    now: () => 1_795_224_732_160,
    random: () => 0.5,
    uuid: () => `uuid-${++uuids}`,
    cluster: 'local',
    fakerLocale: 'en',
    loadFaker: async () => (await import('@faker-js/faker/locale/en')).faker,
    readFile: path => Promise.reject(new Error(`no file ${path}`)),
    readBytes: path => Promise.reject(new Error(`no file ${path}`)),
    ...more,
  }
}

/** The first block of a text. */
export function blockIn(text: string): { readonly file: KafkaFile; readonly block: Block } {
  const { file } = parse(text)
  const block = file.blocks[0]
  if (!block) throw new Error('no block in the text')
  return { file, block }
}

export async function collect<T>(events: AsyncIterable<T>, most = 100): Promise<T[]> {
  const all: T[] = []
  for await (const event of events) {
    all.push(event)
    if (all.length >= most) break
  }
  return all
}

/** `partition:offset@time=value` as a page with one record each. */
export function pageOf(
  partition: number,
  records: readonly (readonly [offset: bigint, timestamp: number, value: string])[],
): RecordPage {
  const values = records.map(([, , value]) => new TextEncoder().encode(value))
  const starts = values.map((_, i) => values.slice(0, i).reduce((sum, v) => sum + v.length, 0))
  return {
    topic: 'orders',
    partition,
    count: records.length,
    offsets: BigInt64Array.from(records.map(([offset]) => offset)),
    timestamps: Float64Array.from(records.map(([, timestamp]) => timestamp)),
    keyStarts: new Int32Array(records.length),
    keyLengths: new Int32Array(records.length).fill(-1),
    valueStarts: Int32Array.from(starts),
    valueLengths: Int32Array.from(values.map(value => value.length)),
    headerStarts: new Int32Array(records.length).fill(-1),
    bytes: Uint8Array.from(values.flatMap(value => [...value])),
    errors: [],
  }
}

export function groupOf(
  groupId: string,
  more: Partial<Group> & { readonly memberIds?: readonly string[] } = {},
): Group {
  const { memberIds = [], ...rest } = more
  return {
    groupId,
    type: 'classic',
    protocolType: 'consumer',
    state: memberIds.length > 0 ? 'Stable' : 'Empty',
    members: memberIds.map(memberId => ({
      memberId,
      clientId: 'c',
      host: '127.0.0.1',
      assignment: [],
      subscribedTopics: [],
    })),
    ...rest,
  }
}

/**
 * Time that passes only when nothing else is left to be done: whoever sleeps shortest wakes first.
 */
export function patientClock(start = 1_795_224_732_160): Clock {
  const sleepers = new Set<{ readonly at: number; readonly wake: () => void }>()
  let now = start
  const passOn = () =>
    setImmediate(() => {
      const [next] = [...sleepers].sort((a, b) => a.at - b.at)
      if (!next) return
      sleepers.delete(next)
      now = Math.max(now, next.at)
      next.wake()
      passOn()
    })
  return {
    now: () => now,
    sleep: (ms, signal) => {
      const { promise, resolve, reject } = Promise.withResolvers<undefined>()
      const sleeper = { at: now + ms, wake: () => resolve(undefined) }
      const abort = () => {
        sleepers.delete(sleeper)
        reject(new Error('aborted'))
      }
      if (signal?.aborted) abort()
      else {
        signal?.addEventListener('abort', abort, { once: true })
        if (sleepers.add(sleeper).size === 1) passOn()
      }
      return promise
    },
  }
}

/** `offset, key, value` as a page of partition 0 or another one; null is null. */
export function recordPage(
  partition: number,
  records: readonly (readonly [offset: bigint, key: string | null, value: string | null])[],
  topic = 'orders',
): RecordPage {
  const utf8 = new TextEncoder()
  const parts = records.flatMap(([, key, value]) => [key, value])
  const encoded = parts.map(part => (part === null ? undefined : utf8.encode(part)))
  let end = 0
  const starts = encoded.map(bytes => {
    const start = end
    end += bytes?.length ?? 0
    return start
  })
  const lengths = encoded.map(bytes => bytes?.length ?? -1)
  const every = (from: number, list: readonly number[]) =>
    Int32Array.from(records.map((_, index) => list[2 * index + from] ?? 0))
  return {
    topic,
    partition,
    count: records.length,
    offsets: BigInt64Array.from(records.map(([offset]) => offset)),
    timestamps: new Float64Array(records.length),
    keyStarts: every(0, starts),
    keyLengths: every(0, lengths),
    valueStarts: every(1, starts),
    valueLengths: every(1, lengths),
    headerStarts: new Int32Array(records.length).fill(-1),
    bytes: Uint8Array.from(encoded.flatMap(bytes => [...(bytes ?? [])])),
    errors: [],
  }
}

/** What a reader says of these pages. */
export function update(pages: readonly RecordPage[], done = false): ReadUpdate {
  return { pages, progress: [], bytesRead: 0, recordsRead: 0, done }
}
